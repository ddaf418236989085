package main

import (
	"fmt"
	"io"
	"math"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/schollz/progressbar/v3"
	"github.com/urfave/cli/v2"
	"golang.org/x/term"

	"example.org/tweetarc/archive/corpus"
)

// progress shows how far a scan is: a bar on a terminal, one line per minute in a log,
// nothing with --quiet. What others write to it gets lines of its own.
type progress struct {
	tweets atomic.Int64
	mu     sync.Mutex // one line at a time
	w      io.Writer
	clear  string // removes the bar
	stop   chan struct{}
	done   chan struct{}
}

func startProgress(c *cli.Context, r *corpus.Reader, paths []string) *progress {
	w := c.App.ErrWriter
	p := &progress{w: w, stop: make(chan struct{}), done: make(chan struct{})}
	every, tell := time.Minute, p.line
	if c.Bool("quiet") {
		close(p.done)
		return p
	}
	if f, ok := w.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		every, tell, p.clear = 200*time.Millisecond, p.bar(w), "\r\x1b[K"
		go r.Measure(paths...)
	}
	go func() {
		defer close(p.done)
		began := time.Now()
		tick := time.NewTicker(every)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				p.mu.Lock()
				tell(w, r, time.Since(began))
				p.mu.Unlock()
			case <-p.stop:
				p.mu.Lock()
				io.WriteString(w, p.clear)
				p.clear = ""
				p.mu.Unlock()
				return
			}
		}
	}()
	return p
}

// Write writes whole lines.
func (p *progress) Write(lines []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	io.WriteString(p.w, p.clear)
	return p.w.Write(lines)
}

// end removes the bar.
func (p *progress) end() {
	select {
	case <-p.done:
	default:
		close(p.stop)
		<-p.done
	}
}

func (p *progress) line(w io.Writer, r *corpus.Reader, since time.Duration) {
	done, _ := r.BytesRead()
	embeds := plural(int(p.tweets.Load()), "embed")
	if done == 0 {
		fmt.Fprintf(w, "%s: nothing read yet\n", since.Round(time.Second))
		return
	}
	fmt.Fprintf(w, "%s: %s read, %s/s, %s\n", since.Round(time.Second), size(float64(done)), size(float64(done)/since.Seconds()), embeds)
}

// tellSpeed prints how long a run took, and how fast it was; nothing for a run of less than
// a second.
func tellSpeed(w io.Writer, took time.Duration, bytes int64) {
	switch {
	case took < time.Second:
	case bytes == 0:
		fmt.Fprintf(w, "%.1f s\n", took.Seconds())
	default:
		fmt.Fprintf(w, "%.1f s, %s/s\n", took.Seconds(), size(float64(bytes)/took.Seconds()))
	}
}

// size is a number of bytes as people read it.
func size(bytes float64) string {
	for _, unit := range []struct {
		name  string
		bytes float64
	}{{"GB", 1e9}, {"MB", 1e6}, {"KB", 1e3}} {
		switch n := bytes / unit.bytes; {
		case n >= 10:
			return fmt.Sprintf("%.0f %s", n, unit.name)
		case n >= 1:
			return fmt.Sprintf("%.1f %s", n, unit.name)
		}
	}
	return plural(int(math.Ceil(bytes)), "byte")
}

func (p *progress) bar(w io.Writer) func(io.Writer, *corpus.Reader, time.Duration) {
	bar := progressbar.NewOptions64(-1,
		progressbar.OptionSetWriter(w),
		progressbar.OptionShowBytes(true),
		progressbar.OptionShowCount(),
		progressbar.OptionSetWidth(20),
		progressbar.OptionFullWidth(),
		progressbar.OptionSetPredictTime(true),
		progressbar.OptionThrottle(0),
	)
	return func(_ io.Writer, r *corpus.Reader, _ time.Duration) {
		done, total := r.BytesRead()
		if done == 0 {
			return // else the speed would be 0
		}
		if total >= done && total != bar.GetMax64() {
			bar.ChangeMax64(total)
		}
		bar.Describe(plural(int(p.tweets.Load()), "embed"))
		bar.Set64(done)
	}
}

package main

import (
	"fmt"
	"io"
	"os"
	"sync/atomic"
	"time"

	"github.com/schollz/progressbar/v3"
	"github.com/urfave/cli/v2"
	"golang.org/x/term"

	"tweetarc/archive/corpus"
)

// progress tells how far a scan is: a bar on a terminal, a line a minute in a
// log, nothing with --quiet.
type progress struct {
	tweets atomic.Int64
	stop   chan struct{}
	done   chan struct{}
}

func startProgress(c *cli.Context, r *corpus.Reader, paths []string) *progress {
	p := &progress{stop: make(chan struct{}), done: make(chan struct{})}
	w := c.App.ErrWriter
	every, tell := time.Minute, p.line
	if c.Bool("quiet") {
		close(p.done)
		return p
	}
	if f, ok := w.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		every, tell = 200*time.Millisecond, p.bar(w)
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
				tell(w, r, time.Since(began))
			case <-p.stop:
				if every < time.Minute {
					fmt.Fprint(w, "\r\x1b[K")
				}
				return
			}
		}
	}()
	return p
}

// end takes the bar away, so that what follows has the line for itself.
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
	fmt.Fprintf(w, "%s: %.1f GB read, %.0f MB/s, %s\n", since.Round(time.Second), float64(done)/1e9, float64(done)/1e6/since.Seconds(), plural(int(p.tweets.Load()), "embed"))
}

func (p *progress) bar(w io.Writer) func(io.Writer, *corpus.Reader, time.Duration) {
	bar := progressbar.NewOptions64(-1,
		progressbar.OptionSetWriter(w),
		progressbar.OptionShowBytes(true),
		progressbar.OptionSetWidth(20),
		progressbar.OptionFullWidth(),
		progressbar.OptionSetPredictTime(true),
		progressbar.OptionThrottle(0),
	)
	return func(_ io.Writer, r *corpus.Reader, _ time.Duration) {
		done, total := r.BytesRead()
		if total >= done && total != bar.GetMax64() {
			bar.ChangeMax64(total)
		}
		bar.Describe(plural(int(p.tweets.Load()), "embed"))
		bar.Set64(done)
	}
}

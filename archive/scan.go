package archive

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"runtime"
	"sync"
	"time"
)

// File is one file of a corpus: an input, or a member of a container (a zip, a
// tar). A container itself comes after its members, without records.
type File struct {
	Path string // as in Origin.File

	// Abs identifies the file in later runs: its absolute path without links, or its
	// URL. It is "" for standard input, a pipe, and what is in them.
	Abs string

	Size    int64 // bytes, -1 if unknown (a pipe)
	ModTime time.Time
	SHA256  string // of its bytes, hexadecimal; "" unless it was asked for
	In      *File  // the container that it is in, nil for an input
	Holds   bool   // it is a container
}

// Batch is a stretch of one file. The finder that takes it also decodes it.
// Articles yields every record: the article, or an error (a *ReadError) in its
// place. The next record overwrites the article, but not its strings.
type Batch struct {
	File     *File
	Last     bool // the file ends here
	Articles iter.Seq2[*Article, error]
}

// Found is an article with its embeds.
type Found struct {
	Article *Article
	Embeds  []Embed
}

// Part is the result for a stretch of one file. A keeper keeps all of it or
// nothing.
type Part struct {
	File    *File
	Found   []Found      // the articles with embeds, in order; with Scan.All all that have a body
	Errors  []*ReadError // the records that could not be read, in order
	Records int          // how many records were read: the articles and the errors
	Record  int          // number of the last record: a later scan continues after it
	Last    bool         // the file ends here, and could be read
}

// Scan reads a corpus, finds the embeds in it and keeps them. One goroutine
// reads, several find, and one keeps: it gets the parts in the order of the
// corpus, however many finders there are.
type Scan struct {
	Find    func(*Article) []Embed // called by several goroutines at once
	Keep    func(Part) error       // called by one goroutine; its error ends the scan
	Workers int                    // number of finders; 0 is one for each processor
	All     bool                   // parts also hold the articles without embeds

	// Pause is called whenever the keeper has to wait for the next part, so that it
	// can pass on what it has. Its error ends the scan. It may be nil.
	Pause func() error
}

// A part is sent to the keeper when it holds this much. So memory stays bounded,
// and progress is saved in the middle of a file that is one batch.
const (
	partRecords = 1 << 14
	partFound   = 256
	partBytes   = 4 << 20
	partErrors  = 1 << 10
)

// job is a batch on its way from the reader through a finder to the keeper.
type job struct {
	Batch
	parts chan Part // closed after the batch's last part
	cut   bool      // canceled before its end; read it after parts is closed
}

// Run scans the corpus to its end. When ctx is canceled it keeps what was found
// so far, without a gap, and returns the context's cause.
func (s Scan) Run(ctx context.Context, corpus iter.Seq[Batch]) error {
	workers := s.Workers
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	work := make(chan *job)             // to the finders
	order := make(chan *job, 2*workers) // to the keeper

	var g sync.WaitGroup
	g.Go(func() {
		defer close(order)
		defer close(work)
		handOut(ctx, corpus, order, work)
	})
	for range workers {
		g.Go(func() {
			for j := range work {
				s.find(ctx, j)
			}
		})
	}
	whole := s.keep(order, cancel)
	g.Wait()
	if !whole {
		cancel(context.Canceled) // if not yet: a cut batch may be seen before ctx ends
	}
	return context.Cause(ctx)
}

// handOut gives every batch first to the keeper, so that the order is settled, and
// then to a finder.
func handOut(ctx context.Context, corpus iter.Seq[Batch], order, work chan<- *job) {
	for b := range corpus {
		j := &job{Batch: b, parts: make(chan Part, 2)}
		select {
		case order <- j:
		case <-ctx.Done():
			return
		}
		select {
		case work <- j:
		case <-ctx.Done():
			j.cut = true
			close(j.parts)
			return
		}
	}
}

// keep keeps the parts of all jobs in order. After a batch that was cut, or an
// error, which goes to fail, it keeps nothing more, and whole is false.
func (s Scan) keep(order <-chan *job, fail func(error)) (whole bool) {
	whole = true
	check := func(err error) {
		if err != nil {
			whole = false
			fail(err)
		}
	}
	for {
		if s.Pause != nil && len(order) == 0 && whole {
			check(s.Pause())
		}
		j, ok := <-order
		if !ok {
			return whole
		}
		for p := range j.parts { // to their end, so that no finder waits
			if whole {
				check(s.Keep(p))
			}
		}
		whole = whole && !j.cut
	}
}

// find sends the parts of one batch.
func (s Scan) find(ctx context.Context, j *job) {
	defer close(j.parts)
	p := Part{File: j.File}
	bytes := 0
	unread := false // the file as a whole: a later scan tries it again
	for a, err := range j.Articles {
		if ctx.Err() != nil || errors.Is(err, context.Canceled) {
			j.cut = true
			break
		}
		p.Records++
		if err != nil {
			re := readError(err, j.File.Path)
			p.Errors, p.Record = append(p.Errors, re), max(p.Record, re.Record)
			unread = unread || re.Record == 0 || IsDamage(re)
		} else {
			p.Record = a.Record
			bytes += s.add(&p, a)
		}
		if p.Records >= partRecords || len(p.Found) >= partFound || bytes >= partBytes || len(p.Errors) >= partErrors {
			j.parts <- p
			p, bytes = Part{File: j.File, Record: p.Record}, 0
		}
	}
	p.Last = j.Last && !j.cut && !unread
	j.parts <- p
}

// add adds an article to a part if it is to be kept, and says how many bytes that
// takes.
func (s Scan) add(p *Part, a *Article) (bytes int) {
	embeds, err := s.embeds(a)
	switch {
	case err != nil:
		p.Errors = append(p.Errors, err)
	case len(embeds) > 0 || s.All && a.Body != "":
		kept := *a
		p.Found = append(p.Found, Found{&kept, embeds})
		return len(a.Body)
	}
	return 0
}

// embeds calls Find. It turns a panic there into an error of this one article, so
// that a fault in the detector does not end a long run.
func (s Scan) embeds(a *Article) (found []Embed, err *ReadError) {
	if a.Body == "" {
		return nil, nil
	}
	defer func() {
		if r := recover(); r != nil {
			found, err = nil, &ReadError{Origin: a.Origin, Err: fmt.Errorf("internal error: %v (please report this with the article)", r)}
		}
	}()
	return s.Find(a), nil
}

func readError(err error, file string) *ReadError {
	var re *ReadError
	if errors.As(err, &re) {
		return re
	}
	return &ReadError{Origin: Origin{File: file}, Err: err}
}

package archive

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"runtime"
	"time"

	"golang.org/x/sync/errgroup"
)

// File is one file of a corpus: an input, or a member of one that is a container
// (a zip, a tar). A container comes after its members once more, without records.
type File struct {
	Path    string // as in Origin.File
	Abs     string // absolute path without links, or URL, by which it is known again; "" of standard input, a pipe and what is in them
	Size    int64  // bytes, -1 if unknown (a pipe)
	ModTime time.Time
	SHA256  string // of its bytes, hexadecimal; "" unless it was asked for
	In      *File  // the container that it is a member of, nil of an input
	Holds   bool   // it is a container
}

// Batch is a stretch of one file, in the order of the file, decoded by the
// finder that takes it. Articles yields every record: the article, or an error
// (a *ReadError) in its place. The article is the reader's and changes with the
// next record; its strings stay.
type Batch struct {
	File     *File
	Last     bool // the file ends here
	Articles iter.Seq2[*Article, error]
}

// Found is an article with the tweets that stand in it.
type Found struct {
	Article *Article
	Embeds  []Embed
}

// Part is what became of a stretch of one file: what a keeper keeps, whole or
// not at all.
type Part struct {
	File    *File
	Found   []Found      // the articles with embeds, in order; with Scan.All all that have a body
	Errors  []*ReadError // the records that could not be read, in order
	Records int          // records read: all articles and the errors
	Record  int          // ordinal of the last one: a later scan goes on behind it
	Last    bool         // the file ends here; false too if it could not be read at all
}

// Scan reads a corpus, finds what stands in it and keeps it: one reader, some
// finders at work side by side, one keeper, who gets the parts in the order of
// the corpus however many finders there are.
type Scan struct {
	Find    func(*Article) []Embed // called by several goroutines at once
	Keep    func(Part) error       // called by one; its error ends the scan
	Workers int                    // finders; 0 is one for each processor
	All     bool                   // parts hold all articles, also those without embeds

	// Pause is called by the one who keeps before it waits for more to keep: somebody
	// may wait for what it has. Its error ends the scan. Nil is nothing.
	Pause func() error
}

// A part is handed on when it holds this much, so that memory stays bounded and
// progress is kept in the middle of a file that is one batch.
const (
	partRecords = 1 << 14
	partFound   = 256
	partBytes   = 4 << 20
	partErrors  = 1 << 10
)

type job struct {
	Batch
	parts chan Part // closed behind the batch's last part
	cut   bool      // cancelled before its end; read it after parts is closed
}

// Run scans the corpus to its end. When ctx is cancelled it keeps what was
// found so far, without a gap, and returns the context's cause.
func (s Scan) Run(ctx context.Context, corpus iter.Seq[Batch]) error {
	workers := s.Workers
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	work := make(chan *job)             // to the finders
	order := make(chan *job, 2*workers) // to the keeper

	var g errgroup.Group
	g.Go(func() error { // the reader
		defer close(order)
		defer close(work)
		for b := range corpus {
			j := &job{Batch: b, parts: make(chan Part, 2)}
			select {
			case order <- j:
			case <-ctx.Done():
				return nil
			}
			select {
			case work <- j:
			case <-ctx.Done():
				j.cut = true
				close(j.parts)
				return nil
			}
		}
		return nil
	})
	for range workers {
		g.Go(func() error {
			for j := range work {
				s.find(ctx, j)
			}
			return nil
		})
	}
	gap := false // behind a batch that was cut nothing may be kept
	failed := func(err error) {
		if err != nil {
			gap = true
			cancel(err)
		}
	}
	for {
		if s.Pause != nil && len(order) == 0 && !gap {
			failed(s.Pause())
		}
		j, ok := <-order
		if !ok {
			break
		}
		for p := range j.parts {
			if !gap { // else all is taken, so that no finder waits
				failed(s.Keep(p))
			}
		}
		gap = gap || j.cut
	}
	g.Wait()
	if gap {
		cancel(context.Canceled) // if not yet: what is cut may know of it before
	}
	return context.Cause(ctx)
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
			embeds, err := s.embeds(a)
			switch {
			case err != nil:
				p.Errors = append(p.Errors, err)
			case len(embeds) > 0 || s.All && a.Body != "":
				kept := *a
				p.Found = append(p.Found, Found{&kept, embeds})
				bytes += len(a.Body)
			}
		}
		if p.Records >= partRecords || len(p.Found) >= partFound || bytes >= partBytes || len(p.Errors) >= partErrors {
			j.parts <- p
			p, bytes = Part{File: j.File, Record: p.Record}, 0
		}
	}
	p.Last = j.Last && !j.cut && !unread
	j.parts <- p
}

// embeds finds, and turns a panic of the detector into an error of the one
// article, so that a fault of ours does not end a night's work.
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

package corpus

import (
	"iter"

	"tweetarc/archive"
)

// limited gives the batches of the first n articles. To know which they are, it
// reads them here, one batch after the other.
func limited(n int, corpus batches) batches {
	return func(yield func(archive.Batch) bool) {
		for b := range corpus {
			for part := range portions(b, n) {
				n -= part.articles
				if !yield(part.batch(b.File)) || n == 0 {
					return
				}
			}
		}
	}
}

// portion is some of the records of a batch, in memory.
type portion struct {
	records         []readRecord
	articles, bytes int
	last            bool
}

type readRecord struct {
	a   archive.Article
	err error
}

func (p portion) batch(f *archive.File) archive.Batch {
	return archive.Batch{File: f, Last: p.last, Articles: func(yield func(*archive.Article, error) bool) {
		for i := range p.records {
			a := &p.records[i].a
			if p.records[i].err != nil {
				a = nil
			}
			if !yield(a, p.records[i].err) {
				return
			}
		}
	}}
}

// portions reads a batch up to the nth article.
func portions(b archive.Batch, n int) iter.Seq[portion] {
	const (
		most      = 1000 // records of a portion
		mostBytes = 4 << 20
	)
	return func(yield func(portion) bool) {
		var p portion
		for a, err := range b.Articles {
			r := readRecord{err: err}
			if err == nil {
				r.a = *a
				p.articles++
				p.bytes += len(a.Body)
			}
			p.records = append(p.records, r)
			end := p.articles == n
			if end || len(p.records) >= most || p.bytes >= mostBytes {
				n -= p.articles
				if !yield(p) || end {
					return
				}
				p = portion{}
			}
		}
		p.last = b.Last
		yield(p)
	}
}

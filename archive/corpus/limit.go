package corpus

import (
	"iter"

	"tweetarc/archive"
)

// limited yields the batches of the first n articles. To know which they are,
// it reads them here, one batch after the other.
func limited(n int, corpus iter.Seq[archive.Batch], yield func(archive.Batch) bool) {
	const (
		most      = 1000 // articles of a batch
		mostBytes = 4 << 20
	)
	for b := range corpus {
		var list []readArticle
		bytes := 0
		flush := func(last bool) bool {
			part := list
			list, bytes = nil, 0
			return yield(archive.Batch{File: b.File, Last: last, Articles: func(yield func(*archive.Article, error) bool) {
				for i := range part {
					if part[i].err != nil && !yield(nil, part[i].err) || part[i].err == nil && !yield(&part[i].a, nil) {
						return
					}
				}
			}})
		}
		for a, err := range b.Articles {
			if err != nil {
				list = append(list, readArticle{err: err})
			} else {
				list = append(list, readArticle{a: *a})
				bytes += len(a.Body)
				if n--; n == 0 {
					flush(false)
					return
				}
			}
			if (len(list) >= most || bytes >= mostBytes) && !flush(false) {
				return
			}
		}
		if !flush(b.Last) {
			return
		}
	}
}

type readArticle struct {
	a   archive.Article
	err error
}

package corpus

import "example.org/tweetarc/archive"

// limited gives batches with the first n articles. To know which they are, it reads the
// batches here, one after the other, a portion at a time.
func limited(n int, corpus batches) batches {
	const (
		most      = 1000 // records of a portion
		mostBytes = 4 << 20
	)
	return func(yield func(archive.Batch) bool) {
		for b := range corpus {
			var records []readRecord
			size := 0
			for a, err := range b.Articles {
				r := readRecord{err: err}
				if err == nil {
					kept := *a
					r.a = &kept
					n--
					size += len(a.Body)
				}
				records = append(records, r)
				if n > 0 && len(records) < most && size < mostBytes {
					continue
				}
				if !yield(portion(b.File, false, records)) || n == 0 {
					return
				}
				records, size = nil, 0
			}
			if !yield(portion(b.File, b.Last, records)) {
				return
			}
		}
	}
}

// readRecord is an article or the error in its place.
type readRecord struct {
	a   *archive.Article
	err error
}

// portion is a batch of records that have been read.
func portion(f *archive.File, last bool, records []readRecord) archive.Batch {
	return archive.Batch{File: f, Last: last, Articles: func(yield func(*archive.Article, error) bool) {
		for _, r := range records {
			if !yield(r.a, r.err) {
				return
			}
		}
	}}
}

package archive_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"testing"

	"example.org/tweetarc/archive"
)

// corpusOf makes a corpus of so many files, batches of a file and articles of a
// batch. The body of an article is its origin. For an origin in wrong there is that
// error instead.
func corpusOf(files, batches, articles int, wrong map[string]error) iter.Seq[archive.Batch] {
	return func(yield func(archive.Batch) bool) {
		for f := range files {
			file := &archive.File{Path: fmt.Sprintf("f%d", f)}
			for b := range batches {
				batch := archive.Batch{File: file, Last: b == batches-1, Articles: func(yield func(*archive.Article, error) bool) {
					for i := range articles {
						o := archive.Origin{File: file.Path, Record: b*articles + i + 1}
						if err := wrong[o.String()]; err != nil {
							if !yield(nil, &archive.ReadError{Origin: o, Err: err}) {
								return
							}
						} else if !yield(&archive.Article{Origin: o, Body: o.String()}, nil) {
							return
						}
					}
				}}
				if !yield(batch) {
					return
				}
			}
		}
	}
}

// itself finds one embed in each article: the whole body.
func itself(a *archive.Article) []archive.Embed {
	return []archive.Embed{{Tweet: archive.Tweet{Handle: a.Body}, End: len(a.Body)}}
}

func kept(parts *[]string) func(archive.Part) error {
	return func(p archive.Part) error {
		for _, f := range p.Found {
			*parts = append(*parts, f.Embeds[0].Handle)
		}
		for _, e := range p.Errors {
			*parts = append(*parts, e.Error())
		}
		if p.Last {
			*parts = append(*parts, fmt.Sprintf("end of %s at %d", p.File.Path, p.Record))
		}
		return nil
	}
}

func TestScanKeepsTheOrder(t *testing.T) {
	var want string
	for _, workers := range []int{1, 2, 8} {
		var got []string
		scan := archive.Scan{Find: itself, Keep: kept(&got), Workers: workers}
		if err := scan.Run(t.Context(), corpusOf(5, 40, 30, map[string]error{"f2:7": errors.New("torn")})); err != nil {
			t.Fatal(err)
		}
		if len(got) != 5*40*30+5 {
			t.Fatalf("%d workers: %d lines", workers, len(got))
		}
		all := strings.Join(got, "\n")
		if want == "" {
			want = all
		} else if all != want {
			t.Errorf("%d workers keep the parts in another order than one does", workers)
		}
	}
	if !strings.HasPrefix(want, "f0:1\nf0:2\n") || !strings.Contains(want, "f2:7: torn") || !strings.HasSuffix(want, "end of f4 at 1200") {
		t.Errorf("kept %s", want)
	}
}

// When a scan is cancelled, what was kept has no gap.
func TestScanCancelled(t *testing.T) {
	for stop := 1; stop < 4000; stop += 397 {
		ctx, cancel := context.WithCancelCause(t.Context())
		var got []string
		keep := kept(&got)
		stopped := errors.New("enough")
		scan := archive.Scan{Workers: 4, Keep: keep, Find: func(a *archive.Article) []archive.Embed {
			if a.File == "f1" && a.Record == stop {
				cancel(stopped)
			}
			return itself(a)
		}}
		if err := scan.Run(ctx, corpusOf(3, 100, 40, nil)); err != stopped {
			t.Fatalf("stopped at %d: %v", stop, err)
		}
		var all []string
		full := archive.Scan{Find: itself, Keep: kept(&all), Workers: 1}
		if err := full.Run(t.Context(), corpusOf(3, 100, 40, nil)); err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(strings.Join(all, "\n"), strings.Join(got, "\n")) {
			t.Errorf("stopped at %d: what was kept is not a beginning of all", stop)
		}
	}
}

func TestScanKeeperFails(t *testing.T) {
	full := errors.New("disk full")
	n := 0
	scan := archive.Scan{Find: itself, Workers: 4, Keep: func(archive.Part) error {
		if n++; n > 3 {
			return full
		}
		return nil
	}}
	if err := scan.Run(t.Context(), corpusOf(10, 10, 10, nil)); err != full {
		t.Fatal(err)
	}
	if n != 4 {
		t.Errorf("the keeper was called %d times, also after its error", n)
	}
}

// A panic of the detector is an error of one article.
func TestScanPanic(t *testing.T) {
	var got []string
	scan := archive.Scan{Keep: kept(&got), Find: func(a *archive.Article) []archive.Embed {
		if a.Record == 2 {
			panic("fault")
		}
		return itself(a)
	}}
	if err := scan.Run(t.Context(), corpusOf(1, 1, 3, nil)); err != nil {
		t.Fatal(err)
	}
	if want := "f0:1 f0:3 f0:2: internal error: fault (please report this with the article) end of f0 at 3"; strings.Join(got, " ") != want {
		t.Errorf("kept %s", strings.Join(got, " "))
	}
}

// Memory stays bounded: a long file is kept in parts.
func TestScanParts(t *testing.T) {
	parts := 0
	scan := archive.Scan{Find: itself, Keep: func(p archive.Part) error {
		if parts++; len(p.Found) > 1000 {
			t.Errorf("a part of %d articles", len(p.Found))
		}
		return nil
	}}
	if err := scan.Run(t.Context(), corpusOf(1, 1, 10_000, nil)); err != nil {
		t.Fatal(err)
	}
	if parts < 10 {
		t.Errorf("%d parts", parts)
	}
}

package corpus

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"example.org/tweetarc/archive"
)

// A scan keeps the same parts in the same order with any number of finders. A file that
// could not be read is not done.
func TestScan(t *testing.T) {
	files := map[string]string{"d/a.jsonl": strings.Repeat("{\"text\": \"(@a)\"}\n{\"text\": \"b\"}\n", 1<<17), "d/b.gz": "\x1f\x8b\x08", "d/e.zip": zipped(t, map[string]string{"x": "(@x)", "y.jsonl": `{"text": "(@y)"}`})}
	for i := range 300 {
		files[fmt.Sprintf("d/many/%03d.txt", i)] = fmt.Sprint("text (@a)", i)
	}
	folder(t, files)
	var first string
	for _, workers := range []int{1, 2, 8} {
		var kept strings.Builder
		records := 0
		last := map[string]bool{}
		s := archive.Scan{
			Workers: workers,
			Find: func(a *archive.Article) []archive.Embed {
				if !strings.Contains(a.Body, "(@") {
					return nil
				}
				return []archive.Embed{{}}
			},
			Keep: func(p archive.Part) error {
				records += p.Records
				last[p.File.Path] = last[p.File.Path] || p.Last
				for _, f := range p.Found {
					fmt.Fprintln(&kept, f.Article.Origin, f.Article.Body)
				}
				return nil
			},
		}
		if err := s.Run(context.Background(), (&Reader{MayHold: hasAnchor}).Articles("d", "missing")); err != nil {
			t.Fatal(err)
		}
		if first == "" {
			first = kept.String()
		}
		if records != 1<<18+300+4 || kept.String() != first || strings.Count(first, "\n") != 1<<17+302 {
			t.Errorf("%d workers: %d records, %d articles", workers, records, strings.Count(kept.String(), "\n"))
		}
		if !last["d/a.jsonl"] || !last["d/e.zip/x"] || !last["d/many/299.txt"] || last["missing"] || last["d/b.gz"] {
			t.Errorf("done: %v", len(last))
		}
	}
}

// A scan that ends early does not hang.
func TestCancel(t *testing.T) {
	long := strings.Repeat("{\"text\": \"words (@a)\"}\n", 1<<19)
	folder(t, map[string]string{"a.jsonl": long, "a.jsonl.gz": gz(long), "a.tar": tarred(t, map[string]string{"a.json": "[" + strings.ReplaceAll(strings.TrimSpace(long), "\n", ",") + "]"})})
	for _, name := range []string{"a.jsonl", "a.jsonl.gz", "a.tar"} {
		ctx, cancel := context.WithCancelCause(context.Background())
		enough := fmt.Errorf("enough")
		s := archive.Scan{
			Workers: 2, Find: func(*archive.Article) []archive.Embed { return []archive.Embed{{}} },
			Keep: func(p archive.Part) error { cancel(enough); return nil },
		}
		if err := s.Run(ctx, (&Reader{}).Articles(name)); err != enough {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestOnDisk(t *testing.T) {
	folder(t, map[string]string{"d/a.zip": "x"})
	for path, want := range map[string]string{"d/a.zip/x/y.txt": "d/a.zip", "d/a.zip": "d/a.zip", "d/no/x": "d/no/x", "-": "-", `d/a.zip/"\xff"`: "d/a.zip", `d/"\xff"`: "d/\xff"} {
		if got := OnDisk(path); got != want {
			t.Errorf("OnDisk(%q) = %q, want %q", path, got, want)
		}
	}
}

// An article without an anchor needs no allocation.
func TestDroppedAllocations(t *testing.T) {
	r := &Reader{MayHold: hasAnchor}
	s := &source{Reader: r, file: "a", max: 1 << 20}
	line := []byte(`{"title": "T", "text": "Nothing \u2014 \"much\" \/ here."}`)
	if n := testing.AllocsPerRun(100, func() { s.jsonLine(1, line) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

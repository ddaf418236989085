package store

import (
	"context"
	"flag"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"example.org/tweetarc/fixtures/slow"
)

var crashes = flag.Int("crashes", slow.Or(1, 8), "how often TestCrash kills its writer")

var crashParts = slow.Or(20, 60)

// crashScan archives what the crash tests archive, as a scan does that goes on
// where an earlier one was killed.
func crashScan(t *testing.T, path string) {
	db := must(Open(path))
	defer db.Close()
	w := must(db.Writer(Run{Command: "crash", Detector: 1}))
	g := newGenerator(5)
	after, skip, last := 0, false, ""
	for range crashParts {
		p := g.part()
		p.Found = p.Found[:20]
		p.Records, p.Record = p.Found[19].Article.Record, p.Found[19].Article.Record
		if p.File.Path != last {
			after, skip = w.Resume(p.File)
			last = p.File.Path
		}
		if skip || p.Record <= after {
			continue
		}
		addPart(t, w, p)
		flush(t, w)
	}
	closed(t, w)
}

// TestCrashWriter is the process that TestCrash kills.
func TestCrashWriter(t *testing.T) {
	path := os.Getenv("TWEETARC_CRASH_ARCHIVE")
	if path == "" {
		return
	}
	crashScan(t, path)
}

// Killed at any instant and begun again, often: the same exports as if nothing
// had happened.
func TestCrash(t *testing.T) {
	calm := filepath.Join(t.TempDir(), "calm.db")
	crashScan(t, calm)
	db := must(Open(calm))
	defer db.Close()
	wantEmbeds, wantTweets := export(t, db, Embeds), export(t, db, Tweets)

	for killed := 0; killed < *crashes; {
		path := filepath.Join(t.TempDir(), "t.db")
		least := 20 // milliseconds; more with each kill, or a slow machine would never come to the end
		for done := false; !done; least += 25 {
			ctx, cancel := context.WithTimeout(t.Context(), time.Duration(least+rand.IntN(400))*time.Millisecond)
			cmd := exec.CommandContext(ctx, os.Args[0], "-test.run=^TestCrashWriter$") // the context kills it
			cmd.Env = append(os.Environ(), "TWEETARC_CRASH_ARCHIVE="+path)
			out, err := cmd.CombinedOutput()
			switch {
			case err == nil:
				done = true
			case ctx.Err() != nil:
				killed++
			default:
				t.Fatalf("%v: %s", err, out)
			}
			cancel()
		}
		db := must(Open(path))
		if got := export(t, db, Embeds); got != wantEmbeds {
			t.Fatalf("embeds differ after %d kills:\n%s", killed, diff(wantEmbeds, got))
		}
		if got := export(t, db, Tweets); got != wantTweets {
			t.Fatalf("tweets differ after %d kills:\n%s", killed, diff(wantTweets, got))
		}
		sound(t, db)
		db.Close()
	}
}

package main

import (
	"bytes"
	"flag"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"example.org/tweetarc/fixtures/slow"
)

var damagedCount = flag.Int("damaged", slow.Or(100, 5000), "how many files TestDamaged makes")

// TestDamaged archives files of every format, each damaged in some places: bits
// turned, bytes lost, doubled, put in, the end cut, the middle from another file.
//
//  1. It ends, soon, without a fault of ours.
//  2. The exit code is 3 if something could not be read, which is printed, and otherwise 0.
//  3. What could be read is archived: detect finds as many embeds.
//  4. Read again, the same file gives the same exit code.
func TestDamaged(t *testing.T) {
	var whole []wholeFile
	err := filepath.WalkDir("../../fixtures/same", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		whole = append(whole, wholeFile{d.Name(), b})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	numbers := make(chan int)
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for n := range numbers {
				dir := t.TempDir()
				rnd := rand.New(rand.NewPCG(20, uint64(n)))
				of := whole[n%len(whole)]
				path := filepath.Join(dir, of.name)
				if err := os.WriteFile(path, of.damaged(rnd, whole), 0o600); err != nil {
					t.Error(err)
				}
				if err := archiveDamaged(t, dir, path); err != nil {
					kept, _ := os.CreateTemp("", "damaged-*-"+of.name)
					b, _ := os.ReadFile(path)
					kept.Write(b)
					kept.Close()
					t.Errorf("file %d, kept as %s: %v", n, kept.Name(), err)
				}
				os.RemoveAll(dir)
			}
		})
	}
	for n := range *damagedCount {
		numbers <- n + int(*worldSeed) - 1
	}
	close(numbers)
	workers.Wait()
}

// archiveDamaged says which law the file at path breaks.
func archiveDamaged(t *testing.T, dir, path string) error {
	db := filepath.Join(dir, "t.db")
	say := func(args ...string) (code int, out, told string) {
		var stdout, stderr bytes.Buffer
		began := time.Now()
		code = run(t.Context(), append([]string{"tweetarc"}, args...), strings.NewReader(""), &stdout, &stderr)
		if took := time.Since(began); took > 20*time.Second {
			t.Errorf("%v: took %v", args, took)
		}
		return code, stdout.String(), stderr.String()
	}
	code, _, told := say("archive", "--quiet", "--db", db, path)
	switch {
	case strings.Contains(told, "internal error"):
		return fmt.Errorf("archive: %s", told)
	case code != 0 && code != 3, (code == 3) != strings.Contains(told, "tweetarc: "+path):
		return fmt.Errorf("archive: exit code %d, but said: %s", code, told)
	}
	detected, found, told := say("detect", "--quiet", "--format", "jsonl", "--columns", "form", path)
	if detected != code {
		return fmt.Errorf("detect: exit code %d, archive %d: %s", detected, code, told)
	}
	embeds, again := strings.Count(found, "\n"), -1
	if _, err := os.Stat(db); err == nil {
		_, kept, _ := say("export", "--db", db, "--of", "embeds", "--format", "jsonl", "--columns", "form,places")
		again = 0
		for line := range strings.Lines(kept) {
			var places int
			if _, after, ok := strings.Cut(line, `"places":`); ok {
				fmt.Sscan(strings.Trim(after, `"}`+"\n"), &places)
			}
			again += places
		}
	}
	if again != max(embeds, 0) && !(again == -1 && embeds == 0) {
		return fmt.Errorf("detect finds %d embeds, archive %d", embeds, again)
	}
	if twice, _, told := say("archive", "--quiet", "--db", db, path); twice != code {
		return fmt.Errorf("archive: exit code %d, then %d: %s", code, twice, told)
	}
	return nil
}

// wholeFile is a file before it is damaged.
type wholeFile struct {
	name string
	b    []byte
}

// damaged is the file with one to three kinds of damage.
func (f wholeFile) damaged(rnd *rand.Rand, others []wholeFile) []byte {
	b := bytes.Clone(f.b)
	for range 1 + rnd.IntN(3) {
		if len(b) == 0 {
			break
		}
		at := rnd.IntN(len(b))
		if rnd.IntN(3) == 0 {
			at = rnd.IntN(min(len(b), 64)) // a header
		}
		to := at + rnd.IntN(min(len(b)-at, 200)+1)
		switch rnd.IntN(8) {
		case 0:
			b[at] ^= 1 << rnd.IntN(8)
		case 1:
			b[at] = byte(rnd.IntN(256))
		case 2:
			b = b[:at]
		case 3:
			b = append(b[:at], b[to:]...)
		case 4:
			b = append(b[:to:to], b[at:]...)
		case 5:
			b = append(b[:at:at], append(bytes.Repeat([]byte{byte(rnd.IntN(256))}, 1+rnd.IntN(40)), b[at:]...)...)
		case 6:
			other := others[rnd.IntN(len(others))].b
			from := rnd.IntN(len(other))
			b = append(b[:at:at], other[from:]...)
		case 7:
			for _, c := range [...]string{`"`, "\r", "\n\n", "{", "[", "\x00", "<", "&#0;", "PK\x03\x04", "WARC/1.0\r\n", "\xff\xfe", ",", "\t"} {
				if rnd.IntN(6) == 0 {
					b = append(b[:at:at], append([]byte(c), b[at:]...)...)
				}
			}
		}
	}
	return b
}

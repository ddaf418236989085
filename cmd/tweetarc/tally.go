package main

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"sort"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"example.org/tweetarc/archive"
	"example.org/tweetarc/store"
	"github.com/urfave/cli/v2"
)

// Tested in inputs_test.go and troubles_test.go.

// tally is what a scan read and found, for the summary.
type tally struct {
	began           time.Time
	articles        int // read
	with            int // ... with tweets
	embeds          int
	skipped, errors map[string]int
	troubles        troubles
	named           []string               // the paths that the user named
	failed          int                    // ... that could not be read
	of              map[string]*inputTally // by name, without a slash at the end
	resumed         atomic.Bool            // some of it was read in an earlier run
	before          int                    // records of unchanged files that could not be read in an earlier run
	outside         *leftOut
	containers      sync.Map // *archive.File to bool: whether any file in it was read, not only passed over
}

// inputTally is what became of an input that the user named.
type inputTally struct {
	settled atomic.Bool // there is a record of it, or an error, or it was read before
	skipped map[string]int
}

// unread is what was not read of a file or an input.
type unread struct {
	errors, skipped map[string]int       // records and files by reason
	passed          map[string]int       // of the skipped, the files
	first           []*archive.ReadError // of each reason, as many as can be printed
}

func (u *unread) add(p archive.Part) {
	for _, e := range p.Errors {
		reason := archive.Reason(e)
		var skipped archive.Skipped
		switch {
		case !errors.As(e, &skipped):
			count(&u.errors, reason)
			if u.errors[reason] <= maxPlaces+1 || e.Record == 0 && p.File.In == nil {
				u.first = append(u.first, e)
			}
		case e.Record == 0:
			count(&u.passed, reason)
			fallthrough
		default:
			count(&u.skipped, reason)
		}
	}
}

// newTally is the tally of a scan of paths.
func newTally(paths []string, outside *leftOut) *tally {
	t := &tally{began: time.Now(), named: namesOf(paths), of: map[string]*inputTally{}, outside: outside}
	for _, n := range t.named {
		t.of[strings.TrimSuffix(n, "/")] = &inputTally{}
	}
	return t
}

// input is the tally of the path that led to a file, nil if there is none.
func (t *tally) input(file string) *inputTally {
	for {
		in := t.of[strings.TrimSuffix(file, "/")]
		i := strings.LastIndexByte(file, '/')
		if in != nil || i < 0 {
			return in
		}
		file = file[:i]
	}
}

// resuming is resume, and notes what was read before.
func (t *tally) resuming(resume func(*archive.File) (int, bool)) func(*archive.File) (int, bool) {
	return func(f *archive.File) (int, bool) {
		after, skip := resume(f)
		if after > 0 || skip {
			t.resumed.Store(true)
			if in := t.input(f.Path); in != nil {
				in.settled.Store(true)
			}
			if f.In != nil {
				t.containers.Store(f.In, true)
			}
		}
		return after, skip
	}
}

// unread prints the inputs that have files, but none that could be read.
func (t *tally) unread() {
	for _, name := range t.named {
		in := t.input(name)
		if in == nil || len(in.skipped) == 0 || in.settled.Swap(true) { // a path may be named twice
			continue
		}
		t.failed++
		cause := "nothing in it could be read: " + reasons(in.skipped)
		t.troubles.add(archive.Origin{File: name}, cause, name+": "+cause)
	}
	t.troubles.end()
}

// add counts a part, and prints its errors.
func (t *tally) add(p archive.Part) {
	t.articles += p.Records - len(p.Errors)
	for _, f := range p.Found {
		if t.embeds += len(f.Embeds); len(f.Embeds) > 0 {
			t.with++
		}
	}
	var u unread
	u.add(p)
	in := t.input(p.File.Path)
	t.addUnread(in, &u)
	passed := sum(u.passed)
	t.note(p.File, in, p.Records > passed, passed > 0)
}

// addUnread counts what was not read of an input, and prints the errors.
func (t *tally) addUnread(in *inputTally, u *unread) {
	addCounts(&t.skipped, u.skipped)
	addCounts(&t.errors, u.errors)
	if in != nil {
		addCounts(&in.skipped, u.passed)
	}
	printed := map[string]int{}
	for _, e := range u.first {
		if e.Record == 0 && slices.Contains(t.named, e.File) {
			t.failed++
		}
		t.troubles.read(e)
		printed[archive.Reason(e)]++
	}
	for reason, n := range u.errors {
		t.troubles.more(reason, n-printed[reason])
	}
}

// note notes for an input, and for the container of a file, whether anything in it was read
// and whether files in it were passed over.
func (t *tally) note(f *archive.File, in *inputTally, read, passed bool) {
	if in != nil && read {
		in.settled.Store(true)
	}
	if f.In != nil && read {
		t.containers.Store(f.In, true)
	} else if f.In != nil && passed {
		t.containers.LoadOrStore(f.In, false)
	}
}

// kept is p as it is archived. A container in which all files were passed over is not
// done, as a folder of such files is not: the next run looks again, and says so.
func (t *tally) kept(p archive.Part) archive.Part {
	if read, ok := t.containers.LoadAndDelete(p.File); ok && !read.(bool) {
		p.Last = false
	}
	return p
}

// tell prints what a scan read and found.
func (t *tally) tell(c *cli.Context) {
	w := c.App.ErrWriter
	t.unread()
	fmt.Fprintf(w, "%s, %d with tweets, %s\n", plural(t.articles, "article"), t.with, plural(t.embeds, "embed"))
	t.tellUnread(w)
}

// tellUnread prints what was left out, skipped and could not be read.
func (t *tally) tellUnread(w io.Writer) {
	t.outside.tell(w)
	if n := sum(t.skipped); n > 0 {
		fmt.Fprintf(w, "%d skipped: %s\n", n, reasons(t.skipped))
	}
	if n := sum(t.errors); n > 0 {
		fmt.Fprintf(w, "%d could not be read: %s\n", n, reasons(t.errors))
	}
}

// tellAll is tell, with what the archive counts and the time that the run took.
func (t *tally) tellAll(c *cli.Context, counts store.Counts, bytes int64) {
	t.tell(c)
	w := c.App.ErrWriter
	if counts.Skipped > 0 {
		fmt.Fprintf(w, "%s unchanged since archived, not read again\n", plural(counts.Skipped, "file"))
	}
	if t.before = counts.Unreadable; t.before > 0 {
		fmt.Fprintf(w, "%s in these files could not be read the last time\n", plural(t.before, "record"))
	}
	tellSpeed(w, time.Since(t.began), bytes)
}

// failure is the error of a scan that could not read all of its input.
func (t *tally) failure() error {
	switch {
	case t.failed > 0:
		return &incompleteError{fmt.Errorf("%s could not be read", plural(t.failed, "input"))}
	case t.articles == 0 && sum(t.errors) > 0 && !t.resumed.Load():
		return &incompleteError{errors.New("none of the input could be read")}
	case t.before+sum(t.errors) > 0:
		return &incompleteError{errors.New("done, but some of the input could not be read")}
	}
	return nil
}

func count(m *map[string]int, k string) {
	if *m == nil {
		*m = map[string]int{}
	}
	(*m)[k]++
}

func addCounts(to *map[string]int, m map[string]int) {
	if *to == nil {
		*to = map[string]int{}
	}
	for k, n := range m {
		(*to)[k] += n
	}
}

// nouns are the reasons, besides the kinds of WARC records, of which there may be several.
var nouns = []string{"DNS lookup", "device", "font", "hidden file", "image", "named pipe", "other content type", "script", "socket", "style sheet", "video"}

// maxReasons is about how long a list of reasons may be.
const maxReasons = 200

// reasons lists counts by reason, the most frequent first. Those that make the list too
// long are only counted.
func reasons(m map[string]int) string {
	all := byReason(m)
	n := 0
	for i := range all {
		if n += len(", ") + len(all[i]); i > 0 && n > maxReasons && len(all)-i > 1 {
			return strings.Join(all[:i], ", ") + " and " + plural(len(all)-i, "other cause")
		}
	}
	return strings.Join(all, ", ")
}

// byReason are counts with their reasons, the most frequent first.
func byReason(m map[string]int) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Slice(keys, func(i, j int) bool {
		if m[keys[i]] != m[keys[j]] {
			return m[keys[i]] > m[keys[j]]
		}
		return keys[i] < keys[j]
	})
	var parts []string
	for _, k := range keys {
		if m[k] != 1 && (strings.HasSuffix(k, " record") || slices.Contains(nouns, k)) {
			parts = append(parts, plural(m[k], plain(k)))
			continue
		}
		parts = append(parts, fmt.Sprintf("%d %s", m[k], plain(k)))
	}
	return parts
}

func sum(m map[string]int) int {
	n := 0
	for _, k := range m {
		n += k
	}
	return n
}

package enrich

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"regexp"
	"strings"
	"time"

	"example.org/tweetarc/archive"
)

// Dump is a file of hydrated tweets, or a folder or container of such files: JSON
// as APIs, hydrators and scrapers write it, or a table (DUMPS.md lists them). It
// opens no connection. Every Ask and every Find reads it once from its beginning
// to its end, and holds one record at a time.
type Dump struct {
	Path string
	// Contents calls each with every file of Path, unpacked and as UTF-8: its name,
	// the format it is taken for, and its bytes, or an error if it could not be
	// opened. From a folder or container it takes the files that a glob of only
	// matches, or all if there is none. Nil reads the file at Path as it is.
	Contents func(path string, only []string, each func(file, format string, in io.Reader, err error) error) error
	// Bad, if set, is called with everything that could not be read: "FILE:LINE: why".
	Bad func(error)
	// Passed, if set, is called after a reading that found tweets, with the number
	// of files without tweets, and what one of these was taken for.
	Passed func(files int, one error)

	reported map[string]int    // of each file, the line after the last one that Bad was called with
	users    map[string]userV2 // by ID, if they are not in the tweets themselves
	owner    userV2            // whose tweets Twitter's own export holds
}

const (
	dumpBatch = 1 << 17 // tweets that are asked about in one reading
	maxUsers  = 1 << 17 // that are kept
)

func (d *Dump) Name() string   { return d.Path }
func (d *Dump) Batch() int     { return dumpBatch }
func (d *Dump) FindBatch() int { return dumpBatch }
func (d *Dump) Archive() bool  { return true }

func (d *Dump) Ask(ctx context.Context, tweets []archive.Tweet, answer func(Answer) error) error {
	asked := make(map[string]bool, len(tweets))
	shortest := 20
	for _, t := range tweets {
		asked[t.ID] = true
		shortest = min(shortest, len(t.ID))
	}
	if err := d.readUsers(func(userV2) bool { return true }); err != nil {
		return err
	}
	lookedFor := func(s []byte) bool { return len(s) >= shortest && len(s) <= 20 && asked[string(s)] }
	return d.read(ctx, lookedFor, false, func(a Answer) error {
		if !asked[a.ID] {
			return nil
		}
		delete(asked, a.ID)
		return answer(a)
	})
}

func (d *Dump) Find(ctx context.Context, wanted []Wanted, offer func(Answer), done func(...int) error) error {
	handles := make(map[string]bool, len(wanted))
	for i := range wanted {
		handles[strings.ToLower(wanted[i].Handle)] = true
	}
	isWanted := func(u userV2) bool { return handles[strings.ToLower(u.Username)] }
	if err := d.readUsers(isWanted); err != nil {
		return err
	}
	var lower [20]byte
	mentioned := func(s []byte) bool {
		if len(s) == 0 || len(s) > len(lower) {
			return false
		}
		if _, ok := d.users[string(s)]; ok {
			return true
		}
		for i, c := range s {
			if 'A' <= c && c <= 'Z' {
				c |= 0x20
			}
			lower[i] = c
		}
		return handles[string(lower[:len(s)])]
	}
	if err := d.read(ctx, mentioned, isWanted(d.owner), func(a Answer) error { offer(a); return nil }); err != nil {
		return err
	}
	all := make([]int, len(wanted))
	for i := range all {
		all[i] = i
	}
	return done(all...)
}

// contents is Contents, or the file as it is.
func (d *Dump) contents(path string, only []string, each func(file, format string, in io.Reader, err error) error) error {
	if d.Contents != nil {
		return d.Contents(path, only, each)
	}
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	return each(path, "", f, nil)
}

// readUsers reads the users of a dump that does not name them in its tweets:
// Twitter's own export has them in account.js, academictwitteR in users_*.json.
func (d *Dump) readUsers(keep func(userV2) bool) error {
	beside, only := d.Path, []string{"account.js", "users_*.json"}
	info, err := os.Stat(d.Path)
	switch name := path.Base(d.Path); {
	case err != nil:
		return &Stop{Err: err}
	case info.IsDir(), strings.HasSuffix(strings.ToLower(name), ".zip"):
	case isOwnExport(name):
		beside = path.Join(path.Dir(d.Path), "account.js")
	case strings.HasPrefix(name, "data_") && strings.HasSuffix(name, ".json"):
		beside = path.Join(path.Dir(d.Path), "users_"+strings.TrimPrefix(name, "data_"))
	default:
		return nil
	}
	if _, err := os.Stat(beside); err != nil {
		return nil
	}
	d.users, d.owner = map[string]userV2{}, userV2{}
	return d.contents(beside, only, func(file, _ string, in io.Reader, err error) error {
		if err != nil {
			return nil // read reports it
		}
		s := newStream(in)
		s.skipAssignment()
		r := jsonReader{stream: s, object: func(raw []byte, _ int, _ bool) error {
			for _, u := range decodeUsers(raw) {
				if path.Base(file) == "account.js" {
					d.owner = u
				}
				if keep(u) && len(d.users) < maxUsers {
					d.users[u.ID] = u
				}
			}
			return nil
		}}
		return r.read()
	})
}

// isOwnExport says whether the file is one of tweets in Twitter's own export.
func isOwnExport(file string) bool { return ownExport.MatchString(path.Base(file)) }

var ownExport = regexp.MustCompile(`^(deleted-)?tweets?(-part\d+)?\.js$`)

// read calls each with the tweets of the records in which something is looked for,
// an ID or a handle, and with owner those of Twitter's own export. It decodes no
// other record once a file has shown that it holds tweets.
func (d *Dump) read(ctx context.Context, lookedFor func([]byte) bool, owner bool, each func(Answer) error) error {
	now := time.Now()
	tweets := 0
	var nothing []error // why the files without tweets have none
	err := d.contents(d.Path, nil, func(file, format string, in io.Reader, err error) error {
		if err != nil {
			nothing = append(nothing, err)
			return nil
		}
		r := dumpFile{Dump: d, file: file, s: newStream(&untilDone{ctx, in}), lookedFor: lookedFor, each: func(a Answer) error {
			if a.Time.IsZero() {
				a.Time = now
			}
			return each(a)
		}}
		if isOwnExport(file) {
			r.owner, r.all = d.owner, owner
		}
		if err := r.read(format); err != nil {
			return err
		}
		if cause := context.Cause(ctx); cause != nil {
			return cause
		}
		if tweets += r.tweets; r.tweets == 0 {
			err := r.takenFor(format)
			var not *noTweets
			if errors.As(err, &not) {
				err = fmt.Errorf("%s: %w", file, err)
			}
			nothing = append(nothing, err)
		}
		return nil
	})
	switch {
	case err != nil:
		return err
	case tweets == 0:
		return d.noTweets(nothing)
	}
	d.passed(nothing)
	return nil
}

// passed reports the files without tweets of a dump that has tweets in others. Only
// what could not be read is a fault.
func (d *Dump) passed(nothing []error) {
	var others []error
	for _, err := range nothing {
		var not *noTweets
		var skipped archive.Skipped
		if errors.As(err, &not) || errors.As(err, &skipped) {
			others = append(others, err)
		} else {
			d.bad(err)
		}
	}
	if d.Passed != nil && len(others) > 0 {
		d.Passed(len(others), others[0])
	}
}

// noTweets is the error of a dump without tweets; nothing says for each file why.
func (d *Dump) noTweets(nothing []error) error {
	switch len(nothing) {
	case 0:
		return &Stop{Err: errors.New("there are no files in it")}
	case 1:
	default:
		return &Stop{Err: fmt.Errorf("none of its %d files has tweets; the first is %w", len(nothing), nothing[0])}
	}
	err := nothing[0]
	var not *noTweets
	if errors.As(err, &not) {
		return &Stop{Err: errors.New(not.what), Hint: not.hint}
	}
	var in *archive.ReadError
	if errors.As(err, &in) && in.File == d.Path { // the path is the source's name
		err = in.Err
	}
	return &Stop{Err: err}
}

// untilDone reads until ctx is done.
type untilDone struct {
	context.Context
	in io.Reader
}

func (u *untilDone) Read(p []byte) (int, error) {
	if err := context.Cause(u.Context); err != nil {
		return 0, err
	}
	return u.in.Read(p)
}

// bad reports what could not be read, once: a file may be read again.
func (d *Dump) bad(err error) {
	var in *archive.ReadError
	if d.Bad == nil || !errors.As(err, &in) || d.reported[in.File] > in.Record {
		return
	}
	if d.reported == nil {
		d.reported = map[string]int{}
	}
	d.reported[in.File] = in.Record + 1
	d.Bad(err)
}

// noTweets is the error of a file without tweets.
type noTweets struct{ what, hint string }

func (e *noTweets) Error() string { return e.what }

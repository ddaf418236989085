// Package enrich asks the outside world what it still knows of tweets.
//
//	loop := enrich.Loop{Sources: []enrich.Source{v2, wayback}, Keep: save}
//	err  := loop.Run(ctx, tweets)
//
// A Source is a service or a file; there is one Go file for each. Sources are
// asked in order until one knows. An answer is what one of them said of one
// tweet, and is kept as it came: what an article said is never changed by it.
//
// For tweets without an ID a Finder offers what it has of the same author and
// day, and Resolve compares the words (match.go).
//
// All requests go through a Client, which keeps the manners: rates, waits,
// tries, limits of time and size, where a secret may go and where not.
package enrich

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"slices"
	"time"

	"example.org/tweetarc/archive"
)

// State is what is known of a tweet. Only Found carries content.
type State string

const (
	Found    State = "found"
	Gone     State = "gone"     // deleted, or never there
	Hidden   State = "hidden"   // its account is protected or suspended
	Withheld State = "withheld" // by law or on a claim of copyright
	Unknown  State = "unknown"  // the source could not be asked, or did not know
)

// Answer is what a source says of a tweet.
type Answer struct {
	archive.Tweet           // the ID asked about and, where Found, what the source has
	Lang          string    // of the text, as the source has it
	State         State     //
	Source        string    // Name of the source
	Time          time.Time // when the source said it
	Raw           []byte    // its answer as it came; empty where it could not be asked
}

// answered says whether the source was reached.
func (a *Answer) answered() bool { return a.State != Unknown || len(a.Raw) > 0 }

// Source knows tweets by their ID.
type Source interface {
	// Name is as it is in the column source: oembed, v2, v1, wayback, or
	// a file's path.
	Name() string
	// Batch is how many tweets one Ask takes at most.
	Batch() int
	// Archive says that the source knows what was, not what is: it says
	// nothing about whether the tweet is still there, and is asked for the
	// content of what is gone.
	Archive() bool
	// Ask asks about tweets, of which each has an ID, and hands on each
	// answer. A source of the kind Archive may leave out what it does not have.
	// After an error what was not answered could not be asked; after a *Stop
	// the source need not be asked again. An error of answer ends Ask.
	Ask(ctx context.Context, tweets []archive.Tweet, answer func(Answer) error) error
}

// Stop is an error after which a source need not be asked again in this run:
// it wants other credentials, or money, or does not come back for long.
type Stop struct {
	Err  error
	Hint string // what the user can do, or ""
}

func (s *Stop) Error() string {
	if s.Hint == "" {
		return s.Err.Error()
	}
	return s.Err.Error() + " (" + s.Hint + ")"
}
func (s *Stop) Unwrap() error { return s.Err }

// SourceError is the error of a source that was given up.
type SourceError struct {
	Source string
	Err    error
}

func (e *SourceError) Error() string { return escaped(e.Source + ": " + e.Err.Error()) }
func (e *SourceError) Unwrap() error { return e.Err }

// Question is a tweet to be asked about, with what is known already.
type Question struct {
	archive.Tweet
	Known []Answer // State, Source and whether Raw is empty count
}

// Wants says whether the source is to be asked about the tweet: not if it was
// already, nor if a source knows what became of the tweet; of what is gone,
// hidden or withheld the archives are still asked for the content.
func (q *Question) Wants(s Source) bool {
	for i := range q.Known {
		a := &q.Known[i]
		switch {
		case a.State == Found, a.Source == s.Name() && a.answered():
			return false
		case a.State != Unknown && !s.Archive():
			return false
		}
	}
	return true
}

// Loop asks sources about tweets, in order until one knows.
type Loop struct {
	Sources []Source
	// Keep keeps answers, all or none of them; its error ends the loop. It is
	// called at least once for each Ask that was answered, so that whenever
	// the program ends what was answered is not asked again.
	Keep func([]Answer) error
	// Failures is how many Asks in a row must fail until a source is given up,
	// 0 is 5.
	Failures int
	// Trouble, if set, is called with every Ask that failed, and whether the source
	// is given up for it.
	Trouble func(err *SourceError, gaveUp bool)
}

// How many answers of one Ask are kept together, and of how many bytes.
const (
	keepAtOnce  = 1000
	bytesAtOnce = 4 << 20
)

// Run asks. When ctx is cancelled it keeps what was answered so far and returns
// the context's cause. When sources were given up it goes on with the others
// and returns the errors in the end, those too of sources of which each Ask failed.
func (l Loop) Run(ctx context.Context, questions iter.Seq2[Question, error]) error {
	r := &run{Loop: l, ctx: ctx}
	for _, s := range l.Sources {
		r.lines = append(r.lines, &waiting{Source: s})
	}
	for q, err := range questions {
		if err != nil {
			return err
		}
		if err := r.pass(q, 0); err != nil {
			return err
		}
		if r.allStopped() {
			break
		}
	}
	for i := range r.lines {
		if err := r.ask(i); err != nil {
			return err
		}
	}
	return r.stopped()
}

type run struct {
	Loop
	ctx   context.Context
	lines []*waiting
}

// waiting is a source with the tweets that wait to be asked about.
type waiting struct {
	Source
	tweets   []Question
	failures int   // in a row
	answered bool  // one Ask did not fail
	err      error // why it was given up
	last     error // of the last Ask that failed
}

// pass brings a tweet to the first source from i on that is to be asked.
func (r *run) pass(q Question, i int) error {
	for ; i < len(r.lines); i++ {
		w := r.lines[i]
		if w.err != nil || !q.Wants(w) {
			continue
		}
		w.tweets = append(w.tweets, q)
		if len(w.tweets) >= w.Batch() {
			return r.ask(i)
		}
		return nil
	}
	return nil
}

// ask asks source i about the tweets that wait for it, and passes on those
// that it does not know.
func (r *run) ask(i int) error {
	w := r.lines[i]
	tweets := w.tweets
	w.tweets = nil
	if len(tweets) == 0 {
		return nil
	}
	if w.err == nil {
		if err := r.askNow(w, tweets); err != nil {
			return err
		}
	}
	for _, q := range tweets {
		if err := r.pass(q, i+1); err != nil {
			return err
		}
	}
	return nil
}

func (r *run) askNow(w *waiting, tweets []Question) error {
	at := make(map[string]*Question, len(tweets))
	ask := make([]archive.Tweet, len(tweets))
	for i := range tweets {
		ask[i] = tweets[i].Tweet
		at[tweets[i].ID] = &tweets[i]
	}
	var answers []Answer
	size := 0 // bytes of their bodies
	keep := func() error {
		if len(answers) == 0 {
			return nil
		}
		err := r.Keep(answers)
		clear(answers)
		answers, size = answers[:0], 0
		return err
	}
	var broken error // of Keep
	err := w.Ask(r.ctx, ask, func(a Answer) error {
		q := at[a.ID]
		if q == nil {
			return nil // not asked for, or said twice: the first holds
		}
		delete(at, a.ID)
		a.Source = w.Name()
		q.Known = append(q.Known, Answer{State: a.State, Source: a.Source, Raw: slices.Clone(a.Raw[:min(1, len(a.Raw))])}) // not the body, which may be long
		answers = append(answers, a)
		if size += len(a.Raw); len(answers) >= keepAtOnce || size >= bytesAtOnce {
			broken = keep()
		}
		return broken
	})
	if broken != nil {
		return broken
	}
	var stop *Stop
	switch cause := context.Cause(r.ctx); {
	case cause != nil:
		return errors.Join(keep(), cause)
	case err == nil:
		w.failures, w.answered = 0, true
		return keep()
	case errors.As(err, &stop):
		w.err = err
	default:
		w.last = err
		if w.failures++; w.failures >= cmp.Or(r.Failures, 5) {
			w.err = err
		}
		for i := range tweets {
			if a := (Answer{Tweet: archive.Tweet{ID: tweets[i].ID}, State: Unknown, Source: w.Name(), Time: time.Now()}); at[a.ID] != nil && !w.Archive() {
				delete(at, a.ID)
				answers = append(answers, a)
			}
		}
	}
	if r.Trouble != nil {
		r.Trouble(&SourceError{w.Name(), err}, w.err != nil)
	}
	return keep()
}

func (r *run) allStopped() bool {
	return !slices.ContainsFunc(r.lines, func(w *waiting) bool { return w.err == nil })
}

func (r *run) stopped() error {
	var all []error
	for _, w := range r.lines {
		if err := w.err; err != nil || !w.answered && w.last != nil {
			all = append(all, &SourceError{w.Name(), cmp.Or(err, w.last)})
		}
	}
	return errors.Join(all...)
}

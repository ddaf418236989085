// Package enrich asks services and files what they still have of a tweet: whether it
// is still there, its words, its author and its time.
//
//	loop := enrich.Loop{Sources: []enrich.Source{v2, wayback}, Keep: save}
//	err  := loop.Run(ctx, questions)
//
// In go status IDs, as Questions; out come Answers, each of which is what one source
// said about one tweet. A Source is a service (V2, V1, OEmbed, Wayback) or a file of
// tweets (Dump). Sources are asked in order until one has the tweet. An answer is kept
// as it came, and never changes what an article said.
//
// Tweets without an ID are Wanted. A Finder offers the tweets that it has of the same
// author and day, and a Resolver compares their words (match.go).
//
// All requests go through a Client. It keeps to the rates of the services, waits, tries
// again, limits time and size, and keeps secrets from those who must not see them.
//
// Begin with Loop, below. SERVERS.md says what counts as an answer, DUMPS.md which
// files can be read.
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

// State says what has become of a tweet. Only an Answer with Found has content.
type State string

const (
	Found    State = "found"
	Gone     State = "gone"     // deleted, or never there
	Hidden   State = "hidden"   // its account is protected or suspended
	Withheld State = "withheld" // by law or on a claim of copyright
	Unknown  State = "unknown"  // the source could not be asked, or does not say
)

// Answer is what a source says about a tweet.
type Answer struct {
	archive.Tweet           // the ID that was asked about and, if Found, what the source has
	Lang          string    // language of the text, as the source says
	State         State     //
	Source        string    // Name of the source
	Time          time.Time // when the source said it
	Raw           []byte    // its answer as it came; empty if it could not be asked
}

// answered says whether the source was reached.
func (a *Answer) answered() bool { return a.State != Unknown || len(a.Raw) > 0 }

// Source has tweets by their ID.
type Source interface {
	// Name is the name in the column source: oembed, v2, v1, wayback, or the
	// path of a file.
	Name() string
	// Batch is how many tweets one Ask takes at most.
	Batch() int
	// Archive says whether the source has what was there in the past. Such a source
	// does not say whether a tweet is still there, and is asked for the content of
	// those that are gone.
	Archive() bool
	// Ask asks about tweets, each of which has an ID, and calls answer with each
	// answer. An archive may leave out tweets that it does not have. After an
	// error, tweets without an answer could not be asked about; after a *Stop the
	// source is not asked again. An error of answer ends Ask.
	Ask(ctx context.Context, tweets []archive.Tweet, answer func(Answer) error) error
}

// Stop is an error after which a source is not asked again in this run: it wants
// other credentials, or money, or a long wait.
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

// SourceError is an error of a source, and its name.
type SourceError struct {
	Source string
	Err    error
}

func (e *SourceError) Error() string { return escaped(e.Source + ": " + e.Err.Error()) }
func (e *SourceError) Unwrap() error { return e.Err }

// Question is a tweet to ask about, with the answers so far.
type Question struct {
	archive.Tweet
	Known []Answer // only State, Source and whether Raw is empty count
}

// Wants says whether to ask the source about the tweet. It is not asked again, nor
// if another source has said what became of the tweet. Archives are still asked for
// the content of tweets that are gone, hidden or withheld.
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

// Loop asks sources about tweets, in order until one has the tweet.
type Loop struct {
	Sources []Source
	// Keep keeps answers, all of them or none; its error ends the loop. It is called
	// at least once after each Ask with answers, so that these are not asked for
	// again, whenever the program ends.
	Keep func([]Answer) error
	// Failures is how many Asks in a row fail until a source is given up; 0: 5.
	Failures int
	// Trouble, if set, is called after every Ask that failed, and with whether the
	// source is now given up.
	Trouble func(err *SourceError, gaveUp bool)
}

// The most answers, and bytes of them, that are kept together.
const (
	keepAtOnce  = 1000
	bytesAtOnce = 4 << 20
)

// manyFailures in a row end a source.
const manyFailures = 5

// Run asks. If ctx is cancelled it keeps the answers so far and returns the cause. If
// it gives up a source it goes on with the others. In the end it returns the errors of
// the sources that it gave up, and of those that failed in each Ask.
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

// waiting is a source with the tweets that it will be asked about.
type waiting struct {
	Source
	tweets   []Question
	failures int   // in a row
	answered bool  // an Ask did not fail
	err      error // why it was given up
	last     error // of the last Ask that failed
}

// pass passes a tweet to the first source, from i on, that should be asked.
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

// ask asks source i about the tweets that wait for it, and passes on those that it
// does not have.
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
			return nil // not asked for, or answered before
		}
		delete(at, a.ID)
		a.Source = w.Name()
		q.Known = append(q.Known, Answer{State: a.State, Source: a.Source, Raw: slices.Clone(a.Raw[:min(1, len(a.Raw))])}) // only whether there is a body, which may be long
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
		if w.failures++; w.failures >= cmp.Or(r.Failures, manyFailures) {
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

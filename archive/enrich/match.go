package enrich

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"math"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"example.org/tweetarc/archive"
)

// Wanted is a tweet whose ID is wanted.
type Wanted struct {
	archive.Tweet
	Key   string   // its key in the archive
	Loose bool     // its day may be off by one: a widget printed it in the reader's time zone
	Asked []string // finders that have answered before, and are not asked again
}

// Finder offers tweets that may be the wanted ones.
type Finder interface {
	Name() string
	// FindBatch is how many tweets one Find takes at most.
	FindBatch() int
	// Find offers the tweets that the source has of the authors and days of the
	// wanted tweets. It calls done with the indexes of wanted tweets for which it
	// has offered all that it has.
	Find(ctx context.Context, wanted []Wanted, offer func(Answer), done func(...int) error) error
}

// Match is what was found for a wanted tweet.
type Match struct {
	Key    string
	Score  float64 // containment of the words, 0 to 1
	Sure   bool    // it is accepted; else it is only a maybe, which people may judge
	Answer         // State Unknown if no tweet was similar
}

// maybe is the lowest containment of a match that is reported.
const maybe = 0.6

// Resolver looks for the IDs of tweets that have none.
type Resolver struct {
	Finders []Finder // asked in order until one is sure
	Keep    func([]Match) error
	Trouble func(err *SourceError, gaveUp bool) // as in Loop
}

// Run looks for the wanted tweets. If ctx is cancelled it keeps what was found.
func (r Resolver) Run(ctx context.Context, wanted iter.Seq2[Wanted, error]) error {
	n := 1
	for _, f := range r.Finders {
		n = max(n, f.FindBatch())
	}
	s := search{Resolver: r, given: make([]error, len(r.Finders)), failures: make([]int, len(r.Finders)), last: make([]error, len(r.Finders)), answered: make([]bool, len(r.Finders))}
	var batch []Wanted
	for w, err := range wanted {
		if err != nil {
			return err
		}
		if batch = append(batch, w); len(batch) < n {
			continue
		}
		if err := s.batch(ctx, batch); err != nil {
			return err
		}
		batch = batch[:0]
		if !slices.Contains(s.given, nil) {
			break
		}
	}
	if err := s.batch(ctx, batch); err != nil {
		return err
	}
	var all []error
	for i, err := range s.given {
		if err == nil && !s.answered[i] {
			err = s.last[i]
		}
		if err != nil {
			all = append(all, &SourceError{r.Finders[i].Name(), err})
		}
	}
	return errors.Join(all...)
}

// search is a Resolver at work.
type search struct {
	Resolver
	given    []error // why a finder was given up, nil if it was not
	failures []int   // of each finder, in a row
	last     []error // the last error of each finder
	answered []bool  // whether a Find of the finder did not fail
}

// batch asks one finder after the other about the tweets that are left.
func (s *search) batch(ctx context.Context, batch []Wanted) error {
	for i, f := range s.Finders {
		var left, ask []Wanted
		for _, w := range batch {
			if slices.Contains(w.Asked, f.Name()) {
				left = append(left, w)
			} else {
				ask = append(ask, w)
			}
		}
		for part := range slices.Chunk(ask, f.FindBatch()) {
			if s.given[i] != nil {
				left = append(left, part...)
				continue
			}
			rest, err := s.find(ctx, f, part)
			left = append(left, rest...)
			if err := s.asked(ctx, i, err); err != nil {
				return err
			}
		}
		batch = left
	}
	return nil
}

// asked counts the failures of a finder, which returned err, and returns the error
// that ends the run, nil if it goes on.
func (s *search) asked(ctx context.Context, finder int, err error) error {
	var broken *keepError
	var stop *Stop
	switch cause := context.Cause(ctx); {
	case errors.As(err, &broken):
		return broken.err
	case cause != nil:
		return cause
	case err == nil:
		s.failures[finder], s.answered[finder] = 0, true
		return nil
	case errors.As(err, &stop):
		s.given[finder] = err
	default:
		s.last[finder] = err
		if s.failures[finder]++; s.failures[finder] >= manyFailures {
			s.given[finder] = err
		}
	}
	if s.Trouble != nil {
		s.Trouble(&SourceError{s.Finders[finder].Name(), err}, s.given[finder] != nil)
	}
	return nil
}

// keepError is an error of Keep.
type keepError struct{ err error }

func (e *keepError) Error() string { return e.err.Error() }

// find asks one finder, keeps the matches, and returns the tweets for which there is
// no sure match.
func (r Resolver) find(ctx context.Context, f Finder, wanted []Wanted) ([]Wanted, error) {
	m := newMatcher(wanted)
	sure := make([]bool, len(wanted))
	err := f.Find(ctx, wanted, m.offer, func(of ...int) error {
		matches := make([]Match, 0, len(of))
		for _, i := range of {
			w := m.of[i].match()
			w.Source = f.Name()
			if sure[i] = w.Sure; w.State == Unknown {
				w.Time = time.Now()
			}
			matches = append(matches, w)
		}
		if err := r.Keep(matches); err != nil {
			return &keepError{err}
		}
		return nil
	})
	var left []Wanted
	for i, w := range wanted {
		if !sure[i] {
			left = append(left, w)
		}
	}
	return left, err
}

// matcher compares what is offered with the wanted tweets.
type matcher struct {
	of     []contest
	handle map[string][]int // lower case
}

// contest is a wanted tweet and the tweets that were offered for it.
type contest struct {
	*Wanted
	words  words
	best   rival
	answer Answer  // the tweet that is best
	second float64 // fit of the best of the others
	rivals []rival // others that could be the tweet too
}

// rival is a tweet that was offered.
type rival struct {
	id         string
	fit, score float64
	grams      archive.Trigrams
}

// maxRivals is the most rivals that are kept. With so many nothing is sure.
const maxRivals = 20

func newMatcher(wanted []Wanted) *matcher {
	m := &matcher{of: make([]contest, len(wanted)), handle: map[string][]int{}}
	for i := range wanted {
		w := &wanted[i]
		m.of[i].Wanted = w
		if w.Handle != "" && w.Text != "" {
			h := strings.ToLower(w.Handle)
			m.handle[h] = append(m.handle[h], i)
		}
	}
	return m
}

// offer compares one tweet.
func (m *matcher) offer(a Answer) {
	if a.State != Found || a.ID == "" || a.Text == "" {
		return
	}
	at := m.handle[strings.ToLower(a.Handle)]
	if len(at) == 0 {
		return
	}
	var theirs words
	for _, i := range at {
		c := &m.of[i]
		if !c.sameDay(a.Date) {
			continue
		}
		if theirs.text == "" {
			theirs = wordsOf(a.Text)
		}
		if c.words.text == "" {
			c.words = wordsOf(c.Text)
		}
		r := rival{id: a.ID, grams: theirs.grams}
		r.fit, r.score = c.words.fit(&theirs)
		c.enter(r, a)
	}
}

// enter compares a rival with the best so far.
func (c *contest) enter(r rival, a Answer) {
	switch {
	case r.id == c.best.id: // offered again, maybe in another edition
		if r.fit > c.best.fit {
			c.best, c.answer = r, a
		}
		return
	case r.fit > c.best.fit || r.fit == c.best.fit && r.fit > 0 && r.id < c.best.id:
		r, c.best, c.answer = c.best, r, a
	}
	if c.second = max(c.second, r.fit); r.score >= archive.SameWords && len(c.rivals) < maxRivals {
		c.rivals = append(c.rivals, r)
	}
}

// torn says whether a rival has the words of the best, and more of the words of the
// wanted tweet. That happens if an author quotes a tweet of their own.
func (c *contest) torn() bool {
	overlap := func(r *rival) float64 {
		return archive.Containment(c.words.grams, r.grams) * float64(min(len(c.words.grams), len(r.grams)))
	}
	return slices.ContainsFunc(c.rivals, func(r rival) bool {
		return overlap(&r) > 1.1*overlap(&c.best) && archive.Containment(r.grams, c.best.grams) >= archive.SameWords
	})
}

// sameDay says whether the wanted tweet may be of this day.
func (w *Wanted) sameDay(day string) bool {
	switch {
	case w.Date == day:
		return true
	case w.Date == "" || day == "":
		return w.Date == ""
	case !w.Loose:
		return false
	}
	from, to := w.days()
	return from.Format(time.DateOnly) <= day && day < to.Format(time.DateOnly)
}

// days is the time in which the wanted tweet was posted, without its end; zero if its
// day is not known.
func (w *Wanted) days() (from, to time.Time) {
	d, err := time.Parse(time.DateOnly, w.Date)
	if err != nil {
		return from, to
	}
	if w.Loose {
		return d.AddDate(0, 0, -1), d.AddDate(0, 0, 2)
	}
	return d, d.AddDate(0, 0, 1)
}

// match is the result. Without a day there are only the words to compare, so there
// must be more of them.
func (c *contest) match() Match {
	m := Match{Key: c.Key, Answer: Answer{State: Unknown, Raw: []byte("{}")}}
	if c.best.score < maybe {
		return m
	}
	m.Answer, m.Score = c.answer, math.Round(c.best.score*1000)/1000
	m.Sure = c.best.score >= archive.SameWords && c.best.fit-c.second >= archive.BestBy && !c.torn()
	if c.Date == "" && c.words.length < 3*archive.MinWords {
		m.Sure = false
	}
	return m
}

// words is a text as it is compared.
type words struct {
	text   string // normalised; if that leaves nothing, as it is
	length int    // characters of the normalised text
	grams  archive.Trigrams
	codes  []string
	media  string
}

func wordsOf(text string) words {
	n := archive.Normalize(text)
	codes, media := archive.LinkCodes(text)
	w := words{text: cmp.Or(n, strings.TrimSpace(text)), length: utf8.RuneCountInString(n), codes: codes, media: media}
	if w.length >= archive.MinWords {
		w.grams = archive.TrigramsOf(n)
	}
	return w
}

// fit says how well two texts of one author and day fit one tweet, and their
// containment. Equal words fit best. Then come words with the same end, for in
// flattened text only the end of a tweet is sure. A t.co link in common decides,
// unless the words contradict it. Words with other numbers are never sure.
func (a *words) fit(b *words) (fit, score float64) {
	long := len(a.grams) > 0 && len(b.grams) > 0
	sameNumbers := archive.SameNumbers(a.text, b.text)
	switch {
	case a.text == b.text:
		fit, score = 1.5, 1
	case long:
		if score = archive.Containment(a.grams, b.grams); !sameNumbers {
			score = min(score, maybe)
		}
		fit = score
		if score >= archive.SameWords && (strings.HasSuffix(a.text, b.text) || strings.HasSuffix(b.text, a.text)) {
			fit += 0.25
		}
	}
	if (!long || score >= 0.5) && sameNumbers && slices.ContainsFunc(a.codes, func(c string) bool { return slices.Contains(b.codes, c) }) {
		score = max(score, archive.SameWords)
		fit = max(fit, score) + 0.5
	}
	return fit, score
}

// query is a query of search/all and the indexes of the wanted tweets that it asks for.
type query struct {
	text     string
	from, to time.Time
	of       []int
}

// phraseWords is how many words of a tweet are searched for.
const phraseWords = 6

// queries packs the wanted tweets of each day into queries. A tweet without a day, or
// without words to search for, is in none.
func queries(wanted []Wanted) []query {
	type day struct{ from, to time.Time }
	at := map[day][]int{}
	var order []day
	for i := range wanted {
		from, to := wanted[i].days()
		if from.IsZero() || !archive.IsHandle(wanted[i].Handle) || phrase(wanted[i].Text) == "" {
			continue
		}
		d := day{from, to}
		if at[d] == nil {
			order = append(order, d)
		}
		at[d] = append(at[d], i)
	}
	const tail = " -is:retweet"
	var all []query
	for _, d := range order {
		q := query{from: d.from, to: d.to}
		flush := func() {
			if len(q.of) > 1 {
				q.text = "(" + q.text + ")"
			}
			q.text += tail
			all = append(all, q)
			q = query{from: d.from, to: d.to}
		}
		for _, i := range at[d] {
			clause := "from:" + wanted[i].Handle + ` "` + phrase(wanted[i].Text) + `"`
			next := clause
			if len(q.of) > 0 {
				if len(q.of) == 1 {
					q.text = "(" + q.text + ")"
				}
				next = q.text + " OR (" + clause + ")"
			}
			if len(q.of) > 0 && len([]rune(next))+len(tail)+2 > v2Search {
				flush()
				next = clause
			}
			q.text = next
			q.of = append(q.of, i)
		}
		flush()
	}
	return all
}

// phrase is the words of the text to search for: the last six words in a row that
// have no link, mention or tag between them. In flattened text only the end of a
// tweet is sure.
func phrase(text string) string {
	for _, l := range archive.Links(text) {
		text = strings.ReplaceAll(text, l, " \x00 ")
	}
	var run, best []string
	for _, w := range strings.Fields(text) {
		bare := strings.TrimFunc(w, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) })
		plain := bare != "" && !strings.ContainsAny(w, "@#$\x00&/") && !strings.ContainsFunc(bare, func(r rune) bool {
			return !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.IsMark(r) && r != '\'' && r != '’' && r != '-'
		})
		if !plain {
			run = nil
			continue
		}
		run = append(run, bare)
		if len(run) >= min(phraseWords, max(1, len(best))) {
			best = run[max(0, len(run)-phraseWords):]
		}
	}
	p := []rune(strings.Join(best, " "))
	if len(p) > 100 { // a language without spaces
		p = p[len(p)-20:]
	}
	if len(p) < 4 {
		return ""
	}
	return strings.TrimSpace(string(p))
}

package web

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode"

	"example.org/tweetarc/archive"
	"example.org/tweetarc/store"
)

// The review is a coding sheet in the browser. It shows one case (an embed to judge) after
// the other, with what was found and a form for the coder's verdict. Only this part of the
// pages writes, and only if Options have an archive for it. A verdict must come by POST
// from a page of this server: the browser says so (Sec-Fetch-Site, Origin), and the form
// has a secret of this process, which no other site can read.
//
// The server does not remember where the coder is: the address of the page says it.
type reviewer struct {
	db    *store.DB // for writing
	token string
	cross *http.CrossOriginProtection
	one   sync.Mutex // one verdict at a time
}

func newReviewer(db *store.DB) *reviewer {
	return &reviewer{db: db, token: rand.Text(), cross: http.NewCrossOriginProtection()}
}

const (
	maxVerdict = 256 << 10 // bytes of a form: the longest words that can be saved, with every byte escaped, and some more
	maxCoder   = 80        // characters of a name
	perDiffer  = 20        // cases
	perGlance  = 50        // cases that are read at a time to find the next one
)

// reviewing is where a coder is.
type reviewing struct {
	Coder  string
	Sample string // key; "" is what Of finds, the least sure first
	Of     string // a query; "" is all
	From   int    // how many cases without a verdict were skipped
	Case   string // the case that is asked for; "" is the next one
	Note   string // what happened last, see reviewNotes
}

// reviewNotes are what a page can say about the last request.
var reviewNotes = map[string]string{
	"stale":  "This embed changed after you opened the page: you judged it in another tab, or its article was read again. Nothing was saved. Please look again.",
	"empty":  "There were no words, so nothing was saved. If this is not a tweet, choose “Not a tweet”.",
	"undone": "Your verdict was undone.",
	"past":   "There was nothing to undo. Perhaps you went on in another tab.",
}

func (in reviewing) href() string {
	from := ""
	if in.From > 0 {
		from = strconv.Itoa(in.From)
	}
	return address("/review", "coder", in.Coder, "sample", in.Sample, "q", in.Of, "from", from, "case", in.Case, "note", in.Note)
}

// next is the next case, at a certain one, with a note.
func (in reviewing) next() reviewing { in.Case, in.Note = "", ""; return in }

func (in reviewing) at(name, note string) reviewing {
	in.Case, in.Note = name, note
	return in
}

func (in reviewing) differ(page int) string {
	return address("/review", "coder", in.Coder, "sample", in.Sample, "q", in.Of, "show", "differ", "page", number(page))
}

func readReviewing(get func(string) string) reviewing {
	coder := strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == unicode.ReplacementChar {
			return ' '
		}
		return r
	}, get("coder"))
	coder = strings.TrimSpace(archive.Head(strings.Join(strings.Fields(coder), " "), maxCoder))
	from, _ := strconv.Atoi(get("from"))
	sample, of := get("sample"), strings.TrimSpace(get("q"))
	if of != "" {
		sample = "" // a query counts more than a sample that is still chosen
	}
	return reviewing{Coder: coder, Sample: sample, Of: of, From: max(0, from), Case: get("case"), Note: get("note")}
}

// queue is what is to be judged, and its sample if it is one.
func (s *Server) queue(ctx context.Context, in reviewing) (q store.Queue, sample *store.Sample, err error) {
	q = store.Queue{Coder: in.Coder, Unjudged: true}
	if in.Sample != "" {
		if sample, err = s.db.Sample(ctx, in.Sample); err == nil {
			q.Sample = sample.Key
		}
		return q, sample, err
	}
	if q.Query, err = store.ParseQuery(in.Of); err != nil {
		err = &pageError{http.StatusBadRequest, "This query cannot be understood", err.Error()}
	}
	return q, nil, err
}

// reviewPages answers GET /review.
func (s *Server) reviewPages(w http.ResponseWriter, r *http.Request) error {
	h := w.Header()
	h.Set("Referrer-Policy", "same-origin") // with no-referrer, browsers would hide the origin of a form from this server too
	h.Set("Cache-Control", "no-store")      // going back shows the new verdicts
	v := r.URL.Query()
	in := readReviewing(v.Get)
	switch {
	case in.Coder == "":
		return s.page(w, r, "review-start", func(ctx context.Context) (any, error) { return s.reviewStart(ctx, in) })
	case v.Get("show") == "differ":
		return s.page(w, r, "review-differ", func(ctx context.Context) (any, error) { return s.reviewDiffer(ctx, in, pageNumber(r)) })
	}
	return s.page(w, r, "review", func(ctx context.Context) (any, error) { return s.reviewCase(ctx, in) })
}

type startView struct {
	page
	reviewing
	Coders  []store.Count
	Samples []store.Sample
}

func (s *Server) reviewStart(ctx context.Context, in reviewing) (v *startView, err error) {
	v = &startView{page: page{Title: "Review", Nav: "review"}, reviewing: in}
	if v.Samples, err = s.db.Samples(ctx); err != nil {
		return nil, err
	}
	v.Coders, err = s.db.Coders(ctx)
	return v, err
}

// A saying is a coder's verdict in words.
type saying struct {
	Coder, Says, Words, Note string
}

var verdictsInWords = map[archive.Verdict]string{
	archive.VerdictRight:  "right",
	archive.VerdictBegins: "begins wrong",
	archive.VerdictEnds:   "ends wrong",
	archive.VerdictBoth:   "other words",
	archive.VerdictPerson: "wrong person",
	archive.VerdictNone:   "not a tweet",
	archive.VerdictUnsure: "cannot say",
}

func sayingOf(j *archive.Judgement) saying {
	v := saying{Coder: oneLine(j.Coder, maxCoder), Says: verdictsInWords[j.Verdict], Note: visible(j.Note)}
	if j.Words != j.Found {
		v.Words = visible(j.Words)
	}
	return v
}

// A caseView is a case to judge, or one that has verdicts.
type caseView struct {
	*store.Case
	Passage passage
	Seen    string // see seen
	Sure    string // per cent
	Href    string // of the case's own page
	Outlet  string
	Raw     string
	Said    []saying // first by the coder, then by others; nothing before the coder has judged
	Note    string   // the coder's
}

func newCaseView(c *store.Case, in reviewing) *caseView {
	v := &caseView{
		Case: c, Passage: newPassage(&c.Passage), Seen: seen(c, in.Coder), Sure: strconv.Itoa(int(c.Confidence*100 + 0.5)), Href: in.at(c.Name(), "").href(),
		Outlet: oneLine(c.Article.Outlet, nameSize), Raw: visible(c.Raw),
	}
	mine := own(c, in.Coder)
	if mine == nil {
		return v
	}
	v.Said, v.Note = []saying{sayingOf(mine)}, visible(mine.Note)
	for i := range c.Verdicts {
		if c.Verdicts[i].Coder != in.Coder {
			v.Said = append(v.Said, sayingOf(&c.Verdicts[i]))
		}
	}
	return v
}

// own is a coder's verdict on a case; nil is none.
func own(c *store.Case, coder string) *archive.Judgement {
	i := slices.IndexFunc(c.Verdicts, func(j archive.Judgement) bool { return j.Coder == coder })
	if i < 0 {
		return nil
	}
	return &c.Verdicts[i]
}

// seen is a hash of what a coder sees of a case and has said about it. It shows whether a
// form is out of date.
func seen(c *store.Case, coder string) string {
	j := cmp.Or(own(c, coder), &archive.Judgement{})
	sum := sha256.Sum256(fmt.Appendf(nil, "%q", []string{c.Text, c.ID, c.Handle, c.Date, string(c.Form), coder, string(j.Verdict), j.Words, j.Note}))
	return hex.EncodeToString(sum[:12])
}

type reviewView struct {
	page
	reviewing
	Token   string
	Queue   string // in words
	Cases   int
	Judged  int // by this coder
	Anybody int // by anybody; only counted in a sample
	Message string
	Case    *caseView // nil: nothing is left
	Last    *lastView // the verdict that can be undone
	Skip    string
	Differ  string
	Again   string // the address of the skipped cases
	Change  string // the address to choose another coder or queue
}

type lastView struct {
	Name, Seen, Says string
	Href             string
}

func (s *Server) reviewCase(ctx context.Context, in reviewing) (*reviewView, error) {
	q, sample, err := s.queue(ctx, in)
	if err != nil {
		return nil, err
	}
	v := &reviewView{
		page: page{Title: "Review", Nav: "review"}, reviewing: in, Token: s.review.token, Message: reviewNotes[in.Note], Differ: in.differ(1),
		Change: address("/review", "sample", in.Sample, "q", in.Of), Queue: "all embeds, the least sure first",
	}
	switch {
	case sample != nil:
		v.Queue = "sample " + sample.Key
	case in.Of != "":
		v.Queue = "embeds that match " + oneLine(in.Of, nameSize) + ", the least sure first"
	}
	if v.Cases, v.Judged, err = s.db.Progress(ctx, q); err != nil {
		return nil, err
	}
	if sample != nil {
		if _, v.Anybody, err = s.db.Progress(ctx, store.Queue{Sample: sample.Key}); err != nil {
			return nil, err
		}
	}
	c, at, err := s.nextCase(ctx, q, in)
	if err != nil {
		return nil, err
	}
	switch skip := in.next(); {
	case c != nil:
		skip.From = at + 1
		v.Case, v.Skip = newCaseView(c, in), skip.href()
	case in.From > 0:
		skip.From = 0
		v.Again = skip.href()
	}
	last, err := s.db.LastVerdict(ctx, in.Coder)
	if last != nil {
		name := store.CaseName(last.Article, last.Anchor)
		v.Last = &lastView{Name: name, Seen: lastSeen(last), Says: verdictsInWords[last.Verdict], Href: in.at(name, "").href()}
	}
	return v, err
}

// lastSeen identifies the verdict that would be undone.
func lastSeen(j *archive.Judgement) string { return strconv.FormatInt(j.At.UnixMilli(), 10) }

// nextCase is the case that is asked for, or the next one without a verdict; nil if there
// is none. at is how many cases without a verdict come before it.
func (s *Server) nextCase(ctx context.Context, q store.Queue, in reviewing) (c *store.Case, at int, err error) {
	if in.Case != "" {
		article, anchor, ok := store.ParseCaseName(in.Case)
		if !ok {
			return nil, 0, errNoPage
		}
		c, err = s.db.Case(ctx, article, anchor)
		return c, in.From, err
	}
	for at = in.From; ; {
		some, err := s.db.Cases(ctx, q, perGlance, at)
		if err != nil || len(some) == 0 {
			return nil, at, err
		}
		for i := range some {
			if !some[i].Missing() {
				return &some[i], at, nil
			}
			at++
		}
	}
}

type differView struct {
	page
	reviewing
	Token  string
	Cases  []*caseView
	Others int // on which others disagree, but the coder has not judged yet
	Pages  pager
	Back   string
}

func (s *Server) reviewDiffer(ctx context.Context, in reviewing, number int) (*differView, error) {
	names, others, err := s.db.Differing(ctx, in.Coder)
	if err != nil {
		return nil, err
	}
	v := &differView{page: page{Title: "Where coders disagree", Nav: "review"}, reviewing: in, Others: others, Back: in.next().href()}
	v.Pages, number = newPager(number, perDiffer, len(names), in.differ)
	for _, name := range names[(number-1)*perDiffer : min(number*perDiffer, len(names))] {
		article, anchor, _ := store.ParseCaseName(name)
		switch c, err := s.db.Case(ctx, article, anchor); {
		case errors.Is(err, store.ErrNotFound): // no longer in the archive
		case err != nil:
			return nil, err
		default:
			v.Cases = append(v.Cases, newCaseView(c, in))
		}
	}
	return v, nil
}

// judge answers POST /review: it saves or undoes a verdict, and leads to the next page.
func (s *Server) judge(w http.ResponseWriter, r *http.Request) error {
	if err := s.review.cross.Check(r); err != nil {
		return &pageError{http.StatusForbidden, "This verdict comes from another site", "Only the review page of this server can save verdicts."}
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxVerdict)
	var tooLong *http.MaxBytesError
	switch err := r.ParseForm(); {
	case errors.As(err, &tooLong):
		return &pageError{http.StatusRequestEntityTooLarge, "This verdict is too long", "A tweet's words can have at most 64 KB."}
	case err != nil:
		return &pageError{http.StatusBadRequest, "This verdict cannot be read", err.Error()}
	}
	if subtle.ConstantTimeCompare([]byte(r.PostForm.Get("token")), []byte(s.review.token)) != 1 {
		return &pageError{http.StatusForbidden, "This page is out of date", "tweetarc serve was started again after you opened it. Open the review again; your earlier verdicts are saved."}
	}
	in := readReviewing(r.PostForm.Get)
	article, anchor, ok := store.ParseCaseName(in.Case)
	if !ok || in.Coder == "" || len(r.PostForm["verdict"]) != 1 {
		return &pageError{http.StatusBadRequest, "This verdict is incomplete", "It needs your name, an embed and one verdict."}
	}
	ctx, cancel := context.WithTimeout(r.Context(), s.opts.Limit)
	defer cancel()
	s.review.one.Lock()
	defer s.review.one.Unlock()
	then := func() (reviewing, error) { return s.keep(ctx, in, article, anchor, r.PostForm.Get) }
	if r.PostForm.Get("verdict") == "undo" {
		then = func() (reviewing, error) { return s.takeBack(ctx, in, r.PostForm.Get("seen")) }
	}
	lead, err := then()
	if err != nil {
		return err
	}
	http.Redirect(w, r, lead.href(), http.StatusSeeOther)
	return nil
}

// keep saves a verdict on what the coder saw. The same verdict once more changes nothing.
func (s *Server) keep(ctx context.Context, in reviewing, article []byte, anchor int, get func(string) string) (lead reviewing, err error) {
	c, err := s.db.Case(ctx, article, anchor)
	if err != nil {
		return lead, err
	}
	verdict, words, err := ruling(c, get)
	switch {
	case err != nil:
		return lead, err
	case verdict == "":
		return in.at(c.Name(), "empty"), nil
	}
	was := own(c, in.Coder)
	j := c.Judged(in.Coder, verdict, words, field(get, "note"), time.Now().UTC())
	switch {
	case was != nil && was.Verdict == j.Verdict && was.Words == j.Words && was.Note == j.Note:
		return in.next(), nil // sent twice
	case get("seen") != seen(c, in.Coder):
		return in.at(c.Name(), "stale"), nil
	case was != nil && !j.At.After(was.At):
		j.At = was.At.Add(time.Millisecond) // the clock was set back
	}
	switch n, err := s.review.db.Judge(ctx, []archive.Judgement{j}); {
	case err != nil:
		return lead, err
	case n == 0:
		return lead, &pageError{http.StatusConflict, "This verdict was not saved", "The tweet may have been removed with tweetarc forget. If not, check the clock of this machine: it may be slow."}
	}
	return in.next(), nil
}

// ruling is the verdict in a form, and the words that belong to it. The verdict is "" if
// the coder wants to correct the words, but gives none.
func ruling(c *store.Case, get func(string) string) (verdict archive.Verdict, words string, err error) {
	verdict, words = archive.Verdict(get("verdict")), field(get, "words")
	switch verdict {
	case "words":
		if words == "" {
			return "", "", nil
		}
		if verdict = verdictOn(visible(c.Text), words); verdict == archive.VerdictRight {
			words = c.Text
		}
		return verdict, words, nil
	case archive.VerdictRight:
		return verdict, c.Text, nil
	case archive.VerdictPerson:
		if words == strings.TrimSpace(visible(c.Text)) {
			words = ""
		}
		return verdict, words, nil
	case archive.VerdictNone, archive.VerdictUnsure:
		return verdict, "", nil
	}
	return "", "", &pageError{http.StatusBadRequest, "There is no such verdict", "Use the buttons of the review page."}
}

// field is the text of a field of a form, without white space around it.
func field(get func(string) string, name string) string {
	return strings.TrimSpace(strings.ReplaceAll(get(name), "\r\n", "\n"))
}

// takeBack undoes the coder's last verdict, if it is still the one that the page named.
func (s *Server) takeBack(ctx context.Context, in reviewing, seen string) (lead reviewing, err error) {
	j, err := s.db.LastVerdict(ctx, in.Coder)
	if err != nil {
		return lead, err
	}
	if j == nil || store.CaseName(j.Article, j.Anchor) != in.Case || lastSeen(j) != seen {
		return in.at("", "past"), nil
	}
	j.Verdict, j.Words, j.Note = "", "", ""
	if now := time.Now().UTC(); now.After(j.At) {
		j.At = now
	} else {
		j.At = j.At.Add(time.Millisecond)
	}
	_, err = s.review.db.Judge(ctx, []archive.Judgement{*j})
	return in.at(in.Case, "undone"), err
}

package enrich

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/time/rate"

	"example.org/tweetarc/archive"
)

// Tested in enrich_test.go, match_test.go and servers_test.go.

// Wayback is the Wayback Machine: lists of captures (its CDX server), and the captures,
// which are JSON of v1.1 or v2, or HTML. Each of the two is asked 24 times a minute at
// most. It needs no key. It is the only service that has deleted tweets.
type Wayback struct {
	Client *Client
	Base   string // "": WaybackBase
	// ReadHTML finds the tweets in HTML.
	ReadHTML func(html string) []archive.Embed

	cdx, web *service
}

// WaybackBase is where the Wayback Machine is.
const WaybackBase = "https://web.archive.org"

// How much of the Wayback Machine is read.
const (
	triedCaptures = 3       // of one tweet and host
	listedMax     = 500     // captures of one tweet
	dayMax        = 100     // tweets of one author and day that are compared
	manyOfOne     = 15      // for more tweets of one author, one list of all is cheaper
	allOfOne      = 200_000 // captures of an author in such a list
)

func (w *Wayback) Name() string   { return "wayback" }
func (w *Wayback) Batch() int     { return 1 }
func (w *Wayback) FindBatch() int { return 1000 }
func (w *Wayback) Archive() bool  { return true }

func (w *Wayback) open() error {
	if w.cdx != nil {
		return nil
	}
	w.Base = strings.TrimSuffix(cmp.Or(w.Base, WaybackBase), "/")
	if err := CheckBase(w.Base); err != nil {
		return &Stop{Err: err}
	}
	steady := rate.Every(time.Minute / 24)
	// It shuts out for an hour who goes on after a 429, so the pause is long.
	w.cdx = &service{name: "wayback", base: w.Base, flag: "--wayback-base", secrets: w.Client.Secrets, every: rate.NewLimiter(steady, 1), pause: 2 * time.Minute, limit: maxList}
	w.web = &service{name: "wayback", base: w.Base, flag: "--wayback-base", secrets: w.Client.Secrets, every: rate.NewLimiter(steady, 1), pause: 2 * time.Minute, limit: maxPage, pages: true}
	return nil
}

func (w *Wayback) Ask(ctx context.Context, tweets []archive.Tweet, answer func(Answer) error) error {
	if err := w.open(); err != nil {
		return err
	}
	for _, t := range tweets {
		a, err := w.ask(ctx, t)
		if err != nil {
			return err
		}
		if err := answer(a); err != nil {
			return err
		}
	}
	return nil
}

// ask looks under twitter.com first, then under x.com.
func (w *Wayback) ask(ctx context.Context, t archive.Tweet) (Answer, error) {
	a := Answer{Tweet: archive.Tweet{ID: t.ID}, State: Unknown, Raw: []byte("[]")}
	for _, host := range []string{"twitter.com/", "x.com/"} {
		list, err := w.list(ctx, host+cmp.Or(t.Handle, "i/web")+"/status/"+t.ID, url.Values{"limit": {strconv.Itoa(listedMax)}})
		if err != nil {
			return a, err
		}
		list = slices.DeleteFunc(list, func(c capture) bool { return c.id != t.ID || !c.usable() })
		if len(list) == 0 {
			continue
		}
		slices.SortStableFunc(list, func(a, b capture) int { return a.worth() - b.worth() })
		for _, c := range list[:min(len(list), triedCaptures)] {
			found, err := w.fetch(ctx, c)
			if err != nil {
				return a, err
			}
			if found.ID == t.ID && found.State == Found {
				return found, nil
			}
		}
		if a.Raw, err = json.Marshal(list[:min(len(list), triedCaptures)]); err != nil { // they are there, but no tweet can be read in them
			return a, err
		}
	}
	a.Time = w.Client.now()
	return a, nil
}

// capture is a line of the list of captures.
type capture struct {
	Timestamp string `json:"timestamp"` // YYYYMMDDhhmmss
	Original  string `json:"original"`
	Mimetype  string `json:"mimetype"`
	Status    string `json:"statuscode"` // "-" for JSON and for repetitions
	id        string
	handle    string
}

// json says whether the capture is JSON of an API.
func (c *capture) json() bool { return c.Mimetype == "application/json" }

// usable says whether the capture can hold a tweet: a redirect, an error or a
// repetition cannot.
func (c *capture) usable() bool { return c.Status == "200" || c.json() && c.Status == "-" }

// worth orders captures: JSON first, then the earliest page. Until mid-2020 a page
// held the tweet, later a script that loads it.
func (c *capture) worth() int {
	if c.json() {
		return 0
	}
	return 1
}

// list asks which captures there are of addresses with this prefix. They come in the
// order of address and time. It returns those of tweets.
func (w *Wayback) list(ctx context.Context, prefix string, more url.Values) ([]capture, error) {
	q := url.Values{"url": {prefix}, "matchType": {"prefix"}, "output": {"json"}, "fl": {"timestamp,original,mimetype,statuscode,digest"}}
	maps.Copy(q, more)
	var list []capture
	r, err := w.Client.get(ctx, w.cdx, w.Base+"/cdx/search/cdx?"+q.Encode(), "", func(r *reply) (err error) {
		if blocked(r) {
			return nil
		}
		if r.status < 400 || r.status == http.StatusNotFound {
			list, err = readCaptures(r, prefix)
		}
		return err
	})
	switch {
	case err != nil:
		return nil, err
	case blocked(r):
		return nil, nil
	case r.status >= 300:
		return nil, fmt.Errorf("%s sent %w", w.Base, r.nonsense(""))
	}
	return list, nil
}

// blocked says whether the owner of a site had it removed.
func blocked(r *reply) bool {
	return r.status == http.StatusForbidden && strings.Contains(string(r.body), "Blocked Site Error")
}

// readCaptures reads a list of captures: a row of names, and a row for each capture.
// If none is of the addresses that were asked for, that is an error.
func readCaptures(r *reply, prefix string) ([]capture, error) {
	if r.status >= 300 || !r.isList() {
		return nil, r.nonsense("")
	}
	d := json.NewDecoder(bytes.NewReader(r.body))
	d.Token() // the [
	var list []capture
	column := map[string]int{}
	fit := 0
	first := prefix[strings.LastIndexByte(prefix, '/')+1:]
	for n := 0; d.More(); n++ {
		var row [8]string // more than are asked for
		if d.Decode(&row) != nil {
			return nil, r.nonsense("not a list of captures")
		}
		if n == 0 {
			for j, name := range row {
				column[name] = j
			}
			continue
		}
		c, ok := captureOf(&row, column)
		if !ok {
			continue
		}
		if strings.HasPrefix(c.id, first) {
			fit++
		}
		list = append(list, c)
	}
	_, stamped := column["timestamp"]
	_, named := column["original"]
	switch {
	case len(column) > 0 && !(stamped && named):
		return nil, r.nonsense("not a list of captures")
	case len(list) > 0 && fit == 0:
		return nil, r.nonsense("it answers another question")
	}
	return list, nil
}

// captureOf reads a row of a list of captures; false if it is not of a tweet.
func captureOf(row *[8]string, column map[string]int) (capture, bool) {
	v := func(name string) string {
		if j, ok := column[name]; ok {
			return row[j]
		}
		return ""
	}
	c := capture{Timestamp: v("timestamp"), Original: v("original"), Mimetype: v("mimetype"), Status: v("statuscode")}
	st, ok := archive.FindStatus(c.Original)
	c.id, c.handle = st.ID, st.Handle
	return c, ok && isTimestamp(c.Timestamp)
}

func isTimestamp(s string) bool {
	_, err := time.Parse("20060102150405", s)
	return err == nil
}

// fetch reads the tweet of a capture. The State is Unknown if none can be read in it.
func (w *Wayback) fetch(ctx context.Context, c capture) (Answer, error) {
	a := Answer{Tweet: archive.Tweet{ID: c.id}, State: Unknown}
	address := w.Base + "/web/" + c.Timestamp + "id_/" + c.Original // id_: as it was captured, without changed addresses
	r, err := w.Client.get(ctx, w.web, address, "", func(r *reply) error {
		if r.status < 300 && c.json() {
			return wantJSON(r)
		}
		return nil
	})
	a.Time = w.Client.now()
	var long *tooLong
	var away *elsewhere
	switch {
	case errors.As(err, &long), errors.As(err, &away):
		return a, nil
	case err != nil:
		return a, err
	case r.status == http.StatusForbidden, r.status == http.StatusNotFound, r.status >= 300 && r.status < 400: // this capture cannot be had
		return a, nil
	case r.status >= 300:
		return a, r.statusError()
	}
	return w.read(c, a, r.body)
}

// read reads the tweet of a capture into a.
func (w *Wayback) read(c capture, a Answer, captured []byte) (Answer, error) {
	body := json.RawMessage(captured)
	var err error
	if c.json() {
		answers, err := decode(captured)
		if err != nil {
			return a, nil
		}
		for _, found := range answers {
			if found.ID == c.id && found.State == Found {
				found.Time = a.Time
				a = found
			}
		}
	} else if e, ok := w.embed(c, captured); ok {
		a.Tweet, a.State = e.Tweet, Found
		a.Handle = cmp.Or(a.Handle, c.handle)
		a.WithID(c.id)
		if body, err = json.Marshal(string(captured[e.Start:e.End])); err != nil {
			return a, err
		}
	}
	if a.State == Found {
		a.Raw, err = json.Marshal(map[string]any{"capture": c, "body": body})
	}
	return a, err
}

// embed is the first embed in a page that has words of the capture's tweet.
func (w *Wayback) embed(c capture, page []byte) (archive.Embed, bool) {
	all := w.ReadHTML(string(page))
	i := slices.IndexFunc(all, func(e archive.Embed) bool { return e.ID == c.id && e.Text != "" })
	if i < 0 {
		return archive.Embed{}, false
	}
	return all[i], true
}

// Find lists the captured tweets of each author and day, by the one or two prefixes
// that the IDs of a day have, and fetches them. For many tweets of one author it
// lists all captures of that author.
func (w *Wayback) Find(ctx context.Context, wanted []Wanted, offer func(Answer), done func(...int) error) error {
	if err := w.open(); err != nil {
		return err
	}
	of := map[string][]int{}
	for i := range wanted {
		if from, _ := wanted[i].days(); from.IsZero() || !archive.IsHandle(wanted[i].Handle) || wanted[i].Text == "" {
			continue
		}
		h := strings.ToLower(wanted[i].Handle)
		of[h] = append(of[h], i)
	}
	for _, h := range slices.Sorted(maps.Keys(of)) {
		if err := w.findOf(ctx, wanted, of[h], offer, done); err != nil {
			return err
		}
	}
	return nil
}

// span is the time in which a wanted tweet was posted, without its end.
type span struct{ from, to time.Time }

// findOf finds tweets of one author.
func (w *Wayback) findOf(ctx context.Context, wanted []Wanted, of []int, offer func(Answer), done func(...int) error) error {
	at := map[span][]int{}
	for _, i := range of {
		from, to := wanted[i].days()
		at[span{from, to}] = append(at[span{from, to}], i)
	}
	home := "twitter.com/" + wanted[of[0]].Handle + "/status/"
	var all []capture // of the author
	listed := false
	if len(of) > manyOfOne {
		var err error
		if all, listed, err = w.listAll(ctx, home); err != nil {
			return err
		}
	}
	fetched := map[string]Answer{}
	for _, s := range slices.SortedFunc(maps.Keys(at), func(a, b span) int { return a.from.Compare(b.from) }) {
		list := all
		if !listed {
			var err error
			if list, err = w.listSpan(ctx, home, s); err != nil {
				return err
			}
		}
		ids, captures := s.within(list)
		if len(ids) > dayMax { // the best of some of them need not be the best of all
			continue
		}
		for _, id := range ids {
			a, ok := fetched[id]
			if !ok {
				var err error
				if a, err = w.best(ctx, home, id, captures[id]); err != nil {
					return err
				}
				fetched[id] = a
			}
			offer(a)
		}
		if err := done(at[s]...); err != nil {
			return err
		}
	}
	return nil
}

// listAll lists all captures of an author's tweets. whole is false if there are too
// many.
func (w *Wayback) listAll(ctx context.Context, home string) (all []capture, whole bool, err error) {
	q := url.Values{"collapse": {"urlkey"}, "filter": {"!statuscode:[345].."}, "limit": {strconv.Itoa(allOfOne)}}
	var long *tooLong
	if all, err = w.list(ctx, home, q); errors.As(err, &long) {
		return nil, false, nil
	}
	return all, len(all) < allOfOne, err
}

// listSpan lists the captures of an author's tweets whose IDs are of about that time.
func (w *Wayback) listSpan(ctx context.Context, home string, s span) (list []capture, err error) {
	for _, p := range prefixes(s.from, s.to) {
		more, err := w.list(ctx, home+p, nil)
		if err != nil {
			return nil, err
		}
		list = append(list, more...)
	}
	return list, nil
}

// within are the tweets of that time among the captures, and the captures of each.
func (s span) within(list []capture) (ids []string, of map[string][]capture) {
	of = map[string][]capture{}
	for _, c := range list {
		if t, ok := archive.StatusTime(c.id); ok && !t.Before(s.from) && t.Before(s.to) {
			if of[c.id] == nil {
				ids = append(ids, c.id)
			}
			of[c.id] = append(of[c.id], c)
		}
	}
	return ids, of
}

// best fetches the best of the captures of one tweet. A list of all captures of an
// author has only the first one of each tweet, which may be a redirect.
func (w *Wayback) best(ctx context.Context, home, id string, list []capture) (Answer, error) {
	if !slices.ContainsFunc(list, func(c capture) bool { return c.usable() }) {
		var err error
		if list, err = w.list(ctx, home+id, nil); err != nil {
			return Answer{}, err
		}
	}
	list = slices.DeleteFunc(list, func(c capture) bool { return c.id != id || !c.usable() })
	if len(list) == 0 {
		return Answer{}, nil
	}
	return w.fetch(ctx, slices.MinFunc(list, func(a, b capture) int { return a.worth() - b.worth() }))
}

// prefixes are the prefixes of the IDs of that time, which few other IDs have: a day
// is a third of 10^15 IDs. Before November 2010 IDs do not hold the time, so there
// are none.
func prefixes(from, to time.Time) []string {
	const unit = 1e15
	lo, ok1 := firstID(from)
	hi, ok2 := firstID(to)
	if !ok1 || !ok2 {
		return nil
	}
	var all []string
	for p := lo / unit; p <= (hi-1)/unit; p++ {
		if p > 0 {
			all = append(all, strconv.FormatInt(p, 10))
			continue
		}
		for q := lo / 1e13; q <= min(hi-1, unit-1)/1e13; q++ { // the first days, of fewer digits
			if q > 0 {
				all = append(all, strconv.FormatInt(q, 10))
			}
		}
	}
	return all
}

// firstID is the lowest ID that a tweet of this millisecond can have.
func firstID(t time.Time) (int64, bool) {
	ms := t.UnixMilli() - 1288834974657
	return ms << 22, ms > 0
}

// Package enrichtest is a small outside world for tests: an HTTP server on this
// machine that answers like X's API (v2 and v1.1), oEmbed and the Wayback Machine, or
// with a Fault.
//
// Start it with New, and give its URL to a source as the base address. The state and
// the content of a tweet follow from the digits of its ID; Of says what they are. The
// answers have the forms of the services; everything in them is invented.
package enrichtest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"html"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Tested in ../enrich_test.go and ../match_test.go.

// Tweet is a tweet of this world.
type Tweet struct {
	ID, Handle, Author, Text string
	At                       time.Time
	State                    string // found, gone, hidden, withheld
	Captured                 bool   // by the Wayback Machine
}

// Fault is how a server may fail.
type Fault string

const (
	OK          Fault = ""
	RateReset   Fault = "429 with x-rate-limit-reset"
	RateAfter   Fault = "429 with Retry-After"
	RateBare    Fault = "429 without a header"
	RateV2      Fault = "429 with a body of v2"
	RateDay     Fault = "429 for a day"
	Spent       Fault = "an answer, but the last of this quarter of an hour"
	Edited      Fault = "a later edition of each"
	Empty503    Fault = "503, empty"
	HTML502     Fault = "502, HTML"
	Cut         Fault = "a body cut off"
	Slow        Fault = "a body that does not end"
	Reset       Fault = "a connection reset"
	WrongJSON   Fault = "200 with other JSON"
	HTML200     Fault = "200 with HTML"
	Empty200    Fault = "200, empty"
	Extra       Fault = "IDs not asked for, and some twice"
	Missing     Fault = "half of the IDs left out"
	Denied401   Fault = "401"
	Denied403   Fault = "403, code 453"
	Denied402   Fault = "402"
	HTML403     Fault = "403, HTML"
	Bad400      Fault = "400 where an ID ends in 7"
	Elsewhere   Fault = "a redirect to another host"
	TellsSecret Fault = "the credentials in the body"
)

// Passing are the faults after which another try may succeed.
var Passing = []Fault{RateReset, RateAfter, RateBare, RateV2, Empty503, HTML502, Cut, Reset, WrongJSON, HTML200, Empty200}

// World is the server and what it was asked.
type World struct {
	*httptest.Server
	// Tweets are those that do not follow from their IDs, by ID.
	Tweets map[string]Tweet
	// Fault says how the nth request, from 1, is answered. Nil: all succeed.
	Fault func(n int, r *http.Request) Fault
	// Other is where Elsewhere leads: the URL of another server.
	Other string
	// Now is the world's clock, for headers.
	Now func() time.Time

	mu       sync.Mutex
	n        int
	asked    map[string]int // how often for each ID
	requests []string       // method, path and query
	headers  []http.Header
}

// New starts a world without faults.
func New() *World {
	w := &World{Tweets: map[string]Tweet{}, Now: time.Now, asked: map[string]int{}}
	w.Server = httptest.NewServer(http.HandlerFunc(w.serve))
	return w
}

// Randomly is a World.Fault with which one request in n fails, in one of these ways.
func Randomly(seed uint64, n int, faults ...Fault) func(int, *http.Request) Fault {
	var mu sync.Mutex
	rng := rand.New(rand.NewPCG(seed, 1))
	return func(int, *http.Request) Fault {
		mu.Lock()
		defer mu.Unlock()
		if rng.IntN(n) > 0 {
			return OK
		}
		return faults[rng.IntN(len(faults))]
	}
}

// Loopback is a transport that does not leave this machine. It calls refused with
// every address that it did not connect to.
func Loopback(refused func(address string)) *http.Transport {
	d := net.Dialer{Timeout: 5 * time.Second}
	return &http.Transport{DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
		host, _, err := net.SplitHostPort(address)
		if ip := net.ParseIP(host); err != nil || ip == nil || !ip.IsLoopback() {
			refused(address)
			return nil, errors.New("not on this machine: " + address)
		}
		return d.DialContext(ctx, network, address)
	}}
}

// Asked is how often the world was asked about each ID.
func (w *World) Asked() map[string]int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return maps.Clone(w.asked)
}

// Requests are the requests so far, "GET /path?query", with their headers.
func (w *World) Requests() ([]string, []http.Header) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]string{}, w.requests...), append([]http.Header{}, w.headers...)
}

// Count is the number of requests so far.
func (w *World) Count() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.n
}

// epoch is the millisecond from which status IDs count.
const epoch = 1288834974657

// ID is a status ID of this time, the nth of its millisecond.
func ID(t time.Time, n int) string {
	return strconv.FormatInt((t.UnixMilli()-epoch)<<22|int64(n), 10)
}

var (
	firsts = []string{"lantern", "harbour", "pocket", "meadow", "copper", "winter", "ladder", "violet"}
	verbs  = []string{"counts", "mends", "forgets", "paints", "carries", "answers", "borrows", "follows"}
	things = []string{"the old ferry", "a quiet street", "seven keys", "the last tram", "some rain & wind", "a paper boat", "the north gate", "every window"}
)

// Of is the tweet of an ID.
func (w *World) Of(id string) Tweet {
	if t, ok := w.Tweets[id]; ok {
		return t
	}
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return Tweet{ID: id, State: "gone"}
	}
	h := fnv.New64a()
	h.Write([]byte(id))
	x := h.Sum64()
	pick := func(of []string) string { x = x*6364136223846793005 + 1; return of[x>>40%uint64(len(of))] }
	t := Tweet{ID: id, At: time.UnixMilli(n>>22 + epoch).UTC()}
	t.Handle = pick(firsts) + "_" + id[len(id)-3:]
	t.Author = strings.ToUpper(t.Handle[:1]) + t.Handle[1:strings.IndexByte(t.Handle, '_')] + " of " + pick(firsts)
	t.Text = fmt.Sprintf("The %s %s %s, and the %s %s %s %s", pick(firsts), pick(verbs), pick(things), pick(firsts), pick(verbs), pick(things), strconv.FormatInt(n%1e6, 36))
	switch x >> 20 % 10 {
	case 0:
		t.State = "gone"
	case 1:
		t.State = "hidden"
	case 2:
		t.State = "withheld"
	default:
		t.State = "found"
	}
	x = x*6364136223846793005 + 1
	t.Captured = x>>50%2 == 0
	return t
}

func (w *World) serve(rw http.ResponseWriter, r *http.Request) {
	ids := w.idsOf(r)
	n := w.note(r, ids)
	fault := OK
	if w.Fault != nil {
		fault = w.Fault(n, r)
	}
	if w.fails(rw, r, ids, fault) {
		return
	}
	status, contentType, body := w.answer(r, ids, fault)
	rw.Header().Set("Content-Type", contentType)
	switch fault {
	case Spent:
		rw.Header().Set("x-rate-limit-remaining", "0")
		rw.Header().Set("x-rate-limit-reset", w.in(15*time.Minute))
	case Cut:
		rw.Header().Set("Content-Length", strconv.Itoa(len(body)+10))
		body = body[:len(body)/2]
	case Slow:
		body = body[:len(body)/2]
	}
	rw.WriteHeader(status)
	rw.Write(body)
	if fault == Slow {
		rw.(http.Flusher).Flush()
		<-r.Context().Done()
	}
}

// note notes a request, and gives its number.
func (w *World) note(r *http.Request, ids []string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.n++
	for _, id := range ids {
		w.asked[id]++
	}
	if w.n <= 5000 {
		w.requests = append(w.requests, r.Method+" "+r.URL.RequestURI())
		w.headers = append(w.headers, r.Header.Clone())
	}
	return w.n
}

// in is a time from now, as x-rate-limit-reset has it.
func (w *World) in(d time.Duration) string { return strconv.FormatInt(w.Now().Add(d).Unix(), 10) }

const isJSON = "application/json; charset=utf-8"

// canned are the answers of faults that are the same for every request.
var canned = map[Fault]struct {
	status            int
	contentType, body string
}{
	Empty503:  {status: 503},
	Empty200:  {status: 200},
	HTML502:   {502, "text/html", "<html><body><h1>502 Bad Gateway</h1></body></html>"},
	HTML200:   {200, "text/html", "<html><body>Please wait while your request is being verified...</body></html>"},
	HTML403:   {403, "text/html", "<html>Forbidden</html>"},
	WrongJSON: {200, isJSON, `{"ok":true}`},
	Denied401: {401, isJSON, `{"title":"Unauthorized","type":"about:blank","status":401,"detail":"Unauthorized"}`},
	Denied402: {402, isJSON, `{"title":"CreditsDepleted","detail":"Your enrolled account does not have any credits to fulfill this request.","type":"https://api.x.com/2/problems/credits"}`},
	Denied403: {403, isJSON, `{"errors":[{"message":"You have access to a subset of endpoints only.","code":453}]}`},
}

// fails answers as the fault says, and is false if the request gets an answer anyway.
func (w *World) fails(rw http.ResponseWriter, r *http.Request, ids []string, fault Fault) bool {
	if c, ok := canned[fault]; ok {
		rw.Header().Set("Content-Type", c.contentType)
		rw.WriteHeader(c.status)
		fmt.Fprint(rw, c.body)
		return true
	}
	switch fault {
	case RateReset, RateAfter, RateBare, RateV2, RateDay:
		w.limit(rw, fault, strings.HasPrefix(r.URL.Path, "/2/"))
	case Elsewhere:
		http.Redirect(rw, r, w.Other+r.URL.RequestURI(), http.StatusFound)
	case TellsSecret:
		say(rw, 500, m{"title": "Oops", "detail": "while handling " + r.Header.Get("Authorization")})
	case Reset:
		if c, _, err := rw.(http.Hijacker).Hijack(); err == nil {
			if tcp, ok := c.(*net.TCPConn); ok {
				tcp.SetLinger(0)
			}
			c.Close()
		}
	case Bad400:
		at := slices.IndexFunc(ids, func(id string) bool { return strings.HasSuffix(id, "7") })
		if at < 0 {
			return false
		}
		say(rw, 400, m{
			"errors": []m{{"parameters": m{"ids": []string{ids[at]}}, "message": "The `ids` query parameter value [" + ids[at] + "] is not valid"}},
			"title":  "Invalid Request", "detail": "One or more parameters to your request was invalid.", "type": "https://api.twitter.com/2/problems/invalid-request",
		})
	default:
		return false
	}
	return true
}

// limit answers with 429.
func (w *World) limit(rw http.ResponseWriter, fault Fault, v2 bool) {
	switch fault {
	case RateReset:
		rw.Header().Set("x-rate-limit-limit", "300")
		rw.Header().Set("x-rate-limit-remaining", "0")
		rw.Header().Set("x-rate-limit-reset", w.in(3*time.Second))
	case RateAfter:
		rw.Header().Set("Retry-After", "2")
	case RateDay:
		rw.Header().Set("Retry-After", "86400")
	}
	if v2 || fault == RateV2 {
		say(rw, 429, m{"title": "Too Many Requests", "detail": "Too Many Requests", "type": "about:blank", "status": 429})
		return
	}
	say(rw, 429, m{"errors": []m{{"message": "Rate limit exceeded", "code": 88}}})
}

type m = map[string]any

func say(rw http.ResponseWriter, status int, body any) {
	rw.Header().Set("Content-Type", isJSON)
	rw.WriteHeader(status)
	rw.Write(marshal(body))
}

func marshal(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return b
}

// idsOf are the IDs that a request asks about.
func (w *World) idsOf(r *http.Request) []string {
	q := r.URL.Query()
	switch r.URL.Path {
	case "/2/tweets":
		return strings.Split(q.Get("ids"), ",")
	case "/1.1/statuses/lookup.json", "/1.1/statuses/show.json":
		return strings.Split(q.Get("id"), ",")
	case "/oembed", "/cdx/search/cdx":
		u := strings.TrimRight(q.Get("url"), "/")
		return []string{u[strings.LastIndexByte(u, '/')+1:]}
	}
	if i := strings.LastIndex(r.URL.Path, "/status/"); i >= 0 {
		return []string{r.URL.Path[i+len("/status/"):]}
	}
	return nil
}

func (w *World) answer(r *http.Request, ids []string, fault Fault) (status int, contentType string, body []byte) {
	if fault == Missing {
		ids = ids[len(ids)/2:]
	}
	switch p := r.URL.Path; {
	case p == "/2/tweets":
		if r.Header.Get("Authorization") == "" {
			return 401, isJSON, []byte(canned[Denied401].body)
		}
		return 200, isJSON, w.v2(ids, fault)
	case p == "/2/tweets/search/all":
		return 200, isJSON, w.search(r.URL.Query())
	case p == "/1.1/statuses/lookup.json":
		return 200, isJSON, w.lookup(ids, fault)
	case p == "/1.1/statuses/show.json":
		return w.show(ids[0])
	case p == "/oembed":
		return w.oembed(ids[0], r.URL.Query().Get("url"))
	case p == "/cdx/search/cdx":
		return 200, isJSON, w.cdx(r.URL.Query())
	case strings.HasPrefix(p, "/web/"):
		return w.capture(p)
	}
	return 404, "text/plain", []byte("404 page not found")
}

// V2 is the tweet and its author in the shapes of v2.
func (t *Tweet) V2() (tweet, user m) {
	tweet = m{
		"id": t.ID, "text": html.EscapeString(t.Text), "created_at": t.At.Format("2006-01-02T15:04:05.000Z"), "author_id": "7" + t.ID[len(t.ID)-6:], "lang": "en",
		"edit_history_tweet_ids": []string{t.ID}, "public_metrics": m{"retweet_count": 3, "reply_count": 1, "like_count": 12, "quote_count": 0},
	}
	user = m{"id": tweet["author_id"], "name": t.Author, "username": t.Handle, "verified": false}
	return tweet, user
}

func (w *World) v2(ids []string, fault Fault) []byte {
	var data, users, problems []m
	if fault == Extra {
		ids = append([]string{ID(time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC), 1), ids[0]}, ids...)
	}
	for i, id := range ids {
		t := w.Of(id)
		host := []string{"https://api.twitter.com", "https://api.x.com"}[i%2]
		switch t.State {
		case "gone":
			problems = append(problems, m{"value": id, "detail": "Could not find tweet with ids: [" + id + "].", "title": "Not Found Error", "resource_type": "tweet", "parameter": "ids", "resource_id": id, "type": host + "/2/problems/resource-not-found"})
		case "hidden":
			p := m{"value": id, "detail": "Sorry, you are not authorized to see the Tweet with ids: [" + id + "].", "title": "Authorization Error", "section": "data", "resource_type": "tweet", "parameter": "ids", "type": host + "/2/problems/not-authorized-for-resource"}
			if i%2 == 0 {
				p["resource_id"] = id
			}
			problems = append(problems, p)
		default:
			tweet, user := t.V2()
			if n, err := strconv.ParseInt(id, 10, 64); fault == Edited && err == nil {
				tweet["id"] = strconv.FormatInt(n+1<<30, 10)
				tweet["edit_history_tweet_ids"] = []any{id, tweet["id"]}
			}
			if t.State == "withheld" {
				tweet["text"] = "This Post from @" + t.Handle + " has been withheld"
				tweet["withheld"] = m{"copyright": true, "country_codes": []string{"XY"}}
			}
			data, users = append(data, tweet), append(users, user)
		}
	}
	body := m{}
	if data != nil {
		body["data"], body["includes"] = data, m{"users": users}
	}
	if problems != nil {
		body["errors"] = problems
	}
	return marshal(body)
}

// search finds tweets of w.Tweets: the author and the phrase of a clause.
func (w *World) search(q url.Values) []byte {
	from, _ := time.Parse(time.RFC3339, q.Get("start_time"))
	to, _ := time.Parse(time.RFC3339, q.Get("end_time"))
	var data, users []m
	for _, t := range w.sorted() {
		if t.State != "found" || t.At.Before(from) || !t.At.Before(to) {
			continue
		}
		for _, clause := range strings.Split(q.Get("query"), " OR ") {
			clause = strings.Trim(strings.TrimSuffix(clause, " -is:retweet"), "()")
			handle, phrase, _ := strings.Cut(strings.TrimPrefix(clause, "from:"), ` "`)
			if strings.EqualFold(handle, t.Handle) && strings.Contains(strings.ToLower(t.Text), strings.ToLower(strings.Trim(phrase, `"`))) {
				tweet, user := t.V2()
				data, users = append(data, tweet), append(users, user)
				break
			}
		}
	}
	body := m{"meta": m{"result_count": len(data)}}
	if data != nil {
		body["data"], body["includes"] = data, m{"users": users}
	}
	return marshal(body)
}

func (w *World) sorted() []Tweet {
	return slices.SortedFunc(maps.Values(w.Tweets), func(a, b Tweet) int { return strings.Compare(a.ID, b.ID) })
}

// V1 is the tweet in the shape of v1.1, its number ID rounded as JavaScript does.
func (t *Tweet) V1() m {
	n, _ := strconv.ParseFloat(t.ID, 64)
	v := m{
		"created_at": t.At.Format(time.RubyDate), "id": int64(n) / 10 * 10, "id_str": t.ID, "full_text": html.EscapeString(t.Text), "truncated": false, "display_text_range": []int{0, len([]rune(t.Text))},
		"entities": m{"hashtags": []m{}, "symbols": []m{}, "user_mentions": []m{}, "urls": []m{}}, "lang": "en", "retweet_count": 3, "favorite_count": 12, "place": nil,
		"user": m{"id": 7, "id_str": "7", "name": t.Author, "screen_name": t.Handle, "protected": false, "verified": false},
	}
	if t.State == "withheld" {
		v["full_text"], v["withheld_in_countries"] = "@"+t.Handle+"'s post has been withheld", []string{"XX"}
	}
	return v
}

// lookup leaves out the tweets that it does not have.
func (w *World) lookup(ids []string, fault Fault) []byte {
	items := []m{}
	if fault == Extra {
		ids = append([]string{ID(time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC), 1), ids[0]}, ids...)
	}
	for _, id := range ids {
		t := w.Of(id)
		switch t.State {
		case "found", "withheld":
			items = append(items, t.V1())
		}
	}
	return marshal(items)
}

func (w *World) show(id string) (int, string, []byte) {
	t := w.Of(id)
	wrong := func(status, code int, text string) (int, string, []byte) {
		return status, "application/json", marshal(m{"errors": []m{{"code": code, "message": text}}})
	}
	switch t.State {
	case "gone":
		return wrong(404, 144, "No status found with that ID.")
	case "hidden":
		if id[len(id)-1]%2 == 0 {
			return wrong(403, 63, "User has been suspended.")
		}
		return wrong(403, 179, "Sorry, you are not authorized to see this status.")
	}
	return 200, "application/json", marshal(t.V1())
}

func (w *World) oembed(id, address string) (int, string, []byte) {
	t := w.Of(id)
	switch t.State {
	case "gone":
		return 404, "application/json", marshal(m{"error": "Sorry, that page does not exist", "request": "/oembed"})
	case "hidden", "withheld":
		return 403, "application/json", marshal(m{"error": "Sorry, you are not authorized to see this status.", "request": "/oembed?url=" + url.QueryEscape(address)})
	}
	return 200, "application/json", marshal(m{
		"url": "https://twitter.com/" + t.Handle + "/status/" + id, "author_name": t.Author, "author_url": "https://twitter.com/" + t.Handle,
		"html": t.blockquote() + "\n\n", "width": 550, "height": nil, "type": "rich", "cache_age": "3153600000", "provider_name": "Twitter", "provider_url": "https://twitter.com", "version": "1.0",
	})
}

// blockquote is the tweet as a page embeds it.
func (t *Tweet) blockquote() string {
	return fmt.Sprintf(`<blockquote class="twitter-tweet" data-dnt="true"><p lang="en" dir="ltr">%s</p>&mdash; %s (@%s) <a href="https://twitter.com/%s/status/%s?ref_src=twsrc%%5Etfw">%s</a></blockquote>`,
		html.EscapeString(t.Text), html.EscapeString(t.Author), t.Handle, t.Handle, t.ID, t.At.Format("January 2, 2006"))
}

// captures are the captures of the tweet, which follow from the last digit of its ID.
func (t *Tweet) captures() [][]string {
	if !t.Captured {
		return nil
	}
	ts := t.At.Add(time.Hour).Format("20060102150405")
	address := "https://twitter.com/" + t.Handle + "/status/" + t.ID
	page := []string{ts, address, "text/html", "200", "PAGE"}
	moved := []string{ts, "http://twitter.com/" + t.Handle + "/status/" + t.ID, "unk", "301", "MOVED"}
	switch t.ID[len(t.ID)-1] % 3 {
	case 0:
		return [][]string{moved, page}
	case 1: // of an API, v1.1, and before it a page
		page[0] = t.At.Add(time.Minute).Format("20060102150405")
		return [][]string{page, {ts, address, "application/json", "-", "JSONA"}}
	}
	return [][]string{{ts, address, "application/json", "-", "JSONB"}, {ts, address, "warc/revisit", "-", "JSONB"}}
}

func (w *World) cdx(q url.Values) []byte {
	header := strings.Split(q.Get("fl"), ",")
	place := map[string]int{"timestamp": 0, "original": 1, "mimetype": 2, "statuscode": 3, "digest": 4}
	rows := [][]string{}
	add := func(t Tweet) {
		for _, c := range t.captures() {
			if !strings.HasPrefix(strings.ToLower(strings.SplitN(c[1], "://", 2)[1]), strings.ToLower(q.Get("url"))) { // the server compares lower case
				continue
			}
			row := make([]string, len(header))
			for i, name := range header {
				row[i] = c[place[name]]
			}
			rows = append(rows, row)
			if q.Get("collapse") == "urlkey" {
				break
			}
		}
	}
	prefix := q.Get("url")
	id := prefix[strings.LastIndexByte(prefix, '/')+1:]
	if _, known := w.Tweets[id]; !known && len(id) > 15 {
		add(w.Of(id))
	}
	for _, t := range w.sorted() {
		add(t)
	}
	if len(rows) == 0 {
		return []byte("[]\n")
	}
	return marshal(append([][]string{header}, rows...))
}

func (w *World) capture(path string) (int, string, []byte) {
	id := path[strings.LastIndexByte(path, '/')+1:]
	t := w.Of(id)
	if !t.Captured || !strings.Contains(path, "id_/") {
		return 404, "text/html", []byte("<html>not archived</html>")
	}
	kind := id[len(id)-1] % 3
	if strings.HasPrefix(path, "/web/"+t.At.Add(time.Minute).Format("20060102150405")) {
		kind = 0
	}
	switch kind {
	case 0:
		return 200, "text/html", []byte("<!DOCTYPE html><html><head><title>" + html.EscapeString(t.Author) + " on Twitter</title></head><body><main>" + t.blockquote() + "</main></body></html>")
	case 1:
		v := t.V1()
		v["text"], v["source"] = v["full_text"], "web"
		delete(v, "full_text")
		return 200, "application/json", marshal(v)
	}
	tweet, user := t.V2()
	return 200, "application/json", marshal(m{"data": tweet, "includes": m{"users": []m{user}}})
}

// First is a World.Fault with which the first n requests fail.
func First(fault Fault, n int) func(int, *http.Request) Fault {
	return func(i int, _ *http.Request) Fault {
		if i <= n {
			return fault
		}
		return OK
	}
}

package web

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"example.org/tweetarc/archive"
	"example.org/tweetarc/store"
)

// reviewed serves the town with its review.
func reviewed(t testing.TB, db *store.DB, path string) *Server {
	t.Helper()
	r, err := store.OpenReadOnly(path)
	if err != nil {
		t.Fatal(err)
	}
	s, err := New(r, Options{Review: db})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close(); r.Close() })
	return s
}

// draw draws a sample of the town.
func draw(t testing.TB, db *store.DB, n int, query string) *store.Sample {
	t.Helper()
	q, err := store.ParseQuery(query)
	if err != nil {
		t.Fatal(err)
	}
	s, err := db.Draw(t.Context(), store.Draw{N: n, Seed: 1, Query: q})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

type desk struct {
	testing.TB
	http *httptest.Server
	db   *store.DB
	key  string // of a sample of ten
}

func newDesk(t testing.TB, query string) *desk {
	path := filepath.Join(t.TempDir(), "town.db")
	db := town(t, path)
	h := httptest.NewServer(reviewed(t, db, path))
	t.Cleanup(h.Close)
	return &desk{t, h, db, draw(t, db, 10, query).Key}
}

// form reads the hidden fields of the form with this id.
func (d *desk) form(page, id string) url.Values {
	d.Helper()
	_, after, ok := strings.Cut(page, `id="`+id+`"`)
	if !ok {
		d.Fatalf("no form %s in %.3000s", id, page)
	}
	after, _, _ = strings.Cut(after, "</form>")
	v := url.Values{}
	for _, m := range regexp.MustCompile(`<input type="hidden" name="(\w+)" value="([^"]*)">`).FindAllStringSubmatch(after, -1) {
		v.Set(m[1], m[2])
	}
	return v
}

// post sends a form as the page does, but for what change says, and returns the status
// and the page it leads to.
func (d *desk) post(v url.Values, change func(*http.Request)) (int, string) {
	d.Helper()
	r, err := http.NewRequest("POST", d.http.URL+"/review", strings.NewReader(v.Encode()))
	if err != nil {
		d.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Origin", d.http.URL)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	if change != nil {
		change(r)
	}
	resp, err := d.http.Client().Do(r)
	if err != nil {
		d.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		d.Fatal(err)
	}
	return resp.StatusCode, string(b)
}

func (d *desk) open(params ...string) string {
	d.Helper()
	status, page := get(d, d.http, address("/review", params...))
	if status != 200 {
		d.Fatal(status, page)
	}
	return page
}

func (d *desk) verdicts() (all []archive.Judgement) {
	d.Helper()
	err := d.db.Judgements(d.Context(), func(j archive.Judgement) error { all = append(all, j); return nil })
	if err != nil {
		d.Fatal(err)
	}
	return all
}

func with(v url.Values, pairs ...string) url.Values {
	w := url.Values{}
	for k, s := range v {
		w[k] = s
	}
	for i := 0; i < len(pairs); i += 2 {
		w.Set(pairs[i], pairs[i+1])
	}
	return w
}

// Without --review nothing of it is there.
func TestNoReview(t *testing.T) {
	h := start(t)
	if status, _ := get(t, h, "/review"); status != 404 {
		t.Error("GET:", status)
	}
	resp, err := h.Client().PostForm(h.URL+"/review", url.Values{"verdict": {"right"}})
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode < 400 {
		t.Error("POST:", resp.Status)
	}
	if _, body := get(t, h, "/"); strings.Contains(body, "/review") || strings.Contains(body, "review.") {
		t.Error("a page names it")
	}
	out := t.TempDir()
	if _, err := Report(t.Context(), town(t, filepath.Join(t.TempDir(), "t.db")), nil, out, 0); err != nil {
		t.Fatal(err)
	}
	if names, err := filepath.Glob(filepath.Join(out, "*", "*review*")); err != nil || len(names) > 0 {
		t.Errorf("a report has %v, %v", names, err)
	}
}

// Who may give a verdict: what is changed of a right request, and the answer.
var whoMayJudge = []struct {
	name   string
	form   []string
	change func(*http.Request)
	status int
}{
	{"another token", []string{"token", "AAAA"}, nil, 403},
	{"no token", []string{"token", ""}, nil, 403},
	{"another site", nil, func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") }, 403},
	{"a page of a neighbour", nil, func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "same-site") }, 403},
	{"a foreign origin", nil, func(r *http.Request) {
		r.Header.Del("Sec-Fetch-Site")
		r.Header.Set("Origin", "http://evil.example")
	}, 403},
	{"an origin that is hidden", nil, func(r *http.Request) { r.Header.Del("Sec-Fetch-Site"); r.Header.Set("Origin", "null") }, 403},
	{"a name that was rebound", nil, func(r *http.Request) { r.Host = "evil.example" }, 421},
	{"multipart", nil, func(r *http.Request) { r.Header.Set("Content-Type", "multipart/form-data; boundary=x") }, 403},
	{"put", nil, func(r *http.Request) { r.Method = "PUT" }, 405},
	{"too long", []string{"note", strings.Repeat("x", maxVerdict)}, nil, 413},
	{"no coder", []string{"coder", "  "}, nil, 400},
	{"no case", []string{"case", "../../etc"}, nil, 400},
	{"a case that is nowhere", []string{"case", strings.Repeat("0", 36) + "@7"}, nil, 404},
	{"no verdict", []string{"verdict", "great"}, nil, 400},
	{"a border without words", []string{"verdict", "begins"}, nil, 400},
	{"older browsers", nil, func(r *http.Request) { r.Header.Del("Sec-Fetch-Site") }, 200},
}

func TestWhoMayJudge(t *testing.T) {
	d := newDesk(t, "")
	v := with(d.form(d.open("coder", "Ana", "sample", d.key), "case"), "verdict", "right")
	for _, x := range whoMayJudge {
		status, _ := d.post(with(v, x.form...), x.change)
		if status != x.status {
			t.Errorf("%s: %d, want %d", x.name, status, x.status)
		}
		if n := len(d.verdicts()); n != 0 && x.status != 200 {
			t.Fatalf("%s: a verdict was kept", x.name)
		}
	}
	if len(d.verdicts()) != 1 {
		t.Error("no verdict was kept")
	}
	status, _ := get(t, d.http, "/review?"+v.Encode())
	if n := len(d.verdicts()); n != 1 || status != 200 {
		t.Errorf("GET: %d, %d verdicts", status, n)
	}
}

// A verdict is kept, sent twice, taken back, corrected; and another tab is behind.
func TestJudge(t *testing.T) {
	d := newDesk(t, "")
	page := d.open("coder", "Ana", "sample", d.key)
	if !strings.Contains(page, "0 of 10 judged by you") || strings.Contains(page, "You said last") {
		t.Error(page)
	}
	first := with(d.form(page, "case"), "verdict", "none", "words", "what the field holds", "note", "An advertisement.")
	status, next := d.post(first, nil)
	all := d.verdicts()
	if status != 200 || len(all) != 1 || all[0].Verdict != archive.VerdictNone || all[0].Words != "" || all[0].Coder != "Ana" || all[0].Note != "An advertisement." || all[0].Found == "" {
		t.Fatalf("%d %+v", status, all)
	}
	if !strings.Contains(next, "1 of 10 judged by you") || d.form(next, "case").Get("case") == first.Get("case") {
		t.Error("it does not go on:", next)
	}
	if _, again := d.post(first, nil); !strings.Contains(again, "1 of 10") || !d.verdicts()[0].At.Equal(all[0].At) {
		t.Error("sent twice, it is another verdict")
	}
	if _, behind := d.post(with(first, "verdict", "right"), nil); !strings.Contains(behind, "has changed since") || d.verdicts()[0].Verdict != archive.VerdictNone {
		t.Error("a tab that is behind wins")
	}

	// Undo names what it takes back: sent twice it takes back nothing more.
	_, next = d.post(with(d.form(next, "case"), "verdict", "unsure"), nil)
	undo := with(d.form(next, "undo"), "verdict", "undo")
	_, back := d.post(undo, nil)
	if d.form(back, "case").Get("case") != undo.Get("case") || !strings.Contains(back, "is taken back") || len(d.verdicts()) != 1 {
		t.Error("undo:", back)
	}
	if _, twice := d.post(undo, nil); !strings.Contains(twice, "nothing to take back") || len(d.verdicts()) != 1 {
		t.Error("undo, twice")
	}

	_, next = d.post(with(d.form(back, "case"), "verdict", "right"), nil)
	if _, old := d.post(undo, nil); !strings.Contains(old, "nothing to take back") || len(d.verdicts()) != 2 {
		t.Error("an old undo takes back a new verdict")
	}
	_, back = d.post(with(d.form(next, "undo"), "verdict", "undo"), nil)

	// Words that are corrected; none at all are no verdict.
	v := with(d.form(back, "case"), "verdict", "words")
	if _, none := d.post(with(v, "words", " \r\n "), nil); !strings.Contains(none, "There were no words") {
		t.Error("no words:", none)
	}
	d.post(with(v, "words", "Entirely\r\nother words."), nil)
	all = d.verdicts()
	if len(all) != 2 || !(all[0].Verdict == archive.VerdictBoth && all[0].Words == "Entirely\nother words." || all[1].Verdict == archive.VerdictBoth && all[1].Words == "Entirely\nother words.") {
		t.Errorf("%+v", all)
	}

	// Skipped cases come again.
	page = d.open("coder", "Ana", "sample", d.key)
	skip := regexp.MustCompile(`href="(/review\?[^"]*from=1[^"]*)"`).FindStringSubmatch(page)
	if skip == nil {
		t.Fatal("no way to skip:", page)
	}
	_, skipped := get(t, d.http, strings.ReplaceAll(skip[1], "&amp;", "&"))
	one := d.form(page, "case").Get("case")
	for n := 0; strings.Contains(skipped, `id="case"`); n++ {
		if d.form(skipped, "case").Get("case") == one || n > 10 {
			t.Fatal("the skipped case comes at once")
		}
		_, skipped = d.post(with(d.form(skipped, "case"), "verdict", "right"), nil)
	}
	if !strings.Contains(skipped, "You skipped what is left") || !strings.Contains(skipped, "9 of 10") {
		t.Error(skipped)
	}
	_, done := d.post(with(d.form(d.open("coder", "Ana", "sample", d.key), "case"), "verdict", "right"), nil)
	if !strings.Contains(done, "All is judged") || !strings.Contains(done, "10 of 10") {
		t.Error(done)
	}
}

// What one coder said the other sees after his own verdict.
func TestTwoCoders(t *testing.T) {
	d := newDesk(t, "")
	v := with(d.form(d.open("coder", "Ana", "sample", d.key), "case"), "verdict", "none", "note", "Ana finds it odd.")
	d.post(v, nil)
	secret := "Ana finds it odd."
	page := d.open("coder", "Bo", "sample", d.key, "case", v.Get("case"))
	if strings.Contains(page, secret) || !strings.Contains(page, "1 by anyone") {
		t.Error("Bo sees it before:", page)
	}
	if differ := d.open("coder", "Cy", "show", "differ"); strings.Contains(differ, secret) {
		t.Error("Cy sees it among the differences")
	}
	d.post(with(d.form(page, "case"), "verdict", "right"), nil)
	if page = d.open("coder", "Bo", "sample", d.key, "case", v.Get("case")); !strings.Contains(page, secret) {
		t.Error("Bo does not see it after:", page)
	}
	if differ := d.open("coder", "Bo", "show", "differ"); !strings.Contains(differ, secret) || !strings.Contains(differ, "1 case that you and others") {
		t.Error(differ)
	}
	if differ := d.open("coder", "Cy", "show", "differ"); strings.Contains(differ, secret) || !strings.Contains(differ, "1 other case") {
		t.Error(differ)
	}
}

// What strangers wrote stays text, in passages, facts and what coders say.
func TestReviewOfAttacks(t *testing.T) {
	d := newDesk(t, "since:2015-01 until:2015-02 include:superseded")
	evil := `<script>document.title="taken"</script>`
	next := d.open("coder", evil, "sample", d.key)
	for n := 0; strings.Contains(next, `id="case"`) && n < 20; n++ {
		if strings.Contains(next, "<script>") || strings.Contains(next, `href="javascript:`) || strings.Contains(next, "<img") {
			t.Errorf("not escaped: %s", next)
		}
		v := d.form(next, "case")
		v.Set("coder", evil)
		_, next = d.post(with(v, "seen", d.form(d.open("coder", evil, "sample", d.key), "case").Get("seen"), "verdict", "words", "words", evil, "note", evil), nil)
	}
	if !strings.Contains(next, "All is judged") || strings.Contains(next, "<script>") {
		t.Error(next)
	}
	resp, err := d.http.Client().Get(d.http.URL + "/review?coder=Ana")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if p := resp.Header.Get("Content-Security-Policy"); !strings.Contains(p, "script-src 'self'") || strings.Contains(p, "unsafe") {
		t.Error(p)
	}
	for path, status := range map[string]int{"?coder=A&q=%22": 400, "?coder=A&sample=nix": 404, "?coder=A&case=nix": 404, "?coder=A&case=" + strings.Repeat("00", 18) + "@1": 404,
		"?coder=A&from=99999999": 200, "?coder=A&from=-5&show=differ&page=-1": 200, "?coder=%00%ff%FE": 200} {
		if got, body := get(t, d.http, "/review"+path); got != status {
			t.Errorf("%s: %d, want %d: %.500s", path, got, status, body)
		}
	}
}

// Before | lead | words | tail | after, of what an embed is.
var passages = []struct {
	name        string
	form        archive.Form
	b, raw, a   string
	words, want string
}{
	{"plain", archive.FormText, "He said it. ", "The tram is late. — Rio Tan (@rio_tan) May 2, 2019", "\n\nNobody laughed.", "The tram is late.",
		"He said it. ||The tram is late.| — Rio Tan (@rio_tan) May 2, 2019|\n\nNobody laughed."},
	{"the name first", archive.FormHeader, "", "Rio Tan (@rio_tan): The tram is\nlate.", "", "The tram is late.", "|Rio Tan (@rio_tan): |The tram is late.||"},
	{"an introduction too much", archive.FormText, "a", "It rained. Late! — Rio (@rio)", "", "It rained. Late!", "a||It rained. Late!| — Rio (@rio)|"},
	{"a link in Markdown", archive.FormText, "", "Read the [minutes of the harbour](https://t.co/x) tonight, all of it — R (@r)", "", "Read the minutes of the harbour tonight, all of it", "||Read the minutes of the harbour tonight, all of it| — R (@r)|"},
	{"markup", archive.FormBlockquote, `lass="x">Before it.</p>`, `<blockquote class="twitter-tweet"><p lang="en">Fog &amp; rain<br>tonight</p>&mdash; R (@r) <a href="https://x.example">May 2</a></blockquote><script src="x">bad()</script>`, `<p>After <b>it</b>.</p><p cl`, "Fog & rain\ntonight",
		"Before it.\n\n||Fog & rain\ntonight|\n\n— R (@r) May 2|\n\nAfter it."},
	{"plain text with a smaller-than", archive.FormText, "if a < b and c > d: ", "x <3 y — R (@r)", "", "x <3 y", "if a < b and c > d: ||x <3 y| — R (@r)|"},
	{"no words", archive.FormLink, "See ", "https://twitter.com/r/status/1", " there", "", "See |||https://twitter.com/r/status/1| there"},
	{"words from elsewhere", archive.FormText, "a", "nothing of it", "b", "Quite another text.", "a| |Quite another text.|| b"},
	{"bytes that are none", archive.FormText, "\xff", "\xfe\xffhi there\xf0 — R (@r)", "", "hi there", "\ufffd|\ufffd\ufffd|hi there|\ufffd — R (@r)|"},
	{"thousands of stops", archive.FormText, "", strings.Repeat("<", 1000) + " x", "", "x", "|" + strings.Repeat("<", 1000) + " |x||"},
}

func TestPassage(t *testing.T) {
	for _, x := range passages {
		s := store.Passage{Embed: archive.Embed{Form: x.form, Tweet: archive.Tweet{Text: x.words}}, Before: x.b, Raw: x.raw, After: x.a}
		p := newPassage(&s)
		if got := strings.Join([]string{p.Before, p.Lead, p.Words, p.Tail, p.After}, "|"); got != x.want {
			t.Errorf("%s:\n got %q\nwant %q", x.name, got, x.want)
		}
	}
}

func TestVerdictOn(t *testing.T) {
	for _, x := range []struct {
		found, words string
		want         archive.Verdict
	}{
		{"The tram is late.", "The  tram\nis late.", archive.VerdictRight},
		{"He said. The tram is late.", "The tram is late.", archive.VerdictBegins},
		{"is late.", "The tram is late.", archive.VerdictBegins},
		{"The tram is late. Nobody laughed.", "The tram is late.", archive.VerdictEnds},
		{"The tram", "The tram is late.", archive.VerdictEnds},
		{"He said. The tram is late. Nobody", "The tram is late.", archive.VerdictBoth},
		{"tram is", "The tram is late.", archive.VerdictBoth},
		{"The trxm is late.", "The tram is late.", archive.VerdictBoth},
		{"", "The tram is late.", archive.VerdictBoth},
	} {
		if got := verdictOn(x.found, x.words); got != x.want {
			t.Errorf("%q, %q: %s, want %s", x.found, x.words, got, x.want)
		}
	}
}

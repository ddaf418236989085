package web

import (
	"bytes"
	"context"
	"flag"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"example.org/tweetarc/fixtures/slow"
	"example.org/tweetarc/store"
)

// The pictures of the README are search-light, tweet-light and review-correcting-light, in 64
// colours:
//
//	go test ./cmd/tweetarc/web -run Looks -screenshots /tmp/looks
//	pngquant --strip -o cmd/tweetarc/web/screenshots/search.png 64 /tmp/looks/search-light.png
var screenshots = flag.String("screenshots", "", "write pictures of the pages into this `folder`")

// A tab is a page of a real, headless browser, and what it did.
type tab struct {
	*testing.T
	ctx   context.Context
	base  string
	mu    sync.Mutex
	asked []string // addresses
	said  []string // errors on the console, refusals by the policy
}

// openTab starts a browser at the town's pages; without one the test is skipped.
func openTab(t *testing.T, base string) *tab {
	t.Helper()
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if p, err := exec.LookPath(name); err == nil {
			path = p
			break
		}
	}
	if path == "" {
		t.Skip("no chromium (apt-get install chromium)")
	}
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true), chromedp.Flag("no-pings", true),
		chromedp.Flag("disable-features", "BackForwardCache,MediaRouter,OptimizationHints,Translate,AutofillServerCommunication"), chromedp.WindowSize(1200, 900))
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), opts...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(func() {
		if err := chromedp.Cancel(ctx); err != nil {
			t.Log(err)
		}
		cancel()
	})
	b := &tab{T: t, ctx: ctx, base: base}
	b.do() // starts it
	err := chromedp.Listen(ctx, func(ev any) {
		b.mu.Lock()
		defer b.mu.Unlock()
		switch ev := ev.(type) {
		case *network.EventRequestWillBeSent:
			b.asked = append(b.asked, ev.Request.URL)
		case *log.EventEntryAdded:
			b.said = append(b.said, ev.Entry.Text)
		case *runtime.EventExceptionThrown:
			b.said = append(b.said, ev.ExceptionDetails.Text)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	b.do(call(network.Enable, network.EnableParams{}), call(log.Enable, cdp.Empty{}))
	return b
}

type step = chromedp.Action[chromedp.Void]

// call is a command of the protocol as a step.
func call[P, R any](c cdp.Command[P, R], params P) step {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, c, params)
		return err
	})
}

func (b *tab) do(steps ...step) {
	b.Helper()
	ctx := b.ctx
	if len(steps) > 0 { // the first time starts the browser, which ends with its context
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, time.Minute)
		defer cancel()
	}
	if err := chromedp.Do(ctx, steps...); err != nil {
		b.Fatal(err)
	}
}

func (b *tab) open(path string) {
	b.Helper()
	b.do(chromedp.Navigate(b.base + path))
}

// load takes a step and waits for the page to which it leads.
func (b *tab) load(what string, s step) {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, time.Minute)
	defer cancel()
	if _, err := chromedp.Run(ctx, chromedp.WaitEvent(cdppage.LoadEventFired, nil, s)); err != nil {
		b.Fatal(what, err)
	}
}

// follow clicks on what a selector names.
func (b *tab) follow(selector string) {
	b.Helper()
	b.load(selector, chromedp.Click(chromedp.CSS(selector), chromedp.NodeVisible))
}

// eval is the value of an expression in the page.
func eval[T any](b *tab, js string, opts ...chromedp.EvaluateOption) T {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, time.Minute)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](js, opts...))
	if err != nil {
		b.Fatal(err)
	}
	return v
}

// want fails unless the address has this path and the page these words.
func (b *tab) want(path string, words ...string) {
	b.Helper()
	at := eval[string](b, `location.pathname + location.search`)
	text := eval[string](b, `document.body.innerText`)
	if path != "" && at != path {
		b.Errorf("at %s, want %s", at, path)
	}
	for _, w := range words {
		if !strings.Contains(text, w) {
			b.Errorf("%s: no %q in %.2000s", at, w, text)
		}
	}
}

func browse(t *testing.T) (*tab, *Server) {
	slow.Test(t)
	s := server(t)
	h := httptest.NewServer(s)
	t.Cleanup(h.Close)
	return openTab(t, h.URL), s
}

// A visit as people make it: search, filter, look on, go back.
func TestVisit(t *testing.T) {
	b, _ := browse(t)
	b.open("/")
	b.want("/", "138 tweets", "Tweets by year", "Most often embedded")
	b.do(chromedp.SendKeys(chromedp.CSS(`input[name=q]`), "bridge"))
	b.follow(`.search button`)
	b.want("/?q=bridge", "of 138")
	if marks := eval[int](b, `[...document.querySelectorAll('.card mark')].filter(m => m.textContent == 'bridge').length`); marks < 10 {
		t.Errorf("%d marks", marks)
	}

	// A facet narrows, a click on it widens again, back and forward go the same way.
	b.follow(`.facet a[href*="from%3Ajaneroe"]`)
	b.want("/?q=bridge+from%3Ajaneroe", "from:janeroe")
	if others := eval[int](b, `[...document.querySelectorAll('.card .handle')].filter(h => h.textContent != '@janeroe').length`); others > 0 {
		t.Errorf("%d tweets of others", others)
	}
	b.do(chromedp.NavigateBack())
	b.want("/?q=bridge")
	b.do(chromedp.NavigateForward())
	b.want("/?q=bridge+from%3Ajaneroe")
	b.follow(`.chips a`)
	b.want("/?q=bridge")

	// A bar of the timeline.
	b.follow(`.timeline a[aria-label^="2015:"]`)
	b.want("/?q=bridge+since%3A2015+until%3A2016", "since:2015", "until:2016")
	if years := eval[string](b, `[...new Set([...document.querySelectorAll('.card .when time')].map(t => t.dateTime.slice(0, 4)))].join()`); years != "2015" {
		t.Errorf("years %s", years)
	}

	b.open("/?sort=date")
	b.follow(`.pager a[rel=next]`)
	b.want("/?page=2&sort=date")
	b.follow(`.pager li:last-child a`)
	b.want("/?page=7&sort=date", "138 tweets")
	b.follow(`.pager a[rel=prev]`)
	b.want("/?page=6&sort=date")
	b.quiet()
}

// From a tweet to its article, author, the statistics and the run.
func TestWayAround(t *testing.T) {
	b, _ := browse(t)
	b.open("/?q=lighthouse+lit")
	b.follow(`.card footer a`)
	b.want("", "The lighthouse is lit again.", "Possible errors", "gone, checked 2020", "1 embed")
	b.follow(`.embed h3 a`)
	b.want("", "1 tweet in this article", "lampnews.example")
	b.follow(`.embed .who`)
	b.want("/author/janeroe", "Tweets by", "Latest tweets")
	b.follow(`.timeline a`)
	b.want("", "from:janeroe", "since:")
	b.follow(`nav a[href="/stats"]`)
	b.want("/stats", "Records read")
	b.follow(`.ways a[href*="handle"]`)
	b.want("/stats?by=handle%2Cposted-year", "Embeds by handle and year of the tweet")
	b.follow(`.heat td a[href*="since%3A2015+"]`)
	b.want("", "since:2015", "from:")
	b.follow(`nav a[href="/runs"]`)
	b.want("/runs", "tweetarc archive town/")
	b.follow(`.runs a`)
	b.want("", "town/news-1.jsonl", "completely")
	b.quiet()
}

// The download of a query is its export.
func TestDownloadInBrowser(t *testing.T) {
	b, s := browse(t)
	b.open("/?q=from%3Aminato_lib")
	dir := t.TempDir()
	b.do(call(browser.SetDownloadBehavior, browser.SetDownloadBehaviorParams{Behavior: browser.SetDownloadBehaviorBehaviorAllow, DownloadPath: dir}),
		chromedp.Click(chromedp.CSS(`.downloads a[href^="/csv"]`)))
	q, err := store.ParseQuery("from:minato_lib")
	if err != nil {
		t.Fatal(err)
	}
	var want bytes.Buffer
	out := store.NewCSV(&want, store.TweetColumns)
	if _, err := s.db.Export(t.Context(), store.Tweets, q, out.Write); err != nil {
		t.Fatal(err)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	end := time.Now().Add(30 * time.Second)
	for {
		got, err := os.ReadFile(filepath.Join(dir, "tweets.csv"))
		if err == nil && bytes.Equal(got, want.Bytes()) {
			break
		}
		if time.Now().After(end) {
			t.Fatalf("download: %q, %v", got, err)
		}
		time.Sleep(50 * time.Millisecond)
	}
	b.quiet()
}

// quiet fails if the browser asked anyone else for anything, or found fault.
func (b *tab) quiet() {
	b.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, address := range b.asked {
		if !strings.HasPrefix(address, b.base+"/") {
			b.Errorf("asked for %s", address)
		}
	}
	for _, s := range b.said {
		if !strings.Contains(s, "the server responded with a status of 4") {
			b.Errorf("the browser says: %s", s)
		}
	}
}

// An archive full of attacks leaves the page as it is.
func TestAttacks(t *testing.T) {
	b, _ := browse(t)
	b.open("/?q=since%3A2015-01+until%3A2015-02")
	keys := eval[[]string](b, `[...document.querySelectorAll('.card .when')].map(a => a.getAttribute('href'))`)
	if len(keys) < len(hostile) {
		t.Fatal(keys)
	}
	for _, path := range append(keys, "/?q=since%3A2015-01+until%3A2015-02", "/stats", "/stats?by=outlet,handle", "/stats?by=hashtag,mention", "/author/script", "/author/zalgo", "/author/longname", "/?q=%22%3E%3Cscript%3Edocument.title%3D'taken'%3C%2Fscript%3E") {
		b.open(path)
		state := eval[struct {
			Title   string
			Scripts int
			Wide    bool
			Spill   int // cards or passages whose text is painted outside of them
			Cut     int // texts that run out of their place, where nobody sees them
		}](b, `({Title: document.title, Scripts: document.querySelectorAll('script:not([src^="/static/keys."]), img, iframe, main main').length,
			Wide: document.documentElement.scrollWidth > document.documentElement.clientWidth,
			Spill: [...document.querySelectorAll('.card, .text, .passage, .name')].filter(e => getComputedStyle(e).overflowY == 'visible').length,
			Cut: [...document.querySelectorAll('.text, .passage')].filter(e => e.scrollWidth > e.clientWidth + 1).length})`)
		if state.Title == "taken" || state.Scripts > 0 || state.Wide || state.Spill > 0 || state.Cut > 0 {
			t.Errorf("%s: %+v", path, state)
		}
	}
	// Right-to-left writing runs so, and turns nothing else round.
	b.open("/?q=from%3Adar_almina")
	if !eval[bool](b, `getComputedStyle(document.querySelector('.card')).direction == 'ltr' && [...document.querySelectorAll('.card .text')].every(e => getComputedStyle(e).direction == 'rtl')`) {
		t.Error("Arabic is not set from the right")
	}
	b.open("/?q=from%3Aminato_lib")
	if lang := eval[string](b, `document.querySelector('.card .text').lang`); lang != "ja" {
		t.Errorf("language of Japanese: %q", lang)
	}
	b.quiet()
}

var looks = []struct {
	name          string
	width, height int64
	dark          bool
}{
	{"light", 1200, 900, false},
	{"dark", 1200, 900, true},
	{"phone", 360, 740, false},
	{"phone-dark", 360, 740, true},
}

func (b *tab) look(width, height int64, dark bool) {
	b.Helper()
	scheme := "light"
	if dark {
		scheme = "dark"
	}
	var opts []chromedp.EmulateViewportOption
	if width < 600 {
		opts = append(opts, chromedp.EmulateMobile, chromedp.EmulateTouch)
	}
	b.do(chromedp.EmulateViewport(width, height, opts...), call(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}}))
}

// TestLooks opens every kind of page by day and by night, on a desk and on a
// phone; axe-core, where TWEETARC_AXE names its axe.min.js, checks each.
func TestLooks(t *testing.T) {
	b, _ := browse(t)
	late := idOf(time.Date(2016, 5, 4, 12, 0, 0, 0, time.UTC), 1)
	pages := []struct{ name, path string }{
		{"home", "/"},
		{"all", "/?sort=-date"},
		{"outlet", "/outlet/lampnews.example"},
		{"name", "/?q=janeroe"},
		{"search", "/?q=bridge"},
		{"narrowed", "/?q=bridge+since%3A2015+until%3A2016"},
		{"nothing", "/?q=nosuchwordatall"},
		{"bad", "/?q=(bridge"},
		{"tweet", "/tweet/" + late},
		{"author", "/author/janeroe"},
		{"article", "/article?file=town%2Fnews-1.jsonl&record=1"},
		{"attacks", "/?q=since%3A2015-01+until%3A2015-02"},
		{"stats", "/stats"},
		{"table", "/stats?by=outlet,posted-month"},
		{"counts", "/stats?by=handle"},
		{"runs", "/runs"},
		{"missing", "/nix"},
		{"rtl", "/?q=from%3Adar_almina"},
		{"cjk", "/?q=from%3Aminato_lib"},
	}
	axe := os.Getenv("TWEETARC_AXE")
	var source []byte
	if axe != "" {
		var err error
		if source, err = os.ReadFile(axe); err != nil {
			t.Fatal(err)
		}
	} else {
		t.Log("TWEETARC_AXE does not name axe.min.js of axe-core: accessibility is not checked")
	}
	for _, look := range looks {
		b.look(look.width, look.height, look.dark)
		for _, p := range pages {
			b.open(p.path)
			state := eval[struct {
				Wide  int
				Light float64
			}](b, `({Wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
				Light: getComputedStyle(document.body).backgroundColor.match(/\d+/g).slice(0, 3).reduce((a, c) => a + +c / 765, 0)})`)
			if state.Wide > 0 {
				t.Errorf("%s, %s: %d pixels wider than the window", p.path, look.name, state.Wide)
			}
			if (state.Light < 0.5) != look.dark {
				t.Errorf("%s, %s: brightness %v", p.path, look.name, state.Light)
			}
			if source != nil {
				b.axe(source, p.path+", "+look.name)
			}
			if *screenshots != "" {
				b.picture(p.name + "-" + look.name)
			}
		}
	}
	b.quiet()
}

// axe fails on findings that axe-core calls serious or critical.
func (b *tab) axe(source []byte, where string) {
	b.Helper()
	eval[chromedp.Void](b, string(source)+"; ({})")
	type finding struct {
		ID     string `json:"id"`
		Impact string `json:"impact"`
		Help   string `json:"help"`
		Nodes  []struct {
			HTML string `json:"html"`
		} `json:"nodes"`
	}
	found := eval[[]finding](b, `axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}).then(r => r.violations.map(v => ({id: v.id, impact: v.impact, help: v.help, nodes: v.nodes.map(n => ({html: n.html}))})))`, chromedp.EvalAwaitPromise)
	for _, f := range found {
		example := ""
		if len(f.Nodes) > 0 {
			example = f.Nodes[0].HTML
		}
		if f.Impact == "serious" || f.Impact == "critical" {
			b.Errorf("%s: %s: %s (%d places, %.200s)", where, f.ID, f.Help, len(f.Nodes), example)
		} else {
			b.Logf("%s: %s %s: %s (%d places, %.200s)", where, f.Impact, f.ID, f.Help, len(f.Nodes), example)
		}
	}
}

func (b *tab) picture(name string) {
	png, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		b.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(*screenshots, name+".png"), png, 0o644); err != nil {
		b.Fatal(err)
	}
}

// The keyboard alone is enough, and shows where it is.
func TestKeyboard(t *testing.T) {
	b, _ := browse(t)
	b.open("/stats")
	b.do(chromedp.KeyEvent("\t"))
	at := eval[struct {
		Text  string
		Shown bool
	}](b, `(e => ({Text: e.innerText, Shown: e.getBoundingClientRect().top >= 0 && getComputedStyle(e).outlineStyle != 'none'}))(document.activeElement)`)
	if at.Text != "Skip to main content" || !at.Shown {
		t.Errorf("first stop: %+v", at)
	}
	b.do(chromedp.KeyEvent("\r"))
	if id := eval[string](b, `document.activeElement.id`); id != "main" {
		t.Errorf("the skip link leads to %q", id)
	}
	b.open("/?q=bridge")
	eval[bool](b, `document.querySelector('.timeline a').focus(), true`)
	b.do(chromedp.KeyEvent("\t"))
	if label := eval[string](b, `document.activeElement.getAttribute('aria-label')`); !strings.Contains(label, "tweet") {
		t.Errorf("after the first bar: %q", label)
	}
	b.load("Enter", chromedp.KeyEvent("\r"))
	b.want("", "since:")
}

// Single keys lead to the search and from card to card, but not from who types.
func TestKeys(t *testing.T) {
	b, _ := browse(t)
	at := func() int {
		return eval[int](b, `[...document.querySelectorAll('.card')].findIndex(c => c.contains(document.activeElement))`)
	}
	b.open("/?q=bridge")
	for i, x := range []struct {
		key  string
		want int
	}{{"j", 0}, {"j", 1}, {"j", 2}, {"k", 1}, {"k", 0}, {"k", 0}, {"J", 0}, {"j", 1}} {
		b.do(chromedp.KeyEvent(x.key))
		if got := at(); got != x.want {
			t.Errorf("%d: %s leads to card %d, want %d", i, x.key, got, x.want)
		}
	}
	seen := eval[struct {
		Outline string
		Shown   bool
	}](b, `(e => ({Outline: getComputedStyle(e).outlineStyle, Shown: e.getBoundingClientRect().top >= 0 && e.getBoundingClientRect().bottom <= innerHeight}))(document.activeElement)`)
	if seen.Outline == "none" || !seen.Shown {
		t.Errorf("the card of the keys is not seen: %+v", seen)
	}
	b.do(call(input.DispatchKeyEvent, input.DispatchKeyEventParams{Type: input.DispatchKeyEventTypeKeyDown, Key: "/", Code: "Slash", Text: "/"})) // one event, as of a real keyboard
	b.do(chromedp.KeyEvent("j/k"))
	if got := eval[string](b, `document.activeElement.name + ' ' + document.activeElement.value`); got != "q j/k" { // in the place of what was there
		t.Errorf("typed into the search: %q", got)
	}
	b.open("/tweet/" + idOf(time.Date(2016, 5, 4, 12, 0, 0, 0, time.UTC), 1))
	b.do(chromedp.KeyEvent("j"))
	if got := eval[string](b, `document.activeElement.className`); got != "embed" {
		t.Errorf("j leads to %q", got)
	}
	b.quiet()
}

// Single-key shortcuts can be turned off, and stay so (WCAG 2.1.4); keys of other kinds
// still work.
func TestLetterKeysOff(t *testing.T) {
	b, d := reviewTab(t)
	b.open("/?q=bridge")
	b.key("j")
	if !eval[bool](b, `document.activeElement.matches('.card')`) {
		t.Error("j does nothing at first")
	}
	b.do(chromedp.Click(chromedp.CSS(`#letter-keys`)))
	b.open("/?q=bridge")
	b.key("j", "k", "/")
	if at := eval[string](b, `document.activeElement.tagName`); at != "BODY" {
		t.Errorf("turned off, keys lead to %s", at)
	}
	b.open("/review?coder=Ana&sample=" + d.key)
	b.key("y", "n", "?", "]")
	b.want("", "0 of ")
	if eval[bool](b, `document.querySelector('.keys').open || document.querySelector('.verdicts [aria-keyshortcuts]') !== null || document.querySelector('.verdicts kbd').offsetParent !== null`) || b.marked() != closed {
		t.Error("turned off, keys of the review work, or it shows them")
	}
	b.do(chromedp.KeyEvent(kb.ArrowRight))
	b.want("", "You moved the beginning")
	b.do(chromedp.Click(chromedp.CSS(`#letter-keys`)))
	b.key("\x1b")
	b.judge("y")
	b.want("", "Your last verdict: right")
	b.quiet()
}

// Names and handles are cut only where there is no room for them, and numbers are in
// their frame.
func TestNothingCut(t *testing.T) {
	b, _ := browse(t)
	for _, look := range looks {
		b.look(look.width, look.height, look.dark)
		for _, path := range []string{"/?q=goose", "/", "/author/janeroe", "/outlet/lampnews.example"} {
			b.open(path)
			eval[bool](b, `document.querySelectorAll('.card .name').forEach((e, i) => i % 2 && e.remove()), true`)
			if cut := eval[[]string](b, `[...document.querySelectorAll('.card .handle')].filter(e => e.scrollWidth > e.clientWidth && e.textContent.length < 30).map(e => e.textContent)`); len(cut) > 0 {
				t.Errorf("%s, %s: cut are %q", path, look.name, cut)
			}
		}
	}
	b.look(1200, 900, false)
	b.open("/runs")
	b.follow(`.runs a`)
	eval[bool](b, `document.querySelectorAll('.runs .path bdi').forEach(e => e.textContent = '/a/very/long/folder'.repeat(20) + '/news.jsonl'), true`)
	if wide := eval[int](b, `(e => e.scrollWidth - e.clientWidth)(document.querySelector('.scroll'))`); wide > 0 {
		t.Errorf("the table of a run is %d pixels wider than its frame", wide)
	}
}

// A report opens from the disk, with its style, and can be walked through.
func TestReportInBrowser(t *testing.T) {
	slow.Test(t)
	db := town(t, filepath.Join(t.TempDir(), "t.db"))
	dir := t.TempDir()
	if _, err := Report(t.Context(), db, nil, dir, 0); err != nil {
		t.Fatal(err)
	}
	b := openTab(t, "file://"+dir)
	b.open("/index.html")
	b.want("", "138 tweets", "Tweets by year")
	if style := eval[string](b, `getComputedStyle(document.querySelector('.card')).borderRadius`); style != "10px" {
		t.Errorf("no style: %q", style)
	}
	for _, step := range []struct{ selector, words string }{
		{`.pager a[rel=next]`, "4 January 2015"},
		{`.bar nav a`, "138 tweets"},
		{`.timeline a[href*="year-2016"]`, "Tweets of 2016"},
		{`.card footer a`, "Status ID"},
		{`.embed h3 a`, "in this article"},
		{`.embed .who`, "Tweets in this report"},
		{`.bar nav a:nth-child(2)`, "Records read"},
		{`.bar nav a:nth-child(3)`, "tweetarc archive town/"},
	} {
		b.follow(step.selector)
		b.want("", step.words)
	}
	b.quiet()
}

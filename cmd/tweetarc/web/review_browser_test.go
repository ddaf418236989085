package web

import (
	"fmt"
	"maps"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"example.org/tweetarc/archive"
	"example.org/tweetarc/fixtures/slow"
	"example.org/tweetarc/store"
)

// reviewTab opens a browser at a review of the town, with a sample of ten articles that
// embed a tweet of two sentences.
func reviewTab(t *testing.T) (*tab, *desk) {
	slow.Test(t)
	path := filepath.Join(t.TempDir(), "town.db")
	db := town(t, path)
	var street []archive.Found
	for i, p := range people[:10] {
		street = append(street, article("town/street.jsonl", i+1, fmt.Sprintf("https://lampnews.example/street/%d", i), "Closed, says a sign", "2019-05-03", archive.Tweet{Author: p.name, Handle: p.handle, Date: "2019-05-02", Text: closed}))
	}
	fill(t, db, part("town/street.jsonl", street...))
	h := httptest.NewServer(reviewed(t, db, path))
	t.Cleanup(h.Close)
	b := openTab(t, h.URL)
	return b, &desk{t, h, db, draw(t, db, 10, "since:2019-05-02 until:2019-05-03 bridge").Key}
}

// key presses a key; the page stays.
func (b *tab) key(keys ...string) {
	b.Helper()
	for _, k := range keys {
		b.do(chromedp.KeyEvent(k))
	}
}

// judge presses a key and waits for the next page.
func (b *tab) judge(key string) {
	b.Helper()
	b.load(key, chromedp.KeyEvent(key))
}

// word clicks on the nth word of the passage that reads so.
func (b *tab) word(text string, shift bool) {
	b.Helper()
	at := eval[[]float64](b, fmt.Sprintf(`(w => { w.scrollIntoView({block: 'center'}); const r = w.getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2] })([...document.querySelectorAll('.words-of .w')].find(w => w.textContent === %q))`, text))
	var opts []chromedp.MouseOption
	if shift {
		opts = append(opts, chromedp.ButtonModifiers(8))
	}
	b.do(chromedp.MouseClickXY(at[0], at[1], opts...))
}

func (b *tab) words() string {
	b.Helper()
	return eval[string](b, `document.getElementById('words').value`)
}

// marked is what is marked in the passage.
func (b *tab) marked() string {
	b.Helper()
	return eval[string](b, `[...document.querySelectorAll('.words-of .in')].map(e => e.textContent).join('')`)
}

const closed = "The bridge is closed until Friday. The bridge does not know why."

// Ten embeds with the keyboard alone, as a coder does: every verdict once, one undone, one
// embed skipped.
func TestReviewByKeyboard(t *testing.T) {
	b, d := reviewTab(t)
	b.open("/review")
	b.want("/review", "Your name", "A sample of")
	b.key("Ana")
	b.load("Enter", chromedp.KeyEvent("\r"))
	b.want("", "Judging as Ana", "0 of ", "Right")
	total := d.total()
	if got := b.marked(); got != closed || b.words() != closed {
		t.Errorf("marked %q, in the field %q", got, b.words())
	}
	if eval[bool](b, `document.querySelector('.sure').open || document.body.innerText.includes('% sure')`) {
		t.Error("it says how sure it is")
	}

	b.key("?")
	if !eval[bool](b, `document.querySelector('.keys').open`) {
		t.Error("no help")
	}
	b.key("?")
	b.judge("y")
	b.want("", fmt.Sprintf("1 of %d judged by you", total), "Your last verdict: right")
	b.judge("n")
	b.want("", "2 of ", "Your last verdict: not a tweet")
	b.judge("u")
	b.want("", "1 of ", "was undone")
	b.judge("p")
	b.judge("c")
	b.want("", "3 of ", "Your last verdict: cannot say")
	b.judge("s")
	b.want("", "3 of ")
	for i := 3; i < total-1; i++ {
		b.judge("y")
	}
	b.want("", "Only embeds that you skipped are left")
	b.follow(`.judged-all a`)
	b.judge("y")
	b.want("", "All judged", fmt.Sprintf("%d of %d", total, total))

	count := map[archive.Verdict]int{}
	for _, j := range d.verdicts() {
		count[j.Verdict]++
	}
	want := map[archive.Verdict]int{archive.VerdictRight: total - 2, archive.VerdictPerson: 1, archive.VerdictUnsure: 1}
	if !maps.Equal(count, want) {
		t.Errorf("%v, want %v", count, want)
	}
	b.quiet()
}

// Words are corrected with the keyboard alone: the beginning and the end moved, and words
// typed.
func TestCorrectByKeyboard(t *testing.T) {
	b, d := reviewTab(t)
	b.open("/review?coder=Ana&sample=" + d.key)
	b.key("]", "{", "{", "{") // a word less at the beginning, two and the full stop at the end
	if got := b.marked(); got != "bridge is closed until Friday. The bridge does not" {
		t.Errorf("marked %q", got)
	}
	b.want("", "You moved the beginning and the end")
	b.key("\x1b")
	if b.marked() != closed || eval[bool](b, `!document.querySelector('.moved').hidden`) {
		t.Error("Escape puts nothing back")
	}
	b.key("\r") // nothing was moved: nothing is saved
	b.want("", "0 of ")
	b.key("]", "]")
	b.judge("\r")
	b.want("", "1 of ", "Your last verdict: begins wrong")
	if all := d.verdicts(); len(all) != 1 || all[0].Verdict != archive.VerdictBegins || all[0].Words != "is closed until Friday. The bridge does not know why." {
		t.Errorf("%+v", all)
	}

	b.key("e")
	b.do(chromedp.KeyEvent(" y n!"))
	if !strings.Contains(b.words(), "y n!") {
		t.Errorf("typed: %q", b.words())
	}
	b.key("\x1b") // out of the field
	b.want("", "You changed the words")
	b.key("y") // is no verdict on other words
	b.want("", "1 of ")
	b.key("\x1b")
	if b.words() != closed {
		t.Errorf("put back: %q", b.words())
	}
	b.judge("y")
	b.want("", "2 of ", "Your last verdict: right")
	b.quiet()
}

func (d *desk) total() int {
	d.Helper()
	n, _, err := d.db.Progress(d.Context(), store.Queue{Sample: d.key})
	if err != nil || n < 6 {
		d.Fatal(n, err)
	}
	return n
}

// Words that are clicked: the first and the last, with Shift the last; and dragged.
func TestReviewByMouse(t *testing.T) {
	b, d := reviewTab(t)
	b.open("/review?coder=Ana&sample=" + d.key)
	b.word("closed", false)
	b.want("", "You moved the beginning", "click the last word")
	b.word("Friday", false)
	if got := b.marked(); got != "closed until Friday." {
		t.Errorf("first and last: %q", got)
	}
	b.word("know", true)
	if got := b.marked(); got != "closed until Friday. The bridge does not know" {
		t.Errorf("Shift: %q", got)
	}
	b.key("\x1b")
	eval[bool](b, `(() => {
		const w = [...document.querySelectorAll('.words-of .w')], at = s => w.find(e => e.textContent === s).firstChild;
		getSelection().setBaseAndExtent(at('is'), 1, at('why'), 2);
		document.querySelector('.words-of').click();
		return true })()`)
	if got := b.marked(); got != "is closed until Friday. The bridge does not know why" {
		t.Errorf("dragged: %q", got)
	}
	b.key("\x1b")
	b.word("those", false) // before the tweet, in the article
	b.follow(`.moved button[value=words]`)
	b.want("", "1 of ", "Your last verdict: begins wrong")
	all := d.verdicts()
	if len(all) != 1 || all[0].Verdict != archive.VerdictBegins || !strings.HasSuffix(all[0].Words, closed) || !strings.HasPrefix(all[0].Words, "those who had") || all[0].Found != closed {
		t.Errorf("%+v", all)
	}
	b.quiet()
}

// Two coders, each without the other's verdict; then both see where they differ. Bo
// judges without scripts.
func TestReviewOfTwo(t *testing.T) {
	b, d := reviewTab(t)
	b.open("/review?coder=Ana&sample=" + d.key)
	b.judge("n")
	b.open("/review?coder=Bo&sample=" + d.key)
	if text := eval[string](b, `document.body.innerText`); strings.Contains(text, "Ana") {
		t.Error("Bo sees Ana's verdict")
	}
	b.do(call(emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}))
	b.open("/review?coder=Bo&sample=" + d.key)
	b.follow(`button[value=right]`)
	b.do(call(emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{}))
	b.follow(`.review-foot a`)
	b.want("", "You and others disagree on 1 embed", "Ana: not a tweet", "Bo: right")
	b.follow(`.differ a[href*=case]`)
	b.want("", "Verdicts so far", "Ana: not a tweet")
	b.judge("n")
	b.open("/review?coder=Bo&show=differ")
	b.want("", "Nobody disagrees with your verdicts")
	b.quiet()
}

// TestReviewLooks is TestLooks of the review.
func TestReviewLooks(t *testing.T) {
	b, d := reviewTab(t)
	var source []byte
	if axe := os.Getenv("TWEETARC_AXE"); axe != "" {
		var err error
		if source, err = os.ReadFile(axe); err != nil {
			t.Fatal(err)
		}
	}
	at := func(coder string, params ...string) string {
		return address("/review", append([]string{"coder", coder, "sample", d.key}, params...)...)
	}
	first := d.form(d.open("coder", "Ana Quill", "sample", d.key), "case")
	d.post(with(first, "verdict", "words", "words", "The bridge is closed until Friday."), nil)
	d.post(with(d.form(d.open("coder", "Bo", "sample", d.key), "case"), "verdict", "none", "note", "The paper quotes a sign, not a tweet."), nil)
	for next := d.open("coder", "Done", "sample", d.key); strings.Contains(next, `id="case"`); {
		_, next = d.post(with(d.form(next, "case"), "verdict", "right"), nil)
	}
	pages := []struct{ name, path, do string }{
		{"start", "/review", ""},
		{"passage", at("Ana Quill"), ""},
		{"correcting", at("Ana Quill", "from", "1"), `(w => { w[w.length - 1].click() })([...document.querySelectorAll('.words-of .w')].filter(w => w.textContent === 'closed'))`},
		{"by-hand", at("Ana Quill"), `document.querySelector('.by-hand').open = true`},
		{"help", at("Ana Quill"), `document.querySelector('.keys').open = true; document.querySelector('.keys').scrollIntoView()`},
		{"said", at("Ana Quill", "case", first.Get("case"), "note", "stale"), ""},
		{"done", at("Done"), ""},
		{"differ", at("Ana Quill", "show", "differ"), ""},
		{"attacks", "/review?coder=Ana&q=since%3A2015-01+until%3A2015-02", ""},
		{"markup", "/review?coder=Ana&q=form%3Ablockquote", ""},
		{"rtl", "/review?coder=Ana&q=from%3Adar_almina+form%3Atext", ""},
		{"cjk", "/review?coder=Ana&q=from%3Aminato_lib+form%3Atext", ""},
	}
	for _, look := range looks {
		b.look(look.width, look.height, look.dark)
		for _, p := range pages {
			b.open(p.path)
			if p.do != "" {
				eval[bool](b, "{"+p.do+"}; true")
			}
			state := eval[struct {
				Wide  int
				Small []string
			}](b, `({Wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
				Small: [...document.querySelectorAll('main button, .verdicts .button')].filter(e => e.offsetParent && e.offsetHeight < 44).map(e => e.textContent)})`)
			if state.Wide > 0 || len(state.Small) > 0 {
				t.Errorf("%s, %s: %+v", p.path, look.name, state)
			}
			if source != nil {
				b.axe(source, p.path+", "+look.name)
			}
			if *screenshots != "" {
				b.picture("review-" + p.name + "-" + look.name)
			}
		}
	}
	b.quiet()
}

package boundary

import (
	"math"
	"slices"
	"strings"
	"testing"
)

func near(a, b float64) bool { return math.Abs(a-b) < 0.001 }

// Every feature has a weight, and every weight belongs to a feature with a meaning.
func TestWeights(t *testing.T) {
	names, meanings := Features()
	var rows []string
	for line := range strings.Lines(weightsFile) {
		if f := strings.Fields(line); len(f) > 0 && f[0] != "#" {
			rows = append(rows, f[0])
		}
	}
	for i, n := range names {
		if !slices.Contains(rows, n) {
			t.Errorf("%s has no weight", n)
		}
		if slices.Index(names, n) != i || meanings[i] == "" {
			t.Errorf("%s: a second feature of the name, or no meaning", n)
		}
	}
	for i, r := range rows {
		if r != "temperature" && !slices.Contains(names, r) {
			t.Errorf("%s is a weight of no feature", r)
		}
		if slices.Index(rows, r) != i {
			t.Errorf("%s has a second weight", r)
		}
	}
	if got := trained.String(); got != weightsFile {
		t.Error("the file is not as the trainer writes it")
	}
	for l, temperature := range trained.Temperatures {
		if temperature < 0.5 || temperature > 3 {
			t.Errorf("layout %d: temperature %v", l, temperature)
		}
	}
}

func TestParseModel(t *testing.T) {
	m, err := parseModel("# all else is 0\ntemperature 1.5 2 2.5 so\nedge-colon 1 2 3 so\n")
	if err != nil {
		t.Fatal(err)
	}
	k := slices.IndexFunc(features, func(f feature) bool { return f.name == "edge-colon" })
	for l, want := range []float64{1, 1, 2, 3} {
		if got := m.Weights[l][k]; got != want {
			t.Errorf("layout %d: weight %v want %v", l, got, want)
		}
		if got := m.Temperatures[l]; got != want/2+1 {
			t.Errorf("layout %d: temperature %v want %v", l, got, want/2+1)
		}
		if m.Weights[l][k+1] != 0 {
			t.Errorf("layout %d: a weight from nowhere", l)
		}
	}
	for _, bad := range []string{"edge-colon 1 2\n", "edge-colon 1 2 x so\n", "edge-colon 1 2 3\nedge-colon 1 2 3\n"} {
		if _, err := parseModel(bad); err == nil {
			t.Errorf("%q: no error", bad)
		}
	}
}

func TestScore(t *testing.T) {
	if got := score([]float64{1, 2, -3}, []float64{2, 0.5, 1}); got != 0 {
		t.Errorf("score %v want 0", got)
	}
	for _, c := range []struct {
		temperature float64
		want        []float64
	}{
		{1, []float64{0.0900, 0.2447, 0.6652}},
		{2, []float64{0.1863, 0.3072, 0.5065}},
	} {
		scores := []float64{1, 2, 3}
		if best := likelihoods(scores, c.temperature); best != 2 {
			t.Errorf("the best is %d want 2", best)
		}
		for i := range scores {
			if !near(scores[i], c.want[i]) {
				t.Errorf("temperature %v: likelihoods %v want %v", c.temperature, scores, c.want)
			}
		}
	}
}

// The features of the second look, if the others are as o says.
func TestSecond(t *testing.T) {
	o := way{texts: 2, chained: 2, joined: 2, colon: 1, named: 2, length: 1}
	for _, c := range []struct {
		name  string
		w, o  way
		value float64
	}{
		{"others-joined", way{joined: 1}, o, 1},
		{"others-joined", way{joined: 1}, way{texts: 2, chained: 2}, -1},
		{"others-joined", way{}, o, 0},
		{"others-joined", way{joined: 1}, way{texts: 2}, 0},
		{"others-colon", way{colon: 1}, o, 0.5},
		{"others-colon", way{}, o, -0.5},
		{"others-named", way{named: 1}, o, 1},
		{"others-named", way{}, o, -1},
		{"others-named", way{named: 1}, way{texts: 1, named: 1}, 2. / 3}, // one is not quite a way
		{"others-length", way{length: 0.8}, o, 0.3},
		{"others-lost", way{lost: 1}, way{texts: 2, lost: 2}, 1},
		{"others-lost", way{lost: 1}, o, -1},
		{"others-length", way{length: 0.8}, way{}, 0}, // no others
	} {
		i := slices.IndexFunc(second, func(f secondFeature) bool { return f.name == c.name })
		if got := c.w.compare(&c.o, nil)[i]; !near(got, c.value) {
			t.Errorf("%s: %+v beside %+v: got %v want %v", c.name, c.w, c.o, got, c.value)
		}
	}
}

func TestWay(t *testing.T) {
	var r reading
	r.read(&Passage{Text: "Quill tweeted: " + chars(140), Origin: AfterTweet, Author: "Ada Quill", Layout: OneLine})
	cs := r.candidates(nil)
	if got, want := wayOf(&cs[len(cs)-1]), (way{texts: 1, chained: 1, lost: 1}); got != want {
		t.Errorf("got %+v want %+v", got, want)
	}
	if got, want := wayOf(&cs[0]), (way{texts: 1, chained: 1, joined: 1, length: 155. / 280}); got != want {
		t.Errorf("got %+v want %+v", got, want)
	}
	if got, want := wayOf(&cs[len(cs)-2]), (way{texts: 1, chained: 1, colon: 1, named: 1, length: 0.5}); got != want {
		t.Errorf("got %+v want %+v", got, want)
	}
}

// The way of the others decides what the passage leaves open.
func TestAgain(t *testing.T) {
	m := NewModel()
	k := len(features) + slices.IndexFunc(second, func(f secondFeature) bool { return f.name == "others-colon" })
	e := slices.IndexFunc(features, func(f feature) bool { return f.name == "before-twitter" })
	for l := range m.Weights {
		m.Weights[l][k], m.Weights[l][e] = 3, 5
	}
	open := Passage{Text: "Bakers: no bread.", Origin: Article, After: "more"}
	clear := Passage{Text: "On Twitter: no bread.", Origin: AfterTweet, After: "more"}
	looks := []*Look{m.Look(&open), m.Look(&clear), m.Look(&clear)}
	if got := looks[0].Choice; got.At != 0 || !near(got.Confidence, 0.5) {
		t.Errorf("alone: %+v", got)
	}
	if got := m.Again(looks)[0]; got.At != len("Bakers: ") || got.Confidence < 0.9 {
		t.Errorf("beside the others: %+v", got)
	}
	if got := m.Again(looks[:1])[0]; got != looks[0].Choice {
		t.Errorf("again, but alone: %+v", got)
	}
}

// A row of a table of tweets, and a short article that ends with its tweet.
func TestAlone(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{" ", ""},
		{"thank you", "thank you"},
		{"Not now. Not ever.", "Not now. Not ever."},
		{"The ferry stops in October.\n\nThe mayor wrote on Twitter on Friday:\n\nWe need this boat!", "We need this boat!"},
	} {
		p := Passage{Text: c.text, Origin: Article, Day: "2018-03-03", Layout: LayoutOf(c.text + " — A")}
		got := ""
		if at := trained.Look(&p).Choice.At; at >= 0 {
			got = c.text[at:]
		}
		if got != c.want {
			t.Errorf("%q: got %q want %q", c.text, got, c.want)
		}
	}
}

// The words may be lost if what is left names the author or tweeting.
func TestLost(t *testing.T) {
	for text, want := range map[string]bool{
		"She left. Quill was not amused:": true,
		"Then this:":                      true,
		"She wrote on Twitter.":           true,
		"A quay is not a car park.":       false,
		"":                                false,
	} {
		var r reading
		r.read(&Passage{Text: text, Origin: Article, Author: "Ada Quill"})
		if got := r.mayBeLost(); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

// The mark of a list's item is not part of the tweet's words. Its neighbours show that.
func TestItems(t *testing.T) {
	for _, c := range []struct {
		before, text, after string
		want                string
	}{
		{"", "- The mayor wept.\n- Thank you", "\n- And so", "Thank you"},
		{"", "Die Besten:\n\n1) Thank you", "\n\nMehr davon.\n\n2) And so", "Thank you"},
		{"1. No — Bo (@bo) March 3, 2018", "2. Thank you", "", "Thank you"},
		{"#1\nNo — Bo (@bo) March 3, 2018", "#2\nThank you", "", "Thank you"},
		{"• No — Bo (@bo) March 3, 2018", "• Thank you", "\nThe end.", "Thank you"},
		{"1. No — Ada Quill (@quill) March 3, 2018", "2. Thank you", "", "2. Thank you"}, // a thread
		{"1/ No — Bo (@bo) March 3, 2018", "2/ Thank you", "", "2/ Thank you"},
		{"", "1. Find a quay. 2. Weep.", "\nThe end.", "1. Find a quay. 2. Weep."},
		{"", "• said nobody", "\nThe end.", "• said nobody"},
	} {
		var r reading
		r.read(&Passage{Before: c.before, Text: c.text, After: c.after, Origin: AfterTweet, Handle: "quill"})
		if got := c.text[r.candidates(nil)[0].at:]; got != c.want {
			t.Errorf("%q: got %q want %q", c.text, got, c.want)
		}
	}
}

func TestLengths(t *testing.T) {
	for day, want := range map[string]float64{"": 280, "2017-11-07": 140, "2017-11-08": 280} {
		if got := LimitFor(day); got != want {
			t.Errorf("%s: limit %v want %v", day, got, want)
		}
	}
	for s, want := range map[string]int{
		"":                               0,
		"thank  you":                     9,
		"see https://example.org/a/b/c":  27,
		"see(https://example.org/a/b/c":  27,
		"see pic.twitter.com/AbCdEfGhIj": 4,
		"and/or":                         6,
		"Brücke":                         6,
		"東京":                             4,
		"🎉":                              2,
	} {
		if got := lengthOf(s); got != want {
			t.Errorf("%q: length %d want %d", s, got, want)
		}
	}
	for s, want := range map[string]bool{"t.co/a": true, "https://a.b": true, "pic.twitter.com/a": true, "and/or": false, "news": false} {
		if got := isAddress(s); got != want {
			t.Errorf("%s: address %v", s, got)
		}
	}
	if got := reachOf(strings.Repeat("word ", 100), 280); got != 0 {
		t.Errorf("500 characters reach back to %d", got)
	}
	if got := len(strings.Repeat("word ", 200)) - reachOf(strings.Repeat("word ", 200), 280); got < 392+240 || got > 392+260 {
		t.Errorf("%d characters are in reach", got)
	}
}

func TestLayoutOf(t *testing.T) {
	for s, want := range map[string]Layout{
		"a\n\nb\nc":          Paragraphs,
		"a\nb\nc\nd":         Lines,
		"a\n\nb\nc\nd\ne\nf": Lines,
		"a — b":              OneLine,
		"a  —  b":            OneLine,
		"a b":                OneLine,
		"a  b":               Glued,
	} {
		if got := LayoutOf(s); got != want {
			t.Errorf("%q: layout %d want %d", s, got, want)
		}
	}
}

func TestCopies(t *testing.T) {
	const first = `"The bridge will be open by June, I promise," she wrote. `
	s := first + `The bridge will be open by June, I promise. Truly.`
	var c copies
	places := []place{{at: 0}, {at: len(first)}, {at: len(s)}}
	c.find(&Passage{Text: s}, places)
	whole, second, end := &places[0], &places[1], &places[2]
	if found, longer := c.begins(second); !found || longer {
		t.Error("the second copy does not begin")
	}
	if x := c.share(second, end); x < 0.8 || x > 0.95 {
		t.Errorf("%.2f of the text is a copy", x)
	}
	if x := c.itself(whole); x < 0.3 {
		t.Errorf("%.2f of the whole is a copy of itself", x)
	}
	if x := c.itself(second); x != 0 {
		t.Errorf("%.2f of the text is a copy of itself", x)
	}
}

// Which features are for a beginning and which against it, in every layout. If a weight
// is 0 or has the other sign, the feature no longer means what it says.
func TestSigns(t *testing.T) {
	const (
		raise = `edge-start edge-item edge-paragraph alone before-nothing before-credit edge-line edge-furniture edge-glued-sentence edge-glued-colon origin-tweet
		origin-frame length-95 length-103 first-capital first-dots first-dot-at
		first-function unit-mentions unit-colon unit-colon-shout unit-style before-colon
		before-author before-twitter before-tweeted before-heading before2-author text-mentions text-hashtags text-i
		text-short copy-begins copy-text copy-edge others-joined others-colon others-named others-below end-below before-polite`
		lower = `edge-colon edge-unquoted edge-abbreviation edge-spaces edge-closer
		edge-mark edge-heading edge-capital edge-capitals origin-article length-115 length-more length-over breaks-joined
		empty-lines first-connective first-he unit-commas unit-he unit-past unit-short unit-colon-here
		unit-colon-the before-colon-quote before-unended before-hangs before-open before-question before-no-the
		text-author text-tweets text-said text-links text-empty text-3-words text-quotes text-style echo copy
		copy-itself others-length first-i unit-polite title-of`
	)
	names, _ := Features()
	for sign, list := range map[float64]string{1: raise, -1: lower} {
		for _, name := range strings.Fields(list) {
			i := slices.Index(names, name)
			if i < 0 {
				t.Errorf("%s: no such feature", name)
				continue
			}
			for l := range layouts {
				if w := trained.Weights[l][i]; w*sign < 0.1 {
					t.Errorf("%s: the weight is %v in layout %d", name, w, l)
				}
			}
		}
	}
}

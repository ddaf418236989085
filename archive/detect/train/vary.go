package main

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"example.org/tweetarc/archive/detect/internal/boundary"
	"example.org/tweetarc/archive/detect/internal/char"
)

// variants are articles as other extractors and sites would have made them. Most labelled
// articles are of English newspapers with paragraphs.
var variants = []struct {
	name   string
	weight float64
	most   int // how many of 12 articles are changed
	change func(article, *rand.Rand) article
}{
	{"oneline", 0.6, 12, each(inOneLine)},
	{"shaken", 0.4, 12, then(shaken, each(inOneLine))},
	{"shaken again", 0.3, 12, then(shaken, each(inOneLine))},
	{"lines", 0.5, 12, attached(each(inLines))},
	{"attached", 0.3, 8, attached(each(char.Trim))},
	{"no separator", 0.3, 12, each(func(s string) string { return strings.ReplaceAll(inNoLines(s), " — ", "— ") })},
	{"glued", 0.5, 12, each(func(s string) string {
		return strings.NewReplacer("—", "", "–", "", "“", " ", "”", " ", "’", " ", "‘", " ").Replace(inNoLines(s))
	})},
	{"headings", 0.5, 3, then(headed, each(inOneLine))},
	{"headings in lines", 0.5, 2, then(headed, attached(each(inLines)))},
	{"foreign", 0.5, 4, then(foreign(enciphered), each(inOneLine))},
	{"foreign lines", 0.5, 3, then(foreign(enciphered), attached(each(inLines)))},
	{"foreign headings", 0.5, 1, then(foreign(enciphered), then(headed, each(inOneLine)))},
	{"introduced", 0.4, 4, then(introduced, each(inOneLine))},
	{"introduced kana", 0.3, 2, then(introduced, then(foreign(inKana), each(inOneLine)))},
	{"captioned", 0.08, 4, captioned},
	{"verses", 0.06, 2, verses},
	{"listed", 0.15, 2, listed},
	{"listed lines", 0.1, 1, then(listed, each(inLines))},
	{"lost", 0.1, 1, lost},
	{"lost lines", 0.1, 1, then(lost, attached(each(inLines)))},
	{"lost oneline", 0.1, 1, then(lost, each(inOneLine))},
	{"moved", 0, 6, then(moved, each(inOneLine))},
	{"moved lines", 0, 3, then(moved, each(inLines))},
	{"moved foreign", 0, 2, then(foreign(enciphered), then(moved, each(inOneLine)))},
	{"moved headings", 0, 2, then(headed, then(moved, each(inOneLine)))},
	{"kana", 0.5, 1, then(foreign(inKana), then(polite, each(inOneLine)))},
	{"kana lines", 0.5, 2, then(foreign(inKana), then(polite, attached(each(inLines))))},
}

// others are texts with which shaken replaces others, by the greatest length of their
// day.
var others map[float64][]string

// shaken drops the paragraph before some tweets of an article, and replaces some texts
// with others.
func shaken(a article, r *rand.Rand) article {
	parts, tweets := a.parts()
	for n, i := range tweets {
		blocks := strings.Split(parts[2*n], "\n\n")
		if k := len(blocks); k > 2 && blocks[k-1] == "" && !strings.Contains(blocks[k-2], "(@") && r.IntN(5) == 0 {
			blocks = append(blocks[:k-2], "")
			parts[2*n] = strings.Join(blocks, "\n\n")
		}
		if pool := others[boundary.LimitFor(a.tweets[i].date)]; r.IntN(2) == 0 {
			parts[2*n+1] = pool[r.IntN(len(pool))]
		}
	}
	return a.of(parts, tweets)
}

func breaks(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == '\n' })
}
func inOneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
func inLines(s string) string   { return strings.Join(breaks(s), "\n") }
func inNoLines(s string) string { return strings.Join(breaks(s), "") }

// each changes an article and its tweets in the same way.
func each(change func(string) string) func(article, *rand.Rand) article {
	return func(a article, _ *rand.Rand) article {
		a.text = change(a.text)
		a.tweets = slices.Clone(a.tweets)
		for i := range a.tweets {
			a.tweets[i].text = change(a.tweets[i].text)
		}
		return a
	}
}

// attached puts the attributions where extractors put them: after the text and a blank;
// directly after the text, which then also loses its breaks; or on the next line.
func attached(lines func(article, *rand.Rand) article) func(article, *rand.Rand) article {
	return func(a article, r *rand.Rand) article {
		how := r.IntN(3)
		if how == 1 {
			parts, tweets := a.parts()
			for n := range tweets {
				parts[2*n+1] = inNoLines(parts[2*n+1])
			}
			a = a.of(parts, tweets)
		}
		a = lines(a, r)
		if how > 0 {
			a.text = attributions.ReplaceAllStringFunc(a.text, func(s string) string { return "\x00" + s })
			a.text = strings.ReplaceAll(a.text, " \x00", []string{"", []string{"\n", "\n", "\n\n"}[r.IntN(3)]}[how-1])
			a.text = strings.ReplaceAll(a.text, "\x00", "")
		}
		return a
	}
}

func then(a, b func(article, *rand.Rand) article) func(article, *rand.Rand) article {
	return func(x article, r *rand.Rand) article { return b(a(x, r), r) }
}

// parts cuts an article into its tweets, which are at odd indexes, and the text between
// them. tweets says which tweets they are.
func (a *article) parts() (parts []string, tweets []int) {
	from := 0
	for i, w := range a.tweets {
		if w.unknown || w.text == "" {
			continue
		}
		if k := strings.Index(a.text[from:], w.text+" "); k >= 0 {
			parts = append(parts, a.text[from:from+k], w.text)
			from, tweets = from+k+len(w.text), append(tweets, i)
		}
	}
	return append(parts, a.text[from:]), tweets
}

// of is the article of such parts. The text of a tweet that is not among them is unknown.
func (a article) of(parts []string, tweets []int) article {
	a.tweets = slices.Clone(a.tweets)
	for i := range a.tweets {
		n := slices.Index(tweets, i)
		if a.tweets[i].unknown = n < 0; n >= 0 {
			a.tweets[i].text = parts[2*n+1]
		}
	}
	a.text = strings.Join(parts, "")
	return a
}

// headed adds headings and links of Markdown to an article of paragraphs.
func headed(a article, r *rand.Rand) article {
	words := strings.FieldsFunc(a.text, func(c rune) bool { return !unicode.IsLetter(c) })
	parts, _ := a.parts()
	for i := 0; i < len(parts); i += 2 {
		blocks := strings.Split(parts[i], "\n\n")
		for j, b := range blocks {
			if ws := strings.Fields(b); len(ws) > 6 && !strings.Contains(b, "(@") && r.IntN(4) == 0 { // a link
				k := r.IntN(len(ws) - 3)
				ws[k], ws[k+2] = "["+ws[k], ws[k+2]+"](https://example.org/"+strings.ToLower(words[r.IntN(len(words))])+")"
				b = strings.Join(ws, " ")
			}
			if j > 0 && r.IntN(5) == 0 {
				b = heading(words, r) + "\n\n" + b
			}
			blocks[j] = b
		}
		if i+1 < len(parts) && strings.TrimSpace(blocks[len(blocks)-1]) == "" && r.IntN(2) == 0 {
			blocks[len(blocks)-1] = heading(words, r) + "\n\n"
		}
		parts[i] = strings.Join(blocks, "\n\n")
	}
	a.text = strings.Join(parts, "")
	return a
}

// heading is a heading of Markdown made of some of the words; "" if there are too few.
func heading(words []string, r *rand.Rand) string {
	n := 1 + r.IntN(6)
	if len(words) < 3*n {
		return ""
	}
	at := r.IntN(len(words) - n)
	title := slices.Clone(words[at : at+n])
	for i, w := range title {
		if i == 0 || n%2 == 0 && len(w) > 3 {
			title[i] = capitalised(w)
		}
	}
	if n == 5 {
		title = append(title, "💡")
	}
	return strings.Repeat("#", 2+n%3) + " " + strings.Join(title, " ")
}

// foreign writes an article, or only its tweets, or only the rest, in letters that make
// no known words. Names of authors, and words of the service, stay.
func foreign(write func(string) string) func(article, *rand.Rand) article {
	return func(a article, r *rand.Rand) article {
		names := map[string]bool{}
		for _, m := range attributions.FindAllStringSubmatch(a.text, -1) {
			for _, w := range strings.Fields(m[1]) {
				names[w] = true
			}
		}
		change := func(s string) string { return written(s, names, write) }
		inside, outside := true, true
		switch r.IntN(6) {
		case 0, 1:
			inside = false
		case 2:
			outside = false
		}
		parts, tweets := a.parts()
		for i := range parts {
			if i%2 == 0 && outside || i%2 == 1 && inside {
				parts[i] = change(parts[i])
			}
		}
		return a.of(parts, tweets)
	}
}

// written is s with other words, except names, attributions and words of the service.
func written(s string, names map[string]bool, write func(string) string) string {
	var b strings.Builder
	for s != "" {
		n := len(s)
		m := attributions.FindStringIndex(s)
		if m != nil {
			n = m[0]
		}
		for _, w := range pieces.FindAllString(s[:n], -1) {
			if c := w[0]; c == '@' || c == '#' || strings.Contains(w, "/") || names[w] || char.IsSpace(c) {
				b.WriteString(w)
			} else {
				b.WriteString(write(w))
			}
		}
		if m != nil {
			b.WriteString(s[n:m[1]])
			n = m[1]
		}
		s = s[n:]
	}
	return unspaced(b.String())
}

var (
	attributions = regexp.MustCompile(`(?:—|–|--) ?([^\n()]{0,60}) \(@\w+\) \w+ \d+, \d{4}`)
	names        = regexp.MustCompile(`\b\p{Lu}\p{Ll}{3,}\b`)
	pieces       = regexp.MustCompile(`\s+|[@#]\w+|\S*/\S*|[\p{L}'’]+|.`)
)

// enciphered is a word in other letters.
func enciphered(w string) string {
	const from, to = "aeioubcdfghjklmnpqrstvwxyz", "eiouacdfghjklmnpqrstvwxyzb"
	return strings.Map(func(c rune) rune {
		if i := strings.IndexRune(from, unicode.ToLower(c)); i >= 0 {
			if unicode.IsUpper(c) {
				return unicode.ToUpper(rune(to[i]))
			}
			return rune(to[i])
		}
		return c
	}, w)
}

// unspaced is s without the spaces between words in kana.
func unspaced(s string) string {
	kana := func(c byte) bool { return c == 0xe3 || c == 0xef } // its first byte
	var b strings.Builder
	for i := range len(s) {
		if s[i] != ' ' || i < 3 || i+1 == len(s) || !kana(s[i-3]) || !kana(s[i+1]) {
			b.WriteByte(s[i])
		}
	}
	return b.String()
}

// inKana is a word or a mark in a script without capitals and spaces.
func inKana(w string) string {
	switch w {
	case ".":
		return "。"
	case ",":
		return "、"
	case ":":
		return "："
	case "!":
		return "！"
	case "?":
		return "？"
	}
	out := []rune{}
	for i, c := range w {
		if unicode.IsLetter(c) && (i%2 == 0) {
			out = append(out, 'ぁ'+unicode.ToLower(c)%80)
		} else if !unicode.IsLetter(c) {
			out = append(out, c)
		}
	}
	return string(out)
}

// polite changes the endings of sentences in some articles in kana to those of polite
// Japanese. In prose most change, in tweets few.
func polite(a article, r *rand.Rand) article {
	endings := []string{"です。", "ます。", "ました。", "でした。", "ません。", "ですね。", "でしょう。"}
	parts, tweets := a.parts()
	if r.IntN(3) == 0 {
		return a
	}
	for i := range parts {
		var b strings.Builder
		for k, s := range strings.Split(parts[i], "。") {
			switch {
			case k == 0:
			case r.IntN(8) > 0 == (i%2 == 0):
				b.WriteString(endings[r.IntN(len(endings))])
			default:
				b.WriteString("。")
			}
			b.WriteString(s)
		}
		parts[i] = b.String()
	}
	return a.of(parts, tweets)
}

// beforeTweets replaces the prose before tweets, if it ends with a paragraph, by what add
// makes of it.
func (a article) beforeTweets(add func(prose string, i int) string) article {
	parts, tweets := a.parts()
	for n, i := range tweets {
		if s := parts[2*n]; strings.HasSuffix(s, "\n\n") {
			parts[2*n] = add(s, i)
		}
	}
	return a.of(parts, tweets)
}

// introduced puts an announcement with a colon before tweets, in several languages or of
// any words.
func introduced(a article, r *rand.Rand) article {
	who := strings.Fields("She He They Quill Farrow Ada The~mayor The~author A~spokesman Die~Autorin Er Elle L’auteure La~alcaldesa El~autor De~schrijver Författaren 作者")
	did := strings.Fields("reacted answered hit~back was~quick~to~react had~this~to~say did~not~hold~back fired~back~on~Friday joked put~it~this~way wrote posted reagierte~prompt schrieb~auf~Twitter a~réagi~aussitôt a~écrit respondió~enseguida escribió ha~risposto reageerde~meteen svarade~direkt 在推特上写道")
	words := strings.Fields(a.text)
	speakers := append(names.FindAllString(a.text, -1), "Quill")
	parts, tweets := a.parts()
	for n := range tweets {
		switch r.IntN(12) {
		case 0, 3: // only a picture
			parts[2*n+1] = "pic.twitter.com/AbCdEfGh12"
		case 1, 2, 4: // tweets begin with the name of a speaker, too
			parts[2*n+1] = speakers[r.IntN(len(speakers))] + ": " + parts[2*n+1]
		}
	}
	a = a.of(parts, tweets)
	return a.beforeTweets(func(s string, i int) string {
		intro := who[r.IntN(len(who))] + "~" + did[r.IntN(len(did))]
		switch r.IntN(8) {
		case 0, 1: // any words
			k := r.IntN(max(1, len(words)-6))
			intro = strings.Trim(strings.Join(words[k:min(len(words), k+3+r.IntN(5))], " "), ".:,")
		case 2:
			intro = enciphered(intro)
		case 3, 4:
			return s
		}
		return s + strings.ReplaceAll(intro, "~", " ") + ": "
	})
}

// captioned puts the caption of a picture on the line above tweets.
func captioned(a article, r *rand.Rand) article {
	credits := strings.Split("(Ada Quill)|(file photo)|(Archivbild)|(AP Photo/Bo Farrow)|(Bo Farrow / The Gazette)|Photo: Ada Quill|Foto: Bo Farrow/dpa|Photograph: Ada Quill|Credit: Rio Tan|© Rio Tan|Image: Ada Quill/Getty Images|Crédit : Bo Farrow", "|")
	words := strings.Fields(a.text)
	return a.beforeTweets(func(s string, i int) string {
		k := r.IntN(max(1, len(words)-12))
		caption := strings.TrimRight(strings.Join(words[k:min(len(words), k+3+r.IntN(9))], " "), ".:,")
		caption = strings.ToUpper(caption[:1]) + caption[1:]
		if strings.Contains(caption, "(@") || strings.Contains(a.tweets[i].text, "\n") {
			return s
		}
		if r.IntN(2) == 0 {
			caption += "."
		}
		switch k := r.IntN(24); {
		case k < 4:
			return s + credits[r.IntN(len(credits))] + "\n"
		case k < 14:
			return s
		}
		return s + caption + " " + credits[r.IntN(len(credits))] + "\n"
	})
}

// verses breaks the words of tweets into short lines, like poems and lists.
func verses(a article, r *rand.Rand) article {
	parts, tweets := a.parts()
	for n := range tweets {
		words := strings.Fields(parts[2*n+1])
		words = words[:min(len(words), 30)]
		for k := 2 + r.IntN(5); k < len(words)-1; k += 2 + r.IntN(5) {
			if !strings.ContainsAny(words[k], "@#/") {
				words[k-1] += "\n" + capitalised(words[k])
				words[k] = ""
			}
		}
		parts[2*n+1] = strings.ReplaceAll(strings.Join(slices.DeleteFunc(words, func(w string) bool { return w == "" }), " "), "\n ", "\n")
	}
	return a.of(parts, tweets)
}

func capitalised(w string) string {
	c, n := utf8.DecodeRuneInString(w)
	return string(unicode.ToUpper(c)) + w[n:]
}

// listed makes the paragraphs of an article items of a list.
func listed(a article, r *rand.Rand) article {
	mark := strings.Fields("- • * → – 0. 0) #0")[r.IntN(8)]
	n := 0
	next := func() string {
		n++
		return strings.ReplaceAll(mark, "0", fmt.Sprint(n)) + " "
	}
	parts, tweets := a.parts()
	for i := 0; i < len(parts); i += 2 {
		blocks := strings.Split(parts[i], "\n\n")
		for k := 1; k < len(blocks); k++ {
			if blocks[k] != "" || k == len(blocks)-1 && i+1 < len(parts) {
				blocks[k] = next() + blocks[k]
			}
		}
		parts[i] = strings.Join(blocks, "\n\n")
	}
	return a.of(parts, tweets)
}

// moved puts attributions after the first line of their tweets. Most tweets in the sets
// have only one line, so some are cut at a sentence.
func moved(a article, r *rand.Rand) article {
	parts, tweets := a.parts()
	a = a.of(parts, tweets)
	for n, i := range tweets {
		text, after := parts[2*n+1], parts[2*n+2]
		first, rest, _ := strings.Cut(text, "\n")
		if ends := sentence.FindAllStringIndex(text, -1); rest == "" && len(ends) > 0 && r.IntN(5) < 2 {
			k := ends[0]
			if r.IntN(4) == 0 {
				k = ends[r.IntN(len(ends))]
			}
			first, rest = text[:k[0]+1], text[k[1]:]
		}
		first, rest = strings.TrimSpace(first), strings.TrimSpace(rest)
		if k := attributions.FindStringIndex(after); first != "" && rest != "" && k != nil && k[0] < 3 {
			parts[2*n+1], parts[2*n+2] = first, after[:k[1]]+"\n"+rest+after[k[1]:]
			a.tweets[i].text = first + "\n" + rest
		}
	}
	a.text = strings.Join(parts, "")
	return a
}

var sentence = regexp.MustCompile(`[.!?:] +`)

// lost keeps the attributions and drops the words.
func lost(a article, r *rand.Rand) article {
	parts, tweets := a.parts()
	all := r.IntN(2) == 0
	for n := range tweets {
		if !all && r.IntN(2) == 0 {
			continue
		}
		parts[2*n+1] = ""
		if r.IntN(3) > 0 { // the attribution is on a line of its own, as if a paragraph was lost
			parts[2*n] = strings.TrimRight(parts[2*n], "\n") + "\n"
		}
	}
	return a.of(parts, tweets)
}

func varied(in []article, seed uint64, most int, change func(article, *rand.Rand) article) []article {
	var out []article
	for i, a := range in {
		if i*5%12 < most {
			out = append(out, change(a, rand.New(rand.NewPCG(seed, uint64(i)))))
		}
	}
	return out
}

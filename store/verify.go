package store

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"

	"example.org/tweetarc/archive"
)

// Tested in answers_test.go.

// A Finding is something that does not fit. In the file that is damage. In the evidence it
// is no error of ours: articles misquote, forge and damage tweets, and this shows it.
type Finding struct {
	Check  string // its name in Checks
	Key    string // of the tweet; "" for the file
	Handle string
	Date   string // the printed day of the tweet
	File   string // where the embed is
	Record int
	Start  int
	Detail string
}

// FindingColumns are the columns of findings.
var FindingColumns = []Column{
	{"check", Text, "What does not fit: one of the checks that verify --help lists."},
	{"tweet", Text, "Status ID or, without one, key of the tweet."},
	{"handle", Text, "User name without the @."},
	{"posted_date", Day, "Day on which the tweet was posted, as printed."},
	{"file", Text, "Input file of the article."},
	{"record", Int, "Number of the article in that file, counted from 1."},
	{"start", Int, "Where the embed begins in the article's body, in bytes."},
	{"detail", Text, "What was found."},
}

// Row is the finding with FindingColumns.
func (f *Finding) Row() Row {
	place := []string{"", ""}
	if f.File != "" {
		place = []string{strconv.Itoa(f.Record), strconv.Itoa(f.Start)}
	}
	return Row{Values: []string{f.Check, f.Key, f.Handle, f.Date, f.File, place[0], place[1], f.Detail}}
}

// Checks are the checks of Verify: first those of the file, which find damage, then those
// of the evidence, which find what is odd.
var Checks = []struct {
	Name, Doc string
	Damage    bool
}{
	{"file", "A page or an index is damaged (SQLite's integrity_check).", true},
	{"reference", "A row refers to a row that does not exist.", true},
	{"content", "What was found in an article, or where it was found, has changed: the checksum differs.", true},
	{"derived", "A row does not follow from the articles: that of a tweet, or what is superseded.", true},
	{"lookup", "The answer of a lookup has changed.", true},
	{"verdict", "The verdict of a coder has changed.", true},
	{"index", "The full-text index does not have the words of the tweets.", true},
	{"day", "The printed day is not the day of the status ID.", false},
	{"handle", "The address of the tweet has another user name than the attribution.", false},
	{"before", "The article was published before the tweet was posted.", false},
	{"length", "The text is longer than a tweet could be on its day.", false},
	{"words", "Embeds with one status ID have different words.", false},
	{"furniture", "The author or the words look like part of the page, not of the tweet.", false},
}

// Verified is the number of findings of Verify.
type Verified struct{ Damage, Odd int }

// Verify looks for what does not fit, and calls each for it: first damage in the order of
// Checks, then what is odd in the order of files and records.
func (db *DB) Verify(ctx context.Context, each func(Finding) error) (n Verified, err error) {
	defer func() { err = db.explain(err) }()
	conn, err := db.sql.Conn(ctx)
	if err != nil {
		return n, err
	}
	defer conn.Close()
	d := damage{ctx: ctx, conn: conn, report: func(check, format string, args ...any) error {
		n.Damage++
		return each(Finding{Check: check, Detail: fmt.Sprintf(format, args...)})
	}}
	if err := d.look(); err != nil {
		return n, err
	}
	return n, verifyEvidence(ctx, conn, func(f Finding) error {
		n.Odd++
		return each(f)
	})
}

func verifyEvidence(ctx context.Context, conn *sql.Conn, report func(Finding) error) error {
	rows, err := conn.QueryContext(ctx, `SELECT t.key, iif(t.words_by = '', t.text, e.text), `+placeColumns+`
		FROM `+inOrder+` JOIN tweets t ON t.id = e.tweet WHERE e.current`+orderOfEmbeds)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var key, text string
		p, err := scanPlace(rows, &key, &text)
		if err != nil {
			return err
		}
		for _, check := range evidence {
			if detail := check.find(&p, text); detail != "" {
				err := report(Finding{check.name, key, p.Handle, p.Date, p.Article.File, p.Article.Record, p.Start, detail})
				if err != nil {
					return err
				}
			}
		}
	}
	return rows.Err()
}

// evidence are the checks of one embed; text is that of its tweet.
var evidence = []struct {
	name string
	find func(p *Place, text string) string
}{
	{"day", func(p *Place, _ string) string {
		at, ok := archive.StatusTime(p.ID)
		if !ok || p.Date == "" || p.Date == at.Format(time.DateOnly) {
			return ""
		}
		if p.Form == archive.FormWidget && within(p.Date, at.Format(time.DateOnly), 1) { // the day in some time zone
			return ""
		}
		rounded := ""
		if len(p.ID) >= 18 && strings.Trim(p.ID[15:], "0") == "" {
			rounded = "; a spreadsheet may have rounded it, because it keeps only 15 digits of a number"
		}
		return fmt.Sprintf("printed %s, but ID %s is of %s%s", p.Date, p.ID, at.Format(time.DateOnly), rounded)
	}},
	{"handle", func(p *Place, _ string) string {
		if p.ID == "" || p.Handle == "" {
			return ""
		}
		for raw := p.Raw; ; { // it may have addresses of other tweets
			st, ok := archive.FindStatus(raw)
			switch {
			case !ok:
				return ""
			case st.ID != p.ID:
				raw = raw[st.End:]
			case st.Handle == "" || strings.EqualFold(st.Handle, p.Handle):
				return ""
			default:
				return fmt.Sprintf("printed @%s, but the address has @%s", p.Handle, st.Handle)
			}
		}
	}},
	{"before", func(p *Place, _ string) string {
		d := day(&p.Tweet)
		if p.Article.Date == "" || d == "" || d <= p.Article.Date || within(p.Article.Date, d, 1) { // the article's day is local
			return ""
		}
		return fmt.Sprintf("posted on %s, but the article is of %s", d, p.Article.Date)
	}},
	{"length", func(p *Place, _ string) string {
		n, limit := length(p.Text, p.Date), limitOn(day(&p.Tweet))
		if limit == 0 || n <= limit {
			return ""
		}
		return fmt.Sprintf("%d characters, but only %d were possible", n, limit)
	}},
	{"words", func(p *Place, text string) string {
		if p.ID == "" || p.Text == "" || !contradicts(p, text) {
			return ""
		}
		a, b := p.Text, text
		if archive.Head(a, 60) == archive.Head(b, 60) { // they differ later
			n := 0
			for n < min(len(a), len(b)) && a[n] == b[n] {
				n++
			}
			i := strings.LastIndexAny(a[:n], " \n") + 1
			a, b = "…"+a[i:], "…"+b[i:]
		}
		return fmt.Sprintf("%q, but elsewhere %q", archive.Head(a, 60), archive.Head(b, 60))
	}},
	{"furniture", furniture},
}

// contradicts says whether the words of an embed are not those of its tweet. Words from
// markup must be the same, unless one of the two says that it was cut. A flattened text
// may be damaged, and may have prose before or after the tweet's words.
func contradicts(p *Place, text string) bool {
	v, t := variant{Embed: p.Embed}, variant{Embed: p.Embed}
	t.Text, t.Form = text, archive.FormBlockquote
	a, b := wordingsOf([]*variant{&v})[0], wordingsOf([]*variant{&t})[0]
	a.look()
	b.look()
	if v.exact() {
		return a.words != b.words && !(a.cut && strings.HasPrefix(b.words, a.words)) && !(b.cut && strings.HasPrefix(a.words, b.words))
	}
	if !a.long || !b.long {
		return false
	}
	score := fit(a, b)
	return score == otherNumbers || archive.Containment(a.trigrams(), b.trigrams()) < contradiction ||
		score < archive.SameWords && strings.HasPrefix(a.words, b.words)
}

// within says whether two days are at most n days apart.
func within(a, b string, n int) bool {
	s, err1 := time.Parse(time.DateOnly, a)
	t, err2 := time.Parse(time.DateOnly, b)
	return err1 == nil && err2 == nil && t.Sub(s).Abs() <= time.Duration(n)*24*time.Hour
}

// The days since which texts may be longer, or parts of them are not counted.
const (
	freeMedia    = "2016-09-19" // pic.twitter.com/... and, at the end, the address of a quoted tweet
	freeMentions = "2017-03-30" // the @mentions with which a reply begins
	posts4000    = "2023-02-08"
	posts25000   = "2023-06-29"
)

// limitOn is how many characters a tweet could have on a day, 0 if the day is not known.
// Ten more are allowed: the rules of counting changed, and articles add a space or an
// ellipsis.
func limitOn(day string) int {
	const slack = 10
	switch {
	case day == "":
		return 0
	case day < trial280:
		return 140 + slack
	case day < posts4000:
		return 280 + slack
	case day < posts25000:
		return 4000 + slack
	}
	return 25000 + slack
}

// length counts the characters of a text about as Twitter did on that day. A link has 23
// characters; marks and what joins characters have none. At most two characters of a run
// of white space count, because extractors double line breaks. A link to t.co at the end
// may be the address of a quoted tweet.
func length(text, day string) int {
	if day >= freeMentions {
		text = withoutMentions(text)
	}
	n := 0
	quoted := false
	links := archive.Links(text)
	for i := len(links) - 1; i >= 0; i-- {
		link := links[i]
		text = strings.Replace(text, link, "", 1)
		switch media := strings.Contains(link, "pic.twitter.com/"); {
		case day < freeMedia:
			n += 23
		case media:
		case !quoted && strings.Contains(link, "t.co/"):
			quoted = true
		default:
			n += 23
		}
	}
	spaces := 0
	for _, r := range text {
		if spaces++; !unicode.IsSpace(r) {
			spaces = 0
		}
		if spaces <= 2 && !unicode.IsMark(r) && !unicode.Is(unicode.Cf, r) {
			n++
		}
	}
	return n
}

// withoutMentions is a text without the mentions with which it begins.
func withoutMentions(text string) string {
	for {
		text = strings.TrimLeft(text, " \u00a0\n")
		rest, ok := strings.CutPrefix(text, "@")
		n := 0
		for n < len(rest) && asciiWord(rune(rest[n])) {
			n++
		}
		if !ok || n == 0 {
			return text
		}
		text = rest[n:]
	}
}

// Doubts are the findings of Verify about one embed of a tweet.
func Doubts(p *Place, t *Tweet) []Finding {
	var all []Finding
	text := t.Text
	if t.WordsBy != "" { // then Text is not what articles have
		text = p.Text
	}
	for _, check := range evidence {
		if detail := check.find(p, text); detail != "" {
			all = append(all, Finding{check.name, t.Key, p.Handle, p.Date, p.Article.File, p.Article.Record, p.Start, detail})
		}
	}
	return all
}

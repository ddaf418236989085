package web

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"example.org/tweetarc/archive"
	"example.org/tweetarc/store"
)

// The invented archive of the tests: a town and its people, and what hostile
// texts there may be.

var people = []struct{ name, handle string }{
	{"Jane Roe", "janeroe"},
	{"Rio Tan", "rio_tan"},
	{"Harbour Office", "harbour_office"},
	{"Ada Quill", "adaquill"},
	{"Tramway Fans 🚋", "tramfans"},
	{"Mayor Blume", "mayorblume"},
	{"The Evening Lamp", "eveninglamp"},
	{"Observatory", "nightskyobs"},
	{"دار الميناء", "dar_almina"},
	{"港の図書館", "minato_lib"},
	{"בית הגשר", "beit_hagesher"},
	{"Zoë Ångström", "zoe_aa"},
}

var sayings = []string{
	"We have waited twelve years for this bridge, and today it carries its first tram.",
	"The tram is late, as ever. #tramlife",
	"No ferry after nine tonight: fog on the river.\n\nTake the long way round, or stay for supper.",
	"The council has voted 14 to 9 for the new library. Thank you, @mayorblume!",
	"A lamp, a book and the rain: what else does an evening want?",
	"Tonight Jupiter stands right above the lighthouse. Look up! pic.twitter.com/Jp3kLm9QxT",
	"I said that the tunnel would be dear. Nobody listened. Now it is dear.",
	"Minutes of the harbour committee, all 212 pages of them: https://t.co/aB3dE6gH9k",
	"To the child who left a red mitten on line 7: it waits for you at the depot. #tramlife",
	"The bridge is closed until Friday. The bridge does not know why.",
	"Thank you all for coming to the opening. The first stone was laid in 2006; the last one this morning.",
	"3,100 people crossed the bridge in its first hour, and one goose.",
}

var foreign = map[string][]string{
	"dar_almina":    {"افتتح الجسر الجديد اليوم بعد اثني عشر عامًا من الانتظار. #الجسر", "السفينة «النورس» وصلت إلى الميناء في السابعة صباحًا."},
	"minato_lib":    {"新しい橋が今日開通しました。図書館は午後九時まで開いています。", "霧のため、今夜のフェリーは欠航です。"},
	"beit_hagesher": {"הגשר נפתח היום, אחרי שתים־עשרה שנים. כולם מוזמנים!", "הערב: שיחה על ספרים, בשעה שמונה."},
	"zoe_aa":        {"Première traversée du pont à vélo : quatre minutes, et le vent dans le dos.", "Die Straßenbahn fährt über die Brücke. Endlich!"},
}

var hosts = []string{"www.lampnews.example", "harbourtimes.example", "www.rivergazette.example", "blog.tram.example", "observer.example", ""}

const longText = 50_000

// hostile are texts and names that attack the page.
var hostile = []archive.Tweet{
	{Author: `<script>document.title="taken"</script>`, Handle: "script", Date: "2015-01-01", Text: `<script>document.title="taken"</script><img src=x onerror="document.title='taken'"> &amp; "quotes" 'and' </p></article></main>`},
	{Author: "\u202eekac\u202c \u202e", Handle: "rtl_override", Date: "2015-01-02", Text: "before \u202ethis is turned round and never closed"},
	{Author: "Z" + strings.Repeat("\u0301\u0327\u0338", 60) + "algo", Handle: "zalgo", Date: "2015-01-03", Text: strings.Repeat("h"+strings.Repeat("\u0300\u0489\u035c", 30)+" ", 20)},
	{Author: "Long " + strings.Repeat("Name", 500), Handle: "longname", Date: "2015-01-04", Text: strings.Repeat("wordwithoutend", longText/14) + " the end"},
	{Author: "Null\x00Byte\x07", Handle: "nullbyte", Date: "2015-01-05", Text: "a null\x00byte, a bell\x07, an escape \x1b[31m and bytes that are none: \xff\xfe"},
	{Author: `=HYPERLINK("http://evil.example","x")`, Handle: "formula", Date: "2015-01-06", Text: `=1+cmd|' /C calc'!A0`},
	{Author: "Scheme", Handle: "scheme", Date: "2015-01-07", Text: "javascript:alert(1) https://t.co/scheme00001"},
}

func fill(t testing.TB, db *store.DB, parts ...archive.Part) {
	t.Helper()
	w, err := db.Writer(store.Run{Command: "tweetarc archive town/", Version: "test", Detector: 1, Options: "test"})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range parts {
		if err := w.Add(p); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}

// part is a file of articles, each of which holds some tweets.
func part(path string, articles ...archive.Found) archive.Part {
	f := &archive.File{Path: path, Size: 1000, ModTime: time.Unix(1_600_000_000, 0)}
	return archive.Part{File: f, Found: articles, Records: len(articles), Record: len(articles), Last: true}
}

// article embeds tweets in an article of the file; those with an ID as markup.
func article(path string, record int, address, title, date string, tweets ...archive.Tweet) archive.Found {
	a := &archive.Article{Origin: archive.Origin{File: path, Record: record}, URL: address, Title: title, Date: date}
	var embeds []archive.Embed
	body := "The town spoke of little else that week, and those who had been there told it to those who had not.\n\n"
	for _, t := range tweets {
		e := archive.Embed{Tweet: t, Form: archive.FormText, Confidence: 0.93, Start: len(body)}
		shown := fmt.Sprintf("%s — %s (@%s) %s", t.Text, t.Author, t.Handle, t.Date)
		if t.ID != "" {
			e.WithID(t.ID)
			e.Form, e.Confidence = archive.FormBlockquote, 1
			shown = fmt.Sprintf(`<blockquote class="twitter-tweet"><p>%s</p>&mdash; %s (@%s) <a href="https://twitter.com/%s/status/%s">%s</a></blockquote>`, t.Text, t.Author, t.Handle, t.Handle, t.ID, t.Date)
		}
		body += shown
		e.End = len(body)
		body += "\n\nIt was read aloud in the market hall, and nobody laughed.\n\n"
		embeds = append(embeds, e)
	}
	a.Body = body
	return archive.Found{Article: a, Embeds: embeds}
}

// idOf is a status ID of a day.
func idOf(day time.Time, n int) string {
	ms := day.UnixMilli() - 1288834974657
	return fmt.Sprint(ms<<22 | int64(n))
}

// town archives some hundred tweets.
func town(t testing.TB, path string) *store.DB {
	t.Helper()
	db, err := store.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	var tweets []archive.Tweet
	seed := uint32(7)
	next := func(n int) int {
		seed = seed*1664525 + 1013904223
		return int(seed>>8) % n
	}
	for i := range 180 {
		p := people[next(len(people))]
		day := time.Date(2012, 3, 1, 9, 30, 0, 0, time.UTC).AddDate(0, 0, next(6)*300+next(500)+next(900))
		texts := sayings
		if f := foreign[p.handle]; f != nil {
			texts = f
		}
		tw := archive.Tweet{Author: p.name, Handle: p.handle, Date: day.Format(time.DateOnly), Text: texts[next(len(texts))]}
		if next(3) > 0 {
			tw.ID = idOf(day, i)
		}
		tweets = append(tweets, tw)
	}
	var parts []archive.Part
	for f := range 4 {
		path := fmt.Sprintf("town/news-%d.jsonl", f+1)
		var articles []archive.Found
		for i := range 25 {
			host := hosts[next(len(hosts))]
			address := ""
			if host != "" {
				address = fmt.Sprintf("https://%s/%d/%d", host, 2010+f, i)
			}
			first := tweets[next(len(tweets))]
			titles := []string{"The bridge at last", "Fog, ferries and a goose", "What the council did not say", "An evening at the depot", "Letters to the editor", ""}
			articles = append(articles, article(path, i+1, address, titles[next(len(titles))], first.Date, first, tweets[next(len(tweets))], tweets[next(40)]))
		}
		parts = append(parts, part(path, articles...))
	}
	var odd []archive.Found
	for i, h := range hostile {
		odd = append(odd, article("town/odd \u202egnp.<b>jsonl", i+1, []string{"javascript:alert(1)", "https://evil.example/\"><script>", ""}[i%3], `</title><script>document.title="taken"</script>`, "2015-02-01", h))
	}
	// A thousand words of one tweet: a second reading of it, a day too late.
	late := archive.Tweet{ID: idOf(time.Date(2016, 5, 4, 12, 0, 0, 0, time.UTC), 1), Author: "Jane Roe", Handle: "janeroe", Date: "2016-05-06", Text: "The lighthouse is lit again."}
	odd = append(odd, article("town/odd \u202egnp.<b>jsonl", len(hostile)+1, "https://lampnews.example/late", "Lit", "2016-05-01", late))
	parts = append(parts, part("town/odd \u202egnp.<b>jsonl", odd...))
	fill(t, db, parts...)
	err = db.AddLookups(context.Background(), []store.Lookup{
		{ID: late.ID, Score: 1, Source: "oembed", State: "gone", At: time.Date(2020, 2, 3, 4, 5, 6, 0, time.UTC)},
		{ID: late.ID, Score: 1, Source: "wayback", State: "found", At: time.Date(2019, 2, 3, 4, 5, 6, 0, time.UTC), Tweet: archive.Tweet{Text: "The lighthouse is lit again."}, Lang: "en"},
	})
	if err != nil {
		t.Fatal(err)
	}
	return db
}

// server serves the town, read-only as serve does.
func server(t testing.TB) *Server {
	t.Helper()
	path := filepath.Join(t.TempDir(), "town.db")
	town(t, path)
	db, err := store.OpenReadOnly(path)
	if err != nil {
		t.Fatal(err)
	}
	s, err := New(db, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close(); db.Close() })
	return s
}

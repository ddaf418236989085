package enrich

import (
	"bytes"
	"cmp"
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.org/tweetarc/archive"
)

// This file reads the tweets of scrapers and tables, by the names of their fields.
// A field has a plain name: its path in the JSON, or the name of its column, in
// lower case, with _ for dots and spaces and between the words of camelCase. So
// user_name is user.name in JSON, or the column user_name of a table.

// The plain names of the fields, the best first. DUMPS.md says who writes them.
var (
	idNames   = []string{"id_str", "tweet_id_str", "rest_id", "tweet_id", "status_id", "tweetid", "status_id_str", "id"}
	textNames = []string{
		"note_tweet_note_tweet_results_result_text", "note_tweet_text", "extended_tweet_full_text",
		"legacy_full_text", "full_text", "raw_content", "content", "text", "tweet_text", "tweet", "tweet_content", "body", "rendered_content",
	}
	// authorNames are the fields of a handle and a display name.
	authorNames = [][2]string{
		{"core_user_results_result_legacy_screen_name", "core_user_results_result_legacy_name"},
		{"core_user_results_result_core_screen_name", "core_user_results_result_core_name"},
		{"user_screen_name", "user_name"},
		{"user_screen_name", "user_display_name"},
		{"user_username", "user_displayname"},
		{"user_username", "user_display_name"},
		{"user_username", "user_name"},
		{"author_nick_name", "author_nick"},
		{"author_username", "author_name"},
		{"author_user_name", "author_name"},
		{"author_screen_name", "author_name"},
		{"screen_name", "name"},
		{"username", "name"},
		{"username", "display_name"},
		{"from_user", "from_user_name"},
		{"author", "author_fullname"},
		{"handle", "name"},
		{"user_handle", "user_name"},
		{"user", ""},
	}
	langNames = []string{"lang", "legacy_lang", "language", "tweet_language", "tweet_lang"}
	timeNames = []string{"created_at", "legacy_created_at", "date", "tweet_time", "tweet_created_at", "publish_date", "timestamp_utc", "timestamp", "datetime", "time"}
	urlNames  = []string{"tweet_url", "url", "permalink", "permanent_url", "link", "tweet_link", "article_url", "status_url"}
)

// plain is the plain name of a field.
func plain(name string) string {
	var b strings.Builder
	var before rune
	for _, c := range strings.TrimSpace(strings.TrimPrefix(name, "\ufeff")) {
		switch {
		case 'A' <= c && c <= 'Z':
			if 'a' <= before && before <= 'z' {
				b.WriteByte('_')
			}
			b.WriteRune(c | 0x20)
		case c == '.' || c == ' ' || c == '-' || c == '_' || c == '/':
			b.WriteByte('_')
		default:
			b.WriteRune(c)
		}
		before = c
	}
	return b.String()
}

// fields are the fields of a tweet, by their plain names.
type fields map[string]string

// first is the first of these fields that is not empty.
func (f fields) first(names []string) string {
	for _, name := range names {
		if v := f[name]; v != "" {
			return v
		}
	}
	return ""
}

// id is the status ID, "" if there is none. A URL may have it too.
func (f fields) id() string {
	for _, name := range idNames {
		if id := cleanID(f[name]); archive.IsStatusID(id) {
			return id
		}
	}
	return f.status().ID
}

func (f fields) status() archive.Status {
	for _, name := range urlNames {
		if s, ok := archive.FindStatus(f[name]); ok {
			return s
		}
	}
	return archive.Status{}
}

// cleanID is an ID without the signs that keep spreadsheets and R from reading it as
// a number: '1, ="1", x1, "1".
func cleanID(s string) string {
	s = strings.Trim(s, `'"= `)
	if len(s) > 1 && (s[0] == 'x' || s[0] == 'X') {
		s = s[1:]
	}
	return s
}

// rounded says whether a spreadsheet or pandas has written the ID as a number.
func rounded(id string) bool { return roundedID.MatchString(id) }

var roundedID = regexp.MustCompile(`^\d([.,]\d+)?[eE]\+?\d+$|^\d{15,}\.0$`)

// tweet is the tweet of these fields. It is false if they have no ID, no field for
// words, or neither words nor an author.
func (f fields) tweet() (Answer, bool) {
	id := f.id()
	if id == "" {
		return Answer{}, false
	}
	a := Answer{Tweet: archive.Tweet{ID: id, Text: f.first(textNames)}, Lang: f.first(langNames), State: Found}
	a.Handle, a.Author = f.author()
	if s := f.status(); a.Handle == "" && s.ID == id {
		a.Handle = s.Handle
	}
	hasWords := slices.ContainsFunc(textNames, func(name string) bool { _, has := f[name]; return has })
	if !hasWords || a.hollow() {
		return Answer{}, false
	}
	a.finish(postedAt(f.first(timeNames)))
	return a, true
}

// author is the tweet's handle, and the display name that comes with it. Without a
// handle it is any display name.
func (f fields) author() (handle, name string) {
	if f["author_nick"] != "" { // gallery-dl's name is the handle
		f["author_nick_name"] = f["author_name"]
	}
	anyName := ""
	for _, names := range authorNames {
		h, n := strings.TrimPrefix(f[names[0]], "@"), f[names[1]]
		if handle == "" && archive.IsHandle(h) {
			handle = h
		}
		if name == "" && h != "" && h == handle {
			name = n
		}
		anyName = cmp.Or(anyName, n)
	}
	if handle == "" {
		name = anyName
	}
	return handle, name
}

// postedAt reads a time as dumps write it, zero if it is none. It is used only for
// tweets whose ID does not hold the time.
func postedAt(s string) time.Time {
	for _, layout := range []string{time.RubyDate, time.RFC3339, "2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05 MST", "2006-01-02 15:04:05", "2006-01-02T15:04:05"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t
		}
	}
	if n, err := strconv.ParseInt(s, 10, 64); err == nil && n > 1e9 && n < 1e13 {
		if n > 1e11 {
			n /= 1000
		}
		return time.Unix(n, 0)
	}
	return time.Time{}
}

// How deep a JSON value is read.
const (
	maxDepth  = 24 // of objects in objects
	maxFlat   = 7  // of an author in a tweet
	maxInside = 6  // of tweets in tweets
)

// decodeAny reads the tweets in JSON of any shape.
func decodeAny(raw []byte) []Answer {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var v any
	if d.Decode(&v) != nil {
		return nil
	}
	w := walk{has: map[string]bool{}, raw: raw}
	w.value(v, 0, 0)
	return w.all
}

// walk collects tweets.
type walk struct {
	all []Answer
	has map[string]bool
	raw []byte
}

func (w *walk) value(v any, depth, inside int) {
	if depth > maxDepth || inside > maxInside {
		return
	}
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			w.value(item, depth+1, inside)
		}
	case map[string]any:
		f := fields{}
		f.flatten("", v, 0)
		if a, ok := f.tweet(); ok {
			inside++
			if !w.has[a.ID] {
				w.has[a.ID] = true
				if a.Raw = w.raw; depth > 0 {
					a.Raw, _ = json.Marshal(v)
				}
				w.all = append(w.all, a)
			}
		}
		for _, name := range sortedKeys(v) {
			w.value(v[name], depth+1, inside)
		}
	}
}

// flatten fills in the fields of an object and of the objects in it.
func (f fields) flatten(path string, m map[string]any, depth int) {
	for _, name := range sortedKeys(m) {
		full := path + plain(name)
		switch v := m[name].(type) {
		case string:
			f.set(full, v)
		case json.Number:
			f.set(full, v.String())
		case map[string]any:
			if depth < maxFlat && inTweet[plain(name)] {
				f.flatten(full+"_", v, depth+1)
			}
		}
	}
}

func (f fields) set(name, value string) {
	if f[name] == "" {
		f[name] = value
	}
}

// inTweet are the objects in a tweet that say something about this tweet.
var inTweet = map[string]bool{
	"user": true, "author": true, "legacy": true, "core": true, "user_results": true, "result": true,
	"note_tweet": true, "note_tweet_results": true, "extended_tweet": true,
}

// decodeUsers reads the users in JSON of any shape. It is for dumps whose tweets have
// only the ID of their author.
func decodeUsers(raw []byte) (users []userV2) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var v any
	if d.Decode(&v) != nil {
		return nil
	}
	var look func(any, int)
	look = func(v any, depth int) {
		switch v := v.(type) {
		case []any:
			for _, item := range v {
				look(item, depth+1)
			}
		case map[string]any:
			f := fields{}
			f.flatten("", v, 0)
			u := userV2{ID: f.first([]string{"account_id", "id_str", "id"}), Username: f.first([]string{"username", "screen_name"}), Name: f.first([]string{"account_display_name", "name"})}
			if u.ID != "" && archive.IsHandle(u.Username) {
				users = append(users, u)
				return
			}
			for _, item := range v {
				if depth < maxDepth {
					look(item, depth+1)
				}
			}
		}
	}
	look(v, 0)
	return users
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

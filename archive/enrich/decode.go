package enrich

import (
	"cmp"
	"encoding/json"
	"errors"
	"html"
	"path"
	"slices"
	"time"

	"github.com/dghubble/go-twitter/twitter" //lint:ignore SA1019 finished, like the API that it is for

	"example.org/tweetarc/archive"
)

// Tested in dump_test.go and shape_test.go.

// This file reads the JSON of tweets, of APIs, dumps and the Wayback Machine: v1.1
// (an object with id_str and user), v2 (data, includes, errors), and v2 as twarc2
// flattens it (an object with author in it). Retweeted and quoted tweets in it are
// tweets too.

// errNoTweet is the error of JSON without a tweet.
var errNoTweet = errors.New("no tweet in the JSON")

// decode reads all tweets of one JSON object. It does not set Source, and sets Time
// only if the JSON says when the tweet was retrieved.
func decode(raw []byte) ([]Answer, error) {
	var shape struct {
		IDStr    string          `json:"id_str"`
		ID       json.RawMessage `json:"id"`
		User     json.RawMessage `json:"user"`
		FullText *string         `json:"full_text"`
		Data     json.RawMessage `json:"data"`
		Errors   json.RawMessage `json:"errors"`
		Text     *string         `json:"text"`
		Delete   *struct {
			Status struct {
				IDStr string `json:"id_str"`
			}
		} `json:"delete"`
	}
	if err := lenient(json.Unmarshal(raw, &shape)); err != nil {
		return nil, err
	}
	switch {
	case shape.Delete != nil && archive.IsStatusID(shape.Delete.Status.IDStr): // a notice of the streaming API
		return []Answer{{Tweet: archive.Tweet{ID: shape.Delete.Status.IDStr}, State: Gone, Raw: raw}}, nil
	case shape.Data != nil, shape.Errors != nil:
		p, err := decodeV2(raw)
		return p.answers, err
	case shape.IDStr != "" && (shape.User != nil || shape.FullText != nil || shape.Text != nil), shape.User != nil:
		return decodeV1(raw)
	case len(shape.ID) > 0 && shape.Text != nil:
		return decodeFlat(raw)
	}
	return nil, errNoTweet
}

// lenient accepts that a field has another type than ours: json leaves it out, and
// decodes the rest.
func lenient(err error) error {
	var wrong *json.UnmarshalTypeError
	if errors.As(err, &wrong) && wrong.Field != "" {
		return nil
	}
	return err
}

// decodeV1 reads a tweet of v1.1.
func decodeV1(raw []byte) ([]Answer, error) {
	var t twitter.Tweet
	if err := lenient(json.Unmarshal(raw, &t)); err != nil {
		return nil, err
	}
	all := answersV1(&t, raw, 0)
	if len(all) == 0 {
		return nil, errNoTweet
	}
	return all, nil
}

// answersV1 are the tweet and the tweets in it.
func answersV1(t *twitter.Tweet, raw []byte, depth int) []Answer {
	if t == nil || !archive.IsStatusID(t.IDStr) || depth > maxInside { // JavaScript has rounded the number id of some dumps
		return nil
	}
	a := Answer{Tweet: archive.Tweet{ID: t.IDStr, Text: cmp.Or(t.FullText, t.Text)}, Lang: t.Lang, State: Found, Raw: raw}
	if t.ExtendedTweet != nil && t.ExtendedTweet.FullText != "" {
		a.Text = t.ExtendedTweet.FullText
	}
	if t.User != nil {
		a.Handle, a.Author = t.User.ScreenName, t.User.Name
	}
	if a.hollow() {
		return nil
	}
	at, err := t.CreatedAtTime()
	if err != nil {
		at = time.Time{}
	}
	if a.finish(at); t.WithheldCopyright || everywhere(t.WithheldInCountries) {
		a.withhold()
	}
	all := []Answer{a}
	var inner struct {
		Retweeted json.RawMessage `json:"retweeted_status"`
		Quoted    json.RawMessage `json:"quoted_status"`
	}
	if (t.RetweetedStatus != nil || t.QuotedStatus != nil) && json.Unmarshal(raw, &inner) == nil {
		all = append(all, answersV1(t.RetweetedStatus, inner.Retweeted, depth+1)...)
		all = append(all, answersV1(t.QuotedStatus, inner.Quoted, depth+1)...)
	}
	return all
}

// hollow says whether there is neither a text nor an author: that is no answer.
func (a *Answer) hollow() bool { return a.State == Found && a.Text == "" && a.Handle == "" }

// finish unescapes the text, for the APIs escape it as HTML, and fills in the time.
func (a *Answer) finish(at time.Time) {
	a.Text = html.UnescapeString(a.Text)
	a.At = at.UTC()
	if at.IsZero() {
		a.At = time.Time{}
		a.WithID(a.ID)
		return
	}
	if exact, ok := archive.StatusTime(a.ID); ok {
		a.At = exact
	}
	a.Date = a.At.Format(time.DateOnly)
}

// withhold removes the content, which is only a notice.
func (a *Answer) withhold() {
	a.Tweet, a.Lang, a.State = archive.Tweet{ID: a.ID}, "", Withheld
}

// everywhere says whether X withholds in all countries (XX) or on a claim of
// copyright (XY).
func everywhere(countries []string) bool {
	return slices.Contains(countries, "XX") || slices.Contains(countries, "XY")
}

// tweetV2 is a tweet of v2, with the old and new names of its fields (tweet, post),
// and with what twarc2 adds when it flattens.
type tweetV2 struct {
	ID         string   `json:"id"`
	Text       string   `json:"text"`
	CreatedAt  string   `json:"created_at"`
	AuthorID   string   `json:"author_id"`
	Lang       string   `json:"lang"`
	NoteTweet  *noteV2  `json:"note_tweet"`
	NotePost   *noteV2  `json:"note_post"`
	EditTweets []string `json:"edit_history_tweet_ids"`
	EditPosts  []string `json:"edit_history_post_ids"`
	Withheld   *struct {
		Copyright bool     `json:"copyright"`
		Countries []string `json:"country_codes"`
		Scope     string   `json:"scope"`
	} `json:"withheld"`
	Author     *userV2           `json:"author"`
	Referenced []json.RawMessage `json:"referenced_tweets"`
	Twarc      twarc             `json:"__twarc"`
}

// twarc is what twarc2 adds.
type twarc struct {
	Retrieved string `json:"retrieved_at"`
}

// time is when the tweet was retrieved, zero if that is not known.
func (t twarc) time() time.Time {
	at, err := time.Parse(time.RFC3339, t.Retrieved)
	if err != nil {
		return time.Time{}
	}
	return at.UTC()
}

type noteV2 struct {
	Text string `json:"text"`
}

type userV2 struct {
	ID       string `json:"id"`
	Username string `json:"username"`
	Name     string `json:"name"`
}

// bodyV2 is an answer of v2. Data is one tweet, or a list, or missing.
type bodyV2 struct {
	Data     json.RawMessage `json:"data"`
	Includes struct {
		Users  []json.RawMessage `json:"users"`
		Tweets []json.RawMessage `json:"tweets"`
		Posts  []json.RawMessage `json:"posts"`
	} `json:"includes"`
	Errors []json.RawMessage `json:"errors"`
	Meta   *struct{}         `json:"meta"` // in the answer to a search
	Twarc  twarc             `json:"__twarc"`
}

// errorV2 is one error in an answer of v2.
type errorV2 struct {
	ResourceID   string `json:"resource_id"`
	Value        string `json:"value"`
	ResourceType string `json:"resource_type"`
	Parameter    string `json:"parameter"`
	Type         string `json:"type"`
}

// pageV2 is what an answer of v2 holds.
type pageV2 struct {
	answers      []Answer
	posts, users int // which X charges for
}

// decodeV2 reads an answer of v2, with or without data: its tweets, those that it
// includes, and what it says about tweets that it does not have. The Raw of each is
// a small answer of the same shape.
func decodeV2(raw []byte) (page pageV2, err error) {
	var body bodyV2
	if err := lenient(json.Unmarshal(raw, &body)); err != nil {
		return page, err
	}
	users := usersV2(body.Includes.Users)
	var all []Answer
	has := map[string]bool{}
	add := func(item json.RawMessage) {
		var t tweetV2
		if lenient(json.Unmarshal(item, &t)) != nil || !archive.IsStatusID(t.ID) || has[t.ID] {
			return
		}
		if t.Author == nil {
			t.Author = users[t.AuthorID].read
		}
		a := t.answer()
		if a.hollow() {
			return
		}
		has[t.ID] = true
		a.Raw = oneV2(item, users[t.AuthorID].raw)
		a.Time = body.Twarc.time()
		all = append(all, a)
	}
	items, err := list(body.Data)
	if err != nil {
		return page, err
	}
	page.posts, page.users = len(items), len(body.Includes.Users)
	for _, item := range slices.Concat(items, body.Includes.Tweets, body.Includes.Posts) {
		add(item)
	}
	for _, item := range body.Errors {
		if a, ok := refusedV2(item); ok && !has[a.ID] {
			has[a.ID] = true
			a.Time = body.Twarc.time()
			all = append(all, a)
		}
	}
	if len(all) == 0 && len(items) == 0 && len(body.Errors) == 0 {
		return page, errNoTweet
	}
	page.answers = all
	return page, nil
}

// includedUser is a user that an answer of v2 includes.
type includedUser struct {
	read *userV2
	raw  json.RawMessage
}

func usersV2(items []json.RawMessage) map[string]includedUser {
	users := map[string]includedUser{}
	for _, item := range items {
		var u userV2
		if lenient(json.Unmarshal(item, &u)) == nil {
			users[u.ID] = includedUser{&u, item}
		}
	}
	return users
}

// refusedV2 is what an error says about the tweet that it names; false if it names none.
func refusedV2(item json.RawMessage) (Answer, bool) {
	var e errorV2
	if lenient(json.Unmarshal(item, &e)) != nil {
		return Answer{}, false
	}
	id, state := cmp.Or(e.ResourceID, e.Value), e.state()
	if state == "" || !archive.IsStatusID(id) {
		return Answer{}, false
	}
	raw, err := json.Marshal(map[string]any{"errors": []json.RawMessage{item}})
	return Answer{Tweet: archive.Tweet{ID: id}, State: state, Raw: raw}, err == nil
}

// state is what the error says about a tweet, "" if it is about something else: the
// author of a tweet that was found, a tweet that another refers to.
func (e *errorV2) state() State {
	switch e.ResourceType {
	case "tweet", "post", "":
	default:
		return ""
	}
	switch e.Parameter {
	case "ids", "id", "":
	default:
		return ""
	}
	switch path.Base(e.Type) { // the host has changed over the years
	case "resource-not-found":
		return Gone
	case "not-authorized-for-resource":
		return Hidden
	}
	return Unknown
}

// list is data as a list.
func list(data json.RawMessage) ([]json.RawMessage, error) {
	switch {
	case len(data) == 0 || string(data) == "null":
		return nil, nil
	case data[0] == '[':
		var items []json.RawMessage
		err := json.Unmarshal(data, &items)
		return items, err
	}
	return []json.RawMessage{data}, nil
}

// oneV2 is an answer of v2 that holds one tweet and its author.
func oneV2(tweet, user json.RawMessage) []byte {
	b := append([]byte(`{"data":`), tweet...)
	if user != nil {
		b = append(append(append(b, `,"includes":{"users":[`...), user...), `]}`...)
	}
	return append(b, '}')
}

// decodeFlat reads a single tweet of v2, as twarc2 flattens them.
func decodeFlat(raw []byte) ([]Answer, error) {
	var t tweetV2
	if err := lenient(json.Unmarshal(raw, &t)); err != nil {
		return nil, err
	}
	if !archive.IsStatusID(t.ID) {
		return nil, errNoTweet
	}
	a := t.answer()
	if a.hollow() {
		return nil, errNoTweet
	}
	a.Raw = raw
	all := []Answer{a}
	for _, item := range t.Referenced {
		var inner tweetV2
		if lenient(json.Unmarshal(item, &inner)) != nil || inner.Text == "" || inner.Author == nil || !archive.IsStatusID(inner.ID) {
			continue // only an ID and the kind of reference
		}
		b := inner.answer()
		b.Raw, b.Time = item, a.Time
		all = append(all, b)
	}
	return all, nil
}

// answer is the tweet without its Raw. Of a long post the text is cut and the note is
// whole.
func (t *tweetV2) answer() Answer {
	a := Answer{Tweet: archive.Tweet{ID: t.ID, Text: t.Text}, Lang: t.Lang, State: Found, Time: t.Twarc.time()}
	for _, n := range []*noteV2{t.NoteTweet, t.NotePost} {
		if n != nil && n.Text != "" {
			a.Text = n.Text
		}
	}
	if t.Author != nil {
		a.Handle, a.Author = t.Author.Username, t.Author.Name
	}
	at, err := time.Parse(time.RFC3339, t.CreatedAt)
	if err != nil {
		at = time.Time{}
	}
	a.finish(at)
	if w := t.Withheld; w != nil && (everywhere(w.Countries) || w.Copyright && len(w.Countries) == 0) {
		a.withhold()
	}
	return a
}

// editions are the IDs of the versions of a tweet that was edited.
func (t *tweetV2) editions() []string {
	return slices.Concat(t.EditTweets, t.EditPosts)
}

package store

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"tweetarc/archive"
)

// Query is a parsed search. The language is Twitter's, as far as an archive
// can answer it:
//
//	loom engine          both words, in any place
//	"the loom"           one behind the other
//	loom OR engine       either; AND binds stronger, ( ) groups
//	-loom                not it; also before a group, phrase or operator
//	weav*                words that begin so
//	@ada #loom           mentions and tags, whole
//	from:ada             tweets of this user
//	since:2019-01-01     that day or later (UTC); also 2019 or 2019-01
//	until:2020-01-01     before that day
//	url:example.org/a    links to it, or with these words in their address
//	filter:links         with links; or media, replies
//	has:id               whose status ID is known
//	source:news.example  seen in articles of this host
//	form:blockquote      seen in this form
//	lang:en              whose language a lookup told
//	min_sightings:3      seen in so many places at least
//
// Words are found without regard to case and accents, also inside a #tag or
// @mention; Chinese, Japanese, Korean and Thai by any part of a word.
type Query struct {
	text  string
	match string // for the full-text index, "" where no word must stand in the tweet
	cond  string // SQL on tweets t, "" for none
	args  []any
	words []term // to be marked in results
	root  *node  // nil finds all
}

// QueryError says where in a query is what cannot be understood.
type QueryError struct {
	Query string
	Pos   int // in bytes
	Msg   string
}

func (e *QueryError) Error() string {
	return fmt.Sprintf("query, column %d: %s", utf8.RuneCountInString(e.Query[:e.Pos])+1, e.Msg)
}

// Limits of a query, so that none is dear to parse or to ask.
const (
	maxQuery = 4 << 10 // bytes
	maxTerms = 200
	maxDepth = 8 // of groups in groups; FTS4 takes 12
)

// ParseQuery reads a query. Its errors are *QueryError. The empty query finds
// all tweets.
func ParseQuery(s string) (*Query, error) {
	p := parser{s: s}
	if len(s) > maxQuery {
		return nil, p.errorf(maxQuery, "too long; a query has at most %d bytes", maxQuery)
	}
	if i := strings.IndexByte(s, 0); i >= 0 {
		return nil, p.errorf(i, "a NUL byte")
	}
	if !utf8.ValidString(s) {
		for i, r := range s {
			if r == utf8.RuneError {
				return nil, p.errorf(i, "not UTF-8")
			}
		}
	}
	n, err := p.or(0)
	if err != nil {
		return nil, err
	}
	if p.skip(); p.i < len(s) { // only ) ends an expression early
		return nil, p.errorf(p.i, "this ) closes nothing")
	}
	q := &Query{text: s, root: n}
	if n != nil {
		c := compile(n)
		q.match, q.cond, q.args = c.match, c.cond, c.args
		n.collect(&q.words)
	} else if strings.TrimSpace(s) != "" {
		return nil, p.errorf(0, "no word in it")
	}
	return q, nil
}

// String is the query as it was given.
func (q *Query) String() string {
	if q == nil {
		return ""
	}
	return q.text
}

// And finds what both queries find; nil finds all.
func (q *Query) And(r *Query) *Query {
	if q == nil || r == nil {
		if q == nil {
			return r
		}
		return q
	}
	both := &Query{text: strings.TrimSpace(q.text + " " + r.text), match: q.match, words: slices.Concat(q.words, r.words), args: slices.Concat(q.args, r.args)}
	both.root = join('&', slices.DeleteFunc([]*node{q.root, r.root}, func(n *node) bool { return n == nil }))
	if r.match != "" {
		if both.match = r.match; q.match != "" {
			both.match = "(" + q.match + " AND " + r.match + ")"
		}
	}
	if both.cond = q.cond; r.cond != "" {
		if both.cond = r.cond; q.cond != "" {
			both.cond = q.cond + " AND " + r.cond
		}
	}
	return both
}

// Between finds the tweets posted on the days from one to the other, both
// inclusive; a day is given as 2019-03-21, 2019-03 or 2019, "" for no bound.
func Between(from, to string) (*Query, error) {
	q := &Query{}
	if from != "" {
		day, ok := dayOf(from)
		if !ok {
			return nil, &Error{errorf("no day: %q", from), "write it as 2019-03-21, 2019-03 or 2019"}
		}
		since := &node{cond: "t.posted_date >= ?", args: []any{day}}
		q = q.And(&Query{text: "since:" + from, cond: since.cond, args: since.args, root: since})
	}
	if to != "" {
		day, ok := dayOf(to)
		if !ok {
			return nil, &Error{errorf("no day: %q", to), "write it as 2019-03-21, 2019-03 or 2019"}
		}
		last := map[int]string{len("2019"): "-12-31", len("2019-03"): "-31", len("2019-03-21"): ""}[len(to)]
		until := &node{cond: "t.posted_date <= ? AND t.posted_date <> ''", args: []any{day[:len(to)] + last}}
		q = q.And(&Query{cond: until.cond, args: until.args, root: until})
	}
	return q, nil
}

// node is a part of a query: a leaf with its term or condition, or the
// operator over kids.
type node struct {
	op   byte // '&', '|', '-', 0 for a leaf
	kids []*node
	term term // leaf: words for the index
	cond string
	args []any
	find func(*Digest) rows // what cond finds, where a digest knows it
	days days               // cond asks for these, and nothing else
}

// days are those from one to before the other; "" is no end.
type days struct{ from, to string }

// collect gathers the terms that a tweet found has, or may have.
func (n *node) collect(terms *[]term) {
	switch n.op {
	case 0:
		if len(n.term.phrases) > 0 && !n.term.hidden {
			*terms = append(*terms, n.term)
		}
	case '-':
	default:
		for _, k := range n.kids {
			k.collect(terms)
		}
	}
}

// leaves are the words that a part of a query asks for; those of a - among them
// where not is true, else those by which a tweet is ranked.
func (n *node) leaves(not bool) (all []*node) {
	switch {
	case n.op == 0 && n.cond == "":
		return []*node{n}
	case n.op == '-' && !not, n.op == '|' && compile(n).cond != "":
		return nil
	}
	for _, k := range n.kids {
		all = append(all, k.leaves(not)...)
	}
	return all
}

type parser struct {
	s     string
	i     int
	terms int
}

func (p *parser) errorf(pos int, format string, args ...any) error {
	return &QueryError{p.s, min(pos, len(p.s)), fmt.Sprintf(format, args...)}
}

func (p *parser) skip() {
	for p.i < len(p.s) {
		r, n := utf8.DecodeRuneInString(p.s[p.i:])
		if !unicode.IsSpace(r) {
			return
		}
		p.i += n
	}
}

// keyword takes a word that is an operator by itself.
func (p *parser) keyword(word string) bool {
	p.skip()
	rest, ok := strings.CutPrefix(p.s[p.i:], word)
	if !ok {
		return false
	}
	if r, _ := utf8.DecodeRuneInString(rest); rest != "" && !unicode.IsSpace(r) && r != '(' && r != ')' {
		return false
	}
	p.i += len(word)
	return true
}

func (p *parser) or(depth int) (*node, error) {
	var kids []*node
	at := 0 // the last OR
	for {
		n, err := p.and(depth)
		if err != nil {
			return nil, err
		}
		if n == nil && len(kids) > 0 {
			return nil, p.errorf(at, "OR wants a word on both sides (lower-case or is a word)")
		}
		p.skip()
		at = p.i
		more := p.keyword("OR")
		if n == nil && more {
			return nil, p.errorf(at, "OR wants a word on both sides (lower-case or is a word)")
		}
		if n != nil {
			kids = append(kids, n)
		}
		if !more {
			return join('|', kids), nil
		}
	}
}

func (p *parser) and(depth int) (*node, error) {
	var kids []*node
	for {
		p.skip()
		at := p.i
		if p.keyword("AND") {
			if len(kids) == 0 {
				return nil, p.errorf(at, "AND wants a word on both sides (it may be left out)")
			}
			continue
		}
		save := p.i
		if p.keyword("OR") {
			p.i = save
			return join('&', kids), nil
		}
		if p.i >= len(p.s) || p.s[p.i] == ')' {
			return join('&', kids), nil
		}
		n, err := p.not(depth)
		if err != nil {
			return nil, err
		}
		if n != nil {
			kids = append(kids, n)
		}
	}
}

func join(op byte, kids []*node) *node {
	switch len(kids) {
	case 0:
		return nil
	case 1:
		return kids[0]
	}
	return &node{op: op, kids: kids}
}

func (p *parser) not(depth int) (*node, error) {
	at := p.i
	minus := false
	if p.s[p.i] == '-' && p.i+1 < len(p.s) {
		r, _ := utf8.DecodeRuneInString(p.s[p.i+1:])
		minus = !unicode.IsSpace(r) && r != '-' // "a - b" and "--" are dashes
	}
	switch {
	case minus:
		p.i++
	case p.keyword("NOT"):
		if p.skip(); p.i >= len(p.s) || p.s[p.i] == ')' {
			return nil, p.errorf(at, "NOT wants a word behind it")
		}
	default:
		return p.primary(depth)
	}
	if depth++; depth > maxDepth {
		return nil, p.errorf(at, "more than %d groups in each other", maxDepth)
	}
	n, err := p.primary(depth)
	if n == nil || err != nil {
		return nil, err
	}
	return &node{op: '-', kids: []*node{n}}, nil
}

func (p *parser) primary(depth int) (*node, error) {
	at := p.i
	if p.terms++; p.terms > maxTerms {
		return nil, p.errorf(at, "more than %d words", maxTerms)
	}
	switch p.s[p.i] {
	case '(':
		if depth++; depth > maxDepth {
			return nil, p.errorf(at, "more than %d groups in each other", maxDepth)
		}
		p.i++
		n, err := p.or(depth)
		if err != nil {
			return nil, err
		}
		if p.skip(); p.i >= len(p.s) || p.s[p.i] != ')' {
			return nil, p.errorf(at, "this ( is not closed")
		}
		p.i++
		if n == nil {
			return nil, p.errorf(at, "nothing in these ( )")
		}
		return n, nil
	case '"':
		s, err := p.quoted()
		if err != nil {
			return nil, err
		}
		t := textTerm(s)
		if p.i < len(p.s) && p.s[p.i] == '*' {
			p.i++
			t.prefix = true
		}
		return t.node(), nil
	}
	if name, value, ok := strings.Cut(p.peek(), ":"); ok && isOperator(name) && !strings.HasPrefix(value, "//") {
		p.i += len(name) + 1
		if p.i < len(p.s) && p.s[p.i] == '"' {
			var err error
			if value, err = p.quoted(); err != nil {
				return nil, err
			}
		} else {
			value = p.peek()
			p.i += len(value)
		}
		return p.operator(at, strings.ToLower(name), value)
	}
	word := p.peek()
	p.i += len(word)
	return wordNode(word), nil
}

// peek is the word that begins here: up to white space, a parenthesis that the
// word has not opened itself, or a quote.
func (p *parser) peek() string {
	open := 0
	for i, r := range p.s[p.i:] {
		switch {
		case unicode.IsSpace(r), r == '"':
			return p.s[p.i : p.i+i]
		case r == '(':
			open++
		case r == ')':
			if open == 0 {
				return p.s[p.i : p.i+i]
			}
			open--
		}
	}
	return p.s[p.i:]
}

func (p *parser) quoted() (string, error) {
	end := strings.IndexByte(p.s[p.i+1:], '"')
	if end < 0 {
		return "", p.errorf(p.i, `this " is not closed`)
	}
	s := p.s[p.i+1 : p.i+1+end]
	p.i += end + 2
	return s, nil
}

// isOperator tells whether what stands before a colon is meant as an operator:
// letters and underscores. A time (10:30), an address and a name in another
// script are words.
func isOperator(name string) bool {
	if name == "" {
		return false
	}
	for i := range len(name) {
		if c := name[i]; c != '_' && (c|0x20 < 'a' || c|0x20 > 'z') {
			return false
		}
	}
	return true
}

var operators = []string{"from", "since", "until", "url", "lang", "filter", "has", "source", "form", "min_sightings", "id"}

func (p *parser) operator(at int, name, value string) (*node, error) {
	if !slices.Contains(operators, name) {
		return nil, p.errorf(at, "no operator %s: (there are %s:; to search for the words put them in quotes)", name, strings.Join(operators, ":, "))
	}
	if value == "" {
		return nil, p.errorf(at, "%s: wants a value right behind the colon", name)
	}
	cond := func(sql string, args ...any) (*node, error) { return &node{cond: sql, args: args}, nil }
	known := func(find func(*Digest) rows, sql string, args ...any) (*node, error) {
		return &node{cond: sql, args: args, find: find}, nil
	}
	switch name {
	case "from":
		value = strings.TrimPrefix(value, "@")
		if !archive.IsHandle(value) {
			return nil, p.errorf(at, "from: wants a user name, not %q", value)
		}
		return known(func(d *Digest) rows { return d.fromHandle(value) }, "t.handle = ? COLLATE NOCASE", value)
	case "id":
		return cond("t.tweet_id = ?", value)
	case "since", "until":
		day, ok := dayOf(value)
		if !ok {
			return nil, p.errorf(at, "%s: wants a day as 2019-03-21, a month or a year, not %q", name, value)
		}
		if name == "since" {
			return &node{days: days{from: day}, cond: "t.posted_date >= ?", args: []any{day}}, nil
		}
		return &node{days: days{"\x00", day}, cond: "(t.posted_date < ? AND t.posted_date <> '')", args: []any{day}}, nil
	case "url":
		words := linkWords(value)
		if len(words) == 0 {
			return nil, p.errorf(at, "no word in %q", value)
		}
		return phraseOf(words).node(), nil
	case "lang":
		return cond("t.tweet_id IN (SELECT tweet_id FROM lookups WHERE lang = ? COLLATE NOCASE)", value)
	case "filter", "has":
		switch {
		case value == "id":
			return known(func(d *Digest) rows { return d.withID }, "t.tweet_id <> ''")
		case slices.Contains(features, value):
			t := phraseOf([]string{markIs + value})
			t.hidden = true
			return t.node(), nil
		}
		return nil, p.errorf(at, "%s: wants links, media, replies or id, not %q", name, value)
	case "source":
		host := value
		if strings.Contains(value, "/") {
			host = hostOf(value)
		}
		host = strings.TrimPrefix(strings.ToLower(host), "www.")
		return known(func(d *Digest) rows { return d.onHost(host) }, "t.id IN (SELECT e.tweet FROM articles a JOIN embeds e ON e.article = a.id WHERE a.host = ? OR (a.host LIKE ? ESCAPE '\\' AND a.host IN (SELECT host FROM articles)))",
			host, "%."+likeEscape(host))
	case "form":
		form := slices.Index(Forms, archive.Form(value))
		if form < 0 {
			return nil, p.errorf(at, "no form %q (there are %v)", value, Forms)
		}
		return known(func(d *Digest) rows { return d.inForm(form) }, "t.id IN (SELECT tweet FROM embeds WHERE form = ?)", value)
	case "min_sightings":
		n, err := strconv.Atoi(value)
		if err != nil || n < 0 {
			return nil, p.errorf(at, "min_sightings: wants a number, not %q", value)
		}
		return known(func(d *Digest) rows { return d.seen(n) }, "t.embeds >= ?", n)
	}
	panic("operator without meaning: " + name)
}

// features are what filter: asks for and marks tell.
var features = []string{"links", "media", "replies"}

// Forms are all forms, in the order of package archive.
var Forms = []archive.Form{archive.FormText, archive.FormHeader, archive.FormFrame, archive.FormWidget, archive.FormLink, archive.FormBlockquote,
	archive.FormIframe, archive.FormAMP, archive.FormAttribute, archive.FormMarkup, archive.FormShortcode, archive.FormJSON}

func likeEscape(s string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(s)
}

// dayOf completes a day that is given as year, month or day.
func dayOf(s string) (string, bool) {
	for _, layout := range [...]string{"2006-01-02", "2006-01", "2006"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.Format(time.DateOnly), true
		}
	}
	return "", false
}

// wordNode is a word, mention, tag, address or status ID.
func wordNode(word string) *node {
	var t term
	switch sigil, _ := utf8.DecodeRuneInString(word); {
	case strings.Contains(word, "://"):
		t = phraseOf(linkWords(word))
		if st, ok := archive.FindStatus(word); ok {
			return &node{term: t, cond: "t.tweet_id = ?", args: []any{st.ID}}
		}
		return t.node()
	case len(word) >= 15 && archive.IsStatusID(word):
		return &node{term: textTerm(word), cond: "t.tweet_id = ?", args: []any{word}}
	case sigil == '@' || sigil == '#' || sigil == '＠' || sigil == '＃':
		name, prefix := strings.CutSuffix(word, "*")
		if s := sigils(name); len(s) > 0 {
			mark := markTag
			if s[0].sigil == '@' {
				mark = markMention
			}
			t = phraseOf([]string{mark + inWord(s[0].name)})
			t.prefix = prefix
			t.shown = string(s[0].sigil) + s[0].name
			return t.node()
		}
	}
	text, prefix := strings.CutSuffix(word, "*")
	t = textTerm(text)
	t.prefix = prefix
	return t.node()
}

// A term is what stands in a query as one word or phrase: phrases that must
// all be in the tweet.
type term struct {
	phrases []phrase
	prefix  bool   // the last token may go on
	shown   string // a mention or tag as it stands in texts
	hidden  bool   // no words of the text
}

// A phrase is tokens that must stand one behind the other.
type phrase struct {
	tokens []string
	pairs  string // of these the tokens are the bigrams
}

func phraseOf(tokens []string) term { return term{phrases: []phrase{{tokens: tokens}}} }

// node is nil for a term without words: it asks for nothing.
func (t term) node() *node {
	if len(t.phrases) == 0 {
		return nil
	}
	return &node{term: t}
}

// textTerm cuts words as the index does.
func textTerm(s string) term {
	var t term
	var plain []string
	flush := func() {
		if len(plain) > 0 {
			t.phrases = append(t.phrases, phrase{tokens: plain})
			plain = nil
		}
	}
	for _, seg := range segments(s) {
		switch seg.kind {
		case plainWord:
			plain = append(plain, seg.text)
		case spacelessRun:
			flush()
			tokens := bigrams(seg.text)
			if len(tokens) > 1 {
				tokens = tokens[:len(tokens)-1] // the last letter alone
				t.phrases = append(t.phrases, phrase{tokens, seg.text})
			} else {
				t.phrases = append(t.phrases, phrase{[]string{tokens[0] + "*"}, seg.text})
			}
		case symbol:
			flush()
			t.phrases = append(t.phrases, phrase{[]string{symbolMark(seg.text)}, seg.text})
		}
	}
	flush()
	return t
}

// match is the term in the language of FTS4. Tokens are letters and digits, so
// nothing needs to be escaped.
func (t term) match() string {
	all := make([]string, len(t.phrases))
	for i := range t.phrases {
		all[i] = `"` + t.quoted(i) + `"`
	}
	if len(all) == 1 {
		return all[0]
	}
	return "(" + strings.Join(all, " AND ") + ")"
}

// quoted is what stands in the quotes for a phrase.
func (t term) quoted(i int) string {
	p := t.phrases[i]
	s := strings.Join(p.tokens, " ")
	if t.prefix && i == len(t.phrases)-1 && p.pairs == "" {
		s += "*"
	}
	return s
}

// compiled is a part of a query for SQLite: a MATCH expression, a condition, or
// both, which must then both hold.
type compiled struct {
	match string
	cond  string
	args  []any
}

// sql is the whole as a condition.
func (c compiled) sql() (string, []any) {
	if c.match == "" {
		return c.cond, c.args
	}
	in := "t.id IN (SELECT docid FROM tweets_fts WHERE tweets_fts MATCH ?)"
	if c.cond == "" {
		return in, []any{c.match}
	}
	return "(" + in + " AND " + c.cond + ")", append([]any{c.match}, c.args...)
}

func (c *compiled) and(cond string, args []any) {
	if c.cond != "" {
		c.cond += " AND "
	}
	c.cond += cond
	c.args = append(c.args, args...)
}

func compile(n *node) compiled {
	switch n.op {
	case 0:
		if n.cond != "" && len(n.term.phrases) > 0 { // the words, or the condition
			in := compiled{match: n.term.match()}
			sql, args := in.sql()
			return compiled{cond: "(" + n.cond + " OR " + sql + ")", args: append(slices.Clone(n.args), args...)}
		}
		if n.cond != "" {
			return compiled{cond: n.cond, args: n.args}
		}
		return compiled{match: n.term.match()}
	case '-':
		sql, args := compile(n.kids[0]).sql()
		return compiled{cond: "NOT " + sql, args: args}
	case '|':
		var matches, conds []string
		var args []any
		for _, k := range n.kids {
			c := compile(k)
			if c.cond == "" {
				matches = append(matches, c.match)
				continue
			}
			sql, a := c.sql()
			conds, args = append(conds, sql), append(args, a...)
		}
		match := ""
		if len(matches) > 0 {
			match = "(" + strings.Join(matches, " OR ") + ")"
		}
		if len(conds) == 0 {
			return compiled{match: match}
		}
		if match != "" {
			sql, a := compiled{match: match}.sql()
			conds, args = append(conds, sql), append(args, a...)
		}
		return compiled{cond: "(" + strings.Join(conds, " OR ") + ")", args: args}
	}
	var all compiled
	var matches, not []string
	for _, k := range n.kids {
		if k.op == '-' {
			if c := compile(k.kids[0]); c.cond == "" {
				not = append(not, c.match)
				continue
			}
		}
		c := compile(k)
		if c.match != "" {
			matches = append(matches, c.match)
		}
		if c.cond != "" {
			all.and(c.cond, c.args)
		}
	}
	all.match = strings.Join(matches, " AND ")
	if len(matches) > 1 {
		all.match = "(" + all.match + ")"
	}
	for _, m := range not {
		if all.match != "" {
			all.match = "(" + all.match + " NOT " + m + ")"
		} else {
			sql, args := compiled{match: m}.sql()
			all.and("NOT "+sql, args)
		}
	}
	return all
}

// where is the whole query as a condition on tweets t.
func (q *Query) where() (string, []any) {
	if q == nil {
		return "1", nil
	}
	sql, args := compiled{q.match, q.cond, q.args}.sql()
	if sql == "" {
		return "1", nil
	}
	return sql, args
}

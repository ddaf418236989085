package store

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"example.org/tweetarc/archive"
)

// Query is a parsed search. The language is Twitter's, as far as an archive
// can answer it:
//
//	loom engine          both words, in any order
//	"the loom"           these words, one after the other
//	loom OR engine       at least one; AND binds more strongly, ( ) group
//	-loom                not this; also before a group, a phrase or an operator
//	weav*                words that begin like this
//	@ada #loom           whole mentions and tags
//	from:ada             tweets of this user
//	since:2019-01-01     that day or later (UTC); also 2019 or 2019-01
//	until:2020-01-01     before that day
//	url:example.org/a    with a link that has these words in its address
//	filter:links         with links; or media, replies
//	has:id               whose status ID is known
//	outlet:"The Quay"    in articles of this outlet, or of this host or one below it; outlet:=news.example only of this one
//	keep.section:sports  in articles in which this kept field has this value; keep.section:* any value
//	form:blockquote      embedded in this form
//	lang:en              in this language, according to a lookup
//	min_embeds:3         embedded at least so often
//	confidence:<0.7      with this confidence; also <=, >, >=, 0.7..0.9
//	verdict:none         with this verdict of a coder: right, begins, ends, both, person, none, unsure, or * for any
//	include:superseded   also tweets that are no longer in their file
//
// Words are those of the text and of the author's names, also words inside a #tag or
// @mention. Case and accents do not matter. Chinese, Japanese, Korean and Thai are found
// by any part of a word.
type Query struct {
	text string
	root *node // nil finds all
}

// WithSuperseded is the query that also finds what is superseded, that is no longer where
// it was.
func (q *Query) WithSuperseded() *Query {
	return q.And(&Query{includeSuperseded, &node{operator: "include", value: "superseded", text: includeSuperseded}})
}

const includeSuperseded = "include:superseded"

// Superseded says whether the query also finds what is superseded.
func (q *Query) Superseded() bool { return q != nil && q.root.asks("include") }

// Handle is the user name of a query that is only from:, else "".
func (q *Query) Handle() string {
	if q == nil || q.root == nil || q.root.op != 0 || q.root.operator != "from" {
		return ""
	}
	return q.root.value
}

// name is the word of a query that is only one word or mention, if it may be a user name;
// else "".
func (q *Query) name() string {
	if q == nil || q.root == nil || q.root.op != 0 || q.root.operator != "" {
		return ""
	}
	word := strings.TrimPrefix(q.root.text, "@")
	if !archive.IsHandle(word) {
		return ""
	}
	return word
}

// asks says whether an operator is in a part of a query.
func (n *node) asks(operator string) bool {
	return n != nil && (n.op == 0 && n.operator == operator || slices.ContainsFunc(n.kids, func(k *node) bool { return k.asks(operator) }))
}

// A QueryError says what in a query cannot be understood, and where it is.
type QueryError struct {
	Query string
	Pos   int // in bytes
	Msg   string
}

func (e *QueryError) Error() string {
	return fmt.Sprintf("query, column %d: %s", utf8.RuneCountInString(e.Query[:e.Pos])+1, e.Msg)
}

// The limits of a query, so that none is slow to parse or to answer.
const (
	maxQuery = 4 << 10 // bytes
	maxTerms = 200
	maxDepth = 8 // of groups in groups; FTS4 takes 12
)

// ParseQuery parses a query. Its errors are *QueryError. The empty query finds all tweets.
func ParseQuery(s string) (*Query, error) {
	p := parser{s: s}
	if len(s) > maxQuery {
		return nil, p.errorf(maxQuery, "too long (a query has at most %d bytes)", maxQuery)
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
	if p.skip(); p.i < len(s) { // only a ) ends an expression early
		return nil, p.errorf(p.i, "this ) has no ( before it")
	}
	if n == nil && strings.TrimSpace(s) != "" {
		return nil, p.errorf(0, "it has no word to search for")
	}
	return &Query{s, n}, nil
}

// String is the query as it was typed.
func (q *Query) String() string {
	if q == nil {
		return ""
	}
	return q.text
}

// And is the query that finds what both queries find; nil finds all.
func (q *Query) And(r *Query) *Query {
	switch {
	case q == nil || q.root == nil:
		return r
	case r == nil || r.root == nil:
		return q
	}
	both, err := ParseQuery(join(append(q.parts(), r.parts()...)))
	if err != nil { // together they may be too long
		return &Query{q.text + " " + r.text, &node{op: '&', kids: []*node{q.root, r.root}}}
	}
	return both
}

// Between is the query for tweets posted from one day to another, both included. A day is
// written as 2019-03-21, 2019-03 or 2019; "" is no bound.
func Between(from, to string) (*Query, error) {
	var terms []string
	if from != "" {
		terms = append(terms, "since:"+from)
	}
	for _, day := range []struct{ of, day string }{{"from", from}, {"to", to}} {
		if day.day != "" && !isDays(day.day) {
			return nil, &Error{errorf("--%s: %q is not a day", day.of, day.day), "write days as 2019-03-21, 2019-03 or 2019"}
		}
	}
	if to != "" {
		next := map[int]func(time.Time) time.Time{
			len("2019"):       func(t time.Time) time.Time { return t.AddDate(1, 0, 0) },
			len("2019-03"):    func(t time.Time) time.Time { return t.AddDate(0, 1, 0) },
			len("2019-03-21"): func(t time.Time) time.Time { return t.AddDate(0, 0, 1) },
		}[len(to)]
		day, _ := dayOf(to)
		first, err := time.Parse(time.DateOnly, day)
		if err != nil {
			return nil, err
		}
		if day := next(first).Format(time.DateOnly); len(day) == len(time.DateOnly) {
			if since, _ := dayOf(from); since >= day {
				return nil, errorf("--from %s is after --to %s", from, to)
			}
			terms = append(terms, "until:"+day)
		} else { // there is no day after it: all tweets that have a day
			terms = append(terms, "since:0001")
		}
	}
	return ParseQuery(strings.Join(terms, " "))
}

// A Part is one of the parts of a query that must all hold, as it was typed.
type Part struct {
	Text     string
	Operator string // "" for words and groups; also set after a -
	Value    string // of the operator
	Not      bool   // there is a - before it
}

// parts are the parts of the query. A query with an OR is one group.
func (q *Query) parts() []Part {
	switch {
	case q == nil || q.root == nil:
		return nil
	case q.root.text == "" && q.root.op == '|':
		text := "(" + strings.TrimSpace(q.text)
		if _, err := ParseQuery(text + ")"); err != nil {
			text += " " // else a word with a parenthesis at its end would take ours
		}
		return []Part{{Text: text + ")"}}
	case q.root.text == "" && q.root.op == '&':
		var all []Part
		for _, k := range q.root.kids {
			all = append(all, k.part())
		}
		return all
	}
	return []Part{q.root.part()}
}

func (n *node) part() Part {
	p := Part{Text: n.text}
	if n.op == '-' {
		n, p.Not = n.kids[0], true
	}
	if n.op == 0 {
		p.Operator, p.Value = n.operator, n.value
	}
	return p
}

func join(parts []Part) string {
	all := make([]string, len(parts))
	for i, p := range parts {
		all[i] = p.Text
	}
	return strings.Join(all, " ")
}

// narrowing are the operators by which facets and timelines narrow a query.
var narrowing = []string{"from", "since", "until", "outlet", "form", "has", "confidence"}

// Narrowed are the parts of the query with such an operator.
func (q *Query) Narrowed() []Part {
	return slices.DeleteFunc(q.parts(), func(p Part) bool {
		return !slices.Contains(narrowing, p.Operator) && !strings.HasPrefix(p.Operator, keepPrefix)
	})
}

// With is the query narrowed by terms, each an operator with its value. If both have a
// since: or an until:, only the narrower one stays.
func (q *Query) With(terms ...string) string {
	kept := q.parts()
	for _, term := range terms {
		name, value, _ := strings.Cut(term, ":")
		weaker := func(p Part) bool {
			return p.Text == term || p.Operator == name && !p.Not && (name == "since" && p.Value <= value || name == "until" && p.Value >= value)
		}
		stronger := func(p Part) bool {
			return p.Operator == name && !p.Not && (name == "since" && p.Value >= value || name == "until" && p.Value <= value)
		}
		if slices.ContainsFunc(kept, stronger) {
			continue
		}
		kept = append(slices.DeleteFunc(kept, weaker), Part{Text: term, Operator: name, Value: value})
	}
	return join(kept)
}

// Term is an operator with its value, as written in a query; "" if it cannot be written.
func Term(operator, value string) string {
	odd := func(r rune) bool { return unicode.IsSpace(r) || r == '(' || r == ')' || r == '"' }
	if name, ok := strings.CutPrefix(operator, keepPrefix); ok && strings.ContainsFunc(name, func(r rune) bool { return odd(r) || r == ':' }) {
		operator = keepPrefix + `"` + name + `"`
	}
	term := operator + ":" + value
	if strings.ContainsFunc(value, odd) {
		name, exact := strings.CutPrefix(value, "=")
		if term = operator + `:"` + name + `"`; exact {
			term = operator + `:="` + name + `"`
		}
	}
	if q, err := ParseQuery(term); err != nil || len(q.parts()) != 1 || q.parts()[0].Operator == "" || q.parts()[0].Value != value {
		return ""
	}
	return term
}

// Written are the parts of the query that mean the same as one of terms, as they were
// typed.
func (q *Query) Written(terms ...string) (texts []string) {
	for _, term := range terms {
		asked, err := ParseQuery(term)
		if err != nil || len(asked.parts()) != 1 {
			continue
		}
		for _, p := range q.Narrowed() {
			if t := asked.parts()[0]; p.Operator == t.Operator && p.Not == t.Not && strings.EqualFold(p.Value, t.Value) {
				texts = append(texts, p.Text)
				break
			}
		}
	}
	return texts
}

// Without is the query without the parts with these texts.
func (q *Query) Without(texts ...string) string {
	return join(slices.DeleteFunc(q.parts(), func(p Part) bool { return slices.Contains(texts, p.Text) }))
}

// A node is a part of a query: the operation &, | or - on kids, or a leaf. A leaf is words
// or an operator with its value; for a word that may be an ID it is both.
type node struct {
	op       byte // '&', '|', '-', 0 for a leaf
	kids     []*node
	term     term   // leaf: words to look for in the index
	operator string // leaf: its name
	value    string
	text     string // as it was typed; "" if it was not typed as one part
}

// terms are the words that a tweet found has or may have.
func (n *node) terms() (all []term) {
	switch {
	case n.op == '-':
	case n.op != 0:
		for _, k := range n.kids {
			all = append(all, k.terms()...)
		}
	case len(n.term.phrases) > 0 && !n.term.hidden:
		return []term{n.term}
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

// keyword skips AND, OR or NOT, if the word is next.
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
			return nil, p.errorf(at, "OR needs a word on both sides (or in lower case is a word)")
		}
		p.skip()
		at = p.i
		more := p.keyword("OR")
		if n == nil && more {
			return nil, p.errorf(at, "OR needs a word on both sides (or in lower case is a word)")
		}
		if n != nil {
			kids = append(kids, n)
		}
		if !more {
			return over('|', kids), nil
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
				return nil, p.errorf(at, "AND needs a word on both sides (AND may be left out)")
			}
			continue
		}
		save := p.i
		if p.keyword("OR") {
			p.i = save
			return over('&', kids), nil
		}
		if p.i >= len(p.s) || p.s[p.i] == ')' {
			return over('&', kids), nil
		}
		n, err := p.not(depth)
		if err != nil {
			return nil, err
		}
		if n != nil {
			n.text = p.s[at:p.i]
			kids = append(kids, n)
		}
	}
}

// over is the node of an operation on kids; nil without kids.
func over(op byte, kids []*node) *node {
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
			return nil, p.errorf(at, "NOT needs a word after it")
		}
	default:
		return p.primary(depth)
	}
	if depth++; depth > maxDepth {
		return nil, p.errorf(at, "more than %d groups inside each other", maxDepth)
	}
	n, err := p.primary(depth)
	if n == nil || err != nil {
		return nil, err
	}
	if n.asks("include") {
		return nil, p.errorf(at, "include: is about the whole query: no - or NOT can be before it")
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
			return nil, p.errorf(at, "more than %d groups inside each other", maxDepth)
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
			return nil, p.errorf(at, "nothing is between these ( )")
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
	name, err := p.operatorName()
	if err != nil {
		return nil, err
	}
	if name != "" {
		value, err := p.value()
		if err != nil {
			return nil, err
		}
		return p.operator(at, name, value)
	}
	word := p.peek()
	p.i += len(word)
	return wordNode(word), nil
}

// operatorName takes the name of an operator and its colon; "" if there is none here.
func (p *parser) operatorName() (string, error) {
	word := p.peek()
	if strings.EqualFold(word, keepPrefix) && strings.HasPrefix(p.s[p.i+len(word):], `"`) { // the name has several words
		start := p.i
		p.i += len(word)
		name, err := p.quoted()
		if err != nil || name != "" && strings.HasPrefix(p.s[p.i:], ":") {
			p.i++
			return keepPrefix + name, err
		}
		p.i = start
	}
	name, value, ok := strings.Cut(word, ":")
	if !ok || !isOperator(name) || strings.HasPrefix(value, "//") {
		return "", nil
	}
	p.i += len(name) + 1
	if n := len(keepPrefix); len(name) >= n && strings.EqualFold(name[:n], keepPrefix) {
		return keepPrefix + name[n:], nil // as it was typed
	}
	return strings.ToLower(name), nil
}

// value takes what is after the colon.
func (p *parser) value() (string, error) {
	exact := ""
	if strings.HasPrefix(p.s[p.i:], `="`) {
		exact = "="
		p.i++
	}
	if p.i < len(p.s) && p.s[p.i] == '"' {
		value, err := p.quoted()
		return exact + value, err
	}
	value := p.peek()
	p.i += len(value)
	return value, nil
}

// peek is the word that begins here. It ends at white space, a quote, or a parenthesis that
// it did not open.
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

// isOperator says whether what is before a colon is meant as an operator: letters and
// underscores, or keep. and the name of a field. A time (10:30), an address and a name in
// another script are words.
func isOperator(name string) bool {
	if name == "" {
		return false
	}
	if n := len(keepPrefix); len(name) >= n && strings.EqualFold(name[:n], keepPrefix) {
		return true
	}
	for i := range len(name) {
		if c := name[i]; c != '_' && (c|0x20 < 'a' || c|0x20 > 'z') {
			return false
		}
	}
	return true
}

var operators = []string{"from", "since", "until", "url", "lang", "filter", "has", "outlet", "form", "min_embeds", "confidence", "verdict", "include", "id"}

// keepPrefix begins the operators for kept fields.
const keepPrefix = "keep."

// days are the days that since: and until: take.
const days = "a day, a month or a year, as 2019-03-21, 2019-03 or 2019"

// values are the values that operators take; those of the others are any text.
var values = map[string]struct {
	need string
	fits func(string) bool
}{
	"from":   {"a user name", func(v string) bool { return archive.IsHandle(strings.TrimPrefix(v, "@")) }},
	"since":  {days, isDays},
	"until":  {days, isDays},
	"url":    {"an address or a part of one", func(v string) bool { return len(linkWords(v)) > 0 }},
	"filter": {"links, media, replies or id", isFeature},
	"has":    {"links, media, replies or id", isFeature},
	"outlet": {"a name", func(v string) bool {
		return strings.TrimPrefix(strings.TrimLeft(strings.ToLower(v), "="), "www.") != ""
	}},
	"form":       {"one of " + namesOf(Forms), func(v string) bool { return slices.Contains(Forms, archive.Form(v)) }},
	"min_embeds": {"a number", func(v string) bool { n, err := strconv.Atoi(v); return err == nil && n >= 0 }},
	"confidence": {"numbers from 0 to 1, as <0.7, >=0.7 or 0.7..0.9", func(v string) bool { _, _, ok := bounds(v); return ok }},
	"verdict":    {"one of " + namesOf(archive.Verdicts) + ", or *", func(v string) bool { return v == "*" || slices.Contains(archive.Verdicts, archive.Verdict(v)) }},
	"include":    {"superseded", func(v string) bool { return v == "superseded" }},
}

// namesOf lists names.
func namesOf[T ~string](names []T) string {
	all := make([]string, len(names))
	for i, n := range names {
		all[i] = string(n)
	}
	return strings.Join(all, ", ")
}

func isDays(v string) bool {
	_, ok := dayOf(v)
	return ok
}

func isFeature(v string) bool { return v == "id" || slices.Contains(features, v) }

// former are earlier names of operators, which still work.
var former = map[string]string{"source": "outlet", "min_sightings": "min_embeds"}

// IsOperator says whether a word before a colon is an operator of queries.
func IsOperator(word string) bool { return slices.Contains(operators, word) }

// otherOperators are the words that people try for an operator.
var otherOperators = map[string]string{
	"account": "from", "author": "from", "by": "from", "handle": "from", "user": "from", "username": "from",
	"domain": "outlet", "newspaper": "outlet", "publisher": "outlet", "site": "outlet",
	"after": "since", "before": "until", "language": "lang", "link": "url", "is": "filter",
}

// meantOperator says which operators a name that is none may mean, or else which there are.
func meantOperator(name string) string {
	meant := Likely(name, operators)
	if other, ok := otherOperators[name]; ok {
		meant = []string{other}
	}
	if meant == nil { // perhaps a slip in another name
		others := slices.Sorted(maps.Keys(otherOperators))
		for _, other := range Likely(name, others) {
			if now := otherOperators[other]; !slices.Contains(meant, now) {
				meant = append(meant, now)
			}
		}
	}
	if meant == nil {
		return "operators: " + strings.Join(operators, ":, ") + ": and keep.FIELD:"
	}
	return "did you mean " + strings.Join(meant, ": or ") + ":?"
}

// operator is the leaf for an operator that begins at a position.
func (p *parser) operator(at int, name, value string) (*node, error) {
	if now, ok := former[name]; ok {
		name = now
	}
	switch takes, some := values[name]; {
	case !IsOperator(name) && !strings.HasPrefix(name, keepPrefix):
		return nil, p.errorf(at, "no operator %s: (%s; to search for these words, put them in quotes)", name, meantOperator(name))
	case name == keepPrefix:
		return nil, p.errorf(at, "keep. needs the name of a field, as in keep.section:sports")
	case value == "":
		return nil, p.errorf(at, "%s: needs a value directly after the colon", name)
	case some && !takes.fits(value):
		return nil, p.errorf(at, "%s: needs %s, not %q", name, takes.need, value)
	}
	n := &node{operator: name, value: value}
	switch {
	case name == "from":
		n.value = strings.TrimPrefix(value, "@")
	case name == "url":
		n.term = phraseOf(linkWords(value))
	case (name == "filter" || name == "has") && value != "id":
		n.term = phraseOf([]string{markIs + value})
		n.term.hidden = true
	}
	return n, nil
}

// bounds is the condition on tweets t for a confidence that is written as <0.7, <=0.7,
// >0.7, >=0.7, 0.7 or 0.7..0.9.
func bounds(s string) (cond string, args []any, ok bool) {
	cond = "t.confidence >= ? AND t.confidence <= ?"
	low, high, isRange := strings.Cut(s, "..")
	if !isRange {
		number := strings.TrimLeft(s, "<>=")
		low, high = number, number
		switch s[:len(s)-len(number)] {
		case "":
		case "<":
			low, cond = "0", "t.confidence >= ? AND t.confidence < ?"
		case "<=":
			low = "0"
		case ">":
			high, cond = "1", "t.confidence > ? AND t.confidence <= ?"
		case ">=":
			high = "1"
		default:
			return "", nil, false
		}
	}
	for _, text := range []string{low, high} {
		n, err := strconv.ParseFloat(text, 64)
		if err != nil || !(0 <= n && n <= 1) {
			return "", nil, false
		}
		args = append(args, n)
	}
	return cond, args, args[0].(float64) <= args[1].(float64)
}

// features are the values of filter: that are in the column marks.
var features = []string{"links", "media", "replies"}

// Forms are all forms, in the order of package archive.
var Forms = []archive.Form{
	archive.FormText, archive.FormHeader, archive.FormFrame, archive.FormWidget, archive.FormLink, archive.FormBlockquote,
	archive.FormIframe, archive.FormAMP, archive.FormAttribute, archive.FormMarkup, archive.FormShortcode, archive.FormJSON,
}

// dayOf is the first day of a year or month, or the day itself.
func dayOf(s string) (string, bool) {
	for _, layout := range [...]string{"2006-01-02", "2006-01", "2006"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.Format(time.DateOnly), true
		}
	}
	return "", false
}

// wordNode is the leaf for a word, mention, tag, address or status ID.
func wordNode(word string) *node {
	var t term
	switch sigil, _ := utf8.DecodeRuneInString(word); {
	case strings.Contains(word, "://"):
		t = phraseOf(linkWords(word))
		if st, ok := archive.FindStatus(word); ok {
			return &node{term: t, operator: "id", value: st.ID}
		}
		return t.node()
	case len(word) >= 15 && archive.IsStatusID(word):
		return &node{term: textTerm(word), operator: "id", value: word}
	case sigil == '@' || sigil == '#' || sigil == '＠' || sigil == '＃':
		name, prefix := strings.CutSuffix(word, "*")
		if s := Sigils(name); len(s) > 0 {
			mark := markTag
			if s[0].sign == '@' {
				mark = markMention
			}
			t = phraseOf([]string{mark + inWord(s[0].name)})
			t.prefix = prefix
			t.shown = string(s[0].sign) + s[0].name
			return t.node()
		}
	}
	text, prefix := strings.CutSuffix(word, "*")
	t = textTerm(text)
	t.prefix = prefix
	return t.node()
}

// A term is one word or phrase of a query, as the index sees it: phrases that must all be
// in the tweet.
type term struct {
	phrases []phrase
	prefix  bool   // the last token may be the beginning of a word
	shown   string // a mention or tag, as texts have it
	hidden  bool   // it is not in the text, only in marks
}

// A phrase is tokens that must come one after the other.
type phrase struct {
	tokens []string
	pairs  string // what the tokens are the bigrams of, if they are bigrams
}

func phraseOf(tokens []string) term { return term{phrases: []phrase{{tokens: tokens}}} }

// node is the leaf for a term; nil for a term without words, which asks for nothing.
func (t term) node() *node {
	if len(t.phrases) == 0 {
		return nil
	}
	return &node{term: t}
}

// textTerm is the term for a text, cut into words as the index does it.
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
				tokens = tokens[:len(tokens)-1] // not the last letter, which is alone
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

// match is the FTS4 expression of the term. Tokens are letters and digits, so that nothing
// needs to be escaped.
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

// quoted is the phrase as it is between quotes.
func (t term) quoted(i int) string {
	p := t.phrases[i]
	s := strings.Join(p.tokens, " ")
	if t.prefix && i == len(t.phrases)-1 && p.pairs == "" {
		s += "*"
	}
	return s
}

package store

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.org/tweetarc/archive"
	"example.org/tweetarc/archive/outlet"
)

// A Dim is a dimension of a table: one of dimNames, or keep. and the name of a kept field.
type Dim string

const (
	dimOutlet  Dim = "outlet"
	dimHandle  Dim = "handle"
	dimForm    Dim = "form"
	dimHashtag Dim = "hashtag"
	dimMention Dim = "mention"
	dimDomain  Dim = "domain"

	posted  = "posted-"
	ofDate  = "article-"
	keeping = "keep."
)

// dimNames are the names of dimensions. Year, month and day are those of the article if the
// other dimension belongs to the article (an outlet or a kept field), else those of the
// tweet.
var dimNames = []string{
	"outlet", "year", "month", "day", "handle", "form", "hashtag", "mention", "domain", "keep.FIELD",
	"article-year", "article-month", "article-day", "posted-year", "posted-month", "posted-day",
}

// ParseDims reads one dimension, or two with a comma between them.
func ParseDims(s string) (dims []Dim, err error) {
	names := strings.Split(s, ",")
	ofArticles := false
	for i := range names {
		if names[i] = strings.TrimSpace(names[i]); !strings.HasPrefix(names[i], keeping) {
			names[i] = strings.ReplaceAll(names[i], "_", "-") // the name of the column means the same
		}
		ofArticles = ofArticles || Dim(names[i]) == dimOutlet || strings.HasPrefix(names[i], keeping)
	}
	for _, name := range names {
		if _, ok := units[Unit(name)]; ok {
			if ofArticles {
				name = ofDate + name
			} else {
				name = posted + name
			}
		}
		d := Dim(name)
		switch field, keeps := d.field(); {
		case keeps && field == "", !keeps && !slices.Contains(dimNames, name):
			return nil, &Error{errorf("cannot count by %q", name), "count by one or two of " + strings.Join(dimNames, ", ")}
		case slices.Contains(dims, d):
			return nil, &Error{errorf("cannot count by %s twice", name), "count by one or two of " + strings.Join(dimNames, ", ")}
		}
		dims = append(dims, d)
	}
	if len(dims) > 2 {
		return nil, &Error{errorf("cannot count by %d things, only by one or two", len(dims)), "narrow the query by the others"}
	}
	return dims, nil
}

// field is the name of the kept field, if d is one.
func (d Dim) field() (string, bool) { return strings.CutPrefix(string(d), keeping) }

// Unit is the period, if d is one, and whether it is of the article; else "".
func (d Dim) Unit() (unit Unit, ofArticle bool) {
	if u, ok := strings.CutPrefix(string(d), ofDate); ok {
		return Unit(u), true
	}
	u, _ := strings.CutPrefix(string(d), posted)
	if u == string(d) {
		u = ""
	}
	return Unit(u), false
}

// column is the name of d as a column.
func (d Dim) column() string {
	field, keeps := d.field()
	switch {
	case !keeps:
		return strings.ReplaceAll(string(d), "-", "_")
	case slices.ContainsFunc(tallyColumns, func(c Column) bool { return c.Name == field }), slices.Contains(dimNames, strings.ReplaceAll(field, "_", "-")):
		return string(d)
	}
	return field
}

// String is d in words.
func (d Dim) String() string {
	switch unit, ofArticle := d.Unit(); {
	case ofArticle:
		return string(unit) + " of the article"
	case unit != "":
		return string(unit) + " of the tweet"
	case d == dimDomain:
		return "domain linked"
	}
	field, _ := d.field()
	return field
}

// Several says whether one tweet may have several values.
func (d Dim) Several() bool { return slices.Contains([]Dim{dimHashtag, dimMention, dimDomain}, d) }

// isPlace says whether each place of an article may have its own value.
func (d Dim) isPlace() bool {
	_, keeps := d.field()
	return keeps || d == dimOutlet
}

// Terms are the terms that narrow a query to a value; nil if no operator does.
func (d Dim) Terms(value string) []string {
	if value == "" {
		return nil
	}
	term := ""
	switch unit, ofArticle := d.Unit(); {
	case ofArticle:
	case unit != "":
		layout := time.DateOnly[:units[unit]]
		if t, err := time.Parse(layout, value); err == nil {
			next := t.AddDate(b2i(unit == ByYear), b2i(unit == ByMonth), b2i(unit == ByDay))
			return []string{"since:" + value, "until:" + next.Format(layout)}
		}
	case d == dimOutlet:
		term = Term("outlet", "="+value)
	case d == dimHandle:
		term = Term("from", value)
	case d == dimForm:
		term = Term("form", value)
	case d == dimDomain:
		term = Term("url", value)
	case d == dimHashtag:
		term = "#" + value
	case d == dimMention:
		term = "@" + value
	default:
		term = Term(string(d), value)
	}
	if term == "" {
		return nil
	}
	return []string{term}
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// A Tally is the counts of one cell of a table.
type Tally struct {
	Embeds, Tweets, Articles int
	Counted                  int // all counted articles, also those without tweets
	With                     int // counted articles with an embed
}

// Share is the share of articles with tweets among all counted articles. It is not known
// if no articles were counted.
func (t Tally) Share() (share float64, known bool) {
	return float64(t.With) / float64(max(t.Counted, 1)), t.Counted > 0
}

// A Value is a value of a dimension, that is a row or column of a table, with its counts.
type Value struct {
	Name string // "" is unknown
	Tally
}

// A Cell is where a value of each dimension meet. A table has no empty cells.
type Cell struct {
	Values []string
	Tally
}

// A Crosstab is a table of counts. Periods are in the order of time, with unknown time
// last. Other values are sorted by embeds, then by counted articles, then by name.
type Crosstab struct {
	Dims    []Dim
	Values  [][]Value // of each dimension
	Out     []int     // how many values of each dimension are left out
	Cells   []Cell    // by the first dimension, then by the second
	Total   Tally
	Shares  bool // shares are known: articles without tweets were counted too
	Outside int  // articles with tweets that are in no share, because their inputs were not counted

	sorted []Cell // by their values, once a cell is asked for
}

// tallyColumns are the columns after those of the dimensions.
var tallyColumns = []Column{
	{"embeds", Int, "Number of embeds: places in articles where a tweet is embedded."},
	{"tweets", Int, "Number of different tweets."},
	{"articles", Int, "Number of articles with these tweets; one address is one article."},
	{"articles_counted", Int, "Number of all articles, also those without tweets, in the inputs read with --count-all."},
	{"share", Number, "Share of articles with these tweets among articles_counted."},
}

// Columns are the columns of Row.
func (c *Crosstab) Columns() (columns []Column) {
	for _, d := range c.Dims {
		columns = append(columns, Column{Name: d.column(), Kind: Text, Doc: d.String()})
	}
	if countable(c.Dims) {
		return append(columns, tallyColumns...)
	}
	return append(columns, tallyColumns[:3]...)
}

// Row is a cell as a row. Unknown values and shares are empty.
func (c *Crosstab) Row(cell Cell) Row {
	values := append(slices.Clone(cell.Values), strconv.Itoa(cell.Embeds), strconv.Itoa(cell.Tweets), strconv.Itoa(cell.Articles))
	if countable(c.Dims) {
		n, share := "", ""
		if s, known := cell.Share(); known {
			n, share = strconv.Itoa(cell.Counted), strconv.FormatFloat(s, 'f', 4, 64)
		}
		values = append(values, n, share)
	}
	return Row{Values: values}
}

// countable says whether articles without tweets are counted by these dimensions.
func countable(dims []Dim) bool {
	return !slices.ContainsFunc(dims, func(d Dim) bool { return d != dimOutlet && d != ofDate+"year" && d != ofDate+"month" })
}

// maxCells is the greatest size of a table, so that it fits into memory.
const maxCells = 1_000_000

// Crosstab counts by dims. If top is not 0, the table has at most so many values of each
// dimension that is not a period.
func (m *Match) Crosstab(ctx context.Context, dims []Dim, top int) (c *Crosstab, err error) {
	defer func() { err = m.db.explain(err) }()
	_, embeds, args, err := m.counted(ctx)
	if err != nil {
		return nil, err
	}
	tx, err := m.db.sql.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return nil, err
	}
	defer tx.Rollback()
	g := gatherer{table: &Crosstab{Dims: dims, Values: make([][]Value, len(dims)), Out: make([]int, len(dims))}, of: make([]map[string]*Value, len(dims)), cells: map[[2]string]*Tally{}, top: top}
	for i := range dims {
		g.of[i] = map[string]*Value{}
	}
	query, a := seenBy(dims, embeds, args)
	margins, cells := tables(len(dims), "count(DISTINCT embed), count(DISTINCT tweet), count(DISTINCT article)")
	if cells = strings.Replace(cells, "count(DISTINCT embed)", "count(*)", 1); !slices.ContainsFunc(dims, Dim.Several) && !slices.ContainsFunc(dims, Dim.isPlace) {
		margins = strings.ReplaceAll(margins, "count(DISTINCT embed)", "count(*)") // it is quicker, and no embed is in two rows
	}
	all, b := "", []any(nil)
	if countable(dims) && !m.query.Superseded() {
		all, b = countedBy(dims, embeds, args)
	}
	allMargins, allCells := tables(len(dims), "count(DISTINCT article), count(DISTINCT CASE WHEN has THEN article END)")
	if err := g.read(ctx, tx, query+margins, a, false); err != nil {
		return nil, err
	}
	if all != "" {
		if err := g.read(ctx, tx, all+allMargins, b, true); err != nil {
			return nil, err
		}
	}
	g.choose()
	if len(dims) == 2 {
		if err := g.read(ctx, tx, query+cells, a, false); err != nil {
			return nil, err
		}
		if all != "" {
			if err := g.read(ctx, tx, all+allCells, b, true); err != nil {
				return nil, err
			}
		}
	}
	return g.done(), nil
}

// tables are the queries that count the table seen: the whole and each dimension, and the
// cells of two dimensions.
func tables(dims int, counts string) (margins, cells string) {
	margins = ` SELECT 0, '', '', ` + counts + ` FROM seen`
	for i := range dims {
		margins += fmt.Sprintf(` UNION ALL SELECT %d, d%d, '', %s FROM seen GROUP BY d%d`, i+1, i+1, counts, i+1)
	}
	return margins, ` SELECT 3, d1, d2, ` + counts + ` FROM seen GROUP BY d1, d2`
}

// seenBy is the table seen of embeds e, with a row for each embed and value.
func seenBy(dims []Dim, embeds string, args []any) (string, []any) {
	arg := func(v any) string {
		args = append(args, v)
		return "?" + strconv.Itoa(len(args))
	}
	args = slices.Clone(args)
	embeds = strings.Replace(embeds, "?", "?1", 1)
	rows := func(place bool) string {
		columns, from := "e.id AS embed, e.tweet AS tweet, a.address AS article", "embeds e CROSS JOIN articles a ON a.id = e.article"
		if place {
			from = "articles a INDEXED BY articles_many CROSS JOIN places p ON p.article = a.id AND p.current CROSS JOIN embeds e ON e.article = a.id"
		}
		if slices.ContainsFunc(dims, Dim.ofTweet) {
			from += " CROSS JOIN tweets t ON t.id = e.tweet"
		}
		for i, d := range dims {
			expr := d.expr(place, arg)
			if d.Several() {
				from += fmt.Sprintf(" CROSS JOIN json_each(%s) v%d", expr, i)
				expr = fmt.Sprintf("v%d.value", i)
			}
			columns += fmt.Sprintf(", ifnull(%s, '') AS d%d", expr, i+1)
		}
		return columns + " FROM " + from + " WHERE " + embeds
	}
	if !slices.ContainsFunc(dims, Dim.isPlace) {
		return `WITH seen AS MATERIALIZED (SELECT ` + rows(false) + `)`, args
	}
	return `WITH seen AS MATERIALIZED (SELECT ` + rows(false) + ` AND a.places <= 1 UNION ALL SELECT DISTINCT ` + rows(true) + ` AND a.places > 1)`, args
}

// ofTweet says whether the values are in the row of the tweet.
func (d Dim) ofTweet() bool {
	unit, ofArticle := d.Unit()
	return unit != "" && !ofArticle || d == dimHandle || d.Several()
}

// expr is the SQL expression for the value, or for a JSON list of several values, of an
// embed e, its tweet t, its article a and, if asked for, a place p of the article.
func (d Dim) expr(place bool, arg func(any) string) string {
	switch unit, ofArticle := d.Unit(); {
	case ofArticle:
		return fmt.Sprintf("substr(a.date, 1, %d)", units[unit])
	case unit != "":
		return fmt.Sprintf("substr(t.posted_date, 1, %d)", units[unit])
	}
	switch d {
	case dimOutlet:
		if place {
			return aliasOf("ifnull(p.outlet, a.outlet)")
		}
		return outletOf
	case dimHandle:
		return "lower(t.handle)"
	case dimForm:
		return "e.form"
	case dimHashtag:
		return "sigils(t.text, '#')"
	case dimMention:
		return "sigils(t.text, '@')"
	case dimDomain:
		return `domains(t.text, (SELECT json_group_array(json_array(l.shown, l.url, l.target)) FROM embeds o JOIN links l ON l.embed = o.id WHERE o.tweet = t.id AND (o.current OR t.embeds = 0)))`
	}
	field, _ := d.field()
	from := "a.kept"
	if place {
		from = "ifnull(p.kept, a.kept)"
	}
	return "(SELECT k.value FROM json_each(CASE WHEN json_valid(" + from + ") THEN " + from + " END) k WHERE k.key = " + arg(field) + ")"
}

// countedBy is the table seen of all counted articles, and whether they have embeds e.
func countedBy(dims []Dim, embeds string, args []any) (string, []any) {
	columns := ""
	for i, d := range dims {
		expr := aliasOf("c.outlet")
		if unit, _ := d.Unit(); unit != "" {
			expr = fmt.Sprintf("substr(c.month, 1, %d)", units[unit])
		}
		columns += fmt.Sprintf(", %s AS d%d", expr, i+1)
	}
	return `WITH seen AS MATERIALIZED (SELECT DISTINCT c.article AS article` + columns + `, c.article IN (SELECT a.address FROM embeds e JOIN articles a ON a.id = e.article WHERE ` + embeds + `) AS has
		FROM ` + countedNow + `)`, args
}

// A gatherer puts a table together.
type gatherer struct {
	table *Crosstab
	of    []map[string]*Value
	cells map[[2]string]*Tally
	top   int
}

// read adds the counts of a query of tables, of embeds or of all articles.
func (g *gatherer) read(ctx context.Context, q querier, query string, args []any, articles bool) error {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var kind int
		var values [2]string
		var t Tally
		counts := []any{&kind, &values[0], &values[1], &t.Embeds, &t.Tweets, &t.Articles}
		if articles {
			counts = append(counts[:3], &t.Counted, &t.With)
		}
		if err := rows.Scan(counts...); err != nil {
			return err
		}
		into := g.at(kind, values)
		if into == nil {
			continue
		}
		if len(g.cells) > maxCells {
			return &Error{errorf("the table has more than %d cells", maxCells), "make it smaller: --top 100, years in place of days, or a narrower query"}
		}
		if articles {
			into.Counted, into.With = t.Counted, t.With
		} else {
			into.Embeds, into.Tweets, into.Articles = t.Embeds, t.Tweets, t.Articles
		}
	}
	return rows.Err()
}

// at is where a row of tables is counted; nil for a cell of a value that is left out.
func (g *gatherer) at(kind int, values [2]string) *Tally {
	switch {
	case kind == 0:
		return &g.table.Total
	case kind < 3:
		v := g.of[kind-1][values[0]]
		if v == nil {
			v = &Value{Name: values[0]}
			g.of[kind-1][values[0]] = v
		}
		return &v.Tally
	case g.of[0][values[0]] == nil || g.of[1][values[1]] == nil:
		return nil
	}
	t := g.cells[values]
	if t == nil {
		t = &Tally{}
		g.cells[values] = t
	}
	return t
}

// choose sorts the values, and leaves out those after the top.
func (g *gatherer) choose() {
	for i, d := range g.table.Dims {
		values := make([]Value, 0, len(g.of[i]))
		for _, v := range g.of[i] {
			values = append(values, *v)
		}
		unit, _ := d.Unit()
		slices.SortFunc(values, func(a, b Value) int {
			if unit != "" {
				return cmp.Or(b2i(a.Name == "")-b2i(b.Name == ""), strings.Compare(a.Name, b.Name))
			}
			return cmp.Or(b.Embeds-a.Embeds, b.Counted-a.Counted, strings.Compare(a.Name, b.Name))
		})
		if g.top > 0 && unit == "" && len(values) > g.top {
			for _, v := range values[g.top:] {
				delete(g.of[i], v.Name)
			}
			g.table.Out[i], values = len(values)-g.top, values[:g.top]
		}
		g.table.Values[i] = values
	}
}

// done makes the cells of the table.
func (g *gatherer) done() *Crosstab {
	t := g.table
	t.Shares, t.Outside = t.Total.Counted > 0, t.Total.Articles-t.Total.With
	for _, v := range t.Values[0] {
		if len(t.Dims) == 1 {
			t.Cells = append(t.Cells, Cell{[]string{v.Name}, v.Tally})
		}
	}
	if len(t.Dims) < 2 {
		return t
	}
	for _, v := range t.Values[0] {
		for _, w := range t.Values[1] {
			if n := g.cells[[2]string{v.Name, w.Name}]; n != nil {
				t.Cells = append(t.Cells, Cell{[]string{v.Name, w.Name}, *n})
			}
		}
	}
	return t
}

// sigilsOf is the SQL function sigils: a JSON list of the tags or mentions in a text, each
// once and in lower case.
func sigilsOf(text, sign string) string {
	if !strings.ContainsAny(text, "@#＠＃") {
		return "[]"
	}
	var names []string
	for _, s := range Sigils(text) {
		if name := strings.ToLower(s.name); string(s.sign) == sign && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return jsonList(names)
}

// domainsOf is the SQL function domains: a JSON list of the registered domains of the links
// in a text, each once and without those of pictures. links are the links of its embeds, a
// JSON list of shown, url and target, which say where short addresses lead.
func domainsOf(text, links string) string {
	var known [][3]string
	if links != "[]" {
		_ = json.Unmarshal([]byte(links), &known) // we made it
	}
	leadsTo := map[string]string{}
	all := archive.Links(text)
	for _, l := range known {
		shown, url, target := l[0], l[1], l[2]
		if target == "" && archive.IsAddress(shown) {
			target = shown
		}
		if target != "" {
			leadsTo[url] = target
		}
		all = append(all, url)
	}
	var domains []string
	for _, address := range all {
		address = cmp.Or(leadsTo[address], address)
		if isMedia(address) {
			continue
		}
		if !strings.Contains(address, "://") {
			address = "https://" + address
		}
		if domain := outlet.Site(archive.Host(address)); domain != "" && !slices.Contains(domains, domain) {
			domains = append(domains, domain)
		}
	}
	return jsonList(domains)
}

func jsonList(names []string) string {
	if len(names) == 0 {
		return "[]"
	}
	b, err := json.Marshal(names)
	if err != nil {
		panic(err) // texts
	}
	return string(b)
}

// A Measure is one of the counts of a table.
type Measure string

const (
	OfEmbeds   Measure = "embeds"
	OfTweets   Measure = "tweets"
	OfArticles Measure = "articles"
	OfShare    Measure = "share" // of articles with tweets among all counted ones
)

// Measures are all measures, the default first.
var Measures = []Measure{OfEmbeds, OfTweets, OfArticles, OfShare}

// Of is one of the counts; a share may be unknown.
func (t Tally) Of(m Measure) (n float64, known bool) {
	switch m {
	case OfTweets:
		return float64(t.Tweets), true
	case OfArticles:
		return float64(t.Articles), true
	case OfShare:
		return t.Share()
	}
	return float64(t.Embeds), true
}

// Knows is nil if the table has this count, and else says why not.
func (c *Crosstab) Knows(m Measure) error {
	switch {
	case !slices.Contains(Measures, m):
		return &Error{errorf("no count %q", m), "counts: embeds, tweets, articles, share"}
	case m != OfShare || c.Shares:
	case !countable(c.Dims):
		return &Error{errorf("the share of articles with tweets cannot be counted by these"), "count it by outlet, article-year or article-month"}
	default:
		return &Error{errorf("the share is not known, because articles without tweets were not counted"), "archive with --count-all"}
	}
	return nil
}

// Cell is the counts of the cell with these values.
func (c *Crosstab) Cell(values ...string) Tally {
	order := func(a, b Cell) int { return slices.Compare(a.Values, b.Values) }
	if c.sorted == nil {
		c.sorted = slices.SortedFunc(slices.Values(c.Cells), order)
	}
	if i, ok := slices.BinarySearchFunc(c.sorted, Cell{Values: values}, order); ok {
		return c.sorted[i].Tally
	}
	return Tally{}
}

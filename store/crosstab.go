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

// Dim is what a table is counted by: one of DimNames, or keep. and the name of a field
// of the corpus.
type Dim string

const (
	DimOutlet  Dim = "outlet"
	DimHandle  Dim = "handle"
	DimForm    Dim = "form"
	DimHashtag Dim = "hashtag"
	DimMention Dim = "mention"
	DimDomain  Dim = "domain"

	posted  = "posted-"
	ofDate  = "article-"
	keeping = "keep."
)

// DimNames are all but the fields of the corpus. Year, month and day are those of the
// article beside what is the article's, an outlet or a field of the corpus, else those
// of the tweet.
var DimNames = []string{"outlet", "year", "month", "day", "handle", "form", "hashtag", "mention", "domain", "keep.FIELD",
	"article-year", "article-month", "article-day", "posted-year", "posted-month", "posted-day"}

// ParseDims reads one or two, a comma between them.
func ParseDims(s string) (dims []Dim, err error) {
	names := strings.Split(s, ",")
	ofArticles := false
	for i := range names {
		if names[i] = strings.TrimSpace(names[i]); !strings.HasPrefix(names[i], keeping) {
			names[i] = strings.ReplaceAll(names[i], "_", "-") // as the column is called
		}
		ofArticles = ofArticles || Dim(names[i]) == DimOutlet || strings.HasPrefix(names[i], keeping)
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
		case keeps && field == "", !keeps && !slices.Contains(DimNames, name):
			return nil, &Error{errorf("cannot count by %q", name), "one or two of " + strings.Join(DimNames, ", ")}
		case slices.Contains(dims, d):
			return nil, &Error{errorf("%s is named twice", name), "one or two of " + strings.Join(DimNames, ", ")}
		}
		dims = append(dims, d)
	}
	if len(dims) > 2 {
		return nil, &Error{errorf("counts by one or two, not %d", len(dims)), "narrow the query by the others"}
	}
	return dims, nil
}

// field is the field of the corpus that it is.
func (d Dim) field() (string, bool) { return strings.CutPrefix(string(d), keeping) }

// Unit is the stretch of time that it is, and what of: "" for all else.
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

// Column is its name as a column.
func (d Dim) Column() string {
	field, keeps := d.field()
	switch {
	case !keeps:
		return strings.ReplaceAll(string(d), "-", "_")
	case slices.ContainsFunc(tallyColumns, func(c Column) bool { return c.Name == field }), slices.Contains(DimNames, strings.ReplaceAll(field, "_", "-")):
		return string(d)
	}
	return field
}

// String is its name in words.
func (d Dim) String() string {
	switch unit, ofArticle := d.Unit(); {
	case ofArticle:
		return string(unit) + " of the article"
	case unit != "":
		return string(unit) + " of the tweet"
	case d == DimDomain:
		return "domain linked"
	}
	field, _ := d.field()
	return field
}

// Several says whether one tweet, or one article, may have several values.
func (d Dim) Several() bool { return slices.Contains([]Dim{DimHashtag, DimMention, DimDomain}, d) }

// isPlace says whether each place of an article has a value of its own.
func (d Dim) isPlace() bool {
	_, keeps := d.field()
	return keeps || d == DimOutlet
}

// Terms narrow a query to a value; nil where no operator asks for it.
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
	case d == DimOutlet:
		term = Term("outlet", "="+value)
	case d == DimHandle:
		term = Term("from", value)
	case d == DimForm:
		term = Term("form", value)
	case d == DimDomain:
		term = Term("url", value)
	case d == DimHashtag:
		term = "#" + value
	case d == DimMention:
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

// Tally is what is counted of one cell of a table.
type Tally struct {
	Embeds, Tweets, Articles int
	Counted                  int // all articles that were counted, also those without tweets
	With                     int // of these, those with an embed
}

// Share is the share of articles with tweets among all that were counted; it is not
// known where none were.
func (t Tally) Share() (share float64, known bool) {
	return float64(t.With) / float64(max(t.Counted, 1)), t.Counted > 0
}

// A Value is a row or column of a table.
type Value struct {
	Name string // "" is unknown
	Tally
}

// A Cell is where values of all Dims meet; those in which nothing was counted are left
// out.
type Cell struct {
	Values []string
	Tally
}

// Crosstab is a table of counts. Time is in its order, and last what is of no known time;
// all else is by embeds, then by articles counted, then by name.
type Crosstab struct {
	Dims    []Dim
	Values  [][]Value // of each of Dims
	Out     []int     // how many values of each are left out
	Cells   []Cell    // by the first of Dims, then by the second
	Total   Tally
	Shares  bool // articles without tweets were counted too, by what these Dims are
	Outside int  // articles with tweets that are in no share, for their inputs were not counted

	sorted []Cell // by their values, once one is asked for
}

// tallyColumns are those of each table, after the columns of its Dims.
var tallyColumns = []Column{
	{"embeds", Int, "Embeds: spans of articles where a tweet is embedded."},
	{"tweets", Int, "Different tweets."},
	{"articles", Int, "Articles with them, counted by their addresses."},
	{"articles_counted", Int, "All articles, also those without tweets, of the inputs read with --count-all."},
	{"share", Number, "Articles with these tweets among articles_counted."},
}

// Columns are those of Row.
func (c *Crosstab) Columns() (columns []Column) {
	for _, d := range c.Dims {
		columns = append(columns, Column{Name: d.Column(), Kind: Text, Doc: d.String()})
	}
	if countable(c.Dims) {
		return append(columns, tallyColumns...)
	}
	return append(columns, tallyColumns[:3]...)
}

// Row is a cell as a row: unknown values and shares are empty.
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

// countable says whether articles without tweets are known by these.
func countable(dims []Dim) bool {
	return !slices.ContainsFunc(dims, func(d Dim) bool { return d != DimOutlet && d != ofDate+"year" && d != ofDate+"month" })
}

// maxCells is how large a table may be, so that it fits into memory.
const maxCells = 1_000_000

// Crosstab counts by dims. Where top is not 0, of each that is not time only so many
// values are in the table.
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
		margins = strings.ReplaceAll(margins, "count(DISTINCT embed)", "count(*)") // which is quicker, and an embed is in no two rows
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

// tables count what a query has prepared as the table seen: each dimension and the whole
// of it, and the cells of two.
func tables(dims int, counts string) (margins, cells string) {
	margins = ` SELECT 0, '', '', ` + counts + ` FROM seen`
	for i := range dims {
		margins += fmt.Sprintf(` UNION ALL SELECT %d, d%d, '', %s FROM seen GROUP BY d%d`, i+1, i+1, counts, i+1)
	}
	return margins, ` SELECT 3, d1, d2, ` + counts + ` FROM seen GROUP BY d1, d2`
}

// seenBy is the table seen of embeds e: a row for each and each of its values.
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

// ofTweet says whether the row of the tweet is asked for it.
func (d Dim) ofTweet() bool {
	unit, ofArticle := d.Unit()
	return unit != "" && !ofArticle || d == DimHandle || d.Several()
}

// expr is the value in SQL, or a JSON list of several: of an embed e, its tweet t and
// article a, in a place p of it.
func (d Dim) expr(place bool, arg func(any) string) string {
	switch unit, ofArticle := d.Unit(); {
	case ofArticle:
		return fmt.Sprintf("substr(a.date, 1, %d)", units[unit])
	case unit != "":
		return fmt.Sprintf("substr(t.posted_date, 1, %d)", units[unit])
	}
	switch d {
	case DimOutlet:
		if place {
			return aliasOf("ifnull(p.outlet, a.outlet)")
		}
		return outletOf
	case DimHandle:
		return "lower(t.handle)"
	case DimForm:
		return "e.form"
	case DimHashtag:
		return "sigils(t.text, '#')"
	case DimMention:
		return "sigils(t.text, '@')"
	case DimDomain:
		return `domains(t.text, (SELECT json_group_array(json_array(l.shown, l.url, l.target)) FROM embeds o JOIN links l ON l.embed = o.id WHERE o.tweet = t.id AND (o.current OR t.embeds = 0)))`
	}
	field, _ := d.field()
	from := "a.kept"
	if place {
		from = "ifnull(p.kept, a.kept)"
	}
	return "(SELECT k.value FROM json_each(CASE WHEN json_valid(" + from + ") THEN " + from + " END) k WHERE k.key = " + arg(field) + ")"
}

// countedBy is the table seen of all articles that were counted, and whether they have
// embeds e.
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

// gatherer puts a table together.
type gatherer struct {
	table *Crosstab
	of    []map[string]*Value
	cells map[[2]string]*Tally
	top   int
}

// read adds what tables counts: of embeds, or of all articles.
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
			return &Error{errorf("a table of more than %d cells", maxCells), "ask for less: --top 100, a year for a day, or a query"}
		}
		if articles {
			into.Counted, into.With = t.Counted, t.With
		} else {
			into.Embeds, into.Tweets, into.Articles = t.Embeds, t.Tweets, t.Articles
		}
	}
	return rows.Err()
}

// at is where a row of tables is counted; nil for a cell of what is left out.
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

// choose orders the values, and leaves out those after the top.
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

// sigilsOf is the function of SQL sigils, which lists the tags or mentions of a text in lower case,
// each once, as JSON.
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

// domainsOf is the function of SQL domains, which lists the registered domains of the
// links of a text, pictures aside, each once, as JSON. What a short address stands for
// is asked of the links of its embeds, a JSON list of shown, url and target.
func domainsOf(text, links string) string {
	var known [][3]string
	if links != "[]" {
		_ = json.Unmarshal([]byte(links), &known) // it is ours
	}
	behind := map[string]string{}
	all := archive.Links(text)
	for _, l := range known {
		shown, url, target := l[0], l[1], l[2]
		if target == "" && archive.IsAddress(shown) {
			target = shown
		}
		if target != "" {
			behind[url] = target
		}
		all = append(all, url)
	}
	var domains []string
	for _, address := range all {
		address = cmp.Or(behind[address], address)
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

// Measure is which count of a table is shown.
type Measure string

const (
	OfEmbeds   Measure = "embeds"
	OfTweets   Measure = "tweets"
	OfArticles Measure = "articles"
	OfShare    Measure = "share" // of articles with tweets among all that were counted
)

// Measures are all, the default first.
var Measures = []Measure{OfEmbeds, OfTweets, OfArticles, OfShare}

// Of is one of the counts; a share may not be known.
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

// Knows says why a table has no such count, nil where it has.
func (c *Crosstab) Knows(m Measure) error {
	switch {
	case !slices.Contains(Measures, m):
		return &Error{errorf("no count %q", m), "embeds, tweets, articles or share"}
	case m != OfShare || c.Shares:
	case !countable(c.Dims):
		return &Error{errorf("the share of articles with tweets is not known by these"), "it is by outlet, article-year and article-month"}
	default:
		return &Error{errorf("articles without tweets were not counted"), "archive with --count-all"}
	}
	return nil
}

// Cell is the count where two values meet.
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

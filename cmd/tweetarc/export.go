package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/urfave/cli/v2"

	"example.org/tweetarc/store"
)

// Tested in script_test.go and readers_test.go.

func exportCommand() *cli.Command {
	return &cli.Command{
		Name:      "export",
		Usage:     "write the archived tweets, embeds or places to a file",
		ArgsUsage: "[QUERY]",
		Description: `Writes a row for each tweet, or with --of for each embed (one tweet in one
article, in however many places the article is), for each place of the articles,
or for each verdict (what one coder said of one embed, see tweetarc validate).
The column key joins tweets and embeds; tweetarc schema explains all columns.
With a QUERY, as for search, only the tweets that it finds are written, or their
embeds or places. Verdicts as jsonl are a training set: one passage per line,
with the right words (see archive/detect/TRAINING.md). The formats:

   csv      RFC 4180 in UTF-8, IDs as they are
   excel    CSV that is safe to open in a spreadsheet: byte order mark, IDs as
            text, nothing taken for a formula, a number or a day (also --excel)
   tsv      the same as csv with tabs
   jsonl    one object per line
   json     one array of these objects
   parquet  Apache Parquet: IDs are text in every program that reads it
   ids      status IDs alone, for twarc and hydrators; with --with-api also
            those that tweetarc resolve found
   twarc    CSV with twarc's names: id, author.username, created_at, ...

The ending of FILE says the format: .csv, .tsv, .jsonl, .json, .parquet or .txt
(IDs), and after it .gz or .zst, except for parquet. An ending that cannot be
written (.xlsx), or does not fit --format, is refused.

Programs that read CSV take IDs for numbers and round them, unless you say
otherwise: pandas.read_csv(FILE, dtype={"tweet_id": str}), in R read.csv(FILE,
colClasses=c(tweet_id="character")). Parquet does not need this.

FILE appears only when all of it is written, and keeps its mode if it was there
before. A device or a pipe is written to directly. An archive is never
overwritten.

   tweetarc export -o tweets.csv --with-schema
   tweetarc export --of embeds --from 2018-01-01 --to 2018-12-31 -o 2018.jsonl
   tweetarc export --of places --superseded -o places.csv
   tweetarc export --of verdicts --format jsonl -o verdicts.jsonl
   tweetarc export --excel -o bridge.csv 'bridge min_embeds:2'
   tweetarc export --format ids | twarc2 hydrate > tweets.jsonl`,
		Flags: []cli.Flag{
			dbFlag(),
			&cli.StringFlag{Name: "of", Value: "tweets", Usage: "write a row for each of `WHAT`: tweets, embeds, places (of articles) or verdicts"},
			supersededFlag(),
			&cli.StringFlag{Name: "format", Usage: "write as `FORMAT`: " + exportFormatNames + " (default: by the ending of FILE, or else csv)"},
			&cli.BoolFlag{Name: "excel", Usage: "the same as --format excel"},
			&cli.BoolFlag{Name: "with-api", Usage: "add what was looked up; X's terms may not let you pass it on"},
			&cli.StringFlag{Name: "from", Usage: "only tweets posted on `DAY` or later: 2018-03-21, 2018-03 or 2018"},
			&cli.StringFlag{Name: "to", Usage: "only tweets posted on `DAY` or earlier"},
			columnsFlag(),
			&cli.BoolFlag{Name: "with-schema", Usage: "also write what the columns mean, as Table Schema, to FILE.schema.json"},
			&cli.StringFlag{Name: "output", TakesFile: true, Aliases: []string{"o"}, Value: "-", Usage: "write to `FILE`, - for standard output"},
		},
		Action: exportAction,
	}
}

// rowFormats are the formats in which rows are printed, exportFormats those of
// an export; fixed says that a format has columns of its own.
var (
	rowFormats = map[string]func(io.Writer, []store.Column) store.RowWriter{
		"csv":   store.NewCSV,
		"jsonl": store.NewJSONL,
	}
	exportFormats = map[string]struct {
		make  func(io.Writer, []store.Column) store.RowWriter
		fixed bool
	}{
		"csv":     {store.NewCSV, false},
		"excel":   {store.NewExcelCSV, false},
		"tsv":     {store.NewTSV, false},
		"jsonl":   {store.NewJSONL, false},
		"json":    {store.NewJSON, false},
		"parquet": {store.NewParquet, false},
		"ids":     {store.NewIDs, true},
		"twarc":   {store.NewTwarc, true},
	}
)

// endings are the formats that a FILE with an ending may have; the first is the default.
var endings = map[string][]string{
	".csv":     {"csv", "excel", "twarc", "ids"},
	".tsv":     {"tsv"},
	".tab":     {"tsv"},
	".jsonl":   {"jsonl"},
	".ndjson":  {"jsonl"},
	".json":    {"json"},
	".parquet": {"parquet"},
	".txt":     {"ids", "csv", "excel", "twarc", "tsv"},
}

// unwritten are endings of formats that export cannot write, and what to use instead.
var unwritten = map[string]string{
	".xlsx": "--excel -o FILE.csv writes what Excel opens right", ".xls": "--excel -o FILE.csv writes what Excel opens right",
	".ods": "--excel -o FILE.csv writes what LibreOffice opens right",
	".tgz": "compressed are .gz and .zst", ".tar": "compressed are .gz and .zst", ".zip": "compressed are .gz and .zst", ".bz2": "compressed are .gz and .zst", ".xz": "compressed are .gz and .zst", ".7z": "compressed are .gz and .zst",
	".dta": "Stata reads .csv: import delimited, stringcols(_all)", ".sav": "SPSS reads .csv", ".rds": "R reads .parquet and .csv", ".rdata": "R reads .parquet and .csv",
	".feather": "pandas and R read .parquet", ".arrow": "pandas and R read .parquet",
	".html": "tweetarc report writes pages", ".htm": "tweetarc report writes pages", ".pdf": "tweetarc report writes pages",
}

// compressors are the endings of compressed files.
var compressors = map[string]func(io.Writer) (io.WriteCloser, error){
	".gz":  func(w io.Writer) (io.WriteCloser, error) { return gzip.NewWriter(w), nil },
	".zst": func(w io.Writer) (io.WriteCloser, error) { return zstd.NewWriter(w, zstd.WithEncoderConcurrency(1)) },
}

// exportFormat is the format, and the ending of the compression if there is one, that
// --format, --excel and the name of the output ask for; these must not contradict each
// other. The name of a device or a pipe promises nothing.
func exportFormat(c *cli.Context) (name, compressed string, err error) {
	name = c.String("format")
	if c.Bool("excel") {
		if name != "" && name != "excel" && name != "csv" {
			return "", "", usagef(c, "--excel writes CSV, and cannot be used with --format %s", name)
		}
		name = "excel"
	}
	path := c.String("output")
	if _, err := (outputs{stdout: c.App.Writer, archive: c.String("db")}).target(path); err != nil {
		return "", "", err // this matters more than its ending
	}
	if info, err := os.Stat(path); path == "-" || err == nil && !info.Mode().IsRegular() {
		return cmp.Or(name, "csv"), "", nil
	}
	base := strings.ToLower(filepath.Base(path))
	if ext := filepath.Ext(base); compressors[ext] != nil {
		compressed, base = ext, strings.TrimSuffix(base, ext)
	}
	if name, err = formatOf(c, name, base); err != nil {
		return "", "", err
	}
	if compressed != "" && name == "parquet" {
		return "", "", usagef(c, "-o %s: parquet is compressed already; end the name with .parquet", path)
	}
	return name, compressed, nil
}

// formatOf is the format of a file by the last part of its path, in lower case; name is
// that of --format, "" if it is not given.
func formatOf(c *cli.Context, name, base string) (string, error) {
	path, ext := c.String("output"), filepath.Ext(base)
	may, known := endings[ext]
	hint, isUnwritten := unwritten[ext]
	switch {
	case isUnwritten:
		return "", usagef(c, "-o %s: cannot write %s; %s", path, ext, hint)
	case known && name == "":
		return may[0], nil
	case known && exportFormats[name].make != nil && !slices.Contains(may, name):
		return "", usagef(c, "-o %s: the ending %s does not fit --format %s", path, ext, name)
	case name == "" && ext != "" && ext != base: // .hidden has no ending
		return "", usagef(c, "-o %s: no format has the ending %s; choose one with --format: %s", path, ext, exportFormatNames)
	}
	return cmp.Or(name, "csv"), nil
}

const exportFormatNames = "csv, excel, tsv, jsonl, json, parquet, ids or twarc"

// namesFile says whether a query is the name of a file that was meant for -o: one word
// with the ending of a format, or a path into a folder that is there. Such words are in
// tweets too (news.json), but hardly ever searched for.
func namesFile(query string) bool {
	ext := strings.ToLower(filepath.Ext(query))
	if compressors[ext] != nil {
		return true
	}
	if dir := filepath.Dir(query); dir != "." && dir != "/" && !strings.ContainsAny(query, ": \t\n\"#") {
		if info, err := os.Stat(dir); err == nil && info.IsDir() {
			return true
		}
	}
	return (endings[ext] != nil || unwritten[ext] != "") && !strings.ContainsAny(query, ": \t\n\"#")
}

// exporting is what the flags of export ask for, and the result.
type exporting struct {
	c          *cli.Context
	what       store.What
	format     string
	compressed string // the ending
	query      *store.Query
	columns    []store.Column // those chosen

	rows           int
	without, again int // if only IDs are written: tweets without an ID, and with one that was written before
}

func exportAction(c *cli.Context) error {
	e, err := newExporting(c)
	if err != nil {
		return err
	}
	db, err := openArchive(c, false)
	if err != nil {
		return err
	}
	defer db.Close()
	if e.columns, err = db.Columns(c.Context, e.what); err != nil {
		return err
	}
	path := c.String("output")
	files := []outFile{{path, func(w io.Writer) error { return e.writeCompressed(w, db) }}}
	if c.Bool("with-schema") {
		files = append(files, outFile{path + ".schema.json", func(w io.Writer) error { return writeSchema(w, e.columns) }})
	}
	if err := (outputs{stdout: c.App.Writer, archive: c.String("db")}).write(c.Context, files...); err != nil {
		return err
	}
	e.tell(db)
	return nil
}

// newExporting reads flags and arguments.
func newExporting(c *cli.Context) (e *exporting, err error) {
	e = &exporting{c: c, what: store.What(c.String("of"))}
	if !slices.Contains([]store.What{store.Tweets, store.Embeds, store.Places, store.Verdicts}, e.what) {
		return nil, usagef(c, "--of must be tweets, embeds, places or verdicts, not %q", e.what)
	}
	if err := refuseFiles(c); err != nil {
		return nil, err
	}
	if e.format, e.compressed, err = exportFormat(c); err != nil {
		return nil, err
	}
	if err := e.check(); err != nil {
		return nil, err
	}
	if c.Bool("with-api") {
		if e.what != store.Tweets {
			return nil, usagef(c, "--with-api needs --of tweets")
		}
		e.what = store.Lookups
	}
	q, err := parseQuery(c, strings.Join(c.Args().Slice(), " "))
	if err != nil {
		return nil, err
	}
	posted, err := store.Between(c.String("from"), c.String("to"))
	if err != nil {
		return nil, usagef(c, "%v", err)
	}
	e.query = q.And(posted)
	return e, nil
}

// refuseFiles refuses a query that is the name of a file: its -o was forgotten.
func refuseFiles(c *cli.Context) error {
	for _, arg := range c.Args().Slice() {
		if namesFile(arg) {
			return usagef(c, "%s: to write to this file, use -o %s; to search for these words, write '\"%s\"'", arg, arg, arg)
		}
	}
	return nil
}

// check refuses flags that do not go together.
func (e *exporting) check() error {
	c := e.c
	format, ok := exportFormats[e.format]
	columns, schema := c.String("columns") != "", c.Bool("with-schema")
	switch {
	case !ok:
		return usagef(c, "--format must be %s, not %q", exportFormatNames, e.format)
	case format.fixed && columns:
		return usagef(c, "--columns cannot be used with --format %s, which has its own", e.format)
	case format.fixed && schema:
		return usagef(c, "--with-schema cannot be used with --format %s, whose columns are not ours", e.format)
	case schema && c.String("output") == "-":
		return usagef(c, "--with-schema needs a FILE: name it with -o")
	case e.trains() && (columns || schema):
		return usagef(c, "--columns and --with-schema cannot be used with verdicts as jsonl, which are a training set; use csv or json")
	case format.fixed && (e.what == store.Places || e.what == store.Verdicts), e.format == "ids" && e.what == store.Embeds:
		return usagef(c, "--format %s is for tweets, and not for %s", e.format, e.what)
	}
	return nil
}

// trains says whether a training set is written.
func (e *exporting) trains() bool { return e.what == store.Verdicts && e.format == "jsonl" }

func (e *exporting) writeCompressed(w io.Writer, db *store.DB) error {
	compressor := compressors[e.compressed]
	if compressor == nil {
		return e.write(w, db)
	}
	z, err := compressor(w)
	if err != nil {
		return err
	}
	return cmp.Or(e.write(z, db), z.Close())
}

func (e *exporting) write(w io.Writer, db *store.DB) (err error) {
	c := e.c
	if e.trains() {
		e.rows, err = writeTraining(c.Context, w, db, e.query)
		return err
	}
	out, err := chosen(c, e.columns, func(some []store.Column) store.RowWriter {
		e.columns = some
		return exportFormats[e.format].make(w, some)
	})
	if err != nil {
		return err
	}
	if e.what == store.Verdicts {
		e.rows, err = writeVerdicts(c.Context, db, e.query, out.Write)
	} else {
		e.rows, err = db.Export(c.Context, e.what, e.query, out.Write)
	}
	if err != nil {
		return err
	}
	if ids, ok := out.(*store.IDWriter); ok {
		e.without, e.again = ids.LeftOut, ids.Again
	}
	return out.Close()
}

// tell prints how much was written, and what was left out.
func (e *exporting) tell(db *store.DB) {
	w := e.c.App.ErrWriter
	fmt.Fprintf(w, "%s written\n", plural(e.rows-e.without-e.again, "row"))
	if e.again > 0 {
		fmt.Fprintf(w, "%s with an ID that was written before\n", plural(e.again, "tweet"))
	}
	if e.without == 0 {
		return
	}
	hint := ""
	if found, err := db.Identified(e.c.Context); e.what == store.Tweets && err == nil && found > 0 {
		hint = "; --with-api adds the IDs that were found for some"
	}
	fmt.Fprintf(w, "%s without an ID left out%s\n", plural(e.without, "tweet"), hint)
}

// writeSchema describes columns as a Table Schema (specs.frictionlessdata.io).
func writeSchema(w io.Writer, columns []store.Column) error {
	type field struct {
		Name        string `json:"name"`
		Type        string `json:"type"`
		Description string `json:"description"`
	}
	types := map[store.Kind]string{store.Day: "date", store.Time: "datetime", store.Int: "integer", store.Number: "number"}
	var schema struct {
		Fields        []field  `json:"fields"`
		MissingValues []string `json:"missingValues"`
	}
	for _, c := range columns {
		schema.Fields = append(schema.Fields, field{c.Name, cmp.Or(types[c.Kind], "string"), c.Doc})
	}
	schema.MissingValues = []string{""}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(schema)
}

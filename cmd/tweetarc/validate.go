package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"example.org/tweetarc/archive"
	"example.org/tweetarc/archive/review"
	"example.org/tweetarc/store"
)

// Tested in script_test.go and analysis_test.go.

func validateCommand() *cli.Command {
	return &cli.Command{
		Name:      "validate",
		Usage:     "read filled sheets, and say how right the archive is",
		ArgsUsage: "[SHEET.csv...]",
		Description: `Reads the verdicts in sheets that tweetarc sample wrote, and keeps them in the
archive. Sheets may be half filled, and come from several coders. Save them as
CSV from Excel, LibreOffice or Google Sheets, best as CSV UTF-8. If one coder
judged an embed twice, the later verdict counts; a sheet is as old as its file.
A row that is not understood is left out and reported with its number in the
spreadsheet; the exit code is then 3. Without a sheet the command only reports
what the archive has.

The report has, with 95 % intervals:

   precision      the share of embeds that are a tweet by the person named
   exact words    the share of these whose text begins and ends where the tweet
                  does

It gives them for what was judged (Wilson's interval) and for the whole archive:
weighted by the sizes of the strata, the groups of sample --by (Wilson's
interval with the effective number of cases, see archive/review). It adds how
far each two coders agree (Cohen's kappa), and whether the confidence is right:
the share of exact words among embeds of about the same confidence.

What a coder cannot say is left out. Where coders differ, the verdict of most
counts, or else the latest. Words are compared without regard to white space and
the shape of quotes, with the text that the archive has now: a newer detector
may have found another one.

   tweetarc validate sheet.csv
   tweetarc validate --coder Ada ada.csv
   tweetarc validate --format methods > methods.txt`,
		Flags: []cli.Flag{
			dbFlag(),
			&cli.StringFlag{Name: "coder", Usage: "the `NAME` of who judged, where the column coder is empty"},
			&cli.StringFlag{Name: "sample", Usage: "report on the sample with this `KEY` (default: that of the sheets, or else the one with most verdicts); none: on all verdicts, not weighted"},
			&cli.StringFlag{Name: "format", Value: "table", Usage: "print as `FORMAT`: table, json, csv, or methods: a paragraph for a paper"},
		},
		Action: validateAction,
	}
}

// reportFormats print what was judged.
var reportFormats = map[string]func(io.Writer, *judged) error{
	"table":   printReport,
	"json":    printReportJSON,
	"csv":     printReportCSV,
	"methods": printMethods,
}

func validateAction(c *cli.Context) error {
	print := reportFormats[c.String("format")]
	if print == nil {
		return usagef(c, "--format must be table, json, csv or methods, not %q", c.String("format"))
	}
	sheets := c.Args().Slice()
	if len(sheets) == 0 && c.String("coder") != "" {
		return usagef(c, "--coder needs a SHEET.csv")
	}
	open := store.OpenReadOnly
	if len(sheets) > 0 {
		open = store.OpenExisting
	}
	db, err := open(c.String("db"))
	if err != nil {
		return err
	}
	defer db.Close()
	r := &sheetReader{c: c, db: db, coder: c.String("coder"), samples: map[string]int{}, errs: troubles{w: c.App.ErrWriter, begin: c.App.Name + ": "}}
	err = r.readAll(sheets)
	r.errs.end()
	if err != nil {
		return err
	}
	j, err := judgedCases(c, db, r.samples)
	if err != nil {
		return err
	}
	if err := print(c.App.Writer, j); err != nil {
		return err
	}
	switch {
	case r.bad > 0:
		return &incompleteError{fmt.Errorf("%s could not be understood; correct them and read the sheet again", plural(r.bad, "row"))}
	case r.unread > 0:
		return &incompleteError{fmt.Errorf("%s of %d could not be read", plural(r.unread, "sheet"), len(sheets))}
	}
	return nil
}

// sheetReader reads verdicts from sheets into the archive.
type sheetReader struct {
	c       *cli.Context
	db      *store.DB
	coder   string            // of rows that name none
	coders  map[string]string // names as they were written first, by lower case
	samples map[string]int    // how many rows name a sample
	bad     int               // rows that were not understood
	unread  int               // sheets
	errs    troubles
}

// readAll reads all sheets.
func (r *sheetReader) readAll(paths []string) error {
	known, err := r.db.Coders(r.c.Context)
	if err != nil {
		return err
	}
	r.coders = map[string]string{}
	for _, k := range known {
		r.coders[strings.ToLower(k.Name)] = k.Name
	}
	for _, path := range paths {
		s, at, err := r.open(path)
		if err == nil {
			err = r.read(path, s, at)
		} else {
			r.unread++
			if len(paths) == 1 {
				return err
			}
			r.errs.add(archive.Origin{File: path}, archive.Reason(err), err.Error())
			continue
		}
		if err != nil {
			return err
		}
	}
	if r.unread > 0 && r.unread == len(paths) {
		return fmt.Errorf("none of %s could be read", plural(len(paths), "sheet"))
	}
	return nil
}

// open reads a sheet, and says how old it is.
func (r *sheetReader) open(path string) (s *sheet, at time.Time, err error) {
	if path == "-" {
		s, err = readSheet(r.c.App.Reader, verdictSheet)
		if err != nil {
			err = fmt.Errorf("standard input: %w", err)
		}
		return s, time.Now(), err
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, at, fileError(path, err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, at, err
	}
	if s, err = readSheet(f, verdictSheet); err != nil {
		err = fileError(path, err)
	}
	return s, info.ModTime(), err
}

// read keeps the verdicts of a sheet.
func (r *sheetReader) read(path string, s *sheet, at time.Time) error {
	var all []archive.Judgement
	seen := map[string]int{} // index in all, by case and coder
	rows := map[string]int{}
	bad := 0
	for i := range s.rows {
		row := &s.rows[i]
		if key := row.cell("sample"); key != "" {
			r.samples[key]++
		}
		j, err, broken := r.judgement(row, s.lossy)
		if broken != nil {
			return broken
		}
		if err == nil && j != nil {
			j.At = at
			id := store.CaseName(j.Article, j.Anchor) + " " + j.Coder
			if before, twice := rows[id]; twice && (all[seen[id]].Verdict != j.Verdict || all[seen[id]].Words != j.Words) {
				err = archive.WithDetail(fmt.Sprintf("row %d, of the same case and coder, says something else", before), "another row of the same case and coder says something else")
			} else if !twice {
				rows[id], seen[id] = row.number, len(all)
				all = append(all, *j)
			}
		}
		if err != nil {
			bad++
			at := archive.Origin{File: path, Record: row.number}
			r.errs.add(at, archive.Reason(err), fmt.Sprintf("%v: %v", at, err))
		}
	}
	r.bad += bad
	r.errs.end()
	changed, err := r.db.Judge(r.c.Context, all)
	if err != nil {
		return err
	}
	fmt.Fprintf(r.c.App.ErrWriter, "%s: %s of %s, %d of them new or changed; %d not understood\n", plain(path), plural(len(all), "verdict"), plural(len(s.rows), "row"), changed, bad)
	if s.lossy {
		fmt.Fprintf(r.c.App.ErrWriter, "%s: not saved as UTF-8: emoji and some letters are lost in it; words are compared without them\n", plain(path))
	}
	return nil
}

// judgement is the judgement in a row, nil if it is empty. An error of the row is err, one
// of the archive is broken.
func (r *sheetReader) judgement(row *sheetRow, lossy bool) (j *archive.Judgement, err, broken error) {
	said := row.cell("verdict")
	words := strings.TrimSpace(strings.ReplaceAll(row.cell("words"), "\u00a0", " "))
	switch {
	case said == "" && words == "":
		return nil, nil, nil
	case said == "":
		return nil, errors.New("words without a verdict"), nil
	}
	verdict, err := parseVerdict(said)
	if err != nil {
		return nil, err, nil
	}
	article, anchor, ok := store.ParseCaseName(row.cell("case"))
	if !ok {
		return nil, archive.WithDetail(fmt.Sprintf("there is no case %q: the column must be as sample wrote it", archive.Head(row.cell("case"), 40)), "there is no such case"), nil
	}
	coder := r.name(cmp.Or(row.cell("coder"), r.coder))
	if coder == "" {
		return nil, errors.New("no coder: fill in the column, or use --coder NAME"), nil
	}
	c, err := r.db.Case(r.c.Context, article, anchor)
	if errors.Is(err, store.ErrNotFound) {
		return nil, errors.New("the archive does not have this article: is the sheet from another archive?"), nil
	}
	if err != nil {
		return nil, nil, err
	}
	v := c.Judged(coder, verdict, words, row.cell("note"), time.Time{})
	if c.Missing() || row.has("text") && !sameCell(c.Text, row.cells["text"], lossy) {
		asJudged(&v, row)
	}
	return &v, wordsFit(&v, c, lossy), nil
}

// name is a coder's name as it was written first.
func (r *sheetReader) name(coder string) string {
	coder = strings.Join(strings.Fields(coder), " ")
	first, ok := r.coders[strings.ToLower(coder)]
	if !ok {
		first = coder
		r.coders[strings.ToLower(coder)] = coder
	}
	return first
}

// has says whether the sheet has a column.
func (r *sheetRow) has(column string) bool {
	_, ok := r.cells[column]
	return ok
}

// sameCell says whether a cell holds a text, whatever spreadsheets did to it.
func sameCell(text, cell string, lossy bool) bool {
	return review.SameText(text, store.FromExcelCell(cell)) || review.SameText(store.ExcelCell(store.Text, text), cell) ||
		lossy && review.SameText(lost(text), lost(store.FromExcelCell(cell)))
}

// asJudged takes the embed from the sheet: the archive has other words by now.
func asJudged(j *archive.Judgement, row *sheetRow) {
	j.Found = row.cell("text")
	for column, into := range map[string]*string{"handle": &j.Handle, "posted_date": &j.Date, "form": (*string)(&j.Form)} {
		if row.has(column) {
			*into = row.cell(column)
		}
	}
	if n, err := strconv.ParseFloat(strings.Replace(row.cell("confidence"), ",", ".", 1), 64); err == nil && n >= 0 && n <= 1 {
		j.Confidence = n
	}
}

// wordsFit is the error of words that contradict their verdict.
func wordsFit(j *archive.Judgement, c *store.Case, lossy bool) error {
	same := review.SameText(j.Words, j.Found)
	switch j.Verdict {
	case archive.VerdictRight:
		if j.Words != "" && !same {
			return errors.New("the verdict is right, but the words are not those that were found")
		}
	case archive.VerdictNone, archive.VerdictUnsure:
		if j.Words != "" {
			return fmt.Errorf("there are words, but the verdict is %q", j.Verdict)
		}
	case archive.VerdictBegins, archive.VerdictEnds, archive.VerdictBoth:
		if j.Words != "" && same {
			return errors.New("the verdict is wrong words, but the words are those that were found")
		}
	}
	if around := c.Before + c.Raw + c.After; lossy && strings.Contains(j.Words, "?") && len(lost(around)) < len(strings.ReplaceAll(around, "?", "")) {
		return errors.New("the words may have lost letters: save the sheet as CSV UTF-8")
	}
	return nil
}

// judged is all that a report is about.
type judged struct {
	Program   string         `json:"program"`
	Version   string         `json:"version"`
	Archive   store.Summary  `json:"archive"`
	Sample    *store.Sample  `json:"sample,omitempty"`
	Report    *review.Report `json:"report"`
	Elsewhere int            `json:"elsewhere"` // verdicts on embeds outside of the sample
}

// judgedCases are the cases of a sample, or all with a verdict, and what they say.
func judgedCases(c *cli.Context, db *store.DB, named map[string]int) (*judged, error) {
	ctx := c.Context
	j := &judged{Program: c.App.Name, Version: c.App.Version}
	var err error
	if j.Archive, err = db.Summary(ctx); err != nil {
		return nil, err
	}
	if j.Sample, err = chooseSample(c, db, named); err != nil {
		return nil, err
	}
	var cases []review.Case
	in := map[string]bool{}
	var strata []review.Stratum
	if j.Sample != nil {
		all, err := db.Cases(ctx, store.Queue{Sample: j.Sample.Key}, 0, 0)
		if err != nil {
			return nil, err
		}
		for i := range all {
			in[all[i].Name()] = true
			cases = append(cases, reviewCase(&all[i]))
		}
		for _, h := range j.Sample.Strata {
			strata = append(strata, review.Stratum{Name: h.Name, Embeds: h.Embeds})
		}
	}
	err = db.JudgedCases(ctx, nil, func(k *store.Case) error {
		switch {
		case in[k.Name()]:
		case j.Sample != nil:
			j.Elsewhere++
		default:
			cases = append(cases, reviewCase(k))
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	j.Report = review.Of(cases, strata, store.ConfidenceBins)
	return j, nil
}

func reviewCase(c *store.Case) review.Case {
	return review.Case{Stratum: c.Stratum, Text: c.Text, Confidence: c.Confidence, Missing: c.Missing(), Verdicts: c.Verdicts}
}

// chooseSample is the sample that --sample names, else that of the sheets, else the one
// with most verdicts, of several the last drawn; nil is none.
func chooseSample(c *cli.Context, db *store.DB, named map[string]int) (*store.Sample, error) {
	key := c.String("sample")
	if key == "none" {
		return nil, nil
	}
	if key != "" {
		return db.Sample(c.Context, key)
	}
	all, err := db.Samples(c.Context)
	if err != nil {
		return nil, err
	}
	if i := slices.IndexFunc(all, func(s store.Sample) bool { return named[s.Key] > 0 }); i >= 0 {
		if len(named) > 1 {
			fmt.Fprintf(c.App.ErrWriter, "the sheets are of %s; the figures are of %s (choose with --sample)\n", plural(len(named), "sample"), all[i].Key)
		}
		return &all[i], nil
	}
	var best *store.Sample
	most := 0
	for i := range all {
		_, n, err := db.Progress(c.Context, store.Queue{Sample: all[i].Key})
		if err != nil {
			return nil, err
		}
		if n > most {
			best, most = &all[i], n
		}
	}
	return best, nil
}

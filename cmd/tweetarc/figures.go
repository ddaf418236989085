package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"

	"example.org/tweetarc/archive"
	"example.org/tweetarc/archive/review"
	"example.org/tweetarc/store"
)

// Tested in script_test.go and analysis_test.go.

// What validate prints of a report.

// shown is a share with its interval, as a table has it.
func shown(s review.Share) string {
	if s.Of == 0 {
		return "      -                      0"
	}
	return fmt.Sprintf("  %5.3f   %5.3f to %5.3f %6d", s.P, s.Low, s.High, s.Of)
}

// percent is a share of which something is left, however small it is.
func percent(p float64) string {
	if p < 0.001 {
		return "less than 0.1%"
	}
	return fmt.Sprintf("%.1f%%", 100*p)
}

func printReport(w io.Writer, j *judged) error {
	var b strings.Builder
	r := j.Report
	if r.Cases == 0 {
		_, err := io.WriteString(w, "nobody has judged anything yet: tweetarc sample -o sheet.csv draws what to judge\n")
		return err
	}
	switch s := j.Sample; {
	case s != nil && s.Query != "":
		fmt.Fprintf(&b, "sample %s of %s, seed %d\n", s.Key, plain(s.Query), s.Seed)
	case s != nil:
		fmt.Fprintf(&b, "sample %s, seed %d\n", s.Key, s.Seed)
	default:
		b.WriteString("no sample: what was judged was not drawn at random, and says nothing of the rest\n")
	}
	fmt.Fprintf(&b, "%s: %d judged, %d cannot be said, %d not yet\n", plural(r.Cases, "case"), r.Judged, r.Unsure, r.Cases-r.Judged-r.Unsure)
	var said []string
	for _, v := range archive.Verdicts {
		if n := r.Verdicts[v]; n > 0 {
			said = append(said, fmt.Sprintf("%d %s", n, verdictNames[v]))
		}
	}
	if said != nil {
		fmt.Fprintln(&b, strings.Join(said, ", "))
	}
	fmt.Fprintf(&b, "\n%-24s  share   95 %% interval      n\n", "")
	fmt.Fprintf(&b, "%-24s%s\n%-24s%s\n", "precision, judged", shown(r.Sampled.Precision), "exact words, judged", shown(r.Sampled.Exact))
	if len(r.Strata) > 1 {
		fmt.Fprintf(&b, "%-24s%s\n%-24s%s\n", "precision, archive", shown(r.Archive.Precision), "exact words, archive", shown(r.Archive.Exact))
		if r.Judged > 0 && r.Covered < 1 {
			fmt.Fprintf(&b, "these figures leave out the strata of which nothing was judged yet: %s of the embeds\n", percent(1-r.Covered))
		}
	}
	if len(r.Strata) > 1 {
		fmt.Fprintf(&b, "\n%-24s  share   95 %% interval      n   of embeds\n", "by stratum")
		for _, h := range r.Strata {
			fmt.Fprintf(&b, "%s\n", plain(h.Name))
			fmt.Fprintf(&b, "%-24s%s %11d\n%-24s%s\n", "  precision", shown(h.Precision), h.Embeds, "  exact words", shown(h.Exact))
		}
	}
	printAgreement(&b, r)
	printNotes(&b, j)
	_, err := io.WriteString(w, b.String())
	return err
}

// printAgreement prints how coders agree and whether confidence is true.
func printAgreement(b *strings.Builder, r *review.Report) {
	for i, p := range r.Pairs {
		if i == 0 {
			fmt.Fprintln(b)
		}
		kappa := "not defined, for both always said the same"
		if p.Defined {
			kappa = fmt.Sprintf("%.3f", p.Kappa)
		}
		fmt.Fprintf(b, "%s and %s: Cohen's kappa %s; the same verdict on %d of %d\n", plain(p.A), plain(p.B), kappa, p.Agreed, p.Cases)
	}
	if r.Sampled.Exact.Of == 0 {
		return
	}
	fmt.Fprintf(b, "\n%-18s%10s%10s%7s\n", "confidence", "claimed", "exact", "n")
	for _, bin := range r.Bins {
		if bin.N > 0 {
			fmt.Fprintf(b, "%.2f to %.2f      %10.3f%10.3f%7d\n", bin.Low, bin.High, bin.Confidence, bin.Share, bin.N)
		}
	}
	fmt.Fprintf(b, "Brier score %.3f, expected calibration error %.3f\n", r.Brier, r.ECE)
}

// printNotes prints for which cases the figures need care.
func printNotes(b *strings.Builder, j *judged) {
	r := j.Report
	var notes []string
	for _, n := range []struct {
		n    int
		what string
	}{
		{r.Disputed, "judged differently by coders: what most say counts, else the latest"},
		{r.Changed, "found otherwise now than when judged: the words of now are compared"},
		{r.Missing, "found no more: what was found then counts"},
		{r.Wordless, "a tweet without a text: no words to compare"},
		{r.Unknown, "wrong once, another now, and nobody said the right words: not compared"},
		{j.Elsewhere, "judged outside of the sample: not counted"},
	} {
		if n.n > 0 {
			notes = append(notes, fmt.Sprintf("%6d  %s", n.n, n.what))
		}
	}
	if notes != nil {
		fmt.Fprintf(b, "\n%s\n", strings.Join(notes, "\n"))
	}
}

func printReportJSON(w io.Writer, j *judged) error {
	out := json.NewEncoder(w)
	out.SetEscapeHTML(false)
	out.SetIndent("", "  ")
	return out.Encode(j)
}

// reportColumns are those of the report as CSV.
var reportColumns = []store.Column{
	{Name: "figure", Kind: store.Text},
	{Name: "of", Kind: store.Text},
	{Name: "value", Kind: store.Number},
	{Name: "low", Kind: store.Number},
	{Name: "high", Kind: store.Number},
	{Name: "n", Kind: store.Int},
	{Name: "embeds", Kind: store.Int},
}

func printReportCSV(w io.Writer, j *judged) error {
	r := j.Report
	out := store.NewCSV(w, reportColumns)
	number := func(f float64) string { return strconv.FormatFloat(f, 'f', 4, 64) }
	var err error
	row := func(values ...string) {
		if err == nil {
			err = out.Write(store.Row{Values: values})
		}
	}
	share := func(figure, of string, s review.Share, embeds string) {
		if s.Of == 0 {
			row(figure, of, "", "", "", "0", embeds)
			return
		}
		row(figure, of, number(s.P), number(s.Low), number(s.High), strconv.Itoa(s.Of), embeds)
	}
	share("precision", "judged", r.Sampled.Precision, "")
	share("exact words", "judged", r.Sampled.Exact, "")
	if r.Archive != nil {
		embeds := 0
		for _, h := range r.Strata {
			embeds += h.Embeds
		}
		share("precision", "archive", r.Archive.Precision, strconv.Itoa(embeds))
		share("exact words", "archive", r.Archive.Exact, strconv.Itoa(embeds))
	}
	for _, h := range r.Strata {
		share("precision", "stratum "+h.Name, h.Precision, strconv.Itoa(h.Embeds))
		share("exact words", "stratum "+h.Name, h.Exact, strconv.Itoa(h.Embeds))
	}
	for _, v := range archive.Verdicts {
		row("verdicts", string(v), "", "", "", strconv.Itoa(r.Verdicts[v]), "")
	}
	row("verdicts", string(archive.VerdictUnsure)+" alone", "", "", "", strconv.Itoa(r.Unsure), "")
	for _, p := range r.Pairs {
		kappa := ""
		if p.Defined {
			kappa = number(p.Kappa)
		}
		row("kappa", p.A+", "+p.B, kappa, "", "", strconv.Itoa(p.Cases), "")
		row("agreement", p.A+", "+p.B, number(float64(p.Agreed)/float64(p.Cases)), "", "", strconv.Itoa(p.Cases), "")
	}
	for _, b := range r.Bins {
		if b.N > 0 {
			of := fmt.Sprintf("confidence %.2f to %.2f", b.Low, b.High)
			row("mean confidence", of, number(b.Confidence), "", "", strconv.Itoa(b.N), "")
			row("exact words", of, number(b.Share), "", "", strconv.Itoa(b.N), "")
		}
	}
	if n := r.Sampled.Exact.Of; n > 0 {
		row("Brier score", "judged", number(r.Brier), "", "", strconv.Itoa(n), "")
		row("expected calibration error", "judged", number(r.ECE), "", "", strconv.Itoa(n), "")
	}
	if e := out.Close(); err == nil {
		err = e
	}
	return err
}

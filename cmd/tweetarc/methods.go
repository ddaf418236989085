package main

import (
	"fmt"
	"io"
	"strings"

	"example.org/tweetarc/archive/review"
)

// Tested in script_test.go.

// printMethods prints a paragraph for the methods section of a paper. All numbers in it
// are those of the archive and of the verdicts.
func printMethods(w io.Writer, j *judged) error {
	var all []string
	for _, part := range []string{corpusSentences(j), samplingSentences(j), figureSentences(j), agreementSentences(j), limitSentences} {
		if part != "" {
			all = append(all, part)
		}
	}
	_, err := fmt.Fprintln(w, plain(strings.Join(all, " ")))
	return err
}

const limitSentences = "An embed is counted only where the text or markup of the article attributes it to an account, or gives the tweet's address or ID. " +
	"Not found are images and screenshots of tweets, paraphrases, quotations that do not name the account, and tweets of which the corpus kept neither text nor address. " +
	"How many embedded tweets were missed (recall) is not estimated by these figures."

// many is a number with commas and a noun.
func many(n int, noun string) string {
	s := plural(n, noun)
	digits, rest, _ := strings.Cut(s, " ")
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits + " " + rest
}

// listed joins words with commas and "and".
func listed(words []string) string {
	if n := len(words) - 1; n > 0 {
		return strings.Join(words[:n], ", ") + " and " + words[n]
	}
	return strings.Join(words, "")
}

// detectors are the detectors of runs, without the options that say what was read.
func detectors(options []string) string {
	var all []string
	seen := map[string]bool{}
	for _, o := range options {
		words := strings.Fields(o)
		if len(words) == 0 {
			continue
		}
		d := words[0]
		for _, w := range words[1:] {
			if w == "--links" || strings.HasPrefix(w, "--weights") {
				d += " with " + w
			}
		}
		if !seen[d] {
			seen[d] = true
			all = append(all, d)
		}
	}
	return listed(all)
}

func corpusSentences(j *judged) string {
	a := &j.Archive
	version := "version " + j.Version
	if len(a.Versions) > 0 {
		version = "version " + listed(a.Versions)
	}
	if d := detectors(a.Detectors); d != "" {
		version += ", detector " + d
	}
	s := fmt.Sprintf("Tweets embedded in articles were identified with %s (%s). ", j.Program, version)
	records := ""
	if a.Unreadable > 0 {
		records = fmt.Sprintf(", of which %d could not be read", a.Unreadable)
	}
	counted := ""
	if a.Counted > 0 {
		counted = "; " + many(a.Counted, "distinct article") + " were counted, with and without tweets"
	}
	s += fmt.Sprintf("The corpus comprises %s with %s%s, read in %s%s. ", many(a.Inputs, "input file"), many(a.Records, "record"), records, many(a.Runs, "run"), counted)
	outlets := ""
	if a.Outlets > 0 {
		outlets = " from " + many(a.Outlets, "outlet")
	}
	days := ""
	if a.First != "" {
		days = fmt.Sprintf(", posted between %s and %s (UTC)", a.First, a.Last)
	}
	return s + fmt.Sprintf("The archive holds %s of %s in %s%s%s.", many(a.Embeds, "embed"), many(a.Tweets, "distinct tweet"), many(a.Articles, "article"), outlets, days)
}

func samplingSentences(j *judged) string {
	r, s := j.Report, j.Sample
	if r.Judged+r.Unsure == 0 {
		return "No embed has been judged by a person yet."
	}
	coders := "one coder"
	if n := len(r.Coders); n > 1 {
		coders = fmt.Sprintf("%d coders", n)
	}
	if s == nil {
		return fmt.Sprintf("%s were judged by %s against the passage of the article. They were not drawn at random, so that the figures describe these embeds and do not generalise to the archive.", many(r.Judged+r.Unsure, "embed"), coders)
	}
	embeds := 0
	for _, h := range s.Strata {
		embeds += h.Embeds
	}
	of := ""
	if s.Query != "" {
		of = fmt.Sprintf(" that the query %q finds", s.Query)
	}
	drawn := fmt.Sprintf("A simple random sample of %s was drawn from the %s%s (random seed %d).", many(r.Cases, "embed"), many(embeds, "embed"), of, s.Seed)
	if r.Cases == embeds {
		drawn = fmt.Sprintf("All %s%s were selected.", many(embeds, "embed"), of)
	} else if len(s.Strata) > 1 {
		drawn = fmt.Sprintf("A random sample of %s was drawn from the %s%s, stratified by %s (%d strata; proportional allocation with at least two embeds per stratum where it has as many; random seed %d).",
			many(r.Cases, "embed"), many(embeds, "embed"), of, listed(s.By), len(s.Strata), s.Seed)
	}
	judged := fmt.Sprintf(" Of these, %d were judged by %s against the passage of the article", r.Judged+r.Unsure, coders)
	if r.Judged+r.Unsure == r.Cases {
		judged = fmt.Sprintf(" They were judged by %s against the passage of the article", coders)
	}
	if r.Unsure > 0 {
		judged += fmt.Sprintf("; %d could not be decided and are left out", r.Unsure)
	}
	return drawn + judged + "."
}

// inWords is a share with n and its interval.
func inWords(s review.Share, weighted bool) string {
	p := fmt.Sprintf("%.3f", s.P)
	if !weighted {
		p = fmt.Sprintf("%d of %d (%.3f", s.N, s.Of, s.P)
		return fmt.Sprintf("%s; 95%% CI %.3f to %.3f)", p, s.Low, s.High)
	}
	return fmt.Sprintf("%s (n = %d; 95%% CI %.3f to %.3f)", p, s.Of, s.Low, s.High)
}

func figureSentences(j *judged) string {
	r := j.Report
	if r.Judged == 0 {
		return ""
	}
	f, weighted := r.Sampled, false
	if r.Archive != nil && len(r.Strata) > 1 {
		f, weighted = *r.Archive, true
	}
	s := "Precision, the share of embeds that are a tweet by the account named, was " + inWords(f.Precision, weighted) + "."
	if f.Exact.Of > 0 {
		s += " Among those with a text, the text was exactly the tweet's, no more and no less, in " + inWords(f.Exact, weighted) + "."
	}
	if weighted {
		s += " Estimates are weighted by the number of embeds in each stratum; intervals are Wilson score intervals with the effective sample size."
		if r.Covered < 1 {
			s += fmt.Sprintf(" Strata of which nothing was judged, %s of the embeds, are left out.", percent(1-r.Covered))
		}
	} else {
		s += " Intervals are Wilson score intervals."
	}
	if n := j.Archive.Corrected; n > 0 {
		s += fmt.Sprintf(" These figures are of the text as it was found; the coders corrected %s in the archive.", many(n, "text"))
	}
	if n := r.Changed + r.Missing; n > 0 {
		s += fmt.Sprintf(" In %s the program had found another text when it was judged; exactness refers to the text in the archive, if it still has one.", many(n, "case"))
	}
	return s
}

func agreementSentences(j *judged) string {
	r := j.Report
	var all []string
	for _, p := range r.Pairs {
		who := "Two coders"
		if len(r.Pairs) > 1 {
			who = p.A + " and " + p.B
		}
		s := fmt.Sprintf("%s judged %s and agreed on the verdict in %d", who, many(p.Cases, "embed"), p.Agreed)
		if p.Defined {
			s += fmt.Sprintf(" (Cohen's kappa = %.2f)", p.Kappa)
		}
		all = append(all, s+".")
	}
	if r.Disputed > 0 {
		all = append(all, "Where coders differed, the verdict of the majority, or else the latest, was used.")
	}
	return strings.Join(all, " ")
}

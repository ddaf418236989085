package main

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/urfave/cli/v2"

	"example.org/tweetarc/archive"
	"example.org/tweetarc/archive/corpus"
)

// Tested in script_test.go and secrets_test.go.

func inspectCommand() *cli.Command {
	return &cli.Command{
		Name:      "inspect",
		Usage:     "say how a file is read, and show its first articles",
		ArgsUsage: "FILE...",
		Description: `Says which format the file has, and which fields hold the text, the address, the
title and the date of an article (also the outlet and the time of capture, if
there are such fields), and shows the first articles. Use it before a long run,
to see whether you need --text-field or one like it.

   tweetarc inspect news.csv
   tweetarc inspect --text-field article.body news.jsonl`,
		Flags: flagsNamed(inputFlags(), "text-field", "url-field", "title-field", "date-field", "outlet-field", "include", "exclude", "timeout", "tries", "limit", "max-record"),
		Action: func(c *cli.Context) error {
			if c.NArg() == 0 {
				return usagef(c, "no FILE given (- is standard input)")
			}
			r, err := reader(c)
			if err != nil {
				return err
			}
			n := c.Int("limit")
			if n == 0 {
				n = 3
			}
			failed := 0
			for _, path := range c.Args().Slice() {
				in := r.Inspect(path, n)
				if len(in.Articles) == 0 {
					failed++
				}
				showInspection(c, path, in)
			}
			if failed > 0 {
				return &incompleteError{fmt.Errorf("no article found in %s", plural(failed, "input"))}
			}
			return nil
		},
	}
}

func showInspection(c *cli.Context, path string, in *corpus.Inspection) {
	w := c.App.Writer
	name := in.File
	if name == "" {
		name = archive.WithoutSecrets(path)
	}
	fmt.Fprintln(w, plain(name)+strings.TrimSuffix(": "+strings.Join(in.Layers, " > "), ": ")) // what cannot be opened is nothing
	if in.Delimiter != "" {
		quote := ""
		if in.Quote != `"` {
			quote = ", quote " + in.Quote
		}
		fmt.Fprintf(w, "  delimiter %q%s, header %v\n", in.Delimiter, quote, in.Header)
	}
	if len(in.Names) > 0 {
		fmt.Fprintf(w, "  fields    %s\n", plain(strings.Join(in.Names, ", ")))
		for _, f := range []struct{ what, name string }{{"text", in.Fields.Text}, {"url", in.Fields.URL}, {"title", in.Fields.Title}, {"date", in.Fields.Date}} {
			if f.name == "" {
				f.name = "(none; set --" + f.what + "-field)"
			}
			fmt.Fprintf(w, "  %-9s %s\n", f.what, plain(f.name))
		}
		for _, f := range []struct{ what, name string }{{"outlet", in.Fields.Outlet}, {"captured", in.Fields.Captured}} {
			if f.name != "" {
				fmt.Fprintf(w, "  %-9s %s\n", f.what, plain(f.name))
			}
		}
	}
	if in.Why != "" {
		fmt.Fprintf(w, "  %s\n", plain(in.Why))
	}
	for _, a := range in.Articles {
		kind := "text"
		if a.HTML {
			kind = "HTML"
		}
		fmt.Fprintf(w, "  %d: %s %s %s (%s, %s)\n", a.Record, cmp.Or(a.Date, "no date"), cmp.Or(plain(a.URL), "no url"), cmp.Or(plain(a.Title), "no title"), kind, plural(len(a.Body), "byte"))
		fmt.Fprintf(w, "     %s\n", strings.TrimSpace(fit(a.Body[:min(len(a.Body), 400)], 100, false)))
	}
	errs := troubles{w: w, begin: "  "}
	for _, e := range in.Errors {
		errs.read(e)
	}
	errs.end()
}

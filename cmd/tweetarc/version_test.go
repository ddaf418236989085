package main

import (
	"bytes"
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestVersion compares all that say which version this is.
func TestVersion(t *testing.T) {
	changes, err := os.ReadFile("../../CHANGELOG.md")
	if err != nil {
		t.Fatal(err)
	}
	newest := regexp.MustCompile(`(?m)^## \[(\d+\.\d+\.\d+)\] - (\d{4}-\d\d-\d\d)$`).FindStringSubmatch(string(changes))
	if newest == nil {
		t.Fatal("no version in CHANGELOG.md")
	}
	cited := citedAs(t)
	if v, day := cited["version"], cited["date-released"]; v != newest[1] || day != newest[2] {
		t.Errorf("CITATION.cff has %s of %s, CHANGELOG.md %s of %s", v, day, newest[1], newest[2])
	}
	var out bytes.Buffer
	if code := run(t.Context(), []string{"tweetarc", "--version"}, nil, &out, &out); code != 0 {
		t.Errorf("exit code %d", code)
	}
	if said := regexp.MustCompile(`^tweetarc version ` + regexp.QuoteMeta(newest[1]) + `(\+[0-9a-f]{12})?\n$`); !said.Match(out.Bytes()) {
		t.Errorf("--version prints %s", &out)
	}
	readme, err := os.ReadFile(readmePath)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(readme), "@v"+newest[1]+"`") {
		t.Errorf("README.md does not say how to get version %s", newest[1])
	}
}

// TestCitation checks CITATION.cff by what version 1.2.0 of its format says of
// software. If there is an address of the repository, or a DOI, add it here.
func TestCitation(t *testing.T) {
	cited := citedAs(t)
	for key, form := range map[string]string{
		"cff-version":   `1\.2\.0`,
		"type":          `software`,
		"message":       `[^\n:#]{20,}`,
		"title":         `"tweetarc[^"\n]*"`,
		"version":       `\d+\.\d+\.\d+`,
		"date-released": `20\d\d-(0[1-9]|1[0-2])-([0-2]\d|3[01])`,
		"license":       `Apache-2\.0`, // as SPDX writes it
		"authors":       `(\n  - name: [^\n:#]+)+`,
		"abstract":      `>-(\n  [^\n]+)+`,
		"keywords":      `(\n  - [^\n:#]+){5,}`,
	} {
		if !regexp.MustCompile(`^(` + form + `)$`).MatchString(cited[key]) {
			t.Errorf("%s: %q", key, cited[key])
		}
		delete(cited, key)
	}
	for key := range cited {
		t.Errorf("%s is not known to this test", key)
	}
}

// citedAs is CITATION.cff: its keys, with what is after and below them.
func citedAs(t *testing.T) map[string]string {
	t.Helper()
	of, key := map[string]string{}, ""
	for line := range strings.Lines(citation) {
		line = strings.TrimRight(line, "\n")
		switch name, value, ok := strings.Cut(line, ":"); {
		case line == "" || strings.HasPrefix(line, "#"):
		case strings.HasPrefix(line, " "):
			of[key] += "\n" + line
		case !ok || of[name] != "":
			t.Fatalf("CITATION.cff: %q", line)
		default:
			key, of[name] = name, strings.TrimSpace(value)
		}
	}
	return of
}

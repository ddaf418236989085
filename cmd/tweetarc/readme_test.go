package main

import (
	"bufio"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"example.org/tweetarc/fixtures/slow"
)

const (
	readmePath   = "../../README.md"
	readmeIndent = "    " // of what is typed and printed
)

// speed is the line that says how fast this machine was at this moment. A run of less
// than a second has none.
var speed = regexp.MustCompile(`(?m)^ *\d+\.\d s(, [\d.]+ \w+/s)?\n`)

// TestReadme runs the commands of README.md as they are there, those after
// "$ " in its examples, and compares what they print.
func TestReadme(t *testing.T) {
	readme, err := os.ReadFile(readmePath)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	link(t, "../../fixtures", filepath.Join(dir, "fixtures"))
	lines := strings.Split(string(readme), "\n")
	var out []string
	ran := 0
	for i := 0; i < len(lines); {
		line := lines[i]
		i++
		out = append(out, line)
		command, ok := strings.CutPrefix(line, readmeIndent+"$ ")
		if !ok {
			continue
		}
		var want []string
		for i < len(lines) { // blank lines are part of it if it goes on after them
			end := i
			for end < len(lines) && lines[end] == "" {
				end++
			}
			if end == len(lines) || !strings.HasPrefix(lines[end], readmeIndent) || strings.HasPrefix(lines[end], readmeIndent+"$ ") {
				break
			}
			want = append(want, lines[i:end+1]...)
			i = end + 1
		}
		ran++
		var got []string
		for l := range strings.Lines(typed(t, dir, command)) {
			got = append(got, strings.TrimRight(readmeIndent+l, " \n"))
		}
		show := func(lines []string) string { return speed.ReplaceAllString(strings.Join(lines, "\n"), "") }
		if show(got) != show(want) {
			t.Errorf("%s prints\n%s\nREADME says\n%s", command, show(got), show(want))
		}
		out = append(out, got...)
	}
	if ran < 9 {
		t.Errorf("only %d commands found", ran)
	}
	if os.Getenv("UPDATE_SCRIPTS") != "" {
		if err := os.WriteFile(readmePath, []byte(strings.Join(out, "\n")), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// typed is what a command prints that is typed in dir. A server is looked at,
// and stopped; here it takes a port that is free.
func typed(t *testing.T, dir, command string) string {
	t.Helper()
	server := strings.HasPrefix(command, "tweetarc serve")
	if server {
		command = "exec " + command + " --listen 127.0.0.1:0"
	}
	c := exec.Command("sh", "-c", command)
	c.Dir = dir
	c.Env = append(os.Environ(), "NO_COLOR=1")
	if !server {
		b, err := c.CombinedOutput()
		if err != nil {
			t.Errorf("%s: %v", command, err)
		}
		return string(b)
	}
	stderr, err := c.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(stderr).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	address := regexp.MustCompile(`http://(127\.0\.0\.1:\d+)/`).FindStringSubmatch(line)
	if address == nil {
		t.Fatal(line)
	}
	resp, err := http.Get(address[0] + "?q=bridge")
	if err != nil {
		t.Fatal(err)
	}
	page, err := io.ReadAll(resp.Body)
	resp.Body.Close()
	if err != nil || !strings.Contains(string(page), "<mark>bridge</mark>") {
		t.Errorf("%s: %v\n%s", line, err, page)
	}
	c.Process.Signal(os.Interrupt)
	if err := c.Wait(); err != nil {
		t.Errorf("%s: %v", command, err)
	}
	return strings.Replace(line, address[1], "127.0.0.1:8420", 1)
}

// recipeAnswers are what commands of the recipes must print, by how they begin; "" is any other.
var recipeAnswers = map[string]*regexp.Regexp{
	"":                  regexp.MustCompile(`fields .* weblink\n|rio_tan|now holds [1-9]`),
	"tweetarc export":   regexp.MustCompile(`^[1-9]\d* rows? written`),
	"tweetarc sample":   regexp.MustCompile(`[1-9]\d* of [1-9]\d* embeds? drawn`),
	"tweetarc validate": regexp.MustCompile(`verdicts? of [1-9]\d* rows?`),
	"tweetarc enrich":   regexp.MustCompile(`1 found`),
}

// TestRecipes runs the recipes of README.md one after the other, on small
// inputs of the names in them. A line whose program is not here, or
// that needs the net, is passed over, and said so.
func TestRecipes(t *testing.T) {
	readme, err := os.ReadFile(readmePath)
	if err != nil {
		t.Fatal(err)
	}
	_, recipes, _ := strings.Cut(string(readme), "\n## Recipes\n")
	recipes, _, _ = strings.Cut(recipes, "\n## ")
	dir := t.TempDir()
	const (
		words    = "The tram between the harbour and the hill was late again on Thursday, and its passengers were not amused by it at all."
		tweet    = "The tram is late, as ever, and the coffee is cold."
		sentence = words + `\n\n` + tweet + ` — Rio Tan (@rio_tan) May 2, 2019`
	)
	for path, content := range map[string]string{
		"articles.csv":        "headline,published,article,weblink\nLate,2019-05-03,\"" + strings.ReplaceAll(sentence, `\n`, "\n") + "\",https://tram.example/late\n",
		"pages/late.html":     `<html><head><title>Late</title></head><body><article><p>` + strings.Repeat(words+"</p><p>", 5) + `</p><blockquote class="twitter-tweet"><p>` + tweet + `</p>&mdash; Rio Tan (@rio_tan) <a href="https://twitter.com/rio_tan/status/1124000000000000000">May 2, 2019</a></blockquote></article></body></html>`,
		"extracted/late.json": `{"title":"Late","date":"2019-05-03","source":"https://tram.example/late","text":"` + sentence + `"}`,
		"hydrated.jsonl":      `{"id_str":"1124000000000000000","full_text":"` + tweet + `","created_at":"Thu May 02 09:00:00 +0000 2019","user":{"screen_name":"rio_tan","name":"Rio Tan"}}` + "\n",
	} {
		path = filepath.Join(dir, path)
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	link(t, "../../fixtures/same/a.warc.gz", filepath.Join(dir, "crawl.warc.gz"))
	link(t, "../../fixtures/same/a.parquet", filepath.Join(dir, "train-00000.parquet"))
	if err := os.Mkdir(filepath.Join(dir, "shards"), 0o777); err != nil {
		t.Fatal(err)
	}
	ran := 0
	for line := range strings.Lines(recipes) {
		command, ok := strings.CutPrefix(strings.TrimSuffix(line, "\n"), readmeIndent)
		if !ok {
			continue
		}
		program, _, _ := strings.Cut(command, " ")
		_, err := exec.LookPath(program)
		switch {
		case strings.Contains(command, "https://data.commoncrawl.org"), program == "twarc2", program == "datasette": // for datasette see TestDatasette
			t.Log("not run:", command)
			continue
		case err == nil && program == "python3":
			err = exec.Command("python3", "-c", "import pandas, pyarrow").Run()
		}
		if err != nil {
			t.Run(program, func(t *testing.T) {
				slow.Test(t)
				t.Skipf("no %s: %v", program, err)
			})
			continue
		}
		if strings.HasPrefix(command, "tweetarc merge") { // shards were made of a list on the net
			typed(t, dir, "tweetarc shard --out shards crawl.warc.gz")
		}
		ran++
		printed := typed(t, dir, command)
		t.Logf("%s\n%s", command, printed)
		if program == "trafilatura" {
			continue
		}
		want := recipeAnswers[""]
		for prefix, answer := range recipeAnswers {
			if prefix != "" && strings.HasPrefix(command, prefix) {
				want = answer
			}
		}
		if !want.MatchString(printed) {
			t.Errorf("%s prints\n%s", command, printed)
		}
	}
	if ran < 9 {
		t.Errorf("only %d recipes run", ran)
	}
}

func link(t *testing.T, from, to string) {
	t.Helper()
	from, err := filepath.Abs(from)
	if err == nil {
		err = os.Symlink(from, to)
	}
	if err != nil {
		t.Fatal(err)
	}
}

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"example.org/tweetarc/fixtures/slow"
)

// TestReaders reads exports as OUTPUTS.md says, in the programs that are there:
// each ID must come through with all its digits, some tweets having none.
func TestReaders(t *testing.T) {
	slow.Test(t)
	const id = "1256100000000000001"
	dir := t.TempDir()
	for name, body := range map[string]string{
		"a.txt": "The town says it.\n\nThe bridge opens. — Jane Roe (@janeroe) March 21, 2018\n\nAnd so on.\n",
		"b.txt": "The town says it.\n\nThe loom weaves. — Ada Byron (@ada_byron) [May 1, 2020](https://twitter.com/ada_byron/status/" + id + ")\n\nAnd so on.\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(body), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	db := filepath.Join(dir, "t.db")
	ours(t, "archive", "--db", db, dir)
	for _, ending := range []string{"csv", "csv.gz", "tsv", "json", "jsonl", "parquet"} {
		ours(t, "export", "--db", db, "-o", filepath.Join(dir, "t."+ending))
	}
	for _, test := range []struct{ program, needs, code string }{
		{"python3", "import pandas", `print(pandas.read_csv("t.csv", dtype={"tweet_id": str, "key": str}).tweet_id.dropna().iloc[0])`},
		{"python3", "import pandas", `print(pandas.read_csv("t.csv.gz", dtype={"tweet_id": str, "key": str}).tweet_id.dropna().iloc[0])`},
		{"python3", "import pandas", `print(pandas.read_csv("t.tsv", sep="\t", dtype={"tweet_id": str}).tweet_id.dropna().iloc[0])`},
		{"python3", "import pandas", `print(pandas.read_csv("t.csv").key.iloc[1])`},
		{"python3", "import pandas", `print(pandas.read_json("t.jsonl", lines=True, dtype=False).tweet_id.dropna().iloc[0])`},
		{"python3", "import pandas", `print(pandas.read_json("t.json", dtype=False).tweet_id.dropna().iloc[0])`},
		{"python3", "import pandas, pyarrow", `print(pandas.read_parquet("t.parquet").tweet_id.dropna().iloc[0])`},
		{"Rscript", "invisible()", `cat(read.csv("t.csv", colClasses=c(key="character", tweet_id="character"))$tweet_id)`},
		{"Rscript", "library(readr)", `cat(read_csv("t.csv", col_types=cols(key="c", tweet_id="c"))$tweet_id)`},
		{"Rscript", "library(jsonlite)", `cat(fromJSON("t.json")$tweet_id)`},
	} {
		t.Run(test.code, func(t *testing.T) {
			flag := map[string]string{"python3": "-c", "Rscript": "-e"}[test.program]
			if err := exec.Command(test.program, flag, test.needs).Run(); err != nil {
				t.Skipf("%s: %s: %v", test.program, test.needs, err)
			}
			read := exec.Command(test.program, flag, test.needs+"\n"+test.code)
			read.Dir = dir
			out, err := read.Output()
			if err != nil || !strings.Contains(string(out), id) {
				t.Errorf("%s, %v; want %s", out, err, id)
			}
		})
	}
}

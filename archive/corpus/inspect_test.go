package corpus

import (
	"fmt"
	"testing"
)

func TestInspect(t *testing.T) {
	jsonl := "{\"maintext\": \"Words\", \"id\": 1, \"data\": {\"title\": \"T\"}}\n{\"maintext\": \"More\"}\n"
	folder(t, map[string]string{".hidden": "", "a.zip": zipped(t, map[string]string{"a.jsonl.gz": gz(jsonl), "b.txt": "b"}), "b.csv": "id;title;content\n1;T;Words\n"})
	got := (&Reader{}).Inspect(".", 5)
	if s := fmt.Sprint(got.File, got.Layers, got.Names, got.Fields, len(got.Articles)); s != "./a.zip/a.jsonl.gz[zip gzip JSON lines] [maintext id data] {maintext  data.title    [] []} 2" {
		t.Error(s)
	}
	got = (&Reader{}).Inspect("b.csv", 5)
	if s := fmt.Sprint(got.File, got.Layers, got.Delimiter, got.Header, got.Names, got.Fields, got.Articles); s != "b.csv[CSV];true [id title content] {content  title    [] []} [b.csv:1]" {
		t.Error(s)
	}
	if got = (&Reader{}).Inspect("missing", 1); fmt.Sprint(got.Errors) != "[missing: no such file or directory]" {
		t.Error(got)
	}
}

package corpus

import (
	"strings"
	"testing"
)

func TestJSON(t *testing.T) {
	one, two := `{"text": "One", "tags": [{"a": 1}, {"b": {"text": "no"}}]}`, `{"title": "T", "text": "Two"}`
	pretty := "{\n  \"title\": \"T\",\n  \"text\": \"Two\"\n}"
	want := []string{`:1  ""  "One"`, `:2  "T"  "Two"`}
	for _, test := range []struct {
		name, data string
		want       []string
	}{
		{"array", `[` + one + `,` + two + `]`, want},
		{"array over lines", "[\n  " + one + ",\n  " + pretty + "\n]\n", want},
		{"wrapper", `{"status": "ok", "articles": [` + one + `,` + two + `], "n": 2}`, want},
		{"wrapper of wrappers", `{"response": {"status": "ok", "docs": [` + one + `,` + two + `]}, "copyright": "c"}`, want},
		{"two wrappers", `{"articles": [` + one + `], "items": [` + two + `]}`, want},
		{"map", `{"id1": ` + one + `, "id2": ` + two + `}`, want},
		{"one after the other", strings.ReplaceAll(one, " ", "\n") + pretty, want},
		{"arrays one after the other", `[` + one + `][` + two + `]`, want},
		{"lines of arrays", "[]\n[" + one + "]\n[" + two + ",\n" + one + "]\n", append(want[:2:2], strings.Replace(want[0], "1", "3", 1))},
		{"a text sequence", "\x1e" + one + "\n\x1e" + two + "\n", want},
		{"a text sequence over lines", "\x1e" + strings.ReplaceAll(one, " ", "\n") + "\n\x1e" + pretty + "\n", want},
		{"a text sequence, cut short inside", "\x1e" + pretty[:12] + "\n\x1e" + pretty + "\n\x1e" + pretty + "\n", []string{`:1! invalid character '\x1e' in JSON`, want[1], strings.Replace(want[1], "2", "3", 1)}},
		{"one object", pretty, []string{`:1  "T"  "Two"`}},
		{"object with a nested article", `{"url": "https://a.example", "article": {"headline": {"main": "T"}, "body": ["A", "B"]}}`, []string{`:1  "T" https://a.example "A\n\nB"`}},
		{"WordPress", `[{"link": "https://a.example", "date_gmt": "2018-03-22T10:00:00", "title": {"rendered": "T"}, "content": {"rendered": "<p>A</p>", "protected": false}}]`, []string{`:1 2018-03-22 "T" https://a.example html "<p>A</p>"`}},
		{"empty array", `[]`, nil},
		{"duplicate names", `[{"text": "One", "text": "Two", "title": "T", "title": ""}]`, []string{`:1  "T"  "Two"`}},
		{"truncated", `[` + one + `,` + two[:12], []string{want[0], `:2! the JSON ends too early; is a quote or a bracket not closed?`}},
		{"no end", `[` + one, []string{want[0], `:2! the JSON ends too early; is a quote or a bracket not closed?`}},
		{"not an object", `["a", ` + two + `, 12, [], null]`, []string{`:1! not a JSON object`, want[1], `:3! not a JSON object`, `:4! not a JSON object`}},
		{"broken in the middle", `[` + one + `,{"text": "a" "b"},{"text": {]}},` + two + `]`, []string{want[0], `:2! invalid character '"' in JSON`, `:3! invalid character ']' in JSON`, strings.Replace(want[1], "2", "4", 1)}},
		{"quote not closed", `[` + one + `,{"text": "a},` + two + `,` + two + `]`, []string{want[0], `:2! the JSON ends too early; is a quote or a bracket not closed?`, strings.Replace(want[1], "2", "3", 1), strings.Replace(want[1], "2", "4", 1)}},
		{"deep", `[` + one + `,{"text": ` + strings.Repeat(`[`, 1e6) + strings.Repeat(`]`, 1e6) + `},` + two + `]`, []string{want[0], `:2! JSON values inside values, deeper than 10000`, strings.Replace(want[1], "2", "3", 1)}},
	} {
		t.Run(test.name, func(t *testing.T) {
			folder(t, map[string]string{"a.json": test.data, "b.json.gz": gz(test.data)})
			equal(t, read(t, &Reader{}, "a.json"), prefixed("a.json", test.want)...)
			equal(t, read(t, &Reader{}, "b.json.gz"), prefixed("b.json.gz", test.want)...)
			equal(t, read(t, &Reader{Stdin: strings.NewReader(test.data)}, "-"), prefixed("-", test.want)...)
		})
	}
}

func TestJSONFields(t *testing.T) {
	folder(t, map[string]string{"a.jsonl": `{"a": {"b": {"c": "Text", "d.e": "U"}}, "text": "no", "t": ["T", "t"], "n": 1521712800}` + "\n{\"x\": 1}\n"})
	r := &Reader{Fields: Fields{Text: "a.b.c", URL: "a.b.d.e", Title: "t", Date: "n"}}
	equal(t, read(t, r, "a.jsonl"), `a.jsonl:1 2018-03-22 "T" U "Text"`, `a.jsonl:2! no field a.b.c; there are x`)
}

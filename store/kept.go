package store

import (
	"encoding/json"
	"strings"
)

// The fields of the corpus that users ask to keep are in the rows of articles and
// places as a JSON object, its names sorted: {"publication":"...","section":"..."}.
// What is empty is left out, and an empty object is ''.

// keptOf is what is kept of an article: of the fields with these names the values.
func keptOf(names, values []string) string {
	kept := map[string]string{}
	for i, v := range values {
		if v != "" && i < len(names) {
			kept[names[i]] = v
		}
	}
	return keptText(kept)
}

func keptText(values map[string]string) string {
	if len(values) == 0 {
		return ""
	}
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(values); err != nil {
		panic(err) // texts
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// keptValues are the values by their names.
func keptValues(kept string) map[string]string {
	values := map[string]string{}
	if kept != "" {
		_ = json.Unmarshal([]byte(kept), &values) // what others have changed, verify tells
	}
	return values
}

package corpus

import (
	"strings"
	"testing"
)

func TestBlocks(t *testing.T) {
	const tweet = "https://twitter.com/ada_mole/status/1125065594049507328"
	for _, test := range []struct{ name, in, want string }{
		{"Editor.js", `{"time":1,"blocks":[{"type":"paragraph","data":{"text":"The mill is gone."}},{"type":"embed","data":{"service":"twitter","source":"` + tweet + `"}}]}`, "The mill is gone.\n\n\n\n" + tweet},
		{"ProseMirror", `{"type":"doc","content":[{"type":"paragraph","content":[{"type":"text","text":"The mill "},{"type":"text","text":"is gone.","marks":[{"type":"link","attrs":{"href":"` + tweet + `"}}]}]},{"type":"twitter","attrs":{"src":"` + tweet + `"}}]}`, "The mill is gone.\n\n\n\n" + tweet},
		{"Lexical", `{"root":{"type":"root","children":[{"type":"paragraph","children":[{"type":"text","text":"Gone."}]},{"type":"embed","url":"` + tweet + `"}]}}`, "Gone.\n\n\n\n" + tweet},
		{"a link is no embed", `{"blocks":[{"type":"link","data":{"url":"` + tweet + `","text":"there"}}]}`, "there"},
		{"too long", `{"blocks":[{"type":"a","data":{"text":"` + strings.Repeat("x", maxBlocks) + `"}}]}`, ""},
		{"no blocks", `{"type":"a","id":1}`, ""},
		{"not JSON", `{"type":"a"`, ""},
	} {
		if got := blocksText([]byte(test.in)); got != test.want {
			t.Errorf("%s: %q, not %q", test.name, got, test.want)
		}
	}
	folder(t, map[string]string{"a.json": `{"title":"Mill","blocks":[{"type":"paragraph","data":{"text":"Gone."}}]}`})
	equal(t, read(t, &Reader{}, "a.json"), `a.json:1  "Mill"  "Gone."`)
}

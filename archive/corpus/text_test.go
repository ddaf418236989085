package corpus

import (
	"testing"
)

func TestText(t *testing.T) {
	for _, test := range []struct{ name, data, want string }{
		{"a leading date", " date 2018-03-22 Mayor opens bridge\n\nIt rained.", `2018-03-22 "Mayor opens bridge"  " date 2018-03-22 Mayor opens bridge\n\nIt rained."`},
		{"a heading", "Mayor opens bridge\n\nIt rained.", ` "Mayor opens bridge"  "Mayor opens bridge\n\nIt rained."`},
		{"no heading", "It rained.\nAll day.", ` ""  "It rained.\nAll day."`},
		{"no date", "date 2018-13-22 Mayor\n\nIt", ` "date 2018-13-22 Mayor"  "date 2018-13-22 Mayor\n\nIt"`},
		{"CRLF", "Bridge\r\n\r\nIt rained.\r\n", ` "Bridge"  "Bridge\r\n\r\nIt rained.\r\n"`},
		{"BOM", "\ufeffBridge\n\nRain", ` "Bridge"  "Bridge\n\nRain"`},
		{"a wiki's links among tags", "<span id=x></span>\n= Rain =\n\n<blockquote>It [https://a.example rained].</blockquote>", ` ""  "<span id=x></span>\n= Rain =\n\n<blockquote>It [https://a.example rained].</blockquote>"`},
		{"... but not in a page", "<div>[https://a.example rain]</div>\n\n<Iframe src=x></iframe>", ` ""  html "<div>[https://a.example rain]</div>\n\n<Iframe src=x></iframe>"`},
		{"... nor beside a tweet's ID", "<div>[https://a.example rain]</div>\n\n<div class=tweet data-tweet-id=20></div>", ` ""  html "<div>[https://a.example rain]</div>\n\n<div class=tweet data-tweet-id=20></div>"`},
		{"... nor in HTML without empty lines", "<div>[https://a.example rain]</div>", ` ""  html "<div>[https://a.example rain]</div>"`},
		{"Markdown's", "It [rained](https://a.example).</p>\n\n> [x](https://a.example) <https://b.example> 5 < 6", ` "It [rained](https://a.example).</p>"  "It [rained](https://a.example).</p>\n\n> [x](https://a.example) <https://b.example> 5 < 6"`},
		{"windows-1252", "Caf\xe9 \x97 open", ` ""  "Café — open"`},
		{"damaged UTF-8", "Café\xff open", ` ""  "Café` + "\ufffd" + ` open"`},
		{"NUL", "It\x00 rained all day", ` ""  "It\x00 rained all day"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			folder(t, map[string]string{"a.txt": test.data, "b.txt.gz": gz(test.data)})
			equal(t, read(t, &Reader{}, "a.txt", "b.txt.gz"), "a.txt:1 "+test.want, "b.txt.gz:1 "+test.want)
		})
	}
}

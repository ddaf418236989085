package corpus

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestLetter(t *testing.T) {
	const head = "From: a@b.example\nMIME-Version: 1.0\n"
	for _, test := range []struct {
		name, in, want string
		isHTML         bool
	}{
		{"quoted-printable", head + "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\nFlo=\nur =E2=80=94 bread\n", "Flour — bread\n", false},
		{"base64", head + "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\nRmxvdXIg\n4oCUIGJyZWFk\n", "Flour — bread", false},
		{"a charset", head + "Content-Type: text/plain; charset=iso-8859-2\nContent-Transfer-Encoding: quoted-printable\n\nm=B1ka", "mąka", false},
		{"an empty first part", head + "Content-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: text/plain\n\n\n--x\nContent-Type: text/plain\n\nFlour\n--x--\n", "Flour", false},
		{"a name in other case", "From: a@b.example\nMime-Version: 1.0\nContent-Transfer-Encoding: quoted-printable\n\nFlo=\nur", "Flour", false},
		{"a letter in another", head + "Content-Type: message/rfc822\n\nFrom: c@b.example\nContent-Transfer-Encoding: quoted-printable\n\nFlo=\nur", "Flour", false},
		{"a page", head + "Content-Type: text/html\n\n<p>Flour", "<p>Flour", true},
		{"parts", head + "Content-Type: multipart/alternative; boundary=x\n\n--x\nContent-Type: text/plain\n\nFlour\n--x\nContent-Type: text/html\nContent-Transfer-Encoding: quoted-printable\n\n<p id=3D1>Flo=\nur\n--x--\n", "<p id=1>Flour", true},
		{"wrapped", head + "Content-Type: text/plain; format=flowed\n\nFlour and \nbread.\n> Is it \n> flour?\n-- \nA\n", "Flour and bread.\n> Is it flour?\n-- \nA\n", false},
		{"Apple Mail's", "43\n" + head + "\nFlour\n<?xml version=\"1.0\"?><plist/>", "Flour\n", false},
		{"a text and a picture", head + "Content-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: image/png\n\nFlour\n--x\n\nBread\n--x--\n", "Bread", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			if f := sniff([]byte(test.in), "a"); f != mailFile {
				t.Errorf("is taken for %s", f.name)
			}
			a, err := new(source{Reader: new(Reader), max: DefaultMaxRecord}).letter([]byte(test.in))
			if err != nil {
				t.Error(err)
			}
			if a.Body != test.want || a.HTML != test.isHTML {
				t.Errorf("says %q (a page: %v), not %q", a.Body, a.HTML, test.want)
			}
		})
	}
	a, _ := new(source{Reader: new(Reader), max: DefaultMaxRecord}).letter([]byte("Subject: =?utf-8?q?Fl=C3=B6ur?=\nDate: Sat, 4 May 2019 23:10:00 +0200\n" + head + "\nBread"))
	if a.Title != "Flöur" || a.Date != "2019-05-04" {
		t.Errorf("its subject is %q, its day %s", a.Title, a.Date)
	}
	if a, _ = new(source{Reader: new(Reader), max: DefaultMaxRecord}).letter([]byte("Subject: Fl\xf6ur\n" + head + "\nBread")); !utf8.ValidString(a.Title) {
		t.Errorf("its subject is %q", a.Title)
	}
}

// If a part of a letter cannot be read there is an error, and the rest is kept.
func TestBrokenLetter(t *testing.T) {
	const head = "From: a@b.example\nMIME-Version: 1.0\nContent-Type: multipart/mixed"
	folder(t, map[string]string{
		"header.eml":   head + "; boundary=x\n\n--x\n\nFlour\n--x\nno header\n\nBread\n--x--\n",
		"boundary.eml": head + "\n\n--x\n\nFlour\n--x--\n",
		"cut.eml":      head + "; boundary=x\n\n--x\nContent-Transfer-Encoding: base64\n\n!!!!\n--x\n\nBread\n--x--\n",
		"koi8.eml":     "Subject: =?koi8-r?B?zdXLwQ==?=\nFrom: a@b.example\nMIME-Version: 1.0\n\nFlour",
	})
	equal(t, read(t, &Reader{}, "boundary.eml"), "boundary.eml:1! a part of the letter cannot be decoded: multipart: boundary is empty")
	equal(t, read(t, &Reader{}, "header.eml"), `header.eml:1  ""  "Flour"`, `header.eml:1! a part of the letter cannot be decoded: malformed MIME header: missing colon: "no header"`)
	equal(t, read(t, &Reader{}, "cut.eml"), `cut.eml:1  ""  "Bread"`, "cut.eml:1! a part of the letter cannot be decoded: illegal base64 data at input byte 0")
	equal(t, read(t, &Reader{}, "koi8.eml"), `koi8.eml:1  "мука"  "Flour"`)
}

func TestMbox(t *testing.T) {
	letter := func(n string) string {
		return "From a@b.example Sun May  5 08:00:00 2019\nFrom: a@b.example\nSubject: " + n + "\nDate: Sun, 5 May 2019 08:00:00 +0000\n\n"
	}
	folder(t, map[string]string{
		"a.mbox": letter("A") + "Flour\n\n>From the mill.\n>>From it.\n\nFrom there it goes on.\n\n" + letter("B") + "Bread\n\n",
		"long":   letter("A") + strings.Repeat("Flour\n", 1<<18) + "\n" + letter("B") + "Bread\n",
		"broken": letter("A") + "Flour\n\nFrom x\nno header\n\n" + letter("B") + "\n" + "From x\nSubject: C\nno header\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\nBread\n",
	})
	r := &Reader{MaxRecord: 1 << 20}
	equal(t, read(t, r, "a.mbox"), `a.mbox:1 2019-05-05 "A"  "Flour\n\nFrom the mill.\n>From it.\n\nFrom there it goes on.\n\n"`, `a.mbox:2 2019-05-05 "B"  "Bread\n\n"`)
	equal(t, read(t, r, "long"), "long:1! record longer than 524288 bytes; raise --max-record to read it", `long:2 2019-05-05 "B"  "Bread\n"`)
	equal(t, read(t, r, "broken"), `broken:1 2019-05-05 "A"  "Flour\n\nFrom x\nno header\n\n"`, `broken:2 2019-05-05 "B"  "\n"`, `broken:3  "C"  "Bread"`, "broken:3! a part of the letter cannot be decoded: ends too early; if the file was cut, copy or download it again")
}

func TestMHTML(t *testing.T) {
	const saved = "From: <Saved by Blink>\nSnapshot-Content-Location: https://gull.example/1\nSubject: =?utf-8?Q?M=C3=B6we?=\nDate: Wed, 1 Jan 2020 08:00:00 GMT\nMIME-Version: 1.0\nContent-Type: multipart/related;\n\ttype=\"text/html\";\n\tboundary=\"x\"\n\n\n" +
		"--x\nContent-Type: text/html\nContent-ID: <frame-1@mhtml.blink>\nContent-Transfer-Encoding: quoted-printable\nContent-Location: https://gull.example/1\n\n<p>M=C3=B6=\nwe<iframe src=3D\"cid:frame-2@mhtml.blink\">\n" +
		"--x\nContent-Type: text/html\nContent-ID: <frame-2@mhtml.blink>\nContent-Location: https://gull.example/?id=20&x\n\nframe\n--x--\n"
	folder(t, map[string]string{"a": saved, "b.mht": saved[strings.Index(saved, "MIME"):]})
	equal(t, read(t, &Reader{}, "a"), `a:1  "Möwe" https://gull.example/1 html "<p>Möwe<iframe src=\"https://gull.example/?id=20&amp;x\">"`)
	equal(t, read(t, &Reader{}, "b.mht"), `b.mht:1  "" https://gull.example/1 html "<p>Möwe<iframe src=\"https://gull.example/?id=20&amp;x\">"`)
}

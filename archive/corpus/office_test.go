package corpus

import (
	"strconv"
	"strings"
	"testing"
)

const (
	relations = `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">`
	wordSpace = `<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><w:body>`
	odtSpace  = `<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:xlink="http://www.w3.org/1999/xlink"><office:body><office:text>`
)

// docxParts gives the parts of a docx with this body.
func docxParts(body string) map[string]string {
	return map[string]string{
		"[Content_Types].xml": "<Types/>",
		"_rels/.rels":         relations + `<Relationship Id="a" Type="http://x/officeDocument" Target="word/document.xml"/></Relationships>`,
		"docProps/core.xml":   `<cp:coreProperties xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"><dc:title>Gulls</dc:title><dcterms:created>2019-05-05T08:00:00Z</dcterms:created><dcterms:modified>2020-01-01T08:00:00Z</dcterms:modified></cp:coreProperties>`,
		"word/document.xml":   wordSpace + body + `</w:body></w:document>`,
		"word/_rels/document.xml.rels": relations +
			`<Relationship Id="l1" Type="http://x/hyperlink" Target="https://gulls.example/?a=1&amp;b=2" TargetMode="External"/></Relationships>`,
		"word/styles.xml": "<w:styles/>",
	}
}

func odtParts(body string) map[string]string {
	return map[string]string{
		"mimetype":              "application/vnd.oasis.opendocument.text",
		"META-INF/manifest.xml": "<manifest:manifest/>",
		"meta.xml":              `<office:document-meta xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:meta="x"><office:meta><meta:creation-date>2019-05-05T08:00:00</meta:creation-date><dc:date>2020-01-01T08:00:00</dc:date><dc:title>Gulls</dc:title></office:meta></office:document-meta>`,
		"content.xml":           odtSpace + body + `</office:text></office:body></office:document-content>`,
	}
}

func epubParts(first string) map[string]string {
	return map[string]string{
		"mimetype":               "application/epub+zip",
		"META-INF/container.xml": `<container><rootfiles><rootfile full-path="OEBPS/a.opf"/></rootfiles></container>`,
		"OEBPS/a.opf": `<package xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata><dc:title>Gulls</dc:title><dc:date>2019-05-05</dc:date><dc:publisher>The Gull</dc:publisher></metadata>
<manifest><item id="b" href="b.xhtml"/><item id="a" href="a%20a.xhtml"/></manifest><spine><itemref idref="a"/><itemref idref="b"/></spine></package>`,
		"OEBPS/a a.xhtml": first, "OEBPS/b.xhtml": "<html><head><title>x</title></head><body class='c'><p>Two</p></body></html>",
	}
}

func TestDocuments(t *testing.T) {
	for _, test := range []struct {
		name  string
		parts map[string]string
		want  string
	}{
		{"runs and signs", docxParts(`<w:p><w:r><w:t>Bread</w:t></w:r><w:r><w:t xml:space="preserve"> &amp; &lt;b&gt;</w:t><w:br/><w:t>flour</w:t></w:r></w:p><w:p/>`), "<p>Bread &amp; &lt;b><br>flour</p>\n"},
		{"a heading", docxParts(`<w:p><w:pPr><w:pStyle w:val="Heading2"/><w:tabs><w:tab w:val="left"/></w:tabs></w:pPr><w:r><w:t>Bread</w:t></w:r></w:p>`), "<h2>Bread</h2>\n"},
		{"a link", docxParts(`<w:p><w:hyperlink r:id="l1"><w:r><w:t>gulls</w:t></w:r></w:hyperlink></w:p>`), "<p><a href=\"https://gulls.example/?a=1&amp;b=2\">gulls</a></p>\n"},
		{"a link by a field", docxParts(`<w:p><w:r><w:fldChar w:fldCharType="begin"/><w:instrText> HYPERLINK "https://gulls.example" </w:instrText><w:fldChar w:fldCharType="separate"/><w:t>gulls</w:t><w:fldChar w:fldCharType="end"/></w:r></w:p>`), "<p><a href=\"https://gulls.example\">gulls</a></p>\n"},
		{"what was struck out", docxParts(`<w:p><w:del><w:r><w:delText>old</w:delText></w:r></w:del><w:ins><w:r><w:t>new</w:t></w:r></w:ins></w:p>`), "<p>new</p>\n"},
		{"a table", docxParts(`<w:tbl><w:tr><w:tc><w:p><w:r><w:t>a</w:t></w:r></w:p></w:tc></w:tr></w:tbl>`), "<table><tr><td><p>a</p>\n</td>\n</tr>\n</table>\n"},
		{
			"a note in odt", odtParts(`<text:h text:outline-level="2">Bread</text:h><text:p>Gulls<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>A note.</text:p></text:note-body></text:note>  cry<text:s/>and<text:line-break/><text:a xlink:href="https://gulls.example">fly</text:a></text:p>`),
			"<h2>Bread</h2>\n<p>Gulls cry and<br><a href=\"https://gulls.example\">fly</a></p>\n<p>A note.</p>\n",
		},
		{"what was struck out of odt", odtParts(`<text:tracked-changes><text:p>old</text:p></text:tracked-changes><text:list><text:list-item><text:p>new</text:p></text:list-item></text:list>`), "<ul><li><p>new</p>\n</li>\n</ul>\n"},
		{"a book", epubParts("<html><body><p>One</p></body></html>"), "<p>One</p>\n<p>Two</p>\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			b := zipped(t, test.parts)
			folder(t, map[string]string{"a": b, "a.docx": b, "a.zip": zipped(t, map[string]string{"x/a.docx": b}), "a.tar": tarred(t, map[string]string{"a": b}), "b.gz": gz(b)})
			date := "" // of docx and odt there is none: their day of creation is the file's
			if test.name == "a book" {
				date = "2019-05-05"
			}
			for _, name := range []string{"a", "a.docx", "a.zip", "a.tar", "b.gz"} {
				got := read(t, &Reader{}, name)
				if len(got) != 1 || !strings.Contains(got[0], ":1 "+date+" \"Gulls\"  html ") || !strings.HasSuffix(got[0], strconv.Quote(test.want)) {
					t.Errorf("%s: %s, not %s", name, got, strconv.Quote(test.want))
				}
			}
			equal(t, read(t, &Reader{Stdin: strings.NewReader(b)}, "-"), `-:1 `+date+` "Gulls"  html `+strconv.Quote(test.want))
		})
	}
}

// There is an error for a document that is broken, locked, too long or not a text.
func TestBrokenDocuments(t *testing.T) {
	locked := odtParts("x")
	locked["META-INF/manifest.xml"] = "<manifest:manifest><manifest:encryption-data/></manifest:manifest>"
	folder(t, map[string]string{
		"cut.docx":    zipped(t, docxParts(`<w:p><w:r><w:t>Bread</w:t></w:r></w:p><w:p a`)),
		"locked.odt":  zipped(t, locked),
		"bomb.docx":   zipped(t, docxParts(strings.Repeat(`<w:p><w:r><w:t>Bread</w:t></w:r></w:p>`, 1e5))),
		"gone.epub":   zipped(t, map[string]string{"mimetype": "application/epub+zip", "META-INF/container.xml": "<container/>"}),
		"a.xlsx":      zipped(t, map[string]string{"[Content_Types].xml": "<Types/>", "xl/workbook.xml": "<x/>"}),
		"pages.zip":   zipped(t, map[string]string{"word/a.txt": "Bread", "content.xml": "Flour"}),
		"sheets.zip":  zipped(t, map[string]string{"a.xlsx": zipped(t, map[string]string{"[Content_Types].xml": "<Types/>", "xl/workbook.xml": "<x/>"})}),
		"note.fodt":   `<?xml version="1.0"?><office:document xmlns:office="o" office:mimetype="application/vnd.oasis.opendocument.text" xmlns:text="t"><office:body><text:p>Bread<text:note><text:p>Flour`,
		"flat.fodt":   `<?xml version="1.0"?><office:document xmlns:office="o" office:mimetype="application/vnd.oasis.opendocument.text" xmlns:text="t"><office:body><text:p>Bread</text:p></office:body></office:document>`,
		"broken.docx": zipped(t, docxParts("x"))[:200],
	})
	r := &Reader{MaxRecord: 1 << 20}
	got := read(t, r, "cut.docx")
	if len(got) != 2 || !strings.Contains(got[0], "Bread") || !strings.HasPrefix(got[1], "cut.docx:1! word/document.xml: XML syntax error") {
		t.Errorf("cut.docx: %s", got)
	}
	equal(t, read(t, r, "locked.odt"), "locked.odt:1! encrypted: unpack it with its password first")
	got = read(t, r, "bomb.docx")
	if len(got) != 2 || !strings.HasSuffix(got[1], "record longer than 131072 bytes; raise --max-record to read it") {
		t.Errorf("bomb.docx: %d records, the last %.200s", len(got), got[len(got)-1])
	}
	equal(t, read(t, r, "gone.epub"), "gone.epub:1! the document is incomplete: it does not say where its pages are")
	equal(t, read(t, r, "a.xlsx"), "a.xlsx! Excel workbook (.xlsx): save it as CSV")
	equal(t, read(t, r, "sheets.zip"), "sheets.zip/a.xlsx~ Excel workbook (.xlsx)")
	equal(t, read(t, r, "pages.zip"), `pages.zip/content.xml:1  ""  "Flour"`, `pages.zip/word/a.txt:1  ""  "Bread"`)
	equal(t, read(t, r, "note.fodt"), `note.fodt:1  ""  html "<p>Bread</p>\n<p>Flour</p>\n"`) // cut inside a note
	equal(t, read(t, r, "flat.fodt"), `flat.fodt:1  ""  html "<p>Bread</p>\n"`)
	equal(t, read(t, r, "broken.docx"), "broken.docx! not a complete zip; if it was cut, copy or download it again")
}

package corpus

import "testing"

// A file of a kind that is not read is an error if the user named it, and otherwise
// skipped. If articles are surely missing, it is always an error.
func TestRefused(t *testing.T) {
	const pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n"
	files := map[string]string{
		"in/a.parquet": pointer, "in/b.csv": "/annex/objects/SHA256E-s1--00.csv\n", "in/c.png": "\x89PNG\r\n\x1a\n\x00\x00", "in/d.pdf": "%PDF-1.4\nwords\n",
		"in/e": "\x00\x01\x02\x03\x04\x05\x06\x07", "in/f.orc": "ORC\n\x00\x00words", "in/g.txt": "ORChestras play. BM and MZ are letters.", "in/h.rtf": `{\rtf1 words}`,
	}
	sidecars := map[string]string{"in/Thumbs.db": "x", "in/x.cdx.gz": "x", "in/x.md5": "x", "in/_SUCCESS": ""}
	all := map[string]string{"a.zip": zipped(t, files)}
	for _, m := range []map[string]string{files, sidecars} {
		for name, data := range m {
			all[name] = data
		}
	}
	folder(t, all)
	const lfs, annex = "Git LFS pointer: the file itself is not here; run git lfs pull", "git-annex pointer: the file itself is not here; run git annex get"
	equal(t, read(t, &Reader{}, "in"),
		"in/Thumbs.db~ "+string(skipSidecar), "in/_SUCCESS~ "+string(skipSidecar),
		"in/a.parquet! "+lfs, "in/b.csv! "+annex, "in/c.png~ image", "in/d.pdf~ PDF", "in/e~ unknown binary data", "in/f.orc~ ORC",
		`in/g.txt:1  ""  "ORChestras play. BM and MZ are letters."`, "in/h.rtf~ RTF",
		"in/x.cdx.gz~ "+string(skipSidecar), "in/x.md5~ "+string(skipSidecar))
	equal(t, read(t, &Reader{}, "a.zip"),
		"a.zip/in/a.parquet! "+lfs, "a.zip/in/b.csv! "+annex, "a.zip/in/c.png~ image", "a.zip/in/d.pdf~ PDF", "a.zip/in/e~ unknown binary data", "a.zip/in/f.orc~ ORC",
		`a.zip/in/g.txt:1  ""  "ORChestras play. BM and MZ are letters."`, "a.zip/in/h.rtf~ RTF")
	equal(t, read(t, &Reader{}, "in/a.parquet", "in/c.png", "in/d.pdf", "in/e", "in/f.orc", "in/h.rtf"),
		"in/a.parquet! "+lfs, "in/c.png! image: there is no text in it to read", "in/d.pdf! PDF: make text of it with pdftotext",
		"in/e! unknown binary data: "+whatIsRead, "in/f.orc! ORC: convert it to Parquet or JSON lines", "in/h.rtf! RTF: save it as .docx or .odt")
}

package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

var noon = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)

// packed is a packer, and made-up files of a target.
func packed(t *testing.T) (p *packer, own []member) {
	t.Chdir("../..")
	p = &packer{dist: t.TempDir(), when: noon, version: "9.8.7", common: []member{{name: "LICENSE", data: []byte("Do.\n")}, {name: "README.md", data: []byte("Read.\n")}}}
	return p, []member{{name: "tweetarc", data: []byte("\x7fELF"), exec: true}, {name: "NOTICES", data: []byte("Noted.\n")}, {name: "sbom.cdx.json", data: []byte("{}\n")}}
}

// An archive depends only on what is in it: not on the order of the members, on who owns
// their files, or on when it is made.
func TestSameBytes(t *testing.T) {
	p, own := packed(t)
	files := slices.Concat(own, p.common)
	for _, form := range []struct {
		name string
		pack func(io.Writer, time.Time, []member) error
	}{{"a.tar.gz", writeTar}, {"a.zip", writeZip}} {
		var was []byte
		for range 2 {
			slices.Reverse(files)
			if err := p.write(form.name, files, form.pack); err != nil {
				t.Fatal(err)
			}
			is, err := os.ReadFile(filepath.Join(p.dist, form.name))
			if err != nil {
				t.Fatal(err)
			}
			if was != nil && !bytes.Equal(was, is) {
				t.Errorf("%s: the bytes depend on the order", form.name)
			}
			was = is
		}
	}
}

func TestTar(t *testing.T) {
	p, own := packed(t)
	var b bytes.Buffer
	if err := writeTar(&b, noon, slices.Concat(own, p.common)); err != nil {
		t.Fatal(err)
	}
	unzipped, err := gzip.NewReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for in := tar.NewReader(unzipped); ; {
		h, err := in.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, h.Name)
		want := int64(0o644)
		if h.Name == "tweetarc" {
			want = 0o755
		}
		if h.Mode != want || !h.ModTime.Equal(noon) || h.Uid != 0 || h.Uname != "" {
			t.Errorf("%s: mode %o, time %v, user %d %q", h.Name, h.Mode, h.ModTime, h.Uid, h.Uname)
		}
	}
	if got, want := strings.Join(names, " "), "tweetarc NOTICES sbom.cdx.json LICENSE README.md"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

var noon = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)

func packed(t *testing.T) (p *packer, own []member) {
	t.Chdir("../..")
	p = &packer{dist: t.TempDir(), when: noon, version: "9.8.7", common: []member{{name: "LICENSE", data: []byte("Do.\n")}, {name: "README.md", data: []byte("Read.\n")}}}
	return p, []member{{name: "tweetarc", data: []byte("\x7fELF"), exec: true}, {name: "NOTICES", data: []byte("Noted.\n")}, {name: "sbom.cdx.json", data: []byte("{}\n")}}
}

// An archive says no more than what is in it: the order of its members, whose files they
// were, and when it was made leave no trace.
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
				t.Errorf("%s: other bytes from another order", form.name)
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

// A wheel as pip checks it: RECORD names each file with its sum and size, the metadata
// are in the folder that the name says, and the binary is among the scripts.
func TestWheel(t *testing.T) {
	p, own := packed(t)
	for _, target := range targets {
		files, name, err := p.wheel(target, own)
		if err != nil {
			t.Fatal(err)
		}
		if want := "tweetarc-9.8.7-py3-none-" + target.wheel + ".whl"; name != want {
			t.Errorf("%s, want %s", name, want)
		}
		if err := p.write(name, files, writeZip); err != nil {
			t.Fatal(err)
		}
		in, err := zip.OpenReader(filepath.Join(p.dist, name))
		if err != nil {
			t.Fatal(err)
		}
		defer in.Close()
		held := map[string]string{}
		for _, f := range in.File {
			r, err := f.Open()
			if err != nil {
				t.Fatal(err)
			}
			data, err := io.ReadAll(r)
			if err != nil {
				t.Fatal(err)
			}
			held[f.Name] = string(data)
			if exec := f.Mode()&0o111 != 0; exec != strings.Contains(f.Name, ".data/scripts/") {
				t.Errorf("%s: mode %v", f.Name, f.Mode())
			}
		}
		const info = "tweetarc-9.8.7.dist-info/"
		for line := range strings.Lines(held[info+"RECORD"]) {
			cells := strings.Split(strings.TrimSpace(line), ",")
			data, ok := held[cells[0]]
			sum := sha256.Sum256([]byte(data))
			want := []string{cells[0], "sha256=" + base64.RawURLEncoding.EncodeToString(sum[:]), strconv.Itoa(len(data))}
			if cells[0] == info+"RECORD" {
				want[1], want[2] = "", ""
			}
			if !ok || !slices.Equal(cells, want) {
				t.Errorf("RECORD says %v, want %v", cells, want)
			}
			delete(held, cells[0])
			switch {
			case strings.HasSuffix(cells[0], "/METADATA"):
				if !strings.Contains(data, "\nVersion: 9.8.7\n") || !strings.Contains(data, "\n\n# tweetarc") {
					t.Errorf("METADATA\n%s", data)
				}
			case strings.HasSuffix(cells[0], "/WHEEL"):
				for platform := range strings.SplitSeq(target.wheel, ".") {
					if !strings.Contains(data, "\nTag: py3-none-"+platform+"\n") {
						t.Errorf("WHEEL lacks %s:\n%s", platform, data)
					}
				}
			}
		}
		for name := range held {
			t.Errorf("RECORD does not name %s", name)
		}
	}
}

// The stubs of darwin name all that this version of Go takes from a library that Zig
// does not bring.
func TestDarwinStubs(t *testing.T) {
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	imports := regexp.MustCompile(`cgo_import_dynamic \S+ (\S+) "([^"]+)"`)
	stubs, err := filepath.Glob("darwin/*/*.tbd")
	if err != nil {
		t.Fatal(err)
	}
	more, _ := filepath.Glob("darwin/*/*/*.tbd")
	known := map[string]string{}
	for _, path := range append(stubs, more...) {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		install := regexp.MustCompile(`install-name: '(.*)'`).FindSubmatch(text)
		known[string(install[1])] = string(text)
	}
	asked := 0
	for _, dir := range []string{"runtime", "internal/syscall/unix", "crypto/x509/internal/macos", "net", "os/user", "syscall"} {
		files, _ := filepath.Glob(filepath.Join(strings.TrimSpace(string(root)), "src", dir, "*.go"))
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range imports.FindAllSubmatch(text, -1) {
				library, symbol := string(m[2]), string(m[1])
				if strings.HasPrefix(library, "/usr/lib/libSystem") || !strings.HasPrefix(library, "/") {
					continue
				}
				asked++
				if !regexp.MustCompile(`\b_` + symbol + `\b`).MatchString(known[library]) {
					t.Errorf("%s asks %s for %s, which no stub names", filepath.Base(file), library, symbol)
				}
			}
		}
	}
	if asked < 20 {
		t.Errorf("only %d symbols found", asked)
	}
}

func TestChoose(t *testing.T) {
	for list, want := range map[string]int{"": len(targets), "linux/arm64": 1, "linux/amd64,windows/amd64": 2, "plan9/amd64": 0, "linux/amd64,": 0, "linux/amd64,linux/amd64": 0} {
		got, err := choose(list)
		if len(got) != want || (err != nil) != (want == 0) {
			t.Errorf("%q: %v, %v", list, got, err)
		}
	}
}

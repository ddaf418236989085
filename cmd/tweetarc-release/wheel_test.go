package main

import (
	"archive/zip"
	"crypto/sha256"
	"encoding/base64"
	"io"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// A wheel is as pip wants it: RECORD names each file with its sum and size, the metadata
// are in the folder that the name of the wheel says, and the binary is among the scripts.
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
		held := unzipped(t, filepath.Join(p.dist, name))
		const info = "tweetarc-9.8.7.dist-info/"
		if data := held[info+"METADATA"]; !strings.Contains(data, "\nVersion: 9.8.7\n") || !strings.Contains(data, "\n\n# tweetarc") {
			t.Errorf("METADATA\n%s", data)
		}
		for platform := range strings.SplitSeq(target.wheel, ".") {
			if data := held[info+"WHEEL"]; !strings.Contains(data, "\nTag: py3-none-"+platform+"\n") {
				t.Errorf("WHEEL lacks %s:\n%s", platform, data)
			}
		}
		for line := range strings.Lines(held[info+"RECORD"]) {
			name, _, _ := strings.Cut(line, ",")
			data, ok := held[name]
			if !ok {
				t.Errorf("RECORD names %s, which is not there", name)
			}
			delete(held, name)
			sum := sha256.Sum256([]byte(data))
			want := name + ",sha256=" + base64.RawURLEncoding.EncodeToString(sum[:]) + "," + strconv.Itoa(len(data)) + "\n"
			if name == info+"RECORD" {
				want = name + ",,\n"
			}
			if line != want {
				t.Errorf("RECORD says %s, not %s", line, want)
			}
		}
		for name := range held {
			t.Errorf("RECORD does not name %s", name)
		}
	}
}

// unzipped are the files of a wheel, of which only the scripts may be run.
func unzipped(t *testing.T, path string) map[string]string {
	in, err := zip.OpenReader(path)
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
	return held
}

package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/crypto/x509roots/fallback/bundle"
	"golang.org/x/sync/errgroup"
)

// sbomTool lists the modules in a binary, in the form of CycloneDX.
const sbomTool = "github.com/CycloneDX/cyclonedx-gomod/cmd/cyclonedx-gomod@v1.10.0"

// packer packs what was built, into the folder dist.
type packer struct {
	*builder
	dist    string
	when    time.Time // of every file
	version string    // as the binary says
	common  []member  // files of every archive
}

// member is a file of an archive.
type member struct {
	name string
	data []byte
	exec bool
}

// ask asks the binary that runs here for its version, manual and completions, and
// collects the files of every archive.
func (p *packer) ask(ctx context.Context, native target) error {
	binary := p.binary(native)
	said, err := output(ctx, binary, "--version")
	if err != nil {
		return err
	}
	p.version = said[strings.LastIndexByte(said, ' ')+1:]
	for name, args := range map[string][]string{
		"tweetarc.1":                {"man"},
		"completions/tweetarc.bash": {"completion", "bash"},
		"completions/_tweetarc":     {"completion", "zsh"},
		"completions/tweetarc.fish": {"completion", "fish"},
	} {
		text, err := output(ctx, binary, args...)
		if err != nil {
			return err
		}
		p.common = append(p.common, member{name: name, data: []byte(text + "\n")})
	}
	files, err := output(ctx, "git", "ls-files", "LICENSE", "README.md", "CHANGELOG.md", "fixtures/articles")
	if err != nil {
		return err
	}
	for name := range strings.SplitSeq(files, "\n") {
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		p.common = append(p.common, member{name: name, data: text})
	}
	return nil
}

// packAll builds the chosen targets, except native, which is built, and packs them.
func (p *packer) packAll(ctx context.Context, chosen []target, native target) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(2) // SQLite is one file, which is compiled on one processor
	for _, t := range chosen {
		group.Go(func() error {
			if t.String() != native.String() {
				if err := p.build(ctx, t); err != nil {
					return err
				}
			}
			return p.pack(ctx, t)
		})
	}
	return group.Wait()
}

// pack makes the archive and the wheel of a target.
func (p *packer) pack(ctx context.Context, t target) error {
	binary, err := os.ReadFile(p.binary(t))
	if err != nil {
		return err
	}
	notices, err := p.notices(ctx, t)
	if err != nil {
		return err
	}
	sbom, err := output(ctx, "go", "run", "-trimpath", sbomTool, "bin", "-json", "-std", "-noserial", "-notimestamp", "-version", "v"+p.version, p.binary(t))
	if err != nil {
		return err
	}
	own := []member{{name: t.binary(), data: binary, exec: true}, {name: "NOTICES", data: notices}, {name: "sbom.cdx.json", data: []byte(sbom + "\n")}}
	var files []member
	top := "tweetarc_" + p.version + "_" + t.os + "_" + t.arch
	for _, m := range slices.Concat(own, p.common) {
		m.name = top + "/" + m.name
		files = append(files, m)
	}
	write, name := writeTar, top+".tar.gz"
	if t.os == "windows" {
		write, name = writeZip, top+".zip"
	}
	if err := p.write(name, files, write); err != nil {
		return err
	}
	files, name, err = p.wheel(t, own)
	if err != nil {
		return err
	}
	return p.write(name, files, writeZip)
}

// write makes a file in dist, with its members in the order of their names.
func (p *packer) write(name string, files []member, pack func(io.Writer, time.Time, []member) error) error {
	slices.SortStableFunc(files, func(a, b member) int { return strings.Compare(a.name, b.name) })
	var b bytes.Buffer
	if err := pack(&b, p.when, files); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return os.WriteFile(filepath.Join(p.dist, name), b.Bytes(), 0o666)
}

func writeTar(w io.Writer, when time.Time, files []member) error {
	packed, err := gzip.NewWriterLevel(w, gzip.BestCompression)
	if err != nil {
		return err
	}
	out := tar.NewWriter(packed)
	for _, m := range files {
		h := &tar.Header{Name: m.name, Mode: int64(m.mode()), Size: int64(len(m.data)), ModTime: when, Format: tar.FormatUSTAR}
		if err := out.WriteHeader(h); err != nil {
			return err
		}
		if _, err := out.Write(m.data); err != nil {
			return err
		}
	}
	return errors.Join(out.Close(), packed.Close())
}

func writeZip(w io.Writer, when time.Time, files []member) error {
	out := zip.NewWriter(w)
	for _, m := range files {
		h := &zip.FileHeader{Name: m.name, Method: zip.Deflate, Modified: when}
		h.SetMode(m.mode())
		f, err := out.CreateHeader(h)
		if err != nil {
			return err
		}
		if _, err := f.Write(m.data); err != nil {
			return err
		}
	}
	return out.Close()
}

func (m member) mode() fs.FileMode {
	if m.exec {
		return 0o755
	}
	return 0o644
}

// finish adds the files of the container, and the checksums.
func (p *packer) finish() error {
	text, err := os.ReadFile("cmd/tweetarc-release/Dockerfile")
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(p.dist, "Dockerfile"), text, 0o666); err != nil {
		return err
	}
	var roots bytes.Buffer
	for r := range bundle.Roots() {
		if r.Constraint == nil { // the file has no place for it
			if err := pem.Encode(&roots, &pem.Block{Type: "CERTIFICATE", Bytes: r.Certificate}); err != nil {
				return err
			}
		}
	}
	if err := os.WriteFile(filepath.Join(p.dist, "ca-certificates.crt"), roots.Bytes(), 0o666); err != nil {
		return err
	}
	files, err := os.ReadDir(p.dist)
	if err != nil {
		return err
	}
	var sums strings.Builder
	for _, f := range files {
		data, err := os.ReadFile(filepath.Join(p.dist, f.Name()))
		if err != nil {
			return err
		}
		fmt.Fprintf(&sums, "%x  %s\n", sha256.Sum256(data), f.Name())
	}
	fmt.Print(sums.String())
	return os.WriteFile(filepath.Join(p.dist, "SHA256SUMS"), []byte(sums.String()), 0o666)
}

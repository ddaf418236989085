package main

import (
	"cmp"
	"context"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// zigVersion is the version of the C compiler, the package ziglang of PyPI. Another
// version makes other bytes. From 0.15 on it links its own strncmp instead of musl's;
// that of 0.17.1 reads a byte after its bound, and tweetarc crashed on large archives
// (test.sh tries this).
const zigVersion = "0.14.1"

// findZig gives the path of the compiler: the one that ZIG names, or one that it
// installs with pip into the user's cache.
func findZig(ctx context.Context) (string, error) {
	path := os.Getenv("ZIG")
	if path == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			return "", err
		}
		env := filepath.Join(cache, "tweetarc-zig-"+zigVersion)
		python := filepath.Join(env, "bin", "python")
		if runtime.GOOS == "windows" {
			python = filepath.Join(env, "Scripts", "python.exe")
		}
		const where = "import ziglang, os; print(os.path.join(os.path.dirname(ziglang.__file__), 'zig'))"
		if path, err = output(ctx, python, "-c", where); err != nil {
			if err := pip(ctx, env, python, "ziglang=="+zigVersion); err != nil {
				return "", err
			}
			if path, err = output(ctx, python, "-c", where); err != nil {
				return "", err
			}
		}
	}
	path, err := exec.LookPath(path)
	if err != nil {
		return "", err
	}
	if path, err = filepath.EvalSymlinks(path); err != nil { // its licence and musl's are beside it
		return "", err
	}
	is, err := output(ctx, path, "version")
	if err == nil && is != zigVersion {
		err = fmt.Errorf("%s is Zig %s, and %s is needed: unset ZIG, and it is installed", path, is, zigVersion)
	}
	return path, err
}

// pip makes a virtual environment and installs a package into it.
func pip(ctx context.Context, env, python, what string) error {
	host := "python3"
	if runtime.GOOS == "windows" {
		host = "python"
	}
	if _, err := output(ctx, host, "-m", "venv", env); err != nil {
		return err
	}
	_, err := output(ctx, python, "-m", "pip", "install", "-q", "--only-binary=:all:", what)
	return err
}

// settings are the settings of Go that could change a binary.
var settings = map[string]string{
	"GOFLAGS": "-mod=readonly", "GOWORK": "off", "GOAMD64": "v1", "GOARM64": "v8.0", "GOFIPS140": "off",
	"CGO_ENABLED": "1", "CGO_CFLAGS": "-O2", "CGO_CPPFLAGS": "-O2", "CGO_CXXFLAGS": "-O2", "CGO_LDFLAGS": "-O2",
}

// settle makes every go command use the settings, and the version of Go in go.mod. This
// program must be of that version too, for its gzip and zip make the archives.
func settle(ctx context.Context) error {
	for name, value := range settings {
		os.Setenv(name, value)
	}
	os.Unsetenv("GOEXPERIMENT") // no value means none
	toolchain, err := output(ctx, "go", "list", "-m", "-f", "go{{.GoVersion}}")
	if err == nil && runtime.Version() != toolchain {
		err = fmt.Errorf("this is %s, and releases are made by %s: set GOTOOLCHAIN=%[2]s", runtime.Version(), toolchain)
	}
	if err != nil {
		return err
	}
	return os.Setenv("GOTOOLCHAIN", toolchain)
}

// builder compiles, in the folder work.
type builder struct {
	zig, work, commit string
}

// binary is the path of the binary for a target.
func (b *builder) binary(t target) string {
	return filepath.Join(b.work, t.os+"_"+t.arch, t.binary())
}

func (t target) binary() string {
	if t.os == "windows" {
		return "tweetarc.exe"
	}
	return "tweetarc"
}

// build compiles the command for a target. The binary depends only on the commit and on
// the versions of Go and Zig: not on the folder, the machine or its settings.
func (b *builder) build(ctx context.Context, t target) error {
	root, err := os.Getwd()
	if err != nil {
		return err
	}
	var linking []string
	for _, flag := range append([]string{"-s"}, t.linking...) {
		linking = append(linking, "'"+strings.Replace(flag, "ROOT", root, 1)+"'")
	}
	began := time.Now()
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-buildvcs=true",
		"-ldflags", `-s -w -buildid=`+b.commit+` -extldflags "`+strings.Join(linking, " ")+`"`, "-o", b.binary(t), "./cmd/tweetarc")
	cmd.Env = append(os.Environ(), "GOOS="+t.os, "GOARCH="+t.arch, fmt.Sprintf("CC='%s' cc -target %s", b.zig, t.zig), fmt.Sprintf("CXX='%s' c++ -target %s", b.zig, t.zig))
	if said, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", t, err, said)
	}
	info, err := os.Stat(b.binary(t))
	if err != nil {
		return err
	}
	log.Printf("%-14s built in %3.0f s, %.1f MB", t, time.Since(began).Seconds(), float64(info.Size())/1e6)
	return nil
}

// notices are the licences of all that is linked in.
func (b *builder) notices(ctx context.Context, t target) ([]byte, error) {
	var n notices
	n.text.WriteString("tweetarc is licensed as LICENSE says. Linked into it are SQLite, which is in the public\ndomain, and what follows.\n\n")
	cmd := exec.CommandContext(ctx, "go", "list", "-deps", "-f", "{{with .Module}}{{if not .Main}}{{.Path}} {{.Version}}\t{{.Dir}}{{end}}{{end}}", "./cmd/tweetarc")
	cmd.Env = append(os.Environ(), "GOOS="+t.os, "GOARCH="+t.arch)
	list, err := cmd.Output()
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	for line := range strings.Lines(string(list)) {
		if module, dir, ok := strings.Cut(strings.TrimSpace(line), "\t"); ok && !seen[module] {
			seen[module] = true
			n.addFrom(module, dir)
		}
	}
	root, err := output(ctx, "go", "env", "GOROOT")
	if err != nil {
		return nil, err
	}
	n.add("Go", filepath.Join(root, "LICENSE"))
	zig := filepath.Dir(b.zig)
	n.add("Zig (compiler-rt)", filepath.Join(zig, "LICENSE"))
	switch t.os {
	case "linux":
		n.add("musl", filepath.Join(zig, "lib", "libc", "musl", "COPYRIGHT"))
	case "windows":
		n.add("mingw-w64", filepath.Join(zig, "lib", "libc", "mingw", "COPYING"))
	}
	return []byte(n.text.String()), n.err
}

// notices collects licences.
type notices struct {
	text strings.Builder
	err  error // the first
}

// add adds a licence file of something.
func (n *notices) add(of, path string) {
	text, err := os.ReadFile(path)
	if err != nil {
		n.err = cmp.Or(n.err, fmt.Errorf("%s: %w", of, err))
		return
	}
	fmt.Fprintf(&n.text, "==== %s: %s\n\n%s\n", of, filepath.Base(path), strings.TrimSpace(strings.ReplaceAll(string(text), "\r\n", "\n")))
}

// addFrom adds the licence files of a folder.
func (n *notices) addFrom(of, dir string) {
	entries, err := os.ReadDir(dir)
	found := false
	for _, e := range entries {
		name := strings.ToUpper(e.Name())
		if e.Type().IsRegular() && (strings.HasPrefix(name, "LICEN") || strings.HasPrefix(name, "COPYING") || strings.HasPrefix(name, "NOTICE")) {
			found = true
			n.add(of, filepath.Join(dir, e.Name()))
		}
	}
	if !found {
		n.err = cmp.Or(n.err, err, fmt.Errorf("%s: no licence in %s", of, dir))
	}
}

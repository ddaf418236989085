// Command tweetarc-release builds what people install who have neither Go nor a C
// compiler: an archive with the binary and all that belongs to it, and a wheel for
// Python, for each platform.
//
// In goes a clean checkout; out comes a folder with all files of a release (README.md
// lists them). Begin with release, below: build.go compiles, pack.go makes the
// archives, wheel.go the wheels.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"
)

// target is a platform that a release is for.
type target struct {
	os, arch string
	zig      string   // its name for Zig, with the oldest system
	wheel    string   // its names for pip
	linking  []string // flags
}

// static links musl into the binary. Its threads get as large a stack as on other
// systems, which SQLite needs.
var static = []string{"-static", "-Wl,-z,stack-size=8388608"}

// darwinStubs list, for the linker, the functions of a Mac that Go calls. ROOT is
// replaced by the repository's folder.
var darwinStubs = []string{"-FROOT/cmd/tweetarc-release/darwin/Frameworks", "-LROOT/cmd/tweetarc-release/darwin/lib"}

// targets are all platforms. Go 1.26 needs macOS 12.
var targets = []target{
	{os: "linux", arch: "amd64", zig: "x86_64-linux-musl", wheel: "manylinux_2_17_x86_64.manylinux2014_x86_64.musllinux_1_1_x86_64", linking: static},
	{os: "linux", arch: "arm64", zig: "aarch64-linux-musl", wheel: "manylinux_2_17_aarch64.manylinux2014_aarch64.musllinux_1_1_aarch64", linking: static},
	{os: "darwin", arch: "amd64", zig: "x86_64-macos.12.0", wheel: "macosx_12_0_x86_64", linking: darwinStubs},
	{os: "darwin", arch: "arm64", zig: "aarch64-macos.12.0", wheel: "macosx_12_0_arm64", linking: darwinStubs},
	{os: "windows", arch: "amd64", zig: "x86_64-windows-gnu", wheel: "win_amd64"},
}

func (t target) String() string { return t.os + "/" + t.arch }

func main() {
	log.SetFlags(0)
	log.SetPrefix("tweetarc-release: ")
	out := flag.String("o", "dist", "write to this `FOLDER`, which must be empty or not exist")
	only := flag.String("targets", "", "build only these `TARGETS`, with commas between them (linux/amd64,...)")
	tag := flag.String("tag", "", "fail unless this `TAG` is v and the version of CITATION.cff, and the commit has it")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := release(ctx, *out, *only, *tag); err != nil {
		log.Fatal(err)
	}
}

// release builds everything into the folder dist.
func release(ctx context.Context, dist, only, tag string) error {
	if flag.NArg() > 0 {
		return fmt.Errorf("%q is not expected: there are only flags (see --help)", flag.Arg(0))
	}
	chosen, err := choose(only)
	if err != nil {
		return err
	}
	native, err := choose(runtime.GOOS + "/" + runtime.GOARCH)
	if err != nil {
		return fmt.Errorf("a release is made on one of its platforms, for its own binary prints the manual: %w", err)
	}
	if dist, err = filepath.Abs(dist); err != nil {
		return err
	}
	commit, when, err := checkout(ctx)
	if err != nil {
		return err
	}
	if err := emptyFolder(dist); err != nil {
		return err
	}
	work, err := os.MkdirTemp("", "tweetarc-release-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	if err := settle(ctx); err != nil {
		return err
	}
	zig, err := findZig(ctx)
	if err != nil {
		return err
	}
	b := &builder{zig: zig, work: work, commit: commit}
	if err := b.build(ctx, native[0]); err != nil {
		return err
	}
	p := &packer{dist: dist, when: when, builder: b}
	if err := p.ask(ctx, native[0]); err != nil {
		return err
	}
	if tag != "" && tag != "v"+p.version {
		return fmt.Errorf("the tag is %s, and the version is %s: see CITATION.cff and git tag", tag, p.version)
	}
	if err := p.packAll(ctx, chosen, native[0]); err != nil {
		return err
	}
	return p.finish()
}

// emptyFolder makes the folder, or finds that it is empty.
func emptyFolder(dir string) error {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	files, err := os.ReadDir(dir)
	if err == nil && len(files) > 0 {
		err = fmt.Errorf("%s is not empty: delete what is in it, or name another folder with -o", dir)
	}
	return err
}

// choose gives the targets that a list names, or all if it is empty.
func choose(list string) ([]target, error) {
	if list == "" {
		return targets, nil
	}
	var chosen []target
	for name := range strings.SplitSeq(list, ",") {
		at := slices.IndexFunc(targets, func(t target) bool { return t.String() == name })
		if at < 0 {
			return nil, fmt.Errorf("there is no target %q: choose from %v", name, targets)
		}
		if slices.ContainsFunc(chosen, func(t target) bool { return t.String() == name }) {
			return nil, fmt.Errorf("target %q is named twice", name)
		}
		chosen = append(chosen, targets[at])
	}
	return chosen, nil
}

// checkout goes to the repository's folder and gives its commit and the time of the
// commit, which everything in a release has. It refuses changes that are not
// committed, for nobody else could build the same.
func checkout(ctx context.Context) (commit string, when time.Time, err error) {
	root, err := output(ctx, "git", "rev-parse", "--show-toplevel")
	if err != nil {
		return "", when, err
	}
	if err := os.Chdir(root); err != nil {
		return "", when, err
	}
	if dir, err := os.Stat(".git"); err != nil || !dir.IsDir() {
		return "", when, errors.New("this is a linked worktree of git, whose commit Go does not write into the binary: build in a clone")
	}
	changed, err := output(ctx, "git", "status", "--porcelain")
	if err != nil {
		return "", when, err
	}
	if changed != "" {
		return "", when, fmt.Errorf("there are changes: commit or remove them\n%s", changed)
	}
	said, err := output(ctx, "git", "log", "-1", "--format=%H %ct")
	if err != nil {
		return "", when, err
	}
	commit, seconds, _ := strings.Cut(said, " ")
	n, err := strconv.ParseInt(seconds, 10, 64)
	return commit, time.Unix(n, 0).UTC(), err
}

// output is what a command prints, without the end of the last line. The error has
// what it prints on stderr.
func output(ctx context.Context, name string, args ...string) (string, error) {
	out, err := exec.CommandContext(ctx, name, args...).Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		err = fmt.Errorf("%w\n%s", err, exit.Stderr)
	}
	if err != nil {
		return "", fmt.Errorf("%s: %w", strings.Join(append([]string{filepath.Base(name)}, args...), " "), err)
	}
	return strings.TrimRight(string(out), "\r\n"), nil
}

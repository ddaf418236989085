// Command tweetarc-release builds what people get who have neither Go nor a C
// compiler: static binaries with all that belongs to them, and wheels for
// Python, for each platform of targets; README.md says how.
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

	"golang.org/x/sync/errgroup"
)

// target is a platform that a release is for.
type target struct {
	os, arch string
	zig      string // what Zig calls it, with the oldest system
	wheel    string // what pip calls it
	linking  []string
}

// static links musl into the binary. Its threads get as much stack as those of other
// systems, for SQLite.
var static = []string{"-static", "-Wl,-z,stack-size=8388608"}

// darwinStubs tell the linker what a Mac has: the functions that Go's runtime and
// crypto/x509 call. ROOT is the repository's folder.
var darwinStubs = []string{"-FROOT/cmd/tweetarc-release/darwin/Frameworks", "-LROOT/cmd/tweetarc-release/darwin/lib"}

// targets are all platforms. Go 1.26 asks for macOS 12.
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
	out := flag.String("o", "dist", "write to this `FOLDER`, which must be empty or not there")
	only := flag.String("targets", "", "build only these `TARGETS`, commas between them (linux/amd64,...)")
	tag := flag.String("tag", "", "fail unless this `TAG` is that of the version in CITATION.cff, and of the commit")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := release(ctx, *out, *only, *tag); err != nil {
		log.Fatal(err)
	}
}

// release builds all that is for people to take into the folder dist.
func release(ctx context.Context, dist, only, tag string) error {
	if flag.NArg() > 0 {
		return fmt.Errorf("what is %q for? (see --help)", flag.Arg(0))
	}
	chosen, err := choose(only)
	if err != nil {
		return err
	}
	native, err := choose(runtime.GOOS + "/" + runtime.GOARCH)
	if err != nil {
		return fmt.Errorf("manual page: %w", err)
	}
	if dist, err = filepath.Abs(dist); err != nil {
		return err
	}
	commit, when, err := checkout(ctx)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dist, 0o777); err != nil {
		return err
	}
	files, err := os.ReadDir(dist)
	if err != nil {
		return err
	}
	if len(files) > 0 {
		return fmt.Errorf("%s is not empty: delete what is in it, or name another folder by -o", dist)
	}
	work, err := os.MkdirTemp("", "tweetarc-release-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)

	b := &builder{work: work, commit: commit}
	if err := settle(ctx); err != nil {
		return err
	}
	if b.zig, err = findZig(ctx); err != nil {
		return err
	}
	// The one that runs here tells the version, the manual and the completions.
	if err := b.build(ctx, native[0]); err != nil {
		return err
	}
	p := &packer{dist: dist, when: when, builder: b}
	if err := p.ask(ctx, native[0]); err != nil {
		return err
	}
	if tag != "" && tag != "v"+p.version {
		return fmt.Errorf("this is version %s, not %s: see CITATION.cff and git tag", p.version, tag)
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(2) // SQLite is one file, which one processor compiles
	for _, t := range chosen {
		group.Go(func() error {
			if t.String() != native[0].String() {
				if err := b.build(ctx, t); err != nil {
					return err
				}
			}
			return p.pack(ctx, t)
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	return p.finish()
}

// choose gives the targets that a list names, all if it is empty.
func choose(list string) ([]target, error) {
	if list == "" {
		return targets, nil
	}
	var chosen []target
	for name := range strings.SplitSeq(list, ",") {
		at := slices.IndexFunc(targets, func(t target) bool { return t.String() == name })
		if at < 0 {
			return nil, fmt.Errorf("no target %q: there are %v", name, targets)
		}
		if slices.ContainsFunc(chosen, func(t target) bool { return t.String() == name }) {
			return nil, fmt.Errorf("target %q is named twice", name)
		}
		chosen = append(chosen, targets[at])
	}
	return chosen, nil
}

// checkout goes to the repository's folder and gives its commit, and the time that
// everything in a release has. What is changed cannot be built twice.
func checkout(ctx context.Context) (commit string, when time.Time, err error) {
	root, err := output(ctx, "git", "rev-parse", "--show-toplevel")
	if err != nil {
		return "", when, err
	}
	if err := os.Chdir(root); err != nil {
		return "", when, err
	}
	changed, err := output(ctx, "git", "status", "--porcelain")
	if err != nil {
		return "", when, err
	}
	if changed != "" {
		return "", when, fmt.Errorf("commit or remove what is changed:\n%s", changed)
	}
	said, err := output(ctx, "git", "log", "-1", "--format=%H %ct")
	if err != nil {
		return "", when, err
	}
	commit, seconds, _ := strings.Cut(said, " ")
	n, err := strconv.ParseInt(seconds, 10, 64)
	return commit, time.Unix(n, 0).UTC(), err
}

// output is what a command prints, without the line's end; what it complains of is
// in the error.
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

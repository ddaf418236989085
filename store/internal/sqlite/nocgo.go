//go:build !cgo

package sqlite

// Tested in sqlite_test.go.

// A text of the wrong type: the Go compiler prints it in its error.
var _ C_compiler = `
	SQLite is written in C, so tweetarc needs a C compiler, gcc or clang:
		Debian, Ubuntu   sudo apt install gcc libc6-dev
		Fedora           sudo dnf install gcc
		macOS            xcode-select --install
		Windows          winget install BrechtSanders.WinLibs.POSIX.UCRT
	Then open a new terminal, where CGO_ENABLED must not be 0. To build for another
	system set CGO_ENABLED=1, and CC to a compiler for it.
	Or take the binary of a release, which needs no compiler.
`

type C_compiler struct{}

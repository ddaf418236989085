package corpus

import (
	"path"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
)

// Tested in walk_test.go.

// matchAny says whether one of the globs matches a path.
func matchAny(globs []string, p string) bool {
	for _, g := range globs {
		name := p
		if !strings.Contains(g, "/") {
			name = path.Base(p)
		}
		if ok, _ := doublestar.Match(g, name); ok { // bad globs were refused by CheckGlob
			return true
		}
	}
	return false
}

// CheckGlob says whether a glob is valid for Include and Exclude.
func CheckGlob(g string) bool { return doublestar.ValidatePattern(g) }

package corpus

import (
	"path"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
)

// matchAny says whether one of the globs fits a path.
func matchAny(globs []string, p string) bool {
	for _, g := range globs {
		name := p
		if !strings.Contains(g, "/") {
			name = path.Base(p)
		}
		if ok, _ := doublestar.Match(g, name); ok { // CheckGlob refuses bad ones
			return true
		}
	}
	return false
}

// CheckGlob says whether Include and Exclude can take a glob.
func CheckGlob(g string) bool { return doublestar.ValidatePattern(g) }

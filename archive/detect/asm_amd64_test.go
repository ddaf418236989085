package detect

import "testing"

// Processors that look at sixteen pairs at once find the same.
func TestAnchorsNarrow(t *testing.T) {
	defer func(is bool) { wide = is }(wide)
	wide = false
	TestAnchors(t)
}

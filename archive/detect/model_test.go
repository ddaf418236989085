package detect

import "testing"

// Whatever way a processor has of its own, it sums as the plain one does.
func TestAddRows(t *testing.T) {
	var values []value
	for f := range features_ {
		values = append(values, value{f, 1}, value{(7 * f) % features_, float32(f) / 3})
	}
	for n := range len(values) + 1 {
		got, want := weights{1, 2, 3, 4}, weights{1, 2, 3, 4}
		addRows(&got, &trained.weights, values[:n])
		addRowsPlainly(&want, &trained.weights, values[:n])
		if got != want {
			t.Fatalf("of %d values: %v, plainly %v", n, got, want)
		}
	}
}

package store

import (
	"errors"
	"fmt"
)

// Tested in match_test.go.

// An Error is an error about which the user can do something: Hint says what.
type Error struct {
	Err  error
	Hint string
}

func (e *Error) Error() string {
	if e.Hint == "" {
		return e.Err.Error()
	}
	return e.Err.Error() + " (" + e.Hint + ")"
}
func (e *Error) Unwrap() error { return e.Err }

func errorf(format string, args ...any) error { return fmt.Errorf(format, args...) }

// ErrNotFound is the error of a question about one tweet, author, run or the like that is
// not in the archive.
var ErrNotFound = errors.New("not in the archive")

type notFound struct{ error }

func (notFound) Is(target error) bool { return target == ErrNotFound }

// maxReasons is how many different reasons are counted; all others are "other".
const maxReasons = 100

// addReason adds n to the count of a reason, and makes the map if there is none.
func addReason(counts *map[string]int, reason string, n int) {
	if *counts == nil {
		*counts = map[string]int{}
	}
	if _, ok := (*counts)[reason]; !ok && len(*counts) >= maxReasons {
		reason = "other"
	}
	(*counts)[reason] += n
}

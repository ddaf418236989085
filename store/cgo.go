//go:build !cgo

package store

// SQLite is written in C. Without a C compiler Go leaves the driver out, and
// this line is what one reads.
var _ = a_C_compiler_is_needed__install_gcc_or_clang__unset_CGO_ENABLED__or_take_the_binary_of_a_release

package corpus

import (
	"os"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// PathName is a path as it is in archive.File, and so in every message, row
// and JSON: valid UTF-8 on one line. A part of it that is not, for names on disk
// may hold any byte but NUL and slash, is quoted as Go quotes strings, much as
// Git does it:
//
//	news/"caf\xe9.txt"
//
// Two paths never have one name. Articles takes either.
func PathName(path string) string {
	parts := strings.Split(path, "/")
	for i, p := range parts {
		if !utf8.ValidString(p) || strings.IndexFunc(p, unicode.IsControl) >= 0 || strings.HasPrefix(p, `"`) {
			parts[i] = strconv.Quote(p)
		}
	}
	return strings.Join(parts, "/")
}

// RealPath is the path on disk that has a name; a path stays as it is.
func RealPath(name string) string {
	if strings.IndexByte(name, '"') < 0 {
		return name
	}
	parts := strings.Split(name, "/")
	for i, p := range parts {
		if real, err := strconv.Unquote(p); err == nil && p[0] == '"' && PathName(real) == p {
			parts[i] = real
		}
	}
	return strings.Join(parts, "/")
}

// OnDisk is the path on disk of the file that holds what has the name of an
// archive.File: itself, or the zip or tar it is in.
func OnDisk(name string) string {
	path := RealPath(name)
	for p := path; ; {
		if info, err := os.Stat(p); err == nil && !info.IsDir() {
			return p
		}
		i := strings.LastIndexByte(p, '/')
		if i <= 0 {
			return path
		}
		p = p[:i]
	}
}

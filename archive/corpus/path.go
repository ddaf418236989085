package corpus

import (
	"os"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// PathName is a path as it is in archive.File, and so in every message, row and JSON:
// valid UTF-8 on one line. The name of a file on disk may hold any byte but NUL and
// slash. Such a part of a path is quoted as Go, and nearly as Git, quotes it:
//
//	news/"caf\xe9.txt"
//
// Two paths never get the same name. Articles takes a path or a name.
func PathName(path string) string {
	parts := strings.Split(path, "/")
	for i, p := range parts {
		if !utf8.ValidString(p) || strings.IndexFunc(p, unicode.IsControl) >= 0 || strings.HasPrefix(p, `"`) {
			parts[i] = strconv.Quote(p)
		}
	}
	return strings.Join(parts, "/")
}

// RealPath is the path on disk for a name. A path stays as it is.
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

// OnDisk is the path on disk of an archive.File with this name: its own path, or that of
// the zip or tar that it is in.
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

package web

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"net/http"
	"path"
	"strings"
)

// Tested in web_test.go.

//go:embed templates static/*
var files embed.FS

// assets are the files of the folder static. Their names contain a hash of their content,
// so that browsers can keep them for ever.
var assets = hashAssets()

type hashedAssets struct {
	hashed map[string]string // style.css: style.1f2e3d4c.css
	bytes  map[string][]byte // by the hashed name
}

func hashAssets() hashedAssets {
	a := hashedAssets{map[string]string{}, map[string][]byte{}}
	entries, err := fs.ReadDir(files, "static")
	if err != nil {
		panic(err) // it is embedded
	}
	for _, e := range entries {
		b, err := files.ReadFile("static/" + e.Name())
		if err != nil {
			panic(err)
		}
		sum := sha256.Sum256(b)
		ext := path.Ext(e.Name())
		name := strings.TrimSuffix(e.Name(), ext) + "." + hex.EncodeToString(sum[:4]) + ext
		a.hashed[e.Name()], a.bytes[name] = name, b
	}
	return a
}

var mimes = map[string]string{".css": "text/css; charset=utf-8", ".svg": "image/svg+xml", ".js": "text/javascript; charset=utf-8"}

func asset(w http.ResponseWriter, r *http.Request) error {
	name := r.PathValue("name")
	b, ok := assets.bytes[name]
	if !ok {
		return errNoPage
	}
	w.Header().Set("Content-Type", mimes[path.Ext(name)])
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	w.Write(b)
	return nil
}

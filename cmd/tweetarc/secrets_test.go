package main

import (
	"bytes"
	"compress/gzip"
	"database/sql"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What is secret in the URL of an input reaches its server, and is in nothing that
// is printed or kept.
func TestSecretsInURLs(t *testing.T) {
	t.Chdir(t.TempDir())
	const secret = "MADEUP"
	server := secretServer(t, secret)
	base := strings.Replace(server.URL, "http://", "http://ada:"+secret+"@", 1)
	const signed = "?page=1&X-Amz-Signature=" + secret + "#" + secret
	mill, missing := base+"/mill.txt"+signed, base+"/missing.txt"+signed
	list := []string{"--paths-from", base + "/list" + signed, "--base-url", base + "/"}

	var all strings.Builder
	hear := func(code int, args ...string) string {
		t.Helper()
		s := said(t, code, args...)
		all.WriteString(s)
		return s
	}
	name := server.URL + "/mill.txt?page=1"
	contains(t, hear(0, "archive", "--db", "t.db", mill), "1 with tweets, 1 embed")
	contains(t, hear(0, "archive", "--db", "t.db", strings.Replace(mill, "&", "&X-Amz-Date=2&", 1)), "1 file unchanged")
	hear(3, "archive", "--db", "t.db", "--tries", "1", missing)
	hear(3, "archive", "--db", "t.db", "--tries", "1", strings.Replace(missing, secret, "wrong"+secret, 1))
	hear(3, "archive", "--db", "t.db", "--tries", "1", "http://ada:"+secret+"@127.0.0.1:1/x")
	hear(3, "archive", "--db", "t.db", "--tries", "1", "http://ada:"+secret+"/"+secret+"@127.0.0.1:1/x")
	hear(3, append([]string{"archive", "--db", "t.db", "--tries", "1"}, list...)...)
	hear(1, "archive", "--db", "t.db", "--paths-from", missing)
	contains(t, hear(0, "runs", "--db", "t.db"), server.URL)
	contains(t, hear(0, "export", "--db", "t.db", "--of", "places"), name, server.URL+"/mill.txt,")
	contains(t, hear(0, "detect", "--format", "csv", mill), name)
	contains(t, hear(0, "inspect", mill), name)
	hear(3, "inspect", missing)
	contains(t, hear(0, "shard", "--out", "shards", mill), `"input":"`+name+`"`, `"state":"new"`)
	contains(t, hear(0, "shard", "--out", "shards", mill), `"state":"kept"`)
	hear(3, append([]string{"shard", "--out", "shards", "--tries", "1"}, list...)...)
	hear(3, "shards", "shards")
	contains(t, hear(3, append(append([]string{"shards"}, list...), "shards")...), "done     1", "failed   1")
	hear(0, "merge", "--db", "m.db", "shards")
	hear(0, "report", "--db", "m.db", "-o", "page.html")
	hear(2, mill)
	hear(2, "serve", mill)
	hear(2, "archive", "--limit="+mill)
	hear(2, "enrich", "--db", "t.db", "--via", "oembed", "--oembed-base", mill)
	hear(2, "resolve", "--db", "t.db", "--wayback-base", mill)
	if strings.Contains(all.String(), secret) {
		t.Errorf("a secret is printed:\n%s", all.String())
	}
	// What is missing is for the next run, which needs all of it.
	contains(t, said(t, 0, append(append([]string{"shards", "--missing"}, list...), "shards")...), base+"/missing.txt?X-Amz-Signature="+secret)
	noSecret(t, secret, "t.db", "m.db")
}

// secretServer serves files to those who know a secret.
func secretServer(t *testing.T, secret string) *httptest.Server {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, password, _ := r.BasicAuth()
		if password != secret || r.URL.Query().Get("X-Amz-Signature") != secret {
			http.Error(w, "no", http.StatusForbidden)
			return
		}
		switch r.URL.Path {
		case "/mill.txt":
			io.WriteString(w, strings.ReplaceAll(millText, "%", "gone"))
		case "/list":
			io.WriteString(w, "/mill.txt?X-Amz-Signature="+secret+"\n/missing.txt?X-Amz-Signature="+secret+"\n")
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(server.Close)
	return server
}

// noSecret fails if a secret is in a file of the working directory. The archives are
// closed before, so that all is in their files.
func noSecret(t *testing.T, secret string, archives ...string) {
	t.Helper()
	for _, db := range archives { // moves the log into the file
		d, err := sql.Open("sqlite3", db)
		if err != nil {
			t.Fatal(err)
		}
		d.Exec("PRAGMA wal_checkpoint(TRUNCATE)")
		d.Close()
	}
	files := 0
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		if z, e := gzip.NewReader(bytes.NewReader(b)); e == nil {
			if b, err = io.ReadAll(z); err != nil {
				return err
			}
		}
		if files++; bytes.Contains(b, []byte(secret)) || strings.Contains(path, secret) {
			t.Errorf("a secret is in %s", path)
		}
		return err
	})
	if err != nil || files < 6 {
		t.Errorf("%d files, %v", files, err)
	}
}

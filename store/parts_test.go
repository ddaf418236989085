package store

import (
	"go/ast"
	goparser "go/parser"
	"go/token"
	"os"
	"slices"
	"strings"
	"testing"
)

// The parts of this package that use neither SQL nor other parts, except those in uses.
// All other files work with the tables, and may use every part.
var parts = map[string]struct {
	files []string
	uses  []string
}{
	"base":     {files: []string{"errors.go"}},
	"query":    {files: []string{"query.go", "likely.go", "words.go", "highlight.go"}, uses: []string{"base"}}, // the language of queries, and how texts are cut into words
	"rows":     {files: []string{"columns.go", "formats.go", "parquet.go"}, uses: []string{"base"}},
	"identity": {files: []string{"passage.go", "content.go", "identity.go", "wording.go", "evidence.go", "beginning.go", "marks.go"}, uses: []string{"base", "query", "rows"}}, // which embeds are of one tweet, and what is indexed of it
	"shard":    {files: []string{"shard.go"}, uses: []string{"base", "identity"}},
}

// TestParts finds out which file uses what another declares.
func TestParts(t *testing.T) {
	fset := token.NewFileSet()
	files := map[string]*ast.File{}
	declared := map[string]string{} // a name of the package: its file
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		name := e.Name()
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := goparser.ParseFile(fset, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		files[name] = f
		for _, d := range f.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Recv == nil {
					declared[d.Name.Name] = name
				}
			case *ast.GenDecl:
				for _, s := range d.Specs {
					switch s := s.(type) {
					case *ast.TypeSpec:
						declared[s.Name.Name] = name
					case *ast.ValueSpec:
						for _, n := range s.Names {
							declared[n.Name] = name
						}
					}
				}
			}
		}
	}
	partOf := map[string]string{}
	for part, p := range parts {
		for _, name := range p.files {
			if files[name] == nil {
				t.Errorf("%s: no file %s", part, name)
			}
			partOf[name] = part
		}
	}
	for name, part := range partOf {
		f := files[name]
		for _, i := range f.Imports {
			if i.Path.Value == `"database/sql"` {
				t.Errorf("%s, of part %s, knows SQL", name, part)
			}
		}
		for _, id := range f.Unresolved {
			of, ok := declared[id.Name]
			if ok && partOf[of] != part && !slices.Contains(parts[part].uses, partOf[of]) {
				t.Errorf("%s, of part %s, uses %s of %s", fset.Position(id.Pos()), part, id.Name, of)
			}
		}
	}
}

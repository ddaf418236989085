package archive_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// What holds for every file of the module, as far as its syntax shows it.
const (
	mostLines    = 80 // of a function
	mostBranches = 15 // of a function, as gocyclo counts them, ...
	mostInAll    = 5  // ... but for fewer than so many in 100 of a package
)

// module is the folder of the module.
const module = ".."

func TestHouse(t *testing.T) {
	files := token.NewFileSet()
	documented := map[string]bool{}         // by folder and package
	functions := map[string]int{}           // by folder, without tests
	branchy := map[string][]*ast.FuncDecl{} // those of more branches
	err := filepath.WalkDir(module, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && path != module && (d.Name() == "testdata" || strings.HasPrefix(d.Name(), ".")) {
			return fs.SkipDir
		}
		if d.IsDir() || filepath.Ext(path) != ".go" {
			return nil
		}
		file, err := parser.ParseFile(files, path, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		dir := filepath.Dir(path)
		test := strings.HasSuffix(path, "_test.go")
		if !test {
			key := dir + ", package " + file.Name.Name
			documented[key] = documented[key] || file.Doc != nil
			checkTested(t, path, file)
		}
		for _, declared := range file.Decls {
			f, ok := declared.(*ast.FuncDecl)
			if !ok || f.Body == nil {
				continue
			}
			at := files.Position(f.Pos())
			if lines := files.Position(f.End()).Line - at.Line + 1; lines > mostLines && !isTable(f.Body) {
				t.Errorf("%s: %s has %d lines, more than %d", at, f.Name.Name, lines, mostLines)
			}
			if !test {
				functions[dir]++
				if branches(f) > mostBranches {
					branchy[dir] = append(branchy[dir], f)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(documented) < 15 {
		t.Errorf("only %d packages", len(documented))
	}
	for key, ok := range documented {
		if !ok {
			t.Errorf("%s: no comment says what the package is for", key)
		}
	}
	for dir, list := range branchy {
		if len(list)*100 < mostInAll*functions[dir] {
			continue
		}
		t.Errorf("%s: %d of %d functions have more than %d branches, not fewer than %d in 100", dir, len(list), functions[dir], mostBranches, mostInAll)
		for _, f := range list {
			t.Errorf("\t%s: %s: %d", files.Position(f.Pos()), f.Name.Name, branches(f))
		}
	}
}

// checkTested wants a test file of a file's name, or a comment that names another.
func checkTested(t *testing.T, path string, file *ast.File) {
	t.Helper()
	if len(file.Decls) == 0 {
		return // only a comment
	}
	if _, err := os.Stat(strings.TrimSuffix(path, ".go") + "_test.go"); err == nil {
		return
	}
	for _, group := range file.Comments {
		for _, comment := range group.List {
			if !strings.HasPrefix(comment.Text, "// Tested in ") {
				continue
			}
			names := regexp.MustCompile(`[\w./]+_test\.go`).FindAllString(comment.Text, -1)
			for _, name := range names {
				if _, err := os.Stat(filepath.Join(filepath.Dir(path), name)); err != nil {
					t.Errorf("%s: %s: %v", path, comment.Text, err)
				}
			}
			if len(names) > 0 {
				return
			}
		}
	}
	t.Errorf("%s: no test file has its name, and no comment says // Tested in x_test.go", path)
}

// isTable is whether a function is nothing but a switch or the return of a literal: a
// table, which may be as long as it is.
func isTable(body *ast.BlockStmt) bool {
	if len(body.List) == 0 {
		return false
	}
	switch s := body.List[0].(type) {
	case *ast.SwitchStmt, *ast.TypeSwitchStmt:
		if len(body.List) == 1 {
			return true
		}
		_, returns := body.List[1].(*ast.ReturnStmt) // where no case holds
		return returns && len(body.List) == 2
	case *ast.ReturnStmt:
		if len(s.Results) == 0 {
			return false
		}
		result := s.Results[0]
		if pointer, ok := result.(*ast.UnaryExpr); ok {
			result = pointer.X
		}
		_, literal := result.(*ast.CompositeLit)
		return literal
	}
	return false
}

// branches are a function's ways through it, as gocyclo counts them.
func branches(f *ast.FuncDecl) int {
	n := 1
	ast.Inspect(f, func(node ast.Node) bool {
		switch node := node.(type) {
		case *ast.IfStmt, *ast.ForStmt, *ast.RangeStmt:
			n++
		case *ast.CaseClause:
			if node.List != nil { // not default
				n++
			}
		case *ast.CommClause:
			if node.Comm != nil {
				n++
			}
		case *ast.BinaryExpr:
			if node.Op == token.LAND || node.Op == token.LOR {
				n++
			}
		}
		return true
	})
	return n
}

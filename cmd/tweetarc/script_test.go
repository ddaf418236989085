package main

import (
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"tweetarc": main})
}

// TestScripts runs the command as a user types it, testdata/*.txtar.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata",
		Setup: func(e *testscript.Env) error {
			e.Vars = append(e.Vars, "HOME="+e.WorkDir)
			return nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"repeat": repeat,
			"bytes":  writeBytes,
			"fill":   fillSheet,
		},
		UpdateScripts: os.Getenv("UPDATE_SCRIPTS") != "",
	})
}

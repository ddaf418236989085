package main

import (
	"fmt"
	"os"
	"syscall"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"tweetarc": command})
}

// command is what scripts and README call tweetarc: this program, or the one that
// TWEETARC_BIN names, a release's.
func command() {
	bin := os.Getenv("TWEETARC_BIN")
	if bin == "" {
		main()
		return
	}
	err := syscall.Exec(bin, os.Args, os.Environ())
	fmt.Fprintln(os.Stderr, bin+":", err)
	os.Exit(1)
}

// TestScripts runs the command as a user types it, testdata/*.txtar.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata",
		Setup: func(e *testscript.Env) error {
			e.Vars = append(e.Vars, "HOME="+e.WorkDir, "TWEETARC_BIN="+os.Getenv("TWEETARC_BIN"))
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

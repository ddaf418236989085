package main

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"

	"github.com/urfave/cli/v2"

	"example.org/tweetarc/archive/enrich"
)

// Tested in enrich_test.go.

// The secrets come from the environment, or from a file that nobody else may read. No flag
// takes them, because other users can see a command line, and shells keep it.
const (
	envBearer         = "TWEETARC_BEARER_TOKEN"
	envV1Bearer       = "TWEETARC_V1_BEARER_TOKEN"
	envConsumerKey    = "TWEETARC_V1_CONSUMER_KEY"
	envConsumerSecret = "TWEETARC_V1_CONSUMER_SECRET"
	envToken          = "TWEETARC_V1_ACCESS_TOKEN"
	envTokenSecret    = "TWEETARC_V1_ACCESS_SECRET"
)

type credentials map[string]enrich.Secret

// loadCredentials reads the environment and, over it, the file of --credentials.
func loadCredentials(c *cli.Context) (credentials, error) {
	all := credentials{}
	for _, name := range []string{envBearer, envV1Bearer, envConsumerKey, envConsumerSecret, envToken, envTokenSecret} {
		all[name] = enrich.Secret(os.Getenv(name))
	}
	path := c.String("credentials")
	if path == "" {
		return all, nil
	}
	return unlessDone(c.Context, func() (credentials, error) { return all, all.read(path) })
}

// set takes over a line of NAME=VALUE, unless it is empty or begins with #. No error
// shows what the line holds.
func (all credentials) set(line string) error {
	if line == "" || line[0] == '#' {
		return nil
	}
	name, value, ok := strings.Cut(strings.TrimPrefix(line, "export "), "=")
	if !ok {
		return errors.New("the line is not NAME=VALUE")
	}
	name, value = strings.TrimSpace(name), strings.TrimSpace(value)
	if len(value) > 1 && (value[0] == '"' || value[0] == '\'') && value[len(value)-1] == value[0] {
		value = value[1 : len(value)-1]
	}
	if _, ok := all[name]; !ok {
		return fmt.Errorf("the name must be %s, or one that begins with TWEETARC_V1_", envBearer)
	}
	all[name] = enrich.Secret(value)
	return nil
}

// read reads the lines of a file.
func (all credentials) read(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("--credentials %w", fileError(path, err))
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return err
	}
	if st.Mode().Perm()&0o077 != 0 && runtime.GOOS != "windows" {
		return fmt.Errorf("%s: other users can read it (run chmod 600 %s)", path, path)
	}
	s := bufio.NewScanner(f)
	for n := 1; s.Scan(); n++ {
		if err := all.set(strings.TrimSpace(s.Text())); err != nil {
			return fmt.Errorf("%s:%d: %w", path, n, err)
		}
	}
	if err := s.Err(); err != nil {
		if errors.Is(err, bufio.ErrTooLong) {
			return fmt.Errorf("%s: a line is too long for a secret", path)
		}
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

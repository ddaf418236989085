package main

import (
	"context"
	"io"

	"github.com/urfave/cli/v2"

	"example.org/tweetarc/archive"
	"example.org/tweetarc/archive/corpus/remote"
)

// Tested in shard_test.go and secrets_test.go.

// remoteClient opens URLs.
func remoteClient(c *cli.Context) *remote.Client {
	return &remote.Client{Agent: c.App.Name + "/" + c.App.Version, Stall: c.Duration("timeout"), Tries: c.Int("tries")}
}

// opener is Open of a corpus.Reader, which sets the names of files itself.
func opener(ctx context.Context, client *remote.Client) func(string) (*archive.File, io.ReadCloser, error) {
	return func(path string) (*archive.File, io.ReadCloser, error) {
		in, err := client.Open(ctx, path)
		if err != nil {
			return nil, nil, err
		}
		return &archive.File{Size: in.Size, ModTime: in.ModTime}, in, nil
	}
}

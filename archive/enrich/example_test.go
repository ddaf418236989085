package enrich_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"example.org/tweetarc/archive"
	"example.org/tweetarc/archive/enrich"
)

// What a file of hydrated tweets has of two status IDs.
func ExampleLoop() {
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "hydrated.jsonl")
	const tweet = `{"id_str":"1002512345678901248","full_text":"My last boat leaves on Friday at six.","user":{"screen_name":"rio_tan","name":"Rio Tan"}}`
	if err := os.WriteFile(path, []byte(tweet+"\n"), 0o600); err != nil {
		fmt.Println(err)
		return
	}
	loop := enrich.Loop{
		Sources: []enrich.Source{&enrich.Dump{Path: path}}, // or V2, V1, OEmbed, Wayback
		Keep: func(answers []enrich.Answer) error {
			for _, a := range answers {
				fmt.Println(a.ID, a.State, a.Text)
			}
			return nil
		},
	}
	err = loop.Run(context.Background(), func(yield func(enrich.Question, error) bool) {
		for _, id := range []string{"1002512345678901248", "1005199876543209472"} {
			if !yield(enrich.Question{Tweet: archive.Tweet{ID: id}}, nil) {
				return
			}
		}
	})
	if err != nil {
		fmt.Println(err)
	}
	// Output:
	// 1002512345678901248 found My last boat leaves on Friday at six.
}

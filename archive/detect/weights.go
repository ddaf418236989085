package detect

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"example.org/tweetarc/archive/detect/internal/boundary"
)

// Weights decide where a tweet's text begins and ends, where nothing in the article says
// it. Those of BuiltIn were learnt from newspapers. The command archive/detect/train
// makes others (TRAINING.md). Get Weights from BuiltIn or ReadWeights: the zero value
// does not work.
type Weights struct {
	Hash    string    // SHA-256 of the file, hexadecimal; "" for BuiltIn
	trained time.Time // as the file says; zero if it says nothing

	model *boundary.Model
}

// BuiltIn are the weights that come with the package. The functions Tweets and
// TweetsAndLinks use them.
func BuiltIn() *Weights { return builtIn }

var builtIn = &Weights{model: boundary.Trained()}

// maxWeights is the greatest length of a file of weights, in bytes.
const maxWeights = 1 << 20

// trainedAt begins the line in a file of weights that says when they were trained.
const trainedAt = "# trained "

// ReadWeights reads a file of weights that archive/detect/train wrote. It returns an
// error if the file is longer than 1 MiB or if its features are not those of this
// Version.
func ReadWeights(r io.Reader) (*Weights, error) {
	b, err := io.ReadAll(io.LimitReader(r, maxWeights+1))
	if err != nil {
		return nil, err
	}
	if len(b) > maxWeights {
		return nil, errors.New("too long to be a file of weights")
	}
	m, err := boundary.ReadModel(string(b))
	if err != nil {
		return nil, fmt.Errorf("no file of weights for detector %d: %w", Version, err)
	}
	sum := sha256.Sum256(b)
	w := &Weights{Hash: hex.EncodeToString(sum[:]), model: m}
	for line := range strings.Lines(string(b)) {
		if said, ok := strings.CutPrefix(line, trainedAt); ok {
			at, _, _ := strings.Cut(strings.TrimSpace(said), " ")
			if w.trained, err = time.Parse(time.RFC3339, at); err != nil {
				return nil, fmt.Errorf("no file of weights: trained at %q, which is no time", at)
			}
		}
	}
	return w, nil
}

// Rank says which finds in an article count if it was read more than once: those with the
// highest rank. A newer detector ranks higher, then weights that were trained later, then
// with links. For two weights of the same second the hash decides.
func (w *Weights) Rank(links bool) int64 {
	rank := int64(Version) << 50
	if links {
		rank |= 1 << 16
	}
	if w.Hash != "" {
		rank |= min(max(w.trained.Unix(), 0), 1<<32-1) << 17
		hash, _ := strconv.ParseUint(w.Hash[:4], 16, 16) // hexadecimal: ReadWeights wrote it
		rank |= max(1, int64(hash))
	}
	return rank
}

package web

import (
	"context"
	"sync"
	"time"

	"example.org/tweetarc/store"
)

// whole keeps the counts of all tweets until the archive changes, because counting millions
// takes seconds. It counts in the background: no page waits for it, and until it is ready
// the pages count a part.
//
// After a change it counts again when somebody asks, but only after a pause of ten times as
// long as the last counting took. So watching a run costs at most a tenth of one processor.
type whole struct {
	db    *store.DB
	watch *store.Watch
	ctx   context.Context
	stop  context.CancelFunc
	group sync.WaitGroup

	mu       sync.Mutex
	kept     *kept // nil until it is ready
	counting bool
}

type kept struct {
	counted
	stats   store.Stats
	layers  []store.Layer
	version int64 // of the archive
	made    time.Time
	took    time.Duration
}

func newWhole(db *store.DB) (*whole, error) {
	watch, err := db.Watch(context.Background())
	if err != nil {
		return nil, err
	}
	w := &whole{db: db, watch: watch}
	w.ctx, w.stop = context.WithCancel(context.Background())
	return w, nil
}

func (w *whole) close() error {
	w.stop()
	w.group.Wait()
	return w.watch.Close()
}

// get returns the counts of the archive as it is, or was a short time ago; nil if there are
// none yet.
func (w *whole) get(ctx context.Context) *kept {
	version, err := w.watch.Version(ctx)
	if err != nil {
		return nil
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if k := w.kept; !w.counting && w.ctx.Err() == nil && (k == nil || k.version != version && time.Since(k.made) >= 10*k.took) {
		w.counting = true
		w.group.Go(func() { w.count(version) })
	}
	return w.kept
}

func (w *whole) count(version int64) {
	k := &kept{version: version, made: time.Now()}
	m, err := w.db.Match(w.ctx, nil, 0)
	if err == nil {
		k.counted, err = countOf(w.ctx, m)
	}
	if err == nil {
		k.stats, err = m.Stats(w.ctx, topStats)
	}
	if err == nil {
		k.layers, err = m.Layers(w.ctx, k.by, homeLayers)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.counting = false
	if k.made, k.took = time.Now(), time.Since(k.made); err == nil {
		w.kept = k // otherwise the next page counts again, and shows the error
	}
}

// wholeOf is the kept counts of all tweets, if the query finds all, and these are more than
// are counted at once.
func (s *site) wholeOf(ctx context.Context, m *store.Match, q *store.Query) *kept {
	if s.whole == nil || q.String() != "" || m.Part == m.N {
		return nil
	}
	return s.whole.get(ctx)
}

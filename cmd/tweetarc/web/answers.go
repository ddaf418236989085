package web

import (
	"context"
	"errors"
	"sync"
	"time"

	"tweetarc/store"
)

// answers keeps what was asked of the archive, so that counting a million
// tweets for the next page of the same search is not done twice, nor for two
// who ask at once.
//
// An answer holds until the archive has changed; one that took long holds ten
// times as long as it took even then, so that looking on while a run adds to
// the archive costs at most a tenth of one processor for each question.
type answers struct {
	watch *store.Watch
	limit time.Duration // for one answer
	dear  chan struct{} // as many dear questions as are worked on at a time

	mu  sync.Mutex
	all map[string]*answer
	use uint64
}

type answer struct {
	done    chan struct{} // closed when value and err are there
	value   any
	err     error
	cancel  context.CancelFunc
	waiting int // who would be left without it

	version int64
	asked   time.Time
	took    time.Duration
	used    uint64
}

// maxAnswers bounds the memory: an answer is a page of cut texts, or lists of
// some dozen names.
const maxAnswers = 512

// stale is how much longer an answer holds than it took.
const stale = 10

func newAnswers(watch *store.Watch, limit time.Duration, dear int) *answers {
	return &answers{watch: watch, limit: limit, dear: make(chan struct{}, dear), all: map[string]*answer{}}
}

// ask is the answer to the question that key names. What nobody waits for any
// longer is broken off.
func ask[T any](ctx context.Context, a *answers, key string, dear bool, f func(context.Context) (T, error)) (T, error) {
	var zero T
	version, err := a.watch.Version(ctx)
	if err != nil {
		return zero, err
	}
	for {
		x, mine := a.enter(key, version)
		if mine != nil {
			go a.work(mine, x, dear, func(ctx context.Context) (any, error) { return f(ctx) })
		}
		select {
		case <-x.done:
			a.leave(key, x)
			if errors.Is(x.err, context.Canceled) && ctx.Err() == nil {
				continue // whoever asked first went away
			}
			if x.err != nil {
				return zero, x.err
			}
			return x.value.(T), nil
		case <-ctx.Done():
			a.leave(key, x)
			return zero, ctx.Err()
		}
	}
}

// enter takes the answer that is there or under way, or begins a new one, whose
// context it returns.
func (a *answers) enter(key string, version int64) (*answer, context.Context) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.use++
	if x := a.all[key]; x != nil {
		select {
		case <-x.done:
			if x.err == nil && (x.version == version || time.Since(x.asked) < (1+stale)*x.took) {
				x.used = a.use
				x.waiting++
				return x, nil
			}
		default:
			x.used = a.use
			x.waiting++
			return x, nil
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), a.limit)
	x := &answer{done: make(chan struct{}), cancel: cancel, waiting: 1, version: version, asked: time.Now(), used: a.use}
	a.all[key] = x
	if len(a.all) > maxAnswers {
		a.forget()
	}
	return x, ctx
}

// forget drops the answer that was not used for longest.
func (a *answers) forget() {
	oldest, key := ^uint64(0), ""
	for k, x := range a.all {
		select {
		case <-x.done:
			if x.used < oldest {
				oldest, key = x.used, k
			}
		default:
		}
	}
	delete(a.all, key)
}

func (a *answers) leave(key string, x *answer) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if x.waiting--; x.waiting == 0 {
		x.cancel() // does nothing if it is there
		select {
		case <-x.done:
		default:
			if a.all[key] == x {
				delete(a.all, key)
			}
		}
	}
}

func (a *answers) work(ctx context.Context, x *answer, dear bool, f func(context.Context) (any, error)) {
	defer x.cancel()
	defer close(x.done)
	if dear {
		select {
		case a.dear <- struct{}{}:
			defer func() { <-a.dear }()
		case <-ctx.Done():
			x.err = ctx.Err()
			return
		}
	}
	began := time.Now()
	x.value, x.err = f(ctx)
	x.took = time.Since(began)
	if x.err != nil && ctx.Err() != nil {
		x.err = ctx.Err() // in words that can be told from others
	}
}

package web

import (
	"context"
	"errors"
	"sync"
	"time"

	"tweetarc/store"
)

// answers keeps the pages that were made, so that counting a million tweets is
// not done twice for the same search, nor for two who ask at once.
//
// An answer holds until the archive has changed; one that took long holds ten
// times as long as it took even then, so that looking on while a run adds to
// the archive costs at most a tenth of one processor for each question.
type answers struct {
	watch *store.Watch
	limit time.Duration // for one answer
	dear  chan struct{} // as many dear questions as are worked on at a time

	mu   sync.Mutex
	all  map[string]*answer
	size int // bytes of the pages among them
	use  uint64
}

// made is a page, ready to be sent, or a part of one.
type made struct {
	status int
	html   []byte
	query  *store.Query // of a page whose other part is to be counted, else nil
}

type answer struct {
	done    chan struct{} // closed when value and err are there
	value   any
	err     error
	cancel  context.CancelFunc
	waiting int // who would be left without it

	size    int // bytes
	version int64
	asked   time.Time
	took    time.Duration
	used    uint64
}

// What bounds the memory, beside the digest.
const (
	maxAnswers = 4096
	maxSize    = 64 << 20
)

// digest is the key of the answer that all counting needs, and that stays.
const digest = "digest"

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
			go a.work(mine, key, x, dear, func(ctx context.Context) (any, error) { return f(ctx) })
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
	if x := a.all[key]; x != nil && (!x.known() || x.err == nil && (x.version == version || time.Since(x.asked) < (1+stale)*x.took)) {
		x.used = a.use
		x.waiting++
		return x, nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), a.limit)
	x := &answer{done: make(chan struct{}), cancel: cancel, waiting: 1, version: version, asked: time.Now(), used: a.use}
	a.drop(key)
	a.all[key] = x
	for len(a.all) > maxAnswers || a.size > maxSize {
		if !a.forget() {
			break
		}
	}
	return x, ctx
}

// drop takes an answer away.
func (a *answers) drop(key string) {
	if x := a.all[key]; x != nil {
		a.size -= x.size
		delete(a.all, key)
	}
}

// forget drops the answer that was not used for longest, if there is one.
func (a *answers) forget() bool {
	oldest, key := ^uint64(0), ""
	for k, x := range a.all {
		if x.known() && x.used < oldest && k != digest {
			oldest, key = x.used, k
		}
	}
	a.drop(key)
	return key != ""
}

func (x *answer) known() bool {
	select {
	case <-x.done:
		return true
	default:
		return false
	}
}

func (a *answers) leave(key string, x *answer) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if x.waiting--; x.waiting == 0 {
		x.cancel() // does nothing if it is there
		if !x.known() && a.all[key] == x {
			a.drop(key)
		}
	}
}

func (a *answers) work(ctx context.Context, key string, x *answer, dear bool, f func(context.Context) (any, error)) {
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
	if p, ok := x.value.(*made); ok && x.err == nil {
		a.mu.Lock()
		defer a.mu.Unlock()
		if a.all[key] == x {
			x.size = len(p.html)
			a.size += x.size
		}
	}
}

package web

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"time"

	"tweetarc/store"
)

// answers makes the pages, of the archive as it was at one moment: of its
// digest. It keeps them as long as the digest is looked at, so that nobody who
// goes back waits, nor do two who ask at once make two.
//
// A new digest is made when somebody asks after the archive has changed, but not
// before ten times as long as making one takes is over, so that looking on while
// a run adds to the archive costs at most a tenth of one processor. Meanwhile the
// old one answers.
type answers struct {
	db    *store.DB
	watch *store.Watch
	limit time.Duration // for one answer
	slots chan struct{} // as many as are made at a time: more would all be slower

	mu   sync.Mutex
	all  map[string]*answer
	size int // bytes of the pages among them
	use  uint64

	moment   moment
	building chan struct{} // closed when a new moment is there, or cannot be; nil where none is made
	ctx      context.Context
	stop     context.CancelFunc
}

// moment is a digest.
type moment struct {
	digest  *store.Digest // nil where err is not
	err     error
	version int64
	made    time.Time
	took    time.Duration
}

// made is a page, ready to be sent.
type made struct {
	status int
	html   []byte
}

type answer struct {
	done    chan struct{} // closed when value and err are there
	value   any
	err     error
	cancel  context.CancelFunc
	waiting int // who would be left without it

	size int // bytes
	of   *store.Digest
	used uint64
}

// What bounds the memory, beside the digest.
const (
	maxAnswers = 4096
	maxSize    = 64 << 20
)

// How long a digest is looked at, in the times that it took; and how long
// somebody waits for a new one.
const (
	stale    = 10
	patience = 4 * time.Second
	quick    = 250 * time.Millisecond // to make: then all wait for the new one
)

func newAnswers(db *store.DB, limit time.Duration) (*answers, error) {
	watch, err := db.Watch(context.Background())
	if err != nil {
		return nil, err
	}
	a := &answers{db: db, watch: watch, limit: limit, slots: make(chan struct{}, runtime.GOMAXPROCS(0)), all: map[string]*answer{}}
	a.ctx, a.stop = context.WithCancel(context.Background())
	return a, nil
}

// close ends what is being made.
func (a *answers) close() error {
	a.stop()
	a.mu.Lock()
	building := a.building
	a.mu.Unlock()
	if building != nil {
		<-building
	}
	return a.watch.Close()
}

// errOpening is the error of asking for a large archive whose first digest is
// being made.
var errOpening = &pageError{503, "The archive is being opened", "A large one takes some seconds. This page looks again by itself."}

// now is the digest to look at.
func (a *answers) now(ctx context.Context) (*store.Digest, error) {
	version, err := a.watch.Version(ctx)
	if err != nil {
		return nil, err
	}
	a.mu.Lock()
	m := a.moment
	if a.building == nil && a.ctx.Err() == nil && (m.digest == nil || m.version != version && time.Since(m.made) >= stale*m.took) {
		a.building = make(chan struct{})
		go a.build(version)
	}
	building := a.building
	a.mu.Unlock()
	if building == nil || m.digest != nil && m.took > quick {
		return m.digest, m.err
	}
	wait := time.NewTimer(patience)
	defer wait.Stop()
	select {
	case <-building:
		a.mu.Lock()
		defer a.mu.Unlock()
		return a.moment.digest, a.moment.err
	case <-wait.C:
		if m.digest != nil {
			return m.digest, nil
		}
		return nil, errOpening
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (a *answers) build(version int64) {
	began := time.Now()
	d, err := a.db.Digest(a.ctx)
	a.mu.Lock()
	defer a.mu.Unlock()
	close(a.building)
	a.building = nil
	if err != nil && a.moment.digest != nil {
		a.moment.made, a.moment.version = time.Now(), version // the old one, for a while
		return
	}
	a.moment = moment{d, err, version, time.Now(), time.Since(began)}
	for key, x := range a.all {
		if x.known() {
			a.drop(key)
		}
	}
}

// ask is the answer to the question that key names. What nobody waits for any
// longer is broken off.
func ask[T any](ctx context.Context, a *answers, key string, f func(context.Context, *store.Digest) (T, error)) (T, error) {
	var zero T
	digest, err := a.now(ctx)
	if err != nil {
		return zero, err
	}
	return askPart(ctx, a, key, digest, func(ctx context.Context) (T, error) {
		select {
		case a.slots <- struct{}{}:
			defer func() { <-a.slots }()
			return f(ctx, digest)
		case <-ctx.Done():
			return zero, ctx.Err()
		}
	})
}

// askPart is ask for a part of a page, which has its slot.
func askPart[T any](ctx context.Context, a *answers, key string, digest *store.Digest, f func(context.Context) (T, error)) (T, error) {
	var zero T
	for {
		x, mine := a.enter(key, digest)
		if mine != nil {
			go a.work(mine, key, x, func(ctx context.Context) (any, error) { return f(ctx) })
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
func (a *answers) enter(key string, digest *store.Digest) (*answer, context.Context) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.use++
	if x := a.all[key]; x != nil && x.of == digest && (!x.known() || x.err == nil) {
		x.used = a.use
		x.waiting++
		return x, nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), a.limit)
	x := &answer{done: make(chan struct{}), cancel: cancel, waiting: 1, of: digest, used: a.use}
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

// forget drops an answer that was not used for long, if there is one: of some,
// the oldest.
func (a *answers) forget() bool {
	oldest, key, looked := ^uint64(0), "", 0
	for k, x := range a.all {
		if x.known() {
			if x.used < oldest {
				oldest, key = x.used, k
			}
			if looked++; looked == 16 {
				break
			}
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

func (a *answers) work(ctx context.Context, key string, x *answer, f func(context.Context) (any, error)) {
	defer x.cancel()
	defer close(x.done)
	x.value, x.err = f(ctx)
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

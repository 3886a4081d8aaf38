package sockets

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

// holder is a process with the sockets that it has descriptors of.
type holder struct {
	pid    int
	stat   procStat // of its first thread
	inodes []uint64
	owner  *Process // once its details are read
	hits   []int    // sockets of the table that it holds
}

// pass is one pass over the descriptors of all processes. It does not know yet
// which sockets are wanted, so that it can go on while the kernel lists them.
type pass struct {
	look    *look
	proc    int      // descriptor of /proc
	pids    []uint64 // that there are
	threads bool     // look at the descriptors of threads that have their own
	boot    time.Time
	users   map[uint32]string
	refused atomic.Int64 // processes whose descriptors may not be seen
	done    sync.WaitGroup
	owned   map[int]*holder // those that own something, by pid

	mu    sync.Mutex // guards found; held while a worker hands in one process
	found []*holder
}

// startPass lists the processes and begins to look through them.
func (l *look) startPass(ctx context.Context) (*pass, error) {
	proc, err := unix.Open(l.proc(), unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", l.proc(), err)
	}
	p := &pass{look: l, proc: proc, owned: map[int]*holder{}}
	if err := p.start(ctx); err != nil {
		unix.Close(proc)
		return nil, err
	}
	return p, nil
}

func (p *pass) start(ctx context.Context) (err error) {
	if _, err = unix.Seek(p.proc, 0, io.SeekStart); err == nil {
		p.pids, err = numberedEntries(p.proc, make([]byte, 64<<10), p.pids[:0])
	}
	if err != nil {
		return fmt.Errorf("list %s: %w", p.look.proc(), err)
	}
	p.parallel(ctx, len(p.pids), func(w *worker, i int) { w.process(int(p.pids[i])) })
	return nil
}

// parallel does n pieces of work, a worker for each processor. p.done waits.
func (p *pass) parallel(ctx context.Context, n int, work func(*worker, int)) {
	var next atomic.Int64
	for range min(runtime.GOMAXPROCS(0), n) {
		p.done.Go(func() {
			w := &worker{pass: p, entries: make([]byte, 64<<10), text: make([]byte, 32<<10)}
			for i := next.Add(1) - 1; i < int64(n) && ctx.Err() == nil; i = next.Add(1) - 1 {
				work(w, int(i))
			}
		})
	}
}

// finish waits for the pass and closes what it holds.
func (p *pass) finish() {
	p.done.Wait()
	unix.Close(p.proc)
}

// owners gives every socket of the table the processes that hold it. Who may see
// all and finds sockets without an owner looks again before saying so; where only
// some ports were asked for, which is quick, a process that could not be looked
// into is reason enough.
func (p *pass) owners(ctx context.Context) error {
	p.done.Wait()
	l := p.look
	p.boot, p.users = l.bootTime(), l.users()
	p.match(ctx)
	if privileged := l.capabilities()&(1<<capSysPtrace) != 0; privileged && l.ownerless() > 0 && (len(l.opt.Ports) == 0 || p.refused.Load() == 0) && ctx.Err() == nil {
		if err := p.again(ctx); err != nil {
			return err
		}
	}
	l.visibility(p.refused.Load())
	return ctx.Err()
}

// again looks for the owners of sockets that were made after the first pass had
// been at their process, or that are held by a thread with descriptors of its
// own. A socket that is still without one may have gone by now.
func (p *pass) again(ctx context.Context) error {
	p.found, p.threads = nil, true
	p.refused.Store(0)
	if err := p.start(ctx); err != nil {
		return err
	}
	p.done.Wait()
	p.match(ctx)
	if l := p.look; l.ownerless() > 0 && !l.captured() {
		return l.dropGone(ctx)
	}
	return nil
}

// match gives the sockets without an owner the processes that were found to hold
// them, and reads the details of those.
func (p *pass) match(ctx context.Context) {
	l := p.look
	want, twins := l.wanted()
	var owners []*holder
	for _, h := range p.found {
		for _, inode := range h.inodes {
			if i, ok := want[inode]; ok {
				h.hits = append(h.hits, i)
			}
		}
		if len(h.hits) > 0 {
			owners = append(owners, h)
		}
	}
	p.parallel(ctx, len(owners), func(w *worker, i int) {
		if h, known := p.owned[owners[i].pid]; known && h.stat.start == owners[i].stat.start {
			owners[i].owner = h.owner
		} else {
			owners[i].owner = w.details(owners[i])
		}
	})
	p.done.Wait()
	// The workers finished in any order; owners are shown by pid.
	slices.SortFunc(owners, func(a, b *holder) int { return cmp.Compare(a.pid, b.pid) })
	for _, h := range owners {
		p.owned[h.pid] = h
		for _, i := range h.hits {
			s := &l.table.Sockets[i]
			if n := len(s.Owners); h.owner != nil && (n == 0 || s.Owners[n-1] != h.owner) { // a process may hold it twice
				s.Owners = append(s.Owners, h.owner)
			}
		}
	}
	for inode, list := range twins {
		for _, i := range list {
			l.table.Sockets[i].Owners = l.table.Sockets[want[inode]].Owners
		}
	}
}

// ownerless counts the sockets that a process could hold and none does.
func (l *look) ownerless() (n int) {
	for i := range l.table.Sockets {
		if s := &l.table.Sockets[i]; s.Inode != 0 && len(s.Owners) == 0 {
			n++
		}
	}
	return n
}

// dropGone takes sockets without an owner out of the table that are no more.
func (l *look) dropGone(ctx context.Context) error {
	now := &look{opt: l.opt, table: &Table{}, reasons: map[string]bool{}}
	if err := now.sockets(ctx); err != nil {
		return err
	}
	there := make(map[uint64]bool, len(now.table.Sockets))
	for i := range now.table.Sockets {
		there[now.table.Sockets[i].Inode] = true
	}
	l.table.Sockets = slices.DeleteFunc(l.table.Sockets, func(s Socket) bool { return s.Inode != 0 && len(s.Owners) == 0 && !there[s.Inode] })
	for i := range l.table.Sockets {
		l.table.Sockets[i].Group = 1
	}
	l.group()
	return nil
}

// wanted maps the inodes of the table's sockets to their places, but of those
// that have an owner. An SCTP
// endpoint stands once for each of its addresses: the others are its twins.
func (l *look) wanted() (want map[uint64]int, twins map[uint64][]int) {
	want, twins = make(map[uint64]int, len(l.table.Sockets)), map[uint64][]int{}
	for i := range l.table.Sockets {
		n := l.table.Sockets[i].Inode
		if n == 0 || len(l.table.Sockets[i].Owners) > 0 {
			continue
		}
		if _, again := want[n]; again {
			twins[n] = append(twins[n], i)
			continue
		}
		want[n] = i
	}
	return want, twins
}

func (l *look) bootTime() time.Time {
	text, _ := os.ReadFile(l.proc("stat"))
	return parseBoot(text)
}

func (l *look) users() map[uint32]string {
	text, _ := os.ReadFile(l.root + "/etc/passwd")
	return parsePasswd(text)
}

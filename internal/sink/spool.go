package sink

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Spool keeps messages in a folder until a sink took them, so that what was not
// sent survives the process. It is bounded in messages and bytes; the oldest go
// first, and are counted.
type Spool struct {
	delivery
	dir   string
	pause time.Duration
	// Guarded by mu:
	names []string // of files, oldest first
	bytes int64
	next  uint64
}

// The bounds of a spool.
const (
	mostSpooled      = 10000
	mostSpooledBytes = 64 << 20
	mostMessage      = 1 << 20
	spoolSuffix      = ".json"
)

// NewSpool opens a folder, which it makes, and begins to send what is in it.
func NewSpool(dir string, to Sink, said func(error)) (*Spool, error) {
	return newSpool(dir, to, said, firstPause)
}

func newSpool(dir string, to Sink, said func(error), pause time.Duration) (*Spool, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	s := &Spool{dir: dir, pause: pause}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		var n uint64
		if _, err := fmt.Sscanf(e.Name(), "%d"+spoolSuffix, &n); err != nil || !strings.HasSuffix(e.Name(), spoolSuffix) {
			continue
		}
		info, err := e.Info()
		if err != nil {
			return nil, err
		}
		s.names = append(s.names, e.Name())
		s.bytes += info.Size()
		s.next = max(s.next, n+1)
	}
	slices.Sort(s.names)
	s.counts.Offered = uint64(len(s.names))
	go s.run(s.begin(to, said))
	return s, nil
}

// Add keeps a message. Its error is the folder's; the message is lost then, and
// counted.
func (s *Spool) Add(m Message) error {
	b, err := json.Marshal(m)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.counts.Offered++
	if err == nil && len(b) > mostMessage {
		err = fmt.Errorf("a message of %d bytes is too long to keep", len(b))
	}
	name := fmt.Sprintf("%020d%s", s.next, spoolSuffix)
	if err == nil {
		err = s.write(name, b)
	}
	if err != nil {
		s.counts.Lost++
		return err
	}
	s.next++
	s.names = append(s.names, name)
	s.bytes += int64(len(b))
	for len(s.names) > mostSpooled || s.bytes > mostSpooledBytes {
		s.drop(s.names[0])
		s.counts.Lost++
	}
	s.nudge()
	return nil
}

// write puts a file in place whole, and on disk. The caller holds mu.
func (s *Spool) write(name string, b []byte) error {
	path := filepath.Join(s.dir, name)
	f, err := os.OpenFile(path+".tmp", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	err = cmp.Or(err, f.Sync())
	err = cmp.Or(err, f.Close())
	if err == nil {
		err = os.Rename(path+".tmp", path)
	}
	if err != nil {
		_ = os.Remove(path + ".tmp")
	}
	return err
}

// drop removes a file. The caller holds mu.
func (s *Spool) drop(name string) {
	path := filepath.Join(s.dir, name)
	if info, err := os.Stat(path); err == nil {
		s.bytes -= info.Size()
	}
	_ = os.Remove(path)
	s.names = slices.DeleteFunc(s.names, func(n string) bool { return n == name })
}

func (s *Spool) run(ctx context.Context) {
	defer close(s.done)
	pause := s.pause
	for ctx.Err() == nil {
		name, m, ok := s.first()
		if !ok {
			select {
			case <-s.wake:
			case <-ctx.Done():
			}
			continue
		}
		trying, cancel := context.WithTimeout(ctx, sendTime)
		err := s.to.Send(trying, m)
		cancel()
		if ctx.Err() != nil && err != nil {
			return
		}
		s.sent(name, err)
		if settled(err) {
			pause = s.pause
			continue
		}
		rest(ctx, pause)
		pause = min(2*pause, longestPause)
	}
}

// first reads the oldest message. A file that is none is lost, and counted.
func (s *Spool) first() (string, Message, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(s.names) > 0 {
		name := s.names[0]
		m, err := readMessage(filepath.Join(s.dir, name))
		if err == nil {
			return name, m, true
		}
		s.drop(name)
		s.counts.Lost++
	}
	return "", Message{}, false
}

func readMessage(path string) (m Message, err error) {
	info, err := os.Stat(path)
	if err != nil {
		return m, err
	}
	if info.Size() > mostMessage {
		return m, errors.New("too long")
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return m, err
	}
	return parseMessage(b)
}

func parseMessage(b []byte) (m Message, err error) {
	err = json.Unmarshal(b, &m)
	if err == nil && !json.Valid(m.Document) {
		err = errors.New("its document is not JSON")
	}
	return m, err
}

// sent notes what became of a message.
func (s *Spool) sent(name string, err error) {
	s.mu.Lock()
	// It may have been pushed out meanwhile, and counted as lost.
	if settled(err) && slices.Contains(s.names, name) {
		s.drop(name)
		s.settle(err)
	}
	s.mu.Unlock()
	s.tell(err)
}

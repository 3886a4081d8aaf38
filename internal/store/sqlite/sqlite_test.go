package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/portolan/portolan/internal/store"
	"github.com/portolan/portolan/internal/store/storetest"
)

func opened(t *testing.T, name string) *Store {
	t.Helper()
	s, err := Open(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestStore(t *testing.T) {
	storetest.Run(t, func(t *testing.T) (store.Store, func() store.Store) {
		// A name that is not to be taken for part of a URI.
		name := filepath.Join(t.TempDir(), "odd ?name%41#.db")
		return opened(t, name), func() store.Store { return opened(t, name) }
	})
}

func TestOwnFileAlone(t *testing.T) {
	name := filepath.Join(t.TempDir(), "visits.db")
	opened(t, name).Close()
	info, err := os.Stat(name)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info.Mode(), err)
	}
}

func TestForeignFiles(t *testing.T) {
	dir := t.TempDir()
	text, other, newer := filepath.Join(dir, "text"), filepath.Join(dir, "other.db"), filepath.Join(dir, "newer.db")
	if err := os.WriteFile(text, make([]byte, 5000), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, statement := range map[string]string{other: "CREATE TABLE mine (a)", newer: "PRAGMA application_id = 1886351988; PRAGMA user_version = 99"} {
		db, err := sql.Open("sqlite", name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := db.Exec(statement); err != nil {
			t.Fatal(err)
		}
		db.Close()
	}
	for _, name := range []string{text, other, newer} {
		before, _ := os.ReadFile(name)
		if _, err := Open(t.Context(), name); !errors.Is(err, store.ErrForeign) {
			t.Errorf("%s: %v", filepath.Base(name), err)
		}
		if _, err := OpenRead(t.Context(), name); !errors.Is(err, store.ErrForeign) {
			t.Errorf("%s to read: %v", filepath.Base(name), err)
		}
		if after, _ := os.ReadFile(name); name == text && string(after) != string(before) {
			t.Errorf("%s was changed", name)
		}
	}
	if _, err := OpenRead(t.Context(), filepath.Join(dir, "none")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a file that is not there: %v", err)
	}
}

// Another process that holds the file is waited for, and then said.
func TestLocked(t *testing.T) {
	name := filepath.Join(t.TempDir(), "visits.db")
	s := opened(t, name)
	defer s.Close()
	db, err := sql.Open("sqlite", "file:"+name)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	c, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := c.ExecContext(t.Context(), "BEGIN IMMEDIATE"); err != nil {
		t.Fatal(err)
	}
	if err := s.Put(t.Context(), []store.Visit{{ID: "a", Document: []byte("{}")}}); !errors.Is(err, store.ErrBusy) {
		t.Errorf("got %v", err)
	}
	if _, err := c.ExecContext(t.Context(), "ROLLBACK"); err != nil {
		t.Fatal(err)
	}
	if err := s.Put(t.Context(), []store.Visit{{ID: "a", Document: []byte("{}")}}); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

// One reads while another writes.
func TestReadBeside(t *testing.T) {
	name := filepath.Join(t.TempDir(), "visits.db")
	s := opened(t, name)
	defer s.Close()
	if err := s.Put(t.Context(), []store.Visit{{ID: "a", First: time.UnixMilli(1), Last: time.UnixMilli(1), Document: []byte("{}")}}); err != nil {
		t.Fatal(err)
	}
	r, err := OpenRead(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	n := 0
	if err := r.Visits(t.Context(), store.Filter{}, func(store.Visit) error { n++; return nil }); err != nil || n != 1 {
		t.Errorf("%d, %v", n, err)
	}
	if err := r.Put(t.Context(), []store.Visit{{ID: "b", Document: []byte("{}")}}); err == nil {
		t.Error("a store that was opened to read was written")
	}
}

func BenchmarkPut(b *testing.B) {
	s, err := Open(context.Background(), filepath.Join(b.TempDir(), "visits.db"))
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	batch := make([]store.Visit, 1000)
	n := 0
	for b.Loop() {
		for i := range batch {
			n++
			batch[i] = store.Visit{ID: time.UnixMilli(int64(n)).String(), Revision: 1, Last: time.UnixMilli(int64(n)), Kind: "knock", Document: make([]byte, 600), Ports: []store.Ports{{First: 378, Last: 378}}}
		}
		if err := s.Put(context.Background(), batch); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "visits/s")
}

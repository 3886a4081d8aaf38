// Package sqlite keeps visits in one SQLite file.
//
// Every Put is one transaction, on disk when it returns (WAL, synchronous FULL).
// Several processes may read while one writes. The file gives space back to the
// system as visits are pruned.
package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"os"
	"strings"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/internal/store"
)

// Store is a file. Its zero value is not usable: see [Open].
type Store struct {
	db   *sql.DB
	name string
}

// The marks of our files: SQLite keeps both in the header.
const (
	applicationID = 0x706f7274 // "port"
	version       = 1
	// busyTime is how long another process's lock is waited for.
	busyTime = 2 * time.Second
)

// schema means the same in every engine: whole numbers, milliseconds, 16-byte
// addresses, short words, bytes.
const schema = `
CREATE TABLE visits (
	id TEXT PRIMARY KEY,
	revision INTEGER NOT NULL,
	first_ms INTEGER NOT NULL,
	last_ms INTEGER NOT NULL,
	source BLOB NOT NULL,
	kind TEXT NOT NULL,
	origin TEXT NOT NULL,
	severity TEXT NOT NULL,
	document BLOB NOT NULL
) WITHOUT ROWID;
CREATE INDEX visits_last ON visits (last_ms, id);
CREATE INDEX visits_source ON visits (source, last_ms);
CREATE TABLE visit_ports (
	id TEXT NOT NULL,
	transport INTEGER NOT NULL,
	first_port INTEGER NOT NULL,
	last_port INTEGER NOT NULL,
	PRIMARY KEY (id, transport, first_port)
) WITHOUT ROWID;
CREATE INDEX visit_ports_port ON visit_ports (transport, first_port, last_port);
`

// Open opens a file, or makes it, readable by its owner alone: payloads can hold
// what people typed. The error is [store.ErrForeign] where the file is another's.
func Open(ctx context.Context, name string) (*Store, error) {
	if f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600); err != nil {
		return nil, err
	} else if err := f.Close(); err != nil {
		return nil, err
	}
	return open(ctx, name, "auto_vacuum(INCREMENTAL)", "journal_mode(WAL)", "synchronous(FULL)")
}

// OpenRead opens a file that is there, and writes nothing.
func OpenRead(ctx context.Context, name string) (*Store, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return nil, &fs.PathError{Op: "open", Path: name, Err: store.ErrForeign}
	}
	return open(ctx, name, "query_only(1)")
}

func open(ctx context.Context, name string, pragmas ...string) (*Store, error) {
	dsn := "file:" + strings.NewReplacer("%", "%25", "?", "%3f", "#", "%23").Replace(name) +
		fmt.Sprintf("?_pragma=busy_timeout(%d)", busyTime.Milliseconds())
	for _, p := range pragmas {
		dsn += "&_pragma=" + p
	}
	db, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, told(err)
	}
	s := &Store{db: db, name: name}
	if err := s.prepare(ctx); err != nil {
		db.Close()
		return nil, fmt.Errorf("open %s: %w", name, told(err))
	}
	return s, nil
}

// prepare makes the tables of a new file, and refuses another's.
func (s *Store) prepare(ctx context.Context) error {
	var id, have, tables int64
	if err := s.db.QueryRowContext(ctx, "SELECT (SELECT application_id FROM pragma_application_id), (SELECT user_version FROM pragma_user_version), (SELECT count(*) FROM sqlite_schema)").Scan(&id, &have, &tables); err != nil {
		return err
	}
	switch {
	case id == applicationID && have == version:
		return nil
	case id != 0 || have != 0 || tables != 0:
		return store.ErrForeign
	}
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if _, err := tx.ExecContext(ctx, schema+fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = %d;", applicationID, version)); err != nil {
		return err
	}
	return tx.Commit()
}

// told gives the errors that callers tell apart their names.
func told(err error) error {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return err
	}
	switch e.Code() & 0xff {
	case sqlite3.SQLITE_FULL:
		return fmt.Errorf("%w: %w", store.ErrFull, err)
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return fmt.Errorf("%w: %w", store.ErrBusy, err)
	case sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT:
		return fmt.Errorf("%w: %w", store.ErrForeign, err)
	}
	return err
}

// Close implements [store.Store].
func (s *Store) Close() error { return s.db.Close() }

// Put implements [store.Store].
func (s *Store) Put(ctx context.Context, visits []store.Visit) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		put, err := tx.PrepareContext(ctx, `INSERT INTO visits (id, revision, first_ms, last_ms, source, kind, origin, severity, document)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (id) DO UPDATE SET revision = excluded.revision, first_ms = excluded.first_ms, last_ms = excluded.last_ms, source = excluded.source,
				kind = excluded.kind, origin = excluded.origin, severity = excluded.severity, document = excluded.document
			WHERE excluded.revision > visits.revision`)
		if err != nil {
			return err
		}
		defer put.Close()
		for _, v := range visits {
			source := v.Source.As16()
			r, err := put.ExecContext(ctx, v.ID, v.Revision, v.First.UnixMilli(), v.Last.UnixMilli(), source[:], v.Kind, v.Origin, v.Severity, v.Document)
			if err != nil {
				return err
			}
			if n, err := r.RowsAffected(); err != nil || n == 0 {
				if err != nil {
					return err
				}
				continue // an older revision
			}
			if err := putPorts(ctx, tx, v); err != nil {
				return err
			}
		}
		return nil
	})
}

func putPorts(ctx context.Context, tx *sql.Tx, v store.Visit) error {
	if _, err := tx.ExecContext(ctx, "DELETE FROM visit_ports WHERE id = ?", v.ID); err != nil {
		return err
	}
	for _, p := range v.Ports {
		if _, err := tx.ExecContext(ctx, "INSERT INTO visit_ports (id, transport, first_port, last_port) VALUES (?, ?, ?, ?)", v.ID, int(p.Transport), p.First, p.Last); err != nil {
			return err
		}
	}
	return nil
}

// write does something in one transaction.
func (s *Store) write(ctx context.Context, f func(*sql.Tx) error) error {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return told(err)
	}
	defer tx.Rollback()
	if err := f(tx); err != nil {
		return told(err)
	}
	return told(tx.Commit())
}

// Visits implements [store.Store].
func (s *Store) Visits(ctx context.Context, want store.Filter, f func(store.Visit) error) error {
	where, args := conditions(want)
	query := "SELECT id, revision, first_ms, last_ms, source, kind, origin, severity, document FROM visits" + where + " ORDER BY last_ms DESC, id DESC"
	if want.Most > 0 {
		query += " LIMIT ?"
		args = append(args, want.Most)
	}
	rows, err := s.db.QueryContext(ctx, query, args...)
	if err != nil {
		return told(err)
	}
	defer rows.Close()
	for rows.Next() {
		v, err := s.row(ctx, rows)
		if err != nil {
			return told(err)
		}
		if err := f(v); err != nil {
			return err
		}
	}
	return told(rows.Err())
}

// conditions is a filter as SQL. Values are never part of its text.
func conditions(want store.Filter) (string, []any) {
	var all []string
	var args []any
	add := func(text string, values ...any) {
		all = append(all, text)
		args = append(args, values...)
	}
	if !want.Since.IsZero() {
		add("last_ms >= ?", want.Since.UnixMilli())
	}
	if !want.Until.IsZero() {
		add("last_ms < ?", want.Until.UnixMilli())
	}
	if want.Source.IsValid() {
		first, last := bounds(want.Source)
		add("source >= ? AND source <= ?", first[:], last[:])
	}
	if want.Kind != "" {
		add("kind = ?", want.Kind)
	}
	if k := want.Port; k != nil {
		add("id IN (SELECT id FROM visit_ports WHERE transport = ? AND first_port <= ? AND last_port >= ?)", int(k.Transport), k.Port, k.Port)
	}
	if len(all) == 0 {
		return "", nil
	}
	return " WHERE " + strings.Join(all, " AND "), args
}

// bounds are the first and the last address of a prefix, as 16 bytes.
func bounds(p netip.Prefix) (first, last [16]byte) {
	first = p.Masked().Addr().As16()
	last = first
	bits := p.Bits()
	if p.Addr().Is4() {
		bits += 96
	}
	for i := bits; i < 128; i++ {
		last[i/8] |= 0x80 >> (i % 8)
	}
	return first, last
}

// row reads a visit and its ports.
func (s *Store) row(ctx context.Context, rows *sql.Rows) (v store.Visit, err error) {
	var first, last int64
	var source []byte
	if err := rows.Scan(&v.ID, &v.Revision, &first, &last, &source, &v.Kind, &v.Origin, &v.Severity, &v.Document); err != nil {
		return v, err
	}
	v.First, v.Last = time.UnixMilli(first).UTC(), time.UnixMilli(last).UTC()
	addr, ok := netip.AddrFromSlice(source)
	if !ok {
		return v, fmt.Errorf("visit %q has an address of %d bytes: %w", v.ID, len(source), store.ErrForeign)
	}
	v.Source = addr.Unmap()
	ports, err := s.db.QueryContext(ctx, "SELECT transport, first_port, last_port FROM visit_ports WHERE id = ? ORDER BY transport, first_port", v.ID)
	if err != nil {
		return v, err
	}
	defer ports.Close()
	for ports.Next() {
		var t int
		var p store.Ports
		if err := ports.Scan(&t, &p.First, &p.Last); err != nil {
			return v, err
		}
		p.Transport = portolan.Transport(t)
		v.Ports = append(v.Ports, p)
	}
	return v, ports.Err()
}

// pruneAtATime is how many visits go in one transaction, so that others get in between.
const pruneAtATime = 1000

// Prune implements [store.Store].
func (s *Store) Prune(ctx context.Context, before time.Time, size int64) (int, error) {
	gone := 0
	for {
		n, err := s.remove(ctx, "last_ms < ?", before.UnixMilli())
		if gone += n; err != nil {
			return gone, err
		}
		if n < pruneAtATime {
			break
		}
	}
	for size > 0 {
		have, err := s.Size(ctx)
		if err != nil || have <= size {
			return gone, err
		}
		n, err := s.remove(ctx, "?", true)
		if gone += n; err != nil || n == 0 {
			return gone, err
		}
	}
	return gone, nil
}

// remove removes some of the oldest visits that a condition holds for, and gives
// their space back.
func (s *Store) remove(ctx context.Context, condition string, arg any) (n int, err error) {
	err = s.write(ctx, func(tx *sql.Tx) error {
		oldest := "SELECT id FROM visits WHERE " + condition + " ORDER BY last_ms, id LIMIT ?"
		if _, err := tx.ExecContext(ctx, "DELETE FROM visit_ports WHERE id IN ("+oldest+")", arg, pruneAtATime); err != nil {
			return err
		}
		r, err := tx.ExecContext(ctx, "DELETE FROM visits WHERE id IN ("+oldest+")", arg, pruneAtATime)
		if err != nil {
			return err
		}
		gone, err := r.RowsAffected()
		n = int(gone)
		return err
	})
	if err != nil || n == 0 {
		return n, err
	}
	for _, text := range []string{"PRAGMA incremental_vacuum", "PRAGMA wal_checkpoint(TRUNCATE)"} {
		rows, err := s.db.QueryContext(ctx, text)
		if err != nil {
			return n, told(err)
		}
		for rows.Next() { // each row is a step
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			return n, told(err)
		}
	}
	return n, nil
}

// Size implements [store.Store].
func (s *Store) Size(context.Context) (int64, error) {
	var sum int64
	for _, suffix := range []string{"", "-wal"} {
		info, err := os.Stat(s.name + suffix)
		if errors.Is(err, fs.ErrNotExist) && suffix != "" {
			continue
		}
		if err != nil {
			return 0, err
		}
		sum += info.Size()
	}
	return sum, nil
}

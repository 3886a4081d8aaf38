// Package witness reads what files on this machine say of a port: /etc/services
// (services(5)), nmap-services with the share of hosts on which Nmap's authors
// found it open, and firewalld's service profiles.
//
// A [Saying] is one line or element about one key, with the [File] that it
// stands in. The files belong to the user's system and are read when they are
// asked; nothing of them is part of the registry.
//
// [Find] reads /etc/services and nmap-services, a megabyte, in under a
// millisecond. [FindProfiles] opens some 250 small files, which takes ten times
// as long, so it is a question of its own.
//
// Not promised: that a file is there (one that is missing is no error), that it
// is what its package installed, or that its texts are fit to be shown. They are
// bytes from outside and go through report.Escape.
package witness

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"time"

	"github.com/portolan/portolan"
)

// File is a witness: a file that was read, or the folder of firewalld's profiles.
type File struct {
	Source   string    // "services", "nmap-services", "firewalld"
	Path     string    // "/etc/services"
	Modified time.Time // its date: when it was written last
}

// Saying is what a file says of a port.
type Saying struct {
	File
	Line int // counted from 1; 0 in a profile

	Span    portolan.Span // more than the port that was asked for where a profile opens a range
	Name    string        // "" where Nmap calls it unknown
	Aliases []string      // of /etc/services
	Comment string

	// Frequency is the share of hosts that had the port open, 0 to 1, when
	// Nmap's authors measured it. 0 is "not seen". Meaningful when HasFrequency
	// is set.
	Frequency    float64
	HasFrequency bool
}

// Found is the answer to one look.
type Found struct {
	Sayings  []Saying
	Searched []File  // those that are there, whether they speak of the port or not
	Errs     []error // a file that could not be read, or a line of it; the rest stands
}

// ParseError says which line of which file could not be read; Line is 0 where
// the file is not one of lines.
type ParseError struct {
	Source string
	Line   int
	Text   string
	Err    error
}

func (e *ParseError) Error() string {
	return fmt.Sprintf("%s:%d: %v: %.160q", e.Source, e.Line, e.Err, e.Text)
}

func (e *ParseError) Unwrap() error { return e.Err }

// What is above these bounds is refused: the files are anyone's.
const (
	maxFile     = 8 << 20 // nmap-services has 1 MB
	maxLine     = 4 << 10
	maxSayings  = 64 // of one key in one file
	maxProfiles = 5000
	maxProfile  = 64 << 10
)

// lists are the files of lines, by where distributions put them.
var lists = [...]struct {
	source, path string
	parse        func(line string, k portolan.Key) (Saying, bool, error)
}{
	{"services", "etc/services", parseService},
	{"nmap-services", "usr/share/nmap/nmap-services", parseNmap},
	{"nmap-services", "usr/local/share/nmap/nmap-services", parseNmap},
}

// Find looks for a key in the files of lines. fsys is the root of the file
// system, os.DirFS("/").
func Find(fsys fs.FS, k portolan.Key) Found {
	var found Found
	for _, l := range lists {
		file, text, err := readFile(fsys, l.path, maxFile)
		if err != nil {
			found.fail(err)
			continue
		}
		file.Source = l.source
		found.Searched = append(found.Searched, file)
		said, errs := search(file, text, k, l.parse)
		found.Sayings, found.Errs = append(found.Sayings, said...), append(found.Errs, errs...)
	}
	return found
}

// fail keeps an error, unless it is that there is no such file.
func (f *Found) fail(err error) {
	if !errors.Is(err, fs.ErrNotExist) {
		f.Errs = append(f.Errs, err)
	}
}

// readFile reads a regular file of at most limit bytes. It asks what the file is
// before it opens it: to open a pipe is to wait for who writes to it.
func readFile(fsys fs.FS, path string, limit int64) (File, []byte, error) {
	file := File{Path: "/" + path}
	info, err := fs.Stat(fsys, path)
	if err != nil {
		return file, nil, err
	}
	file.Modified = info.ModTime()
	if !info.Mode().IsRegular() {
		return file, nil, fmt.Errorf("%s: not a regular file", file.Path)
	}
	f, err := fsys.Open(path)
	if err != nil {
		return file, nil, err
	}
	defer f.Close()
	var text bytes.Buffer
	text.Grow(int(min(info.Size(), limit)) + bytes.MinRead)
	if _, err := text.ReadFrom(io.LimitReader(f, limit+1)); err != nil {
		return file, nil, err
	}
	if int64(text.Len()) > limit {
		return file, nil, fmt.Errorf("%s: more than %d bytes: not read", file.Path, limit)
	}
	return file, text.Bytes(), nil
}

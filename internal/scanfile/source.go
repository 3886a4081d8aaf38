package scanfile

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
)

// The bounds. Nothing of ours, and nothing that a scanner writes, comes near.
const (
	mostPiece = 2 << 20  // bytes of a record of JSON, or of a tag of XML
	mostDepth = 64       // of elements, or of objects and lists
	mostFile  = 64 << 30 // bytes of a whole file, unpacked
	peeked    = 4 << 10  // bytes that the format is known by
)

var (
	errPiece = fmt.Errorf("one record is longer than %d MiB", mostPiece>>20)
	errDepth = fmt.Errorf("it is nested more than %d deep", mostDepth)
	errFile  = fmt.Errorf("it is longer than %d GiB", mostFile>>30)
)

// source is a file as bytes, and where we are in it. It hands out single bytes,
// so that a decoder takes no more than it needs and each piece can be bounded.
type source struct {
	r      *bufio.Reader
	line   int
	offset int64
	left   int  // bytes that the piece being read may still have
	ended  bool // the end of the file was met
}

func newSource(r io.Reader) *source {
	return &source{r: bufio.NewReaderSize(r, 64<<10), line: 1, left: mostPiece}
}

// unpack looks for gzip's magic.
func (s *source) unpack() error {
	if head, _ := s.r.Peek(2); !bytes.Equal(head, []byte{0x1f, 0x8b}) {
		return nil
	}
	z, err := gzip.NewReader(s.r)
	if err != nil {
		return err
	}
	s.r = bufio.NewReaderSize(z, 64<<10)
	return nil
}

// piece begins a new one.
func (s *source) piece() { s.left = mostPiece }

// ReadByte returns the next byte. An interrupted gzip stream ends as a file does.
func (s *source) ReadByte() (byte, error) {
	if s.left == 0 {
		return 0, errPiece
	}
	if s.offset == mostFile {
		return 0, errFile
	}
	c, err := s.r.ReadByte()
	if err != nil {
		if errors.Is(err, io.ErrUnexpectedEOF) {
			err = io.EOF
		}
		s.ended = s.ended || err == io.EOF
		return 0, err
	}
	s.left--
	s.offset++
	if c == '\n' {
		s.line++
	}
	return c, nil
}

// Read is there for encoding/xml, which takes single bytes where it can.
func (s *source) Read(b []byte) (int, error) {
	if len(b) == 0 {
		return 0, nil
	}
	c, err := s.ReadByte()
	if err != nil {
		return 0, err
	}
	b[0] = c
	return 1, nil
}

// skipSpace returns the next byte that is none, without taking it.
func (s *source) skipSpace() (byte, error) {
	for {
		head, err := s.r.Peek(1)
		if len(head) == 0 {
			if err == io.EOF || errors.Is(err, io.ErrUnexpectedEOF) {
				s.ended, err = true, io.EOF
			}
			return 0, err
		}
		switch head[0] {
		case ' ', '\t', '\r', '\n':
			s.piece()
			if _, err := s.ReadByte(); err != nil {
				return 0, err
			}
		default:
			return head[0], nil
		}
	}
}

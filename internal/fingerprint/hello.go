package fingerprint

import (
	"encoding/binary"
	"errors"
)

// Hello is a TLS ClientHello (RFC 8446, section 4.1.2), in the order in which it
// was sent, GREASE (RFC 8701) included.
type Hello struct {
	Version             uint16 // of the hello itself; newer ones are in Versions
	Ciphers             []uint16
	Extensions          []uint16
	Groups              []uint16
	PointFormats        []uint8
	SignatureAlgorithms []uint16
	Versions            []uint16
	ServerName          string // bytes from outside
	ALPN                []string
	HasServerName       bool
	HasExtensions       bool
	Size                int // bytes that it takes, records included
}

// Errors of ParseHello.
var (
	ErrNoHello  = errors.New("no TLS ClientHello")
	ErrCutHello = errors.New("a TLS ClientHello that goes on behind what was captured")
)

const (
	recordHandshake = 22
	messageHello    = 1
	mostRecord      = 1<<14 + 2048
	// mostHello bounds what is put together from records.
	mostHello = 1 << 16
)

// ParseHello reads a ClientHello from the first bytes that a client said, over
// as many records as it takes.
func ParseHello(b []byte) (Hello, error) {
	var h Hello
	body, size, err := handshake(b)
	if err != nil {
		return h, err
	}
	h.Size = size
	in := reader{b: body}
	h.Version = in.u16()
	in.take(32) // random
	session := in.vector8()
	h.Ciphers = words(in.vector16())
	in.vector8() // compression
	if in.failed || len(session) > 32 || len(h.Ciphers) == 0 || h.Version>>8 != 3 {
		return Hello{}, ErrNoHello
	}
	if len(in.b) > 0 {
		h.HasExtensions = true
		h.extensions(&in)
	}
	if in.failed || len(in.b) != 0 {
		return Hello{}, ErrNoHello
	}
	return h, nil
}

// handshake puts the first handshake message together from its records, and
// returns its body and how many bytes the records take.
func handshake(b []byte) (body []byte, size int, err error) {
	if len(b) == 0 || b[0] != recordHandshake || len(b) > 1 && b[1] != 3 || len(b) > 5 && b[5] != messageHello {
		return nil, 0, ErrNoHello
	}
	var message []byte
	for {
		record := b[size:]
		if len(record) < 5 {
			return nil, 0, ErrCutHello
		}
		n := int(binary.BigEndian.Uint16(record[3:]))
		if record[0] != recordHandshake || record[1] != 3 || n == 0 || n > mostRecord {
			return nil, 0, ErrNoHello
		}
		part := record[5:min(len(record), 5+n)]
		if message == nil {
			message = part[:len(part):len(part)] // most hellos are one record: no copy
		} else {
			message = append(message, part...)
		}
		size += 5 + len(part)
		if len(message) >= 4 {
			want := 4 + int(message[1])<<16 + int(binary.BigEndian.Uint16(message[2:]))
			switch {
			case message[0] != messageHello || want > mostHello:
				return nil, 0, ErrNoHello
			case len(message) >= want:
				return message[4:want], size, nil
			}
		}
		if len(part) < n {
			return nil, 0, ErrCutHello
		}
	}
}

// The extensions that are read (IANA, TLS ExtensionType Values).
const (
	extServerName          = 0
	extGroups              = 10
	extPointFormats        = 11
	extSignatureAlgorithms = 13
	extALPN                = 16
	extVersions            = 43
)

func (h *Hello) extensions(in *reader) {
	list := reader{b: in.vector16()}
	for len(list.b) > 0 && !list.failed {
		kind := list.u16()
		e := reader{b: list.vector16()}
		if list.failed {
			break
		}
		h.Extensions = append(h.Extensions, kind)
		switch kind {
		case extServerName:
			h.HasServerName = true
			h.ServerName = serverName(e)
		case extGroups:
			h.Groups = words(e.vector16())
		case extPointFormats:
			h.PointFormats = e.vector8()
		case extSignatureAlgorithms:
			h.SignatureAlgorithms = words(e.vector16())
		case extALPN:
			h.ALPN = names(e)
		case extVersions:
			h.Versions = words(e.vector8())
		}
	}
	in.failed = in.failed || list.failed
}

// serverName returns the first host name (RFC 6066, section 3).
func serverName(e reader) string {
	list := reader{b: e.vector16()}
	if kind := list.take(1); kind == nil || kind[0] != 0 {
		return ""
	}
	return string(list.vector16())
}

// names returns the protocols of ALPN (RFC 7301).
func names(e reader) (all []string) {
	list := reader{b: e.vector16()}
	for len(list.b) > 0 {
		name := list.vector8()
		if list.failed {
			break
		}
		all = append(all, string(name))
	}
	return all
}

// reader walks through lengths and what follows them. Once something is
// missing, all behind it is.
type reader struct {
	b      []byte
	failed bool
}

func (r *reader) take(n int) []byte {
	if r.failed || n > len(r.b) {
		r.b, r.failed = nil, true
		return nil
	}
	part := r.b[:n]
	r.b = r.b[n:]
	return part
}

func (r *reader) u16() uint16 {
	if b := r.take(2); b != nil {
		return binary.BigEndian.Uint16(b)
	}
	return 0
}

func (r *reader) vector8() []byte {
	if b := r.take(1); b != nil {
		return r.take(int(b[0]))
	}
	return nil
}

func (r *reader) vector16() []byte { return r.take(int(r.u16())) }

// words reads numbers of two bytes.
func words(b []byte) []uint16 {
	if len(b) < 2 {
		return nil
	}
	all := make([]uint16, 0, len(b)/2)
	for ; len(b) >= 2; b = b[2:] {
		all = append(all, binary.BigEndian.Uint16(b))
	}
	return all
}

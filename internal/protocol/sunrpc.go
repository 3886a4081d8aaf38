package protocol

import (
	"bytes"
	"strings"

	"github.com/portolan/portolan"
)

// rpcbind is asked for the procedure that does nothing; an answer repeats the
// number of the call.
var rpcbind = Protocol{
	Name: "rpcbind", Title: "rpcbind (portmapper)", Source: "RFC 5531, section 9; RFC 1833, section 3.2",
	Services: []string{"sunrpc"},
	Usual:    []uint16{111},
	Outranks: []string{"sunrpc", "nfs"}, // which of them it is, the question decides
	Answer: func(s Said) (Match, bool) {
		m, stat, ok := rpcReply(s)
		if !ok || stat != rpcSuccess || s.Question != "rpc-null-tcp" && s.Question != "rpc-null-udp" {
			return Match{}, false
		}
		return m, true
	},
	Opening: rpcCallTo(100000),
	Questions: []Question{
		{Name: "rpc-null-tcp", When: Anywhere, Rank: 32, Bytes: rpcRecord(100000, 2)},
		{Name: "rpc-null-udp", Transport: portolan.UDP, When: Anywhere, Rank: 44, Bytes: func(a Ask) []byte { return rpcCall(a, 100000, 2) }},
	},
}

// nfs is a program of ONC RPC of its own number.
var nfs = Protocol{
	Name: "nfs", Title: "NFS", Source: "RFC 5531, section 9; RFC 7530, section 16.1",
	Services: []string{"nfs"},
	Usual:    []uint16{2049},
	Outranks: []string{"sunrpc", "rpcbind"},
	Answer: func(s Said) (Match, bool) {
		m, stat, ok := rpcReply(s)
		if !ok || !strings.HasPrefix(s.Question, "nfs-null-") || stat != rpcSuccess && stat != rpcProgMismatch {
			return Match{}, false
		}
		return m, true
	},
	Opening: rpcCallTo(100003),
	Questions: []Question{
		{Name: "nfs-null-tcp", When: AtHome, Rank: 33, Bytes: rpcRecord(100003, 3)},
		{Name: "nfs-null-after-tcp", After: []string{"sunrpc"}, Bytes: rpcRecord(100003, 3)},
	},
}

// sunrpc is a server of ONC RPC that has not the program which was asked for.
var sunrpc = Protocol{
	Name: "sunrpc", Title: "ONC RPC", Source: "RFC 5531, section 9",
	Outranks: []string{"rpcbind", "nfs"},
	Answer: func(s Said) (Match, bool) {
		m, stat, ok := rpcReply(s)
		if !ok || stat == rpcSuccess || stat == rpcProgMismatch && strings.HasPrefix(s.Question, "nfs-null-") {
			return Match{}, false
		}
		return m, true
	},
}

// What an accepted call comes to (accept_stat); a denied one is rpcDenied.
const (
	rpcSuccess      = 0
	rpcProgMismatch = 2
	rpcDenied       = 100
)

func rpcCall(a Ask, program, version uint32) []byte {
	b := append([]byte{}, a.Nonce[:4]...)
	for _, v := range []uint32{0, 2, program, version, 0, 0, 0, 0, 0} {
		b = bigEndian(b, v)
	}
	return b
}

// rpcRecord is a call over TCP: one last fragment.
func rpcRecord(program, version uint32) func(Ask) []byte {
	return func(a Ask) []byte {
		b := rpcCall(a, program, version)
		return append([]byte{0x80, 0, 0, byte(len(b))}, b...)
	}
}

// rpcReply reads an answer to one of our calls and what became of it.
func rpcReply(s Said) (m Match, stat uint32, ok bool) {
	b := s.Data
	if s.Transport != portolan.UDP {
		n, ok := be32(b, 0)
		if !ok || n&0x80000000 == 0 || int64(n&0x7fffffff) != int64(len(b)-4) {
			return m, 0, false
		}
		b = b[4:]
	}
	kind, _ := be32(b, 4)
	reply, _ := be32(b, 8)
	if !strings.HasPrefix(s.Question, "rpc-null-") && !strings.HasPrefix(s.Question, "nfs-null-") || len(b) < 20 || !bytes.Equal(b[:4], s.Nonce[:4]) || kind != 1 || reply > 1 {
		return m, 0, false
	}
	m = Match{Strength: Certain, Kind: Handshake, To: len(s.Data)}
	if reply == 1 {
		return m, rpcDenied, true
	}
	size, _ := be32(b, 16)
	at := 20 + int(size&0xfff)
	stat, ok = be32(b, at)
	whole := len(b) == at+4 || stat == rpcProgMismatch && len(b) == at+12
	return m, stat, ok && size <= 400 && stat <= 5 && whole
}

// rpcCallTo recognises a client's call to a program.
func rpcCallTo(program uint32) func(Said) (Match, bool) {
	return func(s Said) (Match, bool) {
		b := s.Data
		if s.Transport != portolan.UDP {
			if n, ok := be32(b, 0); !ok || n&0x80000000 == 0 || int64(n&0x7fffffff) < int64(len(b)-4) {
				return Match{}, false
			}
			b = b[4:]
		}
		kind, _ := be32(b, 4)
		rpc, _ := be32(b, 8)
		prog, ok := be32(b, 12)
		return Match{Strength: Certain, Kind: Opening, To: len(s.Data)}, ok && len(b) >= 40 && kind == 0 && rpc == 2 && prog == program
	}
}

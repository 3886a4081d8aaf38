package protocol

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"github.com/portolan/portolan"
)

// Programs of ONC RPC are asked for the procedure that does nothing. The answer
// repeats the number of the call, and says whether the server has the program:
// who has not is a server of RPC all the same.

// rpcbind is program 100000.
var rpcbind = Protocol{
	Name: "rpcbind", Title: "rpcbind (portmapper)", Source: "RFC 5531, section 9; RFC 1833, section 3.2",
	Services: []string{"sunrpc"},
	Usual:    []uint16{111},
	Answer:   rpcAnswer(rpcBindProgram),
	Opening:  rpcOpening(rpcBindProgram),
	Questions: []Question{
		{Name: "rpc-null-tcp", When: Anywhere, Rank: 32, Bytes: rpcRecord(rpcBindProgram, 2, 0)},
		{Name: "rpc-null-udp", Transport: portolan.UDP, When: Anywhere, Rank: 44, Bytes: rpcDatagram(rpcBindProgram, 2, 0)},
		// The list of programs; never over UDP, where others could be flooded with it.
		{Name: "rpc-dump-tcp", After: []string{"rpcbind"}, Bytes: rpcRecord(rpcBindProgram, 2, rpcDump)},
	},
}

// nfs is program 100003.
var nfs = Protocol{
	Name: "nfs", Title: "NFS", Source: "RFC 5531, section 9; RFC 1813, section 3.3.0; RFC 7530, section 16.1",
	Services: []string{"nfs"},
	Usual:    []uint16{2049},
	Answer:   rpcAnswer(rpcNFSProgram),
	Opening:  rpcOpening(rpcNFSProgram),
	Questions: []Question{
		{Name: "nfs-null-tcp", When: AtHome, Rank: 33, Bytes: rpcRecord(rpcNFSProgram, 3, 0)},
		{Name: "nfs-null-udp", Transport: portolan.UDP, When: AtHome, Rank: 45, Bytes: rpcDatagram(rpcNFSProgram, 3, 0)},
		// A version that is none: the refusal names the lowest and the highest.
		{Name: "nfs-versions-tcp", After: []string{"nfs"}, Bytes: rpcRecord(rpcNFSProgram, rpcNoVersion, 0)},
	},
}

// sunrpc is a server of programs that are none of the above.
var sunrpc = Protocol{
	Name: "sunrpc", Title: "ONC RPC", Source: "RFC 5531, section 9",
	Services: []string{"mountd"},
	Usual:    []uint16{20048, 24007},
	Answer:   rpcAnswer(0),
	Opening:  rpcOpening(0),
	Questions: []Question{
		{Name: "mountd-null-tcp", After: []string{"sunrpc"}, Bytes: rpcRecord(100005, rpcNoVersion, 0)},
		{Name: "nlockmgr-null-tcp", After: []string{"sunrpc"}, Bytes: rpcRecord(100021, rpcNoVersion, 0)},
		{Name: "gluster-null-tcp", After: []string{"sunrpc"}, Bytes: rpcRecord(14398633, rpcNoVersion, 0)},
	},
}

const (
	rpcBindProgram = 100000
	rpcNFSProgram  = 100003
	rpcNoVersion   = 0xfe
	rpcDump        = 4
)

// rpcPrograms are the names of programs, as rpc(5) and their documents have them.
var rpcPrograms = map[int]string{
	rpcBindProgram: "rpcbind", 100001: "rstatd", 100002: "rusersd", rpcNFSProgram: "nfs", 100004: "ypserv",
	100005: "mountd", 100007: "ypbind", 100008: "walld", 100009: "yppasswdd", 100011: "rquotad", 100021: "nlockmgr",
	100024: "status", 100069: "ypxfrd", 100083: "ttdbserver", 100133: "nsm_addrand", 100227: "nfs_acl",
	100229: "metad", 100300: "nisd", 150001: "pcnfsd", 300019: "amd", 390109: "nsrstat", 391002: "sgi_fam",
	395183: "vxi11", 395184: "vxi11_async", 395185: "vxi11_intr", 536870919: "nfs_callback", 1073741824: "nfs_callback",
	14398633: "gluster_handshake", 34123456: "gluster_portmap", 1238463: "gluster_cli",
}

// rpcStates are what an accepted call comes to; the last is a denied one.
var rpcStates = [...]string{
	"success", "program unavailable", "program version mismatch", "procedure unavailable", "garbage arguments",
	"system error", "denied",
}

const (
	rpcSuccess     = 0
	rpcUnavailable = 1
	rpcMismatch    = 2
	rpcDenied      = 6
)

// rpcNumber is the part of a nonce that numbers a call. Programs have parts of
// their own: what each says of a call that did nothing is the same.
func rpcNumber(n Nonce, program int) []byte {
	switch program {
	case rpcBindProgram:
		return n[:4]
	case rpcNFSProgram:
		return n[4:8]
	}
	return n[8:12]
}

func rpcCall(a Ask, program, version, procedure uint32) []byte {
	b := append([]byte{}, rpcNumber(a.Nonce, int(program))...)
	for _, v := range []uint32{0, 2, program, version, procedure, 0, 0, 0, 0} {
		b = be.AppendUint32(b, v)
	}
	return b
}

// rpcRecord is a call over TCP: one last fragment.
func rpcRecord(program, version, procedure uint32) func(Ask) []byte {
	return func(a Ask) []byte {
		b := rpcCall(a, program, version, procedure)
		return append(be.AppendUint32(nil, 1<<31|uint32(len(b))), b...)
	}
}

// rpcDatagram is a call over UDP.
func rpcDatagram(program, version, procedure uint32) func(Ask) []byte {
	return func(a Ask) []byte { return rpcCall(a, program, version, procedure) }
}

// rpcAsked are the programs that our questions call.
var rpcAsked = map[string]int{
	"rpc-null-tcp": rpcBindProgram, "rpc-null-udp": rpcBindProgram, "rpc-dump-tcp": rpcBindProgram,
	"nfs-null-tcp": rpcNFSProgram, "nfs-null-udp": rpcNFSProgram, "nfs-versions-tcp": rpcNFSProgram,
	"mountd-null-tcp": 100005, "nlockmgr-null-tcp": 100021, "gluster-null-tcp": 14398633,
}

// rpcMessage takes the record mark away; to is where the message ends, or what
// is there of it.
func rpcMessage(s Said) (b []byte, to int, ok bool) {
	if s.Transport == portolan.UDP {
		return s.Data, len(s.Data), !s.Cut
	}
	n, ok := be32(s.Data, 0)
	if !ok || !stream(s) || n>>31 == 0 || n&^(1<<31) > 1<<20 {
		return nil, 0, false
	}
	n &^= 1 << 31
	if len(s.Data) > 4+int(n) || len(s.Data) < 4+int(n) && !s.Cut {
		return nil, 0, false
	}
	return s.Data[4:], len(s.Data), true
}

// rpcReply is what became of a call.
type rpcReply struct {
	state     int
	low, high uint32 // versions, where they are said
	results   []byte
}

// rpcReplyTo reads the answer to a call of ours.
func rpcReplyTo(s Said) (r rpcReply, to int, ok bool) {
	b, to, ok := rpcMessage(s)
	if !ok || len(b) < 20 || !bytes.Equal(b[:4], rpcNumber(s.Nonce, rpcAsked[s.Question])) || !bytes.Equal(b[4:8], []byte{0, 0, 0, 1}) {
		return r, 0, false
	}
	verdict, _ := be32(b, 8)
	if verdict == 1 { // denied: a version of RPC, or who we are
		why, _ := be32(b, 12)
		r.state = rpcDenied
		return r, to, why == 0 && len(b) == 24 || why == 1 && len(b) == 20
	}
	size, _ := be32(b, 16)
	if verdict != 0 || size > 400 || len(b) < 24+int(size) {
		return r, 0, false
	}
	state, _ := be32(b, 20+int(size))
	r.results = b[24+int(size):]
	r.state = int(min(state, rpcDenied))
	switch {
	case state == rpcMismatch:
		r.low, _ = be32(r.results, 0)
		r.high, ok = be32(r.results, 4)
		return r, to, ok && len(r.results) == 8 && r.low <= r.high
	case state == rpcSuccess:
		return r, to, len(r.results) == 0 || s.Question == "rpc-dump-tcp"
	}
	return r, to, state < rpcDenied && len(r.results) == 0
}

// rpcAnswer recognises the server of a program, 0 for those that have no
// protocol of their own here. Who has not the program that was asked for, or
// does not say, is such a server too.
func rpcAnswer(program int) func(Said) (Match, bool) {
	return func(s Said) (Match, bool) {
		asked := rpcAsked[s.Question]
		r, to, ok := rpcReplyTo(s)
		if asked == 0 || !ok {
			return Match{}, false
		}
		m := Match{Strength: Certain, Kind: Handshake, To: to}
		has := r.state != rpcUnavailable && r.state != rpcDenied
		if own := asked == rpcBindProgram || asked == rpcNFSProgram; has && own {
			return rpcFacts(m, s, r), program == asked
		}
		if program != 0 {
			return Match{}, false
		}
		if has {
			return rpcFacts(m.with("program", worded(rpcPrograms, asked)), s, r), true
		}
		return m.with("refusal", rpcStates[r.state]), true
	}
}

// rpcFacts adds what a server that has the program says of it.
func rpcFacts(m Match, s Said, r rpcReply) Match {
	switch {
	case r.state == rpcMismatch && r.high == 0: // it does not say
		return m
	case r.state == rpcMismatch:
		return m.with("versions", fmt.Sprintf("%d-%d", r.low, r.high))
	case r.state != rpcSuccess:
		return m.with("refusal", rpcStates[r.state])
	case s.Question == "rpc-dump-tcp":
		return rpcListed(m, r.results)
	}
	return m
}

// rpcListed adds the programs of rpcbind's list, one detail for each transport
// and port, as far as the list is there.
func rpcListed(m Match, b []byte) Match {
	versions, order := map[string][]string{}, []string{}
	for len(b) >= 20 && bytes.Equal(b[:4], []byte{0, 0, 0, 1}) && len(order) <= 24 {
		program, _ := be32(b, 4)
		version, _ := be32(b, 8)
		transport, _ := be32(b, 12)
		port, _ := be32(b, 16)
		b = b[20:]
		if port > 65535 || transport != 6 && transport != 17 {
			continue
		}
		on := fmt.Sprintf("%s %d/%s", worded(rpcPrograms, int(program)), port, map[uint32]string{6: "tcp", 17: "udp"}[transport])
		if versions[on] == nil {
			order = append(order, on)
		}
		versions[on] = append(versions[on], strconv.Itoa(int(version)))
	}
	for _, on := range order[:min(len(order), 24)] {
		m = m.with("program", on+" version "+strings.Join(versions[on], ","))
	}
	return m
}

// rpcOpening recognises a call to a program, 0 for those that have no protocol
// of their own here.
func rpcOpening(program int) func(Said) (Match, bool) {
	return func(s Said) (Match, bool) {
		b, to, ok := rpcMessage(s)
		if !ok || len(b) < 40 || !bytes.Equal(b[4:12], []byte{0, 0, 0, 0, 0, 0, 0, 2}) {
			return Match{}, false
		}
		called, _ := be32(b, 12)
		version, _ := be32(b, 16)
		procedure, _ := be32(b, 20)
		flavor, _ := be32(b, 24)
		size, _ := be32(b, 28)
		// The numbers from 100000 on are given out; below is nobody.
		if called < rpcBindProgram || called >= 1<<31 || version > 1<<20 || procedure > 1<<20 || size > 400 || len(b) < 40+int(size) {
			return Match{}, false
		}
		if own := called == rpcBindProgram || called == rpcNFSProgram; program == 0 && own || program != 0 && int(called) != program {
			return Match{}, false
		}
		check, _ := be32(b, 36+int(size)) // how long the verifier is
		if whole := 40 + int64(size) + int64(check); check > 400 || procedure == 0 && int64(len(b)) != whole {
			return Match{}, false // the procedure that does nothing takes nothing
		}
		m := Match{Strength: Certain, Kind: Opening, To: to}
		m = m.with("program", worded(rpcPrograms, int(called))).with("version", strconv.Itoa(int(version)))
		m = m.with("procedure", strconv.Itoa(int(procedure)))
		if n, _ := be32(b, 36); flavor == 1 && size >= 8 && n <= size-8 { // AUTH_SYS names the machine
			m = m.with("machine", legibleText(b[40:40+n]))
		}
		return m, true
	}
}

package protocol

import (
	"bytes"
	"strconv"
	"strings"
)

// libvirt is asked how one may prove who asks; nothing is proved and no
// hypervisor is opened.
var libvirt = Protocol{
	Name: "libvirt", Title: "libvirt", Source: "libvirt, docs/kbase/internals/rpc, and src/remote/remote_protocol.x",
	Usual:     []uint16{16509, 16514},
	Answer:    answerLibvirt,
	Opening:   openingLibvirt,
	Questions: []Question{{Name: "libvirt-auth-list", When: AtHome, Rank: 80, InTLS: true, Bytes: askLibvirt}},
}

const (
	libvirtHeader   = 28
	libvirtProgram  = "\x20\x00\x80\x86\x00\x00\x00\x01" // and its version
	libvirtAuthList = 66
)

var libvirtAuth = map[uint32]string{0: "none", 1: "SASL", 2: "polkit"}

func askLibvirt(a Ask) []byte {
	b := append([]byte{0, 0, 0, libvirtHeader}, libvirtProgram...)
	b = append(b, 0, 0, 0, libvirtAuthList, 0, 0, 0, 0) // a call
	return append(append(b, a.Nonce[:4]...), 0, 0, 0, 0)
}

// libvirtMessage checks a header: length, program and version, procedure, kind
// (call, reply, event), number, state.
func libvirtMessage(s Said, kind uint32) (procedure uint32, to int, ok bool) {
	n, _ := be32(s.Data, 0)
	k, _ := be32(s.Data, 16)
	if !stream(s) || n < libvirtHeader || n > 1<<20 || len(s.Data) < libvirtHeader || k != kind || !bytes.Equal(s.Data[4:12], []byte(libvirtProgram)) {
		return 0, 0, false
	}
	procedure, _ = be32(s.Data, 12)
	return procedure, min(len(s.Data), int(n)), true
}

func answerLibvirt(s Said) (Match, bool) {
	procedure, to, ok := libvirtMessage(s, 1)
	if !ok || s.Question != "libvirt-auth-list" || procedure != libvirtAuthList || !bytes.Equal(s.Data[20:24], s.Nonce[:4]) {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: Handshake, To: to}
	if state, _ := be32(s.Data, 24); state != 0 {
		return m.with("refusal", "error"), state == 1
	}
	count, _ := be32(s.Data, 28)
	if count > 20 || to != libvirtHeader+4+4*int(count) {
		return Match{}, false
	}
	var all []string
	for i := range int(count) {
		v, _ := be32(s.Data, libvirtHeader+4+4*i)
		name := libvirtAuth[v]
		if name == "" {
			name = strconv.FormatUint(uint64(v), 10)
		}
		all = append(all, name)
	}
	return m.with("auth", strings.Join(all, ", ")), true
}

func openingLibvirt(s Said) (Match, bool) {
	procedure, to, ok := libvirtMessage(s, 0)
	m := Match{Strength: Certain, Kind: Opening, To: to}
	return m.with("procedure", strconv.FormatUint(uint64(procedure), 10)), ok
}

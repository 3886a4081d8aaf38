package protocol

import (
	"strconv"

	"github.com/portolan/portolan"
)

// firebird is asked to connect to no database, for nobody, without encryption. Up
// to 2.5 it accepts the old version of the protocol; since 3.0 it refuses to
// speak in the clear, or waits for a login.
var firebird = Protocol{
	Name: "firebird", Title: "Firebird", Source: "Firebird Wire Protocol, op_connect, and Firebird's remote/protocol.h", TCPOnly: true,
	Services: []string{"gds-db"},
	Usual:    []uint16{3050},
	Answer:   answerFirebird,
	Opening:  openingFirebird,
	Questions: []Question{
		{Name: "firebird-connect", When: Anywhere, Rank: 62, Bytes: func(Ask) []byte {
			return bigEndian(nil, 1, 19, 3, 1, // op_connect for op_attach, CONNECT_VERSION3, arch_generic
				0, 2, // a file without a name, two versions to choose from
				6, 0x0b04_0000, 0, // who asks, in 6 bytes: CNCT_client_crypt, 4 bytes: disabled
				10, 1, 2, 3, 2, // version 10, arch_generic, from ptype_rpc to ptype_batch_send, its weight
				0x800d, 1, 2, 5, 4) // version 13, up to ptype_lazy_send
		}},
	},
}

// answerFirebird reads an answer in XDR, in which all has four bytes or a multiple.
func answerFirebird(s Said) (Match, bool) {
	c := cursor{b: s.Data}
	operation := c.be32()
	if c.lost || s.Transport != portolan.TCP || s.Question != "firebird-connect" || len(s.Data)%4 != 0 {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: Handshake, To: len(s.Data)}
	switch operation {
	case 3, 94, 98: // op_accept, op_accept_data, op_cond_accept
		version, architecture, kind := c.be32()&0x7fff, c.be32(), c.be32()
		whole := len(c.b) == 0 || operation != 3
		return m.with("protocol", strconv.Itoa(int(version))), !c.lost && whole && version >= 10 && version < 30 && architecture < 64 && kind&0xff < 8
	case 4: // op_reject
		m.Strength = Likely
		return m, len(c.b) == 0
	case 9:
		return firebirdResponse(m, c)
	case 92: // op_cont_auth: data, plugin, plugins, keys
		m.Strength = Likely
		for range 4 {
			size := c.be32()
			c.sized((size + 3) &^ 3)
		}
		return m, !c.lost && len(c.b) == 0
	}
	return Match{}, false
}

// firebirdErrors are those that a stranger is given.
var firebirdErrors = map[uint32]string{
	0x14000098: "login", // isc_login
	0x140002e8: "wirecrypt_incompatible",
}

// firebirdResponse reads op_response: an object, a number, data, and a status
// with isc_arg_gds (1) and a code of facility 20.
func firebirdResponse(m Match, c cursor) (Match, bool) {
	c.take(4 + 8)
	size := c.be32()
	c.sized((size + 3) &^ 3)
	kind, code := c.be32(), c.be32()
	return m.with("error", firebirdErrors[code]), !c.lost && kind == 1 && code>>20 == 0x140
}

// openingFirebird recognises op_connect, for which file it is, and the names that
// it brings: of the user, of the host.
func openingFirebird(s Said) (Match, bool) {
	c := cursor{b: s.Data}
	operation, purpose, version, _ := c.be32(), c.be32(), c.be32(), c.be32()
	size := c.be32()
	file := c.sized(size)
	c.sized(-size & 3)
	count := c.be32()
	if c.lost || s.Transport != portolan.TCP || operation != 1 || purpose != 19 && purpose != 0 && purpose != 82 || version != 2 && version != 3 || count == 0 || count > 16 {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: Opening, To: len(s.Data)}
	if printable(file) {
		m = m.with("database", string(file))
	}
	names := cursor{b: c.sized(c.be32())}
	for len(names.b) > 0 {
		kind := names.u8()
		value := names.take(names.u8())
		if !sentence(value) {
			continue
		}
		switch kind {
		case 1: // whom the client's system knows
			m = m.with("system-user", string(value))
		case 9:
			m = m.with("user", string(value))
		case 4:
			m = m.with("host", string(value))
		}
	}
	return m, true
}

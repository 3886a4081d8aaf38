package protocol

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/portolan/portolan"
)

// snmp is asked for its engine (RFC 3414, section 4): the one question of SNMP
// that needs neither a community nor a user.
var snmp = Protocol{
	Name: "snmp", Title: "SNMP", Source: "RFC 3412, section 6; RFC 3414, section 4; RFC 1157",
	Services: []string{"snmp", "snmptrap"},
	Usual:    []uint16{161, 162, 1161},
	Answer:   answerSNMP,
	Opening:  openingSNMP,
	Questions: []Question{
		{Name: "snmpv3-discovery", Transport: portolan.UDP, When: Anywhere, Rank: 14, Bytes: func(a Ask) []byte {
			id := snmpID(a.Nonce)
			b := []byte("\x30\x3c\x02\x01\x03\x30\x11\x02\x04????\x02\x03\x00\xff\xe3\x04\x01\x04\x02\x01\x03" +
				"\x04\x10\x30\x0e\x04\x00\x02\x01\x00\x02\x01\x00\x04\x00\x04\x00\x04\x00" +
				"\x30\x12\x04\x00\x04\x00\xa0\x0c\x02\x02\x37\x31\x02\x01\x00\x02\x01\x00\x30\x00")
			copy(b[9:], id[:])
			return b
		}},
	},
}

// snmpID is the message id: four bytes that BER writes as they are.
func snmpID(n Nonce) [4]byte { return [4]byte{n[0]&0x3f | 0x40, n[1], n[2], n[3]} }

// The tags of BER, and of the messages in it, that SNMP uses.
const (
	snmpInteger  = 0x02
	snmpOctets   = 0x04
	snmpOID      = 0x06
	snmpSequence = 0x30
	snmpGet      = 0xa0
	snmpResponse = 0xa2
	snmpTrap     = 0xa4
	snmpReport   = 0xa8
)

var snmpPDUs = map[int]string{
	snmpGet: "get", 0xa1: "get-next", snmpResponse: "response", 0xa3: "set", snmpTrap: "trap",
	0xa5: "get-bulk", 0xa6: "inform", 0xa7: "trap-v2", snmpReport: "report",
}

// snmpTLV takes one value of a tag off b; tag 0 takes any. Lengths are of one
// to three bytes: a datagram has no longer ones.
func snmpTLV(b []byte, tag byte) (body, rest []byte, ok bool) {
	if len(b) < 2 || tag != 0 && b[0] != tag {
		return nil, nil, false
	}
	n, at := int(b[1]), 2
	switch {
	case n == 0x81 && len(b) > 2:
		n, at = int(b[2]), 3
	case n == 0x82 && len(b) > 3:
		n, at = int(b[2])<<8|int(b[3]), 4
	case n >= 0x80:
		return nil, nil, false
	}
	if len(b) < at+n {
		return nil, nil, false
	}
	return b[at : at+n], b[at+n:], true
}

// snmpNumber takes an integer of at most four bytes off b.
func snmpNumber(b []byte) (v int, rest []byte, ok bool) {
	body, rest, ok := snmpTLV(b, snmpInteger)
	if !ok || len(body) == 0 || len(body) > 5 {
		return 0, nil, false
	}
	for _, c := range body {
		v = v<<8 | int(c)
	}
	return v, rest, true
}

// snmpMessage is what all versions have.
type snmpMessage struct {
	version   int
	id        []byte // version 3
	engine    []byte
	boots     int
	seconds   int // since the engine was started
	user      string
	community string
	pdu       int    // 0 where it is encrypted
	name      string // the first object's
	value     []byte
	valueTag  byte
}

// snmpRead walks a whole message.
func snmpRead(b []byte) (m snmpMessage, ok bool) {
	body, rest, ok := snmpTLV(b, snmpSequence)
	if !ok || len(rest) != 0 {
		return m, false
	}
	if m.version, body, ok = snmpNumber(body); !ok {
		return m, false
	}
	if m.version == 3 {
		return snmpThree(m, body)
	}
	community, body, ok := snmpTLV(body, snmpOctets)
	if !ok || m.version > 1 {
		return m, false
	}
	m.community = string(community)
	return snmpBody(m, body)
}

// snmpThree walks the header, the security parameters and the scope of version 3.
func snmpThree(m snmpMessage, b []byte) (snmpMessage, bool) {
	global, b, ok := snmpTLV(b, snmpSequence)
	if !ok {
		return m, false
	}
	id, global, ok1 := snmpTLV(global, snmpInteger)
	size, global, ok2 := snmpNumber(global)
	flags, global, ok3 := snmpTLV(global, snmpOctets)
	_, global, ok4 := snmpNumber(global)
	if !ok1 || !ok2 || !ok3 || !ok4 || len(global) != 0 || len(flags) != 1 || flags[0] > 7 || size < 484 {
		return m, false
	}
	m.id = id
	security, b, ok := snmpTLV(b, snmpOctets)
	if !ok {
		return m, false
	}
	m = snmpSecurity(m, security)
	if flags[0]&2 != 0 {
		_, b, ok = snmpTLV(b, snmpOctets)
		return m, ok && len(b) == 0
	}
	scope, b, ok := snmpTLV(b, snmpSequence)
	if !ok || len(b) != 0 {
		return m, false
	}
	_, scope, ok1 = snmpTLV(scope, snmpOctets)
	_, scope, ok2 = snmpTLV(scope, snmpOctets)
	if !ok1 || !ok2 {
		return m, false
	}
	return snmpBody(m, scope)
}

// snmpSecurity reads what the user based security model says (RFC 3414, section 2.4).
func snmpSecurity(m snmpMessage, b []byte) snmpMessage {
	b, _, ok := snmpTLV(b, snmpSequence)
	if !ok {
		return m
	}
	engine, b, ok1 := snmpTLV(b, snmpOctets)
	boots, b, ok2 := snmpNumber(b)
	seconds, b, ok3 := snmpNumber(b)
	user, _, ok4 := snmpTLV(b, snmpOctets)
	if ok1 && ok2 && ok3 && ok4 && (len(engine) == 0 || len(engine) >= 5 && len(engine) <= 32) {
		m.engine, m.boots, m.seconds, m.user = engine, boots, seconds, string(user)
	}
	return m
}

// snmpBody walks the PDU and its first object.
func snmpBody(m snmpMessage, b []byte) (snmpMessage, bool) {
	pdu, rest, ok := snmpTLV(b, 0)
	if !ok || len(rest) != 0 || snmpPDUs[int(b[0])] == "" {
		return m, false
	}
	if m.pdu = int(b[0]); m.pdu == snmpTrap {
		oid, _, ok := snmpTLV(pdu, snmpOID)
		m.name = snmpOIDText(oid)
		return m, ok && m.version == 0
	}
	_, pdu, ok1 := snmpNumber(pdu)
	_, pdu, ok2 := snmpNumber(pdu)
	_, pdu, ok3 := snmpNumber(pdu)
	list, pdu, ok4 := snmpTLV(pdu, snmpSequence)
	if !ok1 || !ok2 || !ok3 || !ok4 || len(pdu) != 0 {
		return m, false
	}
	if first, _, ok := snmpTLV(list, snmpSequence); ok {
		oid, value, ok := snmpTLV(first, snmpOID)
		if m.name = snmpOIDText(oid); ok && len(value) > 0 {
			m.valueTag = value[0]
			m.value, _, _ = snmpTLV(value, 0)
		}
	}
	return m, true
}

// snmpOIDText writes an object's name with dots: "1.3.6.1.2.1.1.1.0".
func snmpOIDText(b []byte) string {
	if len(b) == 0 || len(b) > 40 {
		return ""
	}
	all := []string{strconv.Itoa(int(b[0]) / 40), strconv.Itoa(int(b[0]) % 40)}
	v := uint32(0)
	for _, c := range b[1:] {
		if v = v<<7 | uint32(c&0x7f); c&0x80 == 0 {
			all, v = append(all, strconv.FormatUint(uint64(v), 10)), 0
		}
	}
	return strings.Join(all, ".")
}

// snmpUnknownEngine is usmStatsUnknownEngineIDs.0, by which an engine names
// itself; the other counters of its branch are refusals of the same module.
const snmpUnknownEngine = "1.3.6.1.6.3.15.1.1.4.0"

func answerSNMP(s Said) (Match, bool) {
	if !datagram(s, 12) {
		return Match{}, false
	}
	r, ok := snmpRead(s.Data)
	if !ok {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: Handshake, To: len(s.Data)}
	if r.version < 3 {
		if r.pdu != snmpResponse {
			return Match{}, false
		}
		return snmpDescribed(snmpVersion(m, r), r), true
	}
	id := snmpID(s.Nonce)
	if !bytes.Equal(r.id, id[:]) || r.pdu != snmpReport && r.pdu != snmpResponse || len(r.engine) == 0 {
		return Match{}, false
	}
	if r.pdu == snmpReport && r.name != snmpUnknownEngine {
		m = m.with("report", r.name)
	}
	return snmpEngine(snmpVersion(m, r), r), true
}

func snmpVersion(m Match, r snmpMessage) Match {
	return m.with("version", [...]string{"v1", "v2c", "", "v3"}[r.version&3])
}

// snmpDescribed adds what the system says it is, where that was asked for.
func snmpDescribed(m Match, r snmpMessage) Match {
	if r.name == "1.3.6.1.2.1.1.1.0" && r.valueTag == snmpOctets {
		m = m.with("description", shown(r.value))
	}
	return m
}

// snmpEngine reads an engine's id (RFC 3411, section 5): the enterprise number
// of who made it, then a format.
func snmpEngine(m Match, r snmpMessage) Match {
	m = m.with("engine-id", hexed(r.engine))
	first, _ := be32(r.engine, 0)
	m = m.with("enterprise", strconv.Itoa(int(first&0x7fffffff)))
	if first>>31 == 1 {
		m = m.with("engine-format", known(map[int]string{1: "ipv4", 2: "ipv6", 3: "mac", 4: "text", 5: "octets"}, int(r.engine[4])))
	}
	return m.with("boots", strconv.Itoa(r.boots)).with("engine-seconds", strconv.Itoa(r.seconds))
}

// openingSNMP recognises requests and traps. The community is shown: it is what
// a scanner guesses, or what a device gives away.
func openingSNMP(s Said) (Match, bool) {
	if !datagram(s, 12) {
		return Match{}, false
	}
	r, ok := snmpRead(s.Data)
	if !ok || r.pdu == snmpResponse || r.pdu == snmpReport {
		return Match{}, false
	}
	m := snmpVersion(Match{Strength: Certain, Kind: Opening, To: len(s.Data)}, r)
	return m.with("pdu", snmpPDUs[r.pdu]).with("community", shown([]byte(r.community))).
		with("user", shown([]byte(r.user))).with("object", r.name), true
}

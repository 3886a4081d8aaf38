package protocol

import (
	"bytes"
	"crypto/sha256"
	"strconv"
	"strings"
)

// bitcoin is told our version, and tells its own. Nothing is asked for behind
// that, and no block or transaction is offered.
var bitcoin = Protocol{
	Name: "bitcoin", Title: "Bitcoin", Source: "Bitcoin developer reference, P2P network, message headers and version; BIP 14",
	Usual:     []uint16{8333, 18333, 38333, 18444},
	Answer:    bitcoinVersion(Handshake),
	Opening:   bitcoinVersion(Opening),
	Questions: []Question{{Name: "bitcoin-version", When: AtHome, Rank: 77, Bytes: askBitcoin}},
}

// bitcoinNetworks are the first four bytes of every message of a network.
var bitcoinNetworks = map[string]string{
	"\xf9\xbe\xb4\xd9": "main", "\x0b\x11\x09\x07": "testnet3", "\x1c\x16\x3f\x28": "testnet4",
	"\x0a\x03\xcf\x40": "signet", "\xfa\xbf\xb5\xda": "regtest", "\xe3\xe1\xf3\xe8": "Bitcoin Cash",
	"\xfb\xc0\xb6\xdb": "Litecoin", "\xc0\xc0\xc0\xc0": "Dogecoin",
}

const (
	bitcoinHeader = 24
	bitcoinKind   = "version\x00\x00\x00\x00\x00"
)

// askBitcoin is a version message without services, addresses and time: a node
// sets its clock by the peers alone that it chose itself.
func askBitcoin(a Ask) []byte {
	agent, _, _ := strings.Cut(a.Agent, " ")
	agent = "/" + strings.Replace(agent[:min(len(agent), 80)], "/", ":", 1) + "/"
	p := le.AppendUint32(nil, 70015)
	p = append(p, make([]byte, 8+8+26+26)...)
	p = append(p, a.Nonce[:8]...)
	p = append(append(p, byte(len(agent))), agent...)
	p = append(p, 0, 0, 0, 0, 0) // no block, and none wanted
	b := append([]byte("\xf9\xbe\xb4\xd9"), bitcoinKind...)
	b = le.AppendUint32(b, uint32(len(p)))
	return append(append(b, bitcoinSum(p)...), p...)
}

func bitcoinSum(p []byte) []byte {
	once := sha256.Sum256(p)
	twice := sha256.Sum256(once[:])
	return twice[:4]
}

// bitcoinVersion recognises a version message by its network, length and sum. A
// node that came back to itself would say our own number.
func bitcoinVersion(kind Kind) func(Said) (Match, bool) {
	return func(s Said) (Match, bool) {
		b := s.Data
		n, _ := le32(b, 16)
		if !stream(s) || len(b) < bitcoinHeader || bitcoinNetworks[string(b[:4])] == "" || string(b[4:16]) != bitcoinKind {
			return Match{}, false
		}
		if n < 85 || n > 1000 || len(b) < bitcoinHeader+int(n) {
			return Match{}, false
		}
		p := b[bitcoinHeader : bitcoinHeader+n]
		if !bytes.Equal(b[20:24], bitcoinSum(p)) || s.Question == "bitcoin-version" && bytes.Equal(p[72:80], s.Nonce[:8]) {
			return Match{}, false
		}
		m := Match{Strength: Certain, Kind: kind, To: bitcoinHeader + int(n)}
		version, _ := le32(p, 0)
		m = m.with("network", bitcoinNetworks[string(b[:4])]).with("protocol", strconv.FormatUint(uint64(version), 10))
		size := int(p[80])
		if size > 252 || len(p) < 81+size+4 || !legible(p[81:81+size]) {
			return m, true
		}
		agent := string(p[81 : 81+size])
		if kind != Opening {
			m.Product, m.Version = bitcoinAgent(agent)
		}
		height, _ := le32(p, 81+size)
		return m.with("agent", agent).with("height", strconv.FormatUint(uint64(height), 10)), true
	}
}

// bitcoinAgent splits "/Satoshi:25.0.0/Knots:20230823/", of which the last
// is what was built on the others; a comment stands in parentheses.
func bitcoinAgent(s string) (product, version string) {
	s = strings.Trim(s, "/")
	if i := strings.LastIndexByte(s, '/'); i >= 0 && !strings.Contains(s[i:], ")") {
		s = s[i+1:]
	}
	product, version, _ = strings.Cut(s, ":")
	version, _, _ = strings.Cut(version, "(")
	return product, version
}

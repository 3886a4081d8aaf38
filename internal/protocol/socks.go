package protocol

import (
	"bytes"
	"strconv"
)

// socks5 is offered one way of proving who asks: none. Where it agrees, it is
// asked for a command that is none, which it must refuse in ten bytes.
var socks5 = Protocol{
	Name: "socks5", Title: "SOCKS 5", Source: "RFC 1928, sections 3 and 6; RFC 1929", TCPOnly: true,
	Services: []string{"socks"},
	Usual:    []uint16{1080, 9050, 9150},
	Outranks: []string{"http"},
	Answer:   answerSOCKS5,
	Opening:  openingSOCKS5,
	Questions: []Question{
		{Name: "socks5-greeting", When: Anywhere, Rank: 38, Bytes: fixed("\x05\x01\x00"), Next: func(s Said, step int) []byte {
			if step == 1 && string(s.Data) == "\x05\x00" {
				return []byte("\x05\x7f\x00\x01\x00\x00\x00\x00\x00\x00")
			}
			return nil
		}},
		// The ways of proving that are left; nothing is proved.
		{Name: "socks5-methods", After: []string{"socks5"}, Bytes: fixed("\x05\x02\x01\x02")},
	},
}

// socks5Methods are the ways of proving who asks.
var socks5Methods = map[int]string{0: "none", 1: "GSSAPI", 2: "user and password", 0xff: "required"}

// torRefusals are what servers of SOCKS say to a browser that takes them for a
// proxy of HTTP.
var torRefusals = [...]string{
	"HTTP/1.0 501 Tor is not an HTTP Proxy\r\n",
	"HTTP/1.0 501 Not running as an HTTP Proxy",
}

func answerSOCKS5(s Said) (Match, bool) {
	if !stream(s) {
		return Match{}, false
	}
	for i, text := range torRefusals {
		if bytes.HasPrefix(s.Data, []byte(text)) {
			m := Match{Strength: Certain, Kind: ErrorText, To: len(text)}
			if i == 0 {
				m.Product = "Tor"
			}
			return m, i == 0 || bytes.Contains(s.Data, []byte("SOCKS"))
		}
	}
	if s.Question != "socks5-greeting" && s.Question != "socks5-methods" || len(s.Data) < 2 || s.Data[0] != 5 {
		return Match{}, false
	}
	return socks5Chosen(s)
}

// socks5Chosen reads the method that was chosen and the refusal behind it. Two
// bytes alone are short, but nothing else says them to this question.
func socks5Chosen(s Said) (Match, bool) {
	chosen := s.Data[1]
	offered := s.Question == "socks5-greeting" && chosen == 0 || s.Question == "socks5-methods" && (chosen == 1 || chosen == 2)
	if chosen != 0xff && !offered {
		return Match{}, false
	}
	m := Match{Strength: Likely, Kind: Handshake, To: len(s.Data)}
	m = m.with("auth", socks5Methods[int(chosen)])
	if len(s.Data) == 2 {
		return m, true
	}
	reply := s.Data[2:]
	if chosen != 0 || len(reply) < 10 || reply[0] != 5 || reply[1] == 0 || reply[1] > 8 || reply[2] != 0 {
		return Match{}, false
	}
	size := map[byte]int{1: 10, 3: 7 + int(reply[4]), 4: 22}[reply[3]]
	m.Strength = Certain
	return m, len(reply) == size
}

// openingSOCKS5 recognises a greeting: its methods, each one that is given out.
func openingSOCKS5(s Said) (Match, bool) {
	b := s.Data
	if !stream(s) || len(b) < 3 || b[0] != 5 || b[1] == 0 || len(b) != 2+int(b[1]) {
		return Match{}, false
	}
	m := Match{Strength: Likely, Kind: Opening, To: len(b)}
	for i, method := range b[2:] {
		if method > 9 && method < 0x80 || bytes.IndexByte(b[2:2+i], method) >= 0 {
			return Match{}, false
		}
		if i < 8 {
			m = m.with("offers", worded(socks5Methods, int(method)))
		}
	}
	return m, true
}

// socks4 is asked for a connection to nowhere: there is nobody at port 0 of
// 0.0.0.0 whom it could ask.
var socks4 = Protocol{
	Name: "socks4", Title: "SOCKS 4", Source: "SOCKS: a protocol for TCP proxy across firewalls; SOCKS 4A", TCPOnly: true,
	Services:  []string{"socks"},
	Usual:     []uint16{1080, 9050},
	Answer:    answerSOCKS4,
	Opening:   openingSOCKS4,
	Questions: []Question{{Name: "socks4-nowhere", When: AtHome, Rank: 39, Bytes: fixed("\x04\x01\x00\x00\x00\x00\x00\x00\x00")}},
}

// socks4Refusals are the codes of a refusal.
var socks4Refusals = map[byte]string{
	0x5b: "rejected or failed", 0x5c: "no identd at the client", 0x5d: "identd named another user",
}

// answerSOCKS4 reads a refusal of eight bytes: a zero, its code, and a port and
// an address that have no meaning, most often zero.
func answerSOCKS4(s Said) (Match, bool) {
	b := s.Data
	if !stream(s) || s.Question != "socks4-nowhere" || len(b) != 8 || b[0] != 0 || socks4Refusals[b[1]] == "" {
		return Match{}, false
	}
	m := Match{Strength: Likely, Kind: Handshake, To: len(b)}
	if bytes.Equal(b[2:], make([]byte, 6)) {
		m.Strength = Certain
	}
	return m.with("refusal", socks4Refusals[b[1]]), true
}

// openingSOCKS4 recognises a request to connect or to bind: port, address, a
// user's name, and for 0.0.0.x the name of a host (4A).
func openingSOCKS4(s Said) (Match, bool) {
	b := s.Data
	if !stream(s) || len(b) < 9 || b[0] != 4 || b[1] != 1 && b[1] != 2 {
		return Match{}, false
	}
	port, _ := be16(b, 2)
	user, rest, ok := cString(b[8:])
	host := strconv.Itoa(int(b[4])) + "." + strconv.Itoa(int(b[5])) + "." + strconv.Itoa(int(b[6])) + "." + strconv.Itoa(int(b[7]))
	if ok && bytes.Equal(b[4:7], []byte{0, 0, 0}) && b[7] != 0 {
		if host, rest, ok = cString(rest); host == "" {
			ok = false
		}
	}
	m := Match{Strength: Certain, Kind: Opening, To: len(b)}
	if user == "" && !bytes.Equal(b[4:7], []byte{0, 0, 0}) {
		m.Strength = Likely
	}
	return m.with("user", user).with("target", host+":"+strconv.Itoa(port)), ok && len(rest) == 0
}

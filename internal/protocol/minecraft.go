package protocol

import (
	"bytes"
	"strconv"
	"strings"
)

// minecraft is asked for its status, as clients do that list servers. Servers
// from before 1.7 know another question.
var minecraft = Protocol{
	Name: "minecraft", Title: "Minecraft", Source: "Minecraft protocol documentation, Server List Ping", TCPOnly: true,
	Usual:   []uint16{25565},
	Answer:  answerMinecraft,
	Opening: openingMinecraft,
	Questions: []Question{
		{Name: "minecraft-status", When: AtHome, Rank: 54, Bytes: askMinecraft},
		{Name: "minecraft-legacy", When: AtHome, Rank: 55, Bytes: fixed("\xfe\x01")},
	},
}

// askMinecraft is a handshake of no version (-1) to state 1, and a request for
// the status.
func askMinecraft(a Ask) []byte {
	host := a.Host[:min(len(a.Host), 100)]
	b := append([]byte{0, 0xff, 0xff, 0xff, 0xff, 0x0f, byte(len(host))}, host...)
	b = append(be.AppendUint16(b, a.Port), 1)
	return append(append([]byte{byte(len(b))}, b...), 1, 0)
}

// varint reads a number of seven bits a byte, lowest first, in at most five
// bytes; n is 0 for none.
func varint(b []byte) (v, n int) {
	for n < len(b) && n < 5 {
		v |= int(b[n]&0x7f) << (7 * n)
		if n++; b[n-1] < 0x80 {
			return v, n
		}
	}
	return 0, 0
}

func answerMinecraft(s Said) (Match, bool) {
	if !stream(s) {
		return Match{}, false
	}
	if s.Data[0] == 0xff {
		return minecraftKick(s.Data)
	}
	size, n := varint(s.Data)
	rest := s.Data[n:]
	if n == 0 || len(rest) < 4 || rest[0] != 0 {
		return Match{}, false
	}
	length, k := varint(rest[1:])
	text := rest[1+k:]
	if k == 0 || 1+k+length != size || len(text) < 2 || len(text) > length || len(text) < length && !s.Cut {
		return Match{}, false
	}
	return minecraftStatus(text, Match{Strength: Certain, Kind: Handshake, To: len(s.Data)})
}

// minecraftStatus reads the status, an object of JSON with a picture in it that
// is most often longer than what is kept.
func minecraftStatus(text []byte, m Match) (Match, bool) {
	version := minecraftMember(text, "version")
	players := minecraftMember(text, "players")
	if text[0] != '{' || version == nil && players == nil {
		return Match{}, false
	}
	name, _ := between(version, `"name":"`, `"`)
	m.Product, m.Version = minecraftVersion(name)
	if i := bytes.Index(version, []byte(`"protocol":`)); i >= 0 {
		if v, n := number(version[i+len(`"protocol":`):]); n > 0 {
			m = m.with("protocol", strconv.Itoa(v))
		}
	}
	return m.with("version-name", name).with("players", minecraftPlayers(players)), true
}

// minecraftMember returns what stands behind a member's opening brace, up to
// the first that closes, without the spaces that some write.
func minecraftMember(text []byte, name string) []byte {
	i := bytes.Index(text, []byte(`"`+name+`"`))
	if i < 0 {
		return nil
	}
	rest := bytes.TrimLeft(text[i+len(name)+2:], ": \t\r\n")
	if len(rest) == 0 || rest[0] != '{' {
		return nil
	}
	if end := bytes.IndexByte(rest, '}'); end >= 0 {
		rest = rest[:end]
	}
	rest = bytes.ReplaceAll(rest[:min(len(rest), 400)], []byte(`: `), []byte(`:`))
	return rest
}

func minecraftPlayers(b []byte) string {
	counts := [2]string{}
	for k, name := range [...]string{`"online":`, `"max":`} {
		i := bytes.Index(b, []byte(name))
		if i < 0 {
			return ""
		}
		v, n := number(b[i+len(name):])
		if n == 0 {
			return ""
		}
		counts[k] = strconv.Itoa(v)
	}
	return counts[0] + " of " + counts[1]
}

// minecraftVersion splits "Paper 1.20.4"; Mojang's own server says "1.20.4" alone.
func minecraftVersion(s string) (product, version string) {
	if !legible([]byte(s)) {
		return "", ""
	}
	i := strings.LastIndexByte(s, ' ')
	if last := s[i+1:]; last == "" || last[0] < '0' || last[0] > '9' {
		return s, ""
	}
	if i < 0 {
		return "", s
	}
	return s[:i], s[i+1:]
}

// minecraftKick reads the answer of old servers and of all to the old question:
// a kick with a text of UTF-16, its length in characters before it.
func minecraftKick(b []byte) (Match, bool) {
	n, ok := be16(b, 1)
	if !ok || n < 4 || n > 1000 || len(b) != 3+2*n {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: Handshake, To: len(b)}
	if !bytes.HasPrefix(b[3:], []byte("\x00\xa7\x001\x00\x00")) {
		return minecraftOldKick(b[3:], m)
	}
	// "§1", protocol, version, message, players and their limit, with zeros between.
	var parts []string
	for rest := b[9:]; len(parts) < 6; {
		part := utf16Text(rest, be)
		parts = append(parts, part)
		if len(rest) < 2*len(part)+2 {
			break
		}
		rest = rest[2*len(part)+2:]
	}
	if len(parts) < 5 {
		return Match{}, false
	}
	m.Product, m.Version = minecraftVersion(parts[1])
	m = m.with("protocol", parts[0]).with("version-name", parts[1])
	return m.with("players", parts[3]+" of "+parts[4]), true
}

// minecraftOldKick reads "message§players§limit".
func minecraftOldKick(b []byte, m Match) (Match, bool) {
	i := bytes.LastIndex(b, []byte("\x00\xa7"))
	if i < 0 || i%2 != 0 {
		return Match{}, false
	}
	k := bytes.LastIndex(b[:i], []byte("\x00\xa7"))
	if k < 0 || k%2 != 0 {
		return Match{}, false
	}
	online, limit := utf16Text(b[k+2:i], be), utf16Text(b[i+2:], be)
	for _, count := range []string{online, limit} {
		if _, n := number([]byte(count)); n == 0 || n != len(count) {
			return Match{}, false
		}
	}
	return m.with("players", online+" of "+limit), true
}

// openingMinecraft recognises a handshake, or the old question.
func openingMinecraft(s Said) (Match, bool) {
	if !stream(s) {
		return Match{}, false
	}
	if string(s.Data) == "\xfe\x01" || bytes.HasPrefix(s.Data, []byte("\xfe\x01\xfa\x00\x0b\x00M\x00C\x00|")) {
		m := Match{Strength: Certain, Kind: Opening, To: len(s.Data)}
		if len(s.Data) == 2 {
			m.Strength = Likely
		}
		return m.with("asked", "old status"), true
	}
	size, n := varint(s.Data)
	if n == 0 || size < 7 || size > 300 || len(s.Data) < n+size || s.Data[n] != 0 {
		return Match{}, false
	}
	b := s.Data[n+1 : n+size]
	version, k := varint(b)
	length, j := varint(b[k:])
	b = b[k+j:]
	// A host's name, a port and the state that is wanted.
	if k == 0 || j == 0 || len(b) != length+3 || !legible(bytes.ReplaceAll(b[:length], []byte{0}, []byte{' '})) {
		return Match{}, false
	}
	asked := map[byte]string{1: "status", 2: "login", 3: "transfer"}[b[length+2]]
	host, _, _ := bytes.Cut(b[:length], []byte{0}) // mods add marks behind a zero
	m := Match{Strength: Certain, Kind: Opening, To: n + size}
	return m.with("asked", asked).with("host", string(host)).with("protocol", strconv.Itoa(int(int32(version)))), asked != ""
}

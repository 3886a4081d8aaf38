package protocol

import (
	"bytes"
	"encoding/json"
)

// minecraft is asked for its status, as clients do to list servers.
var minecraft = Protocol{
	Name: "minecraft", Title: "Minecraft", Source: "Minecraft protocol documentation, Server List Ping", TCPOnly: true,
	Usual: []uint16{25565},
	Answer: func(s Said) (Match, bool) {
		size, n := varint(s.Data)
		rest := s.Data[n:]
		if n == 0 || len(rest) < 3 || rest[0] != 0 || size < 3 {
			return Match{}, false
		}
		length, k := varint(rest[1:])
		body := rest[1+k:]
		if k == 0 || length+k+1 != size || len(body) == 0 || body[0] != '{' || len(body) > length {
			return Match{}, false
		}
		m := Match{Strength: Certain, Kind: Handshake, To: len(s.Data)}
		var status struct {
			Version struct {
				Name string `json:"name"`
			} `json:"version"`
		}
		if json.Unmarshal(body, &status) != nil {
			status.Version.Name, _ = between(body, `"version":{"name":"`, `"`)
		}
		if status.Version.Name == "" && !bytes.Contains(body, []byte(`"players"`)) {
			return Match{}, false
		}
		m.Version = versionAt(status.Version.Name)
		return m.with("version-name", status.Version.Name), true
	},
	Opening: func(s Said) (Match, bool) {
		size, n := varint(s.Data)
		if n == 0 || len(s.Data) < n+7 || size < 6 || size > 300 || s.Data[n] != 0 {
			return Match{}, false
		}
		b := s.Data[n+1:]
		_, k := varint(b)
		length, j := varint(b[k:])
		b = b[k+j:]
		if k == 0 || j == 0 || length > 255 || len(b) < length+3 || !printable(b[:length]) || b[length+2] != 1 && b[length+2] != 2 || size != 1+k+j+length+3 {
			return Match{}, false
		}
		return Match{Strength: Certain, Kind: Opening, To: n + size}.with("host", string(b[:length])), n+size <= len(s.Data)
	},
	Questions: []Question{{Name: "minecraft-status", When: AtHome, Rank: 54, Bytes: func(a Ask) []byte {
		host := a.Host[:min(len(a.Host), 100)]
		b := append([]byte{0, 0xff, 0xff, 0xff, 0xff, 0x0f, byte(len(host))}, host...)
		b = append(b, byte(a.Port>>8), byte(a.Port), 1)
		return append(append([]byte{byte(len(b))}, b...), 1, 0)
	}}},
}

// varint reads a number of seven bits a byte, at most five bytes; n is 0 for none.
func varint(b []byte) (v, n int) {
	for n < len(b) && n < 5 {
		v |= int(b[n]&0x7f) << (7 * n)
		if n++; b[n-1] < 0x80 {
			return v, n
		}
	}
	return 0, 0
}

package protocol

import (
	"bytes"
	"strings"

	"golang.org/x/net/http2/hpack"

	"github.com/portolan/portolan"
)

// http2 begins with a SETTINGS frame on both sides, the client's behind its
// preface. A server of HTTP/1 refuses the preface with 400 or 505: that is http.
var http2 = Protocol{
	Name: "http2", Title: "HTTP/2", Source: "RFC 9113, sections 3.4, 4.1 and 6",
	Services: []string{"http", "http-alt"}, TLSServices: []string{"https"},
	Usual:    []uint16{443, 8443, 50051},
	Outranks: []string{"http"},
	Answer:   answerHTTP2,
	Opening:  openingHTTP2,
	Questions: []Question{
		{Name: "http2-preface", When: Anywhere, Rank: 36, InTLS: true, Bytes: askHTTP2},
		// One that answered another's words has not said who it is.
		{Name: "http2-again", After: []string{"http2"}, InTLS: true, Bytes: askHTTP2},
	},
}

// http2Preface is what a client says first.
const http2Preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"

// The types and flags of frames that we look at.
const (
	h2Data, h2Headers, h2Settings, h2GoAway = 0, 1, 4, 7

	h2EndStream, h2EndHeaders, h2Padded, h2Priority = 0x1, 0x4, 0x8, 0x20
)

// askHTTP2 is the preface, no settings of our own, and GET / on stream 1.
func askHTTP2(a Ask) []byte {
	var block bytes.Buffer
	enc := hpack.NewEncoder(&block)
	for _, f := range []hpack.HeaderField{
		{Name: ":method", Value: "GET"}, {Name: ":scheme", Value: "https"}, {Name: ":authority", Value: httpHost(a)}, {Name: ":path", Value: "/"},
		{Name: "user-agent", Value: a.Agent}, {Name: "accept", Value: "*/*"},
	} {
		if enc.WriteField(f) != nil { // a buffer takes everything
			return nil
		}
	}
	b := append([]byte(http2Preface), 0, 0, 0, h2Settings, 0, 0, 0, 0, 0)
	n := block.Len()
	b = append(b, byte(n>>16), byte(n>>8), byte(n), h2Headers, h2EndStream|h2EndHeaders, 0, 0, 0, 1)
	return append(b, block.Bytes()...)
}

// h2Frame is one frame; cut is set where its payload is not all there.
type h2Frame struct {
	kind, flags byte
	stream      uint32
	payload     []byte
	cut         bool
}

// decodeFrames reads frames as far as they keep to the grammar: a known type, a
// length that we allowed, the reserved bit clear.
func decodeFrames(b []byte) (all []h2Frame, size int) {
	for {
		n, ok := be24(b, size)
		stream, whole := be32(b, size+5)
		if !ok || !whole || n > 16384 || b[size+3] > 9 || stream>>31 != 0 {
			return all, size
		}
		f := h2Frame{kind: b[size+3], flags: b[size+4], stream: stream, payload: b[size+9:]}
		if f.cut = len(f.payload) < n; !f.cut {
			f.payload = f.payload[:n]
		}
		all, size = append(all, f), size+9+len(f.payload)
	}
}

func answerHTTP2(s Said) (Match, bool) {
	if s.Transport != portolan.TCP {
		return Match{}, false
	}
	frames, size := decodeFrames(s.Data)
	if len(frames) == 0 || !frames[0].isServerSettings() {
		return Match{}, false
	}
	m := Match{Strength: Likely, Kind: Handshake, To: size}
	if s.Question == "" {
		m.Kind = Banner
	} else if s.Question != "http2-preface" {
		m.Kind = ErrorText
	}
	if len(frames) > 1 || len(frames[0].payload) > 0 {
		m.Strength = Certain
	}
	dec := h2Decoder()
	for _, f := range frames[1:] {
		switch {
		case f.kind == h2Headers && f.stream == 1 && m.Detail("status") == "":
			m = h2Fields(m, dec, f)
		case f.kind == h2GoAway && f.stream == 0 && len(f.payload) >= 8:
			code, _ := be32(f.payload, 4)
			m = m.with("goaway", h2Error(code)).with("goaway-text", string(f.payload[8:]))
		case f.kind == h2Data && f.stream == 1:
			m = m.with("title", textReply{body: f.payload}.title())
		}
	}
	return m, true
}

// isServerSettings reports whether a frame is the first one that a server must
// send: SETTINGS, no acknowledgement, whole pairs of a number and a value, of
// which none is senseless.
func (f h2Frame) isServerSettings() bool {
	if f.kind != h2Settings || f.flags != 0 || f.stream != 0 || f.cut || len(f.payload)%6 != 0 {
		return false
	}
	for p := f.payload; len(p) > 0; p = p[6:] {
		id, _ := be16(p, 0)
		value, _ := be32(p, 2)
		switch {
		case id == 0, id == 2 && value != 0, id == 8 && value > 1, id == 4 && value > 1<<31-1, id == 5 && (value < 1<<14 || value > 1<<24-1):
			return false
		case id > 16 && id < 0xf000: // registered, or kept for private use
			return false
		}
	}
	return true
}

// h2Decoder decodes header blocks within bounds.
func h2Decoder() *hpack.Decoder {
	dec := hpack.NewDecoder(4096, nil)
	dec.SetMaxStringLength(1024)
	dec.SetAllowedMaxDynamicTableSize(4096)
	return dec
}

// h2Fields adds what the fields of an answer say. A block that ends too early
// or is wrong has said what came before.
func h2Fields(m Match, dec *hpack.Decoder, f h2Frame) Match {
	block := f.payload
	if f.flags&h2Padded != 0 && len(block) > 0 {
		pad := int(block[0])
		block = block[1:max(1, len(block)-pad)]
	}
	if f.flags&h2Priority != 0 {
		block = block[min(5, len(block)):]
	}
	left := mostFields
	dec.SetEmitFunc(func(h hpack.HeaderField) {
		if left--; left < 0 {
			return
		}
		switch h.Name {
		case ":status":
			m = m.with("status", h.Value)
		case "server":
			m.Product, m.Version = serverProduct(h.Value)
			m = m.with("server", h.Value)
		case "location":
			m = m.with("location", h.Value)
		case "www-authenticate":
			scheme, rest, _ := strings.Cut(h.Value, " ")
			realm, _ := between([]byte(rest), `realm="`, `"`)
			m = m.with("auth", scheme).with("realm", realm)
		case "x-powered-by":
			m = m.with("powered-by", h.Value)
		case "content-type":
			if strings.HasPrefix(h.Value, "application/grpc") {
				m = m.with("speaks", "grpc")
			}
		case "grpc-status", "grpc-message":
			m = m.with(h.Name, h.Value)
		}
	})
	defer dec.SetEmitFunc(func(hpack.HeaderField) {})
	_, _ = dec.Write(block) // an error ends it: what was decoded before counts
	if len(m.Details) > 16 {
		m.Details = m.Details[:16]
	}
	return m
}

// h2Error names the codes of RFC 9113, section 7.
func h2Error(code uint32) string {
	names := [...]string{
		"NO_ERROR", "PROTOCOL_ERROR", "INTERNAL_ERROR", "FLOW_CONTROL_ERROR", "SETTINGS_TIMEOUT", "STREAM_CLOSED", "FRAME_SIZE_ERROR",
		"REFUSED_STREAM", "CANCEL", "COMPRESSION_ERROR", "CONNECT_ERROR", "ENHANCE_YOUR_CALM", "INADEQUATE_SECURITY", "HTTP_1_1_REQUIRED",
	}
	if int64(code) < int64(len(names)) {
		return names[code]
	}
	return "unknown"
}

func openingHTTP2(s Said) (Match, bool) {
	rest, ok := bytes.CutPrefix(s.Data, []byte(http2Preface))
	if !ok {
		// The first part alone is sent by those that only look for HTTP/2.
		if !bytes.HasPrefix(s.Data, []byte("PRI * HTTP/2.0\r\n")) {
			return Match{}, false
		}
		return Match{Strength: Likely, Kind: Opening, To: len("PRI * HTTP/2.0\r\n")}, true
	}
	frames, size := decodeFrames(rest)
	m := Match{Strength: Certain, Kind: Opening, To: len(http2Preface) + size}
	dec := h2Decoder()
	for _, f := range frames {
		if f.kind != h2Headers {
			continue
		}
		dec.SetEmitFunc(func(h hpack.HeaderField) {
			switch h.Name {
			case ":method", ":path", "user-agent", "content-type":
				m = m.with(strings.TrimPrefix(h.Name, ":"), h.Value)
			case ":authority":
				m = m.with("host", h.Value)
			}
		})
		block := f.payload
		if f.flags&h2Priority != 0 {
			block = block[min(5, len(block)):]
		}
		_, _ = dec.Write(block)
		break // one request tells who asks
	}
	if len(m.Details) > 16 {
		m.Details = m.Details[:16]
	}
	return m, true
}

package visit

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"net/netip"
	"slices"
	"time"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/internal/fingerprint"
	"github.com/portolan/portolan/internal/protocol"
)

// said is something that a source said.
type said struct {
	at            time.Time
	transport     portolan.Transport
	source, dest  netip.AddrPort
	data          []byte
	length        int
	truncated     bool
	closed, inTLS bool
	alpn          string
}

// sample is one of them that is kept.
type sample struct {
	said
	sum        [sha256.Size]byte
	times      uint64
	protocol   string
	secret     string // a password that the protocol's own grammar shows; "" for none
	transcript *Transcript
	preview    string // made when it is first asked for
}

const (
	// mostSamples are kept of a visit, of mostKept bytes each.
	mostSamples = 8
	mostKept    = protocol.MostKept
	// mostLooks bounds how many different payloads of a visit are held to the
	// grammars of all protocols.
	mostLooks = 64
	// mostDetails bounds what is kept of what one payload states.
	mostDetails = 12
)

func (s *sample) size() int {
	n := 256 + cap(s.data) + mostPreview
	if s.transcript != nil {
		n += s.transcript.size()
	}
	return n
}

// hear adds what was said. The same words again are counted; where there is no
// room, a protocol that was not heard before takes the place of what says little.
func (v *open) hear(w said, k *known) {
	if len(w.data) > mostKept {
		w.data, w.truncated = w.data[:mostKept], true
	}
	sum := sha256.Sum256(w.data)
	for i := range v.samples {
		if v.samples[i].sum == sum {
			v.samples[i].times++
			return
		}
	}
	if v.recognised >= mostLooks {
		v.unkept++
		return
	}
	v.recognised++
	s := sample{said: w, sum: sum, times: 1}
	s.data = bytes.Clone(w.data)
	v.fingerprint(w.data)
	isNew := v.recognise(&s, k)
	s.transcript = transcriptOf(&s)
	switch i := v.least(); {
	case len(v.samples) < mostSamples:
		v.samples = append(v.samples, s)
	case (isNew || s.transcript != nil && s.transcript.ETOS) && i >= 0:
		v.unkept += v.samples[i].times
		v.samples[i] = s
	default:
		v.unkept++
	}
}

// least is the sample that says the least: the newest of no known protocol, or
// of one that another sample has; -1 for none.
func (v *open) least() int {
	for i := len(v.samples) - 1; i >= 0; i-- {
		name := v.samples[i].protocol
		if name == "" || slices.ContainsFunc(v.samples[:i], func(o sample) bool { return o.protocol == name }) {
			return i
		}
	}
	return -1
}

// fingerprint takes what words show of the program that said them.
func (v *open) fingerprint(data []byte) {
	if h, err := fingerprint.ParseHello(data); err == nil {
		v.ja3 = keep(v.ja3, h.JA3(), mostPrints)
		v.ja4 = keep(v.ja4, h.JA4(), mostPrints)
	}
	p, ok := fingerprint.Stated(data)
	if !ok || len(v.products) >= mostProducts {
		return
	}
	if !slices.ContainsFunc(v.products, func(o Product) bool { return o.Name == p.Name }) {
		v.products = append(v.products, Product{Name: p.Name, Scanner: p.Scanner, Rule: p.Rule, Source: p.Source})
	}
}

// recognise names the protocol, and reports whether it is the first of its kind.
// Words that belong to several protocols name none.
func (v *open) recognise(s *sample, k *known) (isNew bool) {
	m, ok := k.look(s)
	if !ok {
		return false
	}
	s.protocol = m.Protocol
	for _, d := range m.Details {
		if isSecret(Detail(d)) {
			s.secret = d.Value
		}
	}
	if slices.ContainsFunc(v.protocols, func(p Protocol) bool { return p.Name == m.Protocol && p.InTLS == s.inTLS }) || len(v.protocols) >= mostProtocols {
		return false
	}
	p := Protocol{Name: m.Protocol, Product: m.Product, Version: m.Version, Strength: m.Strength.String(), InTLS: s.inTLS, Details: []Detail{}}
	for _, d := range m.Details {
		p.Details = append(p.Details, Detail(d))
	}
	v.protocols = append(v.protocols, p)
	return true
}

// login reports whether what was said may be a login's lines.
func (s *sample) login() bool {
	switch s.dest.Port() {
	case 23, 2323, 992, tnETOS, dsETOS:
		return s.transport == portolan.TCP && (s.protocol == "" || s.protocol == "telnet")
	}
	return s.protocol == "telnet"
}

// masked is what was said without the password that its protocol's grammar shows.
func (s *sample) masked() []byte {
	if s.secret == "" {
		return s.data
	}
	return bytes.ReplaceAll(s.data, []byte(s.secret), []byte(mask))
}

// isSecret reports whether a detail is a password. The community that every scanner
// tries is none.
func isSecret(d Detail) bool {
	return d.Value != "" && (d.Name == "password" || d.Name == "community" && d.Value != "public")
}

// payload is the sample as it is handed out.
func (s *sample) payload() Payload {
	if s.preview == "" {
		s.preview = preview(s.masked(), mostPreview, s.login())
	}
	return Payload{
		At: stamp(s.at), Transport: s.transport, Port: s.dest.Port(), SourcePort: s.source.Port(), Destination: s.dest.Addr().Unmap(),
		Data: bytes.Clone(s.data), Length: s.length, SHA256: hex.EncodeToString(s.sum[:]), Truncated: s.truncated, Closed: s.closed, InTLS: s.inTLS,
		Times: s.times, Protocol: s.protocol, Preview: s.preview, Transcript: s.transcript,
	}
}

// stamp is a time as documents have it.
func stamp(t time.Time) time.Time { return t.UTC().Truncate(time.Millisecond) }

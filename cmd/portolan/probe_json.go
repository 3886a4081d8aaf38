package main

import (
	"crypto/sha256"
	"encoding/hex"
	"net/netip"
	"strings"
	"time"

	"github.com/portolan/portolan/internal/judge"
	"github.com/portolan/portolan/internal/probe"
	"github.com/portolan/portolan/internal/protocol"
	"github.com/portolan/portolan/registry"
)

const probeSchema = "portolan.probe/v1"

// probeDocument is the JSON of a probe.
type probeDocument struct {
	Schema      string        `json:"schema"`
	DataVersion string        `json:"data_version"`
	Results     []probeResult `json:"results"`
	Summary     probeSummary  `json:"summary"`
}

// probeResult is one port that was asked.
type probeResult struct {
	Target    string         `json:"target"` // the address
	Name      *string        `json:"name"`   // as the user typed it; null for an address
	Port      uint16         `json:"port"`
	Transport string         `json:"transport"`
	State     probe.State    `json:"state"`
	Reason    string         `json:"reason"`
	Conduct   *probe.Conduct `json:"conduct"` // null where it is not open
	Assigned  reviewAssigned `json:"assigned"`
	Protocol  *string        `json:"protocol"`
	Product   *string        `json:"product"`
	Version   *string        `json:"version"`
	Details   []probeDetail  `json:"details"`
	TLS       *probeTLS      `json:"tls"`
	InTLS     bool           `json:"in_tls"` // the protocol was spoken inside TLS
	Strength  *string        `json:"strength"`
	Kind      *protocol.Kind `json:"kind"`
	Confirmed bool           `json:"confirmed"`
	Also      []string       `json:"also"`
	Verdict   *judge.Verdict `json:"verdict"` // null where it is not open
	Severity  *string        `json:"severity"`
	Reasons   []reviewReason `json:"reasons"`
	Evidence  *probeEvidence `json:"evidence"`
	Cost      probeCost      `json:"cost"`

	addr    netip.Addr
	finding *judge.Finding
}

type probeDetail struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

type probeTLS struct {
	Version    string   `json:"version"`
	ALPN       string   `json:"alpn"`
	Cipher     string   `json:"cipher"`
	Subject    string   `json:"subject"`
	Issuer     string   `json:"issuer"`
	Names      []string `json:"names"`
	NotBefore  string   `json:"not_before"` // RFC 3339; "" where no certificate was shown
	NotAfter   string   `json:"not_after"`
	SHA256     string   `json:"sha256"` // of the certificate
	Chain      int      `json:"chain"`
	ClientCert bool     `json:"client_certificate"`
	Refused    string   `json:"refused"`
}

type probeEvidence struct {
	Question  string `json:"question"` // "": the peer spoke unasked
	Sent      []byte `json:"sent"`
	Received  []byte `json:"received"`
	SHA256    string `json:"sha256"` // of received
	Truncated bool   `json:"truncated"`
	From      int    `json:"from"` // the bytes of received that the protocol was known by
	To        int    `json:"to"`
}

type probeCost struct {
	Connections  int   `json:"connections"`
	Sent         int   `json:"sent"`
	Received     int   `json:"received"`
	Milliseconds int64 `json:"milliseconds"`
}

type probeSummary struct {
	Asked int `json:"asked"`
	tally
	Excluded     int   `json:"excluded"` // ports that were not touched
	Findings     int   `json:"findings"` // above ok
	Failed       bool  `json:"failed"`
	Interrupted  bool  `json:"interrupted"`
	Milliseconds int64 `json:"milliseconds"`
}

func newProbeResult(e endpoint, as judge.Assigned, p probe.Report) probeResult {
	r := probeResult{Target: e.addr.String(), Port: e.key.Port, Transport: e.key.Transport.String(), State: p.State, Reason: p.Reason,
		Assigned: reviewAssigned{as.Status, as.Name, append([]string{}, as.Services...), as.Holder, as.Ghost},
		Details:  []probeDetail{}, Also: append([]string{}, p.Also...), Reasons: []reviewReason{}, InTLS: p.InTLS, Confirmed: p.Confirmed,
		Cost: probeCost{p.Connections, p.BytesSent, p.BytesRead, p.Took.Milliseconds()}, addr: e.addr}
	if e.name != "" {
		r.Name = &e.name
	}
	if p.State == probe.Open {
		r.Conduct = &p.Conduct
	}
	if m := p.Match; m != nil {
		strength := m.Strength.String()
		r.Protocol, r.Strength, r.Kind = &m.Protocol, &strength, &m.Kind
		r.Product, r.Version = stated(m.Product), stated(m.Version)
		for _, d := range m.Details {
			r.Details = append(r.Details, probeDetail{d.Name, d.Value})
		}
	}
	if t := p.TLS; t != nil {
		r.TLS = &probeTLS{t.Version, t.ALPN, t.Cipher, t.Subject, t.Issuer, append([]string{}, t.Names...), moment3339(t.NotBefore), moment3339(t.NotAfter), t.SHA256, t.Chain, t.ClientCert, t.Refused}
	}
	if x := p.Evidence; x != nil {
		sum := sha256.Sum256(x.Received)
		r.Evidence = &probeEvidence{Question: x.Question, Sent: append([]byte{}, x.Sent...), Received: append([]byte{}, x.Received...), SHA256: hex.EncodeToString(sum[:]), Truncated: x.Cut}
		if p.Match != nil {
			r.Evidence.From, r.Evidence.To = p.Match.From, p.Match.To
		}
	}
	return r
}

// stated is a text that a peer stated; nil where it did not.
func stated(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func moment3339(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

func (r *probeResult) judge(f judge.Finding) {
	severity := f.Severity.String()
	r.Verdict, r.Severity, r.finding = &f.Verdict, &severity, &f
	for _, reason := range f.Reasons {
		r.Reasons = append(r.Reasons, reasonOf(reason))
	}
}

// shown reports whether a result is listed without --all.
func (r *probeResult) shown() bool { return r.State == probe.Open || r.State == probe.Failed }

// restore completes a result that was read from a file; false where it is none.
func (r *probeResult) restore() bool {
	a, err := netip.ParseAddr(r.Target)
	r.addr = a
	return err == nil
}

func (s *probeSummary) add(r probeResult) {
	s.Asked++
	s.count(r.State)
	if r.Protocol != nil {
		s.Named++
	}
	if r.Severity != nil && *r.Severity != judge.OK.String() {
		s.Findings++
	}
}

func (r *probing) value() *probeDocument {
	return &probeDocument{probeSchema, registry.Version(), append([]probeResult{}, r.results...), r.summary}
}

// productWords are "OpenSSH 9.2p1", or what the peer states of them.
func (r *probeResult) productWords() string {
	return strings.TrimSpace(deref(r.Product) + " " + deref(r.Version))
}

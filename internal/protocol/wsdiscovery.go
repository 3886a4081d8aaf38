package protocol

import (
	"bytes"
	"encoding/hex"

	"github.com/portolan/portolan"
)

// wsDiscovery finds printers and cameras by messages of SOAP. An answer can be
// larger than the question, so it is asked at home only.
var wsDiscovery = Protocol{
	Name: "ws-discovery", Title: "WS-Discovery", Source: "WS-Discovery (2005/04), section 5; OASIS WS-Discovery 1.1",
	Services: []string{"ws-discovery"},
	Usual:    []uint16{3702},
	Answer:   answerWSD,
	Opening:  openingWSD,
	Questions: []Question{
		// Computers and printers answer who looks for devices; cameras who looks for
		// anything.
		{Name: "wsd-probe-device", Transport: portolan.UDP, When: AtHome, Bytes: func(a Ask) []byte {
			return wsdProbe(a, "<d:Types>wsdp:Device</d:Types>")
		}},
		{Name: "wsd-probe-any", Transport: portolan.UDP, When: AtHome, Bytes: func(a Ask) []byte { return wsdProbe(a, "") }},
	},
}

// The namespaces of the two versions.
const (
	wsdOld = "http://schemas.xmlsoap.org/ws/2005/04/discovery"
	wsdNew = "http://docs.oasis-open.org/ws-dd/ns/discovery/2009/01"
)

// wsdProbe writes a Probe for devices of some types.
func wsdProbe(a Ask, types string) []byte {
	return []byte(`<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"` +
		` xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing" xmlns:d="` + wsdOld + `"` +
		` xmlns:wsdp="http://schemas.xmlsoap.org/ws/2006/02/devprof"><s:Header>` +
		`<a:To>urn:schemas-xmlsoap-org:ws:2005:04:discovery</a:To><a:Action>` + wsdOld + `/Probe</a:Action>` +
		`<a:MessageID>urn:uuid:` + wsdUUID(a.Nonce) + `</a:MessageID></s:Header><s:Body><d:Probe>` + types + `</d:Probe></s:Body></s:Envelope>`)
}

func wsdUUID(n Nonce) string {
	h := hex.EncodeToString(n[:])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

// wsdAction reports whether a message is an envelope with an action of discovery.
func wsdAction(b []byte, action string) bool {
	if !bytes.HasPrefix(b, []byte("<")) || !bytes.Contains(b, []byte("Envelope")) {
		return false
	}
	return bytes.Contains(b, []byte(wsdOld+"/"+action+"<")) || bytes.Contains(b, []byte(wsdNew+"/"+action+"<"))
}

// answerWSD: a match relates to the id of our probe.
func answerWSD(s Said) (Match, bool) {
	if s.Transport != portolan.UDP || !wsdAction(s.Data, "ProbeMatches") || !bytes.Contains(s.Data, []byte("uuid:"+wsdUUID(s.Nonce)+"<")) {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: Handshake, To: len(s.Data)}
	types, _ := between(s.Data, "Types>", "<")
	addresses, _ := between(s.Data, "XAddrs>", "<")
	return m.with("types", types).with("addresses", addresses), true
}

func openingWSD(s Said) (Match, bool) {
	if s.Transport != portolan.UDP {
		return Match{}, false
	}
	for _, action := range []string{"Probe", "Resolve", "Hello", "Bye"} {
		if wsdAction(s.Data, action) {
			m := Match{Strength: Certain, Kind: Opening, To: len(s.Data)}
			types, _ := between(s.Data, "Types>", "<")
			return m.with("action", action).with("types", types), true
		}
	}
	return Match{}, false
}

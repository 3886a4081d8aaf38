package visit

import (
	"cmp"
	"time"

	"github.com/portolan/portolan"
)

// ECSVersion is the version of the Elastic Common Schema that [ECS] writes.
const ECSVersion = "8.17"

// fields is one level of an ECS document.
type fields map[string]any

// ECS returns a visit in the names of the Elastic Common Schema. What it has no
// name for is below "portolan"; docs/formats/ecs.md has the whole table. Payloads
// are left out: only previews, in which passwords are masked, are there.
func ECS(v Visit) map[string]any {
	out := fields{
		"@timestamp": v.Last.Format(time.RFC3339Nano),
		"ecs":        fields{"version": ECSVersion},
		"message":    v.Summary(),
		"event":      eventFields(v),
		"source":     sourceFields(v),
		"network":    networkFields(v),
		"observer":   fields{"product": "portolan", "type": "sensor"},
		"related":    fields{"ip": relatedAddresses(v)},
		"portolan":   ownFields(v),
	}
	if d := destinationFields(v); len(d) > 0 {
		out["destination"] = d
	}
	if len(v.Interfaces) > 0 {
		out["observer"].(fields)["ingress"] = fields{"interface": fields{"name": v.Interfaces[0]}}
	}
	if c := clientFields(v); len(c) > 0 {
		out["tls"] = fields{"client": c}
	}
	if v.Process != nil {
		out["process"] = fields{"pid": v.Process.PID, "name": v.Process.Program}
	}
	if agent := userAgent(v); agent != "" {
		out["user_agent"] = fields{"original": agent}
	}
	return out
}

// ecsSeverities are event.severity: higher is worse.
var ecsSeverities = [...]int{0, 30, 60, 90}

func eventFields(v Visit) fields {
	kind := "event"
	if v.Severity >= Warning {
		kind = "alert"
	}
	types := []string{"connection"}
	if v.Connections > 0 {
		types = append(types, "start")
	}
	if v.State != Open {
		types = append(types, "end")
	}
	category := []string{"network"}
	if v.Severity >= Warning {
		category = append(category, "intrusion_detection")
	}
	var reason string
	if len(v.Reasons) > 0 {
		reason = v.Reasons[0].Text
	}
	return fields{
		"id": v.ID, "sequence": v.Revision, "kind": kind, "category": category, "type": types, "action": string(v.Kind), "reason": reason,
		"dataset": "portolan.visit", "module": "portolan", "provider": "portolan", "severity": ecsSeverities[min(int(v.Severity), len(ecsSeverities)-1)],
		"start": v.First.Format(time.RFC3339Nano), "end": v.Last.Format(time.RFC3339Nano), "duration": v.Last.Sub(v.First).Nanoseconds(),
	}
}

func sourceFields(v Visit) fields {
	s := fields{"ip": v.Source.String(), "address": v.Source.String(), "packets": v.Packets}
	if len(v.SourcePorts) > 0 {
		s["port"] = v.SourcePorts[0]
	}
	return s
}

// destinationFields names address and port where there is one of each: the rest
// is below "portolan".
func destinationFields(v Visit) fields {
	d := fields{}
	if a := v.Destinations.Addresses; len(a) == 1 && !v.Destinations.More {
		d["ip"], d["address"] = a[0].String(), a[0].String()
	}
	if len(v.Ports) == 1 && v.Ports[0].Ports.Len() == 1 {
		d["port"] = v.Ports[0].Ports[0].First
	}
	return d
}

func networkFields(v Visit) fields {
	n := fields{"packets": v.Packets, "type": "ipv6", "direction": "ingress"}
	if v.Source.Is4() {
		n["type"] = "ipv4"
	}
	switch v.Origin {
	case FromHost, FromOwn:
		n["direction"] = "internal"
	case FromOutside:
		n["direction"] = "inbound"
	}
	if len(v.Ports) == 1 {
		n["transport"] = v.Ports[0].Transport.String()
	}
	if len(v.Protocols) > 0 {
		n["protocol"] = v.Protocols[0].Name
	}
	return n
}

func clientFields(v Visit) fields {
	c := fields{}
	if len(v.Fingerprints.JA3) > 0 {
		c["ja3"] = v.Fingerprints.JA3[0]
	}
	for _, p := range v.Protocols {
		for _, d := range p.Details {
			if p.Name == "tls" && d.Name == "sni" && c["server_name"] == nil {
				c["server_name"] = d.Value
			}
		}
	}
	return c
}

func relatedAddresses(v Visit) []string {
	all := []string{v.Source.String()}
	for _, a := range v.Destinations.Addresses {
		all = append(all, a.String())
	}
	return all
}

func userAgent(v Visit) string {
	for _, p := range v.Products {
		if p.Rule == "user-agent" {
			return p.Name
		}
	}
	return ""
}

// ownFields are those that ECS has no name for. JA4 has none in ECS 8.
func ownFields(v Visit) fields {
	ports := fields{}
	for _, p := range v.Ports {
		ports[p.Transport.String()] = p.Ports
	}
	tools := []string{}
	for _, t := range v.Tools {
		tools = append(tools, t.Name)
	}
	previews := []string{}
	for _, p := range v.Payloads {
		previews = append(previews, p.Preview)
	}
	return fields{
		"origin": string(v.Origin), "kind": string(v.Kind), "verdict": string(v.Verdict), "severity": v.Severity.String(), "state": string(v.State),
		"connections": v.Connections, "ports": ports, "assigned": v.Assigned, "tools": tools, "p0f": v.Fingerprints.P0f, "ja4": v.Fingerprints.JA4,
		"previews": previews, "evidence": v.Evidence, "reasons": v.Reasons,
	}
}

// Summary is a visit on one line for people: printable.
func (v Visit) Summary() string {
	text := v.Source.String() + ": " + string(v.Kind)
	for i, t := range v.Tools {
		text += [...]string{" by ", ", "}[min(i, 1)] + t.Name
	}
	if what := v.portWords(); what != "" {
		text += " of " + what
	}
	if len(v.Protocols) > 0 {
		text += ", spoke " + v.Protocols[0].Name
	}
	if len(v.Reasons) > 0 {
		text += " (" + v.Reasons[0].Text + ")"
	}
	return preview([]byte(text), 400, false)
}

// portWords says "378/tcp dsETOS", or how many ports there were.
func (v Visit) portWords() (text string) {
	for _, p := range v.Ports {
		if text != "" {
			text += ", "
		}
		if n := p.Ports.Len(); n != 1 {
			text += portCount(n) + " of " + p.Transport.String()
			continue
		}
		k := portolan.Key{Port: p.Ports[0].First, Transport: p.Transport}
		text += k.String() + v.service(k)
	}
	return text
}

func (v Visit) service(k portolan.Key) string {
	for _, a := range v.Assigned {
		if a.Port == k.Port && a.Transport == k.Transport && cmp.Or(a.Service, a.Status) != "" {
			return " (" + cmp.Or(a.Service, a.Status) + ")"
		}
	}
	return ""
}

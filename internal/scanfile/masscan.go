package scanfile

import (
	"encoding/json"
	"errors"
)

// masscanRecord is a line of -oD, or an element of -oJ, which has a list of
// ports that is always one long.
type masscanRecord struct {
	IP    string            `json:"ip"`
	Ports []json.RawMessage `json:"ports"` // -oJ

	Port  json.Number  `json:"port"` // -oD
	Proto string       `json:"proto"`
	Type  string       `json:"rec_type"` // "status", "banner"
	Data  *masscanData `json:"data"`
}

type masscanData struct {
	Status      string `json:"status"`
	Reason      string `json:"reason"`
	ServiceName string `json:"service_name"`
	Banner      string `json:"banner"`
}

// masscanPort is what -oJ says of a port: its state, or what it said.
type masscanPort struct {
	Port    json.Number `json:"port"`
	Proto   string      `json:"proto"`
	Status  string      `json:"status"`
	Reason  string      `json:"reason"`
	Service *struct {
		Name   string `json:"name"`
		Banner string `json:"banner"`
	} `json:"service"`
}

// decodeMasscan reads a record of masscan. Fuzzed by FuzzRead.
func (f *file) decodeMasscan(rec record) error {
	var m masscanRecord
	if err := f.decodeJSON(rec, &m); err != nil {
		return err
	}
	if m.Data != nil {
		return f.masscanRow(rec, m.IP, masscanPort{Port: m.Port, Proto: m.Proto, Status: m.Data.Status, Reason: m.Data.Reason}, m.Data.ServiceName, m.Data.Banner)
	}
	if len(m.Ports) == 0 {
		f.sum.NoPort++
	}
	for _, part := range m.Ports {
		var p masscanPort
		if err := f.decodePart(rec, "ports", part, &p); err != nil {
			return err
		}
		name, banner := "", ""
		if p.Service != nil {
			name, banner = p.Service.Name, p.Service.Banner
		}
		if err := f.masscanRow(rec, m.IP, p, name, banner); err != nil {
			return err
		}
	}
	return nil
}

// masscanRow gives a row. masscan calls a banner by the shape of its first bytes.
func (f *file) masscanRow(rec record, ip string, p masscanPort, service, banner string) error {
	if p.Proto == "icmp" || p.Proto == "arp" || p.Proto == "oproto" {
		f.sum.NoPort++
		return nil
	}
	r, err := f.place(rec, ip, p.Port.String(), p.Proto)
	if err != nil {
		return err
	}
	if p.Status != "" {
		if r.State, err = parseState(p.Status); err != nil {
			return f.recordFault(rec, "status", err, "give the file as masscan wrote it")
		}
	} else if service == "" && banner == "" {
		return f.recordFault(rec, "status", errors.New("neither a state nor a banner"), "give the file as masscan wrote it")
	}
	r.Reason = p.Reason
	if service == "unknown" {
		r.Answered, service = true, ""
	}
	if r.Extra = banner; service != "" {
		r.Service, r.Method = service, Probed
	}
	r.hear(banner)
	return f.give(r)
}

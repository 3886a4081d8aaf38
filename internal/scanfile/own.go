package scanfile

import "encoding/json"

// ownRecord is a result of portolan.probe/v1.
type ownRecord struct {
	Target    string          `json:"target"`
	Name      string          `json:"name"`
	Port      json.Number     `json:"port"`
	Transport string          `json:"transport"`
	State     string          `json:"state"`
	Reason    string          `json:"reason"`
	Conduct   string          `json:"conduct"`
	Protocol  string          `json:"protocol"`
	Product   string          `json:"product"`
	Version   string          `json:"version"`
	InTLS     bool            `json:"in_tls"`
	Strength  string          `json:"strength"`
	TLS       json.RawMessage `json:"tls"`
	Confirmed bool            `json:"confirmed"`
	Also      []string        `json:"also"`
}

// mostAlso is how many further protocols of a port are kept.
const mostAlso = 16

// decodeOwn reads a result of portolan's own. Fuzzed by FuzzRead.
func (f *file) decodeOwn(rec record) error {
	var o ownRecord
	if err := f.decodeJSON(rec, &o); err != nil {
		return err
	}
	r, err := f.place(rec, o.Target, o.Port.String(), o.Transport)
	if err != nil {
		return err
	}
	if r.State, err = parseState(o.State); err != nil {
		return f.recordFault(rec, "state", err, "give the file as portolan probe --json wrote it")
	}
	r.Name, r.Reason, r.Conduct, r.Once = o.Name, o.Reason, o.Conduct, !o.Confirmed
	r.Service, r.Product, r.Version, r.TLS = o.Protocol, o.Product, o.Version, o.InTLS || o.Protocol == "" && present(o.TLS)
	if r.Method = Probed; o.Strength == "hint" {
		r.Method = Guessed
	}
	r.Answered = o.Conduct == "not recognised"
	for _, name := range o.Also[:min(len(o.Also), mostAlso)] {
		r.Also = append(r.Also, cut(name))
	}
	return f.give(r)
}

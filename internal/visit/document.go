package visit

import "encoding/json"

// The schemas: docs/formats/visit.schema.json and visits.schema.json.
const (
	Schema     = "portolan.visit/v1"
	ListSchema = "portolan.visits/v1"
)

// Document is one visit as JSON has it.
type Document struct {
	Schema      string `json:"schema"`
	DataVersion string `json:"data_version"`
	Visit
}

// JSON returns a visit as a document on one line. dataVersion is the registry's.
func (v Visit) JSON(dataVersion string) ([]byte, error) {
	return json.Marshal(Document{Schema, dataVersion, v})
}

// List is a list of visits as JSON has it. Each is a whole document, as the store
// has it.
type List struct {
	Schema      string            `json:"schema"`
	DataVersion string            `json:"data_version"`
	Visits      []json.RawMessage `json:"visits"`
}

// NewList returns a list of documents.
func NewList(dataVersion string, documents []json.RawMessage) List {
	if documents == nil {
		documents = []json.RawMessage{}
	}
	return List{ListSchema, dataVersion, documents}
}

// Redacted is the visit without the bytes of its payloads, and with passwords
// masked in what they state, for those who are to see none. The previews are
// masked anyway.
func (v Visit) Redacted() Visit {
	all := append([]Payload{}, v.Payloads...)
	for i := range all {
		all[i].Data = nil
	}
	v.Payloads = all
	v.Protocols = append([]Protocol{}, v.Protocols...)
	for i := range v.Protocols {
		v.Protocols[i].Details = redacted(v.Protocols[i].Details)
	}
	return v
}

func redacted(details []Detail) []Detail {
	out := make([]Detail, 0, len(details))
	for _, d := range details {
		if isSecret(d) {
			d.Value = mask
		}
		out = append(out, Detail{d.Name, string(Redact([]byte(d.Value), false))})
	}
	return out
}

// ParseDocument reads what [Visit.JSON] wrote.
func ParseDocument(b []byte) (Document, error) {
	var d Document
	err := json.Unmarshal(b, &d)
	return d, err
}

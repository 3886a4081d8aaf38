package scanfile

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
)

// zgrabRecord is a line of zgrab2: a host, and what each module was told.
type zgrabRecord struct {
	IP     string                     `json:"ip"`
	Domain string                     `json:"domain"`
	Data   map[string]json.RawMessage `json:"data"`
}

type zgrabModule struct {
	Status   string          `json:"status"`
	Protocol string          `json:"protocol"`
	Port     json.Number     `json:"port"`
	Result   json.RawMessage `json:"result"`
}

// zgrabResult is what modules say of a server, each in words of its own.
type zgrabResult struct {
	Banner        string `json:"banner"`         // ftp, imap, pop3, smtp, telnet
	ServerVersion string `json:"server_version"` // mysql
	Version       string `json:"version"`        // mssql, redis
	ServerID      struct {
		Raw string `json:"raw"`
	} `json:"server_id"` // ssh
	Response struct {
		Headers struct {
			Server []string `json:"server"`
		} `json:"headers"`
		Request struct {
			TLSLog json.RawMessage `json:"tls_log"`
		} `json:"request"`
	} `json:"response"` // http
	TLS    json.RawMessage `json:"tls"` // of modules that began TLS
	TLSLog json.RawMessage `json:"tls_log"`
}

// decodeZgrab2 reads a record of zgrab2. Fuzzed by FuzzRead.
func (f *file) decodeZgrab2(rec record) error {
	var z zgrabRecord
	if err := f.decodeJSON(rec, &z); err != nil {
		return err
	}
	if len(z.Data) == 0 {
		f.sum.NoPort++
	}
	for _, name := range slices.Sorted(maps.Keys(z.Data)) {
		var m zgrabModule
		if err := f.decodePart(rec, "data."+name, z.Data[name], &m); err != nil {
			return err
		}
		if m.Port == "" || z.IP == "" {
			f.sum.NoPort++
			f.warn("some records have no port or no address, and can't be judged: have a newer zgrab2 write them")
			continue
		}
		if err := f.zgrabRow(rec, z, name, m); err != nil {
			return err
		}
	}
	return nil
}

// udpModules are those that ask in datagrams.
var udpModules = []string{"ntp"}

func (f *file) zgrabRow(rec record, z zgrabRecord, name string, m zgrabModule) error {
	if m.Protocol == "" {
		m.Protocol = name
	}
	transport := "tcp"
	if slices.Contains(udpModules, m.Protocol) {
		transport = "udp"
	}
	r, err := f.place(rec, z.IP, m.Port.String(), transport)
	if err != nil {
		return err
	}
	r.Name, r.Reason = z.Domain, m.Status
	r.State, r.Answered = zgrabState(m.Status)
	if transport == "udp" && r.State == Open && m.Status != "success" && !r.Answered {
		r.State = NoAnswer
	}
	var said zgrabResult
	if len(m.Result) > 0 {
		// Each module's result is of another form; what isn't in the form that is
		// looked for is not read.
		_ = json.Unmarshal(m.Result, &said)
	}
	r.TLS = present(said.TLS) || present(said.TLSLog) || present(said.Response.Request.TLSLog)
	if m.Status == "success" && m.Protocol != "banner" { // which takes whatever is said
		r.Service, r.Method = m.Protocol, Probed
	} else if m.Status == "success" {
		r.Answered = true
	}
	r.zgrabProduct(said)
	return f.give(r)
}

// present reports whether a part is there, and is not null.
func present(part json.RawMessage) bool { return len(part) > 0 && string(part) != "null" }

// zgrabState is what a module's status says of the port, and whether it spoke.
func zgrabState(status string) (State, bool) {
	switch status {
	case "success", "connection-closed", "io-timeout":
		return Open, false
	case "protocol-error", "application-error":
		return Open, true
	case "connection-refused":
		return Closed, false
	case "connection-timeout":
		return Filtered, false
	}
	return Failed, false
}

func (r *Row) zgrabProduct(said zgrabResult) {
	r.Extra = cmp.Or(said.ServerID.Raw, said.Banner)
	banner := r.Extra
	if server := said.Response.Headers.Server; r.Extra == "" && len(server) > 0 {
		r.Extra, banner = server[0], httpServer(server[0])
	}
	if r.Method == Probed {
		r.Version = cmp.Or(said.ServerVersion, said.Version)
		r.hear(banner)
	}
}

package scanfile

import (
	"encoding/json"
	"errors"
	"strings"
)

// naabuRecord is a line of naabu -json. Its port is a number, in old files an
// object; what -sV found stands beside it or in a service of its own.
type naabuRecord struct {
	Host     string          `json:"host"`
	IP       string          `json:"ip"`
	Port     json.RawMessage `json:"port"`
	Protocol string          `json:"protocol"`
	TLS      bool            `json:"tls"`
	Service  *naabuService   `json:"service"`
	naabuService
}

type naabuService struct {
	Name      string `json:"name"`
	Product   string `json:"product"`
	Version   string `json:"version"`
	ExtraInfo string `json:"extra_info"`
	Method    string `json:"method"`
	Tunnel    string `json:"tunnel"`
}

// naabuPort is the port of old files, whose protocol is a number: 0 is tcp.
type naabuPort struct {
	Port     json.Number `json:"Port"`
	Protocol int         `json:"Protocol"`
	TLS      bool        `json:"TLS"`
}

// decodeNaabu reads a record of naabu. Fuzzed by FuzzRead.
func (f *file) decodeNaabu(rec record) error {
	var n naabuRecord
	if err := f.decodeJSON(rec, &n); err != nil {
		return err
	}
	port := strings.TrimSpace(string(n.Port))
	if strings.HasPrefix(port, "{") {
		var old naabuPort
		if err := f.decodePart(rec, "port", n.Port, &old); err != nil {
			return err
		}
		if old.Protocol < 0 || old.Protocol > 1 {
			return f.recordFault(rec, "port.Protocol", errors.New("it is neither 0 (tcp) nor 1 (udp)"), "give the file as naabu wrote it")
		}
		port, n.TLS, n.Protocol = old.Port.String(), n.TLS || old.TLS, [...]string{"tcp", "udp"}[old.Protocol]
	}
	if n.IP == "" {
		n.IP = n.Host
	}
	if n.Protocol == "" {
		n.Protocol = "tcp" // old files have found nothing else
	}
	r, err := f.place(rec, n.IP, port, n.Protocol)
	if err != nil {
		return err
	}
	if n.Host != n.IP {
		r.Name = n.Host
	}
	s := n.naabuService
	if n.Service != nil {
		s = *n.Service
	}
	r.TLS = n.TLS || s.Tunnel == "ssl" || s.Tunnel == "tls"
	r.Service, r.Product, r.Version, r.Extra = s.Name, s.Product, s.Version, s.ExtraInfo
	r.Method = Guessed // it has nmap's table of numbers too
	if s.Method == "probed" || s.Product != "" {
		r.Method = Probed
	}
	return f.give(r)
}

package visit

import (
	"encoding/json"
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/portolan/portolan"
)

func addrPort(s string) netip.AddrPort { return netip.MustParseAddrPort(s) }

func portOf(a netip.AddrPort, n uint16) netip.AddrPort { return netip.AddrPortFrom(a.Addr(), n) }

// published reads a schema; strict closes it, although the published one may grow.
func published(t *testing.T, name string, strict bool) (doc any, s *jsonschema.Schema) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "formats", name+".schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	if strict {
		closeObjects(doc)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("schema.json", doc); err != nil {
		t.Fatal(err)
	}
	if s, err = c.Compile("schema.json"); err != nil {
		t.Fatal(err)
	}
	return doc, s
}

func closeObjects(v any) {
	switch x := v.(type) {
	case map[string]any:
		if _, ok := x["properties"]; ok {
			x["additionalProperties"] = false
		}
		for _, y := range x {
			closeObjects(y)
		}
	case []any:
		for _, y := range x {
			closeObjects(y)
		}
	}
}

// samples are visits of many kinds.
func samples(t *testing.T) []Visit {
	t.Helper()
	l := newLog(Options{Registry: func(portolan.Transport, uint16) (string, string) { return "assigned", "dsETOS" }})
	at := dawn
	for _, name := range []string{"nmap-sS", "nmap-f", "masscan", "zmap", "linux-syn6", "nmap-sU", "rst-reply", "icmp-reply", "icmp6-reply", "curl-tls"} {
		for _, p := range captured(t, name) {
			at = at.Add(time.Second)
			l.Knock(Knock{At: at, Interface: "eth0", Packet: p, Why: "no-socket"})
			if len(p.Payload) > 0 {
				l.Words(Words{At: at, Source: p.Source, Dest: p.Dest, Bytes: p.Payload, Closed: true})
			}
		}
		l.Tick(at)
		l.Close()
	}
	for _, said := range []string{"", "\xff\xfb\x18\xff\xfa\x18\x00ETOS52-CRT\xff\xf0", "GET / HTTP/1.1\r\nUser-Agent: zgrab/0.x\r\nHost: \xff\xfe\r\n\r\n", "\x00\x01\x02<script>"} {
		l.Words(Words{At: at, Source: addrPort(stranger), Dest: addrPort(ghost), Bytes: []byte(said), Process: &Process{7, "/bin/\xffx"}})
		l.Close()
	}
	l.Listening(Listening{At: at, Local: addrPort("127.0.0.1:378"), Process: &Process{7, "nc"}})
	l.Close()
	return l.all
}

func TestDocumentsAreAsPublished(t *testing.T) {
	_, one := published(t, "visit", true)
	_, list := published(t, "visits", true)
	var documents []json.RawMessage
	for _, v := range samples(t) {
		for _, shown := range []Visit{v, v.Redacted()} {
			b, err := shown.JSON("2026-08-17")
			if err != nil {
				t.Fatal(err)
			}
			var doc any
			if err := json.Unmarshal(b, &doc); err != nil {
				t.Fatal(err)
			}
			if err := one.Validate(doc); err != nil {
				t.Errorf("%s: %v", b, err)
			}
			if strings.ContainsAny(string(b), "\n\r") {
				t.Error("a document of several lines")
			}
			documents = append(documents, b)
		}
	}
	b, err := json.Marshal(NewList("2026-08-17", documents))
	if err != nil {
		t.Fatal(err)
	}
	var doc any
	_ = json.Unmarshal(b, &doc)
	if err := list.Validate(doc); err != nil {
		t.Error(err)
	}
	b, _ = json.Marshal(NewList("2026-08-17", nil))
	_ = json.Unmarshal(b, &doc)
	if err := list.Validate(doc); err != nil {
		t.Error(err)
	}
}

// The list holds documents as they are: its schema says the same of them.
func TestSchemasAgree(t *testing.T) {
	one, _ := published(t, "visit", false)
	list, _ := published(t, "visits", false)
	item := list.(map[string]any)["properties"].(map[string]any)["visits"].(map[string]any)["items"].(map[string]any)
	for _, part := range []string{"properties", "required"} {
		if !reflect.DeepEqual(item[part], one.(map[string]any)[part]) {
			t.Errorf("visits.schema.json has other %s than visit.schema.json", part)
		}
	}
}

func TestDocumentsAreReadBack(t *testing.T) {
	for _, v := range samples(t) {
		v.Process = nil // a program's name that is no UTF-8 is not given back
		v.Products, v.Protocols = nil, nil
		b, err := v.JSON("x")
		if err != nil {
			t.Fatal(err)
		}
		d, err := ParseDocument(b)
		if err != nil {
			t.Fatal(err)
		}
		again, _ := d.Visit.JSON("x")
		if string(again) != string(b) {
			t.Errorf("%s\n%s", b, again)
		}
	}
}

func FuzzParseDocument(f *testing.F) {
	f.Add([]byte(`{"schema":"portolan.visit/v1","ports":[{"transport":"tcp","ports":[1,"5-9"],"count":6}],"severity":"alert","techniques":[{"technique":"syn","packets":1}]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		if d, err := ParseDocument(b); err == nil {
			_ = d.Visit.Summary()
			_ = ECS(d.Visit)
		}
	})
}

// The fields of ECS that docs/formats/ecs.md names, flat.
func TestECS(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "formats", "ecs.md"))
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, v := range samples(t) {
		b, err := json.Marshal(ECS(v))
		if err != nil {
			t.Fatal(err)
		}
		var doc map[string]any
		if err := json.Unmarshal(b, &doc); err != nil {
			t.Fatal(err)
		}
		for name := range flat("", doc) {
			if !slices.Contains(all, name) {
				all = append(all, name)
			}
		}
		event := doc["event"].(map[string]any)
		if want := map[bool]string{true: "alert", false: "event"}[v.Severity >= Warning]; event["kind"] != want || event["id"] != v.ID {
			t.Errorf("%v", event)
		}
	}
	slices.Sort(all)
	for _, name := range all {
		own, isOwn := strings.CutPrefix(name, "portolan.")
		if isOwn && (strings.Contains(string(text), "`"+name+"`") || strings.Contains(string(text), "`."+own+"`")) || strings.HasPrefix(name, "portolan.ports.") {
			continue
		}
		if !isOwn && strings.Contains(string(text), "`"+name+"`") || name == "ecs.version" {
			continue
		}
		t.Errorf("docs/formats/ecs.md lacks %s", name)
	}
	for _, name := range []string{"tls.client.ja3", "tls.client.server_name", "source.port", "destination.port", "network.transport", "user_agent.original", "process.pid"} {
		if !slices.Contains(all, name) {
			t.Errorf("no visit has %s", name)
		}
	}
}

func flat(prefix string, v map[string]any) map[string]bool {
	out := map[string]bool{}
	for name, x := range v {
		if m, ok := x.(map[string]any); ok {
			for k := range flat(prefix+name+".", m) {
				out[k] = true
			}
			continue
		}
		out[prefix+name] = true
	}
	return out
}

func TestSummary(t *testing.T) {
	v := Visit{Source: netip.MustParseAddr("203.0.113.9"), Kind: Single, Protocols: []Protocol{{Name: "telnet"}}, Reasons: []Reason{{"x", "because"}},
		Ports:    []TransportPorts{{portolan.TCP, Ports{{First: 378, Last: 378}}, 1}},
		Assigned: []Assigned{{378, portolan.TCP, "assigned", "ds\x1b[31mETOS"}}}
	if got := v.Summary(); got != `203.0.113.9: knock of 378/tcp (ds\x1b[31mETOS), spoke telnet (because)` {
		t.Error(got)
	}
}

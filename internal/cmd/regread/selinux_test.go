package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/internal/twin"
)

// Lines as seinfo prints them, and below them some that it never would.
const sampleSELinux = `portcon sctp 1-511 system_u:object_r:reserved_port_t:s0
portcon tcp 1024-65535 system_u:object_r:unreserved_port_t:s0
portcon tcp 22 system_u:object_r:ssh_port_t:s0
portcon tcp 49152-49216 system_u:object_r:virt_migration_port_t:s0
portcon udp 512-1023 system_u:object_r:hi_reserved_port_t:s0
portcon udp 53 system_u:object_r:dns_port_t:s0 - s15:c0.c1023
portcon udp 67 system_u:object_r:dhcpd_port_t:s0:c0.c1023

Portcon: 479
portcon tcp 70000 system_u:object_r:gopher_port_t:s0
portcon dccp 9 discard_port_t
portcon dccp 9 system_u:object_r:discard_port_t:s0
portcon icmp 9 system_u:object_r:ping_port_t:s0
portcon tcp 80 system_u:object_r:http_t:s0
portcon tcp 80 system_u:object_r:_port_t:s0
`

func TestReadSELinux(t *testing.T) {
	rows, left, err := readSELinux([]byte(sampleSELinux))
	if err != nil {
		t.Fatal(err)
	}
	span := func(first, last uint16) portolan.Span { return portolan.Span{First: first, Last: last} }
	want := []twin.Row{
		{Span: span(22, 22), Status: "seen", Service: "ssh", Line: 3},
		{Span: span(49152, 49216), Status: "seen", Service: "virt_migration", Line: 4},
		{Span: span(67, 67), Transport: portolan.UDP, Status: "seen", Service: "dhcpd", Line: 7},
		{Span: span(9, 9), Transport: portolan.DCCP, Status: "seen", Service: "discard", Line: 12},
	}
	if len(rows) != len(want) {
		t.Fatalf("%d rows, want %d: %+v", len(rows), len(want), rows)
	}
	for i := range want {
		if rows[i] != want[i] {
			t.Errorf("row %d: %+v, want %+v", i, rows[i], want[i])
		}
	}
	reasons := map[int]string{
		1: "no service: the type of what has none of its own in 1-511", 2: "no service: the type of what has none of its own in 1024-65535",
		5: "no service: the type of what has none of its own in 512-1023", 6: "not portcon, transport, ports and context", 9: "not portcon, transport, ports and context",
		10: "not a port: 70000 is above 65535, the highest port", 11: "the context has no type", 13: `"icmp" is no transport: use tcp, udp, sctp or dccp`,
		14: `"http_t" is no type of a port`, 15: `"_port_t" is no type of a port`,
	}
	if len(left) != len(reasons) {
		t.Errorf("%d lines left, want %d", len(left), len(reasons))
	}
	for _, r := range left {
		if reasons[r.Line] != r.Reason {
			t.Errorf("line %d left because %q, want %q", r.Line, r.Reason, reasons[r.Line])
		}
	}
}

// Every line of the raw text is a row or left out, and what is left out are the
// three generic types of three transports.
func TestWholeSELinux(t *testing.T) {
	text := rawText(t, "evidence/2023-04-19_debian-selinux-policy-default-2.20221101-9-portcon.txt")
	rows, left, err := readSELinux(text)
	if err != nil || len(rows) != 470 || len(left) != 9 || strings.Count(string(text), "\n") != 479 {
		t.Errorf("%d rows, %d left, %v", len(rows), len(left), err)
	}
	for _, r := range rows {
		checkRow(t, r)
		if _, generic := genericPortTypes[r.Service+"_port_t"]; generic {
			t.Errorf("a generic type: %+v", r)
		}
	}
}

// rawText returns a raw text by its place below the sources' folder.
func rawText(t *testing.T, name string) []byte {
	t.Helper()
	dir := os.Getenv("PORTOLAN_SOURCES")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "..", "shared", "sources")
	}
	text, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
	if os.IsNotExist(err) {
		t.Skipf("%s is not in the raw sources: set PORTOLAN_SOURCES to their folder", name)
	}
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// FuzzSELinux: any bytes, no panic; every line is blank, a row or left out, and
// a row has a key, a name and its line.
func FuzzSELinux(f *testing.F) {
	f.Add([]byte(sampleSELinux))
	f.Add([]byte("portcon\t ncp 5 ::a_port_t\r\nportcon tcp 5-4 a:b:c_port_t"))
	f.Fuzz(func(t *testing.T, b []byte) {
		rows, left, err := readSELinux(b)
		if err != nil {
			t.Fatal(err)
		}
		lines := 0
		for line := range strings.Lines(string(b)) {
			if strings.TrimSpace(line) != "" {
				lines++
			}
		}
		if len(rows)+len(left) != lines {
			t.Errorf("%d rows and %d left of %d lines", len(rows), len(left), lines)
		}
		for _, r := range rows {
			checkRow(t, r)
			if r.Service == "" || r.Status != "seen" || r.Line < 1 || r.Line > strings.Count(string(b), "\n")+1 {
				t.Errorf("no witness: %+v", r)
			}
		}
	})
}

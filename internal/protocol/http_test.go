package protocol

import (
	"strings"
	"testing"
)

func FuzzHTTP(f *testing.F) { fuzzProtocol(f, &http) }

// FuzzHTTPMessages gives the readers of messages hostile bytes.
func FuzzHTTPMessages(f *testing.F) {
	for _, c := range readTranscripts(f) {
		f.Add(c.said.Data)
	}
	f.Add([]byte("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"a\":\r\n2;x\r\n1}\r\n0\r\n\r\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > MostKept {
			return
		}
		for _, magic := range []string{"HTTP/1.", "RTSP/1.", "SIP/2."} {
			r, ok := parseTextReply(data, magic)
			if ok && (r.head > len(data) || len(r.fields) > mostFields || len(r.text()) > len(data) || len(r.title()) > len(data)) {
				t.Errorf("an answer without bounds: %+v", r)
			}
			r.json()
			q, ok := parseTextRequest(data, " "+magic)
			if ok && (q.head > len(data) || len(q.fields) > mostFields) {
				t.Errorf("a request without bounds: %+v", q)
			}
		}
		if fields, _, size, _ := parseTextFields(data); size > len(data) || len(fields) > mostFields {
			t.Errorf("fields without bounds: %d bytes of %d", size, len(data))
		}
		jsonScalars(data)
		serverProduct(string(data))
	})
}

func TestServerProduct(t *testing.T) {
	for _, c := range [][3]string{
		{"nginx/1.22.1", "nginx", "1.22.1"},
		{"Apache/2.4.62 (Debian)", "Apache", "2.4.62"},
		{"Apache", "Apache", ""},
		{"Jetty(9.4.50.v20221201)", "Jetty", "9.4.50.v20221201"},
		{"Werkzeug/2.2.2 Python/3.11.2", "Werkzeug", "2.2.2"},
		{"Microsoft-IIS/10.0", "Microsoft-IIS", "10.0"},
		{"Linux/5.10 UPnP/1.0 MiniDLNA/1.3.0", "MiniDLNA", "1.3.0"},
		{"Linux/5.10, UPnP/1.0, Portable SDK for UPnP devices/1.6.18", "Portable SDK for UPnP devices", "1.6.18"},
		{"RomPager/4.07 UPnP/1.0", "RomPager", "4.07"},
		{"Kestrel", "Kestrel", ""},
		{"Icecast 2.4.4", "Icecast", "2.4.4"},
		{"HP HTTP Server; HP LaserJet", "HP HTTP Server; HP LaserJet", ""},
		{"Oracle XML DB/Oracle Database", "Oracle XML DB", ""},
		{"", "", ""},
		{"/", "", ""},
		{"UPnP/1.0 ", "UPnP", "1.0"},
	} {
		if p, v := serverProduct(c[0]); p != c[1] || v != c[2] {
			t.Errorf("%q: got %q, %q", c[0], p, v)
		}
	}
}

// A body that came in chunks and one that was cut are read as far as they go.
func TestReplyJSON(t *testing.T) {
	r, ok := parseTextReply([]byte("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n{\"a\":{\"b\"\r\nB;x=1\r\n:\"c\"},\"d\":[\r\n5\r\n1,2],\r\n"), "HTTP/1.")
	if got := r.json(); !ok || got["a.b"] != "c" || got["d[]"] != "1" {
		t.Errorf("%v of %q", got, r.text())
	}
	deep := strings.Repeat(`{"a":`, 700)
	if got := jsonScalars([]byte(deep)); len(got) != 0 {
		t.Errorf("%v", got)
	}
}

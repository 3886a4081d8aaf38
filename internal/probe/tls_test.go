package probe

import (
	"context"
	"crypto/tls"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"testing"

	"github.com/portolan/portolan"
)

// secureServer is a real HTTPS server on loopback.
func secureServer(t *testing.T, h2 bool, config *tls.Config) netip.AddrPort {
	t.Helper()
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Server", "lab/1.2.3")
		_, _ = io.WriteString(w, "hello")
	}))
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.EnableHTTP2, s.TLS = h2, config
	s.StartTLS()
	t.Cleanup(s.Close)
	return netip.MustParseAddrPort(s.Listener.Addr().String())
}

// In TLS the same protocol is known as without it, and TLS is a fact beside it:
// the complaint of a server that was spoken to in plain HTTP stands for nothing.
func TestAskInTLS(t *testing.T) {
	for _, c := range []struct {
		what     string
		h2       bool
		config   *tls.Config
		protocol string
		alpn     string
	}{
		{"HTTP/1.1", false, nil, "http", "http/1.1"},
		{"HTTP/2", true, nil, "http2", "h2"},
		{"no ALPN, TLS 1.2", false, &tls.Config{MaxVersion: tls.VersionTLS12, NextProtos: []string{"other"}}, "http", ""},
	} {
		t.Run(c.what, func(t *testing.T) {
			t.Parallel()
			r := new(Prober).Ask(context.Background(), tcpTarget(secureServer(t, c.h2, c.config), "https"))
			if r.Match == nil || r.Match.Protocol != c.protocol || r.Match.Product != "lab" || r.Match.Version != "1.2.3" || !r.InTLS {
				t.Fatalf("match %+v, in TLS %t, tls %+v", r.Match, r.InTLS, r.TLS)
			}
			if r.TLS == nil || r.TLS.ALPN != c.alpn || !strings.HasPrefix(r.TLS.Version, "TLS 1.") || len(r.TLS.SHA256) != 64 || r.TLS.Chain != 1 {
				t.Errorf("TLS is %+v", r.TLS)
			}
		})
	}
}

// A server that demands a certificate speaks TLS, whatever it does then.
func TestAskWhereACertificateIsDemanded(t *testing.T) {
	at := secureServer(t, false, &tls.Config{ClientAuth: tls.RequireAnyClientCert})
	r := new(Prober).Ask(context.Background(), tcpTarget(at))
	if r.TLS == nil || !r.TLS.ClientCert && r.TLS.Refused == "" {
		t.Errorf("TLS is %+v, match %+v", r.TLS, r.Match)
	}
}

// The caller sees every request, and no port for printers gets one.
func TestNothingIsSentToPrinters(t *testing.T) {
	for _, port := range []uint16{515, 9100, 9107, 502, 102} {
		at := secureServer(t, false, nil)
		var mu sync.Mutex
		sent := 0
		p := &Prober{
			Dial: dialTo(at),
			Sent: func(Target, string, []byte) { mu.Lock(); sent++; mu.Unlock() },
		}
		r := p.Ask(context.Background(), Target{Addr: netip.AddrPortFrom(netip.MustParseAddr("192.0.2.1"), port), Transport: portolan.TCP})
		if sent != 0 || r.BytesSent != 0 || r.Conduct != NotAsked {
			t.Errorf("%d: %d requests, %d bytes, %s", port, sent, r.BytesSent, r.Conduct)
		}
	}
}

package fingerprint

import (
	"bytes"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"slices"
	"strings"
	"testing"
	"time"
)

// The values were computed by another program, in another language, from the
// descriptions of JA3 and JA4; t13d3112h2 is known of curl and OpenSSL 3 elsewhere.
func TestRealHellos(t *testing.T) {
	for _, c := range []struct{ file, ja3, ja4, name, alpn string }{
		{"curl-tls", "0149f47eabf9a20d0893e2a44e5a6323", "t13d3112h2_e8f1e7e78f70_b26ce05bbdd6", "knock.example", "h2 http/1.1"},
		{"openssl-tls", "5a1edc7f170af1014fc65c994878e63c", "t13d3111h2_e8f1e7e78f70_1f22a2ca17c4", "knock.example", "h2 http/1.1"},
		{"openssl-tls12", "fbe7e189e37a07ee33706f86bc746344", "t12i280600_d943125447b4_e7e480e5a997", "", ""},
	} {
		found := false
		for _, p := range captured(t, c.file) {
			h, err := ParseHello(p.Payload)
			if err != nil {
				continue
			}
			found = true
			if h.JA3() != c.ja3 || h.JA4() != c.ja4 || h.ServerName != c.name || strings.Join(h.ALPN, " ") != c.alpn || h.Size != len(p.Payload) {
				t.Errorf("%s: %s %s %q %q", c.file, h.JA3(), h.JA4(), h.ServerName, h.ALPN)
			}
		}
		if !found {
			t.Errorf("%s has no hello", c.file)
		}
	}
}

// The examples that the authors of JA3 and JA4 give.
func TestAuthorsExamples(t *testing.T) {
	old := Hello{Version: 769, Ciphers: []uint16{47, 53, 5, 10, 49161, 49162, 49171, 49172, 50, 56, 19, 4}, Extensions: []uint16{0, 10, 11}, Groups: []uint16{23, 24, 25}, PointFormats: []uint8{0}}
	if old.JA3() != "ada70206e40642a3e4461f35503241d5" {
		t.Error(old.JA3Text())
	}
	bare := Hello{Version: 769, Ciphers: []uint16{4, 5, 10, 9, 100, 98, 3, 6, 19, 18, 99}}
	if bare.JA3() != "de350869b8c85de67a350c8d186f11e6" {
		t.Error(bare.JA3Text())
	}
	chrome := Hello{
		Version:    0x0303,
		Ciphers:    []uint16{0x2a2a, 0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8, 0xc013, 0xc014, 0x009c, 0x009d, 0x002f, 0x0035},
		Extensions: []uint16{0x5a5a, 0x001b, 0x0000, 0x0033, 0x0010, 0x4469, 0x0017, 0x002d, 0x000d, 0x0005, 0x0023, 0x0012, 0x002b, 0xff01, 0x000b, 0x000a, 0x0a0a, 0x0015},
		Versions:   []uint16{0x7a7a, 0x0304, 0x0303}, HasServerName: true, ALPN: []string{"h2", "http/1.1"},
		SignatureAlgorithms: []uint16{0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601},
	}
	if got := chrome.JA4(); got != "t13d1516h2_8daaf6152771_e5627efa2ab1" {
		t.Error(got, chrome.JA4Text())
	}
}

func TestJA4Corners(t *testing.T) {
	for _, c := range []struct {
		h    Hello
		want string
	}{
		{Hello{Version: 0x0301, Ciphers: []uint16{4}}, "t10i010000_"},
		{Hello{Version: 0x0300, Ciphers: []uint16{4}, ALPN: []string{"x"}}, "t" + "s3i0100xx_"},
		{Hello{Version: 0x0399, Ciphers: []uint16{4}, ALPN: []string{"\xab\xcd"}}, "t00i0100ad_"},
		{Hello{Version: 0x0303, Ciphers: []uint16{4}, ALPN: []string{"h\xff"}}, "t12i01006f_"},
		{Hello{Version: 0x0303, Ciphers: make([]uint16, 120)}, "t12i990000_"},
		{Hello{Version: 0x0303, Ciphers: []uint16{4}, Extensions: []uint16{43}, Versions: []uint16{0x0a0a}}, "t00i010100_"},
	} {
		if got := c.h.JA4(); !strings.HasPrefix(got, c.want) {
			t.Errorf("%s, not %s", got, c.want)
		}
	}
	if h := (Hello{Ciphers: []uint16{0x0a0a}}); !strings.HasSuffix(h.JA4(), "_000000000000_000000000000") {
		t.Error(h.JA4())
	}
}

// hello returns what crypto/tls says first.
func hello(t testing.TB, c *tls.Config) []byte {
	t.Helper()
	a, b := net.Pipe()
	defer a.Close()
	go func() {
		_ = tls.Client(b, c).Handshake()
		b.Close()
	}()
	_ = a.SetDeadline(time.Now().Add(10 * time.Second))
	head := make([]byte, 5)
	if _, err := io.ReadFull(a, head); err != nil {
		t.Fatal(err)
	}
	body := make([]byte, binary.BigEndian.Uint16(head[3:]))
	if _, err := io.ReadFull(a, body); err != nil {
		t.Fatal(err)
	}
	return append(head, body...)
}

func TestHellosOfCryptoTLS(t *testing.T) {
	for _, c := range []struct {
		name   string
		config *tls.Config
		head   string
	}{
		{"newest", &tls.Config{ServerName: "ghost.example", NextProtos: []string{"h2"}}, "t13d"},
		{"1.2", &tls.Config{ServerName: "ghost.example", MaxVersion: tls.VersionTLS12}, "t12d"},
		{"no name", &tls.Config{InsecureSkipVerify: true}, "t13i"},
	} {
		raw := hello(t, c.config)
		h, err := ParseHello(raw)
		if err != nil {
			t.Fatal(c.name, err)
		}
		if !strings.HasPrefix(h.JA4(), c.head) || h.ServerName != c.config.ServerName || !slices.Equal(h.ALPN, c.config.NextProtos) {
			t.Errorf("%s: %s %+v", c.name, h.JA4(), h)
		}
		// The same hello over several records, as RFC 8446, section 5.1, allows.
		for _, size := range []int{1, 7, 100} {
			again, err := ParseHello(inRecords(raw, size))
			if err != nil || again.JA4() != h.JA4() || again.JA3() != h.JA3() {
				t.Errorf("%s in records of %d: %v", c.name, size, err)
			}
		}
		for n := 6; n < len(raw); n++ {
			if _, err := ParseHello(raw[:n]); !errors.Is(err, ErrCutHello) {
				t.Fatalf("%s cut to %d: %v", c.name, n, err)
			}
		}
		if _, err := ParseHello(append(raw, 22, 3, 3, 0, 1, 0)); err != nil {
			t.Errorf("%s with more behind it: %v", c.name, err)
		}
	}
}

func inRecords(raw []byte, size int) (b []byte) {
	for part := range slices.Chunk(raw[5:], size) {
		b = append(b, raw[0], raw[1], raw[2], byte(len(part)>>8), byte(len(part)))
		b = append(b, part...)
	}
	return b
}

func TestNoHello(t *testing.T) {
	good := hello(t, &tls.Config{ServerName: "a.example"})
	change := func(at int, c byte) []byte {
		b := bytes.Clone(good)
		b[at] = c
		return b
	}
	for _, b := range [][]byte{nil, []byte("GET / HTTP/1.0\r\n\r\n"), change(0, 23), change(1, 2), change(5, 2), change(6, 1), change(9, 9), change(43, 33), {22, 3, 1, 0, 0, 1}} {
		if _, err := ParseHello(b); !errors.Is(err, ErrNoHello) {
			t.Errorf("%.20q: %v", b, err)
		}
	}
}

func FuzzParseHello(f *testing.F) {
	for _, name := range []string{"curl-tls", "openssl-tls", "openssl-tls12", "nmap-http"} {
		for _, p := range captured(f, name) {
			f.Add(p.Payload)
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		h, err := ParseHello(b)
		if err != nil {
			return
		}
		if len(h.JA3()) != 32 || len(h.JA4()) != 36 || h.Size > len(b) {
			t.Errorf("%q %q", h.JA3(), h.JA4())
		}
	})
}

func BenchmarkJA4(b *testing.B) {
	raw := captured(b, "curl-tls")[2].Payload
	b.ReportAllocs()
	for b.Loop() {
		h, err := ParseHello(raw)
		if err != nil {
			b.Fatal(err)
		}
		_, _ = h.JA3(), h.JA4()
	}
}

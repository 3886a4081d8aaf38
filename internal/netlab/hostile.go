package netlab

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"io"
	"math/big"
	"net"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"
)

// hostileTime is how long a hostile peer keeps up what it does on one connection.
const hostileTime = 60 * time.Second

// Hostiles are servers that do what a client may meet on the open network, by name.
var Hostiles = map[string]func(net.Conn){
	"never speaks":   func(c net.Conn) { _, _ = io.Copy(io.Discard, c) },
	"closes at once": func(net.Conn) {},
	"resets":         reset,
	"resets when asked": func(c net.Conn) {
		_, _ = c.Read(make([]byte, 64))
		reset(c)
	},
	"drips": func(c net.Conn) {
		for i := range 60 {
			if _, err := c.Write([]byte{'a' + byte(i%26)}); err != nil {
				return
			}
			time.Sleep(time.Second)
		}
	},
	"endless banner": func(c net.Conn) { endless(c, "", strings.Repeat("A", 1<<16)) },
	"endless header": func(c net.Conn) {
		endless(c, "HTTP/1.1 200 OK\r\n", strings.Repeat("X-A: "+strings.Repeat("b", 59)+"\r\n", 1<<10))
	},
	"slow header": func(c net.Conn) {
		_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\n")
		for range 60 {
			if _, err := io.WriteString(c, "X-A: b\r\n"); err != nil {
				return
			}
			time.Sleep(300 * time.Millisecond)
		}
	},
	"escapes": func(c net.Conn) {
		_, _ = io.WriteString(c, "\x1b]0;owned\x07\x1b[2J\x9b31m\xe2\x80\xaeteg\x00\x00\r\n")
		_, _ = io.Copy(io.Discard, c)
	},
	"zeros": func(c net.Conn) { endless(c, "", strings.Repeat("\x00", 1<<16)) },
	"invalid utf-8": func(c net.Conn) {
		_, _ = io.WriteString(c, "\xff\xfe\xc0\x80\xed\xa0\x80\xf5\r\n")
		_, _ = io.Copy(io.Discard, c)
	},
	"random": random,
	"prose": func(c net.Conn) {
		_, _ = io.WriteString(c, "Call me Ishmael. Some years ago, never mind how long precisely, version 1.2.3 was released.\r\n")
		_, _ = io.Copy(io.Discard, c)
	},
	"every magic":              everyMagic,
	"answers each differently": answersDifferently(),
	"echo":                     func(c net.Conn) { _, _ = io.Copy(c, c) },
	"tls bomb":                 tlsBomb,
	"tls junk": func(c net.Conn) {
		_, _ = c.Read(make([]byte, 512))
		endless(c, "", "\x16\x03\x03\x40\x00"+strings.Repeat("\x02", 1<<14))
	},
}

// Hostile listens on a loopback port and does to everyone what the name says,
// for as long as the test lives.
func Hostile(t testing.TB, name string) netip.AddrPort {
	t.Helper()
	do, ok := Hostiles[name]
	if !ok {
		t.Fatalf("no hostile peer %q", name)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	open := map[net.Conn]bool{}
	var mu sync.Mutex
	t.Cleanup(func() {
		l.Close()
		mu.Lock()
		for c := range open {
			c.Close()
		}
		mu.Unlock()
		wg.Wait()
	})
	wg.Go(func() {
		for range mostTalks {
			c, err := l.Accept()
			if err != nil {
				return
			}
			_ = c.SetDeadline(time.Now().Add(hostileTime))
			mu.Lock()
			open[c] = true
			mu.Unlock()
			wg.Go(func() {
				defer c.Close()
				do(c)
			})
		}
	})
	return l.Addr().(*net.TCPAddr).AddrPort()
}

// random sends 1 MiB of random bytes without end.
func random(c net.Conn) {
	text := make([]byte, 1<<20)
	_, _ = rand.Read(text)
	endless(c, "", string(text))
}

func reset(c net.Conn) {
	if tcp, ok := c.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
}

// mostEndless bounds what is "without end" here: 10 GB.
const mostEndless = 10 << 30

func endless(c net.Conn, first, again string) {
	if _, err := io.WriteString(c, first); err != nil {
		return
	}
	more := []byte(again)
	for sent := 0; sent < mostEndless; sent += len(more) {
		if _, err := c.Write(more); err != nil {
			return
		}
	}
}

// magics are first words of many protocols.
var magics = []string{
	"SSH-2.0-OpenSSH_9.9\r\n", "220 mail.example.net ESMTP Postfix\r\n", "HTTP/1.1 200 OK\r\nServer: nginx\r\nContent-Length: 0\r\n\r\n",
	"-ERR unknown command 'GET'\r\n", "RFB 003.008\n", "* OK IMAP4rev1 ready\r\n", "+OK POP3 ready\r\n", "@RSYNCD: 31.0\n",
}

// everyMagic says them all at once, before and after it is asked.
func everyMagic(c net.Conn) {
	all := strings.Join(magics, "")
	for range 20 {
		if _, err := io.WriteString(c, all); err != nil {
			return
		}
		if _, err := c.Read(make([]byte, 512)); err != nil {
			return
		}
	}
}

// answersDifferently says the words of another protocol on each connection.
func answersDifferently() func(net.Conn) {
	var mu sync.Mutex
	n := 0
	return func(c net.Conn) {
		mu.Lock()
		text := magics[n%len(magics)]
		n++
		mu.Unlock()
		_, _ = io.WriteString(c, text)
		_, _ = c.Read(make([]byte, 512))
	}
}

// bomb is a certificate chain of about 200 KiB, made once.
var bomb = sync.OnceValues(func() (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	cert := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		Subject:      pkix.Name{CommonName: strings.Repeat("a", 60)},
		NotAfter:     time.Now().Add(time.Hour),
		DNSNames:     strings.Split(strings.Repeat("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.example.net,", 40)+"x.example.net", ","),
	}
	der, err := x509.CreateCertificate(rand.Reader, cert, cert, key.Public(), key)
	out := tls.Certificate{PrivateKey: key}
	for range 100 {
		out.Certificate = append(out.Certificate, der)
	}
	return out, err
})

// tlsBomb answers a handshake with the chain.
func tlsBomb(c net.Conn) {
	cert, err := bomb()
	if err != nil {
		return
	}
	s := tls.Server(c, &tls.Config{Certificates: []tls.Certificate{cert}, MaxVersion: tls.VersionTLS12})
	_ = s.Handshake()
	_, _ = io.Copy(io.Discard, s)
}

package servers

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"time"
)

var loopback = netip.AddrFrom4([4]byte{127, 0, 0, 1})

// answerTime bounds one question to a server that may not be ready yet.
const answerTime = 2 * time.Second

// ask sends an endpoint its question and returns the answer once it holds what
// it must. A control is only connected to.
func (e Endpoint) ask(ctx context.Context, addr netip.AddrPort) (string, error) {
	if e.network() == "udp" {
		return e.askUDP(addr)
	}
	ctx, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	c, err := e.dial(ctx, addr)
	if err != nil {
		return "", err
	}
	defer c.Close()
	if e.Says == "" {
		return "", nil
	}
	_ = c.SetDeadline(time.Now().Add(answerTime))
	if _, err := c.Write([]byte(e.Ask)); err != nil {
		return "", err
	}
	return e.hear(c.Read)
}

func (e Endpoint) dial(ctx context.Context, addr netip.AddrPort) (net.Conn, error) {
	if e.TLS {
		// Its own certificate is checked by nobody.
		d := tls.Dialer{Config: &tls.Config{InsecureSkipVerify: true}}
		return d.DialContext(ctx, "tcp", addr.String())
	}
	var d net.Dialer
	return d.DialContext(ctx, "tcp", addr.String())
}

// askUDP listens on a socket that takes an answer from any port: TFTP's comes
// from another one.
func (e Endpoint) askUDP(addr netip.AddrPort) (string, error) {
	c, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		return "", err
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(answerTime / 8)) // a datagram sent too early is lost
	if _, err := c.WriteToUDPAddrPort([]byte(e.Ask), addr); err != nil {
		return "", err
	}
	return e.hear(c.Read)
}

// hear reads until the words have come.
func (e Endpoint) hear(read func([]byte) (int, error)) (string, error) {
	var said []byte
	for buffer := make([]byte, 8192); len(said) < 1<<20; {
		n, err := read(buffer)
		said = append(said, buffer[:n]...)
		if strings.Contains(string(said), e.Says) {
			return string(said), nil
		}
		if err != nil {
			return "", fmt.Errorf("said %.300q without %q: %w", said, e.Says, err)
		}
	}
	return "", errors.New("said more than a megabyte")
}

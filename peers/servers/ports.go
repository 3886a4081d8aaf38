package servers

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"sync"
)

// Ports are given from below the range that the system takes for outgoing
// connections, so that none of those is in the way, and each once only: between
// the choice and the server's bind nothing holds a port.
const (
	firstPort = 20011
	lastPort  = 31999
)

var given struct {
	sync.Mutex
	next uint16
}

// freePort returns a port that nobody listens on, over TCP or UDP.
func freePort() (uint16, error) {
	given.Lock()
	defer given.Unlock()
	if given.next == 0 { // another process that does the same begins elsewhere
		given.next = firstPort + rand.N[uint16](lastPort-firstPort)
	}
	for range lastPort - firstPort {
		n := given.next
		if n > lastPort {
			n = firstPort
		}
		given.next = n + 7 // neighbours are left to servers that take two
		if free(n) {
			return n, nil
		}
	}
	return 0, errors.New("no free port between 20011 and 31999")
}

func free(n uint16) bool {
	// On every address: a server there would be met on loopback too.
	l, err := net.Listen("tcp4", fmt.Sprintf(":%d", n))
	if err != nil {
		return false
	}
	defer l.Close()
	u, err := net.ListenPacket("udp4", fmt.Sprintf(":%d", n))
	if err != nil {
		return false
	}
	return u.Close() == nil
}

package visit_test

import (
	"fmt"
	"net/netip"
	"time"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/internal/visit"
)

// A Book is fed with events and ticked; what changed goes to the store, and to
// those who are to be alerted.
func ExampleBook() {
	now := time.Date(2026, 11, 23, 6, 0, 0, 0, time.UTC)
	alerts := visit.NewAlerts(visit.DefaultRules())
	book := visit.NewBook(visit.Options{
		Registry: func(portolan.Transport, uint16) (status, service string) { return "assigned", "dsETOS" },
		Emit: func(v visit.Visit) {
			fmt.Println(v.State, v.Revision, v.Summary())
			if a, ok := alerts.Consider(v, now); ok {
				fmt.Println("alert:", a.Rule)
			}
		},
	})
	book.Words(visit.Words{
		At: now, Source: netip.MustParseAddrPort("192.168.1.9:40000"), Dest: netip.MustParseAddrPort("192.168.1.7:378"),
		Bytes: []byte("\xff\xfb\x18\xff\xfa\x18\x00ETOS52-CRT\xff\xf0"),
	})
	book.Tick(now)
	book.Close()
	// Output:
	// open 1 192.168.1.9: knock of 378/tcp (dsETOS), spoke telnet (words of TELNET on the port of tnETOS or dsETOS, or a terminal of ETOS52: no evidence is held of one in use)
	// alert: own-network
	// ended 2 192.168.1.9: knock of 378/tcp (dsETOS), spoke telnet (words of TELNET on the port of tnETOS or dsETOS, or a terminal of ETOS52: no evidence is held of one in use)
}

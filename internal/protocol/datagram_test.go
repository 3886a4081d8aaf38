package protocol

import (
	"slices"
	"strings"
	"testing"

	"github.com/portolan/portolan"
)

// echoes are protocols whose answers repeat what they were asked with.
var echoes = []string{
	"bittorrent-dht", "coap", "dns", "gtp", "ike", "llmnr", "ntp", "quic", "stun", "ws-discovery",
}

// TestEchoIsChecked gives answers to questions with another nonce: they must
// not be taken for answers.
func TestEchoIsChecked(t *testing.T) {
	checked := map[string]bool{}
	for _, c := range readTranscripts(t) {
		own, _, _ := strings.Cut(c.want, " ")
		if c.client || !slices.Contains(echoes, own) {
			continue
		}
		for i := range c.said.Nonce {
			c.said.Nonce[i] ^= 0x15
		}
		for _, m := range Recognise(c.said) {
			t.Errorf("%s: taken for %s (%s) without the nonce", c.place, m.Protocol, m.Strength)
		}
		checked[own] = true
	}
	for _, name := range echoes {
		if !checked[name] {
			t.Errorf("%s: no answer to check", name)
		}
	}
}

// TestCutDatagrams takes the last byte off, and puts one behind: what has a
// length must notice.
func TestCutDatagrams(t *testing.T) {
	// These end where the datagram ends.
	free := []string{"dns", "mdns", "tftp", "syslog", "ws-discovery", "coap", "ipmi", "quic", "dtls", "dhcp", "mqtt-sn", "ptp", "gtp", "mssql-browser", "knxnet-ip", "sip", "ssdp", "quake3"}
	for _, c := range readTranscripts(t) {
		own, strength, _ := strings.Cut(c.want, " ")
		if c.said.Transport != portolan.UDP || !strings.HasPrefix(strength, "certain") || slices.Contains(free, own) {
			continue
		}
		whole := c.said.Data
		for _, data := range [][]byte{whole[:len(whole)-1], append(slices.Clone(whole), 0)} {
			c.said.Data = data
			for _, m := range recogniseSide(c) {
				if m.Strength == Certain {
					t.Errorf("%s: %s is certain of %d bytes of %d", c.place, m.Protocol, len(data), len(whole))
				}
			}
		}
	}
}

// TestAmplification holds that no question can be answered by anything much
// larger: an asker with a forged address must not flood others by our words.
func TestAmplification(t *testing.T) {
	for _, c := range readTranscripts(t) {
		q := question(c.said.Question)
		if c.said.Transport != portolan.UDP || q == nil || q.When != Anywhere || len(q.After) > 0 {
			continue
		}
		asked := len(q.Bytes(Ask{Nonce: c.said.Nonce, Agent: "portolan/0.1", Host: "192.0.2.1", Port: 378}))
		if len(c.said.Data) > 4*asked {
			t.Errorf("%s: %s is answered by %d bytes for %d", c.place, q.Name, len(c.said.Data), asked)
		}
	}
}

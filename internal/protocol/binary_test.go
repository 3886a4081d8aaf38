package protocol

import (
	"strings"
	"testing"
)

// TestNumbersAreChecked gives answers that repeat what they were asked with to
// another question of the same name: they must not be taken for its answer.
func TestNumbersAreChecked(t *testing.T) {
	echoes := map[string]bool{
		"bacnet-vendor": true, "bacnet-model": true, "bacnet-firmware": true, "dcerpc-bind": true, "afp-dsi-getstatus": true,
		"ethernet-ip-identity": true, "ethernet-ip-identity-udp": true, "iscsi-login-refused": true, "libvirt-auth-list": true,
		"modbus-device-id": true, "mumble-ping": true, "netbios-nbstat": true, "openvpn-reset-udp": true, "openvpn-reset-tcp": true,
		"quake3-getinfo-udp": true, "rpc-null-tcp": true, "rpc-null-udp": true, "rpc-dump-tcp": true, "nfs-null-tcp": true,
		"nfs-null-udp": true, "nfs-versions-tcp": true, "mountd-null-tcp": true, "gluster-null-tcp": true, "rtmp-c0c1": true,
		"s7-connection-request": true, "smb1-negotiate": true, "teamspeak3-init": true,
	}
	checked := map[string]bool{}
	for _, c := range readTranscripts(t) {
		if c.client || !echoes[c.said.Question] || strings.HasPrefix(c.want, "nothing") {
			continue
		}
		for i := range c.said.Nonce {
			c.said.Nonce[i] ^= 0x15
		}
		for _, m := range Recognise(c.said) {
			t.Errorf("%s: taken for %s (%s) without the nonce", c.place, m.Protocol, m.Strength)
		}
		checked[c.said.Question] = true
	}
	for name := range echoes {
		if !checked[name] {
			t.Errorf("%s: no answer to check", name)
		}
	}
}

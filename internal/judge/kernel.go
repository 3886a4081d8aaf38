package judge

import "github.com/portolan/portolan"

// kernelServices are listeners that Linux has without a process, and the
// default port of each.
var kernelServices = [...]struct {
	key  portolan.Key
	name string // and where it says so
}{
	{portolan.Key{Port: 2049, Transport: portolan.TCP}, "NFS server (nfsd(7))"},
	{portolan.Key{Port: 2049, Transport: portolan.UDP}, "NFS server (nfsd(7))"},
	{portolan.Key{Port: 445, Transport: portolan.TCP}, "SMB server ksmbd (Linux documentation, filesystems/smb/ksmbd)"},
	{portolan.Key{Port: 51820, Transport: portolan.UDP}, "WireGuard (wg(8))"},
	{portolan.Key{Port: 4789, Transport: portolan.UDP}, "VXLAN (ip-link(8), vxlan dstport)"},
	{portolan.Key{Port: 8472, Transport: portolan.UDP}, "VXLAN with Linux's old default (ip-link(8), vxlan dstport)"},
	{portolan.Key{Port: 6081, Transport: portolan.UDP}, "GENEVE (ip-link(8), geneve dstport)"},
	{portolan.Key{Port: 2152, Transport: portolan.UDP}, "GTP user plane (3GPP TS 29.281)"},
	{portolan.Key{Port: 3260, Transport: portolan.TCP}, "iSCSI target LIO (targetcli(8))"},
	{portolan.Key{Port: 4420, Transport: portolan.TCP}, "NVMe over TCP target (nvmet)"},
	{portolan.Key{Port: 21064, Transport: portolan.TCP}, "distributed lock manager (dlm_controld(8))"},
}

// kernelService names what the kernel itself may have on a port, "" where
// nothing is known. That a port is in the list does not prove it.
func kernelService(k portolan.Key) string {
	for _, s := range kernelServices {
		if s.key == k {
			return s.name
		}
	}
	return ""
}

package servers

// vsftpd takes TLS from the first byte in a second process: it has one listener.
var vsftpd = Server{
	Name:     "vsftpd",
	Packages: []string{"vsftpd"},
	Endpoints: []Endpoint{
		{Name: "vsftpd", Protocol: "ftp", Product: "vsFTPd", Shows: upstream, Says: "220 (vsFTPd "},
		{Name: "vsftpd-tls", Port: "tls", TLS: true, Protocol: "ftp", Product: "vsFTPd", Shows: upstream, Says: "220 (vsFTPd "},
	},
	Recipe: func(g *Ground) {
		const common = `listen=YES
listen_address=127.0.0.1
background=NO
run_as_launching_user=YES
anonymous_enable=YES
secure_chroot_dir={dir}/empty
vsftpd_log_file={dir}/vsftpd.log
`
		g.Folder("empty")
		g.File("plain.conf", common+"listen_port={port}\n")
		g.File("tls.conf", common+`listen_port={tls}
ssl_enable=YES
implicit_ssl=YES
rsa_cert_file={cert}
rsa_private_key_file={key}
`)
		g.Run("vsftpd", "{dir}/plain.conf")
		g.Run("vsftpd", "{dir}/tls.conf")
	},
}

// pyftpdlib is the second FTP server: Debian lets only one of vsftpd, proftpd
// and pure-ftpd be installed.
var pyftpdlib = Server{
	Name:      "pyftpdlib",
	Packages:  []string{"python3-pyftpdlib"},
	Endpoints: []Endpoint{{Name: "pyftpdlib", Protocol: "ftp", Product: "pyftpdlib", Shows: upstream, Says: "220 pyftpdlib "}},
	Recipe:    func(g *Ground) { g.Run("python3", "-m", "pyftpdlib", "-i", "127.0.0.1", "-p", "{port}", "-d", "{dir}") },
}

var rsync = Server{
	Name:      "rsync",
	Packages:  []string{"rsync"},
	Endpoints: []Endpoint{{Name: "rsync", Protocol: "rsync", Says: "@RSYNCD: "}},
	Recipe: func(g *Ground) {
		g.File("rsyncd.conf", "use chroot = no\nlog file = {dir}/rsync.log\n[files]\npath = {dir}\n")
		g.Run("rsync", "--daemon", "--no-detach", "--config={dir}/rsyncd.conf", "--address=127.0.0.1", "--port={port}")
	},
}

// smbNegotiate is SMB 1's first message, which offers SMB 2 as a dialect.
const smbNegotiate = "\x00\x00\x00\x45\xffSMB\x72\x00\x00\x00\x00\x18\x01\x28" +
	"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00" +
	"\x00\x22\x00\x02NT LM 0.12\x00\x02SMB 2.002\x00\x02SMB 2.???\x00"

var samba = Server{
	Name:      "samba",
	Packages:  []string{"samba"},
	Root:      true,
	Endpoints: []Endpoint{{Name: "samba", Protocol: "smb", Ask: smbNegotiate, Says: "\xfeSMB"}},
	Recipe: func(g *Ground) {
		g.Folder("private", "lock", "state", "cache", "pid", "rpc")
		g.File("smb.conf", `
[global]
server role = standalone
smb ports = {port}
interfaces = 127.0.0.1/8
bind interfaces only = yes
disable netbios = yes
private dir = {dir}/private
lock directory = {dir}/lock
state directory = {dir}/state
cache directory = {dir}/cache
pid directory = {dir}/pid
ncalrpc dir = {dir}/rpc
log file = {dir}/smbd.log
load printers = no
disable spoolss = yes
`)
		g.Run("smbd", "--foreground", "--no-process-group", "-s", "{dir}/smb.conf")
	},
}

// tftpd puts itself in a cage, which only root may.
var tftpd = Server{
	Name:      "tftpd",
	Packages:  []string{"tftpd-hpa"},
	Root:      true,
	Endpoints: []Endpoint{{Name: "tftpd", Transport: "udp", Protocol: "tftp", Ask: "\x00\x01none\x00octet\x00", Says: "\x00\x05\x00\x01"}},
	Recipe: func(g *Ground) {
		g.Folder("files")
		g.Do("chown", "nobody", "files")
		g.Run("in.tftpd", "--listen", "--foreground", "--ipv4", "--address", "127.0.0.1:{port}", "--user", "nobody", "--secure", "{dir}/files")
	},
}

// nbd has no foreground: it lives in a pid namespace, which ends with us.
var nbd = Server{
	Name:      "nbd",
	Packages:  []string{"nbd-server"},
	Root:      true,
	Endpoints: []Endpoint{{Name: "nbd", Protocol: "nbd", Says: "NBDMAGICIHAVEOPT"}},
	Recipe: func(g *Ground) {
		g.File("disk", string(make([]byte, 1<<20)))
		g.File("nbd.conf", "[generic]\nlistenaddr = 127.0.0.1\nport = {port}\n[disk]\nexportname = {dir}/disk\n")
		g.Run("unshare", "--pid", "--fork", "--kill-child", "sh", "-c", "nbd-server -C {dir}/nbd.conf -p {dir}/pid && exec sleep infinity")
	},
}

var git = Server{
	Name:      "git",
	Packages:  []string{"git"},
	Endpoints: []Endpoint{{Name: "git", Protocol: "git", Ask: "0029git-upload-pack /none\x00host=localhost\x00", Says: "ERR access denied or repository not exported"}},
	Recipe: func(g *Ground) {
		g.Run("/usr/lib/git-core/git-daemon", "--listen=127.0.0.1", "--port={port}", "--base-path={dir}", "--verbose")
	},
}

var svnserve = Server{
	Name:      "svnserve",
	Packages:  []string{"subversion"},
	Endpoints: []Endpoint{{Name: "svnserve", Protocol: "svn", Says: "( success ( 2 2 ("}},
	Recipe: func(g *Ground) {
		g.Run("svnserve", "-d", "--foreground", "--listen-host", "127.0.0.1", "--listen-port", "{port}", "-r", "{dir}")
	},
}

package servers

var openssh = Server{
	Name:      "openssh",
	Packages:  []string{"openssh-server"},
	Endpoints: []Endpoint{{Name: "openssh", Protocol: "ssh", Product: "OpenSSH", Shows: upstream, Says: "SSH-2.0-OpenSSH_"}},
	Recipe: func(g *Ground) {
		g.Do("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "{dir}/host")
		g.Run("sshd", "-D", "-e", "-f", "/dev/null", "-h", "{dir}/host", "-p", "{port}", "-o", "ListenAddress=127.0.0.1", "-o", "PidFile=none")
	},
}

var dropbear = Server{
	Name:      "dropbear",
	Packages:  []string{"dropbear-bin"},
	Endpoints: []Endpoint{{Name: "dropbear", Protocol: "ssh", Product: "dropbear", Shows: upstream, Says: "SSH-2.0-dropbear_"}},
	Recipe: func(g *Ground) {
		g.Do("dropbearkey", "-t", "ed25519", "-f", "{dir}/host")
		g.Run("dropbear", "-F", "-E", "-r", "{dir}/host", "-P", "{dir}/pid", "-p", "127.0.0.1:{port}")
	},
}

// telnetd hands a stranger to login: it must be root for that.
var telnetd = Server{
	Name:      "telnetd",
	Packages:  []string{"inetutils-telnetd"},
	Root:      true,
	Endpoints: []Endpoint{{Name: "telnetd", Protocol: "telnet", Says: "\xff\xfd"}},
	Recipe:    func(g *Ground) { g.Inetd("port", "telnetd") },
}

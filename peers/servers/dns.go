package servers

// versionBind asks a DNS server for its version: version.bind. TXT CH.
const versionBind = "\x12\x34\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x07version\x04bind\x00\x00\x10\x00\x03"

// versionBindTCP has the length in front.
const versionBindTCP = "\x00\x1e" + versionBind

var bind9 = Server{
	Name:     "bind9",
	Packages: []string{"bind9"},
	Endpoints: []Endpoint{
		// BIND states no name, only its version, to which Debian's build adds.
		{Name: "bind9-udp", Transport: "udp", Protocol: "dns", Shows: with(packaged, "-Debian"), Ask: versionBind, Says: "-Debian"},
		{Name: "bind9-tcp", Protocol: "dns", Shows: with(packaged, "-Debian"), Ask: versionBindTCP, Says: "-Debian"},
		{Name: "bind9-tls", Port: "tls", TLS: true, Protocol: "dns", Shows: with(packaged, "-Debian"), Ask: versionBindTCP, Says: "-Debian"},
	},
	Recipe: func(g *Ground) {
		g.File("named.conf", `
tls own { cert-file "{cert}"; key-file "{key}"; };
options {
	directory "{dir}";
	listen-on port {port} { 127.0.0.1; };
	listen-on port {tls} tls own { 127.0.0.1; };
	listen-on-v6 { none; };
	pid-file none;
	session-keyfile none;
	lock-file none;
	recursion no;
	notify no;
};
controls { };
`)
		g.Run("named", "-g", "-4", "-n", "1", "-c", "{dir}/named.conf")
	},
}

var unbound = Server{
	Name:     "unbound",
	Packages: []string{"unbound"},
	Endpoints: []Endpoint{
		{Name: "unbound-udp", Transport: "udp", Protocol: "dns", Product: "unbound", Shows: upstream, Ask: versionBind, Says: "unbound "},
		{Name: "unbound-tcp", Protocol: "dns", Product: "unbound", Shows: upstream, Ask: versionBindTCP, Says: "unbound "},
		{Name: "unbound-tls", Port: "tls", TLS: true, Protocol: "dns", Product: "unbound", Shows: upstream, Ask: versionBindTCP, Says: "unbound "},
	},
	Recipe: func(g *Ground) {
		g.File("unbound.conf", `
server:
	username: ""
	chroot: ""
	directory: "{dir}"
	pidfile: "{dir}/pid"
	use-syslog: no
	do-daemonize: no
	interface: 127.0.0.1@{port}
	interface: 127.0.0.1@{tls}
	tls-port: {tls}
	tls-service-key: "{key}"
	tls-service-pem: "{cert}"
remote-control:
	control-enable: no
`)
		g.Run("unbound", "-d", "-c", "{dir}/unbound.conf")
	},
}

var dnsmasq = Server{
	Name:     "dnsmasq",
	Packages: []string{"dnsmasq-base"},
	Endpoints: []Endpoint{
		{Name: "dnsmasq-udp", Transport: "udp", Protocol: "dns", Product: "dnsmasq", Shows: upstream, Ask: versionBind, Says: "dnsmasq-"},
		{Name: "dnsmasq-tcp", Protocol: "dns", Product: "dnsmasq", Shows: upstream, Ask: versionBindTCP, Says: "dnsmasq-"},
	},
	Recipe: func(g *Ground) {
		g.Run("dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--no-resolv", "--no-hosts", "--bind-interfaces",
			"--listen-address=127.0.0.1", "--port={port}", "--pid-file={dir}/pid", "--log-facility=-")
	},
}

package servers

var ngircd = Server{
	Name:     "ngircd",
	Packages: []string{"ngircd"},
	Endpoints: []Endpoint{
		{Name: "ngircd", Protocol: "irc", Ask: "VERSION\r\n", Says: " 451 "},
		{Name: "ngircd-tls", Port: "tls", TLS: true, Protocol: "irc", Ask: "VERSION\r\n", Says: " 451 "},
	},
	Recipe: func(g *Ground) {
		g.File("ngircd.conf", `
[Global]
Name = irc.example.net
Info = a server for tests
Listen = 127.0.0.1
Ports = {port}
PidFile = {dir}/pid
[Options]
Ident = no
DNS = no
PAM = no
ChrootDir =
[SSL]
CertFile = {cert}
KeyFile = {key}
Ports = {tls}
`)
		g.Run("ngircd", "--nodaemon", "--config", "{dir}/ngircd.conf")
	},
}

var inspircd = Server{
	Name:      "inspircd",
	Packages:  []string{"inspircd"},
	Endpoints: []Endpoint{{Name: "inspircd", Protocol: "irc", Ask: "VERSION\r\n", Says: ":irc.example.net "}},
	Recipe: func(g *Ground) {
		g.File("inspircd.conf", `
<server name="irc.example.net" description="a server for tests" network="Example">
<admin name="noc" nick="noc" email="noc@example.net">
<bind address="127.0.0.1" port="{port}" type="clients">
<connect allow="*" resolvehostnames="no">
<dns server="127.0.0.1" sourceip="127.0.0.1">
<pid file="{dir}/pid">
<path configdir="{dir}" datadir="{dir}" logdir="{dir}" runtimedir="{dir}">
`)
		g.Run("inspircd", "--nofork", "--config={dir}/inspircd.conf")
	},
}

const xmppStream = "<?xml version='1.0'?><stream:stream to='example.net' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>"

var prosody = Server{
	Name:     "prosody",
	Packages: []string{"prosody"},
	Endpoints: []Endpoint{
		{Name: "prosody", Protocol: "xmpp", Ask: xmppStream, Says: "<stream:features"},
		{Name: "prosody-tls", Port: "tls", TLS: true, Protocol: "xmpp", Ask: xmppStream, Says: "<stream:features"},
	},
	Recipe: func(g *Ground) {
		g.File("prosody.cfg.lua", `
modules_enabled = { "tls", "saslauth", "disco" }
modules_disabled = { "s2s", "offline" }
pidfile = "{dir}/pid"
data_path = "{dir}/data"
log = "*console"
c2s_interfaces = { "127.0.0.1" }
c2s_ports = { {port} }
c2s_direct_tls_interfaces = { "127.0.0.1" }
c2s_direct_tls_ports = { {tls} }
ssl = { certificate = "{cert}", key = "{key}" }
c2s_direct_tls_ssl = { certificate = "{cert}", key = "{key}" }
VirtualHost "example.net"
`)
		g.Folder("data")
		g.Run("prosody", "-F", "--config", "{dir}/prosody.cfg.lua")
	},
}

// mumblePing is its UDP ping of version 1.3, with eight bytes that come back.
const mumblePing = "\x00\x00\x00\x00portolan"

// mumble would ban who asks often.
var mumble = Server{
	Name:     "mumble",
	Packages: []string{"mumble-server"},
	Endpoints: []Endpoint{
		{Name: "mumble", TLS: true, Protocol: "mumble", Shows: packaged, Says: "1.3."},
		{Name: "mumble-udp", Transport: "udp", Protocol: "mumble", Shows: upstream, Ask: mumblePing, Says: "\x00\x01\x03\x04portolan"},
	},
	Recipe: func(g *Ground) {
		g.File("mumble.ini", `
database={dir}/mumble.sqlite
logfile=
pidfile={dir}/pid
ice=
host=127.0.0.1
port={port}
sslCert={cert}
sslKey={key}
autobanAttempts=0
bonjour=false
`)
		g.Run("murmurd", "-fg", "-ini", "{dir}/mumble.ini")
	},
}

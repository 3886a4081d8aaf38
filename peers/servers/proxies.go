package servers

// haproxy puts no name into what it says.
var haproxy = Server{
	Name:     "haproxy",
	Packages: []string{"haproxy"},
	Endpoints: []Endpoint{
		{Name: "haproxy", Protocol: "http", Ask: get, Says: "HTTP/1.1 503 Service Unavailable"},
		{Name: "haproxy-tls", Port: "tls", TLS: true, Protocol: "http", Ask: get, Says: "HTTP/1.1 503 Service Unavailable"},
	},
	Recipe: func(g *Ground) {
		g.Do("sh", "-c", "cat {cert} {key} >{dir}/both.pem")
		g.File("haproxy.cfg", `
defaults
	mode http
	timeout client 30s
	timeout server 30s
	timeout connect 5s
frontend all
	bind 127.0.0.1:{port}
	bind 127.0.0.1:{tls} ssl crt {dir}/both.pem
	default_backend none
backend none
`)
		g.Run("haproxy", "-db", "-f", "{dir}/haproxy.cfg")
	},
}

var squid = Server{
	Name:      "squid",
	Packages:  []string{"squid"},
	Endpoints: []Endpoint{{Name: "squid", Protocol: "http-proxy", Product: "squid", Shows: upstream, Ask: get, Says: "Server: squid/"}},
	Recipe: func(g *Ground) {
		g.File("squid.conf", `
http_port 127.0.0.1:{port}
icp_port 0
snmp_port 0
pid_filename {dir}/pid
cache_log {dir}/cache.log
access_log none
cache deny all
netdb_filename none
pinger_enable off
coredump_dir {dir}
visible_hostname localhost
http_access deny all
shutdown_lifetime 0 seconds
udp_outgoing_address 127.0.0.1
`)
		// The name keeps its shared memory apart from another squid's.
		g.Run("squid", "-N", "-n", "portolan{port}", "-f", "{dir}/squid.conf")
	},
}

var tinyproxy = Server{
	Name:      "tinyproxy",
	Packages:  []string{"tinyproxy-bin"},
	Endpoints: []Endpoint{{Name: "tinyproxy", Protocol: "http-proxy", Product: "tinyproxy", Shows: upstream, Ask: get, Says: "Server: tinyproxy/"}},
	Recipe: func(g *Ground) {
		g.File("tinyproxy.conf", `
Port {port}
Listen 127.0.0.1
Timeout 60
Allow 127.0.0.1
PidFile "{dir}/pid"
LogFile "{dir}/tinyproxy.log"
`)
		g.Run("tinyproxy", "-d", "-c", "{dir}/tinyproxy.conf")
	},
}

// socksGreeting offers SOCKS 5 without authentication.
const socksGreeting = "\x05\x01\x00"

var dante = Server{
	Name:      "dante",
	Packages:  []string{"dante-server"},
	Endpoints: []Endpoint{{Name: "dante", Protocol: "socks5", Ask: socksGreeting, Says: "\x05\x00"}},
	Recipe: func(g *Ground) {
		g.File("danted.conf", `
logoutput: stderr
internal: 127.0.0.1 port = {port}
external: 127.0.0.1
clientmethod: none
socksmethod: none
client pass { from: 127.0.0.0/8 to: 0.0.0.0/0 }
socks block { from: 0.0.0.0/0 to: 0.0.0.0/0 }
`)
		g.Run("danted", "-f", "{dir}/danted.conf", "-p", "{dir}/pid")
	},
}

// tor reaches nobody: all that it sends goes to a proxy that is not there.
var tor = Server{
	Name:     "tor",
	Packages: []string{"tor"},
	Endpoints: []Endpoint{
		// What names it is its refusal of a GET.
		{Name: "tor-socks", Protocol: "socks5", Product: "Tor", Ask: socksGreeting, Says: "\x05\x00"},
		{Name: "tor-control", Port: "control", Protocol: "tor-control", Product: "Tor", Shows: upstream, Ask: "PROTOCOLINFO 1\r\n", Says: "250-VERSION Tor="},
	},
	Recipe: func(g *Ground) {
		g.File("torrc", `
SocksPort 127.0.0.1:{port}
ControlPort 127.0.0.1:{control}
CookieAuthentication 1
DataDirectory {dir}/data
Socks5Proxy 127.0.0.1:9
Log notice stdout
`)
		g.Run("tor", "-f", "{dir}/torrc")
	},
}

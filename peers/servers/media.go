package servers

// sipOptions asks what a SIP server can do; the branch comes back.
const sipOptions = "OPTIONS sip:none@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bKportolan;rport\r\n" +
	"From: <sip:noc@example.net>;tag=1\r\nTo: <sip:none@127.0.0.1>\r\nCall-ID: 1@example.net\r\nCSeq: 1 OPTIONS\r\nMax-Forwards: 1\r\nContent-Length: 0\r\n\r\n"

var kamailio = Server{
	Name:     "kamailio",
	Packages: []string{"kamailio"},
	Endpoints: []Endpoint{
		{Name: "kamailio-udp", Transport: "udp", Protocol: "sip", Product: "kamailio", Shows: upstream, Ask: sipOptions, Says: "Server: kamailio ("},
		{Name: "kamailio-tcp", Protocol: "sip", Product: "kamailio", Shows: upstream, Ask: sipOptions, Says: "Server: kamailio ("},
	},
	Recipe: func(g *Ground) {
		g.File("kamailio.cfg", `#!KAMAILIO
debug=2
log_stderror=yes
children=1
tcp_children=1
auto_aliases=no
listen=udp:127.0.0.1:{port}
listen=tcp:127.0.0.1:{port}
loadmodule "sl.so"
request_route {
	sl_send_reply("404", "Nobody here");
}
`)
		g.Run("kamailio", "-DD", "-E", "-m", "32", "-Y", "{dir}", "-f", "{dir}/kamailio.cfg")
	},
}

// stunBinding asks for our own address; the last twelve bytes come back.
const stunBinding = "\x00\x01\x00\x00\x21\x12\xa4\x42portolan.org"

var coturn = Server{
	Name:     "coturn",
	Packages: []string{"coturn"},
	Endpoints: []Endpoint{
		{Name: "coturn-udp", Transport: "udp", Protocol: "stun", Product: "Coturn", Shows: upstream, Ask: stunBinding, Says: "portolan.org"},
		{Name: "coturn-tcp", Protocol: "stun", Product: "Coturn", Shows: upstream, Ask: stunBinding, Says: "portolan.org"},
		{Name: "coturn-tls", Port: "tls", TLS: true, Protocol: "stun", Product: "Coturn", Shows: upstream, Ask: stunBinding, Says: "portolan.org"},
	},
	Recipe: func(g *Ground) {
		g.Run("turnserver", "-n", "--log-file=stdout", "--listening-ip=127.0.0.1", "--relay-ip=127.0.0.1", "--listening-port={port}", "--tls-listening-port={tls}",
			"--cert={cert}", "--pkey={key}", "--no-cli", "--no-rfc5780", "--no-dtls", "--db={dir}/turn.sqlite", "--pidfile={dir}/pid", "--relay-threads=1")
	},
}

var icecast = Server{
	Name:      "icecast",
	Packages:  []string{"icecast2"},
	Endpoints: []Endpoint{{Name: "icecast", Protocol: "http", Product: "Icecast", Shows: upstream, Ask: get, Says: "Server: Icecast "}},
	Recipe: func(g *Ground) {
		g.File("icecast.xml", `<icecast>
<hostname>localhost</hostname>
<listen-socket><port>{port}</port><bind-address>127.0.0.1</bind-address></listen-socket>
<authentication><source-password>none</source-password><admin-password>none</admin-password></authentication>
<paths>
<basedir>/usr/share/icecast2</basedir><webroot>/usr/share/icecast2/web</webroot><adminroot>/usr/share/icecast2/admin</adminroot>
<logdir>{dir}</logdir><pidfile>{dir}/pid</pidfile>
</paths>
<logging><accesslog>access.log</accesslog><errorlog>error.log</errorlog></logging>
</icecast>`)
		g.Run("icecast2", "-c", "{dir}/icecast.xml")
	},
}

// mpd greets with the version of its protocol, which is not the product's.
var mpd = Server{
	Name:      "mpd",
	Packages:  []string{"mpd"},
	Endpoints: []Endpoint{{Name: "mpd", Protocol: "mpd", Says: "OK MPD "}},
	Recipe: func(g *Ground) {
		g.Folder("music")
		g.File("mpd.conf", `
music_directory "{dir}/music"
db_file "{dir}/db"
bind_to_address "127.0.0.1"
port "{port}"
audio_output {
	type "null"
	name "none"
}
`)
		g.Run("mpd", "--no-daemon", "--stderr", "{dir}/mpd.conf")
	},
}

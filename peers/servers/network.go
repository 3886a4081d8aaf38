package servers

var chrony = Server{
	Name:     "chrony",
	Packages: []string{"chrony"},
	Endpoints: []Endpoint{
		{Name: "chrony", Transport: "udp", Protocol: "ntp", Ask: "\x23" + string(make([]byte, 47)), Says: "\x24\x08"},
	},
	Recipe: func(g *Ground) {
		g.File("chrony.conf", `
port {port}
bindaddress 127.0.0.1
allow 127.0.0.1
local stratum 8
cmdport 0
bindcmdaddress /
pidfile {dir}/pid
`)
		g.Run("chronyd", "-U", "-x", "-d", "-f", "{dir}/chrony.conf")
	},
}

// snmpDiscovery asks an SNMPv3 agent for its engine: no user, no community.
var snmpDiscovery = der(0x30, derInt(3),
	der(0x30, derInt(77), der(2, "\x05\xdc"), der(4, "\x04"), derInt(3)),
	der(4, der(0x30, der(4), derInt(0), derInt(0), der(4), der(4), der(4))),
	der(0x30, der(4), der(4), der(0xa0, derInt(55), derInt(0), derInt(0), der(0x30))))

// engineUnknown is the report's usmStatsUnknownEngineIDs.
const engineUnknown = "\x2b\x06\x01\x06\x03\x0f\x01\x01\x04\x00"

var snmpd = Server{
	Name:      "snmpd",
	Packages:  []string{"snmpd"},
	Endpoints: []Endpoint{{Name: "snmpd", Transport: "udp", Protocol: "snmp", Ask: snmpDiscovery, Says: engineUnknown}},
	Recipe: func(g *Ground) {
		g.File("snmpd.conf", "sysDescr a server for tests\n")
		g.Env("SNMP_PERSISTENT_DIR", "{dir}")
		g.Env("SNMPCONFPATH", "{dir}")
		g.Run("snmpd", "-f", "-Lo", "-C", "-c", "{dir}/snmpd.conf", "-p", "{dir}/pid", "udp:127.0.0.1:{port}")
	},
}

// asRequest asks a KDC for a ticket of a realm that it does not serve (RFC 4120, 5.4.1).
var asRequest = der(0x6a, der(0x30,
	der(0xa1, derInt(5)),
	der(0xa2, derInt(10)),
	der(0xa4, der(0x30,
		der(0xa0, der(3, "\x00\x00\x00\x00\x00")),
		der(0xa1, principal(1, "none")),
		der(0xa2, der(0x1b, "NOWHERE.EXAMPLE")),
		der(0xa3, principal(2, "krbtgt", "NOWHERE.EXAMPLE")),
		der(0xa5, der(0x18, "20380101000000Z")),
		der(0xa7, derInt(42)),
		der(0xa8, der(0x30, derInt(18))),
	))))

func principal(kind byte, names ...string) string {
	var all string
	for _, n := range names {
		all += der(0x1b, n)
	}
	return der(0x30, der(0xa0, derInt(kind)), der(0xa1, der(0x30, all)))
}

// krbError is KRB-ERROR's beginning: version 5, type 30.
const krbError = "\xa0\x03\x02\x01\x05\xa1\x03\x02\x01\x1e"

var krb5 = Server{
	Name:     "krb5",
	Packages: []string{"krb5-kdc"},
	Endpoints: []Endpoint{
		{Name: "krb5-udp", Transport: "udp", Protocol: "kerberos", Ask: asRequest, Says: krbError},
		{Name: "krb5-tcp", Protocol: "kerberos", Ask: "\x00\x00" + string([]byte{byte(len(asRequest) >> 8), byte(len(asRequest))}) + asRequest, Says: krbError},
	},
	Recipe: func(g *Ground) {
		g.File("krb5.conf", "[libdefaults]\ndefault_realm = EXAMPLE.NET\ndns_lookup_kdc = false\n[logging]\nkdc = STDERR\n")
		g.File("kdc.conf", `
[realms]
EXAMPLE.NET = {
	database_name = {dir}/principal
	key_stash_file = {dir}/stash
	acl_file = {dir}/none
	kdc_listen = 127.0.0.1:{port}
	kdc_tcp_listen = 127.0.0.1:{port}
}
`)
		g.Env("KRB5_CONFIG", "{dir}/krb5.conf")
		g.Env("KRB5_KDC_PROFILE", "{dir}/kdc.conf")
		g.Do("kdb5_util", "create", "-s", "-P", "none", "-r", "EXAMPLE.NET")
		g.Run("krb5kdc", "-n", "-P", "{dir}/pid")
	},
}

var zabbix = Server{
	Name:      "zabbix",
	Packages:  []string{"zabbix-agent"},
	Endpoints: []Endpoint{{Name: "zabbix", Protocol: "zabbix", Shows: upstream, Ask: "ZBXD\x01\x0d\x00\x00\x00\x00\x00\x00\x00agent.version", Says: "ZBXD\x01"}},
	Recipe: func(g *Ground) {
		g.File("zabbix.conf", `
LogType=console
PidFile={dir}/pid
Server=127.0.0.1
ListenIP=127.0.0.1
ListenPort={port}
StartAgents=2
Hostname=localhost
`)
		g.Run("zabbix_agentd", "-f", "-c", "{dir}/zabbix.conf")
	},
}

var nut = Server{
	Name:      "nut",
	Packages:  []string{"nut-server"},
	Endpoints: []Endpoint{{Name: "nut", Protocol: "nut", Product: "Network UPS Tools upsd", Shows: upstream, Ask: "VER\n", Says: "Network UPS Tools upsd "}},
	Recipe: func(g *Ground) {
		g.File("ups.conf", "")
		g.File("upsd.users", "")
		g.File("upsd.conf", "LISTEN 127.0.0.1 {port}\nALLOW_NO_DEVICE true\n")
		g.Env("NUT_CONFPATH", "{dir}")
		g.Env("NUT_STATEPATH", "{dir}")
		g.Env("NUT_ALTPIDPATH", "{dir}")
		// The one in sbin is a script that asks the system's configuration first.
		g.Run("/lib/nut/upsd", "-F", "-u", "nobody")
	},
}

// gpsd leaves memory for an NTP server to share: in a namespace, nobody finds it.
var gpsd = Server{
	Name:      "gpsd",
	Packages:  []string{"gpsd"},
	Root:      true,
	Endpoints: []Endpoint{{Name: "gpsd", Protocol: "gpsd", Shows: upstream, Says: `{"class":"VERSION","release":"`}},
	Recipe: func(g *Ground) {
		g.Run("unshare", "--ipc", "gpsd", "-N", "-S", "{port}", "-F", "{dir}/control", "-P", "{dir}/pid")
	},
}

var prometheus = Server{
	Name:     "prometheus",
	Packages: []string{"prometheus"},
	Endpoints: []Endpoint{
		{Name: "prometheus", Protocol: "prometheus", Shows: source, Ask: "GET /api/v1/status/buildinfo HTTP/1.0\r\n\r\n", Says: `"version":"`},
	},
	Recipe: func(g *Ground) {
		g.File("prometheus.yml", "global: {}\n")
		g.Run("prometheus", "--config.file={dir}/prometheus.yml", "--storage.tsdb.path={dir}/data", "--web.listen-address=127.0.0.1:{port}")
	},
}

var nodeExporter = Server{
	Name:     "node-exporter",
	Packages: []string{"prometheus-node-exporter"},
	Endpoints: []Endpoint{
		{Name: "node-exporter", Protocol: "prometheus-exporter", Product: "node_exporter", Shows: upstream, Ask: "GET /metrics HTTP/1.0\r\n\r\n", Says: "node_exporter_build_info{"},
	},
	Recipe: func(g *Ground) {
		g.Run("prometheus-node-exporter", "--web.listen-address=127.0.0.1:{port}", "--collector.disable-defaults")
	},
}

// iperf3 reads a cookie of 37 bytes and asks for the parameters with one: 9.
var iperf3 = Server{
	Name:      "iperf3",
	Packages:  []string{"iperf3"},
	Endpoints: []Endpoint{{Name: "iperf3", Protocol: "iperf3", Ask: "portolanportolanportolanportolanport\x00", Says: "\x09"}},
	Recipe:    func(g *Ground) { g.Run("iperf3", "-s", "-B", "127.0.0.1", "-p", "{port}") },
}

// openvpnReset opens a control channel: P_CONTROL_HARD_RESET_CLIENT_V2 with a
// session of eight bytes, which the answer repeats.
const openvpnReset = "\x38portolan\x00\x00\x00\x00\x00"

var openvpn = Server{
	Name:     "openvpn",
	Packages: []string{"openvpn"},
	Endpoints: []Endpoint{
		{Name: "openvpn-udp", Transport: "udp", Protocol: "openvpn", Ask: openvpnReset, Says: "portolan"},
		{Name: "openvpn-tcp", Port: "tcp", Protocol: "openvpn", Ask: "\x00\x0e" + openvpnReset, Says: "portolan"},
	},
	Recipe: func(g *Ground) {
		common := []string{"openvpn", "--dev", "null", "--tls-server", "--ca", "{cert}", "--cert", "{cert}", "--key", "{key}", "--dh", "none", "--local", "127.0.0.1"}
		g.Run(append(common, "--proto", "udp4", "--port", "{port}")...)
		g.Run(append(common, "--proto", "tcp4-server", "--port", "{tcp}")...)
	},
}

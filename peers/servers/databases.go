package servers

import "time"

var redis = Server{
	Name:     "redis",
	Packages: []string{"redis-server"},
	Endpoints: []Endpoint{
		{Name: "redis", Protocol: "redis", Product: "Redis", Shows: upstream, Ask: "INFO server\r\n", Says: "redis_version:"},
		{Name: "redis-tls", Port: "tls", TLS: true, Protocol: "redis", Product: "Redis", Shows: upstream, Ask: "INFO server\r\n", Says: "redis_version:"},
	},
	Recipe: func(g *Ground) {
		g.Run("redis-server", "--bind", "127.0.0.1", "--port", "{port}", "--save", "", "--dir", "{dir}",
			"--tls-port", "{tls}", "--tls-cert-file", "{cert}", "--tls-key-file", "{key}", "--tls-auth-clients", "no", "--tls-ca-cert-file", "{cert}")
	},
}

var memcached = Server{
	Name:      "memcached",
	Packages:  []string{"memcached"},
	Endpoints: []Endpoint{{Name: "memcached", Protocol: "memcached", Shows: upstream, Ask: "version\r\n", Says: "VERSION "}},
	Recipe:    func(g *Ground) { g.Run("memcached", "-l", "127.0.0.1", "-p", "{port}", "-U", "0") },
}

var postgresql = Server{
	Name:      "postgresql",
	Packages:  []string{"postgresql-15"},
	Endpoints: []Endpoint{{Name: "postgresql", Protocol: "postgresql", Ask: "\x00\x00\x00\x08\x00\xff\x00\xff", Says: "unsupported frontend protocol"}},
	Recipe: func(g *Ground) {
		g.Do("/usr/lib/postgresql/*/bin/initdb", "-D", "{dir}/data", "-A", "trust", "--no-sync")
		g.Run("/usr/lib/postgresql/*/bin/postgres", "-D", "{dir}/data", "-p", "{port}", "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories={dir}")
	},
}

var mariadb = Server{
	Name:      "mariadb",
	Packages:  []string{"mariadb-server-core", "mariadb-client-core"},
	Endpoints: []Endpoint{{Name: "mariadb", Protocol: "mysql", Product: "MariaDB", Shows: upstream, Says: "-MariaDB"}},
	Recipe: func(g *Ground) {
		g.Do("mariadb-install-db", "--no-defaults", "--datadir={dir}/data", "--auth-root-authentication-method=normal", "--skip-test-db")
		g.Run("mariadbd", "--no-defaults", "--datadir={dir}/data", "--bind-address=127.0.0.1", "--port={port}", "--socket={dir}/socket", "--pid-file={dir}/pid")
	},
}

// firebirdConnect asks to speak protocol 13 about a database that is not there:
// op_connect of remote/protocol.h. Without a user it is asked for one (op_cont_auth).
const firebirdConnect = "\x00\x00\x00\x01\x00\x00\x00\x13\x00\x00\x00\x03\x00\x00\x00\x01" +
	"\x00\x00\x00\x04none\x00\x00\x00\x01\x00\x00\x00\x00" +
	"\x00\x00\x80\x0d\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x05\x00\x00\x00\x02"

var firebird = Server{
	Name:      "firebird",
	Packages:  []string{"firebird3.0-server"},
	Endpoints: []Endpoint{{Name: "firebird", Protocol: "firebird", Ask: firebirdConnect, Says: "\x00\x00\x00\x5c\x00"}},
	Recipe: func(g *Ground) {
		g.Folder("root", "lock")
		g.File("root/firebird.conf", `
RemoteBindAddress = 127.0.0.1
RemoteServicePort = {port}
RemoteAuxPort = 0
IpcName = portolan{port}
`)
		g.Env("FIREBIRD", "{dir}/root")
		g.Env("FIREBIRD_LOCK", "{dir}/lock")
		g.Env("FIREBIRD_TMP", "{dir}")
		g.Run("firebird")
	},
}

var influxdb = Server{
	Name:     "influxdb",
	Packages: []string{"influxdb"},
	Spare:    []string{"rpc"},
	Endpoints: []Endpoint{
		{Name: "influxdb", Protocol: "influxdb", Shows: source, Ask: "GET /ping HTTP/1.0\r\n\r\n", Says: "X-Influxdb-Version: "},
	},
	Recipe: func(g *Ground) {
		g.File("influxdb.conf", `
reporting-disabled = true
bind-address = "127.0.0.1:{rpc}"
[meta]
dir = "{dir}/meta"
[data]
dir = "{dir}/data"
wal-dir = "{dir}/wal"
[http]
bind-address = "127.0.0.1:{port}"
`)
		g.Run("influxd", "run", "-config", "{dir}/influxdb.conf")
	},
}

const getVersion = "GET /version HTTP/1.0\r\n\r\n"

var etcd = Server{
	Name:     "etcd",
	Packages: []string{"etcd-server"},
	Endpoints: []Endpoint{
		{Name: "etcd", Protocol: "etcd", Shows: upstream, Ask: getVersion, Says: `"etcdserver":"`},
		{Name: "etcd-peer", Port: "peer", Protocol: "etcd", Shows: upstream, Ask: getVersion, Says: `"etcdserver":"`},
	},
	Recipe: func(g *Ground) {
		g.Run("etcd", "--data-dir", "{dir}/data", "--listen-client-urls", "http://127.0.0.1:{port}", "--advertise-client-urls", "http://127.0.0.1:{port}",
			"--listen-peer-urls", "http://127.0.0.1:{peer}", "--initial-advertise-peer-urls", "http://127.0.0.1:{peer}",
			"--initial-cluster", "default=http://127.0.0.1:{peer}", "--unsafe-no-fsync")
	},
}

// zookeeper shows what its build forgot to fill in.
var zookeeper = Server{
	Name:      "zookeeper",
	Packages:  []string{"zookeeper"},
	Patience:  60 * time.Second,
	Endpoints: []Endpoint{{Name: "zookeeper", Protocol: "zookeeper", Product: "Zookeeper", Shows: with(upstream, "-${mvngit.commit.id}"), Ask: "srvr", Says: "Zookeeper version: "}},
	Recipe: func(g *Ground) {
		g.File("zoo.cfg", `
dataDir={dir}/data
clientPort={port}
clientPortAddress=127.0.0.1
admin.enableServer=false
`)
		g.Run("java", "-Xmx128m", "-XX:-UsePerfData", "-cp", "/usr/share/java/zookeeper.jar", "-Dzookeeper.jmx.log4j.disable=true",
			"org.apache.zookeeper.server.quorum.QuorumPeerMain", "{dir}/zoo.cfg")
	},
}

// rootDSE is LDAP's search for what the server says of itself, unbound.
var rootDSE = der(0x30, derInt(1), der(0x63, der(4), der(10, "\x00"), der(10, "\x00"), derInt(0), derInt(0), der(1, "\x00"),
	der(0x87, "objectClass"), der(0x30)))

var slapd = Server{
	Name:     "slapd",
	Packages: []string{"slapd"},
	Endpoints: []Endpoint{
		{Name: "slapd", Protocol: "ldap", Product: "OpenLDAP", Ask: rootDSE, Says: "OpenLDAProotDSE"},
		{Name: "slapd-tls", Port: "tls", TLS: true, Protocol: "ldap", Product: "OpenLDAP", Ask: rootDSE, Says: "OpenLDAProotDSE"},
	},
	Recipe: func(g *Ground) {
		g.Folder("db")
		g.File("slapd.conf", `
include /etc/ldap/schema/core.schema
pidfile {dir}/pid
argsfile {dir}/args
modulepath /usr/lib/ldap
moduleload back_mdb
TLSCertificateFile {cert}
TLSCertificateKeyFile {key}
database mdb
maxsize 1048576
suffix "dc=example,dc=net"
directory {dir}/db
`)
		g.Run("slapd", "-d", "stats", "-f", "{dir}/slapd.conf", "-h", "ldap://127.0.0.1:{port}/ ldaps://127.0.0.1:{tls}/")
	},
}

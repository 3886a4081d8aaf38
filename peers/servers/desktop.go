package servers

import "strings"

var tigervnc = Server{
	Name:      "tigervnc",
	Packages:  []string{"tigervnc-standalone-server"},
	Endpoints: []Endpoint{{Name: "tigervnc", Protocol: "vnc", Says: "RFB 003.008\n"}},
	Recipe: func(g *Ground) {
		// The display has the port's number: no desktop of the machine has that.
		g.Run("Xtigervnc", ":{port}", "-rfbport", "{port}", "-localhost", "-interface", "127.0.0.1", "-SecurityTypes", "None",
			"-nolisten", "unix", "-nolisten", "tcp", "-geometry", "64x64")
	},
}

// rdpRequest asks for a connection with TLS or without (X.224, then MS-RDPBCGR).
const rdpRequest = "\x03\x00\x00\x13\x0e\xe0\x00\x00\x00\x00\x00\x01\x00\x08\x00\x01\x00\x00\x00"

var xrdp = Server{
	Name:      "xrdp",
	Packages:  []string{"xrdp"},
	Root:      true, // its keys are readable by its own user and root
	Endpoints: []Endpoint{{Name: "xrdp", Protocol: "rdp", Ask: rdpRequest, Says: "\x03\x00\x00\x13\x0e\xd0"}},
	Recipe: func(g *Ground) {
		g.File("xrdp.ini", `
[Globals]
ini_version=1
fork=true
port=tcp://127.0.0.1:{port}
security_layer=negotiate
certificate={cert}
key_file={key}
[Logging]
LogFile={dir}/xrdp.log
LogLevel=INFO
EnableSyslog=false
[Xvnc]
name=Xvnc
lib=libvnc.so
username=ask
password=ask
ip=127.0.0.1
port=-1
`)
		// It makes folders in /run, wherever its configuration points.
		g.Run("unshare", "--mount", "sh", "-c", "mount -n -t tmpfs none /run && exec xrdp --nodaemon --config {dir}/xrdp.ini")
	},
}

// twoNumbers is all that CUPS shows: 2.4.2-3+deb12u9 is 2.4.
func twoNumbers(v string) string {
	f := strings.SplitN(upstream(v), ".", 3)
	return strings.Join(f[:min(2, len(f))], ".")
}

var cups = Server{
	Name:      "cups",
	Packages:  []string{"cups-daemon"},
	Root:      true,
	Endpoints: []Endpoint{{Name: "cups", Protocol: "ipp", Product: "CUPS", Shows: twoNumbers, Ask: get, Says: "Server: CUPS/"}},
	Recipe: func(g *Ground) {
		g.Folder("state", "cache", "spool", "tmp", "ssl")
		g.File("cupsd.conf", "Listen 127.0.0.1:{port}\nBrowsing No\nLogLevel warn\nWebInterface Yes\n")
		g.File("cups-files.conf", `
ServerRoot {dir}
StateDir {dir}/state
CacheDir {dir}/cache
RequestRoot {dir}/spool
TempDir {dir}/tmp
ServerKeychain {dir}/ssl
AccessLog {dir}/access.log
ErrorLog {dir}/error.log
PageLog {dir}/page.log
`)
		g.Run("cupsd", "-f", "-c", "{dir}/cupsd.conf", "-s", "{dir}/cups-files.conf")
	},
}

// distccCompile asks for the compilation of an empty file.
const distccCompile = "DIST00000001ARGC00000003ARGV00000002ccARGV00000002-cARGV00000003x.cDOTI00000000"

// distcc says nothing about a compiler that it may not run. These two it may,
// and all that they do is to fail.
var distcc = Server{
	Name:      "distcc",
	Packages:  []string{"distcc"},
	Endpoints: []Endpoint{{Name: "distcc", Protocol: "distcc", Ask: distccCompile, Says: "DONE00000001STAT"}},
	Recipe: func(g *Ground) {
		g.File("compilers", "{dir}/cc\n{dir}/gcc\n")
		g.Do("ln", "-s", "/bin/false", "cc")
		g.Do("ln", "-s", "/bin/false", "gcc")
		g.Env("DISTCC_CMDLIST", "{dir}/compilers")
		g.Run("distccd", "--daemon", "--no-detach", "--listen", "127.0.0.1", "--port", "{port}", "--allow", "127.0.0.1",
			"--log-stderr", "--pid-file", "{dir}/pid", "--jobs", "2")
	},
}

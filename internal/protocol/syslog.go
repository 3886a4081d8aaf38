package protocol

import (
	"bytes"
	"strings"

	"github.com/portolan/portolan"
)

// syslog goes one way: who logs speaks, who collects never answers.
var syslog = Protocol{
	Name: "syslog", Title: "Syslog", Source: "RFC 5424, section 6; RFC 3164, section 4.1; RFC 6587, section 3.4",
	Services: []string{"syslog", "syslog-conn"}, TLSServices: []string{"syslog-tls"},
	Usual:   []uint16{514, 601, 1514, 5140, 6514},
	Opening: openingSyslog,
	Silent:  "a collector of logs only listens",
}

var syslogSeverities = [...]string{"emergency", "alert", "critical", "error", "warning", "notice", "info", "debug"}

var syslogFacilities = [...]string{
	"kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv", "ftp", "ntp", "audit", "alert", "clock",
	"local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7",
}

// openingSyslog recognises "<34>1 2026-11-23T…" and "<34>Nov 23 …". Over TCP
// the length of the message may stand before it.
func openingSyslog(s Said) (Match, bool) {
	b, from := s.Data, 0
	if s.Transport != portolan.UDP {
		if size, n := number(b); n > 0 && size > 4 && len(b) > n && b[n] == ' ' {
			b, from = b[n+1:], n+1
		}
	}
	line, _ := firstLine(b)
	line = bytes.TrimRight(line, "\x00")
	priority, n := syslogPriority(line)
	if n == 0 {
		return Match{}, false
	}
	m := Match{Strength: Hint, Kind: Opening, From: from, To: from + len(line)}.
		with("facility", syslogFacilities[priority/8]).with("severity", syslogSeverities[priority%8])
	rest := line[n:]
	if host, app, ok := syslogHeader(rest); ok {
		m.Strength = Certain
		return m.with("format", "RFC 5424").with("host", host).with("app", app), true
	}
	if syslogDate(rest) {
		m.Strength = Certain
		host, _, _ := strings.Cut(string(rest[16:]), " ")
		return m.with("format", "RFC 3164").with("host", shown([]byte(host))), true
	}
	return m, len(rest) > 0 && printable(rest[:1])
}

// syslogPriority reads "<PRI>", 0 to 191 without leading zeros.
func syslogPriority(b []byte) (v, n int) {
	if len(b) < 3 || b[0] != '<' {
		return 0, 0
	}
	v, n = number(b[1:])
	if n == 0 || n > 3 || v > 191 || n > 1 && b[1] == '0' || len(b) <= 1+n || b[1+n] != '>' {
		return 0, 0
	}
	return v, n + 2
}

// syslogHeader reads "1 TIMESTAMP HOST APP PROCID MSGID SD".
func syslogHeader(b []byte) (host, app string, ok bool) {
	const version, time, name, program, data = 0, 1, 2, 3, 6
	parts := strings.SplitN(string(b), " ", data+1)
	if len(parts) <= data || parts[version] != "1" || parts[data] == "" || parts[data][0] != '-' && parts[data][0] != '[' {
		return "", "", false
	}
	for _, p := range parts[:data] {
		if !words([]byte(p)) {
			return "", "", false
		}
	}
	if t := parts[time]; t != "-" && (len(t) < 20 || t[4] != '-' || t[7] != '-' || t[10] != 'T') {
		return "", "", false
	}
	return strings.TrimPrefix(parts[name], "-"), strings.TrimPrefix(parts[program], "-"), true
}

// syslogDate: "Nov 23 12:45:01 ", a day below ten with two spaces.
func syslogDate(b []byte) bool {
	const months = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"
	if len(b) < 17 || b[3] != ' ' || b[6] != ' ' || b[9] != ':' || b[12] != ':' || b[15] != ' ' || !printable(b[:16]) {
		return false
	}
	return strings.Index(months, string(b[:3]))%4 == 0
}

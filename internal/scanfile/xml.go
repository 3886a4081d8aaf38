package scanfile

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"maps"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/portolan/portolan"
)

// Run is what nmap's XML says of a whole run.
type Run struct {
	Version    string    // of portolan
	Args       string    // behind "portolan "
	Start, End time.Time // End is the zero time where it was interrupted
	Keys       []portolan.Key
}

// Host is what nmap's XML says of one host. Of a row it writes what nmap has a
// place for: key, state, reason, service, method, tunnel, product, version, extra.
type Host struct {
	Addr   netip.Addr
	Name   string // as the user typed it; "" for none
	Rows   []Row
	Others map[Unlisted]int // ports that have no row
}

// Unlisted is what ports without a row have in common.
type Unlisted struct {
	State     State
	Reason    string
	Transport portolan.Transport
}

// ownArgs begins the arguments in what portolan writes. The scanner itself must
// be called nmap: its document type allows no other.
const ownArgs = "portolan "

// nmapNames are the words that readers of nmap's XML know, where portolan's are others.
var nmapNames = map[string]string{
	"dns": "domain", "ike": "isakmp", "kerberos": "kerberos-sec", "mssql": "ms-sql-s", "rdp": "ms-wbt-server", "smb": "microsoft-ds", "tls": "ssl",
	"xmpp": "jabber", "x11": "X11", "cassandra": "cassandra-native", "distcc": "distccd", "shoutcast": "icy",
}

// nmapReasons are nmap's words for reasons of ours.
var nmapReasons = map[string]string{"time-out": "no-response", "datagram": "udp-response", "": "unknown-response"}

// WriteXML writes what nmap -oX would have. The result is well-formed XML 1.0
// whatever the texts hold, and valid by nmap's document type.
func WriteXML(w io.Writer, run Run, hosts []Host) error {
	x := &xmlWriter{w: bufio.NewWriter(w)}
	x.head(run)
	up := 0
	for _, h := range hosts {
		if h.state() == "up" {
			up++
		}
		x.host(h)
	}
	x.tail(run, up, len(hosts))
	return x.w.Flush()
}

// xmlWriter writes elements; the bufio.Writer keeps the first error.
type xmlWriter struct{ w *bufio.Writer }

// tag writes an element with attributes, names and values in turn. Those without
// a value are left out.
func (x *xmlWriter) tag(end, name string, attrs ...string) {
	_, _ = x.w.WriteString("<" + name)
	for i := 0; i+1 < len(attrs); i += 2 {
		if attrs[i+1] != "" {
			_, _ = x.w.WriteString(" " + attrs[i] + `="` + visible(attrs[i+1]) + `"`)
		}
	}
	_, _ = x.w.WriteString(end)
}

const (
	opened = ">"
	empty  = "/>"
	line   = "/>\n"
)

func (x *xmlWriter) head(run Run) {
	_, _ = x.w.WriteString("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE nmaprun>\n")
	x.tag(">\n", "nmaprun", "scanner", "nmap", "args", strings.TrimSpace(ownArgs+run.Args), "start", unix(run.Start), "startstr", nmapTime(run.Start),
		"version", cmp.Or(run.Version, "0"), "xmloutputversion", "1.05")
	for _, t := range []portolan.Transport{portolan.TCP, portolan.UDP} {
		if text, n := services(run.Keys, t); n > 0 {
			kind := map[portolan.Transport]string{portolan.TCP: "connect", portolan.UDP: "udp"}[t]
			x.tag(line, "scaninfo", "type", kind, "protocol", t.String(), "numservices", strconv.Itoa(n), "services", text)
		}
	}
	x.tag(line, "verbose", "level", "0")
	x.tag(line, "debugging", "level", "0")
}

// services writes ports as nmap does: "22,80-90".
func services(keys []portolan.Key, t portolan.Transport) (text string, n int) {
	var ports []uint16
	for _, k := range keys {
		if k.Transport == t {
			ports = append(ports, k.Port)
		}
	}
	slices.Sort(ports)
	ports = slices.Compact(ports)
	var runs []string
	for i := 0; i < len(ports); {
		j := i
		for j+1 < len(ports) && ports[j+1] == ports[j]+1 {
			j++
		}
		runs = append(runs, portolan.Span{First: ports[i], Last: ports[j]}.String())
		i = j + 1
	}
	return strings.Join(runs, ","), len(ports)
}

// state is "up" where anything came back, or something of ours failed for
// reasons that say nothing of the host.
func (h Host) state() string {
	up := func(s State) bool { return s == Open || s == Closed }
	if slices.ContainsFunc(h.Rows, func(r Row) bool { return up(r.State) }) {
		return "up"
	}
	for o, n := range h.Others {
		if n > 0 && up(o.State) {
			return "up"
		}
	}
	return "unknown"
}

func (x *xmlWriter) host(h Host) {
	state := h.state()
	x.tag(opened, "host")
	x.tag(line, "status", "state", state, "reason", map[string]string{"up": "syn-ack", "unknown": "no-response"}[state], "reason_ttl", "0")
	kind := "ipv4"
	if h.Addr.Is6() {
		kind = "ipv6"
	}
	x.tag(line, "address", "addr", h.Addr.WithZone("").String(), "addrtype", kind)
	x.tag(">\n", "hostnames")
	if h.Name != "" {
		x.tag(line, "hostname", "name", h.Name, "type", "user")
	}
	_, _ = x.w.WriteString("</hostnames>\n<ports>")
	x.others(h.Others)
	for _, r := range h.Rows {
		x.port(r)
	}
	_, _ = x.w.WriteString("</ports>\n</host>\n")
}

// others writes the ports that are only counted, an element for each state.
func (x *xmlWriter) others(all map[Unlisted]int) {
	total := map[State]int{}
	for o, n := range all {
		total[o.State] += n
	}
	for _, s := range []State{Closed, Filtered, NoAnswer} {
		if total[s] == 0 {
			continue
		}
		x.tag(">\n", "extraports", "state", nmapState(s), "count", strconv.Itoa(total[s]))
		for _, o := range slices.SortedFunc(maps.Keys(all), func(a, b Unlisted) int {
			return cmp.Or(cmp.Compare(a.Transport, b.Transport), cmp.Compare(a.Reason, b.Reason))
		}) {
			if o.State == s {
				x.tag(line, "extrareasons", "reason", nmapReason(o.Reason), "count", strconv.Itoa(all[o]), "proto", o.Transport.String())
			}
		}
		_, _ = x.w.WriteString("</extraports>\n")
	}
}

func (x *xmlWriter) port(r Row) {
	x.tag(opened, "port", "protocol", r.Key.Transport.String(), "portid", strconv.Itoa(int(r.Key.Port)))
	x.tag(empty, "state", "state", nmapState(r.State), "reason", nmapReason(r.Reason), "reason_ttl", "0")
	if r.Service != "" {
		tunnel := ""
		if r.TLS {
			tunnel = "ssl"
		}
		x.tag(empty, "service", "name", cmp.Or(nmapNames[r.Service], r.Service), "product", r.Product, "version", r.Version, "extrainfo", r.Extra,
			"tunnel", tunnel, "method", string(cmp.Or(r.Method, Guessed)), "conf", strconv.Itoa(min(max(r.Conf, 0), 10)))
	}
	_, _ = x.w.WriteString("</port>\n")
}

func (x *xmlWriter) tail(run Run, up, hosts int) {
	end, exit, problem := run.End, "success", ""
	if end.IsZero() {
		end, exit, problem = run.Start, "error", "interrupted"
	}
	seconds := strconv.FormatFloat(max(0, end.Sub(run.Start).Seconds()), 'f', 2, 64)
	x.tag(opened, "runstats")
	x.tag(empty, "finished", "time", unix(end), "timestr", nmapTime(end), "summary",
		fmt.Sprintf("portolan done at %s; %d IP addresses (%d hosts up) scanned in %s seconds", nmapTime(end), hosts, up, seconds),
		"elapsed", seconds, "exit", exit, "errormsg", problem)
	x.tag(line, "hosts", "up", strconv.Itoa(up), "down", strconv.Itoa(hosts-up), "total", strconv.Itoa(hosts))
	_, _ = x.w.WriteString("</runstats>\n</nmaprun>\n")
}

func unix(t time.Time) string { return strconv.FormatInt(t.Unix(), 10) }

// nmapTime is C's asctime, without its line feed.
func nmapTime(t time.Time) string { return t.UTC().Format(time.ANSIC) }

func nmapState(s State) string {
	switch s {
	case NoAnswer:
		return "open|filtered"
	case Failed:
		return "unknown"
	}
	return string(s)
}

func nmapReason(reason string) string { return cmp.Or(nmapReasons[reason], reason) }

// visible is a text as the value of an attribute. Bytes that are no UTF-8,
// control characters and what shows nothing are written as \xNN and \u{NNNN}:
// XML 1.0 has no place for most of them, and a reader's terminal none for the rest.
func visible(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && n == 1, r < ' ', r == 0x7f:
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case r == '&':
			b.WriteString("&amp;")
		case r == '<':
			b.WriteString("&lt;")
		case r == '>':
			b.WriteString("&gt;")
		case r == '"':
			b.WriteString("&quot;")
		case !unicode.IsGraphic(r):
			fmt.Fprintf(&b, `\u{%04x}`, r)
		default:
			b.WriteRune(r)
		}
		i += n
	}
	return b.String()
}

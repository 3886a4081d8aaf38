package main

import (
	"regexp"
	"strings"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/internal/twin"
)

// RFC 433 and 503 also tabulate which services were found on which hosts of
// the ARPANET: a line with the host's number and name, then a line for each
// socket. What stands there was offered, on its own socket or on another's
// ("conflict with the above scheme"): it witnesses and assigns nothing.

// hostForm tells the lines of hosts from those of their sockets. RFC 433
// indents the second more. RFC 503 changes its indents halfway, but leaves four
// blanks or more behind the number of a socket, and three at most behind a host's.
type hostForm struct {
	host, socket *regexp.Regexp
}

var (
	hosts433 = hostForm{
		host:   regexp.MustCompile(`^ {3}(\d{1,3}) +([A-Z].*)$`),
		socket: regexp.MustCompile(`^ {6}(\d{1,9}) +([A-Z].*)$`),
	}
	hosts503 = hostForm{
		host:   regexp.MustCompile(`^ {3,7}(\d{1,3}) {1,3}([A-Z].*)$`),
		socket: regexp.MustCompile(`^ {7,11}(\d{1,9}) {4,}([A-Z].*)$`),
	}

	// "247 = x'F7' = o'367' TIP RSEXEC Facility"
	socketThrice = regexp.MustCompile(`^ +((\d{1,9}) = x'[0-9A-F]+' = o'[0-7]+') +(\S.*)$`)
	// "1793, 1795, 1797, 1799, 1801, 2049 Graphics terminal sockets", then two
	// lines with the same numbers in hexadecimal and octal.
	socketsList  = regexp.MustCompile(`^ +(\d{1,9}(?:, \d{1,9})+) +(\S.*)$`)
	socketsAgain = regexp.MustCompile(`^ +x?'[0-9A-F]+'`)
)

// listHosts reads one table.
type listHosts struct {
	form   hostForm
	rows   []twin.Row
	left   []Reject
	host   string
	inside bool
}

func readHosts433(text []byte) ([]twin.Row, []Reject, error) { return readHosts(text, hosts433) }

func readHosts503(text []byte) ([]twin.Row, []Reject, error) { return readHosts(text, hosts503) }

// readHosts reads from the last words before the table to the hosts that
// offer nothing or were not asked. Fuzzed by FuzzSocketLists.
func readHosts(text []byte, form hostForm) ([]twin.Row, []Reject, error) {
	l := &listHosts{form: form}
	for _, line := range paginate(text, "RFC ") {
		title := strings.TrimSpace(line.text)
		switch {
		case strings.Contains(title, "sockets [e.g"):
			l.inside = true
		case strings.HasPrefix(title, "Following hosts not tested"), strings.HasPrefix(title, "User only hosts"):
			l.inside = false
		case l.inside:
			l.line(line)
		}
	}
	return l.rows, l.left, nil
}

func (l *listHosts) line(t textLine) {
	if m := l.form.socket.FindStringSubmatch(t.text); m != nil {
		l.seen(t, m[1], m[2], "")
	} else if m := l.form.host.FindStringSubmatch(t.text); m != nil {
		l.host = withoutAddresses(m[2]) + ", host " + m[1]
	} else if m := socketThrice.FindStringSubmatch(t.text); m != nil {
		l.seen(t, m[2], m[3], "printed "+m[1])
	} else if m := socketsList.FindStringSubmatch(t.text); m != nil {
		for n := range strings.SplitSeq(m[1], ", ") {
			l.seen(t, n, m[2], "one of a list, printed again in hexadecimal and octal")
		}
	} else if !socketsAgain.MatchString(t.text) {
		l.left = append(l.left, Reject{t.line, oneLine(t.text), "neither a host nor a socket of one"})
	}
}

func (l *listHosts) seen(t textLine, number, text, remark string) {
	port, err := portolan.ParsePort(number)
	if err != nil {
		l.left = append(l.left, Reject{t.line, oneLine(t.text), err.Error()})
		return
	}
	if l.host == "" {
		l.left = append(l.left, Reject{t.line, oneLine(t.text), "no host before it"})
		return
	}
	l.rows = append(l.rows, twin.Row{Span: portolan.Span{First: port, Last: port}, Transport: portolan.NCP, Status: "seen",
		Description: withoutAddresses(text), Assignee: l.host, Remark: remark, Page: t.page, Line: t.line})
}

package fingerprint

import (
	"bytes"
	"strings"
)

// Product is a program that first words name.
type Product struct {
	Name    string // as it is stated: "masscan/1.3", the whole of a User-Agent; bytes from outside
	Scanner string // a scanner's name from the table; "" where it is none that is known
	Evidence
}

// scanner is one that says who it is.
type scanner struct {
	says   string // in lower case, anywhere in the product
	name   string
	source string
}

const ownWords = "its own words, as it sends them"

// scanners are those that name themselves, in a User-Agent, in SSH's first line or
// in the user name of a remote desktop. The more telling come first.
var scanners = [...]scanner{
	{"masscan/", "masscan", "masscan 1.3.2, src/proto-http.c"},
	{"nmap scripting engine", "nmap", "nmap 7.93, nselib/http.lua"},
	{"nmap-ssh2-hostkey", "nmap", "nmap 7.93, nselib/ssh2.lua"},
	{"nmap-ssh1-hostkey", "nmap", "nmap 7.93, nselib/ssh1.lua"},
	{"zgrab", "zgrab", ownWords},
	{"censysinspect", "censys", ownWords},
	{"expanse, a palo alto networks company", "expanse", ownWords},
	{"internetmeasurement", "internet-measurement", ownWords},
	{"internet-measurement.com", "internet-measurement", ownWords},
	{"netsystemsresearch", "netsystemsresearch", ownWords},
	{"leakix", "leakix", ownWords},
	{"l9explore", "leakix", ownWords},
	{"onyphe", "onyphe", ownWords},
	{"modatscanner", "modat", ownWords},
	{"nuclei - open-source project", "nuclei", ownWords},
	{"httpx - open-source project", "httpx", ownWords},
	{"friendly-scanner", "sipvicious", ownWords},
	{"nikto", "nikto", ownWords},
	{"gobuster/", "gobuster", ownWords},
	{"wpscan", "wpscan", ownWords},
	{"sqlmap/", "sqlmap", ownWords},
	{"fuzz faster u fool", "ffuf", ownWords},
	{"openssh-keyscan", "ssh-keyscan", ownWords},
}

// mostName is how long a stated product may be.
const mostName = 200

// Stated returns the program that first words name; false where they name none.
// It looks where protocols have a place for a name: the User-Agent of HTTP, RTSP
// and SIP, the first line of SSH, the user name of a remote desktop.
func Stated(b []byte) (Product, bool) {
	name, rule := stated(b)
	if name == "" {
		return Product{}, false
	}
	p := Product{Name: name, Evidence: Evidence{Rule: rule, Source: ownWords, Saw: printable(name)}}
	low := strings.ToLower(name)
	for _, s := range scanners {
		if strings.Contains(low, s.says) {
			p.Scanner, p.Source = s.name, s.source
			return p, true
		}
	}
	// A remote desktop's user name is a person's, unless it is a tool's.
	if rule == "rdp-user" {
		if low != "nmap" {
			return Product{}, false
		}
		p.Scanner, p.Source = "nmap", "nmap 7.93, nselib/rdp.lua"
	}
	return p, true
}

func stated(b []byte) (name, rule string) {
	if v, ok := header(b, "user-agent"); ok {
		return clip(v), "user-agent"
	}
	if rest, ok := bytes.CutPrefix(b, []byte("SSH-")); ok {
		if _, software, ok := bytes.Cut(line(rest), []byte("-")); ok {
			return clip(software), "ssh-software"
		}
	}
	if _, rest, ok := bytes.Cut(b, []byte("Cookie: mstshash=")); ok {
		return clip(line(rest)), "rdp-user"
	}
	return "", ""
}

// header returns the value of a field in a message of lines, whose first one is
// not a field.
func header(b []byte, field string) ([]byte, bool) {
	_, rest, ok := bytes.Cut(b, []byte("\n"))
	for ok {
		l := line(rest)
		if len(l) == 0 {
			return nil, false // the head ends
		}
		if name, value, found := bytes.Cut(l, []byte(":")); found && len(name) == len(field) && strings.EqualFold(string(name), field) {
			return bytes.TrimSpace(value), true
		}
		_, rest, ok = bytes.Cut(rest, []byte("\n"))
	}
	return nil, false
}

// line is what stands before the next end of a line.
func line(b []byte) []byte {
	if i := bytes.IndexByte(b, '\n'); i >= 0 {
		b = b[:i]
	}
	return bytes.TrimSuffix(b, []byte("\r"))
}

func clip(b []byte) string { return string(b[:min(len(b), mostName)]) }

// printable shows a text with everything outside 0x20 to 0x7e as a dot.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x20 || r > 0x7e {
			return '.'
		}
		return r
	}, s)
}

package scanfile

import (
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"strconv"
	"strings"
)

// scannerName is what a program may call itself: masscan and portolan write this
// XML too.
var scannerName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_-]{0,31}$`)

// nmapFile is nmap's XML, element by element.
type nmapFile struct {
	*file
	path []string // of the elements that are open
	host Row      // what is known of the host: address, name, MAC
	row  Row      // the port that is being read
	skip bool     // it is none that can be judged
	done bool     // the root was closed
}

// readNmap reads nmap's XML. Fuzzed by FuzzRead.
func (f *file) readNmap() error {
	f.sum.Format, f.sum.Scanner = Nmap, string(Nmap)
	n := &nmapFile{file: f}
	d := xml.NewDecoder(f.src) // knows no entities but XML's own five
	for {
		f.src.piece()
		token, err := d.Token()
		if err == io.EOF && n.done {
			return nil
		}
		if err != nil {
			return n.ended(err)
		}
		if err := n.take(token); err != nil {
			return err
		}
	}
}

// ended tells a file that was cut off from one that is broken.
func (n *nmapFile) ended(err error) error {
	wrong := (*xml.SyntaxError)(nil)
	if n.src.ended && (err == io.EOF || errors.As(err, &wrong) && wrong.Msg == "unexpected EOF") {
		if n.done || len(n.path) > 0 {
			n.early("it ends before nmap's last element does: the scan was stopped")
			return nil
		}
		return n.fault("", errors.New("it is XML, and not nmap's"), "give what nmap -oX wrote")
	}
	if errors.As(err, &wrong) {
		err = errors.New(wrong.Msg)
	}
	return n.fault("", err, "give the file as nmap -oX wrote it")
}

func (n *nmapFile) take(token xml.Token) error {
	switch t := token.(type) {
	case xml.StartElement:
		if len(n.path) == mostDepth {
			return n.fault(t.Name.Local, errDepth, "give the file as nmap -oX wrote it")
		}
		if len(n.path) == 0 && (t.Name.Local != "nmaprun" || n.done) {
			return n.fault(cut(t.Name.Local), errors.New("it is XML, and not nmap's"), "give what nmap -oX wrote")
		}
		n.path = append(n.path, cut(t.Name.Local))
		return n.start(t.Name.Local, attributes(t))
	case xml.EndElement:
		at := n.parent(0)
		n.path = n.path[:len(n.path)-1]
		n.done = len(n.path) == 0
		if at == "port" && n.parent(0) == "ports" && !n.skip {
			return n.give(n.row)
		}
	}
	return nil
}

// parent is the name of the element that is open, or of one around it.
func (n *nmapFile) parent(up int) string {
	if i := len(n.path) - 1 - up; i >= 0 {
		return n.path[i]
	}
	return ""
}

// attributes of an element by their names, those of other namespaces left out.
func attributes(t xml.StartElement) func(string) string {
	return func(name string) string {
		for _, a := range t.Attr {
			if a.Name.Local == name && a.Name.Space == "" {
				return a.Value
			}
		}
		return ""
	}
}

func (n *nmapFile) start(name string, attr func(string) string) error {
	switch name + " in " + n.parent(1) {
	case "nmaprun in ":
		n.sum.Version, n.sum.Args = cut(attr("version")), cut(attr("args"))
		if s := attr("scanner"); scannerName.MatchString(s) {
			n.sum.Scanner = s
		}
		if strings.HasPrefix(n.sum.Args, ownArgs) {
			n.sum.Scanner = string(Portolan)
		}
	case "host in nmaprun":
		n.host = Row{}
	case "address in host":
		return n.address(attr)
	case "hostname in hostnames":
		if n.host.Name == "" || attr("type") == "user" {
			n.host.Name = cut(attr("name"))
		}
	case "extraports in ports":
		if count, err := strconv.ParseUint(attr("count"), 10, 31); err == nil {
			n.sum.Counted += int(count)
		}
	case "port in ports":
		return n.port(attr)
	case "state in port":
		return n.state(attr)
	case "service in port":
		n.service(attr)
	case "script in port", "script in hostscript", "script in prescript", "script in postscript":
		n.sum.Scripts++
	}
	return nil
}

func (n *nmapFile) address(attr func(string) string) error {
	if attr("addrtype") == "mac" {
		n.host.MAC = cut(attr("addr"))
		return nil
	}
	a, err := parseAddr(attr("addr"))
	if err != nil {
		return n.fault("addr", err, "give the file as nmap -oX wrote it")
	}
	if !n.host.Addr.IsValid() {
		n.host.Addr = a
	}
	return nil
}

func (n *nmapFile) port(attr func(string) string) error {
	n.row, n.skip = n.host, false
	n.row.Line = n.src.line
	if attr("protocol") == "ip" { // -sO: it asked for protocols, not for ports
		n.skip = true
		n.sum.NoPort++
		return nil
	}
	if !n.host.Addr.IsValid() {
		return n.fault("address", errors.New("a port of a host without an address"), "give the file as nmap -oX wrote it")
	}
	var err error
	if n.row.Key, err = parseKey(attr("portid"), attr("protocol")); err != nil {
		return n.fault("portid", err, "give the file as nmap -oX wrote it")
	}
	n.row.State = Failed // until its state is read
	return nil
}

func (n *nmapFile) state(attr func(string) string) error {
	if n.skip {
		return nil
	}
	var err error
	if n.row.State, err = parseState(attr("state")); err != nil {
		return n.fault("state", err, "give the file as nmap -oX wrote it")
	}
	n.row.Reason = attr("reason")
	return nil
}

// service takes nmap's word. Its table of numbers is in the same place as what
// it found, and only the method tells them apart.
func (n *nmapFile) service(attr func(string) string) {
	r := &n.row
	r.Service, r.Product, r.Version, r.Extra = attr("name"), attr("product"), attr("version"), attr("extrainfo")
	r.TLS, r.Answered = attr("tunnel") == "ssl", attr("servicefp") != ""
	r.Method = Guessed
	if attr("method") == "probed" {
		r.Method = Probed
	}
	if n.sum.Scanner == string(Masscan) && attr("banner") != "" { // it has no table, and gives no method
		r.Method, r.Extra = Probed, attr("banner")
		r.hear(r.Extra)
	}
	if c, err := strconv.ParseUint(attr("conf"), 10, 4); err == nil && c <= 10 {
		r.Conf = int(c)
	}
}

package protocol

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/portolan/portolan"
)

// HTTP, RTSP, SIP and SSDP write their messages alike: a line of its own, fields
// of "name: value", an empty line, a body. What they share is here.

// mostFields is how many fields of one message are looked at.
const mostFields = 64

// textField is one "name: value" of a message.
type textField struct{ name, value string }

// textReply is an answer with a status line.
type textReply struct {
	version string // "HTTP/1.1"
	status  int
	reason  string
	fields  []textField
	odd     int  // lines among the fields that are none
	ended   bool // by an empty line
	head    int  // how many bytes it has without the body
	body    []byte
}

// parseTextReply reads an answer whose status line begins with magic ("HTTP/1.")
// and a digit: "HTTP/1.1 404 Not Found". The reason may be missing, and so may
// the end of the line.
func parseTextReply(data []byte, magic string) (textReply, bool) {
	if !bytes.HasPrefix(data, []byte(magic)) {
		return textReply{}, false
	}
	line, whole := firstLine(data)
	at := len(magic)
	if len(line) < at+5 || line[at] < '0' || line[at] > '9' || line[at+1] != ' ' {
		return textReply{}, false
	}
	status, n := number(line[at+2:])
	reason := line[at+2+n:]
	if n != 3 || status < 100 || len(reason) > 0 && reason[0] != ' ' || bytes.IndexByte(reason, 0) >= 0 {
		return textReply{}, false
	}
	r := textReply{version: string(line[:at+1]), status: status, reason: strings.TrimSpace(string(reason)), head: len(line)}
	if !whole {
		return r, true
	}
	r.head = bytes.IndexByte(data, '\n') + 1
	var size int
	r.fields, r.odd, size, r.ended = parseTextFields(data[r.head:])
	r.head += size
	r.body = data[r.head:]
	return r, true
}

// parseTextFields reads the fields of a message up to its empty line. A folded line
// belongs to the field before it; a line that is no field is counted as odd.
func parseTextFields(b []byte) (fields []textField, odd, size int, ended bool) {
	for len(b) > size {
		line, whole := firstLine(b[size:])
		if !whole {
			return fields, odd, size, false
		}
		size += bytes.IndexByte(b[size:], '\n') + 1
		if len(line) == 0 {
			return fields, odd, size, true
		}
		name, value, ok := strings.Cut(string(line), ":")
		switch {
		case line[0] == ' ' || line[0] == '\t':
			if n := len(fields); n > 0 {
				fields[n-1].value += " " + strings.TrimSpace(string(line))
			}
		case !ok || !isHTTPToken(name):
			odd++
		case len(fields) < mostFields:
			fields = append(fields, textField{name, strings.TrimSpace(value)})
		}
	}
	return fields, odd, size, false
}

// isHTTPToken reports whether s is a token of RFC 9110, section 5.6.2.
func isHTTPToken(s string) bool {
	for i := range len(s) {
		c := s[i]
		if c <= ' ' || c > '~' || strings.IndexByte("\"(),/:;<=>?@[\\]{}", c) >= 0 {
			return false
		}
	}
	return s != ""
}

// field returns the value of the first field of a name; "" for none.
func (r textReply) field(name string) string { return textFieldOf(r.fields, name) }

func textFieldOf(fields []textField, name string) string {
	for _, f := range fields {
		if strings.EqualFold(f.name, name) {
			return f.value
		}
	}
	return ""
}

// has reports whether there is a field of that name, empty or not.
func (r textReply) has(name string) bool {
	for _, f := range r.fields {
		if strings.EqualFold(f.name, name) {
			return true
		}
	}
	return false
}

// sets reports whether the answer sets a cookie of that name.
func (r textReply) sets(cookie string) bool {
	for _, f := range r.fields {
		if strings.EqualFold(f.name, "Set-Cookie") && strings.HasPrefix(f.value, cookie+"=") {
			return true
		}
	}
	return false
}

// server returns product and version of the Server field where the product is
// the named one; a gateway in front of it may have put its own there.
func (r textReply) server(product string) (string, string, bool) {
	p, v := serverProduct(r.field("Server"))
	if p != product {
		return "", "", false
	}
	return p, v, true
}

// strength is what the grammar of the head alone is worth.
func (r textReply) strength() Strength {
	if len(r.fields) > r.odd {
		return Certain
	}
	return Likely
}

// text returns the body, put together where it came in chunks.
func (r textReply) text() []byte {
	if !strings.EqualFold(r.field("Transfer-Encoding"), "chunked") {
		return r.body
	}
	var all []byte
	for rest := r.body; ; {
		line, whole := firstLine(rest)
		digits, _, _ := bytes.Cut(line, []byte(";"))
		size, err := strconv.ParseUint(string(bytes.TrimSpace(digits)), 16, 16)
		if !whole || err != nil || size == 0 {
			return all
		}
		rest = rest[bytes.IndexByte(rest, '\n')+1:]
		if uint64(len(rest)) < size {
			return append(all, rest...)
		}
		all, rest = append(all, rest[:size]...), bytes.TrimPrefix(rest[size:], []byte("\r\n"))
	}
}

// title returns the title of an HTML page, its white space made single spaces.
func (r textReply) title() string {
	const open, end = "<title", "</title"
	body := r.text()
	lower := bytes.ToLower(body)
	if len(lower) != len(body) { // letters outside ASCII may change their length
		lower = body
	}
	i := bytes.Index(lower, []byte(open))
	if i < 0 {
		return ""
	}
	j := bytes.IndexByte(lower[i:], '>')
	if j < 0 {
		return ""
	}
	i += j + 1
	k := bytes.Index(lower[i:], []byte(end))
	if k < 0 {
		return ""
	}
	return strings.Join(strings.Fields(string(body[i:i+k])), " ")
}

// json returns the scalars of a body that is JSON by their paths
// ("version.number", "paths[]"), of a cut one those that were whole.
func (r textReply) json() map[string]string {
	body := bytes.TrimSpace(r.text())
	if len(body) == 0 || body[0] != '{' {
		return nil
	}
	return jsonScalars(body)
}

// jsonScalars reads as far as b is JSON; of an array it keeps the first scalar.
func jsonScalars(b []byte) map[string]string {
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	all := map[string]string{}
	jsonInto(all, d, "", 8)
	return all
}

// jsonInto reads one value, at most deep levels of it; false where it must end.
func jsonInto(all map[string]string, d *json.Decoder, path string, deep int) bool {
	token, err := d.Token()
	if err != nil || deep == 0 {
		return false
	}
	value := ""
	switch v := token.(type) {
	case json.Delim:
		return jsonMembers(all, d, path, deep, v)
	case string:
		value = v
	case json.Number:
		value = v.String()
	case bool:
		value = strconv.FormatBool(v)
	}
	if _, known := all[path]; !known {
		all[path] = value
	}
	return true
}

func jsonMembers(all map[string]string, d *json.Decoder, path string, deep int, open json.Delim) bool {
	for d.More() {
		at := path + "[]"
		if open == '{' {
			name, err := d.Token()
			key, ok := name.(string)
			if err != nil || !ok {
				return false
			}
			if at = key; path != "" {
				at = path + "." + key
			}
		}
		if !jsonInto(all, d, at, deep-1) {
			return false
		}
	}
	_, err := d.Token()
	return err == nil
}

// serverProduct splits what a Server field says: "nginx/1.22.1",
// "Apache/2.4.62 (Debian)", "Jetty(9.4.50)", "Icecast 2.4.4". Where the field has the form that
// UPnP asks for ("Linux/5.10 UPnP/1.0 MiniDLNA/1.3.0"), the product is the third.
func serverProduct(s string) (product, version string) {
	if _, rest, ok := strings.Cut(s, "UPnP/"); ok {
		if _, third, ok := strings.Cut(rest, " "); ok && strings.TrimSpace(third) != "" {
			s = strings.TrimSpace(third)
		}
	}
	if p, v, ok := strings.Cut(s, "("); ok && strings.HasSuffix(v, ")") && startsVersion(v) && !strings.ContainsAny(p, "/ ") {
		return p, strings.TrimSuffix(v, ")")
	}
	product, rest, slash := strings.Cut(s, "/")
	if p, v, ok := strings.Cut(product, " "); ok && !slash && startsVersion(v) && !strings.Contains(v, " ") {
		return p, v
	}
	if product, _, _ = strings.Cut(product, " ("); !startsVersion(rest) {
		return strings.TrimRight(product, " ,;"), ""
	}
	version = strings.FieldsFunc(rest, func(r rune) bool { return r == ' ' || r == ',' || r == ';' })[0]
	return product, version
}

// httpHost writes a server as a Host field does.
func httpHost(a Ask) string {
	host, _, _ := strings.Cut(a.Host, "%") // a zone is nobody else's business
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if a.Port == 0 || a.Port == 80 || a.Port == 443 {
		return host
	}
	return host + ":" + strconv.Itoa(int(a.Port))
}

// hostField names the host where the user gave it a name. HTTP/1.0 needs none,
// and Redis takes the field for an attack and hangs up.
func hostField(a Ask) string {
	if strings.Trim(a.Host, "0123456789.") == "" || strings.Contains(a.Host, ":") {
		return ""
	}
	return "Host: " + httpHost(a) + "\r\n"
}

// httpGet asks for one path. It is HTTP/1.0, so that the answer comes in one
// piece and the connection ends behind it.
func httpGet(path string) func(Ask) []byte {
	return func(a Ask) []byte {
		return []byte("GET " + path + " HTTP/1.0\r\n" + hostField(a) + "User-Agent: " + a.Agent + "\r\nAccept: */*\r\n\r\n")
	}
}

// textNonce is n bytes of a nonce as text.
func textNonce(nonce Nonce, n int) string { return hex.EncodeToString(nonce[:n]) }

// httpKind says what an answer in HTTP rests on.
func httpKind(s Said) Kind {
	switch {
	case s.Question == "":
		return Banner
	case s.Question == "http-get" || bytes.Contains(s.Asked, []byte(" HTTP/1.")):
		return Handshake
	}
	return ErrorText
}

// overHTTP recognises what is carried by HTTP. know says what an answer states
// of itself; the strength is [Certain] where it does not say otherwise.
func overHTTP(know func(textReply) (Match, bool)) func(Said) (Match, bool) {
	return func(s Said) (Match, bool) {
		r, ok := parseTextReply(s.Data, "HTTP/1.")
		if !ok || s.Transport != portolan.TCP {
			return Match{}, false
		}
		m, ok := know(r)
		if !ok {
			return Match{}, false
		}
		if m.Strength == 0 {
			m.Strength = Certain
		}
		m.Kind, m.To = httpKind(s), len(s.Data)
		return httpFacts(m, r), true
	}
}

// httpFacts adds what an answer states beside its product.
func httpFacts(m Match, r textReply) Match {
	m = m.with("status", strconv.Itoa(r.status)).with("title", r.title()).with("location", r.field("Location"))
	if scheme, rest, _ := strings.Cut(r.field("WWW-Authenticate"), " "); scheme != "" {
		realm, _ := between([]byte(rest), `realm="`, `"`)
		m = m.with("auth", scheme).with("realm", realm)
	}
	m = m.with("powered-by", r.field("X-Powered-By")).with("server", r.field("Server")).with("upgrade", r.field("Upgrade"))
	for _, e := range tlsWanted {
		if r.status == 400 && bytes.Contains(r.body, []byte(e)) {
			return m.with("wants", "tls")
		}
	}
	return m
}

// tlsWanted is what servers say to plain HTTP where they speak TLS only.
var tlsWanted = [...]string{
	"The plain HTTP request was sent to HTTPS port",           // nginx
	"speaking plain HTTP to an SSL-enabled server port",       // Apache
	"Client sent an HTTP request to an HTTPS server.",         // Go
	"This combination of host and port requires TLS.",         // Tomcat
	"This web server is running in SSL mode",                  // MiniServ
	"Instead use the HTTPS scheme to access this URL, please", // Apache
}

// textRequest is a client's "GET /path HTTP/1.1".
type textRequest struct {
	method, target string
	fields         []textField
	ended          bool
	line, head     int // bytes of the line, of line and fields
}

// parseTextRequest reads a request whose line ends with the given version
// (" HTTP/1."), a digit and the line's end.
func parseTextRequest(data []byte, version string) (textRequest, bool) {
	line, whole := firstLine(data)
	at := len(line) - len(version) - 1
	if !whole || at < 3 || !printable(line) || string(line[at:len(line)-1]) != version || line[len(line)-1] < '0' || line[len(line)-1] > '9' {
		return textRequest{}, false
	}
	method, target, ok := strings.Cut(string(line[:at]), " ")
	if !ok || !isHTTPToken(method) || len(method) > 24 || target == "" || strings.ContainsRune(target, ' ') {
		return textRequest{}, false
	}
	q := textRequest{method: method, target: target, line: len(line)}
	start := bytes.IndexByte(data, '\n') + 1
	fields, odd, size, ended := parseTextFields(data[start:])
	if odd > len(fields) {
		return textRequest{}, false
	}
	q.fields, q.ended, q.head = fields, ended, start+size
	return q, true
}

// opening makes the match of a client's request.
func (q textRequest) opening() Match {
	m := Match{Strength: Likely, Kind: Opening, To: q.head}
	if q.ended || len(q.fields) > 0 {
		m.Strength = Certain
	}
	return m.with("method", q.method).with("path", q.target).with("host", textFieldOf(q.fields, "Host")).with("user-agent", textFieldOf(q.fields, "User-Agent"))
}

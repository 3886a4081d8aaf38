package protocol

import (
	"bytes"
	"strings"
)

// ftp greets with 220, or refuses with 421, as mail servers do: only a product's
// name, the word itself, or what a server says to a command before the login
// tells them apart.
var ftp = Protocol{
	Name: "ftp", Title: "FTP", Source: "RFC 959, sections 4.2 and 5.4; RFC 2389; RFC 4217", TCPOnly: true,
	Services: []string{"ftp"}, TLSServices: []string{"ftps"},
	Usual:   []uint16{21, 990, 2121},
	Answer:  answerFTP,
	Opening: openingFTP,
	Questions: []Question{
		// What a server can do it says before the login, and AUTH TLS is among it.
		{Name: "ftp-feat", After: []string{"ftp"}, Waits: true, InTLS: true, Bytes: fixed("FEAT\r\n")},
	},
}

// ftpProducts are how servers call themselves in their greeting.
var ftpProducts = []string{
	"vsFTPd", "ProFTPD", "Pure-FTPd", "FileZilla Server", "Microsoft FTP Service", "bftpd", "pyftpdlib", "Serv-U FTP Server", "Serv-U", "NcFTPd Server",
	"NcFTPd", "Gene6 FTP Server", "WS_FTP Server", "Titan FTP Server", "CrushFTP Server", "CrushFTP", "uftpd", "SwiFTP", "Cerberus FTP Server",
	"zFTPServer", "Wing FTP Server", "Xlight FTP Server", "Xlight Server", "glFTPd", "DrFTPD", "Golden FTP Server", "BulletProof FTP Server",
	"Sambar FTP Server", "War-FTPD", "GuildFTPd", "SlimFTPd", "RaidenFTPD", "CompleteFTP", "Core FTP Server", "Syncplify", "SFTPGo",
	"Quick 'n Easy FTP Server", "Home Ftp Server", "IBM FTP CS", "Nucleus FTP Server", "NASFTPD Turbo station", "TwinFTP", "BetaFTPD", "publicfile",
}

// ftpReplies are replies that no mail or news server gives: the commands of a
// login, the connection that FTP has two of, and vsftpd's cry.
var ftpReplies = []struct {
	code int
	text string
}{
	{530, "Please login with USER and PASS"}, {530, "Please log in with USER and PASS"}, {530, "You must login first with USER and PASS"},
	{503, "Login with USER first"}, {331, "Please specify the password"}, {500, "OOPS: "}, {220, "Service ready for new user"},
	{421, "Service not available, closing control connection"}, {500, "HTTP command: ["},
	{221, "Service closing control connection"}, {421, "There are too many connections from your internet address"},
	{421, "There are too many connected users, please try later"},
	{530, "Sorry, the maximum number of clients"}, {530, "Sorry, the maximum number of connections"},
}

func answerFTP(s Said) (Match, bool) {
	first, ok := greeting(s.Data)
	if !ok {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: errorOrBanner(s), To: lineEnd(s.Data)}
	if first.code == 211 {
		return ftpFeatures(s, first, m)
	}
	if first.code == 220 || first.code == 120 || first.code == 421 || first.code == 530 {
		if greets, sure := ftpGreeting(first); greets {
			m.Product, m.Version = ftpProduct(first.all())
			m.Kind = Banner
			if m.Product == "" && !sure && !ftpRefuses(replies(s.Data)[1:]) {
				m.Strength = Likely
			}
			return m.with("text", first.text()), true
		}
	}
	for _, r := range replies(s.Data) {
		for _, f := range ftpReplies {
			if r.code == f.code && strings.HasPrefix(r.text(), f.text) {
				if f.text == "OOPS: " && strings.HasPrefix(r.text(), "OOPS: vsftpd: ") {
					m.Product = "vsftpd"
				}
				if strings.HasPrefix(r.text(), "OOPS: error:") {
					m.Strength = Hint // TLS was expected: what is inside says more
				}
				return m.with("text", r.text()), true
			}
		}
	}
	if foreign(s) && ftpRefuses(replies(s.Data)) {
		m.Strength = Likely
		return m, true
	}
	return Match{}, false
}

// ftpGreeting reports whether a reply is a greeting of FTP's, and whether that is
// sure: a product's name, or the words "FTP server".
func ftpGreeting(r reply) (greets, sure bool) {
	all := r.all()
	if _, _, ok := named(all, ftpProducts); ok {
		return true, true
	}
	if hasWord(all, "SMTP", "ESMTP", "LMTP", "TFTP", "NNTP") || r.code == 530 {
		return false, false
	}
	upper := strings.ToUpper(all)
	return hasWord(all, "FTP", "FTPD", "FTPS"), hasAny(upper, "FTP SERVER", "FTP SERVICE", "FTPD")
}

// ftpProduct is who a greeting says that it is: by a known name, or between the
// brackets of "FTP server (GNU inetutils 2.4) ready".
func ftpProduct(all string) (product, version string) {
	if p, v, ok := named(all, ftpProducts); ok {
		return p, v
	}
	inside, ok := between([]byte(all), "FTP server (", ")")
	if !ok {
		return "", ""
	}
	if v, ok := strings.CutPrefix(inside, "Version "); ok {
		return ftpVersion(v)
	}
	i := strings.LastIndexByte(inside, ' ')
	if v := inside[i+1:]; i > 0 && isVersion(v) {
		return inside[:i], v
	}
	return "", ""
}

// ftpVersion splits what BSD's descendants write behind the word Version:
// "6.4/OpenBSD/Linux-ftpd-0.17", "wu-2.6.2(1) Mon…".
func ftpVersion(s string) (product, version string) {
	if v, ok := strings.CutPrefix(s, "wu-"); ok {
		v, _, _ = strings.Cut(v, "(")
		return "wu", versionAt(v)
	}
	return "", versionAt(s)
}

// ftpRefuses reports whether a server takes the lines of an HTTP request for
// commands that it does not understand, in words that mail servers do not use.
func ftpRefuses(rs []reply) bool {
	for _, r := range rs {
		text := r.text()
		switch {
		case r.code == 530 && hasAny(text, "USER and PASS", "Please login", "Not logged in", "Please log in"):
			return true
		case (r.code == 500 || r.code == 502) && (strings.HasSuffix(strings.TrimSuffix(text, "."), " not understood") ||
			strings.HasSuffix(text, "': command not understood") || strings.HasSuffix(text, "': command not recognized")):
			return true
		}
	}
	return false
}

// ftpFeatures reads the answer to FEAT: lines that begin with a space, each a
// command or an option of one.
func ftpFeatures(s Said, r reply, m Match) (Match, bool) {
	known, tls := 0, ""
	for _, line := range r.lines[1:] {
		word, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch strings.ToUpper(word) {
		case "MDTM", "SIZE", "EPSV", "EPRT", "PASV", "UTF8", "MLST", "REST", "TVFS", "MFMT", "PBSZ", "PROT", "CLNT":
			known++
		case "AUTH":
			known++
			tls = strings.TrimSpace(tls + " " + rest)
		}
	}
	if known == 0 {
		return Match{}, false
	}
	m.Kind, m.To = Handshake, len(s.Data)
	if known == 1 {
		m.Strength = Likely
	}
	return m.with("auth", tls), true
}

// openingFTP recognises a client that does not wait to be greeted. USER is POP3's
// too, but for the name that nobody has a mailbox under.
func openingFTP(s Said) (Match, bool) {
	line, whole := firstLine(s.Data)
	if !whole || !printable(line) {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: Opening, To: len(line)}
	switch upper := bytes.ToUpper(line); {
	case string(upper) == "FEAT", string(upper) == "SYST", string(upper) == "USER ANONYMOUS":
		m.Strength = Likely
	case string(upper) == "AUTH TLS", string(upper) == "AUTH SSL", string(upper) == "AUTH TLS-C":
	default:
		return Match{}, false
	}
	return m.with("command", string(line)), true
}

package protocol

import "strings"

// ftp greets with 220, or refuses with 421, as mail servers do: only a product's
// name, the word itself, or its answer to a command that is none tells them apart.
var ftp = Protocol{
	Name: "ftp", Title: "FTP", Source: "RFC 959, sections 4.2 and 5.4", TCPOnly: true,
	Services: []string{"ftp"}, TLSServices: []string{"ftps"},
	Usual:  []uint16{21, 990, 2121},
	Answer: answerFTP,
}

// ftpProducts are how servers call themselves in their greeting.
var ftpProducts = []string{
	"vsFTPd", "ProFTPD", "Pure-FTPd", "FileZilla Server", "Microsoft FTP Service", "bftpd", "pyftpdlib", "Serv-U", "wu-ftpd", "NcFTPd",
	"Gene6 FTP Server", "WS_FTP Server", "Titan FTP Server", "CrushFTP", "uftpd", "SwiFTP", "Cerberus FTP Server", "zFTPServer", "GNU inetutils",
}

func answerFTP(s Said) (Match, bool) {
	code, text, _, whole := codedLine(s.Data)
	if !whole || !textual(s.Data) {
		return Match{}, false
	}
	line, _ := firstLine(s.Data)
	m := Match{Strength: Certain, Kind: Banner, To: len(line)}
	all := string(s.Data)
	if product, version, ok := named(all, ftpProducts); ok && (code == 220 || code == 421) {
		m.Product, m.Version = product, version
		return m.with("text", text), true
	}
	switch upper := strings.ToUpper(text); {
	case code == 220 && strings.Contains(upper, "FTP") && !strings.Contains(upper, "SMTP") && !strings.Contains(upper, "TFTP"):
		m.Strength = Likely
	case code == 530 && (strings.HasPrefix(text, "Please login with USER and PASS") || strings.HasPrefix(text, "Not logged in")):
		m.Kind, m.Strength = ErrorText, Likely
	default:
		return Match{}, false
	}
	return m.with("text", text), true
}

package sentinel

import "slices"

// greeting is what servers of a protocol say first, with nothing that promises
// anything or names a product.
type greeting struct {
	services []string // registered names
	text     string
}

// greetings are those of protocols in which the server speaks first.
var greetings = []greeting{
	{[]string{"ssh"}, "SSH-2.0-portolan\r\n"},                              // RFC 4253, section 4.2
	{[]string{"ftp"}, "220 FTP server ready\r\n"},                          // RFC 959, section 5.4
	{[]string{"smtp", "submission"}, "220 localhost ESMTP\r\n"},            // RFC 5321, section 4.2
	{[]string{"pop3"}, "+OK POP3 ready\r\n"},                               // RFC 1939, section 4
	{[]string{"imap"}, "* OK IMAP4rev1 ready\r\n"},                         // RFC 3501, section 7.1.1
	{[]string{"nntp"}, "200 NNTP ready\r\n"},                               // RFC 3977, section 5.1
	{[]string{"rfb"}, "RFB 003.008\n"},                                     // RFC 6143, section 7.1.1
	{[]string{"rsync"}, "@RSYNCD: 31.0\n"},                                 // rsync, its own protocol
	{[]string{"telnet", "telnets"}, "\xff\xfd\x18\xff\xfd\x1f\r\nlogin: "}, // RFC 854, RFC 1091, RFC 1073
	{[]string{"mysql"}, "\x16\x00\x00\x00\xff\x6a\x04Host is not allowed"}, // MySQL, ERR_Packet: nobody may log in
}

// GreetingOf returns what a port's service says first, by its registered names;
// nil where its clients speak first, or it is not known.
func GreetingOf(services []string) []byte {
	for _, g := range greetings {
		for _, s := range g.services {
			if slices.Contains(services, s) {
				return []byte(g.text)
			}
		}
	}
	return nil
}

package protocol

// lhlo greets a server of LMTP.
const lhlo = "LHLO [127.0.0.1]\r\n"

// lmtp is SMTP for a mailbox's last step, with another first word.
var lmtp = Protocol{
	Name: "lmtp", Title: "LMTP", Source: "RFC 2033, section 4",
	Usual:   []uint16{24},
	Answer:  func(s Said) (Match, bool) { return mailAnswer(s, true) },
	Opening: openingMail("LHLO"),
	Questions: []Question{
		// Dovecot's greeting does not say which of the two it is.
		{Name: "lmtp-lhlo", When: AtHome, Rank: 90, Waits: true, Bytes: fixed(lhlo)},
	},
}

package protocol

import "github.com/portolan/portolan"

// kpasswd changes a password, with a ticket that a stranger has not. A request
// that is none is answered with Kerberos' own error inside its frame.
var kpasswd = Protocol{
	Name: "kpasswd", Title: "Kerberos change password", Source: "RFC 3244, section 2",
	Services: []string{"kpasswd"},
	Usual:    []uint16{464},
	Answer:   answerKpasswd,
	Opening:  openingKpasswd,
}

// kpasswdFrame takes its length, its version, and the ticket's message with its
// own length; over TCP from behind another length.
func kpasswdFrame(s Said) (version int, ticket, rest []byte, ok bool) {
	c := cursor{b: s.Data}
	if s.Transport != portolan.UDP {
		if size := c.be32(); int64(size) != int64(len(c.b)) {
			return 0, nil, nil, false
		}
	}
	whole := len(c.b)
	size := c.be16()
	version = c.be16()
	ticket = c.part16()
	return version, ticket, c.b, !c.lost && size == whole
}

// answerKpasswd reads a reply: AP-REP, then KRB-PRIV; or nothing, then KRB-ERROR.
func answerKpasswd(s Said) (Match, bool) {
	version, ticket, rest, ok := kpasswdFrame(s)
	message, inside := berElement(rest)
	if !ok || !inside || version != 1 || len(message.rest) > 0 {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: Handshake, To: len(s.Data)}
	if len(ticket) == 0 {
		fields, ok := kerberosFields(message, 0x7e, 0, 30)
		m.Kind = ErrorText
		return m.with("realm", kerberosText(fields[9])), ok
	}
	reply, ok := berElement(ticket)
	if !ok {
		return Match{}, false
	}
	_, isReply := kerberosFields(reply, 0x6f, 0, 15)
	_, isPrivate := kerberosFields(message, 0x75, 0, 21)
	return m, isReply && isPrivate
}

// openingKpasswd recognises a request: AP-REQ, then KRB-PRIV. Version 1 changes
// one's own password, 0xff80 sets another's.
func openingKpasswd(s Said) (Match, bool) {
	version, ticket, rest, ok := kpasswdFrame(s)
	request, ok1 := berElement(ticket)
	message, ok2 := berElement(rest)
	if !ok || !ok1 || !ok2 || version != 1 && version != 0xff80 {
		return Match{}, false
	}
	_, isRequest := kerberosFields(request, 0x6e, 0, 14)
	_, isPrivate := kerberosFields(message, 0x75, 0, 21)
	wanted := map[int]string{1: "change", 0xff80: "set"}[version]
	return Match{Strength: Certain, Kind: Opening, To: len(s.Data)}.with("request", wanted), isRequest && isPrivate
}

package visit

import "slices"

// Telnet is the listening side of TELNET, as far as it takes to learn the
// terminal type of a client: it offers nothing, accepts nothing else, prints no
// prompt, and lets nobody in. What it returns is all that may be sent. The zero
// value is ready.
type Telnet struct {
	terminals []string
	held      []byte    // a command that is not whole yet
	refused   [256]byte // what was refused once is not refused again (RFC 854)
	asks      int
	replies   int
	done      bool
}

const (
	// mostHeld bounds a command that does not end.
	mostHeld = 1024
	// mostAsks bounds how often a client is asked for another name of its terminal.
	mostAsks = 8
	// mostReplies bounds what a client can make us send, each of six bytes at most.
	mostReplies = 48
)

// What is refused, as bits.
const (
	refusedWill = 1 << iota
	refusedDo
)

// Start returns what to send first: IAC DO TERMINAL-TYPE (RFC 1091).
func (t *Telnet) Start() []byte { return []byte{iac, do, terminalType} }

// Terminals are the names that the client gave, in order; bytes from outside.
func (t *Telnet) Terminals() []string { return slices.Clone(t.terminals) }

// Done reports whether there is nothing more to learn.
func (t *Telnet) Done() bool { return t.done }

// Hear takes what the client said next, cut anywhere, and returns what to send;
// nil for nothing. Text is read over.
func (t *Telnet) Hear(b []byte) (send []byte) {
	b = append(t.held, b...)
	t.held = nil
	for i := 0; i < len(b); {
		if b[i] != iac {
			i++
			continue
		}
		end := negotiationEnd(b, i)
		if !wholeCommand(b[i:end]) {
			if end-i <= mostHeld {
				t.held = slices.Clone(b[i:end])
			}
			break
		}
		send = append(send, t.answer(b[i:end])...)
		i = end
	}
	return send
}

func wholeCommand(b []byte) bool {
	switch {
	case len(b) < 2:
		return false
	case b[1] == telnetSB:
		return len(b) >= 5 && b[len(b)-1] == telnetSE && b[len(b)-2] == iac
	case b[1] >= will && b[1] <= dont:
		return len(b) == 3
	}
	return true
}

// answer is what one whole command is answered with.
func (t *Telnet) answer(command []byte) []byte {
	if t.replies >= mostReplies {
		t.done = true
		return nil
	}
	var reply []byte
	switch p := partOf(command); {
	case p.Verb == "WILL" && command[2] == terminalType:
		reply = t.ask()
	case p.Verb == "WONT" && command[2] == terminalType:
		t.done = true
	case p.Verb == "WILL":
		reply = t.refuse(dont, command[2], refusedWill)
	case p.Verb == "DO":
		reply = t.refuse(wont, command[2], refusedDo)
	case p.terminal() != "":
		reply = t.named(p.terminal())
	}
	if reply != nil {
		t.replies++
	}
	return reply
}

func (t *Telnet) refuse(verb, option, once byte) []byte {
	if t.refused[option]&once != 0 {
		return nil
	}
	t.refused[option] |= once
	return []byte{iac, verb, option}
}

// ask asks for the next name: IAC SB TERMINAL-TYPE SEND IAC SE.
func (t *Telnet) ask() []byte {
	if t.asks++; t.asks > mostAsks || t.done {
		t.done = true
		return nil
	}
	return []byte{iac, telnetSB, terminalType, 1, iac, telnetSE}
}

// named takes a name. A client goes through its names and repeats the last one
// (RFC 1091), which ends the asking.
func (t *Telnet) named(name string) []byte {
	if t.done || slices.Contains(t.terminals, name) {
		t.done = true
		return nil
	}
	t.terminals = append(t.terminals, name)
	return t.ask()
}

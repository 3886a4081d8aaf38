package packet

import (
	"encoding/binary"
	"iter"
)

// takeTCP reads a TCP header (RFC 9293, section 3.1).
func (p *Packet) takeTCP(b []byte) {
	if !p.takePorts(b) || len(b) < 8 {
		return
	}
	p.Seq, p.Known = binary.BigEndian.Uint32(b[4:]), Sequence
	if len(b) < 20 {
		return
	}
	p.Ack = binary.BigEndian.Uint32(b[8:])
	p.Flags = Flags(b[13]) | Flags(b[12]&1)<<8
	p.Window = binary.BigEndian.Uint16(b[14:])
	p.Urgent = binary.BigEndian.Uint16(b[18:])
	p.HeaderSize = int(b[12]>>4) * 4
	if p.HeaderSize < 20 {
		return // an impossible length: where the payload begins can't be told
	}
	p.Options = b[20:min(len(b), p.HeaderSize)]
	p.takeOptions()
	p.behind(b, p.HeaderSize)
}

// Kinds of TCP options.
const (
	EndOfOptions  = 0
	NoOperation   = 1
	MaximumSize   = 2
	ScaleWindow   = 3
	SACKPermitted = 4
	SACK          = 5
	Timestamps    = 8
)

// optionSizes are the sizes that options must have; 0 is any from 2 on.
var optionSizes = [...]uint8{MaximumSize: 4, ScaleWindow: 3, SACKPermitted: 2, Timestamps: 10}

// takeOptions takes the values of the options that say most of a system.
func (p *Packet) takeOptions() {
	for kind, value := range EachOption(p.Options) {
		switch kind {
		case MaximumSize:
			p.MSS, p.Has = binary.BigEndian.Uint16(value), p.Has|HasMSS
		case ScaleWindow:
			p.WindowScale, p.Has = value[0], p.Has|HasWindowScale
		case SACKPermitted:
			p.Has |= HasSACKPermitted
		case Timestamps:
			p.Timestamp, p.Echo = binary.BigEndian.Uint32(value), binary.BigEndian.Uint32(value[4:])
			p.Has |= HasTimestamp
		case brokenOption:
			p.Has |= BadOptions
		}
	}
}

// brokenOption is the kind that [EachOption] gives for what is no option.
const brokenOption = -1

// EachOption walks through TCP options: kind, and value without kind and length.
// The value of the end of the list (kind 0) is what is behind it. An option that
// breaks off or has a length that it can't have is of kind -1, with all that is
// left, and the last.
func EachOption(b []byte) iter.Seq2[int, []byte] {
	return func(yield func(int, []byte) bool) {
		for len(b) > 0 {
			kind, size := int(b[0]), 1
			if kind == EndOfOptions {
				yield(kind, b[1:])
				return
			}
			if kind != NoOperation {
				if size = optionSize(b); size == 0 {
					yield(brokenOption, b)
					return
				}
			}
			if !yield(kind, b[min(2, size):size]) {
				return
			}
			b = b[size:]
		}
	}
}

// optionSize is how long the first option is; 0 where it can't be.
func optionSize(b []byte) int {
	if len(b) < 2 || b[1] < 2 || int(b[1]) > len(b) {
		return 0
	}
	if int(b[0]) < len(optionSizes) && optionSizes[b[0]] != 0 && b[1] != optionSizes[b[0]] {
		return 0
	}
	return int(b[1])
}

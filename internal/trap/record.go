package trap

import (
	"encoding/binary"
	"fmt"
	"time"
)

// recordHead is what stands before the packet in a record of the ring, in the
// byte order of this machine: struct record of bpf/watch.c.
const recordHead = 24

// decodeRecord reads a record into e, all but the name of the interface and the
// moment, which it returns as an index and as the time since boot.
func decodeRecord(b []byte, e *Event) (index uint32, since time.Duration, err error) {
	if len(b) < recordHead {
		return 0, 0, fmt.Errorf("a record of %d bytes", len(b))
	}
	kept := int(binary.NativeEndian.Uint16(b[16:]))
	if len(b) < recordHead+kept {
		return 0, 0, fmt.Errorf("a record of %d bytes that says it holds a packet of %d", len(b), kept)
	}
	e.Length = int(binary.NativeEndian.Uint32(b[12:]))
	e.Why = Why(b[18])
	e.Answered = b[19] != 0
	e.Packet = append(e.Packet[:0], b[recordHead:recordHead+kept]...)
	return binary.NativeEndian.Uint32(b[8:]), time.Duration(binary.NativeEndian.Uint64(b)), nil
}

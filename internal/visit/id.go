package visit

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"time"
)

// ids makes identifiers of the form of RFC 9562's UUID, version 7: they sort by
// the time of a visit's first packet, to the millisecond.
type ids struct {
	seed [16]byte // from outside, so that two processes differ
	n    uint64
}

func (s *ids) next(first time.Time) string {
	s.n++
	var b [24]byte
	copy(b[:], s.seed[:])
	binary.BigEndian.PutUint64(b[16:], s.n)
	sum := sha256.Sum256(b[:])
	var u [16]byte
	copy(u[:], sum[:16])
	ms := uint64(max(0, first.UnixMilli()))
	binary.BigEndian.PutUint16(u[:], uint16(ms>>32))
	binary.BigEndian.PutUint32(u[2:], uint32(ms))
	// Those of one millisecond sort by their number.
	binary.BigEndian.PutUint16(u[6:], 7<<12|uint16(s.n&0xfff))
	u[8] = u[8]&0x3f | 0x80
	h := hex.EncodeToString(u[:])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

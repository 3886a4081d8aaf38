package protocol

import "bytes"

// Bytes from a peer are matched as bytes: Go's regexp reads UTF-8, and its
// `\xff` never matches the byte 0xff.

// firstLine returns the first line of data without its end, and whether the end
// was there. A carriage return before the line feed belongs to the end.
func firstLine(data []byte) (line []byte, whole bool) {
	i := bytes.IndexByte(data, '\n')
	if i < 0 {
		return data, false
	}
	return bytes.TrimSuffix(data[:i], []byte("\r")), true
}

// printable reports whether b holds nothing but printable ASCII and spaces.
func printable(b []byte) bool {
	for _, c := range b {
		if c < ' ' || c > '~' {
			return false
		}
	}
	return true
}

// number reads decimal digits at the start of b; n is how many there were, at most 9.
func number(b []byte) (v, n int) {
	for n < len(b) && n < 9 && b[n] >= '0' && b[n] <= '9' {
		v = v*10 + int(b[n]-'0')
		n++
	}
	return v, n
}

// between returns what stands in b behind the first pre and before the next
// post; false where one of them is missing.
func between(b []byte, pre, post string) (string, bool) {
	i := bytes.Index(b, []byte(pre))
	if i < 0 {
		return "", false
	}
	rest := b[i+len(pre):]
	j := bytes.Index(rest, []byte(post))
	if j < 0 {
		return "", false
	}
	return string(rest[:j]), true
}

// be16, be24, be32, le16 and le32 read an unsigned number at offset i; 0 and
// false where b is too short.
func be16(b []byte, i int) (int, bool) {
	if i < 0 || len(b) < i+2 {
		return 0, false
	}
	return int(b[i])<<8 | int(b[i+1]), true
}

func be24(b []byte, i int) (int, bool) {
	if i < 0 || len(b) < i+3 {
		return 0, false
	}
	return int(b[i])<<16 | int(b[i+1])<<8 | int(b[i+2]), true
}

func be32(b []byte, i int) (uint32, bool) {
	if i < 0 || len(b) < i+4 {
		return 0, false
	}
	return uint32(b[i])<<24 | uint32(b[i+1])<<16 | uint32(b[i+2])<<8 | uint32(b[i+3]), true
}

func le16(b []byte, i int) (int, bool) {
	if i < 0 || len(b) < i+2 {
		return 0, false
	}
	return int(b[i]) | int(b[i+1])<<8, true
}

func le32(b []byte, i int) (uint32, bool) {
	if i < 0 || len(b) < i+4 {
		return 0, false
	}
	return uint32(b[i]) | uint32(b[i+1])<<8 | uint32(b[i+2])<<16 | uint32(b[i+3])<<24, true
}

package protocol

import "bytes"

// LDAP and Kerberos write their messages in BER (X.690), in elements of a tag, a
// definite length and a value. Tags above 30 are in neither.

// element is one of them.
type element struct {
	tag   byte
	value []byte
	rest  []byte // what stands behind it
	size  int    // of all of it, tag and length included
}

// berElement takes the first element of b; false where it is not whole or has a
// length of more than three bytes.
func berElement(b []byte) (element, bool) {
	if len(b) < 2 || b[0]&0x1f == 0x1f {
		return element{}, false
	}
	n, at := int(b[1]), 2
	if n >= 0x80 {
		k := n & 0x7f
		if k == 0 || k > 4 || len(b) < 2+k {
			return element{}, false
		}
		// Active Directory writes all lengths with four bytes.
		if n = 0; k == 4 && b[2] != 0 {
			return element{}, false
		}
		for _, c := range b[2 : 2+k] {
			n = n<<8 | int(c)
		}
		at += k
	}
	if n > len(b)-at {
		return element{}, false
	}
	return element{b[0], b[at : at+n], b[at+n:], at + n}, true
}

// berInside takes the first element of b where it has the given tag; false too
// where it does not.
func berInside(b []byte, tag byte) (element, bool) {
	e, ok := berElement(b)
	return e, ok && e.tag == tag
}

// berSmall reads an INTEGER or ENUMERATED of at most four bytes.
func berSmall(e element) (int, bool) {
	if e.tag != 0x02 && e.tag != 0x0a || len(e.value) == 0 || len(e.value) > 4 || e.value[0] >= 0x80 {
		return 0, false
	}
	v := 0
	for _, c := range e.value {
		v = v<<8 | int(c)
	}
	return v, true
}

// ber writes an element.
func ber(tag byte, parts ...[]byte) []byte {
	value := bytes.Join(parts, nil)
	if len(value) < 0x80 {
		return append([]byte{tag, byte(len(value))}, value...)
	}
	return append([]byte{tag, 0x82, byte(len(value) >> 8), byte(len(value))}, value...)
}

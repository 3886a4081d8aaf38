package servers

// der is a value of ASN.1's DER: a tag, a length, and the parts.
func der(tag byte, parts ...string) string {
	var body string
	for _, p := range parts {
		body += p
	}
	n := len(body)
	if n < 0x80 {
		return string([]byte{tag, byte(n)}) + body
	}
	return string([]byte{tag, 0x82, byte(n >> 8), byte(n)}) + body
}

// derInt is a small number.
func derInt(n byte) string { return der(2, string([]byte{n})) }

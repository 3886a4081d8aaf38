package fingerprint

import (
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// isGREASE reports whether a value is one of those that are sent so that others
// learn to ignore them (RFC 8701): 0x0a0a, 0x1a1a, … 0xfafa.
func isGREASE(v uint16) bool { return v&0x0f0f == 0x0a0a && v>>8 == v&0xff }

func withoutGREASE(all []uint16) []uint16 {
	return slices.DeleteFunc(slices.Clone(all), isGREASE)
}

// JA3Text is what JA3 is the hash of: version, ciphers, extensions, groups and
// point formats in decimal, as they were sent, without GREASE (Salesforce, JA3,
// 2017).
func (h *Hello) JA3Text() string {
	b := strconv.AppendUint(nil, uint64(h.Version), 10)
	for _, list := range [][]uint16{h.Ciphers, h.Extensions, h.Groups} {
		b = appendDecimals(append(b, ','), withoutGREASE(list))
	}
	formats := make([]uint16, len(h.PointFormats))
	for i, f := range h.PointFormats {
		formats[i] = uint16(f)
	}
	return string(appendDecimals(append(b, ','), formats))
}

func appendDecimals(b []byte, all []uint16) []byte {
	for i, v := range all {
		if i > 0 {
			b = append(b, '-')
		}
		b = strconv.AppendUint(b, uint64(v), 10)
	}
	return b
}

// JA3 is the MD5 of [Hello.JA3Text], in hexadecimal.
func (h *Hello) JA3() string {
	sum := md5.Sum([]byte(h.JA3Text()))
	return hex.EncodeToString(sum[:])
}

// JA4 is the fingerprint of a TLS client over TCP (FoxIO, JA4, BSD 3-clause; its
// technical details): "t13d1516h2_8daaf6152771_e5627efa2ab1".
func (h *Hello) JA4() string {
	ciphers, extensions := h.ja4Lists()
	return h.ja4Head() + "_" + shortHash(ciphers) + "_" + shortHash(extensions)
}

// JA4Text is JA4 with the lists themselves in the place of their hashes.
func (h *Hello) JA4Text() string {
	ciphers, extensions := h.ja4Lists()
	return h.ja4Head() + "_" + ciphers + "_" + extensions
}

// ja4Head is the part that people can read: transport, version, whether a name
// was asked for, how many ciphers and extensions, and the first ALPN.
func (h *Hello) ja4Head() string {
	name := byte('i')
	if h.HasServerName {
		name = 'd'
	}
	const most = 99
	return fmt.Sprintf("t%s%c%02d%02d%s", h.ja4Version(), name,
		min(most, len(withoutGREASE(h.Ciphers))), min(most, len(withoutGREASE(h.Extensions))), h.ja4ALPN())
}

var ja4Versions = map[uint16]string{0x0304: "13", 0x0303: "12", 0x0302: "11", 0x0301: "10", 0x0300: "s3", 0x0002: "s2"}

// ja4Version is the highest version that is offered.
func (h *Hello) ja4Version() string {
	v := h.Version
	if slices.Contains(h.Extensions, extVersions) {
		v = 0
		for _, o := range withoutGREASE(h.Versions) {
			v = max(v, o)
		}
	}
	if s := ja4Versions[v]; s != "" {
		return s
	}
	return "00"
}

// ja4ALPN is the first and the last character of the first protocol, of its
// hexadecimal form where they are neither letters nor digits.
func (h *Hello) ja4ALPN() string {
	if len(h.ALPN) == 0 || h.ALPN[0] == "" {
		return "00"
	}
	s := h.ALPN[0]
	if !alphanumeric(s[0]) || !alphanumeric(s[len(s)-1]) {
		s = hex.EncodeToString([]byte(s))
	}
	return string([]byte{s[0], s[len(s)-1]})
}

func alphanumeric(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// ja4Lists are the ciphers, sorted, and the extensions, sorted, without server
// name and ALPN, and behind them the signature algorithms as they were sent.
func (h *Hello) ja4Lists() (ciphers, extensions string) {
	c := withoutGREASE(h.Ciphers)
	slices.Sort(c)
	e := slices.DeleteFunc(withoutGREASE(h.Extensions), func(v uint16) bool { return v == extServerName || v == extALPN })
	slices.Sort(e)
	extensions = hexList(e)
	if s := withoutGREASE(h.SignatureAlgorithms); len(s) > 0 && len(withoutGREASE(h.Extensions)) > 0 {
		extensions += "_" + hexList(s)
	}
	return hexList(c), extensions
}

func hexList(all []uint16) string {
	var b strings.Builder
	for i, v := range all {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, "%04x", v)
	}
	return b.String()
}

// shortHash is twelve digits of a SHA-256; zeros for an empty list.
func shortHash(list string) string {
	if list == "" {
		return "000000000000"
	}
	sum := sha256.Sum256([]byte(list))
	return hex.EncodeToString(sum[:6])
}

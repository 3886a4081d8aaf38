package protocol

import "strings"

// DNS, mDNS and LLMNR write one wire format (RFC 1035, section 4); what they
// ask and which flags they allow tells them apart.

// dnsQuestion is the header of a message and its first question.
type dnsQuestion struct {
	id, flags   int
	questions   int
	records     int // answers, authorities and additionals together
	answers     int
	additionals int
	name        string // without the last dot; "" for the root
	typ, class  int
	at          int // of the byte behind the question
}

// The bits of a header's flags (RFC 1035, RFC 2535).
const (
	dnsResponse  = 0x8000
	dnsOpcode    = 0x7800
	dnsAuthority = 0x0400
	dnsRecursive = 0x0100
	dnsRecursion = 0x0080
	dnsReserved  = 0x0040
	dnsRcode     = 0x000f
)

const dnsHeader = 12

// dnsHead reads a header, and the question behind it where there is one.
func dnsHead(b []byte) (q dnsQuestion, ok bool) {
	if len(b) < dnsHeader {
		return q, false
	}
	q.id, _ = be16(b, 0)
	q.flags, _ = be16(b, 2)
	q.questions, _ = be16(b, 4)
	q.answers, _ = be16(b, 6)
	authorities, _ := be16(b, 8)
	q.additionals, _ = be16(b, 10)
	q.records = q.answers + authorities + q.additionals
	q.at = dnsHeader
	if q.questions == 0 {
		return q, true
	}
	q.name, q.at, ok = dnsName(b, dnsHeader)
	if !ok || len(b) < q.at+4 {
		return q, false
	}
	q.typ, _ = be16(b, q.at)
	q.class, _ = be16(b, q.at+2)
	q.at += 4
	return q, true
}

// dnsName reads a name at an offset; next is the byte behind it. A name has at
// most 255 bytes, and a pointer goes backwards only, so that none runs in rings.
func dnsName(b []byte, at int) (name string, next int, ok bool) {
	var labels []string
	next, low, size := -1, at, 0
	for {
		if at >= len(b) {
			return "", 0, false
		}
		n := int(b[at])
		switch {
		case n == 0:
			if next < 0 {
				next = at + 1
			}
			return strings.Join(labels, "."), next, true
		case n >= 0xc0:
			to, whole := be16(b, at)
			if !whole || to&0x3fff >= low || to&0x3fff < dnsHeader {
				return "", 0, false
			}
			if next < 0 {
				next = at + 2
			}
			at, low = to&0x3fff, to&0x3fff
		case n > 63 || at+1+n > len(b):
			return "", 0, false
		default:
			if size += n + 1; size > 254 {
				return "", 0, false
			}
			labels = append(labels, string(b[at+1:at+1+n]))
			at += 1 + n
		}
	}
}

// dnsRecord is one resource record.
type dnsRecord struct {
	name       string
	typ, class int
	at, end    int // its data
}

// dnsRecords reads n records from an offset; whole is false where one of them
// is broken or cut, and end is the byte behind the last good one.
func dnsRecords(b []byte, at, n int) (all []dnsRecord, end int, whole bool) {
	const most = 64 // as many as are looked at
	for range min(n, most) {
		name, next, ok := dnsName(b, at)
		size, has := be16(b, next+8)
		if !ok || !has || next+10+size > len(b) {
			return all, at, false
		}
		r := dnsRecord{name: name, at: next + 10, end: next + 10 + size}
		r.typ, _ = be16(b, next)
		r.class, _ = be16(b, next+2)
		all = append(all, r)
		at = r.end
	}
	return all, at, n <= most
}

// dnsTypes are the types of records that are asked for.
var dnsTypes = map[int]string{
	1: "A", 2: "NS", 5: "CNAME", 6: "SOA", 12: "PTR", 13: "HINFO", 15: "MX", 16: "TXT", 28: "AAAA", 33: "SRV",
	35: "NAPTR", 41: "OPT", 43: "DS", 46: "RRSIG", 47: "NSEC", 48: "DNSKEY", 52: "TLSA", 64: "SVCB", 65: "HTTPS",
	99: "SPF", 251: "IXFR", 252: "AXFR", 255: "ANY", 257: "CAA",
}

// dnsRcodes are the answers that say no.
var dnsRcodes = map[int]string{
	1: "format-error", 2: "server-failure", 3: "no-such-name", 4: "not-implemented", 5: "refused", 9: "not-authoritative",
}

// dnsAsk writes a query of one question.
func dnsAsk(n Nonce, name string, typ, class byte, unicast byte) []byte {
	b := []byte{n[0], n[1], 0, 0, 0, 1, 0, 0, 0, 0, 0, 0}
	for label := range strings.SplitSeq(name, ".") {
		label = label[:min(len(label), 63)]
		b = append(append(b, byte(len(label))), label...)
	}
	return append(b, 0, 0, typ, unicast, class)
}

// dnsEchoes reports whether a message carries the id of the question that was asked.
func dnsEchoes(q dnsQuestion, n Nonce) bool { return q.id == int(n[0])<<8|int(n[1]) }

// dnsStrange reports whether a query belongs to the name services that borrowed
// the format: NetBIOS' encoded names, mDNS' .local, LLMNR's single labels.
func dnsStrange(q dnsQuestion) bool { return dnsNetBIOS(q) || dnsLocal(q) || dnsSingle(q) }

func dnsNetBIOS(q dnsQuestion) bool {
	if (q.typ != 0x20 && q.typ != 0x21) || len(q.name) < 32 {
		return false
	}
	for i := range 32 {
		if q.name[i] < 'A' || q.name[i] > 'P' {
			return false
		}
	}
	return true
}

// dnsLocal: a multicast query has the id 0, or asks for a unicast answer.
func dnsLocal(q dnsQuestion) bool {
	return strings.HasSuffix(strings.ToLower(q.name), ".local") && q.flags&dnsRecursive == 0 && (q.id == 0 || q.class&0x8000 != 0)
}

// dnsSingle: LLMNR asks for a name of one label, with all flags zero and nothing behind it.
func dnsSingle(q dnsQuestion) bool {
	return q.flags == 0 && q.name != "" && !strings.Contains(q.name, ".") && q.records == 0 &&
		(q.typ == 1 || q.typ == 28 || q.typ == 255)
}

package protocol

// bson is one level of a document of MongoDB: its texts, its numbers and truths,
// and the elements of the documents inside it, by their names.
type bson struct {
	texts   map[string]string
	numbers map[string]int64
	inner   map[string][]byte
}

// bsonSizes are the sizes of values of fixed size, by their types.
var bsonSizes = map[int]int{0x01: 8, 0x06: 0, 0x07: 12, 0x08: 1, 0x09: 8, 0x0a: 0, 0x10: 4, 0x11: 8, 0x12: 8, 0x13: 16, 0x7f: 0, 0xff: 0}

// bsonDocument walks through a document: its length, its elements. It is false
// where they do not end at its end; of one that was cut, what was walked through
// is returned.
func bsonDocument(b []byte) (doc bson, whole bool) {
	c := cursor{b: b}
	size := c.le32()
	doc, whole = bsonElements(&c)
	return doc, whole && int64(size) == int64(len(b)-len(c.b))
}

// bsonElements walks through elements of type, name and value, up to a zero byte.
func bsonElements(c *cursor) (doc bson, whole bool) {
	doc = bson{map[string]string{}, map[string]int64{}, map[string][]byte{}}
	for range 128 {
		kind := c.u8()
		if c.lost || kind == 0 {
			return doc, !c.lost
		}
		name := c.zero()
		value := bsonValue(c, kind)
		if c.lost {
			return doc, false
		}
		switch kind {
		case 0x02:
			doc.texts[name] = string(value[:len(value)-1])
		case 0x03:
			doc.inner[name] = value
		case 0x01, 0x08, 0x10, 0x12:
			doc.numbers[name] = bsonInteger(kind, value)
		}
	}
	return doc, false
}

// within returns the document of a name inside this one; an empty one for none.
func (d bson) within(name string) bson {
	doc, _ := bsonElements(&cursor{b: d.inner[name]})
	return doc
}

// bsonValue takes the value of an element.
func bsonValue(c *cursor, kind int) []byte {
	if size, ok := bsonSizes[kind]; ok {
		return c.take(size)
	}
	switch kind {
	case 0x02: // a text's length counts its zero byte
		value := c.sized(c.le32())
		if len(value) == 0 || !sentence(append([]byte{' '}, value[:len(value)-1]...)) {
			return c.take(-1)
		}
		return value
	case 0x03, 0x04: // a document's counts itself
		return c.sized(c.le32() - 4)
	case 0x05: // a binary's does not count the byte of its type
		return c.sized(c.le32() + 1)
	}
	return c.take(-1)
}

// bsonInteger reads a truth or a number of little end first; of a float, whether
// it is one.
func bsonInteger(kind int, value []byte) int64 {
	if kind == 0x01 {
		if string(value) == "\x00\x00\x00\x00\x00\x00\xf0\x3f" {
			return 1
		}
		return 0
	}
	v := int64(0)
	for i, c := range value {
		v |= int64(c) << (8 * i)
	}
	return v
}

// bsonText, bsonOne and bsonInner write an element behind b: a text, the number 1,
// a document.
func bsonText(b []byte, name, value string) []byte {
	b = append(append(append(b, 0x02), name...), 0)
	n := len(value) + 1
	b = append(b, byte(n), byte(n>>8), 0, 0)
	return append(append(b, value...), 0)
}

func bsonOne(b []byte, name string) []byte {
	return append(append(append(b, 0x10), name...), 0, 1, 0, 0, 0)
}

func bsonInner(b []byte, name string, elements []byte) []byte {
	return append(append(append(append(b, 0x03), name...), 0), bsonWrap(elements)...)
}

// bsonWrap makes a document of its elements.
func bsonWrap(elements []byte) []byte {
	n := len(elements) + 5
	return append(append([]byte{byte(n), byte(n >> 8), 0, 0}, elements...), 0)
}

package protocol

import "testing"

// FuzzBER takes elements to pieces: each lies within what it was taken from.
func FuzzBER(f *testing.F) {
	f.Add([]byte("0\x0c\x02\x01\x01`\x07\x02\x01\x03\x04\x00\x80\x00"))
	f.Add([]byte("0\x84\x00\x00\x00\x02\x05\x00"))
	f.Fuzz(func(t *testing.T, b []byte) {
		e, ok := berElement(b)
		if !ok {
			return
		}
		if e.size+len(e.rest) != len(b) || len(e.value) >= e.size {
			t.Errorf("%d bytes: %d of value, %d in all, %d behind", len(b), len(e.value), e.size, len(e.rest))
		}
		berSmall(e)
	})
}

// FuzzBSON walks through documents.
func FuzzBSON(f *testing.F) {
	f.Add(bsonWrap(bsonText(bsonOne(nil, "hello"), "$db", "admin")))
	f.Fuzz(func(t *testing.T, b []byte) {
		doc, whole := bsonDocument(b)
		if whole && len(b) < 5 {
			t.Errorf("%d bytes are a document: %+v", len(b), doc)
		}
		doc.within("client")
	})
}

func TestCursor(t *testing.T) {
	c := cursor{b: []byte("\x00\x02ab\x00\x00\x00\x03cd")}
	if got := string(c.part16()); got != "ab" || c.lost {
		t.Errorf("part16: %q, lost %t", got, c.lost)
	}
	if got := c.part32(); got != nil || !c.lost {
		t.Errorf("part32 behind the end: %q, lost %t", got, c.lost)
	}
	if got := c.u8(); got != 0 || c.take(0) != nil || c.zero() != "" {
		t.Errorf("behind the end: %d", got)
	}
}

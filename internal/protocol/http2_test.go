package protocol

import "testing"

func FuzzHTTP2(f *testing.F) { fuzzProtocol(f, &http2) }

func FuzzHTTP2Frames(f *testing.F) {
	f.Add([]byte(askHTTP2(Ask{Agent: "portolan", Host: "192.0.2.1", Port: 378})[len(http2Preface):]))
	f.Fuzz(func(t *testing.T, data []byte) {
		frames, size := decodeFrames(data)
		if size > len(data) || len(frames) > len(data)/9 {
			t.Errorf("%d frames in %d of %d bytes", len(frames), size, len(data))
		}
	})
}

// What we ask is what a server of HTTP/2 reads.
func TestHTTP2Question(t *testing.T) {
	m, ok := openingHTTP2(Said{Data: askHTTP2(Ask{Agent: "portolan", Host: "2001:db8::1", Port: 8443})})
	if !ok || m.Strength != Certain || m.Detail("host") != "[2001:db8::1]:8443" || m.Detail("user-agent") != "portolan" || m.Detail("path") != "/" {
		t.Errorf("%+v", m)
	}
}

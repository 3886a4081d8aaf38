package protocol

import (
	"bytes"
	"testing"
)

func FuzzRPCBind(f *testing.F) { fuzzProtocol(f, &rpcbind) }

func FuzzNFS(f *testing.F) { fuzzProtocol(f, &nfs) }

func FuzzSunRPC(f *testing.F) { fuzzProtocol(f, &sunrpc) }

// TestRPCPrograms holds that each question calls the program that its answer is
// read as, with a number of that program's own.
func TestRPCPrograms(t *testing.T) {
	nonce := Nonce{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}
	for _, p := range []*Protocol{&rpcbind, &nfs, &sunrpc} {
		for _, q := range p.Questions {
			b := q.Bytes(Ask{Nonce: nonce})
			b = b[len(b)-40:]
			if program, _ := be32(b, 12); int(program) != rpcAsked[q.Name] {
				t.Errorf("%s calls program %d, and is read as one to %d", q.Name, program, rpcAsked[q.Name])
			}
			if !bytes.Equal(b[:4], rpcNumber(nonce, rpcAsked[q.Name])) {
				t.Errorf("%s has another's number", q.Name)
			}
		}
	}
}

package protocol

import "testing"

func FuzzTFTP(f *testing.F) { fuzzProtocol(f, &tftp) }

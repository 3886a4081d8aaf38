package protocol

import "testing"

func FuzzFTP(f *testing.F) { fuzzProtocol(f, &ftp) }

package protocol

import "testing"

func FuzzSSH(f *testing.F) { fuzzProtocol(f, &ssh) }

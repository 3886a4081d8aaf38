package protocol

import "testing"

func FuzzUbiquiti(f *testing.F) { fuzzProtocol(f, &ubiquiti) }

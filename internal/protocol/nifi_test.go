package protocol

import "testing"

func FuzzNifi(f *testing.F) { fuzzProtocol(f, &nifi) }

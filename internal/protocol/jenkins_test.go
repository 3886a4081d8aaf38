package protocol

import "testing"

func FuzzJenkins(f *testing.F) { fuzzProtocol(f, &jenkins) }

package protocol

import "testing"

func FuzzDocker(f *testing.F) { fuzzProtocol(f, &docker) }

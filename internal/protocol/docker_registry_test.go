package protocol

import "testing"

func FuzzDockerRegistry(f *testing.F) { fuzzProtocol(f, &dockerRegistry) }

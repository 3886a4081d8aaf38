package protocol

import "testing"

func FuzzShoutcast(f *testing.F) { fuzzProtocol(f, &shoutcast) }

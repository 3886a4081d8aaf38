package protocol

import "testing"

func FuzzPlex(f *testing.F) { fuzzProtocol(f, &plex) }

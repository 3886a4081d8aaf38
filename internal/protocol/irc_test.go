package protocol

import "testing"

func FuzzIRC(f *testing.F) { fuzzProtocol(f, &irc) }

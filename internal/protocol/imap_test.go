package protocol

import "testing"

func FuzzIMAP(f *testing.F) { fuzzProtocol(f, &imap) }

package protocol

import "testing"

func FuzzPOP3(f *testing.F) { fuzzProtocol(f, &pop3) }

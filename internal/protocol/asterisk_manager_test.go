package protocol

import "testing"

func FuzzAsteriskManager(f *testing.F) { fuzzProtocol(f, &asteriskManager) }

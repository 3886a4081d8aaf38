package protocol

import "testing"

func FuzzADB(f *testing.F) { fuzzProtocol(f, &adb) }

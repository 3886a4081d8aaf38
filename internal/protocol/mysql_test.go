package protocol

import "testing"

func FuzzMySQL(f *testing.F) { fuzzProtocol(f, &mysql) }

package protocol

import "testing"

func FuzzPostgreSQL(f *testing.F) { fuzzProtocol(f, &postgresql) }

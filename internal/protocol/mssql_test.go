package protocol

import "testing"

func FuzzMSSQL(f *testing.F) { fuzzProtocol(f, &mssql) }

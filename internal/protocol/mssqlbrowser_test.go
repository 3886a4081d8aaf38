package protocol

import "testing"

func FuzzMSSQLBrowser(f *testing.F) { fuzzProtocol(f, &mssqlBrowser) }

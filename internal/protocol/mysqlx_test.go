package protocol

import "testing"

func FuzzMySQLX(f *testing.F) { fuzzProtocol(f, &mysqlx) }

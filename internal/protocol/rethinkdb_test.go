package protocol

import "testing"

func FuzzRethinkDB(f *testing.F) { fuzzProtocol(f, &rethinkdb) }

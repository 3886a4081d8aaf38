package protocol

import "testing"

func FuzzCouchdb(f *testing.F) { fuzzProtocol(f, &couchdb) }

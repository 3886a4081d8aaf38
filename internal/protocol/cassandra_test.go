package protocol

import "testing"

func FuzzCassandra(f *testing.F) { fuzzProtocol(f, &cassandra) }

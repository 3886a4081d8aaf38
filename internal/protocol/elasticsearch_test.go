package protocol

import "testing"

func FuzzElasticsearch(f *testing.F) { fuzzProtocol(f, &elasticsearch) }

package protocol

import "testing"

func FuzzSolr(f *testing.F) { fuzzProtocol(f, &solr) }

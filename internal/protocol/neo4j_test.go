package protocol

import "testing"

func FuzzNeo4j(f *testing.F) { fuzzProtocol(f, &neo4j) }

package protocol

import "testing"

func FuzzElasticsearchTransport(f *testing.F) { fuzzProtocol(f, &elasticsearchTransport) }

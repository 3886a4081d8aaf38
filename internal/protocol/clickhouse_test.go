package protocol

import "testing"

func FuzzClickhouse(f *testing.F) { fuzzProtocol(f, &clickhouse) }

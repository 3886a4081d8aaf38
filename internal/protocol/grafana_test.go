package protocol

import "testing"

func FuzzGrafana(f *testing.F) { fuzzProtocol(f, &grafana) }

package protocol

import "testing"

func FuzzPrometheusExporter(f *testing.F) { fuzzProtocol(f, &prometheusExporter) }

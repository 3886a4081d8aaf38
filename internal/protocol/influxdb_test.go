package protocol

import "testing"

func FuzzInfluxdb(f *testing.F) { fuzzProtocol(f, &influxdb) }

package protocol

import "testing"

func FuzzMQTTSN(f *testing.F) { fuzzProtocol(f, &mqttSN) }

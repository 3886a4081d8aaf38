package protocol

import "testing"

func FuzzAMQP(f *testing.F) { fuzzProtocol(f, &amqp) }

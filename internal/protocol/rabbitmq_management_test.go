package protocol

import "testing"

func FuzzRabbitmqManagement(f *testing.F) { fuzzProtocol(f, &rabbitmqManagement) }

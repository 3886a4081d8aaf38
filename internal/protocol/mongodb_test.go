package protocol

import "testing"

func FuzzMongoDB(f *testing.F) { fuzzProtocol(f, &mongodb) }

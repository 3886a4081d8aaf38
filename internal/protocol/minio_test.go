package protocol

import "testing"

func FuzzMinio(f *testing.F) { fuzzProtocol(f, &minio) }

package protocol

import "testing"

func FuzzJavaRMI(f *testing.F) { fuzzProtocol(f, &javaRMI) }

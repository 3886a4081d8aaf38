package protocol

import "testing"

func FuzzWebmin(f *testing.F) { fuzzProtocol(f, &webmin) }

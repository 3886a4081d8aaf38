package protocol

import "testing"

func FuzzWhois(f *testing.F) { fuzzProtocol(f, &whois) }

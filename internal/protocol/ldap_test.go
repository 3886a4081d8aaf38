package protocol

import "testing"

func FuzzLDAP(f *testing.F) { fuzzProtocol(f, &ldap) }

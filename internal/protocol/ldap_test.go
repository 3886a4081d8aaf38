package protocol

import "testing"

func FuzzLDAP(f *testing.F) { fuzzProtocol(f, &ldap) }

func FuzzCLDAP(f *testing.F) { fuzzProtocol(f, &cldap) }

package protocol

import "testing"

func FuzzSyslog(f *testing.F) { fuzzProtocol(f, &syslog) }

package protocol

import "testing"

func FuzzZabbix(f *testing.F) { fuzzProtocol(f, &zabbix) }

package protocol

import (
	"bytes"
	"strconv"

	"github.com/portolan/portolan"
)

// hadoopIPC is what Hadoop's daemons speak among themselves. It tells who speaks
// HTTP to it that this is the wrong port.
var hadoopIPC = Protocol{
	Name: "hadoop-ipc", Title: "Hadoop IPC", Source: "Apache Hadoop, RPC header (org.apache.hadoop.ipc.Server)",
	Outranks: []string{"http"},
	Usual:    []uint16{8020, 9000, 8032, 9867},
	Answer:   answerHadoopIPC,
	Opening:  openingHadoopIPC,
}

func answerHadoopIPC(s Said) (Match, bool) {
	r, ok := parseTextReply(s.Data, "HTTP/1.")
	if !ok || s.Transport != portolan.TCP || !bytes.HasPrefix(r.body, []byte("It looks like you are making an HTTP request to a Hadoop IPC port.")) {
		return Match{}, false
	}
	return Match{Strength: Certain, Kind: ErrorText, To: len(s.Data)}, true
}

// openingHadoopIPC recognises "hrpc", the version, the class of service and how
// the client means to say who it is: not at all, with a SASL exchange.
func openingHadoopIPC(s Said) (Match, bool) {
	if s.Transport != portolan.TCP || len(s.Data) < 7 || !bytes.HasPrefix(s.Data, []byte("hrpc")) {
		return Match{}, false
	}
	version, auth := s.Data[4], s.Data[6]
	if version < 4 || version > 9 || auth != 0 && auth != 0xdf {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: Opening, To: 7}.with("protocol", strconv.Itoa(int(version)))
	if auth == 0xdf {
		m = m.with("auth", "sasl")
	}
	return m, true
}

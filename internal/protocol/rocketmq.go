package protocol

import (
	"bytes"
	"encoding/binary"
	"strconv"

	"github.com/portolan/portolan"
)

// rocketmq is asked for something that it does not have; it says so in a header
// of JSON that repeats the number of the request.
var rocketmq = Protocol{
	Name: "rocketmq", Title: "Apache RocketMQ", Source: "Apache RocketMQ, remoting protocol (RemotingCommand)",
	Usual:   []uint16{9876, 10911},
	Answer:  answerRocketMQ,
	Opening: openingRocketMQ,
	Questions: []Question{
		{Name: "rocketmq-unknown", When: AtHome, Rank: 10, Bytes: func(a Ask) []byte {
			header := `{"code":99999,"flag":0,"language":"OTHER","opaque":` + rocketID(a.Nonce) + `,"serializeTypeCurrentRPC":"JSON","version":0}`
			return append(bigEndian(nil, uint32(4+len(header)), uint32(len(header))), header...)
		}},
	},
}

// rocketID is the number of a request: seven to nine digits.
func rocketID(n Nonce) string {
	return strconv.Itoa(1000000 + int(binary.BigEndian.Uint32(n[:4]))&0xffffff)
}

// rocketHeader takes the header: the size of all, its own with a byte that says JSON.
func rocketHeader(s Said) ([]byte, bool) {
	c := cursor{b: s.Data}
	size, own := c.be32(), c.be32()
	header := c.sized(own)
	ok := !c.lost && s.Transport == portolan.TCP && own < 1<<24 && int64(size) >= int64(own)+4 && int64(size) >= int64(len(s.Data))-4
	return header, ok && bytes.HasPrefix(header, []byte("{")) && bytes.HasSuffix(header, []byte("}")) && bytes.Contains(header, []byte(`"opaque":`))
}

func answerRocketMQ(s Said) (Match, bool) {
	header, ok := rocketHeader(s)
	id, _ := between(header, `"opaque":`, ",")
	if !ok || s.Question != "rocketmq-unknown" || id != rocketID(s.Nonce) || !bytes.Contains(header, []byte(`"flag":1`)) {
		return Match{}, false
	}
	remark, _ := between(header, `"remark":"`, `"`)
	language, _ := between(header, `"language":"`, `"`)
	return Match{Strength: Certain, Kind: Handshake, To: 8 + len(header)}.with("remark", remark).with("language", language), true
}

func openingRocketMQ(s Said) (Match, bool) {
	header, ok := rocketHeader(s)
	if !ok || !bytes.Contains(header, []byte(`"code":`)) || !bytes.Contains(header, []byte(`"language":"`)) {
		return Match{}, false
	}
	code, _ := between(header, `"code":`, ",")
	language, _ := between(header, `"language":"`, `"`)
	return Match{Strength: Certain, Kind: Opening, To: 8 + len(header)}.with("code", code).with("language", language), true
}

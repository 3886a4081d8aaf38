package protocol

import "strings"

// beanstalk refuses what it does not know in one of three words; only asked for
// its figures it says who it is.
var beanstalk = Protocol{
	Name: "beanstalk", Title: "beanstalkd", Source: "beanstalkd, doc/protocol.txt", TCPOnly: true,
	Usual:  []uint16{11300},
	Answer: answerBeanstalk,
	Questions: []Question{
		{Name: "beanstalk-stats", After: []string{"beanstalk"}, Bytes: fixed("stats\r\n")},
	},
}

func answerBeanstalk(s Said) (Match, bool) {
	line, whole := firstLine(s.Data)
	m := Match{Strength: Likely, Kind: ErrorText, To: len(line)}
	switch text := string(line); {
	case !whole:
	case s.Question != "" && text == "UNKNOWN_COMMAND":
		// To a request of several lines it answers several times.
		if strings.Trim(string(s.Data), "UNKOWCMAD_\r\n") == "" {
			m.Strength = Certain
		}
		return m, true
	case strings.HasPrefix(text, "OK ") && strings.Contains(string(s.Data), "\r\n---\ncurrent-jobs-urgent: "):
		m.Strength, m.Kind, m.To = Certain, Handshake, len(s.Data)
		version, _ := between(s.Data, "\nversion: ", "\n")
		m.Version = strings.Trim(version, `"`)
		return m, true
	}
	return Match{}, false
}

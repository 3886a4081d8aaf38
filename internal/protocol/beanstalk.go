package protocol

import (
	"bytes"
	"strings"
)

// beanstalk refuses what it does not know in one of three words, once a line;
// only asked for its figures it says which version it is.
var beanstalk = Protocol{
	Name: "beanstalk", Title: "beanstalkd", Source: "beanstalkd, doc/protocol.txt", TCPOnly: true,
	Usual:   []uint16{11300},
	Answer:  answerBeanstalk,
	Opening: openingBeanstalk,
	Questions: []Question{
		{Name: "beanstalk-stats", After: []string{"beanstalk"}, Bytes: fixed("stats\r\n")},
	},
}

func answerBeanstalk(s Said) (Match, bool) {
	line, whole := firstLine(s.Data)
	m := Match{Strength: Likely, Kind: ErrorText, To: len(line)}
	switch text := string(line); {
	case !whole:
	case s.Question != "" && (text == "UNKNOWN_COMMAND" || text == "BAD_FORMAT"):
		// A request of several lines is refused line by line.
		rest := bytes.ReplaceAll(s.Data, []byte("UNKNOWN_COMMAND\r\n"), nil)
		rest = bytes.ReplaceAll(rest, []byte("BAD_FORMAT\r\n"), nil)
		if len(rest) > 0 {
			return Match{}, false
		}
		if n := bytes.Count(s.Data, []byte("\n")); n > 1 {
			m.Strength, m.To = Certain, len(s.Data)
		}
		return m, true
	case strings.HasPrefix(text, "OK ") && bytes.Contains(s.Data, []byte("\r\n---\ncurrent-jobs-urgent: ")):
		version, _ := between(s.Data, "\nversion: ", "\n")
		m.Strength, m.Kind, m.To = Certain, Handshake, len(s.Data)
		m.Version = strings.Trim(version, `"`)
		return m, true
	}
	return Match{}, false
}

// openingBeanstalk recognises how producers and workers begin.
func openingBeanstalk(s Said) (Match, bool) {
	line, whole := firstLine(s.Data)
	words := strings.Fields(string(line))
	if !whole || !printable(line) || len(words) == 0 {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: Opening, To: len(line)}.with("command", words[0])
	switch words[0] {
	case "watch", "use":
		m.Strength = Likely
		return m, len(words) == 2
	case "list-tubes", "reserve", "list-tube-used", "list-tubes-watched":
		return m, len(words) == 1
	case "put":
		return m, len(words) == 5 && isDigits(words[1]) && isDigits(words[2]) && isDigits(words[3]) && isDigits(words[4])
	case "stats-tube", "reserve-with-timeout":
		return m, len(words) == 2
	}
	return Match{}, false
}

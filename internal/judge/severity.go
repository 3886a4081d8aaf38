package judge

import (
	"fmt"
	"strings"
)

// Severity says what an operator should do about a finding.
type Severity uint8

// The severities, in order.
const (
	OK      Severity = iota // nothing to do
	Notice                  // good to know
	Warning                 // look at it
	Alert                   // look at it now
)

var severityNames = [...]string{"ok", "notice", "warning", "alert"}

// String returns ok, notice, warning or alert.
func (s Severity) String() string { return severityNames[min(int(s), len(severityNames)-1)] }

// MarshalText writes the same word as String.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// ParseSeverity reads ok, notice, warning or alert. Fuzzed by FuzzJudge.
func ParseSeverity(text string) (Severity, error) {
	for i, n := range severityNames {
		if strings.EqualFold(text, n) {
			return Severity(i), nil
		}
	}
	return 0, fmt.Errorf("%q is no severity: use %s", text, strings.Join(severityNames[1:], ", "))
}

// lower returns the severity one step down, notice at the least: what is worth
// a word stays worth one.
func (s Severity) lower() Severity {
	if s > Notice {
		return s - 1
	}
	return s
}

package sockets

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// This file reads what /proc says of a process (proc(5)), and opens nothing.

// ticksPerSecond is what the kernel counts start times in, for user space, on
// every architecture that Go runs on (USER_HZ).
const ticksPerSecond = 100

// procStat is what is needed of /proc/PID/stat.
type procStat struct {
	program string
	ppid    int
	start   uint64 // ticks after boot
}

// parseStat reads /proc/PID/stat. The program's name stands in parentheses and
// may hold any byte, parentheses, blanks and line breaks too: the last ")" ends it.
func parseStat(text []byte) (s procStat, err error) {
	open, end := bytes.IndexByte(text, '('), bytes.LastIndexByte(text, ')')
	if open < 0 || end < open {
		return s, errors.New("no program name in parentheses")
	}
	s.program = string(text[open+1 : end])
	f := strings.Fields(string(text[end+1:]))
	const ppid, start = 1, 19 // fields 4 and 22, counted from behind the name
	if len(f) <= start {
		return s, fmt.Errorf("%d fields behind the name, want %d", len(f), start+1)
	}
	if s.ppid, err = strconv.Atoi(f[ppid]); err != nil {
		return s, err
	}
	s.start, err = strconv.ParseUint(f[start], 10, 64)
	return s, err
}

// startTime turns ticks after boot into a time.
func startTime(boot time.Time, ticks uint64) time.Time {
	if boot.IsZero() {
		return time.Time{}
	}
	return boot.Add(time.Duration(ticks/ticksPerSecond)*time.Second + time.Duration(ticks%ticksPerSecond)*time.Second/ticksPerSecond)
}

// parseBoot reads the boot time (btime) out of /proc/stat.
func parseBoot(text []byte) time.Time {
	for line := range bytes.Lines(text) {
		if v, ok := bytes.CutPrefix(line, []byte("btime ")); ok {
			if n, err := strconv.ParseInt(string(bytes.TrimSpace(v)), 10, 64); err == nil {
				return time.Unix(n, 0)
			}
		}
	}
	return time.Time{}
}

// statusField returns the fields of a line of /proc/PID/status ("Uid", "CapEff").
func statusField(text []byte, name string) []string {
	for line := range bytes.Lines(text) {
		if v, ok := bytes.CutPrefix(line, []byte(name+":")); ok {
			return strings.Fields(string(v))
		}
	}
	return nil
}

// parseUID returns the effective user of /proc/PID/status.
func parseUID(status []byte) (uint32, error) {
	f := statusField(status, "Uid") // real, effective, saved, file system
	if len(f) < 2 {
		return 0, errors.New("no line Uid")
	}
	n, err := strconv.ParseUint(f[1], 10, 32)
	return uint32(n), err
}

// parseCapabilities returns the effective capabilities of /proc/PID/status.
func parseCapabilities(status []byte) (uint64, error) {
	f := statusField(status, "CapEff")
	if len(f) < 1 {
		return 0, errors.New("no line CapEff")
	}
	return strconv.ParseUint(f[0], 16, 64)
}

// parseCmdline takes the arguments apart, which end in NUL. A process that
// wrote over them with one text has one argument.
func parseCmdline(text []byte) []string {
	text = bytes.TrimRight(text, "\x00")
	if len(text) == 0 {
		return nil
	}
	return strings.Split(string(text), "\x00")
}

// parsePasswd reads user names by number out of /etc/passwd.
func parsePasswd(text []byte) map[uint32]string {
	users := map[uint32]string{}
	for line := range strings.Lines(string(text)) {
		f := strings.SplitN(line, ":", 4)
		if len(f) < 4 || f[0] == "" || f[0][0] == '#' {
			continue
		}
		n, err := strconv.ParseUint(f[2], 10, 32)
		if _, known := users[uint32(n)]; err == nil && !known {
			users[uint32(n)] = f[0]
		}
	}
	return users
}

// socketInode reads the target of a descriptor's link, "socket:[123]".
func socketInode(link []byte) (uint64, bool) {
	rest, ok := bytes.CutPrefix(link, []byte("socket:["))
	if !ok || len(rest) < 2 || rest[len(rest)-1] != ']' {
		return 0, false
	}
	return decimal(rest[:len(rest)-1])
}

// decimal reads digits without making a string of them.
func decimal(b []byte) (n uint64, ok bool) {
	if len(b) == 0 || len(b) > 19 {
		return 0, false
	}
	for _, c := range b {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + uint64(c-'0')
	}
	return n, true
}

// namespaceInode reads the target of a namespace's link, "net:[4026531840]".
func namespaceInode(link string) (uint64, bool) {
	_, rest, ok := strings.Cut(link, ":[")
	if !ok || !strings.HasSuffix(rest, "]") {
		return 0, false
	}
	return decimal([]byte(strings.TrimSuffix(rest, "]")))
}

// parseHidepid returns the hidepid option with which /proc is mounted, "" where
// there is none, out of /proc/self/mountinfo: "… root mountpoint options … -
// proc proc rw,hidepid=invisible". The last mount lies on top.
func parseHidepid(mountinfo []byte) (level string) {
	for line := range strings.Lines(string(mountinfo)) {
		mount, fs, ok := strings.Cut(line, " - ")
		at, what := strings.Fields(mount), strings.Fields(fs)
		if !ok || len(at) < 5 || at[4] != "/proc" || len(what) < 3 || what[0] != "proc" {
			continue
		}
		level = ""
		for option := range strings.SplitSeq(what[2], ",") {
			if v, ok := strings.CutPrefix(option, "hidepid="); ok && v != "0" && v != "off" {
				level = v
			}
		}
	}
	return level
}

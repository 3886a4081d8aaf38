package policy

import (
	"errors"
	"io/fs"
	"path"
	"strings"
	"syscall"
)

// FileName is what a policy is called.
const FileName = "portolan.toml"

// Find returns the first policy file that is there, and its text:
// $XDG_CONFIG_HOME/portolan (or ~/.config/portolan), then portolan below each of
// $XDG_CONFIG_DIRS (or /etc/xdg), then /etc/portolan. read is os.ReadFile or its
// like. No file is no error: the name is then empty.
func Find(getenv func(string) string, read func(string) ([]byte, error)) (name string, data []byte, err error) {
	for _, name := range Places(getenv, FileName) {
		data, err := read(name)
		if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
			continue
		}
		if err != nil {
			return name, nil, &Error{File: name, Err: err}
		}
		return name, data, nil
	}
	return "", nil, nil
}

// Places returns where a file of the user's may stand, the user's own place first.
func Places(getenv func(string) string, file string) []string {
	var dirs []string
	if d := getenv("XDG_CONFIG_HOME"); path.IsAbs(d) {
		dirs = append(dirs, d)
	} else if home := getenv("HOME"); home != "" {
		dirs = append(dirs, path.Join(home, ".config"))
	}
	system := getenv("XDG_CONFIG_DIRS")
	if system == "" {
		system = "/etc/xdg"
	}
	for d := range strings.SplitSeq(system, ":") {
		if path.IsAbs(d) { // relative ones are to be ignored, says the specification
			dirs = append(dirs, d)
		}
	}
	var all []string
	for _, d := range append(dirs, "/etc") {
		all = append(all, path.Join(d, "portolan", file))
	}
	return all
}

package judge

import (
	"path"
	"slices"
	"strings"

	"github.com/portolan/portolan"
)

// Policy is the user's own chart: ports that they have assigned on their hosts.
type Policy struct {
	Name  string // of the file
	Ports []Declaration
}

// Declaration is one declared port, or a span of them.
type Declaration struct {
	Span        portolan.Span
	Transports  []portolan.Transport
	Service     string   // the user's own name for it
	Owner       string   // who answers for it: a team, a person
	User        string   // as which it must run; "" is any
	Programs    []string // names, or patterns of the file's path; none is any
	Exposure    Exposure // the widest allowed, if HasExposure
	HasExposure bool
	Note        string
	Place       string // "portolan.toml:12"
}

// find returns the declaration of a key, the narrowest where several hold it.
func (p *Policy) find(k portolan.Key) *Declaration {
	var best *Declaration
	if p == nil {
		return nil
	}
	for i := range p.Ports {
		d := &p.Ports[i]
		if d.Span.Contains(k.Port) && slices.Contains(d.Transports, k.Transport) && (best == nil || d.Span.Len() < best.Span.Len()) {
			best = d
		}
	}
	return best
}

// Declares reports whether the policy speaks of a key.
func (p *Policy) Declares(k portolan.Key) bool { return p.find(k) != nil }

// allowsProgram compares a process with the programs of the declaration: a
// pattern with a slash with the path of its file, another with the file's name,
// or where that can't be seen with the process's own.
func (d *Declaration) allowsProgram(p Process) bool {
	return slices.ContainsFunc(d.Programs, func(pattern string) bool {
		files := []string{p.Exe}
		if p.ExeAlias != "" {
			files = append(files, path.Join(path.Dir(p.Exe), p.ExeAlias))
		}
		return slices.ContainsFunc(files, func(file string) bool {
			switch {
			case strings.Contains(pattern, "/"):
			case p.Exe != "":
				file = path.Base(file)
			default:
				file = p.Program
			}
			ok, _ := path.Match(pattern, file)
			return ok
		})
	})
}

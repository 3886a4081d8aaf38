package judge

import (
	"fmt"
	"path"
	"slices"
	"strings"
)

// Strength says how sure an identity is.
type Strength string

// The strengths.
const (
	Certain Strength = "certain" // not given to a local program: any file can have any name
	Likely  Strength = "likely"  // the name of its file is the program's, and the file stands where only its owner writes
	Hint    Strength = "hint"    // only the name that it gives itself, or an argument
)

// Identity is what a process turned out to be.
type Identity struct {
	Program  *Program // nil where it is not in the table
	Strength Strength
	Evidence string // what it rests on
	Script   string // of an interpreter, what it runs
	// Pretends: it gives itself the name of a known program that its file has not.
	Pretends string
}

// Known reports whether the program has a service or a port of its own, so
// that it can be compared with what the port is for.
func (i Identity) Known() bool {
	return i.Program != nil && (len(i.Program.Services) > 0 || len(i.Program.Ports) > 0) && !i.carrier()
}

// carrier reports whether the program may carry anything: only what it runs,
// or holds the port for, would say more.
func (i Identity) carrier() bool {
	return i.Program.Has("interpreter") || i.Program.Has("proxy") || i.Program.Has("relay")
}

func (i Identity) rank() int {
	switch {
	case i.Known():
		return 4
	case i.Pretends != "":
		return 3
	case i.Program != nil && !i.Program.Has("activator"):
		return 2
	case i.Program == nil:
		return 1
	}
	return 0
}

// commLength is how much of its name the kernel keeps for a process.
const commLength = 15

// Identify says what a process is, by the name of its file, the arguments of
// an interpreter, and last by the name that it gives itself.
func Identify(p Process) Identity {
	b, _ := readBook()
	file := path.Base(p.Exe)
	id := Identity{}
	if p.Exe != "" {
		id.Program = b.named(file)
		if row := b.named(p.ExeAlias); row != nil && p.ExeAlias != "" {
			id.Program, file = row, p.ExeAlias
		}
		id.Strength, id.Evidence = Likely, "the program's file is "+p.Exe
	}
	switch {
	case slices.Contains(multiCall[:], file):
		if applet := b.called(p.Program); applet != nil {
			id = calls(applet, p)
		}
	case id.Program.Has("interpreter"):
		id = b.byArgument(p, id)
	case id.Program == nil:
		id = b.byComm(p, file)
	}
	if id.Pretends == "" && likeKernel(p) {
		id.Pretends = p.Program
		id.Evidence = fmt.Sprintf("it calls itself %s as a thread of the kernel does, its file is %s", p.Program, p.Exe)
	}
	if id.Program != nil && (p.ExeWorldWritable || id.Pretends != "") {
		id.Strength = Hint
	}
	return id
}

// calls is an identity that rests on nothing but the process's own name.
func calls(row *Program, p Process) Identity {
	return Identity{Program: row, Strength: Hint, Evidence: "it calls itself " + p.Program}
}

// byArgument looks at what an interpreter runs.
func (b *book) byArgument(p Process, interpreter Identity) Identity {
	args := b.startedWith(p, interpreter.Program)
	for _, row := range b.byArg {
		for _, arg := range args {
			if slices.ContainsFunc(row.Names, func(n string) bool { return strings.Contains(arg, strings.TrimSuffix(n, "*")) }) {
				return Identity{Program: row, Strength: Hint, Evidence: fmt.Sprintf("%s runs with the argument %s", path.Base(p.Exe), arg)}
			}
		}
	}
	interpreter.Script = script(p.Cmdline)
	if other := b.called(p.Program); other != nil && !other.Has("interpreter") && !runs(p) {
		interpreter.Pretends = p.Program
		interpreter.Evidence = fmt.Sprintf("it calls itself %s, its file is %s", p.Program, p.Exe)
	}
	return interpreter
}

// runs reports whether a script of the process's name is among its arguments:
// the kernel names a process after the script that starts with "#!".
func runs(p Process) bool {
	return len(p.Cmdline) > 1 && slices.ContainsFunc(p.Cmdline[1:], func(a string) bool { return sameName(path.Base(a), p.Program) })
}

// startedWith is what an interpreter was given. Argument 0 counts where
// the program wrote a title of its own over it ("puma 6.4 (tcp://…)").
func (b *book) startedWith(p Process, interpreter *Program) []string {
	if len(p.Cmdline) == 0 {
		return nil
	}
	title, _, _ := strings.Cut(p.Cmdline[0], " ")
	name := path.Base(strings.TrimPrefix(title, "-"))
	if b.named(name) == interpreter || name == path.Base(p.Exe) {
		return p.Cmdline[1:]
	}
	return p.Cmdline
}

// valued are flags of interpreters whose value is the next argument.
var valued = [...]string{"-cp", "-classpath", "--class-path", "--module-path", "--add-opens", "--add-modules", "-W", "-X", "-r", "--require", "--import", "--loader"}

// script is the first argument that is no flag, or what stands behind a flag
// that names the code.
func script(args []string) string {
	for i := 1; i < len(args); i++ {
		switch a := args[i]; {
		case a == "-c" || a == "-e" || a == "-m" || a == "-jar":
			if i+1 < len(args) {
				return a + " " + args[i+1]
			}
		case slices.Contains(valued[:], a):
			i++
		case !strings.HasPrefix(a, "-"):
			return a
		}
	}
	return ""
}

// behind says where the proxy of a container's port hands its traffic to, by
// the flags of docker-proxy; "" where they are not there.
func behind(args []string) string {
	value := func(flag string) string {
		if i := slices.Index(args, flag); i >= 0 && i+1 < len(args) {
			return args[i+1]
		}
		return ""
	}
	host, port := value("-container-ip"), value("-container-port")
	if host == "" || port == "" {
		return ""
	}
	return host + " port " + port
}

// multiCall are programs that do the work of many and take their names.
var multiCall = [...]string{"busybox", "toybox", "dropbearmulti", "coreutils", "qemu-x86_64-static", "qemu-aarch64-static"}

// byComm looks at the name that the kernel shows, which a process can change.
// Where its file is known and is another, the name is not its own.
func (b *book) byComm(p Process, file string) Identity {
	row := b.called(p.Program)
	switch {
	case row == nil:
		return Identity{}
	case p.Exe == "" || sameName(file, p.Program):
		return calls(row, p)
	}
	return Identity{Pretends: p.Program, Evidence: fmt.Sprintf("it calls itself %s, its file is %s", p.Program, p.Exe)}
}

// sameName reports whether a file has a name as the kernel shows it: cut, or
// without the version behind it ("redis-server-7.2").
func sameName(file, comm string) bool {
	rest, ok := strings.CutPrefix(file, comm)
	return ok && (len(comm) == commLength || strings.Trim(rest, "0123456789.-_v") == "")
}

// likeKernel reports whether a process with a file of its own takes a name that
// threads of the kernel have, which have no file: "kworker/0:1", or
// brackets around the whole of its arguments, as ps shows them.
func likeKernel(p Process) bool {
	if p.Exe == "" {
		return false
	}
	if len(p.Cmdline) == 1 && len(p.Cmdline[0]) > 2 && !strings.Contains(p.Cmdline[0], " ") {
		if a := p.Cmdline[0]; a[0] == '[' && a[len(a)-1] == ']' {
			return true
		}
	}
	return slices.ContainsFunc(kernelThreads[:], func(prefix string) bool { return strings.HasPrefix(p.Program, prefix) })
}

// kernelThreads are how Linux names threads of its own; no program is called so.
var kernelThreads = [...]string{"kworker/", "ksoftirqd/", "migration/", "cpuhp/", "rcu_", "kthreadd", "kswapd", "kcompactd", "khugepaged", "jbd2/"}

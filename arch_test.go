package portolan_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/portolan/portolan"

// room says what a package may import besides the standard library.
type room struct {
	ours   []string // of this module, by folder
	others []string // of other modules, by prefix
	never  []string // of the standard library, by prefix
	why    string
}

// rooms is the import table of docs/ARCHITECTURE.md.
var rooms = map[string]room{
	"":         {never: []string{"net/http", "os"}, why: "the nouns must be usable by anyone, anywhere"},
	"registry": {ours: []string{""}, never: []string{"net", "os", "syscall"}, why: "the book is usable alone, and opens nothing"},
	"sockets": {ours: []string{""}, others: []string{"golang.org/x/sys", "github.com/mdlayher/netlink"}, never: []string{"os/exec", "net/http"},
		why: "what is on a port must not depend on what it is for, and no other program is run to find out"},
	"internal/judge": {ours: []string{"", "registry"}, never: []string{"os", "net/http", "syscall"}, why: "the verdict is a pure function"},
	"internal/policy": {ours: []string{"", "internal/judge"}, others: []string{"github.com/pelletier/go-toml"}, never: []string{"net/http", "os/exec"},
		why: "it turns a user's file into judge.Policy and nothing else"},
	"internal/page": {ours: []string{"", "registry"}, never: []string{"os", "net/http", "syscall"}, why: "what is known of a port is put together the same for every reader"},
	"internal/witness": {ours: []string{""}, never: []string{"os", "net", "syscall"},
		why: "it reads the files of the fs.FS that it is handed, and decides nothing"},
	"internal/report": {ours: []string{""}, others: []string{"golang.org/x/term", "github.com/mattn/go-runewidth", "github.com/rivo/uniseg"},
		never: []string{"net/http"}, why: "it shows plain values and knows no port"},
	"internal/ianacsv": {ours: []string{"", "internal/twin"}, never: []string{"os", "net", "syscall"},
		why: "it reads what it is handed, for the tools and for users' own files"},
	"internal/fetch":       {why: "it asks the one address that a user names"},
	"internal/twin":        {ours: []string{""}, never: []string{"net/http", "os"}, why: "the text form of a source, for the tools and the tests"},
	"internal/cmd/regread": {ours: []string{"", "internal/twin", "internal/ianacsv"}, never: []string{"net/http"}, why: "raw sources are read from files, never fetched"},
	"internal/pack":        {ours: []string{"", "internal/twin"}, never: []string{"net/http"}, why: "packing is offline and deterministic"},
	"internal/unpack":      {ours: []string{"", "internal/twin"}, never: []string{"net", "os", "syscall"}, why: "it rebuilds the twins from bytes that it is handed, without the registry's own reader"},
	"internal/logbook": {ours: []string{"", "internal/twin", "internal/unpack"}, others: []string{"golang.org/x/mod/sumdb/tlog"}, never: []string{"net", "os", "syscall"},
		why: "what was recorded is checked from plain bytes; a log that opened files or asked somebody would prove less"},
	"internal/cmd/reglog":  {ours: []string{"internal/logbook", "internal/unpack"}, never: []string{"net/http"}, why: "recording is offline and deterministic"},
	"internal/cmd/regpack": {ours: []string{"internal/pack"}, never: []string{"net/http"}, why: "packing is offline and deterministic"},
	"internal/netlab": {ours: []string{""}, others: []string{"golang.org/x/sys", "github.com/mdlayher/netlink"}, never: []string{"net/http"},
		why: "for tests only"},
	"internal/protocol": {ours: []string{""}, others: []string{"golang.org/x/net/http2/hpack"}, never: []string{"net", "os", "syscall"},
		why: "what was said is known from plain bytes, by the probe and by the sentinel alike"},
	"internal/packet":      {ours: []string{""}, never: []string{"net", "os", "syscall"}, why: "packets are read from plain bytes, whoever captured them"},
	"internal/fingerprint": {ours: []string{"internal/packet"}, never: []string{"net", "os", "syscall"}, why: "a tool is named by what its packets and words show, never by asking anybody"},
	"internal/visit": {ours: []string{"", "internal/packet", "internal/fingerprint", "internal/protocol"}, others: []string{"github.com/pelletier/go-toml"}, never: []string{"net", "os", "syscall"},
		why: "visits are made of events that it is handed: it must be testable with any clock, and hold its bounds under any traffic"},
	"internal/sweep": {others: []string{"golang.org/x/sys/unix", "golang.org/x/net/bpf", "golang.org/x/net/ipv4", "golang.org/x/net/ipv6"}, never: []string{"net/http", "os/exec"}, why: "it finds open ports and knows nothing of what is on them"},
	"internal/scanfile": {ours: []string{"", "internal/protocol"}, never: []string{"net", "os", "syscall"},
		why: "files of other scanners are read from what it is handed; it opens nothing and sends nothing"},
	"internal/trap": {ours: []string{"internal/trap/bpf"},
		others: []string{"github.com/cilium/ebpf", "github.com/google/nftables", "github.com/mdlayher/netlink", "golang.org/x/net/bpf", "golang.org/x/sys/unix"},
		never:  []string{"net/http", "os/exec"}, why: "it holds ports for whoever listens, and knows neither protocols nor what a port is for"},
	"internal/trap/bpf": {why: "it is the compiled programs and nothing else"},
	"internal/probe": {ours: []string{"", "internal/protocol"}, never: []string{"net/http", "os/exec"},
		why: "it asks, and does not know what a port is for: the caller says which names it is registered under"},
	"internal/store":           {ours: []string{""}, never: []string{"os", "net/http"}, why: "the contract of what keeps visits; it names no engine"},
	"internal/store/storetest": {ours: []string{"", "internal/store"}, why: "the tests that every engine must pass"},
	"internal/store/sqlite": {ours: []string{"", "internal/store"}, others: []string{"modernc.org/sqlite"}, never: []string{"net/http", "os/exec"},
		why: "one engine behind the contract"},
	"internal/sink": {never: []string{"os/exec"}, why: "it hands documents over and knows nothing of what they say; no program is ever run for an alert"},
	"internal/sentinel": {ours: []string{"", "internal/packet", "internal/trap", "internal/visit"}, never: []string{"net/http", "os/exec", "syscall"},
		why: "it joins what the trap hears to visits; who keeps them, and who is told, is not its business"},
	"internal/metrics":      {others: []string{"github.com/prometheus/client_golang"}, never: []string{"os/exec"}, why: "counts in Prometheus' form, whoever has them; the format is its library's"},
	"internal/figures":      {ours: []string{"", "registry"}, never: []string{"os", "net", "syscall"}, why: "a figure comes from the registry alone, wherever it is printed"},
	"internal/cmd/plots":    {ours: []string{"", "registry", "internal/figures"}, never: []string{"net", "os/exec"}, why: "the plots of docs/findings are drawn from figures, offline"},
	"internal/cmd/findings": {ours: []string{"", "registry", "internal/figures"}, never: []string{"net", "os/exec"}, why: "docs/findings.md is written from figures, offline"},
	"cmd/portolan": {ours: []string{"", "registry", "sockets", "internal/judge", "internal/policy", "internal/page", "internal/probe", "internal/protocol", "internal/report", "internal/scanfile", "internal/metrics", "internal/sentinel", "internal/sink", "internal/store", "internal/store/sqlite", "internal/trap", "internal/visit", "internal/sweep", "internal/figures", "internal/logbook", "internal/fetch", "internal/ianacsv", "internal/pack", "internal/twin", "internal/unpack", "internal/witness"},
		others: []string{"github.com/spf13", "golang.org/x/term", "golang.org/x/sys", "golang.org/x/time/rate"}, never: []string{"net/http", "unsafe"}, why: "it wires; the work is done elsewhere"},
}

// folder is the non-test and test files of one folder, parsed.
type folder struct {
	path  string
	code  map[string]*ast.File
	tests map[string]*ast.File
}

func folders(t *testing.T) []*folder {
	t.Helper()
	byPath := map[string]*folder{}
	fset := token.NewFileSet()
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			name := d.Name()
			if path != "." && (strings.HasPrefix(name, ".") || name == "testdata" || hasOwnModule(path)) {
				return filepath.SkipDir
			}
			return nil
		}
		if filepath.Ext(path) != ".go" {
			return nil
		}
		f, err := parser.ParseFile(fset, path, nil, parser.ParseComments)
		if err != nil {
			return err
		}
		dir := filepath.ToSlash(filepath.Dir(path))
		if byPath[dir] == nil {
			byPath[dir] = &folder{dir, map[string]*ast.File{}, map[string]*ast.File{}}
		}
		if strings.HasSuffix(path, "_test.go") {
			byPath[dir].tests[path] = f
		} else {
			byPath[dir].code[path] = f
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	var all []*folder
	for _, f := range byPath {
		all = append(all, f)
	}
	return all
}

// hasOwnModule: peers and tools have a go.mod of their own, so that what they
// need is not the product's.
func hasOwnModule(dir string) bool {
	if dir == "." {
		return false
	}
	_, err := os.Stat(filepath.Join(dir, "go.mod"))
	return err == nil
}

func TestImportTable(t *testing.T) {
	for _, f := range folders(t) {
		name := strings.TrimPrefix(f.path, ".")
		r, ok := rooms[name]
		if !ok && !strings.HasPrefix(name, "bench/") {
			t.Errorf("%s is not in the import table: add a line to rooms with the why", f.path)
			continue
		}
		if strings.HasPrefix(name, "bench/") {
			continue // measures the product from outside
		}
		for path, file := range f.code {
			for _, imp := range file.Imports {
				p, _ := strconv.Unquote(imp.Path.Value)
				if !r.allows(p) {
					t.Errorf("%s imports %s: %s", path, p, r.why)
				}
			}
		}
	}
}

func (r room) allows(path string) bool {
	under := func(prefix string) bool { return path == prefix || strings.HasPrefix(path, prefix+"/") }
	if path == "C" {
		return false // the shipped binary is pure Go
	}
	if path == module || strings.HasPrefix(path, module+"/") {
		return slices.Contains(r.ours, strings.TrimPrefix(strings.TrimPrefix(path, module), "/"))
	}
	if strings.Contains(strings.SplitN(path, "/", 2)[0], ".") {
		return slices.ContainsFunc(r.others, under)
	}
	return !slices.ContainsFunc(r.never, func(n string) bool {
		// "net" forbids the network, not net/netip, which holds addresses.
		return under(n) && path != "net/netip"
	})
}

func TestPackageDocs(t *testing.T) {
	for _, f := range folders(t) {
		if len(f.code) == 0 {
			continue
		}
		documented := false
		for _, file := range f.code {
			documented = documented || file.Doc != nil && len(file.Doc.Text()) > 40
		}
		if !documented {
			t.Errorf("%s has no package comment", f.path)
		}
	}
}

// Every function that reads bytes from outside has a fuzz target that calls it,
// or that calls what calls it: the target names it, or the function says
// "Fuzzed by FuzzX" in its comment.
func TestDecodersAreFuzzed(t *testing.T) {
	for _, f := range folders(t) {
		if strings.HasPrefix(f.path, "bench") || f.path == "internal/netlab" {
			continue
		}
		targets := fuzzTargets(f)
		for path, file := range f.code {
			for _, d := range file.Decls {
				fn, ok := d.(*ast.FuncDecl)
				if !ok || !readsBytes(fn) {
					continue
				}
				if !fuzzed(fn, targets) {
					t.Errorf("%s: %s reads bytes from outside, and no fuzz target of its package calls it", path, fn.Name.Name)
				}
			}
		}
	}
}

func fuzzed(fn *ast.FuncDecl, targets map[string]map[string]bool) bool {
	for name, calls := range targets {
		if calls[fn.Name.Name] || strings.Contains(fn.Doc.Text(), "Fuzzed by "+name) {
			return true
		}
	}
	return false
}

// fuzzTargets returns the names that each fuzz target mentions.
func fuzzTargets(f *folder) map[string]map[string]bool {
	targets := map[string]map[string]bool{}
	for _, file := range f.tests {
		for _, d := range file.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || !strings.HasPrefix(fn.Name.Name, "Fuzz") {
				continue
			}
			names := map[string]bool{}
			ast.Inspect(fn.Body, func(n ast.Node) bool {
				if id, ok := n.(*ast.Ident); ok {
					names[id.Name] = true
				}
				return true
			})
			targets[fn.Name.Name] = names
		}
	}
	return targets
}

// readsBytes reports whether a function parses: its name says so, and it takes
// bytes, a reader or a string.
func readsBytes(fn *ast.FuncDecl) bool {
	name := strings.ToLower(fn.Name.Name)
	parses := strings.HasPrefix(name, "parse") || strings.HasPrefix(name, "decode") || strings.HasPrefix(name, "unmarshal")
	if !parses && !strings.HasPrefix(name, "read") {
		return false
	}
	for _, p := range fn.Type.Params.List {
		switch x := p.Type.(type) {
		case *ast.ArrayType:
			if id, ok := x.Elt.(*ast.Ident); ok && id.Name == "byte" {
				return true
			}
		case *ast.Ident:
			if parses && x.Name == "string" { // "read" and a string is most often a path
				return true
			}
		case *ast.SelectorExpr:
			if x.Sel.Name == "Reader" {
				return true
			}
		}
	}
	return false
}

// Importing does nothing, libraries neither print nor end the process, and
// main.go only starts.
func TestManners(t *testing.T) {
	for _, f := range folders(t) {
		isCommand := strings.HasPrefix(f.path, "cmd/") || strings.HasPrefix(f.path, "internal/cmd/") || strings.HasPrefix(f.path, "bench")
		for path, file := range f.code {
			for _, d := range file.Decls {
				if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "init" {
					t.Errorf("%s has an init function: importing does nothing", path)
				}
			}
			ast.Inspect(file, func(n ast.Node) bool {
				if isCommand {
					return false
				}
				if bad := badManners(n); bad != "" {
					t.Errorf("%s: %s has no place below cmd", path, bad)
				}
				return true
			})
		}
	}
	text, err := os.ReadFile("cmd/portolan/main.go")
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(text), "\n"); n > 40 {
		t.Errorf("cmd/portolan/main.go has %d lines: at most 40", n)
	}
}

func badManners(n ast.Node) string {
	switch x := n.(type) {
	case *ast.SelectorExpr:
		if id, ok := x.X.(*ast.Ident); ok {
			switch name := id.Name + "." + x.Sel.Name; name {
			case "os.Stdout", "os.Stderr", "os.Exit", "log.Fatal", "log.Fatalf", "fmt.Println", "fmt.Printf", "fmt.Print":
				return name
			}
		}
	case *ast.CallExpr:
		if id, ok := x.Fun.(*ast.Ident); ok && id.Name == "panic" {
			return "panic"
		}
	}
	return ""
}

package servers

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// Ground is where one server runs: what its recipe has to work with. In every
// text that a recipe hands over, {dir} is the folder, {cert} and {key} a
// certificate in PEM, {port} and the other words of the server's endpoints and
// spares are port numbers. Recipes need not look at errors: the first one stays,
// and nothing is done after it.
type Ground struct {
	Dir    string
	server *Server
	ctx    context.Context // of all that was started here
	cancel func()
	ports  map[string]uint16
	words  *strings.Replacer
	env    []string
	doors  []net.Listener
	said   *os.File // what the programs print
	err    error

	serving sync.WaitGroup // behind the doors

	mu   sync.Mutex // guards what follows; held while a program is started
	runs []*process
	over bool // nothing is started any more
}

// newGround makes the folder, picks the ports, and writes the certificate. Its
// error is that there is no folder; any other stays in the ground.
func newGround(ctx context.Context, s *Server) (*Ground, error) {
	dir, err := os.MkdirTemp("", "portolan-"+s.Name+"-")
	if err != nil {
		return nil, err
	}
	said, err := os.OpenFile(filepath.Join(dir, "said"), os.O_CREATE|os.O_RDWR|os.O_APPEND, 0o600)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	g := &Ground{Dir: dir, server: s, said: said, ports: map[string]uint16{}}
	g.ctx, g.cancel = context.WithCancel(ctx)
	g.pickPorts()
	words := []string{"{dir}", dir, "{cert}", dir + "/cert.pem", "{key}", dir + "/key.pem"}
	for word, n := range g.ports {
		words = append(words, "{"+word+"}", fmt.Sprint(n))
	}
	g.words = strings.NewReplacer(words...)
	g.keep(os.Chmod(dir, 0o755)) // servers that leave root must reach it
	g.give(said.Name(), 0o666)   // /dev/stderr is opened anew by some
	g.certificate()
	return g, nil
}

// keep remembers the first error.
func (g *Ground) keep(err error) {
	if g.err == nil && err != nil {
		g.err = fmt.Errorf("%s: %w", g.server.Name, err)
	}
}

func (g *Ground) pickPorts() {
	for _, e := range g.server.Endpoints {
		g.port(e.port())
	}
	for _, word := range g.server.Spare {
		g.port(word)
	}
}

func (g *Ground) port(word string) {
	if g.ports[word] == 0 {
		n, err := freePort()
		g.ports[word] = n
		g.keep(err)
	}
}

// give hands a file to the user that the server runs as.
func (g *Ground) give(path string, mode os.FileMode) {
	if g.err != nil {
		return
	}
	g.keep(os.Chmod(path, mode))
	if os.Geteuid() == 0 && !g.server.Root {
		g.keep(os.Chown(path, nobody, nobody))
	}
}

// File writes a file of the folder for the server's own user alone.
func (g *Ground) File(name, text string) {
	if g.err != nil {
		return
	}
	path := filepath.Join(g.Dir, name)
	g.keep(os.WriteFile(path, []byte(g.words.Replace(text)), 0o600))
	g.give(path, 0o600)
}

// Folder makes folders in the folder.
func (g *Ground) Folder(names ...string) {
	for _, name := range names {
		path := filepath.Join(g.Dir, name)
		g.keep(os.MkdirAll(path, 0o700))
		g.give(path, 0o700)
	}
}

// certificate writes one that signs itself, for localhost.
func (g *Ground) certificate() {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	g.keep(err)
	if g.err != nil {
		return
	}
	name := x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "localhost"},
		DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		BasicConstraintsValid: true, IsCA: true,
	}
	cert, err := x509.CreateCertificate(rand.Reader, &name, &name, &key.PublicKey, key)
	g.keep(err)
	pkcs8, err := x509.MarshalPKCS8PrivateKey(key)
	g.keep(err)
	g.File("cert.pem", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert})))
	g.File("key.pem", string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8})))
	g.give(g.Dir, 0o755)
}

// Do runs a program to its end.
func (g *Ground) Do(args ...string) {
	c := g.command(args)
	if g.err != nil {
		return
	}
	if err := c.Run(); err != nil {
		g.keep(fmt.Errorf("%s: %w", args[0], err))
	}
}

// Run starts a program that stays in the foreground until it is stopped.
func (g *Ground) Run(args ...string) {
	c := g.command(args)
	if g.err != nil {
		return
	}
	_, err := g.start(c, false)
	g.keep(err)
}

// start starts a program that [Running.Stop] will end; a visit may end by itself.
func (g *Ground) start(c *exec.Cmd, visit bool) (*process, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.over {
		return nil, errors.New("the server is being stopped")
	}
	p, err := start(c)
	if err != nil {
		return nil, err
	}
	p.visit = visit
	g.runs = append(g.runs, p)
	return p, nil
}

// finish starts nothing any more, and returns what was started.
func (g *Ground) finish() []*process {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.over = true
	return g.runs
}

// Env sets a variable for the programs that are run after it.
func (g *Ground) Env(name, value string) {
	g.env = append(g.env, name+"="+g.words.Replace(value))
}

// command is a program in the folder, as the server's user, in a process group
// of its own, with nothing of our environment.
func (g *Ground) command(args []string) *exec.Cmd {
	path, err := find(args[0])
	g.keep(err)
	c := exec.CommandContext(g.ctx, path)
	for _, a := range args[1:] {
		c.Args = append(c.Args, g.words.Replace(a))
	}
	c.Dir = g.Dir
	c.Env = append([]string{"HOME=" + g.Dir, "TMPDIR=" + g.Dir, "LANG=C.UTF-8", "PATH=" + strings.Join(folders, ":")}, g.env...)
	c.Stdout, c.Stderr = g.said, g.said
	c.SysProcAttr = attributes(g.server.Root)
	return c
}

// folders are where programs are looked for: ordinary users' PATH lacks sbin.
var folders = []string{"/usr/sbin", "/usr/bin", "/sbin", "/bin"}

// find returns the path of a program: of its name, or of a pattern of paths.
func find(name string) (string, error) {
	patterns := []string{name}
	if !filepath.IsAbs(name) {
		patterns = nil
		for _, f := range folders {
			patterns = append(patterns, filepath.Join(f, name))
		}
	}
	for _, p := range patterns {
		if found, _ := filepath.Glob(p); len(found) > 0 {
			return found[len(found)-1], nil
		}
	}
	return "", fmt.Errorf("no program %s", name)
}

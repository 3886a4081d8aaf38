package sockets

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"
	"unsafe"

	"github.com/portolan/portolan/internal/netlab"
	"golang.org/x/sys/unix"
)

// size is what a look over very many sockets cost.
type size struct {
	Sockets, Owned int
	Took           time.Duration
	Allocated      uint64 // bytes in all
}

// countSockets takes a look and says only its size.
func countSockets(s *netlab.Stage) error {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	start := time.Now()
	table, err := List(context.Background(), Options{})
	if err != nil {
		return err
	}
	took := time.Since(start)
	runtime.ReadMemStats(&after)
	n := size{Sockets: len(table.Sockets), Took: took, Allocated: after.TotalAlloc - before.TotalAlloc}
	for _, s := range table.Sockets {
		if len(s.Owners) == 1 {
			n.Owned++
		}
	}
	return s.Say(n)
}

// holdInThread opens a socket in a thread that has a descriptor table of its
// own: the process itself, as /proc/PID/fd shows it, does not hold it.
func holdInThread(s *netlab.Stage) error {
	done := make(chan error, 1)
	go func() {
		_ = onThread(func() error {
			done <- openApart(s.Args[0])
			select {} // the descriptors go with the thread
		})
	}()
	if err := <-done; err != nil {
		return err
	}
	if err := s.Say(nil); err != nil {
		return err
	}
	s.Wait()
	return nil
}

func openApart(spec string) error {
	if err := unix.Unshare(unix.CLONE_FILES); err != nil {
		return err
	}
	_, err := openSocket(spec)
	return err
}

// freshProc mounts a /proc for the namespaces that the child is in.
func freshProc(options string) error {
	if err := unix.Mount("proc", "/proc", "proc", 0, options); err != nil {
		return fmt.Errorf("mount /proc: %w", err)
	}
	return nil
}

// hidepid mounts /proc so that users see their own processes only, becomes
// such a user, opens a socket of its own and takes a look.
func hidepid(s *netlab.Stage) error {
	if err := freshProc("hidepid=" + s.Args[0]); err != nil {
		return err
	}
	if err := syscall.Setgid(65534); err != nil {
		return err
	}
	if err := syscall.Setuid(65534); err != nil {
		return err
	}
	if _, err := openSocket(s.Args[1]); err != nil {
		return err
	}
	table, err := List(context.Background(), Options{})
	if err != nil {
		return err
	}
	return s.Say(table)
}

// named gives the namespace that it is handed a name in /run/netns, in a mount
// namespace of its own, and takes a look at all.
func named(s *netlab.Stage) error {
	if err := unix.Mount("tmpfs", "/run", "tmpfs", 0, "size=64k"); err != nil {
		return err
	}
	path := "/run/netns/" + s.Args[0]
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(path, nil, 0o644); err != nil {
		return err
	}
	if err := unix.Mount(fmt.Sprintf("/proc/self/fd/%d", s.Files[0].Fd()), path, "", unix.MS_BIND, ""); err != nil {
		return err
	}
	table, err := List(context.Background(), Options{AllNamespaces: true})
	if err != nil {
		return err
	}
	return s.Say(table)
}

// activate is PID 1 and called systemd, as the manager is: it opens a socket,
// hands it to a program that it starts, keeps it, and takes a look.
func activate(s *netlab.Stage) error {
	if err := freshProc(""); err != nil {
		return err
	}
	if err := os.WriteFile("/proc/self/comm", []byte("systemd"), 0o644); err != nil {
		return err
	}
	fd, err := openSocket(s.Args[0])
	if err != nil {
		return err
	}
	service := exec.Command("/bin/sleep", "60")
	service.ExtraFiles = []*os.File{os.NewFile(uintptr(fd), "listener")}
	if err := service.Start(); err != nil {
		return err
	}
	defer func() { _ = service.Process.Kill(); _ = service.Wait() }()
	table, err := List(context.Background(), Options{})
	if err != nil {
		return err
	}
	return s.Say(table)
}

// refusedNetlink takes a look where netlink is forbidden, as some sandboxes do.
func refusedNetlink(s *netlab.Stage) error {
	if err := forbidNetlink(); err != nil {
		return err
	}
	table, err := List(context.Background(), Options{})
	if err != nil {
		return err
	}
	return s.Say(table)
}

// forbidNetlink makes the kernel refuse every netlink socket to this process.
func forbidNetlink() error {
	const loadWord, jumpIfEqual, give = unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, unix.BPF_RET | unix.BPF_K
	const callAt, familyAt = 0, 16 // of seccomp_data: nr, and the low half of args[0]
	filter := []unix.SockFilter{
		{Code: loadWord, K: callAt}, {Code: jumpIfEqual, Jf: 3, K: unix.SYS_SOCKET},
		{Code: loadWord, K: familyAt}, {Code: jumpIfEqual, Jf: 1, K: unix.AF_NETLINK},
		{Code: give, K: unix.SECCOMP_RET_ERRNO | uint32(unix.EACCES)},
		{Code: give, K: unix.SECCOMP_RET_ALLOW},
	}
	program := unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return os.NewSyscallError("prctl", err)
	}
	_, _, errno := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, unix.SECCOMP_FILTER_FLAG_TSYNC, uintptr(unsafe.Pointer(&program)))
	if errno != 0 {
		return os.NewSyscallError("seccomp", errno)
	}
	return nil
}

// reusePID is PID 1. Between the two reads of a process, its descriptors and
// its details, that process ends and another gets its number. It says what the
// details were.
func reusePID(s *netlab.Stage) error {
	if err := freshProc(""); err != nil {
		return err
	}
	first := exec.Command("/bin/sleep", "60")
	fd, err := openSocket("tcp 127.0.0.1:0")
	if err != nil {
		return err
	}
	first.ExtraFiles = []*os.File{os.NewFile(uintptr(fd), "held")}
	if err := first.Start(); err != nil {
		return err
	}
	pid := first.Process.Pid
	w, err := aWorker()
	if err != nil {
		return err
	}
	w.process(pid)
	if len(w.pass.found) != 1 {
		return fmt.Errorf("the first one holds no socket: %v", w.pass.found)
	}
	h := w.pass.found[0]
	before := w.details(h)
	if err := first.Process.Kill(); err != nil {
		return err
	}
	_ = first.Wait()
	time.Sleep(2 * time.Second / ticksPerSecond) // start times are counted in ticks
	second, err := takePID(pid)
	if err != nil {
		return err
	}
	defer func() { _ = second.Process.Kill(); _ = second.Wait() }()
	if before == nil || before.Program != "sleep" {
		return fmt.Errorf("the first one is %+v", before)
	}
	return s.Say(w.details(h))
}

// aWorker is a worker of a pass that nobody else works for.
func aWorker() (*worker, error) {
	proc, err := unix.Open("/proc", unix.O_RDONLY|unix.O_DIRECTORY, 0)
	return &worker{pass: &pass{look: &look{}, proc: proc}, entries: make([]byte, 4096), text: make([]byte, 4096)}, err
}

// takePID starts a program that gets a number which is free again.
func takePID(pid int) (*exec.Cmd, error) {
	for range 20 {
		if err := os.WriteFile("/proc/sys/kernel/ns_last_pid", []byte(strconv.Itoa(pid-1)), 0o644); err != nil {
			return nil, err
		}
		c := exec.Command("/bin/sleep", "60")
		if err := c.Start(); err != nil {
			return nil, err
		}
		if c.Process.Pid == pid { // not a thread of ours that came between
			return c, nil
		}
		_ = c.Process.Kill()
		_ = c.Wait()
	}
	return nil, errors.New("the number was not given again: " + strings.TrimSpace(strconv.Itoa(pid)))
}

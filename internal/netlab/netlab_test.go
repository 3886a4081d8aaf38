package netlab

import (
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"testing"
)

func TestMain(m *testing.M) {
	os.Exit(Main(m, map[string]Role{"echo": echo, "fail": func(*Stage) error { return errors.New("on purpose") }}))
}

// echo says its arguments, its user and the text of a file that it was handed.
func echo(s *Stage) error {
	text := ""
	for _, f := range s.Files {
		b, err := io.ReadAll(f)
		if err != nil {
			return err
		}
		text += string(b)
	}
	if err := s.Say(append(s.Args, text)); err != nil {
		return err
	}
	if err := s.Say(os.Geteuid()); err != nil {
		return err
	}
	s.Wait()
	return nil
}

func TestChild(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if _, err := w.WriteString("handed over"); err != nil {
		t.Fatal(err)
	}
	w.Close()
	o := Order{Role: "echo", Args: []string{"a", "b c"}, Files: []*os.File{r}}
	if os.Geteuid() == 0 {
		o.UID = 65534
	}
	c := Start(t, o)
	var said []string
	c.Hear(&said)
	if strings.Join(said, "|") != "a|b c|handed over" {
		t.Errorf("the child said %q", said)
	}
	var uid int
	c.Hear(&uid)
	if want := max(o.UID, os.Geteuid()); uid != want {
		t.Errorf("the child is user %d, want %d", uid, want)
	}
	c.Stop()
	if c.cmd.ProcessState == nil || c.cmd.ProcessState.ExitCode() != 0 {
		t.Errorf("the child did not end well: %v", c.cmd.ProcessState)
	}
}

// A child's error reaches the test that hears it.
func TestChildFails(t *testing.T) {
	c := Start(t, Order{Role: "fail"})
	if m := <-c.heard; m.Error != "fail: on purpose" {
		t.Errorf("%+v", m)
	}
}

func TestPeer(t *testing.T) {
	c, err := net.Dial("tcp", Peer(t, "+PONG\r\n", "bye").String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	first := make([]byte, 7)
	if _, err := io.ReadFull(c, first); err != nil || string(first) != "+PONG\r\n" {
		t.Fatalf("%q %v", first, err)
	}
	if _, err := c.Write([]byte("QUIT\r\n")); err != nil {
		t.Fatal(err)
	}
	if rest, err := io.ReadAll(c); err != nil || string(rest) != "bye" {
		t.Errorf("%q %v", rest, err)
	}
}

package fetch

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestGet(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("/file", func(w http.ResponseWriter, r *http.Request) {
		if r.UserAgent() != "portolan" || len(r.Cookies()) > 0 {
			t.Errorf("asked as %q with %d cookies", r.UserAgent(), len(r.Cookies()))
		}
		io.WriteString(w, "text")
	})
	mux.Handle("/moved", http.RedirectHandler("/file", http.StatusFound))
	mux.Handle("/loop", http.RedirectHandler("/loop", http.StatusFound))
	plain := httptest.NewServer(mux)
	defer plain.Close()

	var told []string
	tell := func(s string) { told = append(told, s) }
	for _, path := range []string{"/file", "/moved"} {
		f, err := Get(context.Background(), plain.URL+path, tell)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(f)
		if f.Close(); string(text) != "text" || err != nil {
			t.Errorf("%s: %q, %v", path, text, err)
		}
	}
	if len(told) != 1 || !strings.HasSuffix(told[0], "/file") {
		t.Errorf("told of %q", told)
	}
	for path, want := range map[string]string{"/none": "404", "/loop": "more than 5 redirects"} {
		if _, err := Get(context.Background(), plain.URL+path, tell); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", path, err, want)
		}
	}
}

func TestGetRefuses(t *testing.T) {
	for _, bad := range []string{"file:///etc/passwd", "http://", "://", "ftp://example.org/x", "services.csv"} {
		if _, err := Get(context.Background(), bad, func(string) {}); err == nil || !strings.Contains(err.Error(), "no http or https address") {
			t.Errorf("%s: %v", bad, err)
		}
	}
}

func TestIsURL(t *testing.T) {
	for name, want := range map[string]bool{"https://example.org/x": true, "http://[::1]/x": true, "file.csv": false, "/tmp/http://x": false, "ftp://x": false} {
		if IsURL(name) != want {
			t.Errorf("%s: %v", name, !want)
		}
	}
}

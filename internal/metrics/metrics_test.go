package metrics

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus/testutil"
)

func source(yield func(Metric) bool) {
	for _, m := range []Metric{
		{Name: "portolan_test_packets_total", Help: "Packets by what became of them.", Counter: true, Value: 7, Labels: []string{"end", "lost"}},
		{Name: "portolan_test_packets_total", Help: "Packets by what became of them.", Counter: true, Value: 8, Labels: []string{"end", "a \"quoted\"\nline"}},
		{Name: "portolan_test_held_connections", Help: "Connections that are held.", Value: 3},
	} {
		if !yield(m) {
			return
		}
	}
}

func TestHandler(t *testing.T) {
	w := httptest.NewRecorder()
	Handler(source).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	text := w.Body.String()
	for _, want := range []string{
		"# TYPE portolan_test_packets_total counter\n", "portolan_test_packets_total{end=\"lost\"} 7\n",
		`portolan_test_packets_total{end="a \"quoted\"\nline"} 8` + "\n", "# TYPE portolan_test_held_connections gauge\nportolan_test_held_connections 3\n", "go_goroutines ",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
	if w.Code != http.StatusOK {
		t.Errorf("%d", w.Code)
	}
}

func TestLint(t *testing.T) {
	problems, err := testutil.CollectAndLint(Source(source))
	if err != nil || len(problems) > 0 {
		t.Errorf("%v %v", problems, err)
	}
}

// What is wrong with one metric is an error of the scrape, and no panic.
func TestInvalid(t *testing.T) {
	w := httptest.NewRecorder()
	twice := Metric{Name: "portolan_test_things", Help: "Things."}
	bad := Source(func(yield func(Metric) bool) {
		for range 2 {
			if !yield(twice) {
				return
			}
		}
	})
	Handler(bad).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	if w.Code != http.StatusInternalServerError {
		t.Errorf("%d", w.Code)
	}
}

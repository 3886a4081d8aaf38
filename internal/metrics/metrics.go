// Package metrics serves counts in Prometheus' text form.
//
// A [Source] is asked at every scrape, so that nothing is counted twice and
// nothing is kept here. Names follow Prometheus' conventions: a base unit at the
// end, "_total" on counters. No label holds a port or an address: a scan would
// make as many series as it has ports.
package metrics

import (
	"context"
	"errors"
	"net"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Metric is one number.
type Metric struct {
	Name    string // "portolan_sentinel_packets_seen_total"
	Help    string
	Counter bool // it never falls
	Value   float64
	// Labels are names and values in turn.
	Labels []string
}

// Source gives what there is now. Metrics of one name have the same labels.
type Source func(yield func(Metric) bool)

// Describe implements [prometheus.Collector]. What there will be is not said
// before.
func (Source) Describe(chan<- *prometheus.Desc) {}

// Collect implements [prometheus.Collector].
func (s Source) Collect(out chan<- prometheus.Metric) {
	for m := range s {
		kind := prometheus.GaugeValue
		if m.Counter {
			kind = prometheus.CounterValue
		}
		var names, values []string
		for i := 0; i+1 < len(m.Labels); i += 2 {
			names, values = append(names, m.Labels[i]), append(values, m.Labels[i+1])
		}
		x, err := prometheus.NewConstMetric(prometheus.NewDesc(m.Name, m.Help, names, nil), kind, m.Value, values...)
		if err != nil {
			x = prometheus.NewInvalidMetric(prometheus.NewDesc(m.Name, m.Help, names, nil), err)
		}
		out <- x
	}
}

// Handler answers scrapes with what the sources give, and what is usual of a
// process and its Go runtime.
func Handler(sources ...Source) http.Handler {
	r := prometheus.NewRegistry()
	r.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	for _, s := range sources {
		r.MustRegister(s)
	}
	return promhttp.HandlerFor(r, promhttp.HandlerOpts{MaxRequestsInFlight: 4, Timeout: 10 * time.Second})
}

// Serve answers scrapes of /metrics on a listener until the context ends.
func Serve(ctx context.Context, l net.Listener, sources ...Source) error {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", Handler(sources...))
	s := &http.Server{Handler: mux, ReadTimeout: 10 * time.Second, WriteTimeout: 20 * time.Second, IdleTimeout: time.Minute, MaxHeaderBytes: 16 << 10}
	stop := context.AfterFunc(ctx, func() { s.Close() })
	defer stop()
	if err := s.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// Package fetch gets one document from an address that the user named, and
// nothing else: no cookies, no proxy credentials, no second address but the one
// that a redirect names, which is told.
package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// patience bounds the whole of a fetch.
const patience = 2 * time.Minute

// maxRedirects is how many addresses may follow the one that was named.
const maxRedirects = 5

// IsURL reports whether a name is an address and not a file's.
func IsURL(name string) bool {
	return strings.HasPrefix(name, "http://") || strings.HasPrefix(name, "https://")
}

// Get opens the document at an address. The caller closes it, and bounds how
// much it reads. A redirect from https may not lead to http. told is called
// with each address that a redirect names, before it is asked.
func Get(ctx context.Context, address string, told func(string)) (io.ReadCloser, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, fmt.Errorf("%q is no http or https address", address)
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	client := &http.Client{CheckRedirect: func(next *http.Request, before []*http.Request) error {
		switch last := before[len(before)-1].URL; {
		case len(before) > maxRedirects:
			return fmt.Errorf("more than %d redirects", maxRedirects)
		case last.Scheme == "https" && next.URL.Scheme != "https":
			return errors.New("redirected from https to " + next.URL.Scheme)
		}
		told(next.URL.String())
		return nil
	}}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		cancel()
		return nil, err
	}
	req.Header.Set("User-Agent", "portolan")
	answer, err := client.Do(req)
	if err != nil {
		cancel()
		return nil, err
	}
	if answer.StatusCode != http.StatusOK {
		answer.Body.Close()
		cancel()
		return nil, fmt.Errorf("get %s: the server answers %s", address, answer.Status)
	}
	return &document{answer.Body, cancel}, nil
}

// document ends the time limit when it is closed.
type document struct {
	io.ReadCloser
	cancel context.CancelFunc
}

func (d *document) Close() error {
	defer d.cancel()
	return d.ReadCloser.Close()
}

package sink

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// Webhook posts each document, signed. What is posted and how it is signed
// stands in docs/formats/webhook.md.
type Webhook struct {
	url    string
	secret []byte
	agent  string
	client *http.Client
	now    func() time.Time
}

// NewWebhook posts to the address that a user named. An empty secret signs
// nothing. Agent is said as the User-Agent.
func NewWebhook(address string, secret []byte, agent string) (*Webhook, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
		return nil, fmt.Errorf("webhook %q: write https://HOST/PATH", address)
	}
	if u.User != nil {
		return nil, fmt.Errorf("webhook at %s: a password in an address ends up in logs; sign with a secret instead", u.Host)
	}
	return &Webhook{url: address, secret: secret, agent: agent, now: time.Now, client: &http.Client{
		// A redirect would carry alerts to an address that the user did not name.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport:     &http.Transport{Proxy: http.ProxyFromEnvironment, MaxIdleConnsPerHost: 1, IdleConnTimeout: 30 * time.Second, TLSHandshakeTimeout: 10 * time.Second},
	}}, nil
}

// Signature is what the X-Portolan-Signature header of a request says: an
// HMAC-SHA256 (RFC 2104) over the time, a dot and the body.
func Signature(secret []byte, timestamp string, body []byte) string {
	h := hmac.New(sha256.New, secret)
	h.Write([]byte(timestamp + "."))
	h.Write(body)
	return "sha256=" + hex.EncodeToString(h.Sum(nil))
}

// Send implements [Sink]: taken is 2xx; 408, 429 and 5xx are tried again.
func (w *Webhook) Send(ctx context.Context, m Message) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, w.url, bytes.NewReader(m.Document))
	if err != nil {
		return fmt.Errorf("%w: %w", ErrRefused, err)
	}
	stamp := strconv.FormatInt(w.now().Unix(), 10)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", w.agent)
	r.Header.Set("X-Portolan-Delivery", m.ID)
	r.Header.Set("X-Portolan-Timestamp", stamp)
	if len(w.secret) > 0 {
		r.Header.Set("X-Portolan-Signature", Signature(w.secret, stamp, m.Document))
	}
	answer, err := w.client.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	_, _ = io.CopyN(io.Discard, answer.Body, 4096)
	switch code := answer.StatusCode; {
	case code/100 == 2:
		return nil
	case code == http.StatusRequestTimeout || code == http.StatusTooManyRequests || code >= 500:
		return fmt.Errorf("webhook answered %s", answer.Status)
	default:
		return fmt.Errorf("%w: webhook answered %s", ErrRefused, answer.Status)
	}
}

// Close implements [Sink].
func (w *Webhook) Close() error {
	w.client.CloseIdleConnections()
	return nil
}

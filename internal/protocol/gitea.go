package protocol

import "strings"

// gitea likes itself in a cookie; its page says the version to its own scripts.
// It serves a registry of images too.
var gitea = Protocol{
	Name: "gitea", Title: "Gitea", Source: "Gitea and Forgejo, page header",
	Over:     "http",
	Outranks: []string{"docker-registry"},
	Usual:    []uint16{3000},
	Answer:   overHTTP(giteaWords),
}

func giteaWords(r textReply) (Match, bool) {
	m := Match{}
	for _, pre := range []string{"appVer: '", "assetVersionEncoded: encodeURIComponent('"} {
		if v, ok := between(r.text(), pre, "'"); ok {
			m.Version, _, _ = strings.Cut(v, "~")
			break
		}
	}
	if r.sets("i_like_gitea") {
		return m, true
	}
	if author, ok := between(r.text(), `<meta name="author" content="`, `"`); ok {
		if name, _, ok := strings.Cut(author, " "); ok && (name == "Gitea" || name == "Forgejo") {
			m.Product = name
			return m, true
		}
	}
	return Match{}, false
}

package protocol

import "strings"

// gitlab puts what it needs for its own logs into a field.
var gitlab = Protocol{
	Name: "gitlab", Title: "GitLab", Source: "GitLab documentation",
	Over:   "http",
	Answer: overHTTP(gitlabWords),
}

func gitlabWords(r textReply) (Match, bool) {
	return Match{}, strings.HasPrefix(r.field("X-Gitlab-Meta"), `{"correlation_id":`) || r.sets("_gitlab_session")
}

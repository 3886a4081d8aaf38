package main

import (
	"runtime"

	"github.com/spf13/cobra"

	"github.com/portolan/portolan/internal/report"
	"github.com/portolan/portolan/registry"
)

// versionInfo is portolan.version/v1. Commit and Date are "" where the program
// was built outside a checkout.
type versionInfo struct {
	Schema      string `json:"schema"`
	DataVersion string `json:"data_version"`
	Version     string `json:"version"`
	Commit      string `json:"commit"`
	Date        string `json:"date"`     // of the commit, RFC 3339
	Modified    bool   `json:"modified"` // built with changes that are not in the commit
	Go          string `json:"go"`
	OS          string `json:"os"`
	Arch        string `json:"arch"`
}

func (a *app) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:               "version",
		Short:             "Say which program and which data this is",
		Args:              a.atMost(0),
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE:              func(*cobra.Command, []string) error { return a.version() },
	}
}

func (a *app) version() error {
	v := a.versionInfo()
	return a.print(&report.Document{Schema: v.Schema, DataVersion: v.DataVersion, Value: v,
		Text: func(p *report.Page) {
			commit := v.Commit
			if v.Modified {
				commit += ", modified"
			}
			p.Para(0, report.Part{Text: "portolan " + v.Version, Style: report.Strong})
			p.Pairs(0, report.KV("commit", commit), report.KV("date", v.Date), report.KV("go", v.Go+" "+v.OS+"/"+v.Arch), report.KV("data", v.DataVersion))
		}})
}

func (a *app) versionInfo() versionInfo {
	v := versionInfo{Schema: "portolan.version/v1", DataVersion: registry.Version(), Version: "unknown",
		Go: runtime.Version(), OS: runtime.GOOS, Arch: runtime.GOARCH}
	b, ok := a.env.Build()
	if !ok {
		return v
	}
	if b.Main.Version != "" {
		v.Version = b.Main.Version
	}
	for _, s := range b.Settings {
		switch s.Key {
		case "vcs.revision":
			v.Commit = s.Value
		case "vcs.time":
			v.Date = s.Value
		case "vcs.modified":
			v.Modified = s.Value == "true"
		}
	}
	return v
}

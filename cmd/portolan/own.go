package main

import (
	"errors"
	"io/fs"
	"path/filepath"
	"runtime"
	"syscall"

	"github.com/portolan/portolan/registry"
)

// ownName is the file that "data update" writes: the registry with an edition
// that the user has added.
const ownName = "registry.pack"

// dataFolder is where the user's own data is, as each system has it; "" where
// the environment names no home.
func dataFolder(getenv func(string) string, system string) string {
	home := getenv("HOME")
	switch d := getenv("XDG_DATA_HOME"); {
	case filepath.IsAbs(d):
		return filepath.Join(d, "portolan")
	case system == "windows" && getenv("LOCALAPPDATA") != "":
		return filepath.Join(getenv("LOCALAPPDATA"), "portolan")
	case home == "":
		return ""
	case system == "darwin":
		return filepath.Join(home, "Library", "Application Support", "portolan")
	}
	return filepath.Join(home, ".local", "share", "portolan")
}

// useOwnRegistry answers from the user's own registry, if there is one. What is
// wrong with it is said, and the embedded one answers.
func (a *app) useOwnRegistry() {
	folder := dataFolder(a.env.Getenv, runtime.GOOS)
	if folder == "" || len(a.env.Args) > 1 && a.env.Args[0] == "data" && a.env.Args[1] != "sources" {
		return // verify, update and reset are about the embedded one
	}
	name := filepath.Join(folder, ownName)
	text, err := a.env.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
		return
	}
	if err != nil {
		a.notice("note: the embedded registry answers: " + err.Error())
		return
	}
	embedded := registry.Version()
	switch based, err := registry.Replace(string(text)); {
	case err != nil:
		a.notice("note: the embedded registry answers: " + name + ": " + err.Error() + "; portolan data update makes it anew, portolan data reset removes it")
	case based != embedded:
		a.notice("note: the embedded registry answers: " + name + " was made with another version of portolan; portolan data update makes it anew, portolan data reset removes it")
	}
}

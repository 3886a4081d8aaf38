package witness

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"

	"github.com/portolan/portolan"
)

// profileFolders hold firewalld's service profiles. A file of the first stands
// in for the one of the same name in the second (firewalld.service(5)).
var profileFolders = [...]string{"etc/firewalld/services", "usr/lib/firewalld/services"}

// FindProfiles looks for firewalld profiles that open a key. fsys is the root of
// the file system.
func FindProfiles(fsys fs.FS, k portolan.Key) Found {
	var found Found
	seen := map[string]bool{}
	for _, folder := range profileFolders {
		names, err := found.folder(fsys, folder)
		if err != nil {
			found.fail(err)
			continue
		}
		for _, name := range names {
			if !seen[name] {
				found.profile(fsys, folder+"/"+name, k)
			}
			seen[name] = true
		}
	}
	return found
}

// folder returns the names of the profiles in a folder, sorted.
func (f *Found) folder(fsys fs.FS, path string) ([]string, error) {
	dir, err := fsys.Open(path)
	if err != nil {
		return nil, err
	}
	defer dir.Close()
	info, err := dir.Stat()
	if err != nil {
		return nil, err
	}
	d, ok := dir.(fs.ReadDirFile)
	if !ok || !info.IsDir() {
		return nil, fmt.Errorf("/%s: not a folder", path)
	}
	entries, err := d.ReadDir(maxProfiles + 1)
	if err != nil && err != io.EOF {
		return nil, err
	}
	f.Searched = append(f.Searched, File{"firewalld", "/" + path, info.ModTime()})
	if len(entries) > maxProfiles {
		f.Errs = append(f.Errs, fmt.Errorf("/%s: more than %d files: the rest is not read", path, maxProfiles))
		entries = entries[:maxProfiles]
	}
	var names []string
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), ".xml") {
			names = append(names, e.Name())
		}
	}
	slices.Sort(names)
	return names, nil
}

// profile adds what one profile says of a key.
func (f *Found) profile(fsys fs.FS, path string, k portolan.Key) {
	file, text, err := readFile(fsys, path, maxProfile)
	if err != nil {
		f.fail(err)
		return
	}
	file.Source = "firewalld"
	comment, spans, err := parseProfile(text, k.Transport)
	if err != nil {
		f.Errs = append(f.Errs, &ParseError{file.Path, 0, "", err})
	}
	name := strings.TrimSuffix(path[strings.LastIndexByte(path, '/')+1:], ".xml")
	for _, span := range spans {
		if span.Contains(k.Port) {
			f.Sayings = append(f.Sayings, Saying{File: file, Span: span, Name: name, Comment: comment})
			return // one profile, one saying
		}
	}
}

// parseProfile reads a profile's short name and the ports that it opens of one
// transport:
//
//	<service><short>SSH</short><port protocol="tcp" port="22"/></service>
//
// A port that cannot be read is an error, and the others stand. Profiles that
// one includes are not followed: each of them speaks for itself.
func parseProfile(text []byte, t portolan.Transport) (short string, spans []portolan.Span, err error) {
	var p struct {
		XMLName xml.Name `xml:"service"`
		Short   string   `xml:"short"`
		Ports   []struct {
			Port     string `xml:"port,attr"`
			Protocol string `xml:"protocol,attr"`
		} `xml:"port"`
	}
	if err := xml.Unmarshal(text, &p); err != nil {
		return "", nil, err
	}
	var errs []error
	for _, port := range p.Ports {
		if !strings.EqualFold(port.Protocol, t.String()) || port.Port == "" {
			continue // another transport, or a whole protocol
		}
		span, err := portolan.ParseSpan(port.Port)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		spans = append(spans, span)
	}
	return strings.TrimSpace(p.Short), spans, errors.Join(errs...)
}

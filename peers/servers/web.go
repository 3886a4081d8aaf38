package servers

// get is what any server of HTTP answers.
const get = "GET / HTTP/1.0\r\n\r\n"

// preface is how HTTP/2 begins without TLS, with empty settings.
const preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00"

var nginx = Server{
	Name:     "nginx",
	Packages: []string{"nginx"},
	Endpoints: []Endpoint{
		{Name: "nginx", Protocol: "http", Product: "nginx", Shows: upstream, Ask: get, Says: "Server: nginx/"},
		{Name: "nginx-tls", Port: "tls", TLS: true, Protocol: "http", Product: "nginx", Shows: upstream, Ask: get, Says: "Server: nginx/"},
		// It speaks HTTP/2 alone, and says who it is to a GET in frames of it.
		{Name: "nginx-h2", Port: "h2", Protocol: "http2", Product: "nginx", Shows: upstream, Ask: preface, Says: "\x04\x00\x00\x00\x00\x00"},
	},
	Recipe: func(g *Ground) {
		g.File("nginx.conf", `
daemon off;
pid {dir}/pid;
error_log {dir}/error.log;
events {}
http {
	access_log {dir}/access.log;
	client_body_temp_path {dir}/body;
	proxy_temp_path {dir}/proxy;
	fastcgi_temp_path {dir}/fastcgi;
	uwsgi_temp_path {dir}/uwsgi;
	scgi_temp_path {dir}/scgi;
	server {
		listen 127.0.0.1:{port};
		listen 127.0.0.1:{tls} ssl http2;
		listen 127.0.0.1:{h2} http2;
		ssl_certificate {cert};
		ssl_certificate_key {key};
	}
}`)
		g.Run("nginx", "-e", "{dir}/error.log", "-c", "{dir}/nginx.conf")
	},
}

var apache = Server{
	Name:     "apache",
	Packages: []string{"apache2-bin"},
	Endpoints: []Endpoint{
		{Name: "apache", Protocol: "http", Product: "Apache", Shows: upstream, Ask: get, Says: "Server: Apache/"},
		{Name: "apache-tls", Port: "tls", TLS: true, Protocol: "http", Product: "Apache", Shows: upstream, Ask: get, Says: "Server: Apache/"},
	},
	Recipe: func(g *Ground) {
		g.File("apache.conf", `
ServerName localhost
ServerRoot {dir}
DefaultRuntimeDir {dir}
PidFile {dir}/pid
Mutex file:{dir} default
ErrorLog {dir}/error.log
LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
LoadModule ssl_module /usr/lib/apache2/modules/mod_ssl.so
DocumentRoot {dir}
Listen 127.0.0.1:{port}
Listen 127.0.0.1:{tls}
<VirtualHost 127.0.0.1:{tls}>
	SSLEngine on
	SSLCertificateFile {cert}
	SSLCertificateKeyFile {key}
</VirtualHost>
`)
		g.Run("apache2", "-D", "FOREGROUND", "-f", "{dir}/apache.conf")
	},
}

var lighttpd = Server{
	Name:      "lighttpd",
	Packages:  []string{"lighttpd"},
	Endpoints: []Endpoint{{Name: "lighttpd", Protocol: "http", Product: "lighttpd", Shows: upstream, Ask: get, Says: "Server: lighttpd/"}},
	Recipe: func(g *Ground) {
		g.File("lighttpd.conf", `
server.bind = "127.0.0.1"
server.port = {port}
server.document-root = "{dir}"
`)
		g.Run("lighttpd", "-D", "-f", "{dir}/lighttpd.conf")
	},
}

// fcgiValues asks a FastCGI server what it can do: FCGI_GET_VALUES with one name.
const fcgiValues = "\x01\x09\x00\x00\x00\x11\x00\x00\x0f\x00FCGI_MPXS_CONNS"

var phpFPM = Server{
	Name:      "php-fpm",
	Packages:  []string{"php8.2-fpm"},
	Endpoints: []Endpoint{{Name: "php-fpm", Protocol: "fastcgi", Ask: fcgiValues, Says: "FCGI_MPXS_CONNS"}},
	Recipe: func(g *Ground) {
		g.File("fpm.conf", `
[global]
error_log = /dev/stderr
[www]
listen = 127.0.0.1:{port}
pm = static
pm.max_children = 1
`)
		g.Run("php-fpm8.2", "-n", "-F", "-y", "{dir}/fpm.conf")
	},
}

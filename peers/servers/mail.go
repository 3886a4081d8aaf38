package servers

// postfix runs apart from the system's: all its folders are its own, and master
// is started without the scripts that would look at the system's. The queue is
// postfix's user's, as it insists.
var postfix = Server{
	Name:     "postfix",
	Packages: []string{"postfix"},
	Root:     true,
	Endpoints: []Endpoint{
		{Name: "postfix", Protocol: "smtp", Product: "Postfix", Says: "220 mail.example.net ESMTP Postfix"},
		{Name: "postfix-tls", Port: "tls", TLS: true, Protocol: "smtp", Product: "Postfix", Says: "220 mail.example.net ESMTP Postfix"},
	},
	Recipe: func(g *Ground) {
		g.Folder("conf", "queue", "data")
		g.File("conf/main.cf", `
compatibility_level = 3.6
queue_directory = {dir}/queue
data_directory = {dir}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
maillog_file = {dir}/mail.log
maillog_file_prefixes = {dir}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mail.example.net
mydestination =
alias_maps =
local_recipient_maps =
smtpd_banner = $myhostname ESMTP $mail_name (Debian/GNU)
smtpd_peername_lookup = no
smtpd_tls_cert_file = {cert}
smtpd_tls_key_file = {key}
`)
		g.File("conf/master.cf", `
127.0.0.1:{port} inet n - n - - smtpd
127.0.0.1:{tls} inet n - n - - smtpd
  -o smtpd_tls_wrappermode=yes
anvil unix - - n - 1 anvil
rewrite unix - - n - - trivial-rewrite
tlsmgr unix - - n 1000? 1 tlsmgr
postlog unix-dgram n - n - 1 postlogd
`)
		g.Do("sh", "-c", "cd queue && mkdir pid private public && chown postfix private public ../data && chmod 755 . .. pid public ../conf && chmod 644 ../conf/*")
		g.Run("/usr/lib/postfix/sbin/master", "-d", "-c", "{dir}/conf")
	},
}

const dovecotReady = "Dovecot (Debian) ready."

var dovecot = Server{
	Name:     "dovecot",
	Packages: []string{"dovecot-core", "dovecot-imapd", "dovecot-pop3d"},
	Root:     true,
	Endpoints: []Endpoint{
		{Name: "dovecot-imap", Port: "imap", Protocol: "imap", Product: "Dovecot", Says: dovecotReady},
		{Name: "dovecot-imaps", Port: "imaps", TLS: true, Protocol: "imap", Product: "Dovecot", Says: dovecotReady},
		{Name: "dovecot-pop3", Port: "pop3", Protocol: "pop3", Product: "Dovecot", Says: dovecotReady},
		{Name: "dovecot-pop3s", Port: "pop3s", TLS: true, Protocol: "pop3", Product: "Dovecot", Says: dovecotReady},
	},
	Recipe: func(g *Ground) {
		g.File("dovecot.conf", `
base_dir = {dir}/run
state_dir = {dir}/run
log_path = {dir}/dovecot.log
listen = 127.0.0.1
protocols = imap pop3
ssl = yes
ssl_cert = <{cert}
ssl_key = <{key}
mail_location = maildir:{dir}/mail/%u
passdb {
  driver = static
  args = nopassword=n
}
userdb {
  driver = static
  args = uid=mail gid=mail home={dir}/mail/%u
}
service imap-login {
  inet_listener imap {
    port = {imap}
  }
  inet_listener imaps {
    port = {imaps}
  }
}
service pop3-login {
  inet_listener pop3 {
    port = {pop3}
  }
  inet_listener pop3s {
    port = {pop3s}
  }
}
`)
		g.Run("dovecot", "-F", "-c", "{dir}/dovecot.conf")
	},
}

package servers

// All is every server that can be started here, by what it is for.
var All = []Server{
	openssh, dropbear, telnetd,
	nginx, apache, lighttpd, phpFPM,
	haproxy, squid, tinyproxy, dante, tor,
	postfix, dovecot,
	bind9, unbound, dnsmasq,
	redis, memcached, postgresql, mariadb, firebird, influxdb, etcd, zookeeper, slapd,
	mosquitto, rabbitmq, nats, beanstalkd, gearman,
	vsftpd, pyftpdlib, rsync, samba, tftpd, nbd, git, svnserve,
	ngircd, inspircd, prosody, mumble,
	kamailio, coturn, icecast, mpd,
	tigervnc, xrdp, cups, distcc,
	chrony, snmpd, krb5, zabbix, nut, gpsd, prometheus, nodeExporter, iperf3, openvpn,
	discard, silent, closing,
}

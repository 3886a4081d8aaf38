package servers

import "time"

// mqttConnect is a CONNECT of MQTT 3.1.1 without name or password.
const mqttConnect = "\x10\x0c\x00\x04MQTT\x04\x02\x00\x3c\x00\x00"

var mosquitto = Server{
	Name:     "mosquitto",
	Packages: []string{"mosquitto"},
	Endpoints: []Endpoint{
		{Name: "mosquitto", Protocol: "mqtt", Ask: mqttConnect, Says: "\x20\x02\x00\x00"},
		{Name: "mosquitto-tls", Port: "tls", TLS: true, Protocol: "mqtt", Ask: mqttConnect, Says: "\x20\x02\x00\x00"},
	},
	Recipe: func(g *Ground) {
		g.File("mosquitto.conf", `
allow_anonymous true
listener {port} 127.0.0.1
listener {tls} 127.0.0.1
certfile {cert}
keyfile {key}
`)
		g.Run("mosquitto", "-c", "{dir}/mosquitto.conf")
	},
}

// rabbitmq brings epmd, which would otherwise be started behind its back and
// outlive it.
var rabbitmq = Server{
	Name:     "rabbitmq",
	Packages: []string{"rabbitmq-server", "erlang-base"},
	Patience: 60 * time.Second,
	Spare:    []string{"dist"},
	Endpoints: []Endpoint{
		{Name: "epmd", Port: "epmd", Protocol: "epmd", Ask: "\x00\x01n", Says: "name portolan at port "},
		{Name: "rabbitmq", Protocol: "amqp", Product: "RabbitMQ", Shows: upstream, Ask: "AMQP\x00\x00\x09\x01", Says: "RabbitMQ"},
		{Name: "rabbitmq-tls", Port: "tls", TLS: true, Protocol: "amqp", Product: "RabbitMQ", Shows: upstream, Ask: "AMQP\x00\x00\x09\x01", Says: "RabbitMQ"},
	},
	Recipe: func(g *Ground) {
		g.File("rabbitmq.conf", `
listeners.tcp.local = 127.0.0.1:{port}
listeners.ssl.local = 127.0.0.1:{tls}
ssl_options.certfile = {cert}
ssl_options.keyfile = {key}
ssl_options.verify = verify_none
log.console = true
log.file = false
`)
		g.File("plugins", "[].")
		g.Env("ERL_EPMD_PORT", "{epmd}")
		g.Env("ERL_EPMD_ADDRESS", "127.0.0.1")
		g.Env("RABBITMQ_NODENAME", "portolan@localhost")
		g.Env("RABBITMQ_DIST_PORT", "{dist}")
		g.Env("RABBITMQ_CONFIG_FILE", "{dir}/rabbitmq.conf")
		g.Env("RABBITMQ_CONF_ENV_FILE", "{dir}/none")
		g.Env("RABBITMQ_ENABLED_PLUGINS_FILE", "{dir}/plugins")
		g.Env("RABBITMQ_MNESIA_BASE", "{dir}/mnesia")
		g.Env("RABBITMQ_LOG_BASE", "{dir}")
		g.Env("RABBITMQ_PID_FILE", "{dir}/pid")
		g.Env("RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS", "-kernel inet_dist_use_interface {127,0,0,1}")
		g.Run("epmd", "-port", "{epmd}", "-address", "127.0.0.1")
		g.Run("/usr/lib/rabbitmq/bin/rabbitmq-server")
	},
}

// nats says its version, and no name of a product.
var nats = Server{
	Name:      "nats",
	Packages:  []string{"nats-server"},
	Endpoints: []Endpoint{{Name: "nats", Protocol: "nats", Shows: upstream, Says: `INFO {"server_id":`}},
	Recipe:    func(g *Ground) { g.Run("nats-server", "-a", "127.0.0.1", "-p", "{port}") },
}

var beanstalkd = Server{
	Name:      "beanstalkd",
	Packages:  []string{"beanstalkd"},
	Endpoints: []Endpoint{{Name: "beanstalkd", Protocol: "beanstalk", Shows: upstream, Ask: "stats\r\n", Says: "\nversion: "}},
	Recipe:    func(g *Ground) { g.Run("beanstalkd", "-l", "127.0.0.1", "-p", "{port}") },
}

var gearman = Server{
	Name:      "gearman",
	Packages:  []string{"gearman-job-server"},
	Endpoints: []Endpoint{{Name: "gearman", Protocol: "gearman", Shows: source, Ask: "version\n", Says: "OK "}},
	Recipe:    func(g *Ground) { g.Run("gearmand", "-L", "127.0.0.1", "-p", "{port}", "-l", "stderr") },
}

//go:build ignore

// SPDX-License-Identifier: Apache-2.0
//
// Two programs. "watch" sits at the ingress of an interface, asks the kernel
// whether a socket exists for what comes in, and reports what finds none. It
// lets everything pass. "steer" is asked by the kernel which listener a
// connection belongs to, and names the trap's only where watch has left a
// witness for these very addresses and ports. No witness: it says nothing.
//
// The few structs of the kernel's interface are written out, so that nothing but
// a compiler is needed. Counters have a key each, and nothing reads a pointer
// that the verifier calls computed: so the programs load without CAP_PERFMON.

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;

#define SEC(name) __attribute__((section(name), used))
#define INLINE static inline __attribute__((always_inline))
#define CALLED static __attribute__((noinline))
#define __uint(name, value) int(*name)[value]
#define __type(name, value) typeof(value) *name

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define be16(x) __builtin_bswap16(x)
#define be32(x) __builtin_bswap32(x)
#else
#define be16(x) (x)
#define be32(x) (x)
#endif

// linux/bpf.h

enum {
	MAP_ARRAY = 2,
	MAP_PERCPU_ARRAY = 6,
	MAP_LRU_HASH = 9,
	MAP_LPM_TRIE = 11,
	MAP_SOCKMAP = 15,
	MAP_RINGBUF = 27,
	NO_PREALLOC = 1,
	NO_WAKEUP = 1,
};

struct __sk_buff {
	u32 len, pkt_type, mark, queue_mapping, protocol, vlan_present, vlan_tci, vlan_proto, priority, ingress_ifindex, ifindex;
	u32 tc_index, cb[5], hash, tc_classid, data, data_end;
};

struct bpf_sock {
	u32 bound_dev_if, family, type, protocol, mark, priority, src_ip4, src_ip6[4], src_port;
	u16 dst_port, : 16;
	u32 dst_ip4, dst_ip6[4], state, rx_queue_mapping;
};

struct bpf_sock_tuple {
	union {
		struct {
			u32 saddr, daddr;
			u16 sport, dport;
		} v4;
		struct {
			u32 saddr[4], daddr[4];
			u16 sport, dport;
		} v6;
	};
};

struct bpf_sk_lookup {
	u64 cookie;
	u32 family, protocol, remote_ip4, remote_ip6[4];
	u16 remote_port, : 16; // as on the wire
	u32 local_ip4, local_ip6[4], local_port; // the port as a number
};

static void *(*const map_lookup)(void *map, const void *key) = (void *)1;
static long (*const map_update)(void *map, const void *key, const void *value, u64 flags) = (void *)2;
static long (*const map_delete)(void *map, const void *key) = (void *)3;
static u64 (*const ktime_ns)(void) = (void *)5;
static long (*const skb_load)(const void *skb, u32 offset, void *to, u32 len) = (void *)26;
static struct bpf_sock *(*const sk_lookup_udp)(void *ctx, struct bpf_sock_tuple *tuple, u32 size, u64 netns, u64 flags) = (void *)85;
static long (*const sk_release)(void *sock) = (void *)86;
static struct bpf_sock *(*const skc_lookup_tcp)(void *ctx, struct bpf_sock_tuple *tuple, u32 size, u64 netns, u64 flags) = (void *)99;
static long (*const sk_assign)(void *ctx, void *sk, u64 flags) = (void *)124;
static long (*const ringbuf_output)(void *ring, void *data, u64 size, u64 flags) = (void *)130;
static u64 (*const jiffies)(void) = (void *)118;
static u64 (*const ktime_coarse_ns)(void) = (void *)160;

#define HERE ((u64)-1) // the network namespace of the interface
#define TCX_NEXT (-1)
#define SK_PASS 1
#define OTHERHOST 3
#define SYN_SENT 2 // the kernel's numbers of TCP states
#define LISTEN 10
#define AF_INET 2

// linux/if_ether.h, linux/in.h, linux/in6.h, RFC 9293

#define ETH_P_IP 0x0800
#define ETH_P_IPV6 0x86DD
#define ICMP 1
#define TCP 6
#define UDP 17
#define ICMP6 58
#define FIN 0x01
#define SYN 0x02
#define RST 0x04
#define ACK 0x10

// What follows up to the maps is known to the Go side too: record.go, counters.

enum why { WHY_SYN = 1, WHY_FLAGS, WHY_BACK, WHY_ACK, WHY_UDP, WHY_ICMP, WHY_FRAGMENT, WHY_HEADERS };

enum counter { SEEN, EMITTED, RING_LOST, LIMITED, IGNORED, STEERED, COUNTERS };

enum guard { GUARD_TCP, GUARD_UDP, GUARD_ANSWER, GUARDS };

volatile const u32 snap = 512;          // bytes kept of a packet
volatile const u32 snap_udp = 2048;     // of a datagram
volatile const u64 interval = 50000;    // ns between two events of a source, on average
volatile const u64 window = 6553600000; // ns that a source may be ahead of that
volatile const u64 witness_life = 30000000000;
volatile const u16 own_port4 = 0, own_port6 = 0; // of the trap's listeners on loopback
volatile const u8 steering = 0;

#define MOST 4096 // bytes kept of any packet

struct record {
	u64 at; // CLOCK_MONOTONIC
	u32 interface, length;
	u16 kept;
	u8 why, answered;
	u32 zero;
	u8 packet[MOST];
};

struct address {
	u32 w[4]; // IPv4 is ::ffff:a.b.c.d
};

struct pair {
	struct address source, destination;
	u16 sport, dport;
};

struct prefix {
	u32 length;
	struct address address;
};

// port leads, so that one prefix length says both: this port, or any as 0.
struct ignore {
	u32 length;
	u16 port, zero;
	struct address address;
};

struct flow {
	u64 a, b, until;
};

// witness is left by a TCP packet of which there was an event.
struct witness {
	u64 at;
	u32 steered;
	u8 why, answer;
	u16 zero;
};

struct {
	__uint(type, MAP_RINGBUF);
	__uint(max_entries, 1 << 23);
} events SEC(".maps");

struct {
	__uint(type, MAP_PERCPU_ARRAY);
	__type(key, u32);
	__type(value, u64);
	__uint(max_entries, COUNTERS);
} counters SEC(".maps");

struct {
	__uint(type, MAP_LPM_TRIE);
	__type(key, struct prefix);
	__type(value, u8);
	__uint(max_entries, 65536);
	__uint(map_flags, NO_PREALLOC);
} locals SEC(".maps");

struct {
	__uint(type, MAP_LPM_TRIE);
	__type(key, struct ignore);
	__type(value, u8);
	__uint(max_entries, 65536);
	__uint(map_flags, NO_PREALLOC);
} ignored SEC(".maps");

struct {
	__uint(type, MAP_ARRAY);
	__type(key, u32);
	__type(value, u64);
	__uint(max_entries, GUARDS * 1024);
} guards SEC(".maps");

struct {
	__uint(type, MAP_LRU_HASH);
	__type(key, struct pair);
	__type(value, struct witness);
	__uint(max_entries, 65536);
} witnesses SEC(".maps");

struct {
	__uint(type, MAP_LRU_HASH);
	__type(key, struct address);
	__type(value, u64);
	__uint(max_entries, 65536);
} sources SEC(".maps");

struct {
	__uint(type, MAP_LRU_HASH);
	__type(key, struct pair);
	__type(value, u64);
	__uint(max_entries, 65536);
} datagrams SEC(".maps");

struct {
	__uint(type, MAP_PERCPU_ARRAY);
	__type(key, u32);
	__type(value, struct flow);
	__uint(max_entries, 1024);
} flows SEC(".maps");

struct {
	__uint(type, MAP_PERCPU_ARRAY);
	__type(key, u32);
	__type(value, struct record);
	__uint(max_entries, 1);
} scratch SEC(".maps");

struct {
	__uint(type, MAP_SOCKMAP);
	__type(key, u32);
	__type(value, u64);
	__uint(max_entries, 2);
} listeners SEC(".maps");

struct {
	__uint(type, MAP_PERCPU_ARRAY);
	__type(key, u32);
	__type(value, u64);
	__uint(max_entries, 1);
} woken SEC(".maps");

// wake lets a CPU wake the reader once a tick: that costs more than all the rest
// together. The reader looks by itself for a while after each record.
INLINE u64 wake(void)
{
	u32 zero = 0;
	u64 now = jiffies(), *last = map_lookup(&woken, &zero);
	if (!last || *last == now)
		return NO_WAKEUP;
	*last = now;
	return 0;
}

INLINE void count(u32 which)
{
	u64 *n = map_lookup(&counters, &which);
	if (n)
		(*n)++;
}

INLINE int guarded(u32 guard, u16 port)
{
	u32 key = guard * 1024 + port / 64;
	u64 *bits = map_lookup(&guards, &key);
	return bits && *bits >> (port % 64) & 1;
}

// packet is what the programs know of one.
struct packet {
	struct pair pair; // ports as on the wire
	u32 start;        // where the IP header begins
	u32 transport;    // where the transport's header begins
	u32 rest;         // bytes from there to the end of the packet
	u8 protocol, v6, first_fragment, flags;
};

CALLED int is_local(struct packet *p)
{
	struct prefix key = {.length = 128, .address = p->pair.destination};
	return map_lookup(&locals, &key) != 0;
}

CALLED int is_ignored(struct packet *p)
{
	struct ignore key = {.length = 160, .port = p->pair.dport, .address = p->pair.source};
	if (map_lookup(&ignored, &key))
		return 1;
	key.port = 0;
	return map_lookup(&ignored, &key) != 0;
}

// beyond is the generic cell rate algorithm: one number says until when a share is
// used up. every is the time between two events, and ahead how far one may be.
CALLED int beyond(void *map, void *key, u64 every, u64 ahead)
{
	u64 now = ktime_coarse_ns(), next = now + every;
	u64 *until = map_lookup(map, key);
	if (!until) {
		map_update(map, key, &next, 0);
		return 0;
	}
	u64 from = *until;
	if (from < now)
		from = now;
	if (from - now > ahead)
		return 1;
	*until = from + every;
	return 0;
}

#define SECOND 1000000000ULL
#define SAME 32 // datagrams at once with the same ends, and one a second after

// limited says whether there is enough of this: of a source, where who holds an
// IPv6 address holds its /64, and of datagrams that all go the same way.
INLINE int limited(struct packet *p)
{
	if (p->protocol == UDP && beyond(&datagrams, &p->pair, SECOND, (SAME - 1) * SECOND))
		return 1;
	struct address source = p->pair.source;
	if (p->v6)
		source.w[2] = source.w[3] = 0;
	return beyond(&sources, &source, interval, window);
}

// report puts a packet into the ring, or counts why not. It returns whether it
// did.
CALLED int report(struct __sk_buff *skb, struct packet *p, u8 why, u8 answered)
{
	u32 zero = 0, n = skb->len - p->start, most = p->protocol == UDP ? snap_udp : snap;
	struct record *r = map_lookup(&scratch, &zero);
	count(SEEN);
	if (limited(p)) {
		count(LIMITED);
		return 0;
	}
	if (!r || skb->len <= p->start)
		goto lost;
	r->at = ktime_ns();
	r->interface = skb->ifindex;
	r->length = n;
	if (n > most)
		n = most;
	r->kept = n;
	r->why = why;
	r->answered = answered;
	r->zero = 0;
	asm volatile("" : "+r"(n)); // or the compiler drops the bounds that the verifier needs
	if (n == 0 || n > MOST)
		goto lost;
	// Unlike the packet's own memory this also reads page fragments.
	if (skb_load(skb, p->start, r->packet, n))
		goto lost;
	if (ringbuf_output(&events, r, __builtin_offsetof(struct record, packet) + n, wake()))
		goto lost;
	count(EMITTED);
	return 1;
lost:
	count(RING_LOST);
	return 0;
}

// flow_v4 and flow_v6 say which flow a packet is of, by two numbers. Those of
// IPv6 are mixed: who makes two flows the same hides an ACK from us, no more.
INLINE void flow_v4(struct flow *f, u32 source, u32 destination, u32 ports, u8 protocol)
{
	f->a = (u64)source << 32 | destination;
	f->b = (u64)protocol << 32 | ports;
}

INLINE void flow_v6(struct flow *f, const struct address *source, const struct address *destination, u32 ports, u8 protocol)
{
	u64 a = ((u64)source->w[0] << 32 | source->w[1]) * 0x9E3779B97F4A7C15 ^ ((u64)source->w[2] << 32 | source->w[3]);
	f->a = a * 0x9E3779B97F4A7C15 ^ ((u64)destination->w[2] << 32 | destination->w[3]);
	f->b = ((u64)protocol << 32 | ports | 1ULL << 63) ^ (u64)(destination->w[0] * 31 + destination->w[1]) << 32;
}

INLINE void find(struct packet *p, struct flow *f)
{
	struct pair *a = &p->pair;
	u32 ports;
	__builtin_memcpy(&ports, &a->sport, 4);
	if (p->v6)
		flow_v6(f, &a->source, &a->destination, ports, p->protocol);
	else
		flow_v4(f, a->source.w[3], a->destination.w[3], ports, p->protocol);
}

// cell is where a CPU remembers a flow. It holds one: another one takes its place.
INLINE struct flow *cell(struct flow *f)
{
	u32 key = ((f->a ^ f->b) * 0x9E3779B97F4A7C15) >> 54;
	return map_lookup(&flows, &key);
}

#define FLOW_LIFE 500 // in jiffies: 0.5 to 5 s

INLINE int known(struct flow *f)
{
	struct flow *c = cell(f);
	return c && c->a == f->a && c->b == f->b && c->until > jiffies();
}

INLINE void remember(struct flow *f)
{
	struct flow *c = cell(f);
	if (!c)
		return;
	c->a = f->a;
	c->b = f->b;
	c->until = jiffies() + FLOW_LIFE;
}

enum found { NONE, LISTENS, FOUND };

INLINE void tuple_of(struct pair *p, u8 v6, struct bpf_sock_tuple *t)
{
	if (!v6) {
		t->v4.saddr = p->source.w[3];
		t->v4.daddr = p->destination.w[3];
		t->v4.sport = p->sport;
		t->v4.dport = p->dport;
		return;
	}
	for (int i = 0; i < 4; i++) {
		t->v6.saddr[i] = p->source.w[i];
		t->v6.daddr[i] = p->destination.w[i];
	}
	t->v6.sport = p->sport;
	t->v6.dport = p->dport;
}

// APART keeps the compiler from joining the ends of two branches by adding to a
// pointer that the verifier wants left alone.
#define APART asm volatile("")

INLINE int is_ours(struct bpf_sock *s, u8 v6)
{
	if (!v6) {
		u32 at = s->src_ip4;
		APART;
		return own_port4 && s->src_port == own_port4 && at == be32(0x7f000001);
	}
	return own_port6 && s->src_port == own_port6 && s->src_ip6[3] == be32(1) && !s->src_ip6[2] && !s->src_ip6[1] && !s->src_ip6[0];
}

// socket_tcp asks for any socket: established, waiting, half open, listening. The
// trap's own listeners are none.
CALLED int socket_tcp(struct __sk_buff *skb, struct pair *pair, u8 v6)
{
	struct bpf_sock_tuple t = {};
	tuple_of(pair, v6, &t);
	struct bpf_sock *s;
	if (v6)
		s = skc_lookup_tcp(skb, &t, sizeof t.v6, HERE, 0);
	else
		s = skc_lookup_tcp(skb, &t, sizeof t.v4, HERE, 0);
	if (!s)
		return NONE;
	int found = FOUND;
	if (s->state == LISTEN)
		found = is_ours(s, v6) ? NONE : LISTENS;
	sk_release(s);
	return found;
}

CALLED int socket_udp(struct __sk_buff *skb, struct pair *pair, u8 v6)
{
	struct bpf_sock_tuple t = {};
	tuple_of(pair, v6, &t);
	struct bpf_sock *s;
	if (v6)
		s = sk_lookup_udp(skb, &t, sizeof t.v6, HERE, 0);
	else
		s = sk_lookup_udp(skb, &t, sizeof t.v4, HERE, 0);
	if (!s)
		return NONE;
	sk_release(s);
	return FOUND;
}

// report_tcp leaves a witness behind: what is not reported is not answered.
CALLED void report_tcp(struct __sk_buff *skb, struct packet *p, u8 why, u8 answer)
{
	struct witness left = {.at = ktime_coarse_ns(), .why = why, .answer = answer};
	if (is_ignored(p))
		count(IGNORED);
	else if (report(skb, p, why, answer))
		map_update(&witnesses, &p->pair, &left, 0);
}

#define MEMORY 300000000000 // ns that a connection is remembered after its last packet

// no_news reports whether a packet only goes on with what there was an event of:
// what is sent to our answer or after our reset, and a connection that is
// translated and goes on to another host.
INLINE int no_news(struct pair *pair, u8 why)
{
	struct witness *left = map_lookup(&witnesses, pair);
	u64 now = ktime_coarse_ns();
	if (!left || now - left->at > MEMORY || (left->why != WHY_SYN && left->why != why))
		return 0;
	if (!left->answer)
		left->at = now;
	return 1;
}

// syn answers for the packet that opens a connection.
CALLED void syn(struct __sk_buff *skb, struct packet *p)
{
	u16 port = be16(p->pair.dport);
	if (!guarded(GUARD_TCP, port) || !is_local(p))
		return;
	// An old witness would lead the look-up below to ourselves, and steal from
	// a service that has started since.
	struct witness before = {}, *left = map_lookup(&witnesses, &p->pair);
	if (left) {
		before = *left;
		map_delete(&witnesses, &p->pair);
	}
	int found = socket_tcp(skb, &p->pair, p->v6);
	if (found == FOUND && before.at) {
		// Sent once more to a connection that is opening already.
		before.answer = 0;
		map_update(&witnesses, &p->pair, &before, 0);
	}
	if (found == NONE)
		report_tcp(skb, p, WHY_SYN, steering && guarded(GUARD_ANSWER, port));
}

INLINE u8 why_flags(u8 flags)
{
	if (flags & RST || (flags & (SYN | ACK)) == (SYN | ACK))
		return WHY_BACK;
	if ((flags & 0x3f & ~0x28) == ACK) // with PSH or URG or without
		return WHY_ACK;
	return WHY_FLAGS;
}

INLINE void tcp(struct __sk_buff *skb, struct packet *p)
{
	struct flow f = {};
	if ((p->flags & (SYN | ACK | RST | FIN)) == SYN) {
		syn(skb, p);
		return;
	}
	find(p, &f);
	if (known(&f))
		return;
	if (!guarded(GUARD_TCP, be16(p->pair.dport)) || !is_local(p)) {
		remember(&f);
		return;
	}
	u8 why = why_flags(p->flags);
	int old = no_news(&p->pair, why), found = old ? FOUND : socket_tcp(skb, &p->pair, p->v6);
	if (found == FOUND)
		remember(&f);
	if (found == NONE)
		report_tcp(skb, p, why, 0);
}

CALLED void report_unless_ignored(struct __sk_buff *skb, struct packet *p, u8 why)
{
	if (is_ignored(p))
		count(IGNORED);
	else
		report(skb, p, why, 0);
}

INLINE void udp(struct __sk_buff *skb, struct packet *p)
{
	struct flow f = {};
	find(p, &f);
	if (known(&f))
		return;
	if (!guarded(GUARD_UDP, be16(p->pair.dport)) || !is_local(p) || socket_udp(skb, &p->pair, p->v6) != NONE) {
		remember(&f);
		return;
	}
	report_unless_ignored(skb, p, WHY_UDP);
}

// icmp reports an error about something that no socket here sent. What is quoted
// went out from here, so its two ends are the other way round.
CALLED void icmp(struct __sk_buff *skb, struct packet *p)
{
	u8 head[8] = {}, ip[40] = {}, ports[4] = {};
	if (skb_load(skb, p->transport, head, 8))
		return;
	u8 type = head[0];
	int error = p->v6 ? type >= 1 && type <= 4 : type == 3 || type == 4 || type == 5 || type == 11 || type == 12;
	if (!error || !is_local(p))
		return;
	u32 at = p->transport + 8;
	struct pair sent = {};
	u8 protocol = 0;
	if (p->v6) {
		if (!skb_load(skb, at, ip, 40) && !skb_load(skb, at + 40, ports, 4)) {
			protocol = ip[6];
			__builtin_memcpy(&sent.destination, ip + 8, 16);
			__builtin_memcpy(&sent.source, ip + 24, 16);
		}
	} else if (!skb_load(skb, at, ip, 20) && !skb_load(skb, at + (ip[0] & 15) * 4, ports, 4)) {
		protocol = ip[9];
		__builtin_memcpy(&sent.destination.w[3], ip + 12, 4);
		__builtin_memcpy(&sent.source.w[3], ip + 16, 4);
	}
	__builtin_memcpy(&sent.dport, ports, 2);
	__builtin_memcpy(&sent.sport, ports + 2, 2);
	if (!p->v6)
		sent.source.w[2] = sent.destination.w[2] = be32(0xffff);
	if (protocol == TCP && (no_news(&sent, WHY_ICMP) || socket_tcp(skb, &sent, p->v6) != NONE))
		return;
	if (protocol == UDP && socket_udp(skb, &sent, p->v6) != NONE)
		return;
	report_unless_ignored(skb, p, WHY_ICMP);
}

// tiny reports a first fragment that is too short to judge by: no stack of today
// sends one, and it is how the flags of a scan are hidden.
CALLED void tiny(struct __sk_buff *skb, struct packet *p)
{
	if (!guarded(GUARD_TCP, be16(p->pair.dport)) || !is_local(p))
		return;
	if (no_news(&p->pair, WHY_FRAGMENT) || socket_tcp(skb, &p->pair, p->v6) != NONE)
		return;
	report_tcp(skb, p, WHY_FRAGMENT, 0);
}

#define TINY 64 // shorter than the longest TCP header and one unit of a fragment

INLINE void transport(struct __sk_buff *skb, struct packet *p)
{
	u8 head[14] = {};
	if (p->protocol == TCP) {
		if (p->first_fragment && p->rest < TINY) {
			if (!skb_load(skb, p->transport, &p->pair.sport, 4))
				tiny(skb, p);
			return;
		}
		if (skb_load(skb, p->transport, head, 14))
			return;
		__builtin_memcpy(&p->pair.sport, head, 4);
		p->flags = head[13];
		tcp(skb, p);
	} else if (p->protocol == UDP) {
		if (!skb_load(skb, p->transport, &p->pair.sport, 4))
			udp(skb, p);
	} else if (p->protocol == (p->v6 ? ICMP6 : ICMP)) {
		icmp(skb, p);
	}
}

struct ipv4 {
	u8 version, tos;
	u16 length, id, fragment;
	u8 ttl, protocol;
	u16 sum;
	u32 source, destination;
};

struct ipv6 {
	u32 version;
	u16 length;
	u8 next, hops;
	struct address source, destination;
};

struct ports {
	u32 both, sequence, acknowledged;
	u8 offset, flags;
};

INLINE int goes_on(u8 protocol, u8 flags)
{
	return protocol == UDP || (protocol == TCP && (flags & (SYN | ACK | RST | FIN)) == ACK);
}

// ordinary is the fast path: it reports whether a packet is of a flow that was
// found to have a socket a moment ago. It reads the packet where it lies, if the
// headers lie in one piece and nothing stands between them.
INLINE int ordinary(struct __sk_buff *skb, u32 start)
{
	void *data = (void *)(unsigned long)skb->data, *end = (void *)(unsigned long)skb->data_end;
	struct flow f;
	if (skb->protocol == be16(ETH_P_IP)) {
		struct ipv4 *h = data + start;
		struct ports *t = data + start + sizeof *h;
		if (data + start + sizeof *h + sizeof *t > end || h->version != 0x45 || h->fragment & be16(0x3fff))
			return 0;
		if (!goes_on(h->protocol, t->flags))
			return 0;
		flow_v4(&f, h->source, h->destination, t->both, h->protocol);
		return known(&f);
	}
	struct ipv6 *h = data + start;
	struct ports *t = data + start + sizeof *h;
	if (data + start + sizeof *h + sizeof *t > end || !goes_on(h->next, t->flags))
		return 0;
	flow_v6(&f, &h->source, &h->destination, t->both, h->next);
	return known(&f);
}

INLINE void ipv4(struct __sk_buff *skb, struct packet *p)
{
	struct ipv4 h = {};
	if (skb_load(skb, p->start, &h, 20))
		return;
	u32 size = (h.version & 15) * 4, length = be16(h.length);
	if (h.version >> 4 != 4 || size < 20 || length < size || be16(h.fragment) & 0x1fff)
		return; // a later fragment has no ports
	p->first_fragment = (be16(h.fragment) & 0x2000) != 0;
	p->pair.source.w[2] = p->pair.destination.w[2] = be32(0xffff);
	p->pair.source.w[3] = h.source;
	p->pair.destination.w[3] = h.destination;
	p->protocol = h.protocol;
	p->transport = p->start + size;
	p->rest = length - size;
	transport(skb, p);
}

#define MOST_HEADERS 8

// extensions walks to the transport. It returns 0 where there is nothing to see,
// 1 at a transport, 2 where the headers go on for longer than anybody sends.
INLINE int extensions(struct __sk_buff *skb, struct packet *p)
{
	for (int i = 0; i < MOST_HEADERS; i++) {
		u8 h[4] = {};
		u32 size;
		switch (p->protocol) {
		case 0:  // hop by hop
		case 43: // routing
		case 60: // destination options
		case 51: // authentication, in units of its own
		case 44: // fragment
			break;
		default:
			return 1;
		}
		if (skb_load(skb, p->transport, h, 4))
			return 0;
		size = (h[1] + 1) * 8;
		if (p->protocol == 51)
			size = (h[1] + 2) * 4;
		if (p->protocol == 44) {
			size = 8;
			if ((h[2] << 8 | h[3]) & 0xfff8)
				return 0;
			p->first_fragment = h[3] & 1;
		}
		if (size > p->rest)
			return 0;
		p->protocol = h[0];
		p->transport += size;
		p->rest -= size;
	}
	return 2;
}

INLINE void ipv6(struct __sk_buff *skb, struct packet *p)
{
	struct ipv6 h = {};
	if (skb_load(skb, p->start, &h, 40) || be32(h.version) >> 28 != 6)
		return;
	p->v6 = 1;
	p->pair.source = h.source;
	p->pair.destination = h.destination;
	p->protocol = h.next;
	p->transport = p->start + 40;
	p->rest = be16(h.length);
	int end = extensions(skb, p);
	if (end == 1)
		transport(skb, p);
	else if (end == 2 && is_local(p))
		report_unless_ignored(skb, p, WHY_HEADERS);
}

INLINE int watch(struct __sk_buff *skb, u32 start)
{
	// What is for another machine, or for a VLAN whose interface sees it again.
	if (skb->pkt_type == OTHERHOST || (skb->vlan_present && skb->vlan_tci & 0xfff))
		return TCX_NEXT;
	if (skb->protocol != be16(ETH_P_IP) && skb->protocol != be16(ETH_P_IPV6))
		return TCX_NEXT;
	if (ordinary(skb, start))
		return TCX_NEXT;
	struct packet p = {.start = start};
	if (skb->protocol == be16(ETH_P_IP))
		ipv4(skb, &p);
	else
		ipv6(skb, &p);
	return TCX_NEXT;
}

SEC("tc/ethernet")
int watch_ethernet(struct __sk_buff *skb)
{
	return watch(skb, 14);
}

SEC("tc/ip")
int watch_ip(struct __sk_buff *skb)
{
	return watch(skb, 0);
}

SEC("sk_lookup")
int steer(struct bpf_sk_lookup *ctx)
{
	struct pair pair = {};
	u32 key = 0;
	if (ctx->protocol != TCP)
		return SK_PASS;
	if (ctx->family == AF_INET) {
		pair.source.w[2] = pair.destination.w[2] = be32(0xffff);
		pair.source.w[3] = ctx->remote_ip4;
		pair.destination.w[3] = ctx->local_ip4;
		APART;
	} else {
		key = 1;
		pair.source.w[0] = ctx->remote_ip6[0];
		pair.source.w[1] = ctx->remote_ip6[1];
		pair.source.w[2] = ctx->remote_ip6[2];
		pair.source.w[3] = ctx->remote_ip6[3];
		pair.destination.w[0] = ctx->local_ip6[0];
		pair.destination.w[1] = ctx->local_ip6[1];
		pair.destination.w[2] = ctx->local_ip6[2];
		pair.destination.w[3] = ctx->local_ip6[3];
	}
	pair.sport = ctx->remote_port;
	pair.dport = be16((u16)ctx->local_port);
	struct witness *left = map_lookup(&witnesses, &pair);
	if (!left || !left->answer || ktime_coarse_ns() - left->at > witness_life)
		return SK_PASS;
	struct bpf_sock *s = map_lookup(&listeners, &key);
	if (!s)
		return SK_PASS;
	if (!sk_assign(ctx, s, 0)) {
		left->steered = 1;
		count(STEERED);
	}
	sk_release(s);
	return SK_PASS;
}

// No helper used here asks for more.
char _license[] SEC("license") = "Apache-2.0";

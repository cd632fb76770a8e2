/* SPDX-License-Identifier: Apache-2.0 */
/*
 * socket.h - ZeroMQ as Muster uses it: one ROUTER at the hub, DEALER at everyone else, CURVE
 * always, one body frame a message.
 *
 * A socket belongs to one thread. Received bytes stay in ZeroMQ's memory and move with the
 * net_message, so that a frame can be handed to another thread without a copy.
 */
#ifndef NET_SOCKET_H
#define NET_SOCKET_H

#include "base/span.h"
#include "base/status.h"
#include "net/crowd.h"

enum { NET_KEY_SIZE = 32, NET_ROUTING_MAX = 32, NET_Z85_SIZE = 41 };

typedef struct net_context net_context;
typedef struct net_socket net_socket;

/* Block signals in the calling thread before: ZeroMQ's threads inherit the mask. */
/* MS_CONFIG: too few descriptors may be open. */
ms_status net_context_new(net_context **out, ms_error *err);
/* Room for so many sockets of ours, before the first one; about 300 without it. */
void net_context_allow(net_context *c, unsigned sockets);
void net_context_free(net_context *c); /* every socket is closed */

typedef struct net_router_options {
	const char *endpoint; /* "tcp://HOST:PORT"; PORT * picks a free one */
	uint8_t secret_key[NET_KEY_SIZE];
	size_t frame_max;  /* larger frames end their connection */
	int queue_max;     /* messages per peer (HWM); above the credit, so that it never bites */
	size_t unsent_max; /* their bytes, small ones aside; above the credit too */
	crowd_limits crowd;
} net_router_options;

/* The ZAP handler must run in the context (zap.h), or everyone is refused. */
ms_status net_router_open(
	net_context *c, const net_router_options *options, net_socket **out, ms_error *err);

enum { NET_UNREAD_MAX = 1 << 20 }; /* some frames more than a message has */

typedef struct net_dealer_options {
	const char *endpoint;
	uint8_t server_key[NET_KEY_SIZE]; /* the hub's public key */
	uint8_t public_key[NET_KEY_SIZE], secret_key[NET_KEY_SIZE];
	size_t frame_max;
	int queue_max;
	uint64_t unread_max; /* of a message without its end: what is longer is cut; 0 = not watched
			      */
} net_dealer_options;

/* Connects in the background for ever; see net_dealer_event for what became of it. */
ms_status net_dealer_open(
	net_context *c, const net_dealer_options *options, net_socket **out, ms_error *err);

void net_socket_close(net_socket *s); /* what waits to be sent is dropped; NULL is allowed */
/* From now on what waits to be sent has WAIT_MS after net_socket_close; net_context_free waits. */
void net_socket_linger(net_socket *s, int wait_ms);
/* The endpoint bound or connected to, with the port that was picked. */
const char *net_socket_endpoint(const net_socket *s);

typedef enum net_event {
	NET_NOTHING = 0,
	NET_UP,       /* handshake done */
	NET_DOWN,     /* connection lost; ZeroMQ connects again */
	NET_REFUSED,  /* the hub does not know the key: ZeroMQ gives up, a new socket is needed */
	NET_NO_TRUST, /* the hub ended the handshake. Once: it may be starting; repeated: wrong hub
			 key */
	NET_CUT,      /* the handshake was reset, or nothing came: that is the way there, no answer;
			 ZeroMQ connects again */
	NET_ENDLESS,  /* we cut it: a message did not end; ZeroMQ connects again */
	NET_NO_HUB,   /* what listens there speaks no CURVE: ZeroMQ gives up, as for NET_REFUSED */
} net_event;

/* The next event of a dealer's connection; NET_NOTHING when there is none. */
net_event net_dealer_event(net_socket *s);

/* A zeroed net_message is empty. */
typedef struct net_message {
	_Alignas(8) uint8_t frame[64]; /* the body, as ZeroMQ keeps it */
	bool held;
	size_t routing_len, user_len;
	uint8_t routing[NET_ROUTING_MAX]; /* ROUTER only */
	char user[NET_USER_MAX]; /* User-Id: the key that CURVE authenticated, as z85; ROUTER only
				  */
	int peer_fd;             /* best effort; -1 = unknown */
} net_message;

/*
 * MS_OK: a message; MS_AGAIN: none waits; MS_INVALID: one of more than one body frame was dropped,
 * read on (routing, user and peer_fd tell whose). OUT must be empty.
 */
ms_status net_receive(net_socket *s, net_message *out);
span net_message_bytes(const net_message *m);
/* Move FROM into TO (empty); FROM is empty afterwards. */
void net_message_move(net_message *to, net_message *from);
void net_message_fini(net_message *m);

/*
 * Send one frame. ROUTING is empty for a dealer. MS_AGAIN: the queue is full, or a dealer has no
 * connection; MS_UNREACHABLE: the peer is gone. MS_OK is no delivery: what was sent shortly before
 * a connection ends is lost, and nothing of it appears on the next one.
 */
ms_status net_send(net_socket *s, span routing, span bytes);
/* Bytes that wait to be sent to a ROUTER's peer, small messages aside. */
size_t net_unsent(const net_socket *s, span routing);
/* Cut a peer's connection, best effort: it connects again and meets ZAP. */
void net_kick(int peer_fd);
/* Cut those of a ROUTER's connections that are beyond its limits or unwanted (crowd.h); to be
 * called often while it is restless, and when the descriptor is readable. */
crowd_cut net_router_look(net_socket *s, const crowd_guest_list *guests);
int net_router_wake_fd(const net_socket *s);

/* CURVE keys. */
ms_status net_keypair(
	uint8_t public_key[NET_KEY_SIZE], uint8_t secret_key[NET_KEY_SIZE], ms_error *err);
ms_status net_public_of(
	const uint8_t secret_key[NET_KEY_SIZE], uint8_t public_key[NET_KEY_SIZE], ms_error *err);
void net_key_text(const uint8_t key[NET_KEY_SIZE], char out[NET_Z85_SIZE]);
bool net_key_parse(span text, uint8_t key[NET_KEY_SIZE]);

#endif

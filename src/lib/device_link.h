/* SPDX-License-Identifier: Apache-2.0 */
/*
 * device_link.h - a connection to the hub as a device, for agents and commands: socket, uplink
 * machine and reader, driven by a reactor.
 */
#ifndef LIB_DEVICE_LINK_H
#define LIB_DEVICE_LINK_H

#include "lib/device_places.h"
#include "net/finder.h"
#include "net/reactor.h"
#include "store/home.h"
#include "wire/reader.h"
#include "wire/uplink.h"

typedef struct device_link {
	reactor *reactor;
	net_context *net;
	net_dealer_options options;
	device_places places;
	uint32_t at;                     /* the place that is tried, or connected to */
	char endpoint[HOME_NAME_MAX];    /* its address */
	uint32_t turned_away;            /* places that refused one after the other */
	bool is_up;                      /* the handshake is done */
	bool served;                     /* at this place, since it was turned to */
	bool next_place;                 /* to be turned to when this turn is over */
	int64_t tried_us;                /* the socket was made then */
	bool wanted;                     /* the uplink wants a connection */
	net_socket *socket;              /* NULL while there is none */
	finder *finder;                  /* looks for the endpoint just now; NULL: nobody does */
	int64_t find_us;                 /* look for it then, unless it is up */
	char found[FINDER_ENDPOINT_MAX]; /* where the socket connects to, of a name; "" = no name */
	uplink *uplink;
	reader *reader; /* borrowed; NULL: nothing is read */
	arena frames;
	buf out;
	void (*changed)(void *ctx, int64_t now_us); /* after every turn of this link; may be NULL */
	void *ctx;
} device_link;

/* Take keys and address from a device's directory. */
ms_status device_link_set(
	device_link *l, const agent_settings *settings, const home_keys *keys, ms_error *err);
/* Other keys: give this connection up and call anew with them. */
ms_status device_link_rekey(device_link *l, const home_keys *keys, ms_error *err);
bool device_link_has_keys(const device_link *l, const home_keys *keys);

/* The places to try, in turn; a connection that there is stays. */
void device_link_places(device_link *l, const device_places *places);
/* Give this connection up and try the first place. */
void device_link_start_over(device_link *l);

/*
 * Start. L->reactor, net, changed and ctx are set by the caller, options by device_link_set,
 * READER if there is one, everything else is zeroed. CONFIG and HOST as for
 * uplink_new.
 */
ms_status device_link_start(
	device_link *l, const uplink_config *config, const uplink_host *host, ms_error *err);
/* Where the reader's frames go. */
wire_out device_link_out(device_link *l);
/* There are new sealed batches. */
void device_link_wake(device_link *l);
void device_link_fini(device_link *l);

#endif

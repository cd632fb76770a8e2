/* SPDX-License-Identifier: Apache-2.0 */
/*
 * front_crowd.c - the hub looks at its connections while something comes and cuts those beyond the
 * limits of its settings (net/crowd.h), and those of revoked devices, which have had their BYE by
 * then. When nothing has come since the look before, it rests until something does: hands are
 * shaken, bytes or a frame come, somebody is revoked. Strangers may come unseen and end by
 * themselves; a look now and then is for them.
 *
 * Seldom enough that it takes a fiftieth of the time, however many are connected, but once a second
 * at least: what a look takes may be the time of others on a busy machine. Told once a minute: an
 * attack must not fill the log.
 */
#include <malloc.h>

#include "hub/hub.h"

enum {
	LOOK_US = 100000, /* between two looks */
	LOOK_SHARE = 50,  /* and so many times what a look takes */
	REST_MAX_US = 900000,
	IDLE_US = 5000000, /* between two looks while nothing comes */
	TOLD_US = 60000000,
	TRIM_US = 1000000,
};

static bool
is_revoked(void *ctx, span user)
{
	front *f = ctx;
	uint8_t key[NET_KEY_SIZE];
	const device *d;

	if (!net_key_parse(user, key))
		return false;
	d = roster_find_key(&f->roster, key);
	if (d == NULL)
		d = roster_find_old_key(&f->roster, key, front_hub_time(f));
	return d != NULL && d->state == DEVICE_REVOKED;
}

static crowd_cut
look_at_all(front *f)
{
	const crowd_guest_list guests = { f, is_revoked };
	crowd_cut all = { .restless = zap_was_asked(f->zap) };
	unsigned i;

	for (i = 0; i < LISTENERS_MAX; i++) {
		crowd_cut cut = { 0 };

		if (f->listeners[i].router != NULL)
			cut = net_router_look(f->listeners[i].router, &guests);
		all.endless += cut.endless;
		all.strangers += cut.strangers;
		all.unwanted += cut.unwanted;
		all.too_many += cut.too_many;
		all.restless |= cut.restless;
	}
	return all;
}

/* ---- resting ---- */

static void look_at_crowd(void *ctx, int64_t now_us);

/* Readable when a look may find something new. */
static unsigned
list_signs(const front *f, int fds[1 + LISTENERS_MAX])
{
	unsigned n = 0, i;

	fds[n++] = zap_asked_fd(f->zap);
	for (i = 0; i < LISTENERS_MAX; i++)
		if (f->listeners[i].router != NULL)
			fds[n++] = net_router_wake_fd(f->listeners[i].router);
	return n;
}

void
front_stir_crowd(front *f)
{
	int fds[1 + LISTENERS_MAX];
	unsigned n;

	if (!f->crowd_rests)
		return;
	for (n = list_signs(f, fds); n > 0; n--)
		reactor_remove_fd(f->reactor, fds[n - 1]);
	f->crowd_rests = false;
	reactor_set_timer(f->reactor, look_at_crowd, f, reactor_now(f->reactor) + LOOK_US);
}

static void
something_came(void *ctx, int64_t now_us)
{
	(void)now_us;
	front_stir_crowd(ctx);
}

static void
rest(front *f)
{
	int fds[1 + LISTENERS_MAX];
	ms_status s = MS_OK;
	unsigned n;

	for (n = list_signs(f, fds); n > 0 && s == MS_OK; n--)
		s = reactor_add_fd(f->reactor, fds[n - 1], something_came, f);
	f->crowd_rests = true;
	reactor_set_timer(f->reactor, look_at_crowd, f, reactor_now(f->reactor) + IDLE_US);
	if (s != MS_OK)
		front_stir_crowd(f);
}

/* ---- looking ---- */

static void
look_at_crowd(void *ctx, int64_t now_us)
{
	front *f = ctx;
	int64_t began_us = clock_monotonic_us();
	crowd_cut cut = look_at_all(f);
	int64_t rest_us = (clock_monotonic_us() - began_us) * LOOK_SHARE;

	/* What they held is free, but the allocator keeps it for more of the same. */
	if (cut.endless > 0)
		f->trim_at_us = now_us + TRIM_US;
	if (now_us >= f->trim_at_us) {
		malloc_trim(0);
		f->trim_at_us = INT64_MAX;
	}
	if (cut.unwanted > 0)
		logger_say(&f->base->log, LOG_INFO, "%u connections of revoked devices were cut",
			cut.unwanted);
	f->cut += cut.endless + cut.strangers + cut.too_many;
	if (f->cut > 0 && now_us >= f->cut_told_us + TOLD_US) {
		logger_say(&f->base->log, LOG_WARNING,
			"%u connections were cut since they sent more than unread_bytes that was "
			"no message, or nothing while there were more than strangers_max such, or "
			"were more than %d of one device, or did not read what they had asked for "
			"[MST-%04d]",
			f->cut, DEVICE_CONNECTIONS_MAX, MST_HUB_CUT);
		f->cut = 0;
		f->cut_told_us = now_us;
	}
	front_stir_crowd(f);
	if (!cut.restless && f->trim_at_us == INT64_MAX)
		rest(f);
	else
		reactor_set_timer(f->reactor, look_at_crowd, f,
			now_us + LOOK_US + (rest_us < REST_MAX_US ? rest_us : REST_MAX_US));
}

void
front_watch_crowd(front *f)
{
	int64_t now_us = reactor_now(f->reactor);

	f->cut_told_us = now_us - TOLD_US;
	f->trim_at_us = INT64_MAX;
	reactor_set_timer(f->reactor, look_at_crowd, f, now_us + LOOK_US);
}

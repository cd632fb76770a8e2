/* SPDX-License-Identifier: Apache-2.0 */
/*
 * registry.c - all sessions of a hub. Two chained hash tables (routing id, device id) and an array
 * of slots; both keys are random numbers that an outsider does not choose, so a plain hash will do.
 * Those with feed work stand in a queue of their own, since most of thousands have none.
 */
#include "wire/registry.h"

#include <stdlib.h>

enum { BUCKETS_MIN = 64, BUCKETS_MAX = 1 << 16, REFUSED_RETRY_MS = 30000 };

#define SWEEP_US (10 * INT64_C(1000000))
#define STRANGER_US (30 * INT64_C(1000000)) /* a session without WELCOME */

typedef struct slot slot;

typedef struct device_row {
	device_id id;
	slot *first; /* its sessions */
	int64_t last_in_us;
	registry_told told;
	bool told_by_pusher;     /* TOLD is of one that pushes, an agent, and no reader beside it */
	struct device_row *next; /* in its bucket */
} device_row;

struct slot {
	registry *home;
	session *session;
	uint32_t index;
	slot *next; /* in its bucket */
	device_row *device;
	slot *sibling; /* next session of the device */
};

struct registry {
	session_hub hub;
	registry_out out;
	slot **slots; /* [max] */
	uint32_t max, n, top, *free;
	/* A ring of indices, each once. Another session may be there by now, or none. */
	uint32_t *ready, first_ready, n_ready; /* [max] */
	bool *is_ready;                        /* [max] */
	uint8_t *reads_rollups; /* [max]: 1 or 0, side by side: few of very many do */
	uint64_t serial;
	slot **by_routing;
	device_row **by_device;
	size_t buckets;
	int64_t sweep_us;
};

ms_status
registry_new(const session_hub *hub, const registry_out *out, uint32_t sessions_max, registry **reg)
{
	registry *r = calloc(1, sizeof(*r));

	if (r == NULL)
		return MS_NO_MEMORY;
	r->hub = *hub;
	r->out = *out;
	r->max = sessions_max == 0 ? 1 : sessions_max;
	for (r->buckets = BUCKETS_MIN; r->buckets < r->max && r->buckets < BUCKETS_MAX;)
		r->buckets *= 2;
	r->slots = calloc(r->max, sizeof(slot *));
	r->free = calloc(r->max, sizeof(uint32_t));
	r->ready = calloc(r->max, sizeof(uint32_t));
	r->is_ready = calloc(r->max, sizeof(bool));
	r->reads_rollups = calloc(r->max, sizeof(uint8_t));
	r->by_routing = calloc(r->buckets, sizeof(slot *));
	r->by_device = calloc(r->buckets, sizeof(device_row *));
	if (r->slots == NULL || r->free == NULL || r->ready == NULL || r->is_ready == NULL ||
		r->reads_rollups == NULL || r->by_routing == NULL || r->by_device == NULL) {
		registry_free(r);
		return MS_NO_MEMORY;
	}
	*reg = r;
	return MS_OK;
}

static size_t
bucket_of(const registry *r, span key)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);
	size_t i;

	for (i = 0; i < key.len; i++)
		hash = (hash ^ key.at[i]) * UINT64_C(0x100000001b3);
	return (size_t)(hash ^ hash >> 32) & (r->buckets - 1);
}

static slot *
find_slot(const registry *r, span routing)
{
	slot *s = r->by_routing[bucket_of(r, routing)];

	while (s != NULL && !span_equal(session_who(s->session)->routing, routing))
		s = s->next;
	return s;
}

static device_row *
find_device(const registry *r, const device_id *id)
{
	device_row *d = r->by_device[bucket_of(r, span_of(id->at, ID_SIZE))];

	while (d != NULL && memcmp(d->id.at, id->at, ID_SIZE) != 0)
		d = d->next;
	return d;
}

static slot *
first_of(const registry *r, const device_id *id)
{
	const device_row *d = find_device(r, id);

	return d == NULL ? NULL : d->first;
}

static device_row *
make_device(registry *r, const device_id *id)
{
	device_row *d = find_device(r, id);
	device_row **bucket = &r->by_device[bucket_of(r, span_of(id->at, ID_SIZE))];

	if (d != NULL)
		return d;
	d = calloc(1, sizeof(*d));
	if (d == NULL)
		return NULL;
	d->id = *id;
	d->next = *bucket;
	*bucket = d;
	return d;
}

static void
detach(slot *s)
{
	slot **at;

	if (s->device == NULL)
		return;
	for (at = &s->device->first; *at != s; at = &(*at)->sibling)
		;
	*at = s->sibling;
	s->device = NULL;
	s->sibling = NULL;
}

static void
drop(registry *r, slot *s)
{
	slot **at = &r->by_routing[bucket_of(r, session_who(s->session)->routing)];

	while (*at != s)
		at = &(*at)->next;
	*at = s->next;
	detach(s);
	r->slots[s->index] = NULL;
	r->reads_rollups[s->index] = 0;
	r->free[r->top - r->n] =
		s->index; /* as many free places below top as sessions are missing */
	r->n--;
	session_free(s->session);
	free(s);
}

static ms_status
send_to_slot(void *ctx, const frame *f)
{
	slot *s = ctx;

	return s->home->out.send(s->home->out.ctx, session_who(s->session)->routing, f);
}

/* All places are taken: one whose session has ended is free, or the longest silent of those that
 * never said HELLO goes. */
static bool
make_place(registry *r)
{
	slot *stranger = NULL;
	uint32_t i;

	for (i = 0; i < r->top; i++) {
		slot *s = r->slots[i];
		const session_facts *who = session_who(s->session);

		if (session_ended(s->session)) {
			drop(r, s);
			return true;
		}
		if (!who->welcomed &&
			(stranger == NULL ||
				who->last_in_us < session_who(stranger->session)->last_in_us))
			stranger = s;
	}
	if (stranger == NULL)
		return false;
	session_bye(stranger->session, WIRE_BUSY);
	drop(r, stranger);
	return true;
}

static slot *
make_slot(registry *r, span routing, span user, int64_t now_us)
{
	slot *s;
	slot **bucket = &r->by_routing[bucket_of(r, routing)];
	wire_out out;

	if (r->n == r->max && !make_place(r))
		return NULL;
	s = calloc(1, sizeof(*s));
	if (s == NULL)
		return NULL;
	s->home = r;
	s->index = r->n == r->top ? r->top : r->free[r->top - r->n - 1];
	out = (wire_out){ .ctx = s, .send = send_to_slot };
	s->session =
		session_new(&r->hub, &out, routing, user, ++r->serial * r->max + s->index, now_us);
	if (s->session == NULL) {
		free(s);
		return NULL;
	}
	if (r->n == r->top)
		r->top++;
	r->n++;
	r->slots[s->index] = s;
	s->next = *bucket;
	*bucket = s;
	return s;
}

void
registry_free(registry *r)
{
	uint32_t i;
	size_t b;

	if (r == NULL)
		return;
	for (i = 0; r->slots != NULL && i < r->top; i++)
		if (r->slots[i] != NULL)
			drop(r, r->slots[i]);
	for (b = 0; r->by_device != NULL && b < r->buckets; b++)
		while (r->by_device[b] != NULL) {
			device_row *d = r->by_device[b];

			r->by_device[b] = d->next;
			free(d);
		}
	free(r->slots);
	free(r->free);
	free(r->ready);
	free(r->is_ready);
	free(r->reads_rollups);
	free(r->by_routing);
	free(r->by_device);
	free(r);
}

/* ---- feeds ---- */

static void
wake(registry *r, const slot *s)
{
	if (r->is_ready[s->index] || !session_has_feed_work(s->session))
		return;
	r->is_ready[s->index] = true;
	r->ready[(r->first_ready + r->n_ready++) % r->max] = s->index;
}

/* After a frame of it: what it reads, and has to do. */
static void
file(registry *r, slot *s)
{
	r->reads_rollups[s->index] = session_reads_rollups(s->session) ? 1 : 0;
	wake(r, s);
}

void
registry_log_grew(registry *r, const device_id *device)
{
	slot *s;

	for (s = first_of(r, device); s != NULL; s = s->sibling) {
		session_log_grew(s->session);
		wake(r, s);
	}
}

void
registry_rollups_changed(registry *r, const uint64_t *keys, size_t n)
{
	const uint8_t *at = r->reads_rollups, *end = at + r->top;
	size_t k;

	for (; n > 0 && (at = memchr(at, 1, (size_t)(end - at))) != NULL; at++) {
		slot *s = r->slots[at - r->reads_rollups];

		for (k = 0; k < n; k++)
			session_rollup_changed(s->session, keys[k]);
		wake(r, s);
	}
}

void
registry_feed(registry *r, void (*fn)(void *ctx, session *s), void *ctx)
{
	uint32_t left;

	for (left = r->n_ready; left > 0; left--) {
		slot *s = r->slots[r->ready[r->first_ready]];

		r->is_ready[r->ready[r->first_ready]] = false;
		r->first_ready = (r->first_ready + 1) % r->max;
		r->n_ready--;
		if (s == NULL || !session_has_feed_work(s->session))
			continue;
		fn(ctx, s->session);
		wake(r, s);
	}
}

/* ---- frames ---- */

static bool
pushes(const slot *s)
{
	return (session_who(s->session)->roles & ROLE_PUSH) != 0;
}

/* One session too many: of the others that do not push the longest silent one goes. */
static void
thin_out(device_row *d, const slot *keep)
{
	slot *s, *oldest = NULL;

	for (s = d->first; s != NULL; s = s->sibling)
		if (s != keep && !session_ended(s->session) && !pushes(s) &&
			(oldest == NULL || session_who(s->session)->last_in_us <
						   session_who(oldest->session)->last_in_us))
			oldest = s;
	if (oldest != NULL)
		session_bye(oldest->session, WIRE_TOO_MANY);
}

static void
attach(registry *r, slot *s)
{
	const session_facts *who = session_who(s->session);
	device_row *d;
	slot *each;
	unsigned live = 0;

	if (s->device != NULL && memcmp(s->device->id.at, who->device.at, ID_SIZE) == 0)
		return;
	detach(s);
	d = make_device(r, &who->device);
	if (d == NULL) {
		session_bye(s->session, WIRE_BUSY);
		return;
	}
	s->device = d;
	s->sibling = d->first;
	d->first = s;
	for (each = d->first; each != NULL; each = each->sibling)
		live += session_ended(each->session) ? 0 : 1;
	if (live > DEVICE_SESSIONS_MAX)
		thin_out(d, s);
}

/* S is its device's push session from now on. */
static void
replace_older(const slot *s)
{
	slot *other;

	if (s->device == NULL)
		return;
	for (other = s->device->first; other != NULL; other = other->sibling)
		if (other != s && session_who(other->session)->welcomed && pushes(other) &&
			!session_ended(other->session))
			session_bye(other->session, WIRE_REPLACED);
}

static void
turn_away(registry *r, span routing, wire_refusal why, uint32_t retry_after_ms)
{
	frame f = wire_refusal_frame(FRAME_ERROR, why, NULL, retry_after_ms);

	(void)r->out.send(r->out.ctx, routing, &f);
}

static slot *
slot_for(registry *r, span routing, span user, int64_t now_us)
{
	slot *s = find_slot(r, routing);

	if (s != NULL && session_ended(s->session)) {
		drop(r, s);
		s = NULL;
	}
	if (s == NULL)
		s = make_slot(r, routing, user, now_us);
	if (s == NULL)
		turn_away(r, routing, WIRE_BUSY, REFUSED_RETRY_MS);
	return s;
}

static void
note_told(registry_told *told, const session_facts *who)
{
	if (who->welcomed)
		memcpy(told->software, who->software, sizeof(told->software));
	if (!who->has_pinged)
		return;
	told->has_pinged = true;
	told->queue_depth = who->queue_depth;
	told->off_us = who->off_us;
}

static void
after_frame(registry *r, slot *s, int64_t now_us)
{
	if (session_who(s->session)->welcomed)
		attach(r, s);
	if (s->device == NULL)
		return;
	s->device->last_in_us = now_us;
	s->device->told_by_pusher |= pushes(s);
	if (pushes(s) || !s->device->told_by_pusher)
		note_told(&s->device->told, session_who(s->session));
}

void
registry_in(registry *r, span routing, span user, const frame *f, void **token, int64_t now_us)
{
	slot *s = slot_for(r, routing, user, now_us);
	bool pushes_now;

	if (s == NULL)
		return;
	pushes_now = session_in(s->session, user, f, token, now_us);
	after_frame(r, s, now_us);
	if (pushes_now)
		replace_older(s);
	if (session_ended(s->session))
		drop(r, s);
	else
		file(r, s);
}

void
registry_bad_frame(registry *r, span routing, span user, const ms_error *why, int64_t now_us)
{
	slot *s = slot_for(r, routing, user, now_us);

	if (s == NULL)
		return;
	session_bad_frame(s->session, why, now_us);
	if (session_ended(s->session))
		drop(r, s);
}

/* ---- looking ---- */

session *
registry_by_number(registry *r, uint64_t number)
{
	slot *s = number == 0 ? NULL : r->slots[number % r->max];

	if (s == NULL || session_who(s->session)->number != number || session_ended(s->session))
		return NULL;
	return s->session;
}

session *
registry_each(registry *r, uint32_t *at)
{
	while (*at < r->top) {
		slot *s = r->slots[(*at)++];

		if (s != NULL && !session_ended(s->session))
			return s->session;
	}
	return NULL;
}

size_t
registry_count(const registry *r)
{
	return r->n;
}

bool
registry_seen(const registry *r, const device_id *device, bool *connected, int64_t *last_in_us)
{
	const device_row *d = find_device(r, device);
	const slot *s;

	*connected = false;
	if (d == NULL)
		return false;
	for (s = d->first; s != NULL; s = s->sibling)
		if (!session_ended(s->session))
			*connected = true;
	*last_in_us = d->last_in_us;
	return true;
}

registry_told
registry_told_by(const registry *r, const device_id *device)
{
	const device_row *d = find_device(r, device);
	registry_told told = d == NULL ? (registry_told){ 0 } : d->told;
	const slot *s;

	for (s = d == NULL ? NULL : d->first; s != NULL; s = s->sibling)
		if (!session_ended(s->session) && session_who(s->session)->trouble != 0)
			told.trouble = session_who(s->session)->trouble;
	return told;
}

void
registry_revoke(registry *r, const device_id *device)
{
	slot *s;

	for (s = first_of(r, device); s != NULL; s = s->sibling)
		if (!session_ended(s->session))
			session_bye(s->session, WIRE_REVOKED);
}

int64_t
registry_tick(registry *r, int64_t now_us)
{
	uint32_t i;

	if (now_us < r->sweep_us)
		return r->sweep_us;
	for (i = 0; i < r->top; i++) {
		slot *s = r->slots[i];
		const session_facts *who = s == NULL ? NULL : session_who(s->session);

		if (who == NULL)
			continue;
		if (!session_ended(s->session) &&
			now_us - who->last_in_us >=
				(who->welcomed ? REGISTRY_SILENT_US : STRANGER_US))
			session_bye(s->session, WIRE_SILENT);
		if (session_ended(s->session))
			drop(r, s);
	}
	r->sweep_us = now_us + SWEEP_US;
	return r->sweep_us;
}

void
registry_stop(registry *r)
{
	uint32_t at = 0;
	session *s;

	while ((s = registry_each(r, &at)) != NULL)
		session_bye(s, WIRE_STOPPING);
}

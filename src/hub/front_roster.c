/* SPDX-License-Identifier: Apache-2.0 */
/* front_roster.c - who may connect and speak, and when a unit was heard last: by the writer's
 * roster as of the last turn. */
#include <stdlib.h>

#include "hub/hub.h"
#include "store/log.h"

/* ---- who may connect ---- */

/* Keys that may connect: of revoked devices and used invites too, so that they hear why
 * (session.c), as long as the table is small. */
static ms_status
collect_keys(const front *f, uint8_t (**keys)[NET_KEY_SIZE], size_t *n)
{
	const roster *r = &f->roster;
	size_t i;

	*n = 0;
	*keys = calloc(2 * r->n + f->invites.n + 1, NET_KEY_SIZE);
	if (*keys == NULL)
		return MS_NO_MEMORY;
	for (i = 0; i < r->n; i++) {
		memcpy((*keys)[(*n)++], r->list[i].curve_key, NET_KEY_SIZE);
		if (r->list[i].old_until_us != 0)
			memcpy((*keys)[(*n)++], r->list[i].old_curve_key, NET_KEY_SIZE);
	}
	for (i = 0; i < f->invites.n; i++)
		memcpy((*keys)[(*n)++], f->invites.list[i].key, NET_KEY_SIZE);
	return MS_OK;
}

ms_status
front_share_keys(front *f)
{
	uint8_t(*keys)[NET_KEY_SIZE];
	size_t n;
	ms_status s = collect_keys(f, &keys, &n);

	if (s == MS_OK)
		s = zap_set(f->zap, (const uint8_t(*)[NET_KEY_SIZE])keys, n);
	free(keys);
	return s;
}

static ms_status
load_invites(front *f)
{
	invite_list fresh;
	ms_status s = invites_load(front_read(f), &fresh);

	if (s != MS_OK)
		return s;
	invites_fini(&f->invites);
	f->invites = fresh;
	return MS_OK;
}

void
front_swap_roster(front *f, job *j)
{
	size_t i;

	for (i = 0; i < j->roster->n; i++) {
		const device *fresh = &j->roster->list[i];
		const device *old = roster_find(&f->roster, &fresh->id);

		if (fresh->state == DEVICE_REVOKED && old != NULL && old->state != DEVICE_REVOKED)
			registry_revoke(f->registry, &fresh->id);
	}
	roster_fini(&f->roster);
	f->roster = *j->roster;
	free(j->roster);
	j->roster = NULL;
	front_stir_crowd(f);
	front_park(f);
	if (load_invites(f) != MS_OK || front_share_keys(f) != MS_OK)
		logger_say(&f->base->log, LOG_ERROR,
			"no memory to let new devices in; restart the hub");
}

/* ---- a device ---- */

static const session_standing standings[] = {
	[DEVICE_ACTIVE] = SESSION_ACTIVE,
	[DEVICE_FROZEN] = SESSION_FROZEN,
	[DEVICE_REVOKED] = SESSION_REVOKED,
	[DEVICE_PENDING] = SESSION_PENDING,
};

void
front_show_device(void *ctx, span user, session_device *out)
{
	front *f = ctx;
	uint8_t key[NET_KEY_SIZE];
	bool is_key = net_key_parse(user, key);
	const device *d = is_key ? roster_find_key(&f->roster, key) : NULL;
	int unit;

	*out = (session_device){ .standing = SESSION_UNKNOWN };
	if (is_key && d == NULL)
		d = roster_find_old_key(&f->roster, key, front_hub_time(f));
	if (is_key && d == NULL && invites_find(&f->invites, key) != NULL)
		out->standing = SESSION_INVITED;
	if (d == NULL)
		return;
	unit = plan_find_unit(f->base->plan, span_str(d->unit));
	out->standing = standings[d->state];
	out->id = d->id;
	out->next_seq = d->next_seq;
	out->last_header = d->last_header;
	out->unit = unit < 0 ? NULL : &f->base->plan->units[unit];
}

static void
alarm_fork(const front *f, const device *d)
{
	logger_say(&f->base->log, LOG_ERROR,
		"ALARM: device %s has two histories (its directory was copied or restored): it is "
		"frozen, both are kept, nothing is lost; see `muster hub forks` for the way out "
		"[MST-%04d]",
		d->name, MST_HUB_FORK);
}

/* The front's copy of the roster follows the writer between two whole copies. */
void
front_follow_stream(front *f, const job *j)
{
	device *d = roster_find(&f->roster, &j->device);

	if (d == NULL)
		return;
	if (j->outcome == OUTCOME_FORK) {
		d->state = DEVICE_FROZEN;
		alarm_fork(f, d);
	}
	if (j->outcome == OUTCOME_RECEIPT && j->batch.fields.first_seq == d->next_seq) {
		d->next_seq += j->batch.fields.count;
		d->last_header = j->batch.header_hash;
	}
}

/* ---- a unit ---- */

/* The registry keeps the pointer. */
bool
front_unit_of(const front *f, const session_facts *who, uint32_t *unit)
{
	const plan_unit *u = who->unit;

	if (u == NULL)
		return false;
	*unit = (uint32_t)(u - f->base->plan->units);
	return true;
}

/* When the device's last batch came: it outlives restarts of the hub. */
static int64_t
last_batch_us(front *f, const device *d)
{
	store_txn *txn = front_read(f);
	log_record record;
	uint64_t leaf;

	if (!batch_index_last(txn, &d->id, &leaf) || !log_read(txn, leaf, &record))
		return 0;
	return record.hub_time_us;
}

/* When D was last heard; 0: never. */
static int64_t
last_seen(front *f, const device *d, bool *connected)
{
	int64_t seen_us;

	if (registry_seen(f->registry, &d->id, connected, &seen_us))
		return front_hub_time(f) - (reactor_now(f->reactor) - seen_us);
	return last_batch_us(f, d);
}

/* The unit's cursor tells of its only device. */
static bool
is_only_device(const front *f, const device *d)
{
	size_t n;

	roster_of_unit(&f->roster, d->unit, &n);
	return n == 1;
}

unit_link
front_device_link(front *f, const device *d, uint32_t unit, int64_t *last_seen_us)
{
	bool connected = false;

	*last_seen_us = last_seen(f, d, &connected);
	if (is_only_device(f, d) && f->stored[unit].at.seen_us > *last_seen_us)
		*last_seen_us = f->stored[unit].at.seen_us;
	if (connected)
		return LINK_CONNECTED;
	return *last_seen_us == 0 ? LINK_NEVER : LINK_SILENT;
}

unit_link
front_link_of(front *f, uint32_t unit, int64_t *last_seen_us)
{
	size_t n, i;
	const uint32_t *devices = roster_of_unit(&f->roster, f->base->plan->units[unit].id, &n);
	unit_link link;

	*last_seen_us = f->stored[unit].at.seen_us;
	link = *last_seen_us == 0 ? LINK_NEVER : LINK_SILENT;
	for (i = 0; i < n; i++) {
		bool connected = false;
		int64_t at = last_seen(f, &f->roster.list[devices[i]], &connected);

		if (at == 0)
			continue;
		if (at > *last_seen_us)
			*last_seen_us = at;
		if (link != LINK_CONNECTED)
			link = connected ? LINK_CONNECTED : LINK_SILENT;
	}
	return link;
}

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
collect_keys(const roster *r, const invite_list *invites, uint8_t (**keys)[NET_KEY_SIZE], size_t *n)
{
	size_t i;

	*n = 0;
	*keys = calloc(2 * r->n + invites->n + 1, NET_KEY_SIZE);
	if (*keys == NULL)
		return MS_NO_MEMORY;
	for (i = 0; i < r->n; i++) {
		memcpy((*keys)[(*n)++], r->list[i].curve_key, NET_KEY_SIZE);
		if (r->list[i].old_until_us != 0)
			memcpy((*keys)[(*n)++], r->list[i].old_curve_key, NET_KEY_SIZE);
	}
	for (i = 0; i < invites->n; i++)
		memcpy((*keys)[(*n)++], invites->list[i].key, NET_KEY_SIZE);
	return MS_OK;
}

ms_status
front_share_keys(front *f, ms_error *err)
{
	uint8_t(*keys)[NET_KEY_SIZE] = NULL;
	invite_list invites;
	size_t n;
	store_txn *txn = front_read(f);
	ms_status s;

	if (!invites_load(txn, &invites))
		return store_status(txn, err);
	s = collect_keys(&f->roster, &invites, &keys, &n);
	if (s == MS_OK)
		s = zap_set(f->zap, (const uint8_t(*)[NET_KEY_SIZE])keys, n);
	invites_fini(&invites);
	free(keys);
	return s == MS_OK ? s : ms_fail(err, s, MST_NO_MEMORY, "no memory for the roster's keys");
}

/* ---- what the writer made of a job ---- */

/* The devices that J changed, in their order; at most two. */
static size_t
devices_of(const job *j, const device *rows[2])
{
	size_t n = 0;

	if (j->outcome != OUTCOME_DONE)
		return 0;
	if (j->kind == JOB_ENROL || j->kind == JOB_REVOKE || j->kind == JOB_APPROVE)
		rows[n++] = &j->device_row;
	if (j->kind == JOB_JOIN && j->joined.replaced)
		rows[n++] = &j->joined.old;
	if (j->kind == JOB_JOIN && j->joined.changed)
		rows[n++] = &j->joined.row;
	return n;
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

static void
follow_stream(front *f, const job *j)
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

static void
say_no_memory(front *f)
{
	logger_say(&f->base->log, LOG_ERROR, "no memory to let new devices in; restart the hub");
}

void
front_follow(front *f, const job *j)
{
	const device *rows[2];
	size_t n = devices_of(j, rows), i;

	if (j->kind == JOB_BATCH)
		follow_stream(f, j);
	for (i = 0; i < n; i++)
		if (roster_set(&f->roster, rows[i]) != MS_OK)
			say_no_memory(f);
}

void
front_open_door(front *f, const job *j)
{
	const device *rows[2];
	size_t n = devices_of(j, rows), i;
	ms_error err = { 0 };
	ms_status s = MS_OK;

	for (i = 0; i < n; i++)
		if (rows[i]->state == DEVICE_REVOKED) {
			registry_revoke(f->registry, &rows[i]->id);
			front_stir_crowd(f);
		} else if (s == MS_OK) {
			s = zap_admit(f->zap, rows[i]->curve_key);
		}
	if (j->kind == JOB_INVITE && j->outcome == OUTCOME_DONE)
		s = zap_admit(f->zap, j->invite.key);
	if (j->kind == JOB_WITHDRAW && j->outcome == OUTCOME_DONE) {
		front_park(f);
		s = front_share_keys(f, &err);
	}
	if (err.status != MS_OK)
		logger_error(&f->base->log, LOG_ERROR, &err);
	else if (s != MS_OK)
		say_no_memory(f);
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
	invite invited;
	int unit;

	*out = (session_device){ .standing = SESSION_UNKNOWN };
	if (is_key && d == NULL)
		d = roster_find_old_key(&f->roster, key, front_hub_time(f));
	if (is_key && d == NULL && invite_get(front_read(f), key, &invited))
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

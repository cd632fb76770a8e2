/* SPDX-License-Identifier: Apache-2.0 */
/*
 * front_space.c - space that is short (who has brought most waits, see allowance.h) or gone, and
 * who is told. In memory only: neither the log nor what is evidence knows of it.
 *
 * Only what would be new waits: a batch that is known gets its receipt, a fork is kept as ever.
 */
#include "hub/hub.h"

enum {
	LOOK_AFTER_BYTES = 1 << 20,
	LOOKS = 64, /* at least, before all that is left is taken */
	LOOK_AFTER_US = 1000000,
	TELL_AGAIN_US = 10000000,
	BACK_BYTES = 1 << 20, /* so much more than when it was full: there is space again */
};

/* What is on its way is as good as written. */
static void
look(front *f)
{
	store_room *room = &f->base->allowance.room;

	*room = store_room_left(f->base->store);
	room->free_bytes -= f->credit_used < room->free_bytes ? f->credit_used : room->free_bytes;
	f->look_at_us = reactor_now(f->reactor) + LOOK_AFTER_US;
	f->look_after = room->free_bytes / LOOKS;
	if (f->look_after > LOOK_AFTER_BYTES)
		f->look_after = LOOK_AFTER_BYTES;
}

static unsigned long long
in_kib(uint64_t bytes)
{
	return bytes >> 10;
}

/* ---- it is short ---- */

static void
tell_short(front *f)
{
	const allowance *a = &f->base->allowance;
	bool is_short = allowance_is_short(a);

	if (is_short == f->told_short || reactor_now(f->reactor) < f->short_again_us)
		return;
	f->told_short = is_short;
	f->short_again_us = reactor_now(f->reactor) + TELL_AGAIN_US;
	map_reset(&f->told_waiting);
	if (is_short)
		logger_say(&f->base->log, LOG_WARNING,
			"space is short: %llu KiB are left, less than the reserve of %llu KiB; "
			"devices that have brought much will wait, the others go on. Add space: on "
			"the disk, or raise map_bytes in hub.conf [MST-%04d]",
			in_kib(a->room.free_bytes), in_kib(allowance_reserve(a)), MST_STORE_SPACE);
	else
		logger_say(&f->base->log, LOG_INFO, "space is short no more");
}

static void
tell_waiting(front *f, const device_id *id, const ms_error *why)
{
	span key = span_of(id->at, ID_SIZE);

	if (reactor_now(f->reactor) < f->short_again_us || map_find(&f->told_waiting, key, NULL) ||
		!map_put(&f->told_waiting, key, 1))
		return;
	f->short_again_us = reactor_now(f->reactor) + TELL_AGAIN_US;
	logger_error(&f->base->log, LOG_WARNING, why);
}

static ms_status
refuse(front *f, const device *d, ms_error *err)
{
	const allowance *a = &f->base->allowance;

	ms_fail(err, MS_NO_SPACE, MST_STORE_SPACE,
		"space is short at the hub, and device %s has brought %llu KiB since the hub's "
		"start, more than the %llu KiB that each may now: it waits until there is space, "
		"others go on, nothing is lost",
		d->name, in_kib(allowance_brought(a, &d->id)), in_kib(allowance_now(a)));
	ms_error_remedy(err,
		"at the hub: add space on the disk, or raise map_bytes in hub.conf; muster hub "
		"revoke when the device has gone mad");
	tell_waiting(f, &d->id, err);
	return MS_NO_SPACE;
}

ms_status
front_allow(front *f, job *j, ms_error *err)
{
	allowance *a = &f->base->allowance;
	const device *d = roster_find(&f->roster, &j->device);
	uint64_t bytes = j->batch.bytes.len;

	if (bytes >= f->look_after || reactor_now(f->reactor) >= f->look_at_us)
		look(f);
	f->look_after -= bytes < f->look_after ? bytes : f->look_after;
	tell_short(f);
	if (d == NULL || j->batch.fields.first_seq < d->next_seq)
		return MS_OK;
	if (allowance_is_used_up(a, &j->device))
		look(f);
	if (allowance_is_used_up(a, &j->device))
		return refuse(f, d, err);
	allowance_add(a, &j->device, bytes);
	j->counted = bytes;
	return MS_OK;
}

void
front_count_back(front *f, const job *j)
{
	if (j->outcome != OUTCOME_RECEIPT || j->is_known)
		allowance_take_back(&f->base->allowance, &j->device, j->counted);
}

/* ---- it is gone ---- */

static void
be_full_no_more(front *f)
{
	f->storage_full = false;
	logger_say(&f->base->log, LOG_INFO, "there is space again: work goes on");
}

/* A full disk is a state (promise 10 of src/README.md): told when it begins, and when something is
 * kept again. */
void
front_note_storage(front *f, const job *j)
{
	if (j->full && !f->storage_full)
		logger_say(&f->base->log, LOG_WARNING,
			"storage full: nothing is taken until there is space again; devices keep "
			"their acts and try again [MST-%04d]",
			MST_STORE_SPACE);
	if (j->full) {
		f->storage_full = true;
		f->full_free = store_room_left(f->base->store).free_bytes;
	} else if (f->storage_full && j->wrote) {
		be_full_no_more(f);
	}
}

/* ---- who asks ---- */

static int64_t
count_waiting(const front *f)
{
	int64_t n = 0;
	size_t i;

	for (i = 0; i < f->roster.n; i++)
		n += allowance_is_used_up(&f->base->allowance, &f->roster.list[i].id);
	return n;
}

void
front_show_space(front *f, json_t *out)
{
	const allowance *a = &f->base->allowance;

	look(f);
	if (f->storage_full && a->room.free_bytes > f->full_free + BACK_BYTES)
		be_full_no_more(f);
	json_set_bool(out, "storage_full", f->storage_full);
	json_set_bool(out, "storage_short", allowance_is_short(a));
	json_set_number(out, "storage_free_bytes", (int64_t)a->room.free_bytes);
	json_set_number(out, "storage_reserve_bytes", (int64_t)allowance_reserve(a));
	json_set_number(out, "devices_waiting_for_space", count_waiting(f));
}

void
front_show_brought(const front *f, const device *d, json_t *out)
{
	const allowance *a = &f->base->allowance;

	json_set_number(out, "brought_bytes", (int64_t)allowance_brought(a, &d->id));
	json_set_bool(out, "waits_for_space", allowance_is_used_up(a, &d->id));
}

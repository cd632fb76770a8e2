/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hub_roster.c - everything is judged and written in one transaction of the one writer: that is why
 * an invite is used once, however many try at the same time.
 */
#include "store/hub_roster.h"

#include <string.h>

#include "proof/rotation.h"

static const int64_t day_us = INT64_C(86400) * 1000000;
static const int64_t second_us = 1000000;

/* ---- invites ---- */

/* The device of this name that is not revoked; NULL: none. */
static const device *
find_name(const roster *all, const char *name)
{
	const device *d = roster_find_name(all, name);

	return d != NULL && d->state != DEVICE_REVOKED ? d : NULL;
}

ms_status
hub_invite(store_txn *txn, const roster *all, const invite *in, ms_error *err)
{
	ms_status s = device_name_check(span_str(in->name), span_str(in->unit), err);

	if (s != MS_OK)
		return s;
	if (!in->replace && find_name(all, in->name) != NULL) {
		ms_fail(err, MS_EXISTS, MST_DEVICE_EXISTS,
			"a device named \"%s\" is enrolled already", in->name);
		ms_error_remedy(err, "choose another name with --device NAME; --replace revokes "
				     "that device as soon as the new one joins");
		return MS_EXISTS;
	}
	invite_put(txn, in);
	return store_status(txn, err);
}

void
hub_forget_invites(store_txn *txn, int64_t now_us)
{
	invite_prune(txn, now_us - INVITE_KEPT_DAYS * day_us);
}

static bool
is_called(const invite *in, const char *which)
{
	char name[INVITE_NAME_SIZE];

	return strcmp(in->name, which) == 0 || strcmp(invite_name(in, name), which) == 0;
}

ms_status
hub_withdraw(store_txn *txn, const char *which, size_t *n, ms_error *err)
{
	bool used = false;
	invite_list all;
	size_t i;

	*n = 0;
	if (!invites_load(txn, &all))
		return store_status(txn, err);
	for (i = 0; i < all.n; i++) {
		if (!is_called(&all.list[i], which))
			continue;
		used |= all.list[i].used;
		if (!all.list[i].used) {
			store_del(txn, TABLE_INVITE, span_of(all.list[i].key, CURVE_PUBLIC_SIZE));
			++*n;
		}
	}
	invites_fini(&all);
	if (*n > 0 || !store_ok(txn))
		return store_status(txn, err);
	ms_fail(err, MS_NOT_FOUND, MST_INVITE_UNKNOWN,
		"no invite that can still be used is for \"%s\"", which);
	if (used)
		ms_error_remedy(
			err, "it was used: `muster hub revoke` stops the device that joined");
	else
		ms_error_remedy(err, "`muster hub invites` lists them");
	return MS_NOT_FOUND;
}

/* ---- joining ---- */

static bool
has_keys(const device *d, const join_ask *ask)
{
	return memcmp(d->sign_key.at, ask->sign_key.at, SIGN_PUBLIC_SIZE) == 0 &&
	       memcmp(d->curve_key, ask->curve_key, CURVE_PUBLIC_SIZE) == 0;
}

/* A key that any device has or had is nobody's new key. */
static bool
is_taken(const roster *all, const join_ask *ask)
{
	return roster_find_key(all, ask->curve_key) != NULL ||
	       roster_find_old_key(all, ask->curve_key, INT64_MIN) != NULL ||
	       memcmp(ask->with, ask->curve_key, CURVE_PUBLIC_SIZE) == 0;
}

/* OLD is the device of the invite's name, or NULL. */
static join_refusal
judge_join(
	const roster *all, const invite *in, const join_ask *ask, int64_t now_us, const device *old)
{
	if (in->used)
		return JOIN_USED;
	if (now_us > in->expires_us)
		return JOIN_EXPIRED;
	if (ask->unit[0] != '\0' && strcmp(ask->unit, in->unit) != 0)
		return JOIN_OTHER_UNIT;
	if (ask->off_us > JOIN_CLOCK_OFF_MAX_S * second_us ||
		ask->off_us < -JOIN_CLOCK_OFF_MAX_S * second_us)
		return JOIN_CLOCK_OFF;
	if (old != NULL && !in->replace)
		return JOIN_NAME_TAKEN;
	return !ask->only_check && is_taken(all, ask) ? JOIN_BAD_KEYS : JOIN_OK;
}

static ms_status
enrol(store_txn *txn, log_state *log, const hub_keys *keys, roster *all, invite *in,
	const join_ask *ask, int64_t now_us, join_result *out, ms_error *err)
{
	hub_enrolment how = { .invite = span_of(in->key, sizeof(in->key)) };
	ms_status s = MS_OK;

	out->row.id = ask->device;
	out->row.sign_key = ask->sign_key;
	memcpy(out->row.curve_key, ask->curve_key, CURVE_PUBLIC_SIZE);
	if (out->replaced) {
		how.replaces = span_of(out->old.id.at, ID_SIZE);
		s = hub_stream_revoke(txn, log, keys, all, span_str(in->name),
			span_str("another device takes its place"), now_us, &out->old, err);
	}
	if (s == MS_OK)
		s = hub_stream_enrol(txn, log, keys, all, &out->row, &how, now_us, err);
	if (s != MS_OK)
		return s;
	out->changed = true;
	in->used = true;
	in->device = ask->device;
	invite_put(txn, in);
	return store_status(txn, err);
}

static ms_status
join_by_invite(store_txn *txn, log_state *log, const hub_keys *keys, roster *all,
	const join_ask *ask, int64_t now_us, join_result *out, ms_error *err)
{
	const device *old;
	invite in;

	if (!invite_get(txn, ask->with, &in)) {
		out->refusal = JOIN_UNKNOWN;
		return store_status(txn, err);
	}
	if (in.used && device_load(txn, &in.device, &out->row) && has_keys(&out->row, ask))
		return MS_OK;
	out->row = (device){ .state = in.approve || ask->approve ? DEVICE_PENDING : DEVICE_ACTIVE };
	memcpy(out->row.unit, in.unit, sizeof(out->row.unit));
	memcpy(out->row.name, in.name, sizeof(out->row.name));
	old = find_name(all, in.name);
	out->refusal = judge_join(all, &in, ask, now_us, old);
	if (out->refusal != JOIN_OK || ask->only_check)
		return store_status(txn, err);
	out->replaced = old != NULL;
	if (old != NULL)
		out->old = *old;
	return enrol(txn, log, keys, all, &in, ask, now_us, out, err);
}

/* ---- rotation ---- */

static join_refusal
judge_rotation(const roster *all, const hub_keys *keys, const device *d, const join_ask *ask,
	int64_t now_us)
{
	uint8_t bytes[ROTATION_SIZE];

	rotation_bytes(&keys->hub, &d->id, &ask->sign_key, ask->curve_key, bytes);
	if (!sign_check(&d->sign_key, span_of(bytes, sizeof(bytes)), &ask->signature))
		return JOIN_BAD_SIGNATURE;
	if (d->old_until_us >= now_us)
		return JOIN_TOO_EARLY;
	return is_taken(all, ask) ? JOIN_BAD_KEYS : JOIN_OK;
}

static ms_status
rotate(store_txn *txn, log_state *log, const hub_keys *keys, roster *all, const join_ask *ask,
	int64_t now_us, join_result *out, ms_error *err)
{
	device *d = &out->row;
	act a = { .kind = ACT_HUB_ROTATION };
	uint64_t leaf;
	ms_status s;

	if (now_us < log->last_us)
		now_us = log->last_us;
	a.u.rotation = (hub_rotation){
		.device = span_of(d->id.at, ID_SIZE),
		.unit = span_str(d->unit),
		.name = span_str(d->name),
		.sign_key = span_of(ask->sign_key.at, SIGN_PUBLIC_SIZE),
		.curve_key = span_of(ask->curve_key, CURVE_PUBLIC_SIZE),
		.signature = span_of(ask->signature.at, SIGNATURE_SIZE),
		.until_us = now_us + ROTATION_OVERLAP_DAYS * day_us,
		.before = d->key_leaf == 0 ? d->enrolled_leaf : d->key_leaf,
	};
	s = hub_stream_state(txn, log, keys, &a, 1, now_us, &leaf, err);
	if (s != MS_OK)
		return s;
	d->old_sign_key = d->sign_key;
	memcpy(d->old_curve_key, d->curve_key, CURVE_PUBLIC_SIZE);
	d->old_until_us = a.u.rotation.until_us;
	d->sign_key = ask->sign_key;
	memcpy(d->curve_key, ask->curve_key, CURVE_PUBLIC_SIZE);
	d->key_leaf = leaf;
	out->until_us = d->old_until_us;
	out->changed = true;
	return hub_stream_save(txn, all, d, err);
}

static ms_status
join_by_device(store_txn *txn, log_state *log, const hub_keys *keys, roster *all,
	const join_ask *ask, int64_t now_us, join_result *out, ms_error *err)
{
	if (!device_load(txn, &ask->device, &out->row) || out->row.state != DEVICE_ACTIVE) {
		out->refusal = JOIN_UNKNOWN;
		return store_status(txn, err);
	}
	out->until_us = out->row.old_until_us;
	if (has_keys(&out->row, ask))
		return MS_OK;
	out->refusal = judge_rotation(all, keys, &out->row, ask, now_us);
	if (out->refusal != JOIN_OK || ask->only_check)
		return store_status(txn, err);
	return rotate(txn, log, keys, all, ask, now_us, out, err);
}

ms_status
hub_join(store_txn *txn, log_state *log, const hub_keys *keys, roster *all, const join_ask *ask,
	int64_t now_us, join_result *out, ms_error *err)
{
	*out = (join_result){ 0 };
	return ask->rotates ? join_by_device(txn, log, keys, all, ask, now_us, out, err)
			    : join_by_invite(txn, log, keys, all, ask, now_us, out, err);
}

/* ---- approval, freeze ---- */

ms_status
hub_approve(store_txn *txn, log_state *log, const hub_keys *keys, roster *all, span name,
	int64_t now_us, device *row, uint64_t *leaf, ms_error *err)
{
	act a = { .kind = ACT_HUB_APPROVAL };
	ms_status s = hub_stream_find(all, &keys->device, name, row, err);

	if (s == MS_OK && row->state != DEVICE_PENDING)
		s = ms_fail(err, MS_EXISTS, MST_DEVICE_STATE,
			"device \"%s\" waits for no approval: it is %s", row->name,
			device_state_name(row->state));
	if (s != MS_OK)
		return s;
	a.u.approval.device = span_of(row->id.at, ID_SIZE);
	s = hub_stream_state(txn, log, keys, &a, 1, now_us, leaf, err);
	if (s != MS_OK)
		return s;
	row->state = DEVICE_ACTIVE;
	return hub_stream_save(txn, all, row, err);
}

ms_status
hub_freeze_device(store_txn *txn, log_state *log, const hub_keys *keys, const batch_view *batch,
	int64_t now_us, device *d, ms_error *err)
{
	act a = { .kind = ACT_HUB_FREEZE };
	uint64_t leaf;
	ms_status s;

	a.u.freeze = (hub_freeze){ .device = span_of(d->id.at, ID_SIZE),
		.first_seq = batch->fields.first_seq,
		.header_hash = span_of(batch->header_hash.at, HASH_SIZE) };
	s = hub_stream_state(txn, log, keys, &a, 1, now_us, &leaf, err);
	if (s != MS_OK)
		return s;
	evidence_put(txn, batch, log->last_us); /* the time of the leaf */
	d->state = DEVICE_FROZEN;
	device_save(txn, d);
	return store_status(txn, err);
}

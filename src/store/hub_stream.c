/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hub_stream.c - the hub's own acts become leaves here, each in a batch of its own.
 *
 * The stream's position (next sequence, last header) is the hub's own DEVICE row, like any other
 * device's.
 */
#include "store/hub_stream.h"

#include <stdio.h>
#include <string.h>

#include "base/random.h"
#include "base/text.h"
#include "codec/acts.h"
#include "store/plans.h"

enum {
	ADMIN_SCHEMA = 4, /* leaf 0 names the administrator's key and a CURVE key since then */
	JOIN_SCHEMA = 4,  /* enrolments await approval, replace or name an invite since then */
};

static span
id_span(const uint8_t at[ID_SIZE])
{
	return span_of(at, ID_SIZE);
}

/* Encode A (kind and its member of u are set) as an act with a fresh salt. */
static ms_status
encode_own(const act *what, int64_t now_us, arena *memory, span *out, ms_error *err)
{
	uint8_t salt[ACT_SALT_SIZE];
	buf body = { 0 }, bytes = { 0 };
	act a = *what;
	ms_status s = random_bytes(salt, sizeof(salt), err);

	if (a.schema == 0)
		a.schema = act_schema_of(a.kind);
	a.created_us = now_us;
	a.salt = span_of(salt, sizeof(salt));
	if (s == MS_OK)
		s = act_encode_body(&a, memory, &body);
	if (s == MS_OK) {
		a.body = buf_span(&body);
		s = act_encode(&a, memory, &bytes);
	}
	*out = s == MS_OK ? arena_copy(memory, buf_span(&bytes)) : span_str("");
	if (s == MS_OK && out->at == NULL)
		s = MS_NO_MEMORY;
	buf_fini(&body);
	buf_fini(&bytes);
	return s == MS_OK ? s
			  : ms_fail(err, s, MST_NO_MEMORY, "the hub's own act cannot be encoded");
}

/* Seal the encoded acts as the next batch of SELF and append it as a leaf. */
static ms_status
append_sealed(store_txn *txn, log_state *log, const hub_keys *keys, device *self, const span *acts,
	uint16_t n, int64_t now_us, uint64_t *leaf, ms_error *err)
{
	batch_header header = {
		.hub = keys->hub,
		.device = keys->device,
		.first_seq = self->next_seq,
		.schema = BATCH_SCHEMA,
		.prev = self->last_header,
		.device_time_us = now_us,
	};
	uint8_t stored[BATCH_ACTS_MAX];
	buf sealed = { 0 };
	batch_view view;
	ms_status s = batch_seal(&header, acts, n, &keys->sign, &sealed, err);

	memset(stored, VERDICT_STORED, n);
	if (s == MS_OK && (batch_open(buf_span(&sealed), &view) != BATCH_GOOD ||
				  batch_check_root(&view) != BATCH_GOOD))
		s = ms_fail(err, MS_BUG, MST_STORE_MISUSE, "the hub's own batch does not open");
	if (s == MS_OK) {
		if (now_us < log->last_us)
			now_us = log->last_us;
		*leaf = log_append(txn, log, &view, now_us, stored, NULL);
		batch_index_put(txn, &keys->device, header.first_seq, *leaf);
		self->next_seq += n;
		self->last_header = view.header_hash;
		s = store_status(txn, err);
	}
	buf_fini(&sealed);
	return s;
}

ms_status
hub_stream_state(store_txn *txn, log_state *log, const hub_keys *keys, const act *acts, uint16_t n,
	int64_t now_us, uint64_t *leaf, ms_error *err)
{
	arena memory = { 0 };
	span bytes[BATCH_ACTS_MAX];
	ms_status s = MS_OK;
	device self;
	uint16_t i;

	MS_ASSERT(n >= 1 && n <= BATCH_ACTS_MAX);
	if (!device_load(txn, &keys->device, &self))
		return store_ok(txn) ? ms_fail(err, MS_CORRUPT, MST_STORE_CORRUPT,
					       "the hub's own device has no row")
				     : store_status(txn, err);
	for (i = 0; i < n && s == MS_OK; i++)
		s = encode_own(&acts[i], now_us, &memory, &bytes[i], err);
	if (s == MS_OK)
		s = append_sealed(txn, log, keys, &self, bytes, n, now_us, leaf, err);
	if (s == MS_OK)
		device_save(txn, &self);
	arena_fini(&memory);
	return s;
}

static ms_status
append_own(store_txn *txn, log_state *log, const hub_keys *keys, const act *a, int64_t now_us,
	uint64_t *leaf, ms_error *err)
{
	return hub_stream_state(txn, log, keys, a, 1, now_us, leaf, err);
}

static void
save_self(store_txn *txn, const hub_keys *keys)
{
	device self = {
		.id = keys->device,
		.name = "hub",
		.sign_key = keys->sign.public_key,
		.state = DEVICE_ACTIVE,
		.next_seq = 1,
	};

	memcpy(self.curve_key, keys->curve_public, sizeof(self.curve_key));
	device_save(txn, &self);
}

ms_status
hub_stream_plan(store_txn *txn, log_state *log, const hub_keys *keys, const plan *p, int64_t now_us,
	uint64_t *leaf, ms_error *err)
{
	plan_row row = { .file = p->bytes, .from_period = p->earlier == NULL ? p->first : p->from };
	act a = { .kind = ACT_HUB_PLAN };
	char from[PERIOD_NAME_SIZE];
	ms_status s;

	a.u.plan_version_act = (hub_plan){
		.version = span_of(p->version.at, HASH_SIZE),
		.size = p->bytes.len,
		.from_period = span_str(period_name(row.from_period, from)),
	};
	s = append_own(txn, log, keys, &a, now_us, leaf, err);
	if (s == MS_OK) {
		row.leaf = *leaf;
		plans_put(txn, &row);
	}
	return s;
}

static ms_status
found_leaves(store_txn *txn, log_state *log, const hub_keys *keys, const sim_clock *clock,
	span origin_name, const plan *p, int64_t now_us, ms_error *err)
{
	act origin = { .kind = ACT_HUB_ORIGIN };
	act rules = { .kind = ACT_HUB_RULES };
	uint64_t leaf = 0;
	ms_status s;

	origin.u.origin = (hub_origin){
		.hub = id_span(keys->hub.at),
		.origin = origin_name,
		.sign_key = span_of(keys->sign.public_key.at, SIGN_PUBLIC_SIZE),
		.simulated = clock->simulated,
		.clock_start_us = clock->start_us,
		.clock_wall_us = clock->wall_us,
		.clock_rate = clock->rate,
		.admin_key = span_of(keys->admin.at, SIGN_PUBLIC_SIZE),
		.curve_key = span_of(keys->curve_public, sizeof(keys->curve_public)),
	};
	origin.schema = ADMIN_SCHEMA;
	rules.u.rules = LEDGER_RULES;
	s = append_own(txn, log, keys, &origin, now_us, &leaf, err);
	if (s == MS_OK)
		s = append_own(txn, log, keys, &rules, now_us, &leaf, err);
	return s == MS_OK ? hub_stream_plan(txn, log, keys, p, now_us, &leaf, err) : s;
}

ms_status
hub_stream_found(store *db, const hub_keys *keys, const sim_clock *clock, span origin_name,
	const plan *p, int64_t now_us, ms_error *err)
{
	store_txn txn;
	log_state log;
	ms_status s;

	store_begin(db, &txn, STORE_WRITE);
	log_state_load(&txn, &log);
	save_self(&txn, keys);
	s = found_leaves(&txn, &log, keys, clock, origin_name, p, now_us, err);
	if (s != MS_OK) {
		store_abort(&txn);
		return s;
	}
	log.noticed_us = now_us;
	log.manual_clock_us = clock->simulated && clock->rate == 0 ? clock->start_us : 0;
	log_state_save(&txn, &log);
	return store_commit(&txn, err);
}

ms_status
hub_stream_save(store_txn *txn, roster *all, const device *d, ms_error *err)
{
	device_save(txn, d);
	if (roster_set(all, d) != MS_OK)
		store_no_memory(txn);
	return store_status(txn, err);
}

static ms_status
refuse_taken(const roster *all, const device *row, ms_error *err)
{
	const device *same = roster_find_name(all, row->name);
	ms_status s = MS_OK;

	if (same != NULL && same->state != DEVICE_REVOKED)
		s = ms_fail(err, MS_EXISTS, MST_DEVICE_EXISTS,
			"a device named \"%s\" is enrolled already", row->name);
	same = roster_find_key(all, row->curve_key);
	if (s == MS_OK && same != NULL)
		s = ms_fail(err, MS_EXISTS, MST_DEVICE_EXISTS, "the key belongs to device \"%s\"",
			same->name);
	if (s == MS_EXISTS)
		ms_error_remedy(err,
			"choose another name with --device NAME, or revoke the old device first");
	return s;
}

ms_status
hub_stream_enrol(store_txn *txn, log_state *log, const hub_keys *keys, roster *all, device *row,
	const hub_enrolment *how, int64_t now_us, ms_error *err)
{
	act a = { .kind = ACT_HUB_ENROLMENT };
	ms_status s = device_name_check(span_str(row->name), span_str(row->unit), err);

	if (s == MS_OK)
		s = refuse_taken(all, row, err);
	if (s != MS_OK)
		return s;
	a.u.enrolment = (hub_enrolment){
		.device = id_span(row->id.at),
		.unit = span_str(row->unit),
		.name = span_str(row->name),
		.sign_key = span_of(row->sign_key.at, SIGN_PUBLIC_SIZE),
		.curve_key = span_of(row->curve_key, sizeof(row->curve_key)),
		.awaits_approval = row->state == DEVICE_PENDING,
	};
	if (how != NULL) {
		a.u.enrolment.replaces = how->replaces;
		a.u.enrolment.invite = how->invite;
	}
	if (how != NULL || row->state == DEVICE_PENDING)
		a.schema = JOIN_SCHEMA;
	s = append_own(txn, log, keys, &a, now_us, &row->enrolled_leaf, err);
	if (s == MS_OK) {
		if (row->state != DEVICE_PENDING)
			row->state = DEVICE_ACTIVE;
		row->next_seq = 1;
		s = hub_stream_save(txn, all, row, err);
	}
	return s;
}

ms_status
hub_stream_find(const roster *all, const device_id *self, span name, device *out, ms_error *err)
{
	char text[DEVICE_NAME_MAX + 1];
	const device *found;

	snprintf(text, sizeof(text), "%.*s", (int)name.len, (const char *)name.at);
	found = roster_find_name(all, text);
	if (found != NULL && memcmp(&found->id, self, sizeof(*self)) != 0) {
		*out = *found;
		return MS_OK;
	}
	ms_fail(err, MS_NOT_FOUND, MST_DEVICE_UNKNOWN, "no device is named \"%s\"", text);
	ms_error_remedy(err, "see the devices with: muster hub units");
	return MS_NOT_FOUND;
}

ms_status
hub_stream_revoke(store_txn *txn, log_state *log, const hub_keys *keys, roster *all, span name,
	span reason, int64_t now_us, device *row, ms_error *err)
{
	act a = { .kind = ACT_HUB_REVOCATION };
	ms_status s;

	*row = (device){ 0 };
	s = hub_stream_find(all, &keys->device, name, row, err);
	if (s == MS_OK && row->state == DEVICE_REVOKED)
		s = ms_fail(err, MS_EXISTS, MST_DEVICE_EXISTS, "device \"%s\" is revoked already",
			row->name);
	if (s == MS_OK) {
		a.u.revocation =
			(hub_revocation){ .device = id_span(row->id.at), .reason = reason };
		s = append_own(txn, log, keys, &a, now_us, &row->revoked_leaf, err);
	}
	if (s == MS_OK) {
		row->state = DEVICE_REVOKED;
		s = hub_stream_save(txn, all, row, err);
	}
	return s;
}

static ms_status
fail_other(const char *dir, const char *file, const char *name, ms_error *err)
{
	return ms_fail(err, MS_CONFIG, MST_HOME_SETTING,
		"%s/%s: %s is another hub's or log's than in the first leaf of the log", dir, file,
		name);
}

static ms_status
another(const char *dir, const char *file, const char *name, ms_error *err)
{
	fail_other(dir, file, name, err);
	ms_error_remedy(
		err, "it is never changed: put back the file as `muster hub init` wrote it");
	return MS_CONFIG;
}

/* The first leaf has the right one; it is told, since nobody can look it up elsewhere. */
static ms_status
another_admin(const char *dir, span right, ms_error *err)
{
	char hex[2 * SIGN_PUBLIC_SIZE + 1];

	text_hex(right.at, SIGN_PUBLIC_SIZE, hex);
	fail_other(dir, HOME_HUB_CONF, "admin_key", err);
	ms_error_remedy(err, "it is never changed: write admin_key = \"%s\" there", hex);
	return MS_CONFIG;
}

static bool
is_same(span a, const uint8_t *b, size_t len)
{
	return a.len == len && memcmp(a.at, b, len) == 0;
}

static ms_status
compare_origin(const char *dir, const hub_origin *o, const device_id *from, const hub_keys *keys,
	const hub_settings *settings, ms_error *err)
{
	const sim_clock *clock = &settings->clock;

	if (!is_same(o->hub, keys->hub.at, ID_SIZE))
		return another(dir, HOME_HUB_CONF, "hub", err);
	if (memcmp(from, &keys->device, sizeof(*from)) != 0)
		return another(dir, HOME_HUB_CONF, "device", err);
	if (!span_equal(o->origin, span_str(settings->origin)))
		return another(dir, HOME_HUB_CONF, "origin", err);
	if (o->simulated != clock->simulated || o->clock_start_us != clock->start_us ||
		o->clock_rate != clock->rate)
		return another(dir, HOME_HUB_CONF, "clock", err);
	if (!is_same(o->sign_key, keys->sign.public_key.at, SIGN_PUBLIC_SIZE))
		return another(dir, HOME_HUB_KEY, "sign", err);
	if (o->admin_key.len == SIGN_PUBLIC_SIZE && /* older logs name none */
		!is_same(o->admin_key, settings->admin_key.at, SIGN_PUBLIC_SIZE))
		return another_admin(dir, o->admin_key, err);
	return MS_OK;
}

ms_status
hub_stream_fits(store_txn *txn, const char *dir, const hub_keys *keys, hub_settings *settings,
	ms_error *err)
{
	arena memory = { 0 };
	log_record record;
	batch_header h;
	act a;
	ms_status s;

	if (!log_read(txn, 0, &record))
		return store_ok(txn) ? ms_fail(err, MS_CORRUPT, MST_STORE_CORRUPT,
					       "the log has no first leaf")
				     : store_status(txn, err);
	if (!batch_header_read(record.header, &h) ||
		act_decode(log_act(&record, 0), &memory, &a) != MS_OK || a.malformed ||
		a.kind != ACT_HUB_ORIGIN)
		s = ms_fail(err, MS_CORRUPT, MST_STORE_CORRUPT,
			"the first leaf of the log is not the hub's origin");
	else
		s = compare_origin(dir, &a.u.origin, &h.device, keys, settings, err);
	if (s == MS_OK)
		settings->clock.wall_us = a.u.origin.clock_wall_us;
	arena_fini(&memory);
	return s;
}

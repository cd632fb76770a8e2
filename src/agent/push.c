/* SPDX-License-Identifier: Apache-2.0 */
/*
 * push.c - acts are sealed into batches in a commit before the first byte is sent; a batch leaves
 * the sending range when its receipt is stored.
 */
#include "agent/agent.h"

#include "base/clock.h"
#include "base/clock_watch.h"
#include "base/random.h"
#include "codec/acts.h"
#include "codec/peek.h"

enum { RETRY_STORAGE_US = 10000000, TELLING_US = 60000000, TELLING_MAX = 30 };

/* ---- sealing ---- */

static bool
seal_all(agent *a, store_txn *txn)
{
	batch_header base = { .hub = a->settings.hub,
		.device = a->settings.device,
		.schema = BATCH_SCHEMA,
		.device_time_us = agent_now_us(a),
		.checkpoint_size = a->verified.size,
		.checkpoint_root = a->verified.root };

	agent_follow_keys(a);
	witness_save(a, txn);
	return device_outbox_seal(&a->out, txn, &base, &a->sign, (uint16_t)a->settings.batch_acts);
}

void
push_seal_in(agent *a, store_txn *txn)
{
	seal_all(a, txn);
}

void
push_sealed(agent *a)
{
	witness_saved(a);
	device_link_wake(&a->link);
}

static void
seal_now(void *ctx, int64_t now_us)
{
	agent *a = ctx;
	store_txn txn;
	ms_error err = { 0 };
	bool any;

	(void)now_us;
	a->linger_set = false;
	if (outbox_queue(&a->out.box).unsealed_acts == 0)
		return;
	store_begin(a->store, &txn, STORE_WRITE);
	any = seal_all(a, &txn);
	if (store_commit(&txn, &err) == MS_OK) {
		witness_saved(a);
	} else {
		agent_storage_failed(a, &err);
		reactor_set_timer(
			a->reactor, seal_now, a, reactor_now(a->reactor) + RETRY_STORAGE_US);
		return;
	}
	a->storage_full = false;
	if (any)
		device_link_wake(&a->link);
}

void
push_wake(agent *a)
{
	outbox_counts counts = outbox_queue(&a->out.box);
	int64_t wait_us = (int64_t)a->settings.linger_ms * 1000;

	if (counts.unsealed_acts == 0)
		return;
	if (counts.unsealed_acts >= a->settings.batch_acts)
		wait_us = 0;
	else if (a->linger_set)
		return;
	a->linger_set = true;
	reactor_set_timer(a->reactor, seal_now, a, reactor_now(a->reactor) + wait_us);
}

/* ---- what the uplink asks ---- */

static ms_status
sealed_next(void *ctx, uint64_t *seq, ms_error *err)
{
	(void)err;
	return device_outbox_sealed_next(&((agent *)ctx)->out, seq);
}

static ms_status
header_before(void *ctx, uint64_t seq, hash32 *out, ms_error *err)
{
	return device_outbox_header_before(&((agent *)ctx)->out, seq, out, err);
}

static ms_status
signed_part(void *ctx, uint64_t first_seq, uint8_t out[BATCH_SIGNED_SIZE], ms_error *err)
{
	return device_outbox_signed_part(&((agent *)ctx)->out, first_seq, out, err);
}

static ms_status
next_batch(void *ctx, uint64_t from, bool unreceipted, uplink_batch *out, ms_error *err)
{
	return device_outbox_next(&((agent *)ctx)->out, from, unreceipted, out, err);
}

/* Of an act whose place in its slot a later one took before its answer came. */
static void
take_older(known *k, span bytes, known_revision *answered)
{
	arena memory = { 0 };
	act a;

	if (act_decode(bytes, &memory, &a) == MS_OK && !a.malformed) {
		answered->revision = a.revision;
		answered->kind = (uint8_t)a.kind;
		answered->body_hash = a.body_hash;
		known_take(k, answered);
	}
	arena_fini(&memory);
}

/* The slots of a receipted batch's acts learn what became of them. */
static void
answer_slots(store_txn *txn, const frame_receipt *r)
{
	uint32_t i;

	for (i = 0; i < r->count && i < r->verdicts.len; i++) {
		verdict v = (verdict)r->verdicts.at[i];
		known_revision answered = {
			.state = verdict_is_refusal(v) ? KNOWN_REFUSED : KNOWN_RECEIVED,
			.own = true,
			.verdict = (uint8_t)v,
			.seq = r->first_seq + i,
			.place = { .leaf = r->leaf, .at = (uint16_t)i },
			.hub_time_us = r->hub_time_us,
		};
		act_peek peek;
		known_at at;
		span bytes;
		known k;

		if (!outbox_act(txn, r->first_seq + i, &bytes) || !peek_act(bytes, &peek) ||
			(peek.kind != ACT_REPORT && peek.kind != ACT_RETRACTION) ||
			!known_slot(peek.unit, peek.item, peek.period, &at) ||
			!known_get(txn, &at, &k))
			continue;
		if (!known_answer(&k, r->first_seq + i, &answered))
			take_older(&k, bytes, &answered);
		known_put(txn, &at, &k);
	}
}

/* A leaf's time lies before now, however late its receipt came: else one of the clocks is wrong. */
static void
note_time(agent *a, const frame_receipt *r)
{
	int64_t ahead_us = time_between(agent_now_us(a), r->hub_time_us);

	if (a->receipt_generation != a->generation) { /* a restored log counts anew */
		a->receipt_generation = a->generation;
		a->receipt_leaf = 0;
		a->last_receipt_us = 0;
	}
	if (r->hub_time_us > a->last_receipt_us)
		a->last_receipt_us = r->hub_time_us;
	if (r->leaf < a->receipt_leaf)
		return;
	a->receipt_leaf = r->leaf;
	a->receipt_ahead_us = ahead_us > 0 ? ahead_us : 0;
}

static ms_status
store_receipts(void *ctx, const frame_receipt *list, size_t n, ms_error *err)
{
	agent *a = ctx;
	store_txn txn;
	ms_status s;
	size_t i;

	store_begin(a->store, &txn, STORE_WRITE);
	for (i = 0; i < n; i++) {
		outbox_stored stored = outbox_receipt(&txn, &a->out.box, &list[i], (span){ 0 });

		if (stored == OUTBOX_FIRST || stored == OUTBOX_MOVED)
			answer_slots(&txn, &list[i]);
		note_time(a, &list[i]);
	}
	witness_save(a, &txn);
	if (store_ok(&txn))
		desk_look_at_waiters(a, &txn);
	s = store_commit(&txn, err);
	if (s != MS_OK) {
		agent_storage_failed(a, err);
		return s;
	}
	witness_saved(a);
	a->storage_full = false;
	a->receipts_came = true;
	return MS_OK;
}

static ms_status
store_plan(void *ctx, const hash32 *version, span file, ms_error *err)
{
	agent *a = ctx;
	ms_status s = agent_take_plan(a, file, err);
	char hex[2 * HASH_SIZE + 1];

	if (s != MS_OK)
		return s;
	hash_hex(version, hex);
	logger_say(&a->log, LOG_INFO,
		"the hub has a newer plan, version %.16s..., it is used from now on", hex);
	return MS_OK;
}

static uint32_t
queue_depth(void *ctx)
{
	const agent *a = ctx;
	outbox_counts counts = outbox_queue(&a->out.box);

	return (uint32_t)(counts.unsealed_acts + counts.sent_acts);
}

static int64_t
device_time(void *ctx)
{
	return agent_now_us(ctx);
}

static bool
is_synchronised(const agent *a)
{
	if (strcmp(a->settings.clock_synchronised, "auto") == 0)
		return clock_is_synchronised();
	return strcmp(a->settings.clock_synchronised, "yes") == 0;
}

static ping_clock
device_clock(void *ctx)
{
	const agent *a = ctx;

	if (!is_synchronised(a))
		return PING_CLOCK_UNKNOWN;
	return a->told_clock ? PING_CLOCK_DIFFERS : PING_CLOCK_SYNCHRONISED;
}

/* The hub knows how much waits here, and what this clock has found, without waiting for 30 quiet
 * seconds. */
static void
tell_clock(agent *a)
{
	uplink_ping_soon(a->link.uplink);
	device_link_wake(&a->link);
}

/* ---- what the link tells ---- */

/* A hub that goes back and forth does not fill the log; how it stands at last is told when the
 * minute is over. */
static bool
may_tell(agent *a)
{
	int64_t now_us = reactor_now(a->reactor);

	if (now_us >= a->telling_us + TELLING_US) {
		a->telling_us = now_us;
		a->n_told = 0;
	}
	return a->n_told < TELLING_MAX && ++a->n_told > 0;
}

static void
log_state_change(agent *a, const uplink_status *s)
{
	bool is_well = s->state == UPLINK_READY && !s->stuck;
	bool is_up = is_well && !a->told_well;
	/* The same trouble again, as each try meets it, is no news. */
	bool is_trouble = !is_well && s->code != 0 && s->code != a->told_code;

	if ((is_up || is_trouble) && !may_tell(a))
		return;
	a->told_well = is_well;
	if (is_up) {
		a->told_code = 0;
		logger_say(&a->log, LOG_INFO, "connected to the hub at %s", a->link.endpoint);
		tell_clock(a);
	}
	if (is_trouble) {
		a->told_code = s->code;
		logger_say(&a->log, LOG_WARNING, "%s: %s [MST-%04u]", uplink_state_name(s->state),
			s->text, s->code);
	}
}

static void
log_reader_change(agent *a)
{
	reader_state state = reader_look(a->reader);
	const ms_error *why = reader_trouble(a->reader);

	if (state == a->told_reader || (state == READER_FAILED && !may_tell(a)))
		return;
	/* A full disk is told where it is found. */
	if (state == READER_FAILED && why->status != MS_NO_SPACE)
		logger_error(&a->log, why->status == MS_DENIED ? LOG_ERROR : LOG_WARNING, why);
	a->told_reader = state;
}

static void
fail_clock(const agent *a, int64_t off_us, bool recorded, ms_error *err)
{
	if (recorded) {
		ms_fail(err, MS_CONFIG, MST_CLOCK_OFF,
			"the hub records times that are %lld s ahead of this machine's clock",
			(long long)(-off_us / 1000000));
		ms_error_remedy(err, "its clock is or was wrong: tell its administrator");
		return;
	}
	ms_fail(err, MS_CONFIG, MST_CLOCK_OFF, "this machine's clock is %lld s %s the hub's",
		(long long)((off_us < 0 ? -off_us : off_us) / 1000000),
		off_us > 0 ? "ahead of" : "behind");
	if (is_synchronised(a))
		ms_error_remedy(err,
			"ALARM: it is synchronised, so the hub's is probably wrong; the hub was "
			"told, tell its administrator too");
	else
		ms_error_remedy(
			err, "set it right (NTP); periods and deadlines go by the hub's clock");
}

/* Said once in each direction, here and (when this clock is the one to believe) to the hub: reports
 * are judged by the hub's clock. */
static void
log_clock(agent *a, const uplink_status *s)
{
	bool recorded = false;
	int64_t off_us = s->connected ? agent_clock_off_us(a, &recorded) : 0;
	ms_error err = { 0 };

	if (!s->connected || (off_us != 0) == a->told_clock || !may_tell(a))
		return;
	a->told_clock = off_us != 0;
	tell_clock(a);
	if (off_us == 0) {
		logger_say(&a->log, LOG_INFO, "this machine's clock agrees with the hub's again");
		return;
	}
	fail_clock(a, off_us, recorded, &err);
	logger_error(&a->log, LOG_WARNING, &err);
}

static void
link_changed(void *ctx, int64_t now_us)
{
	agent *a = ctx;
	uplink_status s = uplink_look(a->link.uplink);

	(void)now_us;
	log_state_change(a, &s);
	log_reader_change(a);
	log_clock(a, &s);
	inbox_doubt(a);
	if (!a->receipts_came)
		return;
	a->receipts_came = false;
	take_answer_due(a);
}

ms_status
push_open(agent *a, ms_error *err)
{
	uplink_config config = {
		.roles = ROLE_PUSH | ROLE_READ,
		.hub = a->settings.hub,
		.device = a->settings.device,
		.software = AGENT_SOFTWARE,
		.plan_version = a->plan->version,
		.seed = random_u64(),
		.log_key = &a->log_key,
		.admin_key = &a->settings.admin_key,
		.verified = a->verified,
		.generation = a->generation,
	};
	uplink_host host = {
		.ctx = a,
		.sealed_next = sealed_next,
		.header_before = header_before,
		.next = next_batch,
		.receipts = store_receipts,
		.signed_part = signed_part,
		.verified = witness_verified,
		.alarm = witness_alarm,
		.plan = store_plan,
		.delivery = desk_delivery,
		.proof = desk_proof,
		.queue_depth = queue_depth,
		.device_time_us = device_time,
		.clock = device_clock,
	};

	a->link.reactor = a->reactor;
	a->link.net = a->net;
	a->link.reader = a->reader;
	a->link.changed = link_changed;
	a->link.ctx = a;
	return device_link_start(&a->link, &config, &host, err);
}

void
push_close(agent *a)
{
	device_link_fini(&a->link);
	device_outbox_close(&a->out);
}

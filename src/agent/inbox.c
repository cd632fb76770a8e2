/* SPDX-License-Identifier: Apache-2.0 */
/*
 * inbox.c - the unit's feed: what its other devices have reported, so that the next revision is
 * right and nobody reports twice; what others stated about its slots; and, for a lead or observer,
 * which revisions it has to decide on.
 */
#include "store/inbox.h"

#include "agent/agent.h"
#include "codec/acts.h"
#include "plan/judge.h"
#include "store/meta.h"

#define CURSOR "cursor/own"
#define CLASSES "cursor/classes"
#define CHAIN "cursor/chain"           /* of the feed up to the cursor */
#define GENERATION "cursor/generation" /* of the log; not there: the first */

enum { FORM_SOON_US = 500000 };

/* What the unit may be shown: a lead or observer also what it leads. */
static uint32_t
shown_to(const agent *a)
{
	uint32_t item;

	for (item = 0; item < a->plan->n_items; item++)
		if (route_leads(a->plan, a->unit, item, agent_hub_time_us(a)))
			return CLASS_OWN | CLASS_LEAD;
	return CLASS_OWN;
}

static uint64_t
generation_of_log(const agent *a)
{
	return a->generation == 0 ? 1 : a->generation;
}

/* A unit that became a lead has its feed read again: what it may see now it passed over before. So
 * has everyone when the log was restored: its feeds have other numbers. */
static ms_status
read_cursor(void *ctx, uint64_t *cursor, ms_error *err)
{
	agent *a = ctx;
	store_txn txn;
	ms_status s;

	store_begin(a->store, &txn, STORE_READ);
	*cursor = meta_get_number(&txn, CLASSES, 0) == shown_to(a) &&
				  meta_get_number(&txn, GENERATION, 1) == generation_of_log(a)
			  ? meta_get_number(&txn, CURSOR, 0)
			  : 0;
	s = store_status(&txn, err);
	store_abort(&txn);
	return s;
}

static ms_status
read_chain(void *ctx, hash32 *out, ms_error *err)
{
	agent *a = ctx;
	store_txn txn;
	span kept;
	ms_status s = MS_NOT_FOUND;

	store_begin(a->store, &txn, STORE_READ);
	if (meta_get(&txn, CHAIN, &kept) && kept.len == HASH_SIZE) {
		memcpy(out->at, kept.at, HASH_SIZE);
		s = MS_OK;
	}
	if (!store_ok(&txn))
		s = store_status(&txn, err);
	store_abort(&txn);
	return s;
}

static void
keep_chain(const agent *a, store_txn *txn)
{
	hash32 chain;

	if (reader_chain(a->reader, &chain))
		meta_put(txn, CHAIN, span_of(chain.at, HASH_SIZE));
	else
		meta_del(txn, CHAIN);
}

/* ---- revisions ---- */

static void
take_revision(
	agent *ag, store_txn *txn, const feed_entry *e, uint16_t position, verdict v, const act *a)
{
	known_revision r = { .revision = a->revision,
		.kind = (uint8_t)a->kind,
		.state = verdict_is_refusal(v) ? KNOWN_REFUSED : KNOWN_RECEIVED,
		.verdict = (uint8_t)v,
		.body_hash = a->body_hash,
		.place = { .leaf = e->leaf, .at = position },
		.hub_time_us = e->hub_time_us };
	known_at at;
	known k;

	if (v == VERDICT_DUPLICATE || !known_slot(a->unit, a->item, a->period, &at))
		return;
	known_get(txn, &at, &k);
	known_take(&k, &r);
	known_put(txn, &at, &k);
	if (span_equal(a->unit, span_str(ag->settings.unit)))
		ag->slots_told++;
}

/* ---- what others say of this unit ---- */

static bool
is_about(const agent *ag, const act *a)
{
	return a->unit.len == 0 || span_equal(a->unit, span_str(ag->settings.unit));
}

/* Who has decided on what this unit may decide on too, and what was decided on its own. */
static void
take_decision(agent *ag, store_txn *txn, const feed_entry *e, const act *a)
{
	int item = plan_find_item(ag->plan, a->item), by = plan_find_unit(ag->plan, e->unit);
	known_decision d = { .revision = a->revision, .outcome = (uint8_t)a->u.steer.verdict };
	known_at at;
	known k;

	if (item < 0 || by < 0 || by == (int)ag->unit ||
		!known_slot(a->unit, a->item, a->period, &at))
		return;
	d.by = plan_is_lead(plan_leading(ag->plan, (uint32_t)item, e->hub_time_us), (uint32_t)item,
		       (uint32_t)by)
		       ? KNOWN_BY_LEAD
		       : KNOWN_BY_OBSERVER;
	known_get(txn, &at, &k);
	known_decide(&k, &d);
	known_put(txn, &at, &k);
}

/* What others stated, and what the hub did that concerns offices. */
static bool
concerns_offices(act_kind kind)
{
	return act_is_of_unit(kind) || kind == ACT_HUB_PLAN || kind == ACT_HUB_NOTICE ||
	       kind == ACT_HUB_CLOCK || kind == ACT_HUB_MOVED;
}

/* No hub stores what is against the rules of form: whatever one says, nobody is told of it. */
static bool
is_told(const agent *ag, const feed_entry *e, const act *a, verdict v)
{
	return concerns_offices(a->kind) && verdict_is_stored(v) && is_about(ag, a) &&
	       !span_equal(e->unit, span_str(ag->settings.unit)) && judge_form(a, NULL);
}

/* Kept before the cursor is: a crash between repeats it. */
static void
take_move(agent *ag, store_txn *txn, const feed_entry *e, const act *a)
{
	ms_error err = { 0 };

	if (agent_hub_moved(ag, e, a, &err) != MS_OK)
		store_fail(txn, err.status, err.code, "%s", err.text);
}

static void
put_row(agent *ag, store_txn *txn, const inbox_row *row)
{
	if (inbox_put(txn, row) == INBOX_FIRST_LEFT_OUT)
		ag->too_much_us = row->hub_time_us;
}

static void
take_act(agent *ag, store_txn *txn, const feed_entry *e, const feed_act *shown, arena *memory)
{
	verdict v = shown->at < e->verdicts.len ? (verdict)e->verdicts.at[shown->at] : VERDICT_NONE;
	inbox_row row = { .number = e->number,
		.place = { .leaf = e->leaf, .at = shown->at },
		.hub_time_us = e->hub_time_us,
		.by = e->unit,
		.act = shown->bytes };
	act a;

	if (act_decode(shown->bytes, memory, &a) != MS_OK) {
		store_no_memory(txn);
		return;
	}
	if (a.malformed)
		return;
	if (a.kind == ACT_HUB_MOVED && verdict_is_stored(v))
		take_move(ag, txn, e, &a);
	if (a.kind == ACT_REPORT || a.kind == ACT_RETRACTION)
		take_revision(ag, txn, e, shown->at, v, &a);
	if (a.kind == ACT_DECISION && verdict_is_stored(v))
		take_decision(ag, txn, e, &a);
	if (is_told(ag, e, &a, v))
		put_row(ag, txn, &row);
}

/* ---- what is not shown ---- */

/* Is less of it shown than is addressed to this unit? */
static bool
is_kept_back(const feed_entry *e)
{
	size_t addressed = 0, i;
	uint8_t bits;

	if (e->positions.len == 0)
		addressed = e->verdicts.len;
	for (i = 0; i < e->positions.len; i++)
		for (bits = e->positions.at[i]; bits != 0; bits = (uint8_t)(bits & (bits - 1)))
			addressed++;
	return e->withheld || e->n_acts < addressed;
}

static void
note_kept_back(agent *a, const feed_entry *e)
{
	if (!is_kept_back(e))
		return;
	a->kept_back++;
	a->kept_back_leaf = e->leaf;
}

/* Rights end with a version of the plan only; one that is on its way is waited for. */
void
inbox_doubt(agent *a)
{
	ms_error err = { 0 };

	if (a->kept_back == 0 || a->told_kept_back || uplink_look(a->link.uplink).plan_fetching ||
		plan_now(a->plan, agent_hub_time_us(a))->earlier != NULL)
		return;
	a->told_kept_back = true;
	ms_fail(&err, MS_DENIED, MST_WIRE_FEED_KEPT_BACK,
		"ALARM: the hub keeps back %llu entries of this unit's feed, the newest of leaf "
		"%llu, and no version of the plan has taken a right from it",
		(unsigned long long)a->kept_back, (unsigned long long)a->kept_back_leaf);
	ms_error_remedy(&err,
		"show this to whoever supervises the hub; an observer, or the office whose report "
		"it is, can prove what lies there (muster prove)");
	logger_error(&a->log, LOG_ERROR, &err);
}

static bool
is_own(const agent *a, const feed_entry *e)
{
	batch_header h;

	return batch_header_read(e->header, &h) &&
	       memcmp(&h.device, &a->settings.device, sizeof(h.device)) == 0;
}

/* The feed of a restored log comes whole again. */
static void
begin_generation(const agent *a, store_txn *txn)
{
	uint64_t now = generation_of_log(a);

	if (meta_get_number(txn, GENERATION, 1) == now)
		return;
	store_clear(txn, TABLE_INBOX);
	notice_forget(txn);
	meta_put_number(txn, GENERATION, now);
}

/* Own acts are known from the outbox and its receipts; only those of other devices are news. */
static ms_status
take_feed(void *ctx, const frame_feed *feed, uint64_t cursor, ms_error *err)
{
	agent *a = ctx;
	arena memory = { 0 };
	uint64_t told = a->slots_told;
	store_txn txn;
	ms_status s;
	size_t i, k;

	store_begin(a->store, &txn, STORE_WRITE);
	begin_generation(a, &txn);
	for (i = 0; i < feed->n_entries; i++) {
		const feed_entry *e = &feed->entries[i];

		note_kept_back(a, e);
		if (e->withheld || is_own(a, e))
			continue;
		for (k = 0; k < e->n_acts; k++)
			take_act(a, &txn, e, &e->acts[k], &memory);
		arena_reset(&memory);
	}
	meta_put_number(&txn, CURSOR, cursor);
	keep_chain(a, &txn);
	meta_put_number(&txn, CLASSES, shown_to(a));
	s = store_commit(&txn, err);
	arena_fini(&memory);
	if (s != MS_OK)
		agent_storage_failed(a, err);
	else
		notice_wake(a);
	if (a->slots_told != told) /* the form says what this device knows */
		folder_scan_in(a, FORM_SOON_US);
	return s;
}

static void
caught_up(void *ctx)
{
	agent *a = ctx;

	a->learnt_in = uplink_look(a->link.uplink).sessions;
	reactor_set_timer(a->reactor, a->go_on, a, reactor_now(a->reactor));
}

/* Everybody asks for every number, which shows an office that leads nothing no more than its own:
 * only so it can hold its feed against what the hub stated of it. */
ms_status
inbox_open(agent *a, ms_error *err)
{
	reader_config config = { .classes = CLASS_OWN | CLASS_LEAD };
	reader_host host = { .ctx = a,
		.cursor = read_cursor,
		.take = take_feed,
		.chain = read_chain,
		.caught_up = caught_up };
	wire_out out = device_link_out(&a->link);
	ms_status s = reader_new(&config, &host, &out, &a->reader);

	return s == MS_OK ? s : ms_fail(err, s, MST_NO_MEMORY, "no memory for the feed");
}

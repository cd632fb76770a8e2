/* SPDX-License-Identifier: Apache-2.0 */
/*
 * omission.c - a receipt, a statement of a feed and the plan, held against each other.
 *
 * An honest hub never signs both. It appends an act's entries to feeds in the transaction of its
 * leaf, so a later statement has them; who gains rights by a new version of the plan gets the past
 * in the transaction of that version's leaf; and rights under one version only fall with time
 * (plan/route.c). So what the plan of the statement shows to the unit at the time of the statement
 * its feed has had since the act's leaf, or since that plan. This holds for acts on one slot; those
 * on many go to every unit there is at the time, and a unit that comes later has none of them.
 *
 * Only the hub states feeds: an act of this kind by anybody else has no verdict STORED.
 */
#include "wire/omission.h"

#include "base/lang.h"
#include "plan/judge.h"

static ms_status
fails(ms_error *err, const char *what)
{
	return ms_fail(err, MS_DENIED, MST_PROOF, "the proof does not hold: %s", tr(what));
}

/* ---- the act ---- */

static ms_status
check_act(const evidence *e, ms_error *err)
{
	const act *a = &e->what;

	if (!e->shown)
		return ms_fail(err, MS_INVALID, MST_PROOF_FILE,
			"the receipt withholds the act: without its content nobody can say whose "
			"feed it belongs to");
	if (a->malformed || !verdict_is_stored((verdict)e->verdict))
		return ms_fail(err, MS_DENIED, MST_OMISSION_REFUSED,
			"the hub did not store the act (%s): it goes to no feed but its unit's",
			verdict_name((verdict)e->verdict));
	if (!act_is_of_unit(a->kind) || a->item.len == 0 || a->unit.len == 0)
		return ms_fail(err, MS_DENIED, MST_OMISSION_NO_RIGHT,
			"the act is the hub's own, or names not both item and unit: that it "
			"belongs "
			"to a feed cannot be proven");
	return MS_OK;
}

/* ---- statements ---- */

typedef struct statement {
	evidence e;
	span unit, plan_version;
	uint64_t count;
	hash32 chain;
} statement;

static ms_status
read_statement(
	const frame_proof *p, const log_key *key, arena *memory, statement *out, ms_error *err)
{
	const act *a = &out->e.what;
	ms_status s = evidence_check(p, key, memory, &out->e, err);

	if (s != MS_OK)
		return s;
	if (!out->e.shown || a->malformed || a->kind != ACT_HUB_FEEDS ||
		out->e.verdict != VERDICT_STORED || a->u.feeds.chain.len != HASH_SIZE)
		return fails(err, TR("what should state the feed does not"));
	out->unit = a->unit;
	out->plan_version = a->plan_version;
	out->count = a->u.feeds.count;
	memcpy(out->chain.at, a->u.feeds.chain.at, HASH_SIZE);
	return MS_OK;
}

/* Where the entries begin: at BEFORE, or at the feed's first. */
static ms_status
read_begin(const frame_omission *o, const log_key *key, const omission *at, arena *memory,
	statement *before, ms_error *err)
{
	ms_status s;

	*before = (statement){ .unit = at->unit };
	if (o->before.act.header.len == 0)
		return MS_OK;
	s = read_statement(&o->before, key, memory, before, err);
	if (s != MS_OK)
		return s;
	if (!span_equal(before->unit, at->unit))
		return fails(err, TR("the entries begin in another unit's feed"));
	if (before->e.generation != at->act.generation || before->e.leaf >= at->act.leaf)
		return fails(err, TR("the entries begin behind the act"));
	return MS_OK;
}

static ms_status
check_order(const evidence *act_at, const evidence *stated, ms_error *err)
{
	if (act_at->generation != stated->generation) {
		fails(err, TR("receipt and statement are of different generations of the log"));
		ms_error_remedy(err, "have the office prove its act anew: muster prove");
		return MS_DENIED;
	}
	if (stated->leaf > act_at->leaf)
		return MS_OK;
	return ms_fail(err, MS_DENIED, MST_OMISSION_EARLIER,
		"the hub stated the feed at leaf %llu, before it had the act, at leaf %llu",
		(unsigned long long)stated->leaf, (unsigned long long)act_at->leaf);
}

/* ---- entries ---- */

static ms_status
check_entries(
	span left, const statement *before, const statement *stated, omission *out, ms_error *err)
{
	hash32 chain = before->chain;
	uint64_t number = before->count, had = 0;
	feed_place e;

	out->first = number + 1;
	while (feed_place_next(&left, &e)) {
		chain = feed_chain_next(&chain, ++number, e.leaf, e.positions);
		if (out->place == 0 && e.leaf >= out->act.leaf)
			out->place = number;
		if (e.leaf == out->act.leaf && feed_place_has(&e, out->act.position))
			had = number;
	}
	out->last = number;
	if (out->place == 0)
		out->place = number + 1;
	if (left.len > 0 || number != stated->count || !hash_equal(&chain, &stated->chain))
		return ms_fail(err, MS_DENIED, MST_OMISSION_CHAIN,
			"the entries given are not those that the hub stated");
	if (had == 0)
		return MS_OK;
	return ms_fail(err, MS_DENIED, MST_OMISSION_NONE,
		"nothing was left out: record %llu/%u is entry %llu of the feed",
		(unsigned long long)out->act.leaf, out->act.position, (unsigned long long)had);
}

/* ---- rights ---- */

static ms_status
check_right(const plan *p, const omission *o, ms_error *err)
{
	int unit = plan_find_unit(p, o->unit);

	if (unit >= 0 && route_shows(p, (uint32_t)unit, &o->act.what, o->stated.hub_time_us))
		return MS_OK;
	return ms_fail(err, MS_DENIED, MST_OMISSION_NO_RIGHT,
		"by the plan in force unit %.*s does not see record %llu/%u: its feed need not "
		"have it",
		(int)o->unit.len, (const char *)o->unit.at, (unsigned long long)o->act.leaf,
		o->act.position);
}

static ms_status
check_plan(span file, const omission *o, ms_error *err)
{
	hash32 version = hash_of(file);
	plan *p = NULL;
	ms_status s;

	if (!span_equal(o->plan_version, span_of(version.at, HASH_SIZE)))
		return fails(err, TR("the plan is not the one that the statement names"));
	s = plan_load(file, "the plan in the proof", &p, NULL, err);
	if (s == MS_OK)
		s = check_right(p, o, err);
	plan_free(p);
	return s;
}

/* ---- the whole ---- */

ms_status
omission_check(
	const frame_omission *o, const log_key *key, arena *memory, omission *out, ms_error *err)
{
	statement stated = { 0 }, before;
	ms_status s;

	*out = (omission){ 0 };
	s = evidence_check(&o->receipt, key, memory, &out->act, err);
	if (s == MS_OK)
		s = check_act(&out->act, err);
	if (s == MS_OK)
		s = read_statement(&o->stated, key, memory, &stated, err);
	if (s != MS_OK)
		return s;
	out->stated = stated.e;
	out->unit = stated.unit;
	out->plan_version = stated.plan_version;
	s = check_order(&out->act, &out->stated, err);
	if (s == MS_OK)
		s = read_begin(o, key, out, memory, &before, err);
	if (s == MS_OK)
		s = check_entries(o->entries, &before, &stated, out, err);
	return s == MS_OK ? check_plan(o->plan, out, err) : s;
}

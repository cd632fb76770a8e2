/* SPDX-License-Identifier: Apache-2.0 */
/* sim_hub.h - the hub of the small world: a disk, turns of a writer, the functions that sessions
 * ask. */
#ifndef TESTS_MODEL_SIM_HUB_H
#define TESTS_MODEL_SIM_HUB_H

#include "sim_world.h"

/* ---- the hub's disk ---- */

static const sim_leaf *
leaf_at(const hub_disk *d, unsigned peer_index, uint64_t first_seq, uint64_t *leaf)
{
	size_t i;

	for (i = 0; i < d->n_log; i++)
		if (d->log[i].peer == peer_index && d->log[i].first_seq == first_seq) {
			*leaf = i;
			return &d->log[i];
		}
	return NULL;
}

static void
receipt_of(const sim_leaf *l, uint64_t leaf, session_outcome *out)
{
	static const uint8_t verdicts[ACTS_MAX] = { 1, 1, 1, 1, 1, 1 };

	out->receipted = true;
	out->receipt = (frame_receipt){ .first_seq = l->first_seq,
		.count = l->count,
		.header_hash = l->header_hash,
		.leaf = leaf,
		.hub_time_us = (int64_t)leaf,
		.verdicts = span_of(verdicts, l->count) };
}

static void
append(hub_disk *d, job *j, const batch_view *view)
{
	sim_leaf *l = &d->log[d->n_log];

	*l = (sim_leaf){ .peer = j->peer,
		.first_seq = view->fields.first_seq,
		.count = view->fields.count,
		.header_hash = view->header_hash,
		.len = j->len };
	memcpy(l->bytes, j->bytes, j->len);
	d->next_seq[j->peer] = view->fields.first_seq + view->fields.count;
	d->last_header[j->peer] = view->header_hash;
	d->n_log++;
	d->as_of[j->peer % ITEMS] = d->n_log;
	receipt_of(l, d->n_log - 1, &j->outcome);
}

/* Stage one job into D: invariant 3. */
static void
stage(world *w, hub_disk *d, job *j)
{
	static batch_view view;
	const sim_leaf *known;
	uint64_t leaf = 0;

	if (batch_open(span_of(j->bytes, j->len), &view) != BATCH_GOOD) {
		violate(w, "a batch is not what was sealed", j->peer, 0);
		return;
	}
	known = leaf_at(d, j->peer, view.fields.first_seq, &leaf);
	j->outcome.nack = (frame_nack){ .first_seq = view.fields.first_seq };
	if (w->mutant == MUTANT_NO_DUPLICATE_CHECK && known != NULL && d->n_log < LOG_MAX) {
		append(d, j, &view);
		return;
	}
	switch (batch_classify(&view, d->next_seq[j->peer], &d->last_header[j->peer],
		known == NULL ? NULL : &known->header_hash)) {
	case BATCH_NEW:
		append(d, j, &view);
		break;
	case BATCH_KNOWN:
		receipt_of(known, leaf, &j->outcome);
		w->resent++;
		break;
	case BATCH_GAP:
		j->outcome.nack.code = NACK_GAP;
		j->outcome.nack.send_from = d->next_seq[j->peer];
		break;
	default:
		j->outcome.nack.code = NACK_FORK;
		violate(w, "a false fork", j->peer, view.fields.first_seq);
		break;
	}
}

static void
send_outcomes(world *w)
{
	size_t i;

	for (i = 0; i < w->n_jobs; i++) {
		session *s = registry_by_number(w->reg, w->jobs[i].session);

		if (s != NULL)
			session_outcomes(s, &w->jobs[i].outcome, 1, w->now);
	}
}

static void hub_crash(world *w);

/* One turn of the writer: stage everything, commit, then the receipts; it may die anywhere. */
static void
hub_turn(world *w)
{
	hub_disk staged = w->disk;
	bool dies_before = trouble(w, 40), dies_after, full = trouble(w, 30);
	size_t i;

	trace(w, 1, w->n_jobs);
	dies_after = trouble(w, 40);
	for (i = 0; i < w->n_jobs; i++) {
		stage(w, &staged, &w->jobs[i]);
		if (full) { /* the transaction is aborted */
			w->jobs[i].outcome.receipted = false;
			w->jobs[i].outcome.nack.code = NACK_STORAGE;
			w->jobs[i].outcome.nack.retry_after_ms = 100;
		}
	}
	if (w->mutant == MUTANT_RECEIPT_BEFORE_COMMIT)
		send_outcomes(w);
	if (dies_before) {
		hub_crash(w);
		return;
	}
	if (!full) {
		w->disk = staged; /* the log's tail was written in place: nobody read it before
				     n_log grew */
		for (i = 0; i < w->n_peers; i++)
			registry_log_grew(w->reg, &(device_id){ { (uint8_t)(i + 1) } });
		for (i = 0; i < w->n_jobs; i++)
			registry_rollups_changed(w->reg, &(uint64_t){ w->jobs[i].peer % ITEMS }, 1);
	}
	if (!dies_after && w->mutant != MUTANT_RECEIPT_BEFORE_COMMIT)
		send_outcomes(w);
	w->n_jobs = 0;
	if (dies_after)
		hub_crash(w);
}

/* ---- the hub program's functions ---- */

static void
who_is(void *ctx, span user, session_device *out)
{
	world *w = ctx;
	unsigned i = user.at[0];

	*out = (session_device){ .standing = SESSION_ACTIVE,
		.next_seq = w->disk.next_seq[i],
		.last_header = w->disk.last_header[i] };
	out->id.at[0] = (uint8_t)(i + 1);
	out->unit = &w->peers[i];
}

static ms_status
take_batch(void *ctx, const session_facts *who, void **token, span bytes, ms_error *err)
{
	world *w = ctx;
	job *j = &w->jobs[w->n_jobs];

	(void)err;
	if (w->n_jobs == JOBS_MAX || trouble(w, 40))
		return MS_FULL;
	*j = (job){
		.session = who->number, .peer = ((const peer *)who->unit)->index, .len = bytes.len
	};
	memcpy(j->bytes, bytes.at, bytes.len);
	w->n_jobs++;
	*token = NULL;
	return MS_OK;
}

static void
fill_welcome(void *ctx, const session_facts *who, frame_welcome *out)
{
	(void)ctx;
	(void)who;
	out->schema = 1;
}

static void
fill_pong(void *ctx, const session_facts *who, frame_pong *out)
{
	(void)who;
	out->hub_time_us = ((world *)ctx)->now;
}

static ms_status
no_plan(void *ctx, span version, uint64_t offset, frame_plan *piece)
{
	(void)ctx;
	(void)version;
	(void)offset;
	(void)piece;
	return MS_NOT_FOUND;
}

/* ---- feeds: which leaves are a unit's, and what it may see of them ---- */

static bool
leaf_is_for(const sim_leaf *l, unsigned unit)
{
	return l->peer == unit || (l->peer + unit) % 2 == 0;
}

static uint32_t
shown_to(const sim_leaf *l, unsigned unit)
{
	uint32_t all = (1u << l->count) - 1;

	return l->peer == unit ? all : (l->header_hash.at[0] ^ unit * 0x55u) & all;
}

/* What a reader of CLASSES is to get as entry NUMBER; false when that is nothing. */
static bool
expected_entry(const hub_disk *d, unsigned unit, uint32_t classes, uint64_t number, sim_entry *out)
{
	uint64_t n = 0;
	size_t i;

	for (i = 0; i < d->n_log && n < number; i++)
		n += leaf_is_for(&d->log[i], unit) ? 1 : 0;
	*out = (sim_entry){ .number = number };
	if (n < number)
		return false;
	out->leaf = i - 1;
	if ((classes & (d->log[i - 1].peer == unit ? CLASS_OWN : CLASS_LEAD)) == 0)
		return true;
	out->shown = shown_to(&d->log[i - 1], unit);
	out->withheld =
		out->shown == 0 && (classes & CLASS_OWN) != 0 && (classes & CLASS_LEAD) != 0;
	return true;
}

static ms_status
fill_entry(const sim_leaf *l, const sim_entry *e, arena *memory, feed_entry *out)
{
	static const uint8_t verdicts[ACTS_MAX] = { 1, 1, 1, 1, 1, 1 };
	static batch_view view;
	hash32 leaves[ACTS_MAX], *siblings = arena_alloc(memory, sizeof(leaves));
	uint8_t marks[ACTS_MAX];
	size_t n = 0;
	uint16_t i;

	batch_open(span_of(l->bytes, l->len), &view);
	out->acts = arena_alloc(memory, ACTS_MAX * sizeof(feed_act));
	out->siblings = arena_alloc(memory, ACTS_MAX * sizeof(span));
	if (siblings == NULL || out->acts == NULL || out->siblings == NULL)
		return MS_NO_MEMORY;
	for (i = 0; i < l->count; i++) {
		leaves[i] = tree_leaf(view.acts[i]);
		marks[i] = (uint8_t)(e->shown >> i & 1);
		if (marks[i])
			out->acts[out->n_acts++] = (feed_act){ .at = i, .bytes = view.acts[i] };
	}
	tree_siblings(leaves, marks, l->count, siblings, &n);
	for (out->n_siblings = 0; out->n_siblings < n; out->n_siblings++)
		out->siblings[out->n_siblings] = span_of(siblings[out->n_siblings].at, HASH_SIZE);
	out->header = view.header;
	out->signature = view.signature;
	out->verdicts = span_of(verdicts, l->count);
	return MS_OK;
}

static ms_status
feed_next(void *ctx, const session_facts *who, uint64_t after, uint32_t classes, arena *memory,
	feed_entry *out)
{
	world *w = ctx;
	sim_entry e;

	if (!expected_entry(&w->disk, ((const peer *)who->unit)->index, classes, after + 1, &e))
		return MS_NOT_FOUND;
	out->number = e.number;
	out->leaf = e.leaf;
	out->withheld = e.withheld;
	return e.shown == 0 ? MS_OK : fill_entry(&w->disk.log[e.leaf], &e, memory, out);
}

static ms_status
rollup_keys(void *ctx, const session_facts *who, const frame_subscribe *sub, feed_rollup_keys *keys)
{
	(void)ctx;
	(void)who;
	(void)sub;
	for (keys->n = 0; keys->n < ITEMS; keys->n++)
		keys->list[keys->n] = keys->n;
	return MS_OK;
}

static bool
rollup_wanted(void *ctx, const session_facts *who, const frame_subscribe *sub, uint64_t key)
{
	(void)ctx;
	(void)who;
	(void)sub;
	return key < ITEMS;
}

static ms_status
rollup(void *ctx, const session_facts *who, uint64_t key, arena *memory, feed_rollup *out)
{
	static char contact[CONTACT_BYTES];
	world *w = ctx;
	size_t i;

	(void)who;
	memset(contact, 'c', sizeof(contact));
	out->expected = (uint32_t)key;
	out->as_of = w->disk.as_of[key];
	out->n_missing = w->large && key == 0 ? LARGE_ROWS : 0;
	out->missing = arena_alloc(memory, (LARGE_ROWS + 1) * sizeof(*out->missing));
	for (i = 0; i < out->n_missing; i++)
		out->missing[i] = (feed_missing){ .unit = span_str("u"),
			.contact = span_of(contact, sizeof(contact)),
			.deadline_us = (int64_t)out->as_of };
	return out->as_of == 0 ? MS_NOT_FOUND : MS_OK;
}

static void
feed_now(void *ctx, uint64_t *size, int64_t *hub_time_us)
{
	*size = ((world *)ctx)->disk.n_log;
	*hub_time_us = 0;
}

static void
hub_start(world *w)
{
	registry_out out = { .ctx = w, .send = hub_send };

	if (registry_new(&w->hub, &out, CONNS_MAX, &w->reg) != MS_OK)
		violate(w, "no memory", 0, 0);
}

static void
hub_crash(world *w)
{
	size_t i;

	trace(w, 2, w->n_jobs);
	w->crashes++;
	registry_free(w->reg);
	w->n_jobs = 0;
	for (i = 0; i < CONNS_MAX; i++) {
		conn *c = &w->conns[i];

		if (!c->used)
			continue;
		c->hub_end = false;
		pipe_clear(&c->up);
		if (draw(w, 2) == 0)
			pipe_clear(&c->down);
		conn_reap(c);
	}
	hub_start(w);
}

#endif

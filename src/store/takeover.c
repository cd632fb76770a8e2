/* SPDX-License-Identifier: Apache-2.0 */
#include "store/takeover.h"

#include <stdio.h>
#include <stdlib.h>

#include "store/files.h"
#include "store/known.h"
#include "store/meta.h"
#include "store/outbox.h"

/* The old sequences of the acts queued anew: the place in the list is the new one. */
typedef struct taken {
	uint64_t *list;
	size_t n, room;
} taken;

typedef struct takeover {
	store_txn from, to;
	outbox old, fresh;
	const log_key *key;
	const restore_order *order;
	taken taken;
} takeover;

static bool
note(takeover *t, uint64_t seq)
{
	size_t room = t->taken.room == 0 ? 256 : 2 * t->taken.room;
	uint64_t *list;

	if (t->taken.n == t->taken.room) {
		list = realloc(t->taken.list, room * sizeof(*list));
		if (list == NULL)
			return store_no_memory(&t->to);
		t->taken.list = list;
		t->taken.room = room;
	}
	t->taken.list[t->taken.n++] = seq;
	return true;
}

static void
take_acts(takeover *t, uint64_t first, uint64_t end)
{
	uint64_t seq, fresh;
	span bytes;

	for (seq = first; seq < end && store_ok(&t->from) && store_ok(&t->to); seq++)
		if (outbox_act(&t->from, seq, &bytes) &&
			outbox_add(&t->to, &t->fresh, bytes, &fresh))
			note(t, seq);
}

/* What has a receipt: was it for a leaf that the log has no more? */
static bool
was_lost(takeover *t, const outbox_sealed *b)
{
	outbox_receipt_row row;
	uint32_t generation;

	if (t->order->generation < 2 || !outbox_receipt_of(&t->from, b->first_seq, &row))
		return false;
	if (!outbox_receipt_generation(&row, t->key, &generation))
		return store_fail(&t->from, MS_CORRUPT, MST_STORE_CORRUPT,
			"the receipt of the batch that begins at act %llu cannot be read",
			(unsigned long long)b->first_seq);
	return !restore_order_keeps(t->order, generation, row.leaf);
}

static void
take_all(takeover *t)
{
	bool whole = t->order->generation < 2;
	outbox_sealed b;
	uint64_t from = 1;

	for (; whole ? outbox_find_unreceipted(&t->from, &t->old, from, &b)
		     : outbox_find(&t->from, &t->old, from, &b);
		from = b.first_seq + b.count)
		if (!b.receipted || was_lost(t, &b))
			take_acts(t, b.first_seq, b.first_seq + b.count);
	take_acts(t, t->old.sealed_to + 1, t->old.next_seq);
}

static int
compare(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* The new sequence of SEQ, 0 when it was not queued anew. */
static uint64_t
new_seq(const takeover *t, uint64_t seq)
{
	const uint64_t *at = NULL;

	if (t->taken.n > 0)
		at = bsearch(&seq, t->taken.list, t->taken.n, sizeof(*at), compare);
	return at == NULL ? 0 : (uint64_t)(at - t->taken.list) + 1;
}

static void
renumber(const takeover *t, known_revision *r)
{
	r->seq = r->own ? new_seq(t, r->seq) : 0;
	r->own = r->seq != 0;
}

static void
take_known(takeover *t)
{
	known_cursor c;
	known_at at;
	known k;

	known_open(&t->from, &c);
	while (known_next(&c, &at, &k)) {
		renumber(t, &k.newest);
		renumber(t, &k.standing);
		renumber(t, &k.stored);
		renumber(t, &k.mine);
		known_put(&t->to, &at, &k);
	}
	known_close(&c);
}

/* A line of a file is of an act that is queued anew, or the hub has said all there is to say. */
static void
take_line(takeover *t, file_line *line)
{
	uint64_t seq = new_seq(t, line->seq);
	outbox_fate fate;

	if (line->seq != 0 && seq == 0 && outbox_verdict(&t->from, &t->old, line->seq, &fate) &&
		fate.receipted) {
		line->is_receipted = true;
		line->verdict = fate.verdict;
		line->place = (record_place){ .leaf = fate.leaf, .at = fate.at };
		line->hub_time_us = fate.hub_time_us;
	}
	line->seq = seq;
}

/* Clerks wait for the last word on files whose acts had no receipt. */
static void
take_files(takeover *t)
{
	file_entry f, *after = NULL, last;
	arena memory = { 0 };
	size_t i;

	while (files_next(&t->from, 0, after, &memory, &f)) {
		last = f;
		after = &last;
		for (i = 0; i < f.n_lines; i++)
			take_line(t, &f.lines[i]);
		files_put(&t->to, &f);
	}
	arena_fini(&memory);
}

static void
take_meta(takeover *t, const char *name)
{
	span value;

	if (meta_get(&t->from, name, &value))
		meta_put(&t->to, name, value);
}

/* The forms that lie in the folder stay known as ours: else they would be taken for reports. */
static void
take_forms(takeover *t)
{
	char name[16];
	unsigned kind;

	for (kind = PERIOD_MONTH; kind <= PERIOD_YEAR; kind++) {
		snprintf(name, sizeof(name), META_FORM, kind);
		take_meta(t, name);
	}
}

ms_status
takeover_acts(store *old, store *fresh, const log_key *key, const restore_order *order, uint64_t *n,
	ms_error *err)
{
	static const outbox_limits limits = { UINT32_MAX, UINT64_MAX / 2 };
	takeover t = { .key = key, .order = order };
	ms_status s;

	store_begin(old, &t.from, STORE_READ);
	store_begin(fresh, &t.to, STORE_WRITE);
	outbox_open(&t.from, &limits, &t.old);
	outbox_open(&t.to, &limits, &t.fresh);
	take_all(&t);
	take_known(&t);
	take_files(&t);
	take_meta(&t, META_WITNESS); /* holds for whoever comes after */
	take_forms(&t);
	s = store_status(&t.from, err);
	*n = t.taken.n;
	if (s == MS_OK)
		s = store_commit(&t.to, err);
	else
		store_abort(&t.to);
	store_abort(&t.from);
	free(t.taken.list);
	return s;
}

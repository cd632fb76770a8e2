/* SPDX-License-Identifier: Apache-2.0 */
/*
 * front_sign.c - between a commit and its receipts stands the signature: turns that were committed
 * wait here until the signer has made a checkpoint of at least their size durable.
 *
 * One request is on the way at a time and covers everything that was committed when it left.
 */
#include "hub/hub.h"
#include "proof/growth.h"

/* ---- stored nodes ---- */

static ms_status
read_stored(void *ctx, unsigned level, uint64_t index, hash32 *out, ms_error *err)
{
	tree_nodes nodes;

	log_nodes(front_read(ctx), &nodes);
	return nodes.read(nodes.ctx, level, index, out, err);
}

/* ---- asking ---- */

static void
ask(front *f)
{
	signing *s = &f->signing;
	uint64_t to = s->tail.now.size;
	ms_error why = { 0 };
	tree_nodes nodes;
	ms_status status;

	if (s->asked || to == s->at.size || f->failed)
		return;
	if (to - s->at.size > GROWTH_LEAVES_MAX)
		to = s->at.size + GROWTH_LEAVES_MAX;
	tree_tail_nodes(&s->tail, &nodes);
	buf_reset(&s->growth);
	status = growth_write(&s->at, &nodes, to, &s->growth, &why);
	if (status == MS_OK && to == s->tail.now.size)
		s->asked_at = s->tail.now;
	else if (status == MS_OK)
		status = tree_frontier_at(&nodes, to, &s->asked_at, &why);
	if (status == MS_OK)
		status = signer_link_ask(&f->base->signer, buf_span(&s->growth), &why);
	if (status == MS_OK) {
		s->asked = true;
		return;
	}
	ms_fail(&why, status, MST_NO_MEMORY, "no memory to have the log signed");
	front_fail(f, &why);
}

/* Turns that the checkpoint covers, in their order. */
static void
release(front *f, int64_t now_us)
{
	signing *s = &f->signing;

	while (s->first != NULL) {
		job *first = s->first, *end = first;

		while (end != NULL && !end->turn_end)
			end = (job *)end->link.next;
		if (end == NULL || end->log_size > s->signed_now.size)
			return;
		s->first = (job *)end->link.next;
		end->link.next = NULL;
		front_outcomes(f, &first->link, now_us);
	}
}

static ms_status
take_answer(front *f, ms_error *err)
{
	signing *s = &f->signing;
	checkpoint c = { .size = s->asked_at.size, .root = tree_frontier_root(&s->asked_at) };
	ms_status status =
		signer_link_answer(&f->base->signer, &f->base->log_key, &c, &s->note, err);

	s->asked = false;
	if (status != MS_OK)
		return status;
	s->signed_now = c;
	s->at = s->asked_at;
	return MS_OK;
}

static void
answer_came(void *ctx, int64_t now_us)
{
	front *f = ctx;
	ms_error why = { 0 };

	if (take_answer(f, &why) != MS_OK) {
		front_fail(f, &why);
		return;
	}
	ask(f);
	release(f, now_us);
}

/* ---- committed turns ---- */

/* The leaves up to SIZE are in the tail too. */
static bool
follow(front *f, uint64_t size)
{
	signing *s = &f->signing;
	ms_error why = { 0 };
	hash32 leaf;

	while (s->tail.now.size < size) {
		if (read_stored(f, 0, s->tail.now.size, &leaf, &why) != MS_OK) {
			front_fail(f, &why);
			return false;
		}
		tree_tail_append(&s->tail, &leaf);
	}
	return true;
}

void
front_turns_came(void *ctx, int64_t now_us)
{
	front *f = ctx;
	signing *s = &f->signing;
	job *list = (job *)queue_take(f->up), *j;
	bool good = true;

	if (list == NULL)
		return;
	if (s->first == NULL)
		s->first = list;
	else
		s->last->link.next = &list->link;
	front_park(f); /* to see what was just committed */
	for (j = list; j != NULL; j = (job *)j->link.next) {
		s->last = j;
		if (good && j->turn_end)
			good = follow(f, j->log_size);
	}
	if (!good)
		return;
	ask(f);
	release(f, now_us);
}

/* ---- what is signed, for sessions ---- */

const span *
front_spans(const hash32 *list, size_t n, arena *memory)
{
	span *out = arena_alloc(memory, n * sizeof(*out));
	span copy = arena_copy(memory, span_of((const uint8_t *)list, n * sizeof(*list)));
	size_t i;

	if (out == NULL || (n > 0 && copy.at == NULL))
		return NULL;
	for (i = 0; i < n; i++)
		out[i] = span_of(copy.at + i * HASH_SIZE, HASH_SIZE);
	return out;
}

void
front_prove_leaf(front *f, uint64_t leaf, arena *memory, frame_receipt *out)
{
	signing *s = &f->signing;
	hash32 path[TREE_LEVELS_MAX];
	ms_error why = { 0 };
	tree_nodes nodes;
	unsigned n = 0;

	tree_tail_nodes(&s->tail, &nodes);
	if (tree_inclusion(&nodes, leaf, s->signed_now.size, path, &n, &why) != MS_OK) {
		front_fail(f, &why);
		return;
	}
	out->path = front_spans(path, n, memory);
	out->n_path = out->path == NULL ? 0 : n;
}

void
front_show_checkpoint(void *ctx, uint64_t from, arena *memory, frame_checkpoint *out)
{
	front *f = ctx;
	signing *s = &f->signing;
	hash32 path[TREE_LEVELS_MAX + 1];
	ms_error why = { 0 };
	tree_nodes nodes;
	unsigned n = 0;

	*out = (frame_checkpoint){
		.size = s->signed_now.size, .root = s->signed_now.root, .note = buf_span(&s->note)
	};
	if (from == 0 || from > s->signed_now.size)
		return;
	tree_tail_nodes(&s->tail, &nodes);
	if (tree_consistency(&nodes, from, s->signed_now.size, path, &n, &why) != MS_OK) {
		front_fail(f, &why);
		return;
	}
	out->proof = front_spans(path, n, memory);
	if (out->proof == NULL)
		return;
	out->from = from;
	out->n_proof = n;
}

bool
front_is_our_history(front *f, const checkpoint *c)
{
	signing *s = &f->signing;
	tree_frontier at;
	ms_error why = { 0 };
	tree_nodes nodes;
	hash32 root;

	if (c->size == 0)
		return true;
	if (c->size > s->signed_now.size)
		return false;
	tree_tail_nodes(&s->tail, &nodes);
	if (tree_frontier_at(&nodes, c->size, &at, &why) != MS_OK) {
		front_fail(f, &why);
		return true;
	}
	root = tree_frontier_root(&at);
	return hash_equal(&root, &c->root);
}

/* ---- opening ---- */

ms_status
front_open_signing(front *f, const tree_frontier *tree, ms_error *err)
{
	signing *s = &f->signing;
	tree_nodes stored = { .ctx = f, .read = read_stored };
	ms_status status = tree_tail_init(&s->tail, tree, &stored);

	s->signed_now = f->base->signed_last;
	s->at = *tree;
	if (status == MS_OK)
		status = buf_add_span(&s->note, buf_span(&f->base->note));
	if (status == MS_OK)
		status = reactor_add_fd(f->reactor, f->base->signer.fd, answer_came, f);
	return status == MS_OK
		       ? status
		       : ms_fail(err, status, MST_NO_MEMORY, "no memory for the log's tail");
}

void
front_close_signing(front *f)
{
	signing *s = &f->signing;
	ms_error ignored = { 0 };

	/* The hub may go on with another front: it begins where the signer is. */
	if (s->asked)
		take_answer(f, &ignored);
	if (s->note.len > 0) {
		f->base->signed_last = s->signed_now;
		buf_reset(&f->base->note);
		buf_add_span(&f->base->note, buf_span(&s->note));
	}
	while (s->first != NULL) {
		job *j = s->first;

		s->first = (job *)j->link.next;
		job_pool_put(&f->pool, j);
	}
	tree_tail_fini(&s->tail);
	buf_fini(&s->growth);
	buf_fini(&s->note);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * front_sign.c - between a commit and its receipts stands the signature: turns that were committed
 * wait here until the signer has made a checkpoint of their size durable.
 *
 * The writer asks for each turn that appended leaves; the answers come in the same order.
 */
#include "hub/hub.h"
#include "proof/growth.h"
#include "store/signer_home.h"

static ms_status
read_stored(void *ctx, unsigned level, uint64_t index, hash32 *out, ms_error *err)
{
	tree_nodes nodes;

	log_nodes(front_read(ctx), &nodes);
	return nodes.read(nodes.ctx, level, index, out, err);
}

/* ---- turns ---- */

/* The last job of the first turn that waits; NULL: none does. */
static job *
first_turn_end(const signing *s)
{
	job *end = s->first;

	while (end != NULL && !end->turn_end)
		end = (job *)end->link.next;
	return end;
}

static void
take_turns(front *f)
{
	signing *s = &f->signing;
	job *list = (job *)queue_take(f->up);

	if (list == NULL)
		return;
	if (s->first == NULL)
		s->first = list;
	else
		s->last->link.next = &list->link;
	for (; list != NULL; list = (job *)list->link.next)
		s->last = list;
}

/* Turns that wait for no signature, in their order. */
static void
release(front *f, int64_t now_us)
{
	signing *s = &f->signing;
	job *end;

	while ((end = first_turn_end(s)) != NULL && !end->asked) {
		job *first = s->first;

		s->first = (job *)end->link.next;
		end->link.next = NULL;
		front_outcomes(f, &first->link, now_us);
	}
}

void
front_turns_came(void *ctx, int64_t now_us)
{
	take_turns(ctx);
	release(ctx, now_us);
}

/* ---- answers ---- */

/* The next N leaves of those that the turn that ends with END appended are in the tail too. */
static void
follow(signing *s, const job *end, uint64_t n)
{
	uint64_t first = end->log_size - end->leaves.len / HASH_SIZE;
	hash32 leaf;

	for (; n > 0; n--) {
		memcpy(leaf.at, end->leaves.at + (s->tail.now.size - first) * HASH_SIZE, HASH_SIZE);
		tree_tail_append(&s->tail, &leaf);
	}
}

/* The next answer under what the turn that ends with END appended: a question tells only so much.
 */
static ms_status
take_answer(front *f, job *end, ms_error *err)
{
	signing *s = &f->signing;
	uint64_t left = end->log_size - s->tail.now.size;
	uint64_t told = left < GROWTH_LEAVES_MAX ? left : GROWTH_LEAVES_MAX;
	checkpoint c;
	ms_status status;

	front_park(f); /* what is asked from here on sees what was committed */
	follow(s, end, told);
	c = (checkpoint){ .size = s->tail.now.size, .root = tree_frontier_root(&s->tail.now) };
	status = signer_link_answer(&f->base->signer, &f->base->log_key, &c, &s->note, err);
	if (status == MS_OK)
		s->signed_now = c;
	end->asked = status == MS_OK && told < left;
	return status;
}

static void
answer_came(void *ctx, int64_t now_us)
{
	front *f = ctx;
	ms_error why = { 0 };
	job *end;

	take_turns(f);
	release(f, now_us);
	end = first_turn_end(&f->signing);
	/* The writer asks before it hands the turn up; without one, the signer has ended. */
	if (end == NULL && signer_link_lives(&f->base->signer))
		return;
	if (end == NULL)
		signer_link_answer(&f->base->signer, &f->base->log_key, &f->signing.signed_now,
			&f->signing.note, &why);
	else if (take_answer(f, end, &why) == MS_OK)
		release(f, now_us);
	if (why.status != MS_OK)
		front_fail(f, &why);
}

/* ---- no answer ---- */

static void
turn_overdue(void *ctx, int64_t now_us)
{
	front *f = ctx;

	(void)now_us;
	if (f->jobs_down == 0)
		return;
	take_turns(f);
	f->stall = f->signing.first != NULL ? STALL_SIGNER : STALL_DISK;
	if (f->stall == STALL_SIGNER)
		logger_say(&f->base->log, LOG_WARNING,
			"nothing was signed for %d s: the process that signs checkpoints "
			"(muster-signer, %ld) is stopped, or the disk below %s/%s hangs; no "
			"receipt is given until it goes on [MST-%04d]",
			OVERDUE_S, (long)f->base->signer.pid, f->base->dir, HOME_SIGNER,
			MST_HUB_STALLED);
	else
		logger_say(&f->base->log, LOG_WARNING,
			"nothing was committed for %d s: the disk below %s/%s hangs; no receipt "
			"is given until it goes on [MST-%04d]",
			OVERDUE_S, f->base->dir, HOME_DATA, MST_HUB_STALLED);
}

/* ---- opening ---- */

ms_status
front_open_signing(front *f, const tree_frontier *tree, ms_error *err)
{
	signing *s = &f->signing;
	tree_nodes stored = { .ctx = f, .read = read_stored };
	ms_status status = tree_tail_init(&s->tail, tree, &stored);

	f->overdue = turn_overdue;
	s->signed_now = f->base->signed_last;
	if (status == MS_OK)
		status = buf_add_span(&s->note, buf_span(&f->base->note));
	if (status == MS_OK)
		status = reactor_add_fd(f->reactor, f->base->signer.fd, answer_came, f);
	return status == MS_OK
		       ? status
		       : ms_fail(err, status, MST_NO_MEMORY, "no memory for the log's tail");
}

enum { PARTING_US = 1000000 };

/* A hub that begins anew goes on where the signer is, and needs to know. */
static bool
may_wait(const front *f, int64_t until_us)
{
	int64_t left_us = until_us - clock_monotonic_us();

	return f->begin_anew ||
	       signer_link_answers(&f->base->signer, left_us < 0 ? 0 : (int)(left_us / 1000));
}

/* Is the turn that ends with END signed? The signer is waited for. */
static bool
is_signed_by(front *f, job *end, int64_t until_us)
{
	ms_error ignored = { 0 };

	while (end->asked)
		if (!may_wait(f, until_us) || take_answer(f, end, &ignored) != MS_OK)
			return false;
	return true;
}

/* The turn that ends with END, the first. Commands that wait for it are answered when it IS_SIGNED;
 * devices ask again. */
static void
end_turn(front *f, const job *end, bool is_signed)
{
	signing *s = &f->signing;
	bool is_last;
	job *j;

	do {
		j = s->first;
		s->first = (job *)j->link.next;
		is_last = j == end;
		if (is_signed && j->call != NULL)
			front_finish(f, j);
		job_pool_put(&f->pool, j);
	} while (!is_last);
}

void
front_close_signing(front *f)
{
	signing *s = &f->signing;
	int64_t until_us = clock_monotonic_us() + PARTING_US;
	bool waits = !f->failed;
	job *end;

	if (f->up != NULL)
		take_turns(f);
	while ((end = first_turn_end(s)) != NULL) {
		waits = waits && is_signed_by(f, end, until_us);
		end_turn(f, end, waits);
	}
	if (s->note.len > 0) {
		f->base->signed_last = s->signed_now;
		buf_reset(&f->base->note);
		buf_add_span(&f->base->note, buf_span(&s->note));
	}
	tree_tail_fini(&s->tail);
	buf_fini(&s->note);
}

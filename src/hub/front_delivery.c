/* SPDX-License-Identifier: Apache-2.0 */
/*
 * front_delivery.c - how far each unit's agents have their feed on disk, and with it: whom has an
 * act reached?
 *
 * The numbers are kept in memory and written now and then. What a crash loses of them the agents
 * say again when they come back.
 */
#include <stdlib.h>
#include <string.h>

#include "codec/acts.h"
#include "hub/hub.h"
#include "plan/judge.h"
#include "store/feed.h"
#include "store/log.h"
#include "store/stored.h"

enum { WRITE_US = 2000000 };

/* ---- how far ---- */

ms_status
front_open_delivery(front *f)
{
	uint32_t unit;

	f->stored = calloc(f->base->plan->n_units + 1, sizeof(*f->stored));
	if (f->stored == NULL)
		return MS_NO_MEMORY;
	for (unit = 0; unit < f->base->plan->n_units; unit++)
		f->stored[unit].at = stored_get(&f->read, span_str(f->base->plan->units[unit].id));
	return MS_OK;
}

void
front_write_stored(front *f)
{
	const plan *p = f->base->plan;
	job *j = f->stored_moved ? front_new_job(f, JOB_STORED) : NULL;
	uint32_t unit;

	f->stored_moved = false; /* without memory: written with what moves next */
	if (j == NULL)
		return;
	j->stored = arena_alloc(&j->memory, p->n_units * sizeof(*j->stored));
	j->n_stored = 0;
	for (unit = 0; j->stored != NULL && unit < p->n_units; unit++)
		if (f->stored[unit].moved) {
			j->stored[j->n_stored++] =
				(unit_stored){ .unit = unit, .at = f->stored[unit].at };
			f->stored[unit].moved = false;
		}
	front_send_job(f, j);
}

static void
write_due(void *ctx, int64_t now_us)
{
	(void)now_us;
	front_write_stored(ctx);
}

/* Nobody has more than there is. */
static bool
raise(front *f, uint32_t unit, uint64_t *at, uint64_t number)
{
	if (number <= *at ||
		number > feed_last(front_read(f), span_str(f->base->plan->units[unit].id)))
		return false;
	*at = number;
	return true;
}

void
front_note_stored(void *ctx, const session_facts *who, uint32_t classes, uint64_t stored)
{
	front *f = ctx;
	unit_cursor *c;
	uint32_t unit;

	if (!front_unit_of(f, who, &unit))
		return;
	c = &f->stored[unit];
	if ((classes & CLASS_OWN) != 0)
		c->moved |= raise(f, unit, &c->at.own, stored);
	if ((classes & CLASS_LEAD) != 0)
		c->moved |= raise(f, unit, &c->at.lead, stored);
	c->at.seen_us = front_hub_time(f);
	if (!c->moved || f->stored_moved)
		return;
	f->stored_moved = true;
	reactor_set_timer(f->reactor, write_due, f, reactor_now(f->reactor) + WRITE_US);
}

/* ---- whom ---- */

typedef struct telling {
	front *f;
	uint64_t leaf;
	uint32_t author;
	frame_delivery *out;
} telling;

static void
add(telling *t, uint32_t unit, bool is_own)
{
	front *f = t->f;
	span id = span_str(f->base->plan->units[unit].id);
	uint64_t number = feed_find(front_read(f), id, t->leaf, f->base->plan_leaf);
	stored_at at = f->stored[unit].at;
	delivered_to *to = &t->out->to[t->out->n_to++];

	*to = (delivered_to){ .unit = id,
		.stored = number != 0 && number <= (is_own ? at.own : at.lead) };
	to->link = front_link_of(f, unit, &to->last_seen_us);
}

/* The leads that may see it, but the author. */
static void
add_leads(telling *t, const act *a, slot_at at)
{
	const plan *p = t->f->base->plan;
	int64_t now_us = front_hub_time(t->f);
	const plan_item *it = &plan_leading(p, at.item, now_us)->items[at.item];
	const report *r = a->kind == ACT_REPORT ? &a->u.report : NULL;
	size_t i;

	for (i = 0; i < it->n_leads; i++)
		if (it->leads[i] != t->author && it->leads[i] != at.unit &&
			route_visible(p, it->leads[i], at, now_us, r == NULL ? NULL : r->parts,
				r == NULL ? 0 : r->n_parts))
			add(t, it->leads[i], false);
}

static ms_status
tell_act(telling *t, const log_record *record, arena *memory)
{
	const plan *p = t->f->base->plan;
	slot_at at;
	act a;

	if (act_decode(log_act(record, (uint16_t)t->out->position), memory, &a) != MS_OK)
		return MS_NO_MEMORY;
	t->out->known = true;
	t->out->to = arena_alloc(memory, (p->n_units + 1) * sizeof(*t->out->to));
	if (t->out->to == NULL)
		return MS_NO_MEMORY;
	if (a.malformed || !act_find(p, &a, &at) ||
		!verdict_is_stored((verdict)record->verdicts.at[t->out->position]))
		return MS_OK;
	if (at.unit != AT_ALL && at.unit != t->author)
		add(t, at.unit, true);
	if (at.unit != AT_ALL && at.item != AT_ALL)
		add_leads(t, &a, at);
	return MS_OK;
}

ms_status
front_tell_delivery(void *ctx, const session_facts *who, arena *memory, frame_delivery *out)
{
	front *f = ctx;
	telling t = { .f = f, .leaf = out->leaf, .out = out };
	batch_header header;
	log_record record;
	const device *d;

	if (!front_unit_of(f, who, &t.author) || out->leaf >= f->log_size)
		return MS_OK;
	if (!log_read(front_read(f), out->leaf, &record) ||
		!batch_header_read(record.header, &header))
		return MS_STORAGE;
	d = roster_find(&f->roster, &header.device);
	if (d == NULL || strcmp(d->unit, f->base->plan->units[t.author].id) != 0 ||
		out->position >= record.count)
		return MS_OK;
	return tell_act(&t, &record, memory);
}

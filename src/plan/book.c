/* SPDX-License-Identifier: Apache-2.0 */
/*
 * book.c - slots in one array per item, made when they are first named. Of the reports only those
 * are kept that a view shows or may show again: the newest, and the two references below it.
 */
#include "plan/book.h"

#include <stdlib.h>

enum { KEPT = 3 };

typedef struct content {
	uint32_t revision; /* 0: free */
	slot_facts facts;
	int64_t received_us;
	value *values; /* the item's n_indicators, owned */
	bool has_all;  /* that are mandatory: one of the fields filled */
} content;

/* A revision that is no longer among the recent ones. */
typedef struct old_revision {
	slot_revision revision;
	struct old_revision *next;
} old_revision;

typedef struct entry {
	slot slot;
	content kept[KEPT];
	old_revision *old;
} entry;

struct book {
	const plan *p;
	rulings rulings;
	entry ***items;  /* [n_items][units * periods], NULL until touched */
	unsigned *years; /* [n_items] periods of the item in any version of the plan */
	arena memory;
	slot blank; /* for slots that are in no array */
};

/* Of all versions: what was said of periods that a later version cuts off stays. */
static unsigned
count_periods(const plan *p, uint32_t item)
{
	unsigned n = 0;
	period at;

	while (plan_ever_item_period(p, item, n, &at))
		n++;
	return n;
}

book *
book_new(const plan *p)
{
	book *b = calloc(1, sizeof(*b));
	uint32_t i;

	if (b == NULL)
		return NULL;
	b->p = p;
	rulings_init(&b->rulings, p);
	b->items = calloc(p->n_items + 1, sizeof(*b->items));
	b->years = calloc(p->n_items + 1, sizeof(*b->years));
	if (b->items == NULL || b->years == NULL) {
		book_free(b);
		return NULL;
	}
	for (i = 0; i < p->n_items; i++)
		b->years[i] = count_periods(p, i);
	return b;
}

static void
free_entry(entry *e)
{
	unsigned i;

	for (i = 0; e != NULL && i < KEPT; i++)
		free(e->kept[i].values);
	free(e);
}

void
book_free(book *b)
{
	uint32_t item;
	size_t i;

	if (b == NULL)
		return;
	for (item = 0; b->items != NULL && item < b->p->n_items; item++) {
		for (i = 0; b->items[item] != NULL && i < (size_t)b->p->n_units * b->years[item];
			i++)
			free_entry(b->items[item][i]);
		free(b->items[item]);
	}
	free(b->items);
	free(b->years);
	rulings_fini(&b->rulings);
	arena_fini(&b->memory);
	free(b);
}

/* ---- slots ---- */

/* NULL: the item has no such period. */
static entry **
cell_of(const book *b, slot_at at)
{
	unsigned in_year = periods_in_year((period_kind)at.period.kind);
	period first;
	int64_t n;

	if (b->items[at.item] == NULL || !plan_ever_item_period(b->p, at.item, 0, &first))
		return NULL;
	n = (int64_t)(at.period.year - first.year) * in_year + at.period.index - first.index;
	if (n < 0 || n >= b->years[at.item])
		return NULL;
	return &b->items[at.item][(size_t)at.unit * b->years[at.item] + (size_t)n];
}

static entry *
find_entry(const book *b, slot_at at)
{
	entry **cell = cell_of(b, at);

	return cell == NULL ? NULL : *cell;
}

/* The item has AT. */
static entry *
make_entry(book *b, slot_at at)
{
	entry *e = find_entry(b, at);

	if (e != NULL)
		return e;
	if (b->items[at.item] == NULL)
		b->items[at.item] = calloc(
			(size_t)b->p->n_units * b->years[at.item], sizeof(*b->items[at.item]));
	e = calloc(1, sizeof(*e));
	if (b->items[at.item] == NULL || e == NULL) {
		free(e);
		return NULL;
	}
	slot_init(&e->slot);
	rulings_begin(&b->rulings, at, &e->slot);
	*cell_of(b, at) = e;
	return e;
}

static content *
find_content(entry *e, uint32_t revision)
{
	unsigned i;

	for (i = 0; i < KEPT; i++)
		if (e->kept[i].revision == revision)
			return &e->kept[i];
	return NULL;
}

static void
give_content(entry *e, slot_ref ref, figure_view v, slot_values *out)
{
	const content *c = ref.revision == 0 ? NULL : find_content(e, ref.revision);

	if (c == NULL)
		return;
	out->of[v] = c->values;
	out->received_us[v] = c->received_us;
}

static const slot *
get(void *ctx, slot_at at, slot_values *values)
{
	book *b = ctx;
	entry *e = find_entry(b, at);

	if (values != NULL)
		*values = (slot_values){ 0 };
	if (e == NULL) {
		slot_init(&b->blank);
		rulings_begin(&b->rulings, at, &b->blank);
		return &b->blank;
	}
	if (values != NULL) {
		give_content(e, slot_reported(&e->slot), VIEW_REPORTED, values);
		give_content(e, slot_accepted(&e->slot), VIEW_ACCEPTED, values);
	}
	return &e->slot;
}

slots
book_slots(const book *b)
{
	return (slots){
		.p = b->p, .rulings = &b->rulings, .ctx = (void *)(uintptr_t)b, .get = get
	};
}

/* ---- acts ---- */

static bool
is_shown(const slot *s, uint32_t revision)
{
	return revision != 0 &&
	       (revision == slot_newest(s) || revision == s->below_reported.revision ||
		       revision == s->below_accepted.revision);
}

/* Drop the contents that no view can show any more. */
static void
drop_contents(entry *e)
{
	unsigned i;

	for (i = 0; i < KEPT; i++)
		if (!is_shown(&e->slot, e->kept[i].revision)) {
			free(e->kept[i].values);
			e->kept[i] = (content){ 0 };
		}
}

/* Are all values there that the slot wants, as report_filled asks it of a report? */
static bool
has_all_values(const plan *p, slot_at at, const value *values)
{
	const plan_item *it = &p->items[at.item];
	uint32_t i;

	for (i = 0; i < it->n_indicators; i++)
		if (values[i].state == VALUE_MISSING &&
			plan_wants_value(p, it->first_indicator + i, at.unit, at.period))
			return false;
	return true;
}

static ms_status
keep_content(book *b, entry *e, const slot_case *k)
{
	const act *a = k->a;
	slot_at at = k->at;
	const plan_item *it = &b->p->items[at.item];
	content *c = find_content(e, 0);
	arena scratch = { 0 };
	value *values;
	uint32_t i;
	ms_status s = MS_OK;

	if (a->kind != ACT_REPORT || !is_shown(&e->slot, a->revision))
		return MS_OK;
	MS_ASSERT(c != NULL);
	values = arena_zalloc(&scratch, (it->n_indicators + 1) * sizeof(*values));
	for (i = 0; values != NULL && i < it->n_indicators && s == MS_OK; i++)
		s = value_of_report(&b->p->indicators[it->first_indicator + i], &a->u.report,
			&scratch, &values[i]);
	*c = (content){ .revision = a->revision,
		.facts = slot_facts_of(b->p, at, &a->u.report),
		.received_us = k->now_us };
	c->values = values == NULL || s != MS_OK ? NULL : values_clone(values, it->n_indicators);
	c->has_all = c->values != NULL && has_all_values(b->p, at, c->values);
	arena_fini(&scratch);
	return c->values == NULL ? MS_NO_MEMORY : MS_OK;
}

static bool
find_old(void *ctx, const slot *s, uint32_t revision, slot_revision *out)
{
	const old_revision *r = ((const entry *)ctx)->old;

	(void)s;
	for (; r != NULL; r = r->next)
		if (r->revision.revision == revision) {
			*out = r->revision;
			return true;
		}
	return false;
}

static ms_status
keep_old(book *b, entry *e, const slot_revision *r)
{
	old_revision *old;

	if (r->revision == 0)
		return MS_OK;
	old = arena_alloc(&b->memory, sizeof(*old));
	if (old == NULL)
		return MS_NO_MEMORY;
	*old = (old_revision){ .revision = *r, .next = e->old };
	e->old = old;
	return MS_OK;
}

static void
show_facts(entry *e)
{
	uint32_t revision = slot_reported(&e->slot).revision;
	const content *shown = revision == 0 ? NULL : find_content(e, revision);

	e->slot.shown = shown == NULL ? (slot_facts){ 0 } : shown->facts;
}

static ms_status
take_in_slot(book *b, entry *e, const slot_case *c, record_place place, verdict v)
{
	slot_revision evicted;
	ms_status s = slot_take(&e->slot, c, v, place, &b->memory, &evicted);

	if (s == MS_OK)
		s = keep_old(b, e, &evicted);
	drop_contents(e);
	if (s == MS_OK)
		s = keep_content(b, e, c);
	show_facts(e);
	return s;
}

/* A refused act leaves nothing behind: no slot is made for it. */
static ms_status
judge_in_slot(book *b, const slot_case *c, record_place place, verdict *out)
{
	entry *e = find_entry(b, c->at);
	slot_history history = { .ctx = e, .find = find_old };

	*out = slot_judge(get(b, c->at, NULL), c, &history);
	if (!verdict_is_stored(*out))
		return MS_OK;
	e = make_entry(b, c->at);
	return e == NULL ? MS_NO_MEMORY : take_in_slot(b, e, c, place, *out);
}

/* A grant for many reaches every slot that is there; the others learn of it when they are made. */
static void
cover_slots(book *b, const ruling *x)
{
	uint32_t item, unit;
	period at;
	unsigned n;

	for (item = 0; item < b->p->n_items; item++)
		for (unit = 0; b->items[item] != NULL && unit < b->p->n_units; unit++)
			for (n = 0; plan_item_period(b->p, item, n, &at); n++) {
				slot_at where = { .item = item, .unit = unit, .period = at };
				entry *e = find_entry(b, where);

				if (e != NULL && ruling_covers(b->p, x, where))
					slot_cover(b->p, &e->slot, where, x->days, x->now_us);
			}
}

static ms_status
take_ruling(book *b, const slot_case *c, record_place place)
{
	ruling x = ruling_of(c, place);

	if (x.kind == ACT_ISSUE)
		return MS_OK; /* changes nothing */
	if (x.kind == ACT_EXTENSION_GRANT)
		cover_slots(b, &x);
	return rulings_take(&b->rulings, &x);
}

ms_status
book_take(book *b, const act *a, int from, int64_t now_us, record_place place, verdict *out)
{
	slot_case c = { .p = b->p, .a = a, .by = (uint32_t)from, .now_us = now_us };

	*out = judge_act(b->p, a, from, now_us, &c.at, NULL);
	if (*out != VERDICT_NONE)
		return MS_OK;
	if (act_is_of_slot(a))
		return judge_in_slot(b, &c, place, out);
	*out = rulings_judge(&b->rulings, a, c.at);
	return *out == VERDICT_STORED ? take_ruling(b, &c, place) : MS_OK;
}

ms_status
book_fold(book *b, const act *a, int from, int64_t now_us, record_place place, verdict v)
{
	slot_case c = { .p = b->p, .a = a, .by = (uint32_t)from, .now_us = now_us };
	entry *e;

	if (!verdict_is_stored(v) || from == PLAN_NO_UNIT || !act_is_of_unit(a->kind) ||
		!act_find(b->p, a, &c.at))
		return MS_OK;
	if (!act_is_of_slot(a))
		return take_ruling(b, &c, place);
	/* What a reader was not shown may be missing: a decision on it has nothing to count on. */
	e = make_entry(b, c.at);
	if (e == NULL)
		return MS_NO_MEMORY;
	if (a->kind == ACT_DECISION &&
		(!slot_live(&e->slot) || slot_newest(&e->slot) != a->revision))
		return MS_OK;
	return take_in_slot(b, e, &c, place, v);
}

/* ---- another version of the plan ---- */

/* What a version asks for changes how much of a report is filled. */
static void
refill(book *b, entry *e, slot_at at)
{
	unsigned i;

	for (i = 0; i < KEPT; i++) {
		content *c = &e->kept[i];
		bool has_all = c->values != NULL && has_all_values(b->p, at, c->values);

		c->facts.filled = (uint8_t)(c->facts.filled + has_all - c->has_all);
		c->has_all = has_all;
	}
	show_facts(e);
}

void
book_use(book *b, const plan *p)
{
	slot_at at = { 0 };
	unsigned n;

	b->p = b->rulings.p = p;
	for (at.item = 0; at.item < p->n_items; at.item++)
		for (at.unit = 0; b->items[at.item] != NULL && at.unit < p->n_units; at.unit++)
			for (n = 0; plan_item_period(p, at.item, n, &at.period); n++) {
				entry *e = find_entry(b, at);

				if (e != NULL)
					refill(b, e, at);
			}
}

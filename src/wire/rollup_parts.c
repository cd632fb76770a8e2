/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rollup_parts.c - the rows of a rollup are counted through its four lists: figures, targets of
 * units, missing, returned. A part has a range of them.
 */
#include "wire/rollup_parts.h"

#include "wire/out.h"

/* The fields of a row that are no text, with their tags and the row's own, at most. */
enum { ROLLUP_BYTES = 96, FIGURE_BYTES = 112, MISSING_BYTES = 56 };

/* ---- how large ---- */

static size_t
figure_bytes(const feed_figure *f)
{
	return FIGURE_BYTES + f->indicator.len + f->period.len + f->unit.len;
}

static size_t
missing_bytes(const feed_missing *m)
{
	return MISSING_BYTES + m->unit.len + m->contact.len;
}

static size_t
row_count(const feed_rollup *r)
{
	return r->n_figures + r->n_unit_targets + r->n_missing + r->n_returned;
}

static size_t
row_bytes(const feed_rollup *r, size_t row)
{
	if (row < r->n_figures)
		return figure_bytes(&r->figures[row]);
	row -= r->n_figures;
	if (row < r->n_unit_targets)
		return figure_bytes(&r->unit_targets[row]);
	row -= r->n_unit_targets;
	if (row < r->n_missing)
		return missing_bytes(&r->missing[row]);
	return missing_bytes(&r->returned[row - r->n_missing]);
}

static size_t
frame_bytes_without_rows(const feed_rollup *r)
{
	return ROLLUP_BYTES + r->item.len + r->period.len;
}

size_t
rollup_frame_bytes(const feed_rollup *r)
{
	size_t bytes = frame_bytes_without_rows(r), n = row_count(r), row;

	for (row = 0; row < n; row++)
		bytes += row_bytes(r, row);
	return bytes;
}

/* ---- copying ---- */

static bool
copy_span(arena *memory, span *s)
{
	*s = arena_copy(memory, *s);
	return s->at != NULL;
}

static feed_missing *
copy_missing(arena *memory, const feed_missing *from, size_t n)
{
	feed_missing *to = arena_alloc(memory, n * sizeof(*to));
	bool good = to != NULL;
	size_t i;

	for (i = 0; good && i < n; i++) {
		to[i] = from[i];
		good = copy_span(memory, &to[i].unit) && copy_span(memory, &to[i].contact);
	}
	return good ? to : NULL;
}

static feed_figure *
copy_figures(arena *memory, const feed_figure *from, size_t n)
{
	feed_figure *to = arena_alloc(memory, n * sizeof(*to));
	bool good = to != NULL;
	size_t i;

	for (i = 0; good && i < n; i++) {
		to[i] = from[i];
		good = copy_span(memory, &to[i].indicator) && copy_span(memory, &to[i].period) &&
		       copy_span(memory, &to[i].unit);
	}
	return good ? to : NULL;
}

bool
rollup_copy(const feed_rollup *r, arena *memory, feed_rollup *out)
{
	*out = *r;
	out->figures = copy_figures(memory, r->figures, r->n_figures);
	out->unit_targets = copy_figures(memory, r->unit_targets, r->n_unit_targets);
	out->missing = copy_missing(memory, r->missing, r->n_missing);
	out->returned = copy_missing(memory, r->returned, r->n_returned);
	return out->figures != NULL && out->unit_targets != NULL && out->missing != NULL &&
	       out->returned != NULL && copy_span(memory, &out->item) &&
	       copy_span(memory, &out->period);
}

/* ---- sending ---- */

ms_status
rollup_sending_begin(rollup_sending *s, const feed_rollup *whole)
{
	rollup_sending_fini(s);
	s->memory.limit = ROLLUP_SENT_MAX;
	s->is_open = rollup_copy(whole, &s->memory, &s->whole);
	if (!s->is_open)
		rollup_sending_fini(s);
	return s->is_open ? MS_OK : MS_NO_MEMORY;
}

/* Of the rows FROM..TO those in the next list, which has N; both become those behind it. */
static size_t
rows_within(size_t n, size_t *from, size_t *to, size_t *first)
{
	size_t end = *to < n ? *to : n;

	*first = *from < n ? *from : n;
	*from -= *first;
	*to -= end;
	return end - *first;
}

/* WHOLE with the rows FROM..TO alone. */
static feed_rollup
with_rows(const feed_rollup *whole, size_t from, size_t to)
{
	feed_rollup part = *whole;
	size_t first;

	part.n_figures = rows_within(whole->n_figures, &from, &to, &first);
	part.figures += first;
	part.n_unit_targets = rows_within(whole->n_unit_targets, &from, &to, &first);
	part.unit_targets += first;
	part.n_missing = rows_within(whole->n_missing, &from, &to, &first);
	part.missing += first;
	part.n_returned = rows_within(whole->n_returned, &from, &to, &first);
	part.returned += first;
	return part;
}

void
rollup_sending_next(rollup_sending *s, feed_part *out)
{
	size_t bytes = frame_bytes_without_rows(&s->whole), n = row_count(&s->whole);
	size_t from = s->rows;

	while (s->rows < n &&
		(s->rows == from || bytes + row_bytes(&s->whole, s->rows) <= WIRE_FEED_FRAME_BYTES))
		bytes += row_bytes(&s->whole, s->rows++);
	s->is_open = s->rows < n;
	*out = (feed_part){ .number = s->number++,
		.goes_on = s->is_open,
		.rollup = with_rows(&s->whole, from, s->rows) };
}

void
rollup_sending_fini(rollup_sending *s)
{
	arena_fini(&s->memory);
	*s = (rollup_sending){ 0 };
}

/* ---- taking ---- */

static bool
goes_on(const rollup_taking *t, const feed_part *part)
{
	const feed_rollup *a = &t->whole, *b = &part->rollup;

	return part->number == t->next &&
	       (part->number == 0 ||
		       (span_equal(a->item, b->item) && span_equal(a->period, b->period) &&
			       a->as_of == b->as_of));
}

/* Texts stay where they are copied to, rows move while their lists grow. */
static bool
keep(rollup_taking *t, const feed_part *part)
{
	feed_rollup copy;

	if (!rollup_copy(&part->rollup, &t->memory, &copy) ||
		buf_add(&t->figures, copy.figures, copy.n_figures * sizeof(*copy.figures)) !=
			MS_OK ||
		buf_add(&t->unit_targets, copy.unit_targets,
			copy.n_unit_targets * sizeof(*copy.unit_targets)) != MS_OK ||
		buf_add(&t->missing, copy.missing, copy.n_missing * sizeof(*copy.missing)) !=
			MS_OK ||
		buf_add(&t->returned, copy.returned, copy.n_returned * sizeof(*copy.returned)) !=
			MS_OK)
		return false;
	if (part->number == 0)
		t->whole = copy;
	t->next = part->number + 1;
	return true;
}

static size_t
memory_used(const rollup_taking *t)
{
	return t->memory.used + t->figures.len + t->unit_targets.len + t->missing.len +
	       t->returned.len;
}

static void
put_together(rollup_taking *t)
{
	feed_rollup *r = &t->whole;

	r->figures = (void *)t->figures.at;
	r->n_figures = t->figures.len / sizeof(*r->figures);
	r->unit_targets = (void *)t->unit_targets.at;
	r->n_unit_targets = t->unit_targets.len / sizeof(*r->unit_targets);
	r->missing = (void *)t->missing.at;
	r->n_missing = t->missing.len / sizeof(*r->missing);
	r->returned = (void *)t->returned.at;
	r->n_returned = t->returned.len / sizeof(*r->returned);
	t->next = 0;
}

static ms_status
take(rollup_taking *t, const feed_part *part, ms_error *err)
{
	span item = part->rollup.item, period = part->rollup.period;

	if (!goes_on(t, part))
		return ms_fail(err, MS_INVALID, MST_WIRE_FEED_PART,
			"part %u of rollup %.*s %.*s does not go on with what came before it",
			part->number, (int)item.len, wire_chars(item), (int)period.len,
			wire_chars(period));
	if (!keep(t, part))
		return ms_fail(err, MS_NO_MEMORY, MST_NO_MEMORY, "no memory for the feed");
	if (memory_used(t) > ROLLUP_TAKEN_MAX)
		return ms_fail(err, MS_INVALID, MST_WIRE_FEED_PART,
			"rollup %.*s %.*s is larger than any is", (int)item.len, wire_chars(item),
			(int)period.len, wire_chars(period));
	return MS_OK;
}

ms_status
rollup_taking_add(rollup_taking *t, const feed_part *part, feed_rollup **whole, ms_error *err)
{
	ms_status s;

	*whole = NULL;
	if (part->number == 0)
		rollup_taking_fini(t);
	s = take(t, part, err);
	if (s != MS_OK) {
		rollup_taking_fini(t);
	} else if (!part->goes_on) {
		put_together(t);
		*whole = &t->whole;
	}
	return s;
}

void
rollup_taking_fini(rollup_taking *t)
{
	arena_fini(&t->memory);
	buf_fini(&t->figures);
	buf_fini(&t->unit_targets);
	buf_fini(&t->missing);
	buf_fini(&t->returned);
	*t = (rollup_taking){ 0 };
}

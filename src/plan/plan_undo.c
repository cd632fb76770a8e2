/* SPDX-License-Identifier: Apache-2.0 */
/* plan_undo.c - the differences of the newest version beside those of every version before it. */
#include "plan/plan_undo.h"

#include <string.h>

typedef struct kept {
	plan_difference is;
	bool undoes;
	struct kept *next;
} kept;

typedef struct undoing {
	kept *first, **end;
	arena *memory;
	bool no_memory;
} undoing;

static void
keep(void *ctx, const plan_difference *d)
{
	undoing *u = ctx;
	kept *k = arena_zalloc(u->memory, sizeof(*k));

	if (k == NULL) {
		u->no_memory = true;
		return;
	}
	k->is = (plan_difference){ .unit = d->unit,
		.subject = arena_text(u->memory, span_str(d->subject)),
		.what = arena_text(u->memory, span_str(d->what)),
		.before = arena_text(u->memory, span_str(d->before)),
		.after = arena_text(u->memory, span_str(d->after)) };
	if (k->is.subject == NULL || k->is.what == NULL || k->is.before == NULL ||
		k->is.after == NULL) {
		u->no_memory = true;
		return;
	}
	*u->end = k;
	u->end = &k->next;
}

/* EARLIER was a change away from what comes again. */
static void
compare(void *ctx, const plan_difference *earlier)
{
	undoing *u = ctx;
	kept *k;

	for (k = u->first; k != NULL; k = k->next)
		if (k->is.unit == earlier->unit && strcmp(k->is.what, earlier->what) == 0 &&
			strcmp(k->is.subject, earlier->subject) == 0 &&
			strcmp(k->is.after, earlier->before) == 0)
			k->undoes = true;
}

ms_status
plan_undo(const plan *p, arena *memory, plan_difference *first, size_t *n)
{
	undoing u = { .memory = memory };
	const plan *earlier;
	const kept *k;
	ms_status s;

	u.end = &u.first;
	*n = 0;
	s = plan_diff(p, keep, &u);
	for (earlier = p->earlier; s == MS_OK && earlier != NULL; earlier = earlier->earlier)
		s = plan_diff(earlier, compare, &u);
	for (k = u.first; k != NULL; k = k->next)
		if (k->undoes && (*n)++ == 0)
			*first = k->is;
	return u.no_memory ? MS_NO_MEMORY : s;
}

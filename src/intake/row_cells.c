/* SPDX-License-Identifier: Apache-2.0 */
/* row_cells.c - columns find their partners by what they are, never by where they stand. */
#include "intake/row_cells.h"

#include "intake/cell_number.h"
#include "intake/cells.h"

static int
indicator_at(const row_cells *r, uint32_t i)
{
	return r->item < 0 || r->columns[i].kind != COLUMN_INDICATOR
		       ? -1
		       : r->columns[i].indicators[r->item];
}

/* The column of the same meaning as I, but of last period. */
static bool
find_last(const row_cells *r, uint32_t i, uint32_t *out)
{
	const column *c = &r->columns[i];
	uint32_t k;

	for (k = 0; k < r->n; k++) {
		const column *d = &r->columns[k];

		if (!d->last || d->kind != c->kind || d->half != c->half ||
			(c->kind == COLUMN_INDICATOR &&
				(indicator_at(r, i) < 0 ||
					indicator_at(r, k) != indicator_at(r, i))))
			continue;
		*out = k;
		return true;
	}
	return false;
}

uint32_t
row_carry(const row_cells *r)
{
	uint32_t i, from, taken = 0;

	for (i = 0; i < r->n; i++) {
		if (r->columns[i].last || r->columns[i].kind == COLUMN_DONE ||
			r->cells[i].len > 0 || !find_last(r, i, &from) || r->cells[from].len == 0)
			continue;
		r->cells[i] = r->cells[from];
		taken++;
	}
	return taken;
}

/* ---- halves ---- */

static bool
find_other_half(const row_cells *r, uint32_t i, uint32_t *out)
{
	column_half wanted = r->columns[i].half == HALF_NUM ? HALF_DEN : HALF_NUM;
	uint32_t k;

	for (k = 0; k < r->n; k++) {
		if (r->columns[k].half != wanted || r->columns[k].last ||
			indicator_at(r, k) != indicator_at(r, i))
			continue;
		*out = k;
		return true;
	}
	return false;
}

static unsigned
judge_number(const row_cells *r, uint32_t i)
{
	span text = r->cells[i];
	int64_t number;

	if (r->columns[i].half == HALF_NUM)
		cell_take_provisional(&text);
	return cell_number(text, NULL, r->plan->indicators[indicator_at(r, i)].scale, &number);
}

ms_status
row_join_halves(const row_cells *r, arena *memory)
{
	uint32_t i, den;

	for (i = 0; i < r->n; i++) {
		buf both = { 0 };
		span kept;

		if (r->columns[i].half != HALF_NUM || r->columns[i].last ||
			indicator_at(r, i) < 0 || !find_other_half(r, i, &den) ||
			r->cells[i].len == 0 || r->cells[den].len == 0 || judge_number(r, i) != 0 ||
			judge_number(r, den) != 0)
			continue;
		buf_addf(&both, "%.*s/%.*s", (int)r->cells[i].len, (const char *)r->cells[i].at,
			(int)r->cells[den].len, (const char *)r->cells[den].at);
		kept = both.failed ? (span){ 0 } : arena_copy(memory, buf_span(&both));
		buf_fini(&both);
		if (kept.at == NULL)
			return MS_NO_MEMORY;
		r->cells[i] = kept;
		r->cells[den] = (span){ 0 };
	}
	return MS_OK;
}

unsigned
row_judge_half(const row_cells *r, uint32_t at)
{
	uint32_t other;
	unsigned code = judge_number(r, at);

	if (code != 0)
		return code;
	return find_other_half(r, at, &other) && r->cells[other].len > 0 ? 0 : MST_INTAKE_HALF;
}

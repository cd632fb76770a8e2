/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/board_pick.h"

bool
board_asks(const board *b, const feed_figure *f)
{
	int indicator = plan_find_indicator(b->plan, f->indicator);
	period at;

	return f->has || indicator < 0 || !period_parse(f->period, &at) ||
	       at.kind >= (uint8_t)b->plan->indicators[indicator].kind;
}

/* Is ROLLUP the last one of its item that is shown? */
static bool
is_last(const board *b, size_t rollup)
{
	int item = board_item(b, &b->rollups[rollup]);
	size_t i;

	for (i = rollup + 1; i < b->n; i++)
		if (board_item(b, &b->rollups[i]) == item)
			return false;
	return true;
}

/* F is of a period around that of ROLLUP: is it this rollup's turn, and does it belong here? */
static bool
is_wide_shown(const board *b, size_t rollup, const feed_figure *f)
{
	period at;

	if (!period_parse(f->period, &at) || !is_last(b, rollup))
		return false;
	return period_equal(at, b->ask->at) || (!b->ask->brief && period_within(b->ask->at, at));
}

/* What does not add up over time has no figure of a wider period, and nobody who lacks one. */
static bool
adds_up(const board *b, const feed_figure *f)
{
	int indicator = plan_find_indicator(b->plan, f->indicator);

	return indicator >= 0 && b->plan->indicators[indicator].time != TIME_NONE;
}

bool
board_tells(const board *b, size_t rollup, const feed_figure *f)
{
	period at;

	if (span_equal(f->period, b->rollups[rollup].period))
		return board_asks(b, f);
	if (!is_wide_shown(b, rollup, f) || !board_asks(b, f))
		return false;
	return f->has ||
	       (adds_up(b, f) && period_parse(f->period, &at) && period_equal(at, b->ask->at));
}

bool
board_tells_target(const board *b, size_t rollup, const feed_figure *f)
{
	return span_equal(f->period, b->rollups[rollup].period) || is_wide_shown(b, rollup, f);
}

bool
board_goes_on(const board *b, const feed_rollup *r)
{
	period at;

	return period_parse(r->period, &at) && period_end_day(at) > period_end_day(b->ask->at);
}

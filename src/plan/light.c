/* SPDX-License-Identifier: Apache-2.0 */
#include "plan/light.h"

enum { FIFTH_PERCENT = 20, GAP_YELLOW = 10, GAP_RED = 30 };

light
light_of_item(const uint32_t counts[LIGHTS])
{
	uint64_t all = 0, share_of;
	unsigned i;

	for (i = 0; i < LIGHTS; i++)
		all += counts[i];
	share_of = all * FIFTH_PERCENT;
	if (counts[LIGHT_RED] > 0 && (uint64_t)counts[LIGHT_RED] * 100 >= share_of)
		return LIGHT_RED;
	if (counts[LIGHT_RED] > 0 ||
		(counts[LIGHT_YELLOW] > 0 && (uint64_t)counts[LIGHT_YELLOW] * 100 >= share_of))
		return LIGHT_YELLOW;
	if (counts[LIGHT_BLUE] > 0)
		return LIGHT_BLUE;
	return counts[LIGHT_GREEN] + counts[LIGHT_YELLOW] > 0 ? LIGHT_GREEN : LIGHT_GREY;
}

unsigned
light_line(const plan *p, uint32_t item, period at)
{
	const plan_item *it = &plan_at(p, at)->items[item];

	if (it->line != NULL)
		return it->line[at.index - 1];
	return 100 * at.index / periods_in_year((period_kind)at.kind);
}

light
light_of_progress(unsigned line, unsigned progress_pct)
{
	if (progress_pct + GAP_YELLOW > line)
		return LIGHT_GREEN;
	return progress_pct + GAP_RED >= line ? LIGHT_YELLOW : LIGHT_RED;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* light.h - the lights of an item; those of slots are in plan/slot.h. */
#ifndef PLAN_LIGHT_H
#define PLAN_LIGHT_H

#include "plan/slot.h"

enum { LIGHTS = LIGHT_RED + 1 };

/* From the lights of its expected slots, how many of each: red from a fifth red; yellow from any
 * red or a fifth yellow. */
light light_of_item(const uint32_t counts[LIGHTS]);
/* The progress that the plan wants at the end of AT, one of the item's own periods, in percent. */
unsigned light_line(const plan *p, uint32_t item, period at);
/* Green while PROGRESS is less than 10 behind LINE, red when more than 30. */
light light_of_progress(unsigned line, unsigned progress_pct);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* slot.c - what a slot holds: its newest revision, those that the views take, any by its number. */
#include "plan/slot.h"

void
slot_init(slot *s)
{
	*s = (slot){ .first_us = INT64_MAX,
		.open_until_us = INT64_MIN,
		.last_stored = { .leaf = UINT64_MAX } };
}

uint32_t
slot_newest(const slot *s)
{
	return s->n_recent == 0 ? 0 : s->recent[0].revision;
}

bool
slot_live(const slot *s)
{
	return s->n_recent > 0 && s->recent[0].kind == ACT_REPORT;
}

bool
slot_touched(const slot *s)
{
	return s->stored > 0 || s->named;
}

static slot_ref
newest_ref(const slot *s)
{
	return (slot_ref){ .revision = s->recent[0].revision, .place = s->recent[0].place };
}

slot_ref
slot_reported(const slot *s)
{
	if (slot_live(s) && s->recent[0].outcome != OUTCOME_RETURNED)
		return newest_ref(s);
	return s->below_reported;
}

slot_ref
slot_accepted(const slot *s)
{
	if (slot_live(s) && s->recent[0].outcome == OUTCOME_ACCEPTED)
		return newest_ref(s);
	return s->below_accepted;
}

bool
slot_find(const slot *s, uint32_t revision, slot_history *history, slot_revision *out)
{
	uint32_t i;

	for (i = 0; i < s->n_recent; i++)
		if (s->recent[i].revision == revision) {
			*out = s->recent[i];
			return true;
		}
	if (s->stored == s->n_recent || revision > s->recent[s->n_recent - 1].revision)
		return false;
	/* Only a caller that cannot need old revisions (tests of few) may go without a history. */
	MS_ASSERT(history != NULL);
	return history->find(history->ctx, s, revision, out);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * slot.c - the recent revisions are the highest numbers, not the last arrivals: a late low number
 * never pushes a higher one out, so the newest revision and its neighbours can always be judged
 * without the log.
 */
#include "plan/slot.h"

#include "base/status.h"

void
slot_init(slot *s)
{
	*s = (slot){ .first_us = INT64_MAX, .last_stored = { .leaf = UINT64_MAX } };
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
slot_on_time(const slot *s, int64_t deadline_us)
{
	return s->first_us < deadline_us;
}

/* Was REVISION stored, and as what? */
static bool
find_revision(const slot *s, uint32_t revision, slot_history *history, slot_revision *out)
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

verdict
slot_judge(const slot *s, const act *a, int64_t now_us, int64_t lock_us, slot_history *history)
{
	slot_revision stored;
	bool known = find_revision(s, a->revision, history, &stored);

	if (known && stored.kind == a->kind && hash_equal(&stored.body_hash, &a->body_hash))
		return VERDICT_DUPLICATE;
	if (now_us >= lock_us)
		return VERDICT_REFUSED_LOCKED;
	if (known)
		return VERDICT_REFUSED_CONFLICT;
	return a->revision > slot_newest(s) ? VERDICT_STORED : VERDICT_STORED_SUPERSEDED;
}

/* Keep R among the highest SLOT_RECENT revisions, highest first. */
static void
keep_recent(slot *s, const slot_revision *r)
{
	uint32_t at = s->n_recent, i;

	while (at > 0 && s->recent[at - 1].revision < r->revision)
		at--;
	if (at == SLOT_RECENT)
		return;
	if (s->n_recent < SLOT_RECENT)
		s->n_recent++;
	for (i = s->n_recent - 1; i > at; i--)
		s->recent[i] = s->recent[i - 1];
	s->recent[at] = *r;
}

void
slot_store(slot *s, const act *a, verdict v, record_place place, int64_t now_us, unsigned filled)
{
	const report *r = a->kind == ACT_REPORT ? &a->u.report : NULL;
	slot_revision revision = { .revision = a->revision,
		.kind = (uint8_t)a->kind,
		.place = place,
		.body_hash = a->body_hash };

	keep_recent(s, &revision);
	s->stored++;
	s->last_stored = place;
	if (r != NULL && now_us < s->first_us)
		s->first_us = now_us;
	if (v != VERDICT_STORED)
		return;
	s->newest_us = now_us;
	s->filled = (uint8_t)filled;
	s->has_progress = r != NULL && r->has_progress;
	s->progress_pct = s->has_progress ? (uint8_t)r->progress_pct : 0;
	s->help_needed = r != NULL && r->help_needed.len > 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * witness.c - the newest checkpoint that this device has verified: kept with the next commit, named
 * in every header sealed from then on, and put beside what the hub shows when the two contradict.
 *
 *   META "witness" -> the signed note
 */
#include "agent/agent.h"
#include "store/history.h"
#include "store/meta.h"

ms_status
witness_load(agent *a, ms_error *err)
{
	store_txn txn;
	span note;
	ms_status s = log_key_parse(span_str(a->settings.log_key), &a->log_key, err);

	if (s != MS_OK) {
		ms_error_place(err, "%s/%s, log_key", a->dir, HOME_AGENT_CONF);
		return MS_CONFIG;
	}
	store_begin(a->store, &txn, STORE_READ);
	if (meta_get(&txn, META_WITNESS, &note)) {
		s = generation_open(note, &a->log_key, &a->verified, &a->generation, err);
		if (s == MS_OK && buf_add_span(&a->verified_note, note) != MS_OK)
			s = ms_fail(err, MS_NO_MEMORY, MST_NO_MEMORY, "no memory for a checkpoint");
	} else {
		s = store_status(&txn, err);
	}
	store_abort(&txn);
	return s;
}

static void
follow_generation(agent *a, uint32_t generation)
{
	if (a->generation != 0 && generation > a->generation)
		logger_say(&a->log, LOG_WARNING,
			"the hub's log goes on from a backup as generation %u, by order of its "
			"administrator: what it lost is sent again",
			generation);
	a->generation = generation;
}

void
witness_verified(void *ctx, const checkpoint *c, span note)
{
	agent *a = ctx;
	buf copy = { 0 };

	if (buf_add_span(&copy, note) != MS_OK) {
		buf_fini(&copy);
		return; /* the one before stays named */
	}
	buf_fini(&a->verified_note);
	a->verified_note = copy;
	a->verified = *c;
	follow_generation(a, generation_of(note, &a->log_key));
	a->verified_moved = true;
}

void
witness_save(agent *a, store_txn *txn)
{
	if (a->verified_moved)
		meta_put(txn, META_WITNESS, buf_span(&a->verified_note));
}

void
witness_saved(agent *a)
{
	a->verified_moved = false;
}

void
witness_alarm(void *ctx, const ms_error *why, span note)
{
	agent *a = ctx;
	ms_error err = { 0 };
	ms_status s = history_alarm(a->dir, why, buf_span(&a->verified_note), note, &err);

	if (s == MS_EXISTS || s == MS_FULL)
		return; /* told before, or often enough */
	logger_say(&a->log, LOG_ERROR, "ALARM: %s [MST-%04u]; see %s/%s", why->text, why->code,
		a->dir, HISTORY_ALARM_FILE);
	if (s != MS_OK)
		logger_error(&a->log, LOG_ERROR, &err);
}

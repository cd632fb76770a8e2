/* SPDX-License-Identifier: Apache-2.0 */
/*
 * take.c - one file of the folder, exactly once:
 *
 *   1. one transaction queues the good rows and writes the file's entry, TAKEN, with the place it
 *      will be moved to
 *   2. the file is moved to done/ or rejected/
 *   3. its answer is written beside it; the entry becomes WAITING, or goes when nothing waits
 *   4. receipts come: the answer is written anew; the entry goes. A file in done/ of which the hub
 *      refused a row is moved to rejected/ first, so that what lies in done/ is done
 *
 * A crash after 1 is found by the entry: what is left is done, nothing is queued twice. A
 * workbook's answer is made by another process: 3 and 4 are tried again when it has ended
 * (take_recover).
 */
#include "agent/take.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/random.h"
#include "base/text.h"
#include "intake/messages.h"

/* ---- where it goes ---- */

/* Some row is wrong: the clerk has to look at it. */
static bool
is_rejected(const intake_result *result)
{
	return result->refused || result->n_good < result->n_rows;
}

/* "done/2012-Q2": by the period of the rows, that of rows which are not filled or not read only
 * where there are no others; a file of several has a folder of its own, and so has one that names
 * none. */
static void
folder_of(const intake_result *result, char out[48])
{
	char name[PERIOD_NAME_SIZE];
	const char *when;
	period at = { 0 };
	bool several = false;
	uint32_t i;

	for (i = 0; i < result->n_rows; i++) {
		period row = result->rows[i].meant;

		several = several || (at.kind != PERIOD_NONE && row.kind != PERIOD_NONE &&
					     !period_equal(at, row));
		at = row.kind != PERIOD_NONE ? row : at;
	}
	if (at.kind == PERIOD_NONE) {
		at = result->when;
		several = result->several;
	}
	when = several                  ? word_text(WORD_PERIODS, result->english)
	       : at.kind == PERIOD_NONE ? word_text(WORD_NO_PERIOD, result->english)
					: period_name(at, name);
	snprintf(out, 48, "%s/%s", is_rejected(result) ? "rejected" : "done", when);
}

/* A place that is free, or holds the very same content. */
static void
choose_place(const agent *a, const char *name, const intake_result *result, const hash32 *content,
	char out[FILE_MOVED_MAX + 1])
{
	char folder[48];

	folder_of(result, folder);
	taking_place(a, name, span_str(folder), content, out);
}

/* ---- a file ---- */

/* Step 1. */
static ms_status
queue_rows(taking *t, ms_error *err)
{
	char place[FILE_MOVED_MAX + 1];
	agent *a = t->a;
	store_txn txn;
	ms_status s;

	choose_place(a, t->name, &t->result, &t->entry.content, place);
	t->entry.name = span_str(t->name);
	t->entry.moved_to = arena_copy(&t->memory, span_str(place));
	t->entry.state = FILE_TAKEN;
	t->entry.taken_us = agent_hub_time_us(a);
	t->entry.n_lines = t->result.n_rows;
	t->entry.lines = arena_zalloc(&t->memory, (t->result.n_rows + 1) * sizeof(*t->entry.lines));
	if (t->entry.lines == NULL || t->entry.moved_to.at == NULL)
		return ms_fail(err, MS_NO_MEMORY, MST_NO_MEMORY, "no memory for %s", t->name);
	store_begin(a->store, &txn, STORE_WRITE);
	submit_rows(a, &txn, &t->result, t->entry.lines, (submit_how){ 0 });
	files_put(&txn, &t->entry);
	s = store_commit(&txn, err);
	if (s != MS_OK) {
		agent_storage_failed(a, err);
		return s;
	}
	a->storage_full = false;
	push_wake(a);
	return MS_OK;
}

static bool
find_taken(taking *t, ms_error *err)
{
	store_txn txn;
	bool found;

	store_begin(t->a->store, &txn, STORE_READ);
	found = files_find(
		&txn, &t->entry.content, span_str(t->name), FILE_TAKEN, &t->memory, &t->entry);
	store_status(&txn, err);
	store_abort(&txn);
	return found;
}

/* The place may have been taken by a stranger since it was chosen: then another one is. */
static ms_status
keep_place(taking *t, ms_error *err)
{
	char place[FILE_MOVED_MAX + 1];
	file_entry before = t->entry;

	choose_place(t->a, t->name, &t->result, &t->entry.content, place);
	if (span_equal(span_str(place), before.moved_to))
		return MS_OK;
	t->entry.moved_to = arena_copy(&t->memory, span_str(place));
	if (t->entry.moved_to.at == NULL)
		return ms_fail(err, MS_NO_MEMORY, MST_NO_MEMORY, "no memory for %s", t->name);
	return taking_put(t->a, &t->entry, &before, err);
}

/* Who had the file open when it was moved may have written it since, or still does: then it is
 * another one than was judged, and goes back to be taken anew. */
static ms_status
look_again(const taking *t, const char *to, ms_error *err)
{
	ms_status s;

	if (fs_writers_of(to) != FS_WRITERS_SOME && taking_has_content(to, &t->entry.content))
		return MS_OK;
	s = fs_move(to, t->path, err);
	return s == MS_OK ? MS_AGAIN : s;
}

/* Step 2. Where the same content lies already, one of the two is enough. MS_AGAIN: the file is
 * another. */
static ms_status
move_away(taking *t, ms_error *err)
{
	char place[FILE_MOVED_MAX + 16], to[HOME_PATH_MAX];
	bool is_there = false;
	ms_status s = keep_place(t, err);
	int len = (int)t->entry.moved_to.len;

	snprintf(place, sizeof(place), "%.*s", len, (const char *)t->entry.moved_to.at);
	if (s == MS_OK)
		s = home_path(t->a->folder, place, to, err);
	if (s == MS_OK && fs_exists(to)) {
		is_there = true;
		snprintf(place + len, sizeof(place) - (size_t)len, ".%08x", (unsigned)random_u64());
		s = home_path(t->a->folder, place, to, err);
	}
	if (s == MS_OK)
		s = folder_make_for(t->a, place, err);
	if (s == MS_OK)
		s = fs_move(t->path, to, err);
	if (s == MS_DENIED)
		fs_name_owner_above(access(t->a->folder, W_OK) == 0 ? to : t->path, err);
	if (s == MS_OK)
		s = look_again(t, to, err);
	return s == MS_OK && is_there ? fs_remove(to, err) : s;
}

static ms_status
take_judged(taking *t, ms_error *err)
{
	ms_error store_err = { 0 };
	ms_status s = MS_OK;

	if (!find_taken(t, &store_err)) {
		if (store_err.status != MS_OK) {
			*err = store_err;
			return store_err.status;
		}
		s = queue_rows(t, err);
	}
	if (s == MS_OK)
		s = move_away(t, err);
	if (s == MS_OK) {
		logger_say(&t->a->log, LOG_INFO, "%s: %u of %u rows taken, moved to %.*s", t->name,
			t->result.n_good, t->result.n_rows, (int)t->entry.moved_to.len,
			(const char *)t->entry.moved_to.at);
		s = taking_finish(t->a, &t->entry, &t->result, &t->memory, err);
	}
	/* What is queued is finished later, or given up when the file has become another. */
	t->a->unanswered |= s != MS_OK;
	return s == MS_AGAIN ? MS_OK : s;
}

ms_status
take_file(agent *a, const char *name, ms_error *err)
{
	taking t = { .a = a, .name = name };
	ms_status s = home_path(a->folder, name, t.path, err);

	if (s == MS_OK)
		s = taking_judge(&t, 0, err);
	if (s == MS_NOT_FOUND)
		s = MS_OK; /* removed between the notice and now: nothing to do */
	else if (s == MS_OK)
		s = take_judged(&t, err);
	if (s != MS_OK)
		ms_error_place(err, "%s", name);
	buf_fini(&t.bytes);
	arena_fini(&t.memory);
	return s;
}

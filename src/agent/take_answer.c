/* SPDX-License-Identifier: Apache-2.0 */
/*
 * take_answer.c - the answer beside a file that was taken: once it is moved, anew when the receipts
 * of its acts are there, and after a crash.
 */
#include "agent/take.h"

#include <strings.h>

#include "base/fs.h"
#include "base/text.h"

ms_status
taking_judge(taking *t, int64_t at_us, ms_error *err)
{
	intake_ask ask = { .plan = t->a->plan,
		.unit = t->a->unit,
		.english = agent_is_english(t->a),
		.now_us = agent_now_us(t->a) };
	uint64_t size;
	ms_status s = taking_identify(t->path, &t->bytes, &size, &t->entry.content, err);

	if (s != MS_OK)
		return s;
	if (size > INTAKE_BYTES_MAX)
		return intake_too_large(&ask, t->name, size, &t->memory, &t->result, err);
	return submit_judge(t->a, t->name, buf_span(&t->bytes), at_us, &t->memory, &t->result, err);
}

/* ---- the answer ---- */

/* Look at every line, into ROWS of MEMORY: *FINAL when no act waits any more. */
static ms_status
look_at_lines(agent *a, const file_entry *f, const intake_result *result, arena *memory,
	answer_row **rows, bool *final, ms_error *err)
{
	store_txn txn;
	size_t i = 0, k;
	ms_status s;

	*final = true;
	*rows = arena_zalloc(memory, (result->n_rows + 1) * sizeof(**rows));
	if (*rows == NULL)
		return ms_fail(err, MS_NO_MEMORY, MST_NO_MEMORY, "no memory for an answer");
	store_begin(a->store, &txn, STORE_READ);
	for (k = 0; k < f->n_lines; k++) {
		answer_row row;

		*final &= submit_look(a, &txn, &f->lines[k], &row);
		/* both in the order of the file */
		while (i < result->n_rows && result->rows[i].row < f->lines[k].row)
			i++;
		if (i < result->n_rows && result->rows[i].row == f->lines[k].row)
			(*rows)[i] = row;
	}
	s = store_status(&txn, err);
	store_abort(&txn);
	return s;
}

/* The answer to a workbook is one too: TABLE with the clerk's own cells, which lie at ORIGINAL. */
static ms_status
make_book(agent *a, const char *original, const intake_result *result, span table, buf *out,
	ms_error *err)
{
	const char *const args[] = { "answer-book", "--answer", "/dev/stdin", "--of", original,
		"--sheet", result->sheet, result->english ? "--english" : NULL, NULL };

	return helper_write(&a->helper, args, table, out, err);
}

/* BYTES beside the file that was moved to MOVED_TO. */
static ms_status
lay_answer(
	agent *a, const char *moved_to, intake_form form, bool english, span bytes, ms_error *err)
{
	char path[HOME_PATH_MAX];
	buf name = { 0 };
	ms_status s = answer_name(moved_to, form, english, &name);

	if (s == MS_OK)
		s = home_path(a->folder, buf_cstr(&name), path, err);
	if (s == MS_OK)
		s = fs_write_atomic(path, 0644, bytes, err);
	if (s == MS_DENIED)
		fs_name_owner_above(path, err);
	buf_fini(&name);
	return s;
}

/* TABLE, the answer, as the form of the file wants it. A workbook that cannot be made is no reason
 * to leave the clerk without: the table itself is one that a spreadsheet reads. */
static ms_status
lay_table(agent *a, const char *moved_to, const intake_result *result, buf *table, ms_error *err)
{
	char original[HOME_PATH_MAX];
	ms_error why = { 0 };
	buf book = { 0 };
	ms_status s;

	if (result->form != INTAKE_XLSX)
		return lay_answer(a, moved_to, result->form, result->english, buf_span(table), err);
	s = home_path(a->folder, moved_to, original, &why);
	if (s == MS_OK)
		s = make_book(a, original, result, buf_span(table), &book, &why);
	if (s == MS_OK) {
		s = lay_answer(a, moved_to, INTAKE_XLSX, result->english, buf_span(&book), err);
	} else if (s == MS_CANNOT_WRITE || s == MS_CONFIG) {
		logger_error(&a->log, LOG_WARNING, &why);
		s = charset_from_utf8(buf_span(table), CHARSET_UTF8_BOM, &book, err);
		if (s == MS_OK)
			s = lay_answer(
				a, moved_to, INTAKE_CSV, result->english, buf_span(&book), err);
	} else if (s != MS_AGAIN && err != NULL) {
		*err = why;
	}
	buf_fini(&book);
	return s;
}

static ms_status
write_answer(agent *a, const file_entry *f, const intake_result *result, bool *final, ms_error *err)
{
	arena memory = { 0 };
	buf table = { 0 };
	answer_row *rows;
	ms_status s = look_at_lines(a, f, result, &memory, &rows, final, err);
	char *moved_to = arena_text(&memory, f->moved_to);

	if (s == MS_OK && moved_to == NULL)
		s = MS_NO_MEMORY;
	if (s == MS_OK)
		s = answer_write(result, rows, a->plan->zone_min, &table, err);
	if (s == MS_OK)
		s = lay_table(a, moved_to, result, &table, err);
	buf_fini(&table);
	arena_fini(&memory);
	return s == MS_OK || s == MS_AGAIN
		       ? s
		       : ms_fail(err, s, MST_NO_MEMORY, "no memory for an answer");
}

/* F in place of INSTEAD_OF; either may be NULL. */
static ms_status
replace(agent *a, const file_entry *f, const file_entry *instead_of, ms_error *err)
{
	store_txn txn;
	ms_status s;

	store_begin(a->store, &txn, STORE_WRITE);
	if (instead_of != NULL)
		files_del(&txn, instead_of);
	if (f != NULL)
		files_put(&txn, f);
	s = store_commit(&txn, err);
	if (s != MS_OK)
		agent_storage_failed(a, err);
	return s;
}

ms_status
taking_put(agent *a, const file_entry *f, const file_entry *instead_of, ms_error *err)
{
	return replace(a, f, instead_of, err);
}

/* There is nothing more to be done for F: it need not be known any more. */
static ms_status
forget(agent *a, const file_entry *f, ms_error *err)
{
	return replace(a, NULL, f, err);
}

/* ---- refused by the hub ---- */

/* What the hub has said of the rows of F: of ALL, or that it REFUSED one. */
static void
look_at_fate(agent *a, const file_entry *f, bool *all, bool *refused)
{
	store_txn txn;
	answer_row row;
	size_t i;

	*all = true;
	*refused = false;
	store_begin(a->store, &txn, STORE_READ);
	for (i = 0; i < f->n_lines; i++)
		if (submit_look(a, &txn, &f->lines[i], &row))
			*refused |= verdict_is_refusal(row.verdict);
		else
			*all = false;
	store_abort(&txn);
}

/* The answer that said queued. */
static void
remove_answer(agent *a, const char *moved_to, intake_form form, bool english)
{
	char path[HOME_PATH_MAX];
	buf name = { 0 };

	if (answer_name(moved_to, form, english, &name) == MS_OK &&
		home_path(a->folder, buf_cstr(&name), path, NULL) == MS_OK)
		fs_remove(path, NULL);
	buf_fini(&name);
}

static ms_status
move_to(agent *a, const char *from, const char *to, ms_error *err)
{
	char from_path[HOME_PATH_MAX], to_path[HOME_PATH_MAX];
	ms_status s = home_path(a->folder, from, from_path, err);

	if (s == MS_OK)
		s = home_path(a->folder, to, to_path, err);
	if (s == MS_OK)
		s = folder_make_for(a, to, err);
	if (s != MS_OK)
		return s;
	/* the same content already */
	return fs_exists(to_path) ? fs_remove(from_path, err) : fs_move(from_path, to_path, err);
}

/* F from done/ to rejected/. A crash in between is found by follow(). */
static ms_status
turn_down(agent *a, file_entry *f, const intake_result *result, arena *memory, ms_error *err)
{
	char place[FILE_MOVED_MAX + 1];
	char *from = arena_text(memory, f->moved_to);
	file_entry before = *f;
	ms_status s = MS_OK;

	if (!taking_place_refused(a, f, place))
		return MS_OK;
	f->moved_to = arena_copy(memory, span_str(place));
	if (from == NULL || f->moved_to.at == NULL)
		s = ms_fail(err, MS_NO_MEMORY, MST_NO_MEMORY, "no memory for an answer");
	if (s == MS_OK) {
		remove_answer(a, from, result->form, result->english);
		s = move_to(a, from, place, err);
	}
	return s == MS_OK ? taking_put(a, f, &before, err) : s;
}

ms_status
taking_finish(agent *a, file_entry *f, const intake_result *result, arena *memory, ms_error *err)
{
	bool final, refused;
	ms_status s = MS_OK;

	look_at_fate(a, f, &final, &refused);
	if (refused)
		s = turn_down(a, f, result, memory, err);
	if (s == MS_OK)
		s = write_answer(a, f, result, &final, err);
	if (s != MS_OK)
		return s;
	if (final)
		return forget(a, f, err);
	f->state = FILE_WAITING;
	s = taking_put(a, f, NULL, err);
	if (s == MS_OK)
		a->waiting_files++;
	return s;
}

/* ---- later ---- */

/* Where F lies, when it was moved to rejected/ and a crash came before that was noted. */
static ms_status
follow(agent *a, file_entry *f, arena *memory, ms_error *err)
{
	char place[FILE_MOVED_MAX + 1], path[HOME_PATH_MAX];
	const char *name = arena_text(memory, f->moved_to);
	file_entry before = *f;

	if (name == NULL)
		return ms_fail(err, MS_NO_MEMORY, MST_NO_MEMORY, "no memory for an answer");
	if (home_path(a->folder, name, path, NULL) != MS_OK || fs_exists(path) ||
		!taking_place_refused(a, f, place) ||
		home_path(a->folder, place, path, NULL) != MS_OK || !fs_exists(path))
		return MS_OK;
	f->moved_to = arena_copy(memory, span_str(place));
	return f->moved_to.at == NULL ? MS_NO_MEMORY : taking_put(a, f, &before, err);
}

/* Judge the moved file again as it was judged when it was taken, for its answer. */
static ms_status
answer_again(agent *a, file_entry *f, ms_error *err)
{
	taking t = { .a = a, .entry = *f };
	hash32 content = f->content;
	ms_error why = { 0 };
	ms_status s = follow(a, f, &t.memory, &why);

	t.name = s == MS_OK ? arena_text(&t.memory, f->moved_to) : NULL;
	if (s == MS_OK)
		s = t.name == NULL ? MS_NO_MEMORY : home_path(a->folder, t.name, t.path, &why);
	if (s == MS_OK)
		s = taking_judge(&t, f->taken_us, &why);
	/* Someone took the file away: there is nothing to lay the answer beside. A folder that is
	 * gone (a share that is not mounted) is waited for. */
	if ((s == MS_NOT_FOUND && fs_is_dir(a->folder)) ||
		(s == MS_OK && !hash_equal(&content, &t.entry.content))) {
		s = forget(a, f, err);
	} else if (s == MS_OK) {
		s = taking_finish(a, f, &t.result, &t.memory, err);
	} else if (err->status == MS_OK) {
		*err = why;
	}
	buf_fini(&t.bytes);
	arena_fini(&t.memory);
	return s;
}

/* All N entries of STATE, so that they can be changed while walking. False: not now, but at the
 * next look. */
static bool
list_entries(agent *a, file_state state, arena *memory, buf *list, size_t *n, ms_error *err)
{
	file_entry f;
	store_txn txn;
	ms_status s;
	bool more;

	store_begin(a->store, &txn, STORE_READ);
	for (more = files_next(&txn, state, NULL, memory, &f); more;
		more = files_next(&txn, state, &f, memory, &f))
		buf_add(list, &f, sizeof(f));
	s = store_status(&txn, err);
	store_abort(&txn);
	if (s == MS_OK && list->failed)
		s = ms_fail(err, MS_NO_MEMORY, MST_NO_MEMORY, "no memory for the files");
	*n = list->len / sizeof(f);
	a->unanswered |= s != MS_OK;
	return s == MS_OK;
}

/* Is another workbook being written, and the answer to F one too, as far as its name tells? */
static bool
has_to_wait(const agent *a, const file_entry *f)
{
	size_t len = f->moved_to.len;

	/* .xlsx, .xlsm */
	return helper_is_busy(&a->helper) && len > 5 &&
	       strncasecmp((const char *)f->moved_to.at + len - 5, ".xls", 4) == 0;
}

static void
answer_due(agent *a, ms_error *err)
{
	arena memory = { 0 };
	buf list = { 0 };
	size_t n, i;

	if (a->waiting_files == 0)
		return;
	if (list_entries(a, FILE_WAITING, &memory, &list, &n, err))
		a->waiting_files = 0;
	else
		n = 0;
	for (i = 0; i < n; i++) {
		file_entry *f = (file_entry *)(void *)list.at + i;
		bool all, refused;

		look_at_fate(a, f, &all, &refused);
		if (!all) {
			a->waiting_files++;
		} else if (has_to_wait(a, f) || answer_again(a, f, err) != MS_OK) {
			a->waiting_files++;
			a->unanswered = true;
		}
	}
	buf_fini(&list);
	arena_fini(&memory);
}

/* A file still in the folder is found by the scan; one that was moved gets its answer. */
void
take_recover(agent *a, ms_error *err)
{
	arena memory = { 0 };
	buf list = { 0 };
	size_t n, i;

	a->unanswered = false;
	list_entries(a, FILE_TAKEN, &memory, &list, &n, err);
	for (i = 0; i < n; i++) {
		file_entry *f = (file_entry *)(void *)list.at + i;
		char *name = arena_text(&memory, f->name);
		char path[HOME_PATH_MAX];

		if (name == NULL || home_path(a->folder, name, path, NULL) != MS_OK ||
			taking_has_content(path, &f->content))
			continue;
		if (has_to_wait(a, f) || answer_again(a, f, err) != MS_OK)
			a->unanswered = true;
	}
	buf_reset(&list);
	if (list_entries(a, FILE_WAITING, &memory, &list, &n, err))
		a->waiting_files = n;
	buf_fini(&list);
	arena_fini(&memory);
	answer_due(a, err);
}

void
take_answer_due(agent *a)
{
	ms_error err = { 0 };

	answer_due(a, &err);
	if (err.status != MS_OK)
		folder_trouble(a, &err);
}

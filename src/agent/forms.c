/* SPDX-License-Identifier: Apache-2.0 */
/*
 * forms.c - the current form lies in the folder (填报表-2012-Q2.xlsx): written when a period is
 * over, and anew when what it would say has changed; never over one that a person has changed or
 * has open. That of the period before stays as it is while something of it is still owed.
 *
 * A form is known as ours by the hash of its bytes, which is on the disk before the file is. So a
 * crash between the two leaves a file that is known, old or new. Without that, when data/ is lost
 * and the folder is not, its seal tells that nobody has saved it.
 *
 *   META_FORM -> period code u32 | what it says 32 | hash of its bytes 32 | the one before
 */
#include <stdio.h>

#include "agent/agent.h"
#include "base/fs.h"
#include "intake/form.h"
#include "lib/reported.h"
#include "store/meta.h"

enum { FORM_BYTES_MAX = 4 << 20, ROW_SIZE = 4 + 3 * HASH_SIZE };

/* While reports keep coming, what a form would say changes with each of them. */
enum { FORMS_REST_US = 1000000 };

/* ---- what is kept ---- */

static const char *
key_of(unsigned kind, char out[16])
{
	snprintf(out, 16, META_FORM, kind);
	return out;
}

void
forms_load(agent *a)
{
	char key[16];
	store_txn txn;
	unsigned kind;
	span row;

	store_begin(a->store, &txn, STORE_READ);
	for (kind = PERIOD_MONTH; kind <= PERIOD_YEAR; kind++) {
		agent_form *f = &a->forms[kind];

		if (!meta_get(&txn, key_of(kind, key), &row) || row.len != ROW_SIZE)
			continue;
		f->period = period_from_code(be32_get(row.at));
		memcpy(f->says.at, row.at + 4, HASH_SIZE);
		memcpy(f->bytes.at, row.at + 4 + HASH_SIZE, HASH_SIZE);
		memcpy(f->before.at, row.at + 4 + 2 * HASH_SIZE, HASH_SIZE);
	}
	store_abort(&txn);
}

static ms_status
save(agent *a, unsigned kind, const agent_form *f, ms_error *err)
{
	uint8_t row[ROW_SIZE];
	char key[16];
	store_txn txn;
	ms_status s;

	be32_put(row, period_code(f->period));
	memcpy(row + 4, f->says.at, HASH_SIZE);
	memcpy(row + 4 + HASH_SIZE, f->bytes.at, HASH_SIZE);
	memcpy(row + 4 + 2 * HASH_SIZE, f->before.at, HASH_SIZE);
	store_begin(a->store, &txn, STORE_WRITE);
	meta_put(&txn, key_of(kind, key), span_of(row, sizeof(row)));
	s = store_commit(&txn, err);
	if (s != MS_OK)
		agent_storage_failed(a, err);
	return s;
}

/* ---- whose file is it ---- */

static bool
is_ours(const agent *a, const hash32 *content)
{
	static const hash32 none;
	unsigned kind;

	for (kind = PERIOD_MONTH; kind <= PERIOD_YEAR; kind++)
		if (hash_equal(content, &a->forms[kind].bytes) ||
			hash_equal(content, &a->forms[kind].before))
			return !hash_equal(content, &none);
	return false;
}

static bool
hash_file(const char *path, hash32 *out)
{
	return fs_hash_regular(path, FORM_BYTES_MAX, out, NULL) == MS_OK;
}

/* A form that an agent wrote whose data/ is lost, or an older copy. */
static bool
is_sealed(const char *path)
{
	buf bytes = { 0 };
	bool is = fs_read_regular(path, FORM_BYTES_MAX, &bytes, NULL) == MS_OK &&
		  form_is_sealed(buf_span(&bytes));

	buf_fini(&bytes);
	return is;
}

static bool
is_untouched(const agent *a, const char *path, hash32 *content)
{
	return hash_file(path, content) && (is_ours(a, content) || is_sealed(path));
}

bool
forms_is_untouched(const agent *a, const char *path, const fs_info *info)
{
	hash32 content;

	return info->size > 0 && info->size <= FORM_BYTES_MAX && is_untouched(a, path, &content);
}

/* ---- writing ---- */

/* The form as it is to be now: its rows, and the hash of what they say. */
typedef struct wanted {
	form_ask ask;
	reported own;
	arena memory;
	form_row *rows;
	size_t n;
	hash32 says;
} wanted;

static ms_status
ask_rows(agent *a, period at, wanted *w, ms_error *err)
{
	buf text = { 0 };
	ms_status s;

	w->own = (reported){ .store = a->store, .plan = a->plan, .unit = a->settings.unit };
	w->ask = (form_ask){ .plan = a->plan,
		.unit = a->unit,
		.at = at,
		.english = agent_is_english(a),
		.ctx = &w->own,
		.report_of = reported_of };
	s = form_rows(&w->ask, &w->memory, &w->rows, &w->n);
	if (s == MS_OK)
		s = form_csv(&w->ask, w->rows, w->n, &text);
	buf_add(&text, a->plan->version.at, HASH_SIZE);
	buf_add_text(&text, AGENT_SOFTWARE);
	if (s == MS_OK && text.failed)
		s = MS_NO_MEMORY;
	if (s == MS_OK)
		w->says = hash_of(buf_span(&text));
	buf_fini(&text);
	return s == MS_OK ? s : ms_fail(err, s, MST_NO_MEMORY, "no memory for the form");
}

/* MS_EXISTS, which is no failure: a person has just saved a file there. */
static ms_status
lay(const char *path, span bytes, const hash32 *over, ms_error *err)
{
	ms_error why = { 0 };
	ms_status s = over == NULL ? fs_write_new(path, 0644, bytes, &why)
				   : fs_write_over(path, 0644, bytes, over, &why);

	fs_name_owner_above(path, &why);
	if (s != MS_OK && s != MS_EXISTS)
		*err = why;
	return s;
}

/* In place of the form of the hash OVER; NULL: where none lies. It may have been asked for before
 * the last report: then it says so, and is not settled. */
static ms_status
write_form(agent *a, unsigned kind, const wanted *w, const char *path, const hash32 *over,
	ms_error *err)
{
	agent_form *f = &a->forms[kind];
	agent_form now = { .period = w->ask.at, .before = over == NULL ? f->bytes : *over };
	char at[PERIOD_NAME_SIZE];
	const char *const args[] = { "form", "--quiet", "--dir", a->dir, "--period",
		period_name(w->ask.at, at), w->ask.english ? "--english" : NULL, NULL };
	buf bytes = { 0 };
	bool starts = !helper_is_busy(&a->helper);
	ms_status s = helper_write(&a->helper, args, span_str(""), &bytes, err);

	if (s == MS_AGAIN && starts)
		f->asked = w->says;
	if (s == MS_OK) {
		now.says = f->asked;
		now.bytes = hash_of(buf_span(&bytes));
		s = save(a, kind, &now, err);
	}
	if (s == MS_OK) {
		*f = now;
		a->forms_from_us = reactor_now(a->reactor) + FORMS_REST_US;
		s = lay(path, buf_span(&bytes), over, err);
	}
	if (s == MS_OK)
		logger_say(&a->log, LOG_INFO, "the form is in the folder: %s", path);
	buf_fini(&bytes);
	return s == MS_EXISTS ? MS_OK : s;
}

/* Is something of period AT owed that can still be reported? */
static bool
is_owed(agent *a, period at)
{
	due_slot list[DUE_MAX];
	store_txn txn;
	size_t n, i;

	store_begin(a->store, &txn, STORE_READ);
	n = due_list(a, &txn, list, DUE_MAX);
	store_abort(&txn);
	for (i = 0; i < n; i++)
		if (period_equal(list[i].period, at))
			return true;
	return false;
}

/* The form of a period that is no more the current one goes, unless it was changed. */
static void
retire(agent *a, period at)
{
	char name[64], path[HOME_PATH_MAX];
	fs_info info;

	form_name(at, agent_is_english(a), ".xlsx", name);
	if (home_path(a->folder, name, path, NULL) == MS_OK &&
		fs_look(path, &info, NULL) == MS_OK && !folder_is_open(a, name) &&
		forms_is_untouched(a, path, &info) && !is_owed(a, at))
		fs_remove(path, NULL);
}

/* All of KIND but that of CURRENT, which may be none. */
static void
retire_others(agent *a, unsigned kind, period current)
{
	const plan *p = a->plan;
	uint32_t item = 0;
	period at;
	unsigned k;

	while (item < p->n_items &&
		(p->items[item].kind != kind || !plan_item_period(p, item, 0, &at)))
		item++;
	if (item == p->n_items)
		return;
	for (k = 0; plan_item_period(p, item, k, &at); k++)
		if (!period_equal(at, current) && plan_begin_us(p, at) <= agent_hub_time_us(a))
			retire(a, at);
}

/* Has anything happened since the form was last found right? */
static bool
is_settled(const agent *a, const agent_form *f, const fs_info *file)
{
	return f->seen_changed_us == file->changed_us && f->seen_size == file->size &&
	       f->seen_seq == outbox_queue(&a->out.box).next_seq && f->seen_told == a->slots_told &&
	       hash_equal(&f->seen_plan, &a->plan->version);
}

static void
settle(agent *a, unsigned kind, const char *path)
{
	agent_form *f = &a->forms[kind];
	fs_info file;

	if (fs_look(path, &file, NULL) != MS_OK)
		return;
	f->seen_changed_us = file.changed_us;
	f->seen_size = file.size;
	f->seen_seq = outbox_queue(&a->out.box).next_seq;
	f->seen_told = a->slots_told;
	f->seen_plan = a->plan->version;
}

static ms_status
keep(agent *a, unsigned kind, period at, ms_error *err)
{
	agent_form *f = &a->forms[kind];
	char name[64], path[HOME_PATH_MAX];
	fs_info file = { .size = 0 };
	wanted w = { .n = 0 };
	hash32 content;
	bool is_there;
	ms_status s;

	form_name(at, agent_is_english(a), ".xlsx", name);
	s = home_path(a->folder, name, path, err);
	is_there = s == MS_OK && fs_look(path, &file, NULL) == MS_OK;
	if (s != MS_OK || folder_is_open(a, name) || (is_there && is_settled(a, f, &file)))
		return s;
	if (is_there && !is_untouched(a, path, &content))
		return MS_OK; /* a person's: the folder takes it */
	s = ask_rows(a, at, &w, err);
	if (s == MS_OK &&
		(!is_there || !hash_equal(&content, &f->bytes) || !hash_equal(&w.says, &f->says)))
		s = write_form(a, kind, &w, path, is_there ? &content : NULL, err);
	if (s == MS_OK && hash_equal(&w.says, &f->says))
		settle(a, kind, path);
	arena_fini(&w.memory);
	return s;
}

ms_status
forms_keep(agent *a, ms_error *err)
{
	ms_status s = MS_OK;
	unsigned kind;

	for (kind = PERIOD_MONTH; kind <= PERIOD_YEAR && s == MS_OK; kind++) {
		period at = { 0 };
		bool is_wanted =
			form_period(a->plan, a->unit, (period_kind)kind, agent_hub_time_us(a), &at);

		retire_others(a, kind, at);
		if (is_wanted)
			s = keep(a, kind, at, err);
	}
	return s == MS_AGAIN ? MS_OK : s;
}

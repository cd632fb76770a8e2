/* SPDX-License-Identifier: Apache-2.0 */
#include "store/history.h"

#include "base/fs.h"

enum { ALARM_BYTES_MAX = 64 << 10 };

ms_status
history_read(const char *dir, const log_key *key, history *out, ms_error *err)
{
	ms_error why = { 0 };
	ms_status s;

	*out = (history){ 0 };
	s = home_file_read(dir, HISTORY_FILE, NOTE_BYTES_MAX, &out->note, &why);
	if (s == MS_OK)
		s = generation_open(
			buf_span(&out->note), key, &out->newest, &out->generation, &why);
	if (s == MS_OK || s == MS_NOT_FOUND)
		return MS_OK;
	ms_error_place(&why, "%s/%s", dir, HISTORY_FILE);
	if (s == MS_INVALID || s == MS_DENIED)
		ms_error_remedy(&why, "it is what was verified last of the hub's log: put it back, "
				      "or remove it when the directory now belongs to another hub");
	*err = why;
	return s == MS_INVALID ? MS_DENIED : s;
}

void
history_fini(history *h)
{
	buf_fini(&h->note);
	*h = (history){ 0 };
}

ms_status
history_write(const char *dir, const log_key *key, span note, ms_error *err)
{
	checkpoint mine = { 0 };
	uint32_t generation = 0;
	history kept;
	ms_status s = history_read(dir, key, &kept, err);

	if (s == MS_OK)
		s = generation_open(note, key, &mine, &generation, err);
	if (s == MS_OK && (kept.generation < generation ||
				  (kept.generation == generation && kept.newest.size < mine.size)))
		s = home_file_write(dir, HISTORY_FILE, note, err);
	history_fini(&kept);
	return s;
}

static ms_status
add_note(buf *text, const char *title, span note)
{
	return buf_addf(text, "%s\n\n%.*s\n", title, note.len == 0 ? 10 : (int)note.len,
		note.len == 0 ? "(nothing)\n" : (const char *)note.at);
}

static ms_status
describe(const ms_error *why, span verified, span shown, buf *out)
{
	ms_status s = buf_addf(out, "%s [MST-%04u]\n\n", why->text, why->code);

	if (s == MS_OK)
		s = add_note(out, "Verified before:", verified);
	return s == MS_OK ? add_note(out, "Shown by the hub:", shown) : s;
}

static ms_status
begin_alarm(buf *out)
{
	return buf_addf(out,
		"Keep this file and show it to whoever supervises the hub. Whether the\nlog's key "
		"signed two histories is told by:\n\n    muster check --split %s --root KEY\n\n",
		HISTORY_ALARM_FILE);
}

ms_status
history_alarm(const char *dir, const ms_error *why, span verified, span shown, ms_error *err)
{
	buf text = { 0 }, more = { 0 };
	ms_error missing = { 0 };
	ms_status s = home_file_read(dir, HISTORY_ALARM_FILE, ALARM_BYTES_MAX, &text, &missing);

	if (s == MS_NOT_FOUND)
		s = begin_alarm(&text);
	if (s == MS_OK)
		s = describe(why, verified, shown, &more);
	if (s == MS_OK && memmem(text.at, text.len, more.at, more.len) != NULL)
		s = MS_EXISTS;
	if (s == MS_INVALID || (s == MS_OK && text.len + more.len > ALARM_BYTES_MAX))
		s = MS_FULL;
	if (s == MS_OK)
		s = buf_add_span(&text, buf_span(&more));
	if (s == MS_OK)
		s = home_file_write(dir, HISTORY_ALARM_FILE, buf_span(&text), err);
	buf_fini(&text);
	buf_fini(&more);
	return s;
}

bool
history_has_alarm(const char *dir)
{
	char path[HOME_PATH_MAX];

	return home_path(dir, HISTORY_ALARM_FILE, path, NULL) == MS_OK && fs_exists(path);
}

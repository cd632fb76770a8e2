/* SPDX-License-Identifier: Apache-2.0 */
/* folder_place.c - places in the watched folder, and what is wrong with it. */
#include <stdio.h>
#include <string.h>

#include "agent/agent.h"
#include "base/clock.h"
#include "base/fs.h"
#include "base/hash.h"

/* What a program that crashed left behind does not keep a file for ever. */
static const int64_t open_us_max = INT64_C(86400) * 1000000;

/* What spreadsheet programs lay beside a file while they have it open: Excel and WPS, LibreOffice.
 */
static const char *const open_marks[][2] = { { "~$", "" }, { ".~", "" }, { ".~lock.", "#" } };

bool
folder_is_open(const agent *a, const char *name)
{
	char mark[FILE_NAME_MAX + 16], path[HOME_PATH_MAX];
	fs_info info;
	size_t i;

	for (i = 0; i < sizeof(open_marks) / sizeof(open_marks[0]); i++) {
		snprintf(mark, sizeof(mark), "%s%s%s", open_marks[i][0], name, open_marks[i][1]);
		if (home_path(a->folder, mark, path, NULL) == MS_OK &&
			fs_look(path, &info, NULL) == MS_OK &&
			clock_real_us() - info.changed_us < open_us_max)
			return true;
	}
	return false;
}

static ms_status
make_folder(agent *a, const char *place, size_t len, ms_error *err)
{
	char inner[FILE_MOVED_MAX + 1], path[HOME_PATH_MAX];
	ms_status s;

	snprintf(inner, sizeof(inner), "%.*s", (int)len, place);
	s = home_path(a->folder, inner, path, err);
	if (s == MS_OK)
		s = fs_make_dir(path, 0755, err);
	if (s == MS_DENIED)
		fs_name_owner_above(path, err);
	if (s != MS_OK || fs_is_trusted_dir(path))
		return s;
	ms_fail(err, MS_DENIED, MST_FOLDER_LINK,
		"%s is a link that somebody else made: nothing is written behind it", path);
	ms_error_remedy(err, "remove the link; the agent makes a folder in its place");
	return MS_DENIED;
}

ms_status
folder_make_for(agent *a, const char *place, ms_error *err)
{
	const char *slash;
	ms_status s = fs_make_dirs(a->folder, 0755, err);

	if (s == MS_DENIED)
		fs_name_owner(a->folder, err);
	if (s != MS_OK)
		ms_error_remedy(err, "see folder in agent.conf");
	for (slash = strchr(place, '/'); s == MS_OK && slash != NULL;
		slash = strchr(slash + 1, '/'))
		s = make_folder(a, place, (size_t)(slash - place), err);
	return s;
}

/* A folder in which something happens all the time is looked through all the same. */
void
folder_scan_in(agent *a, int64_t in_us)
{
	int64_t at_us = reactor_now(a->reactor) + in_us;

	if (a->scan_us != 0 && a->scan_us <= at_us)
		return;
	a->scan_us = at_us;
	reactor_set_timer(a->reactor, a->scan, a, at_us);
}

void
folder_trouble(agent *a, const ms_error *err)
{
	hash32 words = hash_of(span_str(err->text));
	bool is_new = err->status != MS_OK && !hash_equal(&words, &a->told_trouble);

	if (a->retells) {
		if (err->status == a->trouble.status && err->code == a->trouble.code)
			a->trouble = *err;
		return;
	}
	if (is_new)
		logger_error(&a->log, LOG_WARNING, err);
	if (is_new || err->status == MS_OK)
		a->trouble = *err;
	a->told_trouble = words;
	a->retells_next = is_new && !agent_is_english(a);
	if (err->status != MS_OK)
		folder_scan_in(a, a->retells_next ? 0 : FOLDER_RETRY_US);
}

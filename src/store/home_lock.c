/* SPDX-License-Identifier: Apache-2.0 */
/* home_lock.c - a daemon's directory: where things lie in it, whose it is, whether it is taken, and
 * by which clock it lives. */
#include "store/home.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/lang.h"
#include "base/text.h"

#define LOCK_NAME "lock"

enum { SETTINGS_MAX = 1 << 20 };

ms_status
home_path(const char *dir, const char *name, char *out, ms_error *err)
{
	int n = snprintf(out, HOME_PATH_MAX, "%s/%s", dir, name);

	if (n < 0 || n >= HOME_PATH_MAX)
		return ms_fail(
			err, MS_INVALID, MST_HOME_PATH, "%s/%s: the path is too long", dir, name);
	return MS_OK;
}

/* Is NAME in DIR? What may not be looked at is no answer. */
static ms_status
look_for(const char *dir, const char *name, bool *there, ms_error *err)
{
	char path[HOME_PATH_MAX];
	struct stat st;
	ms_status s = home_path(dir, name, path, err);

	*there = s == MS_OK && lstat(path, &st) == 0;
	if (s != MS_OK || *there || errno != EACCES)
		return s;
	s = fs_fail(err, errno, MST_FILE_OPEN, TR("look at"), path);
	ms_error_remedy(err, "run this as the user whose directory it is");
	return s;
}

ms_status
home_kind_of(const char *dir, store_kind *kind, ms_error *err)
{
	bool hub = false, agent = false;
	ms_status s = look_for(dir, HOME_HUB_CONF, &hub, err);

	if (s == MS_OK && !hub)
		s = look_for(dir, HOME_AGENT_CONF, &agent, err);
	if (s == MS_OK && !hub && !agent) {
		s = ms_fail(err, MS_NOT_FOUND, MST_HOME_MISSING,
			"%s is no directory of Muster, expected %s or %s in it", dir, HOME_HUB_CONF,
			HOME_AGENT_CONF);
		ms_error_remedy(err, "make one with `muster hub init` or, for an office, `muster "
				     "join`, or name another with --dir");
	}
	if (s == MS_OK)
		*kind = hub ? STORE_HUB : STORE_AGENT;
	return s;
}

ms_status
home_expect(const char *dir, store_kind kind, ms_error *err)
{
	store_kind found = kind;
	ms_status s = home_kind_of(dir, &found, err);

	if (s != MS_OK || found == kind)
		return s;
	return kind == STORE_HUB
		       ? ms_fail(err, MS_NOT_FOUND, MST_HOME_MISSING,
				 "%s is the directory of an office, expected that of a hub", dir)
		       : ms_fail(err, MS_NOT_FOUND, MST_HOME_MISSING,
				 "%s is the directory of a hub, expected that of an office", dir);
}

ms_status
home_open(const char *dir, store_kind kind, home *out, ms_error *err)
{
	char path[HOME_PATH_MAX];
	ms_status s = home_expect(dir, kind, err);

	*out = (home){ .kind = kind, .lock_fd = -1 };
	if (s == MS_OK)
		s = fs_refuse_network(dir, err);
	if (s == MS_OK)
		s = home_path(dir, LOCK_NAME, path, err);
	if (s != MS_OK)
		return s;
	snprintf(out->dir, sizeof(out->dir), "%s", dir);
	return fs_lock(path, &out->lock_fd, err);
}

void
home_close(home *h)
{
	if (h->lock_fd >= 0)
		close(h->lock_fd);
	h->lock_fd = -1;
}

bool
home_is_locked(const char *dir, long *pid)
{
	char path[HOME_PATH_MAX];

	*pid = 0;
	return home_path(dir, LOCK_NAME, path, NULL) == MS_OK && fs_is_locked(path, pid);
}

static bool
is_clock_line(span line)
{
	static const char name[] = "clock_start";
	size_t len = sizeof(name) - 1;

	line = text_trim(line);
	return line.len > len && memcmp(line.at, name, len) == 0 &&
	       (line.at[len] == ' ' || line.at[len] == '=' || line.at[len] == '\t');
}

static bool
has_clock_line(span text)
{
	while (text.len > 0) {
		const uint8_t *end = memchr(text.at, '\n', text.len);
		size_t len = end == NULL ? text.len : (size_t)(end - text.at) + 1;

		if (is_clock_line(span_of(text.at, len)))
			return true;
		text = span_of(text.at + len, text.len - len);
	}
	return false;
}

bool
home_is_simulated(const char *dir)
{
	char path[HOME_PATH_MAX];
	bool simulated = false;
	buf text = { 0 };
	store_kind kind;

	if (home_kind_of(dir, &kind, NULL) == MS_OK &&
		home_path(dir, kind == STORE_HUB ? HOME_HUB_CONF : HOME_AGENT_CONF, path, NULL) ==
			MS_OK)
		fs_read_regular(path, SETTINGS_MAX, &text, NULL);
	simulated = has_clock_line(buf_span(&text));
	buf_fini(&text);
	return simulated;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* home_lock.c - a daemon's directory: where things lie in it, whose it is, and whether it is taken.
 */
#include "store/home.h"

#include <stdio.h>
#include <unistd.h>

#include "base/fs.h"

#define LOCK_NAME "lock"

ms_status
home_path(const char *dir, const char *name, char *out, ms_error *err)
{
	int n = snprintf(out, HOME_PATH_MAX, "%s/%s", dir, name);

	if (n < 0 || n >= HOME_PATH_MAX)
		return ms_fail(
			err, MS_INVALID, MST_HOME_PATH, "%s/%s: the path is too long", dir, name);
	return MS_OK;
}

static const char *
kind_text(store_kind kind)
{
	return kind == STORE_HUB ? "hub" : "agent";
}

ms_status
home_kind_of(const char *dir, store_kind *kind, ms_error *err)
{
	char path[HOME_PATH_MAX];

	if (home_path(dir, HOME_HUB_CONF, path, err) != MS_OK)
		return MS_INVALID;
	if (fs_exists(path)) {
		*kind = STORE_HUB;
		return MS_OK;
	}
	if (home_path(dir, HOME_AGENT_CONF, path, err) == MS_OK && fs_exists(path)) {
		*kind = STORE_AGENT;
		return MS_OK;
	}
	ms_fail(err, MS_NOT_FOUND, MST_HOME_MISSING,
		"%s is no directory of Muster, expected %s or %s in it", dir, HOME_HUB_CONF,
		HOME_AGENT_CONF);
	ms_error_remedy(err, "make one with `muster hub init` or `muster hub enroll`, or name "
			     "another with --dir");
	return MS_NOT_FOUND;
}

ms_status
home_open(const char *dir, store_kind kind, home *out, ms_error *err)
{
	char path[HOME_PATH_MAX];
	store_kind found = kind;
	ms_status s = home_kind_of(dir, &found, err);

	*out = (home){ .kind = kind, .lock_fd = -1 };
	if (s == MS_OK && found != kind)
		s = ms_fail(err, MS_NOT_FOUND, MST_HOME_MISSING,
			"%s is the directory of a muster %s, expected that of a %s", dir,
			kind_text(found), kind_text(kind));
	if (s == MS_OK && fs_is_network(dir))
		s = ms_fail(err, MS_CONFIG, MST_DIR_NETWORK,
			"%s lies on a network file system, expected a local disk", dir);
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

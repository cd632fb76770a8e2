/* SPDX-License-Identifier: Apache-2.0 */
/*
 * folder.c - which files of the watched folder are ready to be taken.
 *
 * A file renamed into the folder is whole and is taken at once. One that is written there is ready
 * when nobody has it open for writing and it has been left alone for QUIET_US, so that a program
 * that saves in two steps is not cut in half. Where the system cannot tell who writes (a network
 * share, another user's file) it is waited for until its size and date stay the same. What inotify
 * does not tell (a network share, a full event queue) the regular scan finds.
 */
#include "agent/agent.h"

#include <errno.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fs.h"

enum { QUIET_US = 500000, SETTLE_US = 1000000, SETTLE_SHARE_US = 3000000, EVENTS_ROOM = 16 << 10 };

/* First the connection and the feed: writing a form takes its moment. */
enum { FORMS_AFTER_US = 1000000 };

/* ---- one file ---- */

typedef enum readiness {
	FILE_READY,
	FILE_TOO_FRESH,
	FILE_OPEN,
	FILE_LEFT,
	FILE_FOLDER, /* a clerk's */
	FILE_NOT_OURS
} readiness;

/* Is it being written, as far as can be told? */
static bool
is_moving(agent *a, const char *name, const char *path, const fs_info *info)
{
	int64_t now_us = reactor_now(a->reactor);
	bool on_share = fs_is_network(a->folder);
	fs_writers writers = fs_writers_of(path);

	if (writers == FS_WRITERS_NONE && !on_share)
		return false;
	return writers == FS_WRITERS_SOME ||
	       !settling_look(&a->settling, name, info->size, info->changed_us, now_us,
		       on_share ? SETTLE_SHARE_US : SETTLE_US);
}

/* Not one that the agent makes, or that a program hides. */
static bool
is_clerks_folder(const char *name, const char *path)
{
	static const char *const own[] = { "done", "rejected", "通知" };
	size_t i;

	for (i = 0; i < sizeof(own) / sizeof(own[0]); i++)
		if (strcmp(name, own[i]) == 0)
			return false;
	return name[0] != '.' && fs_is_dir(path);
}

static readiness
look_at(agent *a, const char *name)
{
	char path[HOME_PATH_MAX];
	fs_info info;
	int64_t age_us;

	if (home_path(a->folder, name, path, NULL) == MS_OK && is_clerks_folder(name, path))
		return FILE_FOLDER;
	if (strlen(name) > FILE_NAME_MAX ||
		(!intake_takes_name(name) && !intake_leaves_name(name)) ||
		home_path(a->folder, name, path, NULL) != MS_OK ||
		fs_look(path, &info, NULL) != MS_OK || !info.is_file ||
		forms_is_untouched(a, path, &info))
		return FILE_NOT_OURS;
	if (!intake_takes_name(name))
		return FILE_LEFT;
	if (folder_is_open(a, name))
		return FILE_OPEN;
	age_us = clock_real_us() - info.changed_us;
	/* A date in the future is no sign of being fresh for more than a moment. */
	if ((age_us >= 0 && age_us < QUIET_US) || is_moving(a, name, path, &info))
		return FILE_TOO_FRESH;
	return agent_is_learning(a) ? FILE_TOO_FRESH : FILE_READY;
}

/* The first failure goes to ERR; the file stays and is tried again. False: so it would be with
 * every other file. */
static bool
take(agent *a, const char *name, ms_error *err)
{
	ms_error failure = { 0 };
	ms_status s = take_file(a, name, &failure);

	if (s == MS_OK)
		return true;
	ms_error_remedy(&failure, "the file stays where it is and is tried again");
	if (err->status == MS_OK)
		*err = failure;
	return s != MS_FULL && s != MS_NO_SPACE && a->failure.status == MS_OK;
}

/* ---- the folder ---- */

static bool
make_folders(agent *a, ms_error *err)
{
	return folder_make_for(a, "done/", err) == MS_OK &&
	       folder_make_for(a, "rejected/", err) == MS_OK;
}

static void
watch(agent *a)
{
	if (a->watch < 0 && a->inotify_fd >= 0)
		a->watch = inotify_add_watch(a->inotify_fd, a->folder,
			IN_CLOSE_WRITE | IN_MOVED_TO | IN_DELETE | IN_DELETE_SELF | IN_MOVE_SELF |
				IN_ONLYDIR);
}

/* Take what is ready. *FRESH: some is not yet. False: nothing more can be taken now. */
static bool
take_all(agent *a, const fs_names *names, bool *fresh, ms_error *trouble)
{
	bool more = true;
	size_t i;

	a->open_files = 0;
	a->left_files = 0;
	a->left_folders = 0;
	for (i = 0; i < names->n && more; i++) {
		readiness r = look_at(a, names->list[i]);

		*fresh |= r == FILE_TOO_FRESH;
		a->open_files += r == FILE_OPEN;
		a->left_files += r == FILE_LEFT;
		a->left_folders += r == FILE_FOLDER;
		if (r == FILE_READY)
			more = take(a, names->list[i], trouble);
	}
	return more;
}

/* One file that cannot be taken keeps neither the others nor their answers nor the forms. */
static void
scan(void *ctx, int64_t now_us)
{
	agent *a = ctx;
	int64_t next_us = (int64_t)a->settings.rescan_s * 1000000;
	bool fresh = false, with_forms;
	ms_error trouble = { 0 };
	fs_names names = { 0 };

	a->retells = a->retells_next;
	a->retells_next = false;
	if (a->retells)
		agent_speak(a, a->settings.language);
	with_forms = now_us >= a->forms_from_us && !a->retells;
	if (make_folders(a, &trouble))
		watch(a);
	if (trouble.status == MS_OK && fs_list(a->folder, &names, &trouble) == MS_OK) {
		if (a->unanswered)
			take_recover(a, &trouble);
		if (take_all(a, &names, &fresh, &trouble) && with_forms)
			forms_keep(a, &trouble);
	}
	fs_list_fini(&names);
	notice_write_due(a, &trouble);
	remind(a, &trouble);
	folder_trouble(a, &trouble);
	agent_speak(a, NULL);
	a->retells = false;
	if (!with_forms && next_us > FORMS_AFTER_US)
		next_us = FORMS_AFTER_US;
	if (trouble.status != MS_OK && next_us > FOLDER_RETRY_US)
		next_us = FOLDER_RETRY_US;
	if (fresh && next_us > QUIET_US)
		next_us = QUIET_US;
	if (a->retells_next)
		next_us = 0;
	a->scan_us = now_us + next_us;
	reactor_set_timer(a->reactor, scan, a, a->scan_us);
}

/* ---- being told ---- */

static void
take_event(agent *a, const struct inotify_event *e)
{
	ms_error trouble = { 0 };

	if ((e->mask & (IN_DELETE_SELF | IN_MOVE_SELF | IN_IGNORED)) != 0) {
		if ((e->mask & IN_MOVE_SELF) != 0)
			inotify_rm_watch(a->inotify_fd, e->wd);
		a->watch = -1;
		folder_scan_in(a, QUIET_US);
	} else if ((e->mask & IN_MOVED_TO) != 0 && look_at(a, e->name) == FILE_READY) {
		take(a, e->name, &trouble);
		folder_scan_in(a, QUIET_US);
	} else {
		folder_scan_in(a, QUIET_US);
	}
}

static void
events_ready(void *ctx, int64_t now_us)
{
	agent *a = ctx;
	_Alignas(struct inotify_event) char room[EVENTS_ROOM];
	ssize_t n = read(a->inotify_fd, room, sizeof(room));
	const char *at = room;

	(void)now_us;
	while (n >= (ssize_t)sizeof(struct inotify_event)) {
		const struct inotify_event *e = (const void *)at;
		ssize_t size = (ssize_t)(sizeof(*e) + e->len);

		if ((e->mask & IN_Q_OVERFLOW) != 0)
			folder_scan_in(a, 0);
		else if (a->failure.status == MS_OK)
			take_event(a, e);
		at += size;
		n -= size;
	}
}

ms_status
folder_open(agent *a, ms_error *err)
{
	ms_status s = MS_OK;

	if (a->settings.folder[0] == '/')
		memcpy(a->folder, a->settings.folder, sizeof(a->folder));
	else
		s = home_path(a->dir, a->settings.folder, a->folder, err);
	if (s != MS_OK)
		return s;
	a->scan = scan;
	a->forms_from_us = reactor_now(a->reactor) + FORMS_AFTER_US;
	a->inotify_fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (a->inotify_fd >= 0)
		s = reactor_add_fd(a->reactor, a->inotify_fd, events_ready, a);
	else
		logger_say(&a->log, LOG_WARNING,
			"no notice of changes in %s (%s): it is looked through every %u s",
			a->folder,
			errno == EMFILE ? "too many watchers on this machine" : "inotify",
			a->settings.rescan_s);
	return s;
}

void
folder_close(agent *a)
{
	if (a->inotify_fd < 0)
		return;
	reactor_remove_fd(a->reactor, a->inotify_fd);
	close(a->inotify_fd);
}

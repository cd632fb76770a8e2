/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_backup.c - `muster backup`: a copy of a hub's directory, running or not, from which the hub
 * can be put back on another machine.
 *
 * It is a process of its own beside the hub, as LMDB wants it. The keys of hub and signer are in
 * the copy, because without them no office would know the hub again; so it is as secret as the
 * original. What the signer signed last is not: it must never be put back, a checkpoint stands in
 * its place. The administrator's key is not either: it has no business on this machine.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fs.h"
#include "base/lang.h"
#include "base/random.h"
#include "cli/ask.h"
#include "cli/command.h"
#include "cli/hub_dir.h"
#include "cli/verify_dir.h"
#include "store/hub_move.h"
#include "store/signer_home.h"

#define MADE ".new"

enum { FILE_MAX = 4 << 20 };

typedef struct backup {
	const char *dir, *out;
	char made[HOME_PATH_MAX]; /* beside OUT until all is there */
	checkpoint last;
	bool json;
} backup;

typedef struct backup_file {
	const char *dir, *name; /* DIR: below the hub's; NULL: itself */
	bool secret, optional;
} backup_file;

static const backup_file files[] = {
	{ NULL, HOME_HUB_CONF, false, false },
	{ NULL, HOME_PLAN, false, false },
	{ NULL, HOME_HUB_KEY, true, false },
	{ HOME_SIGNER, SIGNER_KEY, true, false },
	{ HOME_SIGNER, SIGNER_ORDERS, false, true },
};

static ms_status
join(const char *base, const char *dir, const char *name, char out[HOME_PATH_MAX], ms_error *err)
{
	char below[HOME_PATH_MAX];
	ms_status s;

	if (dir == NULL)
		return home_path(base, name, out, err);
	s = home_path(base, dir, below, err);
	return s == MS_OK ? home_path(below, name, out, err) : s;
}

static ms_status
copy_file(const backup *b, const backup_file *f, ms_error *err)
{
	char from[HOME_PATH_MAX], to[HOME_PATH_MAX];
	buf bytes = { 0 };
	ms_status s = join(b->dir, f->dir, f->name, from, err);

	if (s == MS_OK)
		s = join(b->made, f->dir, f->name, to, err);
	if (s == MS_OK && f->optional && !fs_exists(from))
		return MS_OK;
	if (s == MS_OK)
		s = f->secret ? fs_read_secret(from, FILE_MAX, &bytes, err)
			      : fs_read(from, FILE_MAX, &bytes, err);
	if (s == MS_OK)
		s = f->secret ? fs_write_secret(to, buf_span(&bytes), err)
			      : fs_write_atomic(to, 0644, buf_span(&bytes), err);
	if (f->secret && bytes.at != NULL)
		secret_wipe(bytes.at, bytes.room);
	buf_fini(&bytes);
	return s;
}

/* Before the store is copied, so that the copy has at least these leaves. */
static ms_status
keep_checkpoint(backup *b, ms_error *err)
{
	char dir[HOME_PATH_MAX];
	hub_settings settings;
	uint32_t generation;
	buf note = { 0 };
	log_key key;
	ms_status s = hub_settings_read(b->dir, &settings, err);

	if (s == MS_OK)
		s = log_key_parse(span_str(settings.log_key), &key, err);
	if (s == MS_OK)
		s = home_path(b->dir, HOME_SIGNER, dir, err);
	if (s == MS_OK)
		s = signer_home_look(dir, &key, &b->last, &generation, &note, err);
	if (s == MS_OK && note.len == 0) {
		s = ms_fail(err, MS_NOT_FOUND, MST_RESTORE_NOTHING,
			"the hub in %s has signed nothing yet: there is nothing to keep", b->dir);
		ms_error_remedy(err, "start it once");
	}
	if (s == MS_OK)
		s = home_file_write(b->made, HOME_CHECKPOINT, buf_span(&note), err);
	buf_fini(&note);
	return s;
}

static ms_status
copy_store(const backup *b, ms_error *err)
{
	store_options options = { .kind = STORE_HUB, .read_only = true };
	char from[HOME_PATH_MAX], to[HOME_PATH_MAX];
	store *db = NULL;
	ms_status s = home_path(b->dir, HOME_DATA, from, err);

	if (s == MS_OK)
		s = home_path(b->made, HOME_DATA, to, err);
	if (s == MS_OK)
		s = store_open(from, &options, &db, err);
	if (s == MS_OK)
		s = store_copy(db, to, err);
	store_close(db);
	return s;
}

/* Of the places to which the hub has moved: after the store, which may name one made meanwhile. */
static ms_status
copy_curve_keys(const backup *b, ms_error *err)
{
	fs_names names = { 0 };
	ms_status s = fs_list(b->dir, &names, err);
	size_t i;

	for (i = 0; i < names.n && s == MS_OK; i++) {
		backup_file f = { .name = names.list[i], .secret = true };

		if (hub_curve_is_key(f.name))
			s = copy_file(b, &f, err);
	}
	fs_list_fini(&names);
	return s;
}

static ms_status
copy_all(backup *b, ms_error *err)
{
	char signer[HOME_PATH_MAX];
	ms_status s = fs_make_dir(b->made, 0700, err);
	size_t i;

	if (s == MS_OK)
		s = home_path(b->made, HOME_SIGNER, signer, err);
	if (s == MS_OK)
		s = fs_make_dir(signer, 0700, err);
	for (i = 0; i < sizeof(files) / sizeof(files[0]) && s == MS_OK; i++)
		s = copy_file(b, &files[i], err);
	if (s == MS_OK)
		s = keep_checkpoint(b, err);
	if (s == MS_OK)
		s = copy_store(b, err);
	if (s == MS_OK)
		s = copy_curve_keys(b, err);
	if (s == MS_OK)
		s = fs_sync_dir(b->made, err);
	return s;
}

/* Half a copy is of no use, and has the hub's keys in it. */
static ms_status
copy_whole(backup *b, ms_error *err)
{
	ms_status s = copy_all(b, err);

	if (s != MS_OK)
		fs_remove_tree(b->made, NULL);
	return s;
}

static ms_status
begin(backup *b, ms_error *err)
{
	store_kind kind = STORE_HUB;
	int n = snprintf(b->made, sizeof(b->made), "%s" MADE, b->out);
	ms_status s = home_kind_of(b->dir, &kind, err);

	if (s == MS_OK && kind != STORE_HUB)
		s = ms_fail(err, MS_NOT_FOUND, MST_HOME_MISSING,
			"%s is no hub's directory: an office is safe in the hub's log, enrol it "
			"anew when it is lost",
			b->dir);
	if (s == MS_OK && (n < 0 || n >= HOME_PATH_MAX))
		s = ms_fail(err, MS_INVALID, MST_HOME_PATH, "%s: the path is too long", b->out);
	if (s == MS_OK && fs_exists(b->out))
		s = ms_fail(err, MS_EXISTS, MST_FILE_EXISTS,
			"%s is there already: a backup takes the place of nothing", b->out);
	if (s == MS_OK) /* the copy is opened to be verified */
		s = fs_refuse_network(b->out, err);
	return s == MS_OK && fs_exists(b->made) ? fs_remove_tree(b->made, err) : s;
}

static void
print_json(const backup *b)
{
	json_t *out = json_object();

	json_set_text(out, "dir", b->out);
	json_set_number(out, "size", (int64_t)b->last.size);
	ask_print_object("muster/backup/1", out);
}

static void
print_backup(const backup *b)
{
	if (b->json)
		print_json(b);
	else
		printf(tr("%s is a verified copy with at least %llu signed leaves. It holds the "
			  "hub's "
			  "keys: keep it as safe as the hub.\n"),
			b->out, (unsigned long long)b->last.size);
}

int
cmd_backup(int argc, char **argv)
{
	backup b = { 0 };
	const cli_option options[] = { { "--dir", NULL, &b.dir }, { "--out", NULL, &b.out },
		{ "--json", &b.json, NULL } };
	verify_ask ask = { .dir = b.made, .place = b.made, .quiet = true };
	ms_error err = { 0 };
	ms_status s = cli_args(argc, argv, CLI_OPTIONS(options), NULL, 0, 0, NULL, &err);
	int bad = 0;

	if (s == MS_OK && (b.dir == NULL || b.out == NULL))
		s = ms_fail(&err, MS_USAGE, MST_CLI_WORDS,
			"--dir (of the hub) and --out (a new directory) are needed");
	if (s == MS_OK)
		s = begin(&b, &err);
	if (s == MS_OK)
		s = copy_whole(&b, &err);
	if (s == MS_OK)
		bad = verify_dir(&ask);
	if (s == MS_OK && bad == 0)
		s = fs_move(b.made, b.out, &err);
	if (s != MS_OK)
		return cli_fail(&err);
	if (bad != 0) {
		fprintf(stderr,
			bad == 1 ? tr("muster: the copy in %s is not good: keep older backups\n")
				 : tr("muster: the copy in %s could not be verified: mend that and "
				      "back up again\n"),
			b.made);
		return bad;
	}
	print_backup(&b);
	return cli_end(0);
}

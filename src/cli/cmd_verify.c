/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_verify.c - `muster verify`: the whole log held against itself, against what its signer signed
 * last, and against a checkpoint that somebody kept.
 *
 * What is signed is read before the log, which may grow meanwhile.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/lang.h"
#include "cli/ask.h"
#include "cli/child.h"
#include "cli/command.h"
#include "cli/hub_dir.h"
#include "cli/kept_checkpoint.h"
#include "cli/verify_dir.h"
#include "store/rebuild.h"
#include "store/signer_home.h"
#include "store/verify.h"

enum { SIGNER, GIVEN, CHECKPOINTS };

static void
print_json(const verify_result *r, const char *root)
{
	json_t *out = json_object();

	json_set_bool(out, "ok", r->good);
	json_set_number(out, "size", (int64_t)r->size);
	json_set_text(out, "root", root);
	json_set(out, "first_bad", r->good ? json_null() : json_integer((json_int_t)r->first_bad));
	json_set_text(out, "reason", r->good ? NULL : r->what);
	json_set_number(out, "names_lost", (int64_t)r->names_lost);
	ask_print_object("muster/verify/1", out);
}

static void
print_verify(const verify_ask *ask, const verify_result *r)
{
	const char *remedy = r->remedy != NULL ? r->remedy
					       : TR("stop the hub and restore its directory from a "
						    "backup");
	char hex[2 * HASH_SIZE + 1];

	hash_hex(&r->root, hex);
	if (ask->json)
		print_json(r, hex);
	else if (r->good && !ask->quiet)
		printf(tr("ok: %llu leaves, %llu acts, root %s\n"), (unsigned long long)r->size,
			(unsigned long long)r->acts, hex);
	if (!r->good)
		fprintf(stderr, tr("muster: leaf %llu: %s (%s) [MST-5010]\n"),
			(unsigned long long)r->first_bad, r->what, tr(remedy));
}

/* What the signer of the directory signed last; in a backup, the checkpoint that was put there. */
static ms_status
read_signer(const verify_ask *ask, const log_key *key, signed_point *out, ms_error *err)
{
	char dir[HOME_PATH_MAX], kept[HOME_PATH_MAX];
	buf note = { 0 };
	ms_status s = home_path(ask->dir, HOME_SIGNER, dir, err);

	if (s == MS_OK)
		s = home_path(ask->dir, HOME_CHECKPOINT, kept, err);
	if (s == MS_OK)
		s = signer_home_look(dir, key, &out->c, &out->generation, &note, err);
	buf_fini(&note);
	if (s != MS_NOT_FOUND || !fs_exists(kept))
		return s;
	*err = (ms_error){ 0 };
	return kept_checkpoint_read(kept, key, &out->c, &out->generation, err);
}

static ms_status
read_signed(
	const verify_ask *ask, const hub_dir *hub, signed_point list[CHECKPOINTS], ms_error *err)
{
	log_key key;
	ms_status s = log_key_parse(
		span_str(ask->key == NULL ? hub->settings.log_key : ask->key), &key, err);

	if (s == MS_OK && ask->key != NULL && strcmp(ask->key, hub->settings.log_key) != 0) {
		s = ms_fail(err, MS_DENIED, MST_PROOF,
			"the log in %s is signed with another key than the one given: %s", ask->dir,
			hub->settings.log_key);
		ms_error_remedy(err, "another hub's directory, or one that somebody made anew");
	}
	if (s == MS_OK)
		s = read_signer(ask, &key, &list[SIGNER], err);
	return s == MS_OK && ask->note != NULL
		       ? kept_checkpoint_read(
				 ask->note, &key, &list[GIVEN].c, &list[GIVEN].generation, err)
		       : s;
}

/* A damaged file may send its reader in circles: a second and a half per MiB is more than any good
 * one takes. */
static void
limit_itself(const char *dir)
{
	char path[HOME_PATH_MAX], data[HOME_PATH_MAX];
	struct rlimit cpu, core = { 0, 0 };
	fs_info info = { 0 };
	ms_error ignored = { 0 };

	setrlimit(RLIMIT_CORE, &core);
	if (home_path(dir, HOME_DATA, path, &ignored) != MS_OK ||
		home_path(path, "data.mdb", data, &ignored) != MS_OK ||
		fs_look(data, &info, &ignored) != MS_OK)
		return;
	cpu.rlim_cur = 60 + 3 * (info.size >> 21);
	cpu.rlim_max = cpu.rlim_cur + 10; /* the first is told by SIGXCPU, the second only kills */
	setrlimit(RLIMIT_CPU, &cpu);
}

/* Everything beside the log made anew, in a store that goes afterwards. */
static ms_status
rebuild(const verify_ask *ask, store *db, verify_result *result, ms_error *err)
{
	store_options options = { .kind = STORE_HUB, .create = true };
	char path[HOME_PATH_MAX];
	store *empty = NULL;
	ms_status s = home_path(ask->scratch, "anew", path, err);

	if (s == MS_OK)
		s = store_open(path, &options, &empty, err);
	if (s == MS_OK)
		s = rebuild_compare(db, empty, result, err);
	store_close(empty);
	return s;
}

static int
verify_work(void *ctx)
{
	signed_point was_signed[CHECKPOINTS] = { 0 };
	verify_ask *ask = ctx;
	verify_result result;
	ms_error err = { 0 };
	hub_dir hub;
	ms_status s;

	limit_itself(ask->dir);
	s = hub_dir_read(ask->dir, &hub, &err);
	if (s != MS_OK)
		return cli_fail(&err);
	s = read_signed(ask, &hub, was_signed, &err);
	if (s == MS_OK)
		s = verify_log(
			hub.store, was_signed, CHECKPOINTS, &hub.settings.admin_key, &result, &err);
	if (s == MS_OK && result.good)
		s = rebuild(ask, hub.store, &result, &err);
	hub_dir_close(&hub);
	if (s != MS_OK)
		return cli_fail(&err);
	print_verify(ask, &result);
	return cli_end(result.good ? 0 : 1);
}

int
verify_dir(verify_ask *ask)
{
	const char *place = ask->place == NULL ? getenv("TMPDIR") : ask->place;
	ms_error err = { 0 };
	ms_status s;
	int code;

	if (place == NULL || place[0] == '\0')
		place = "/tmp";
	s = home_path(place, "muster-verify-XXXXXX", ask->scratch, &err);
	if (s == MS_OK && mkdtemp(ask->scratch) == NULL)
		s = fs_fail(&err, errno, MST_FILE_WRITE, TR("make"), ask->scratch);
	if (s != MS_OK) {
		ms_error_remedy(&err, "set TMPDIR to a directory of yours with as much room as the "
				      "hub's data");
		return cli_fail(&err);
	}
	code = in_child(verify_work, ask);
	fs_remove_tree(ask->scratch, NULL);
	return code;
}

int
cmd_verify(int argc, char **argv)
{
	verify_ask ask = { 0 };
	const cli_option options[] = { { "--dir", NULL, &ask.dir }, { "--key", NULL, &ask.key },
		{ "--checkpoint", NULL, &ask.note }, { "--json", &ask.json, NULL } };
	ms_error err = { 0 };
	ms_status s = cli_args(argc, argv, CLI_OPTIONS(options), NULL, 0, 0, NULL, &err);

	if (s == MS_OK && ask.dir == NULL)
		s = ms_fail(&err, MS_USAGE, MST_CLI_WORDS, "--dir is needed");
	return s == MS_OK ? verify_dir(&ask) : cli_fail(&err);
}

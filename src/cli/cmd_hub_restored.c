/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_hub_restored.c - `muster hub restored`: the administrator lets the log of a stopped hub go on
 * from a backup, as a new generation.
 *
 * The leaf that says so is committed first, the signer gets the order after it: whoever is
 * interrupted between runs the command again.
 */
#include <stdio.h>
#include <string.h>

#include "base/lang.h"
#include "cli/ask.h"
#include "cli/command.h"
#include "cli/hub_dir.h"
#include "cli/kept_checkpoint.h"
#include "store/admin_key.h"
#include "store/restored.h"
#include "store/signer_home.h"
#include "store/verify.h"

/* What is known of the history that was lost. */
typedef struct lost_end {
	checkpoint last;
	uint32_t generation;
	bool forgotten; /* the signer does not know it any more */
} lost_end;

typedef struct restoring {
	const char *dir, *note;
	char signer[HOME_PATH_MAX];
	sign_key admin;
	hub_dir hub;
	log_state log;
	restore_order before; /* the newest order known */
	lost_end lost;
	restore_order order;
} restoring;

/* ---- what was lost ---- */

static void
take_newer(lost_end *end, const checkpoint *c, uint32_t generation)
{
	if (generation < end->generation ||
		(generation == end->generation && c->size <= end->last.size))
		return;
	end->last = *c;
	end->generation = generation;
}

/* A checkpoint that somebody kept. */
static ms_status
read_given(restoring *r, const log_key *key, ms_error *err)
{
	checkpoint c;
	uint32_t generation = 0;
	ms_status s = kept_checkpoint_read(r->note, key, &c, &generation, err);

	if (s == MS_OK)
		take_newer(&r->lost, &c, generation);
	return s;
}

static ms_status
read_lost(restoring *r, ms_error *err)
{
	buf note = { 0 };
	log_key key;
	ms_status s = log_key_parse(span_str(r->hub.settings.log_key), &key, err);

	if (s == MS_OK)
		s = home_path(r->dir, HOME_SIGNER, r->signer, err);
	if (s == MS_OK)
		s = signer_home_look(
			r->signer, &key, &r->lost.last, &r->lost.generation, &note, err);
	buf_fini(&note);
	if (s == MS_NOT_FOUND && err->code == MST_RESTORE_NEEDED) {
		r->lost = (lost_end){ .generation = 1, .forgotten = true };
		*err = (ms_error){ 0 };
		s = MS_OK;
	}
	if (s == MS_OK && r->note != NULL)
		s = read_given(r, &key, err);
	if (s == MS_OK && r->lost.forgotten && r->note == NULL) {
		s = ms_fail(err, MS_USAGE, MST_RESTORE_ORDER,
			"the signer's directory is lost too: nobody here knows how long the log "
			"was");
		ms_error_remedy(err,
			"name the newest checkpoint that is known with --checkpoint FILE: the file "
			"of an office's newest receipt (muster receipt -o), or, when there is "
			"none, "
			"the backup's own");
	}
	return s;
}

static ms_status
read_before(restoring *r, ms_error *err)
{
	restore_order stored;
	store_txn txn;
	ms_status s = signer_home_orders(r->signer, &r->before, err);

	store_begin(r->hub.store, &txn, STORE_READ);
	log_state_load(&txn, &r->log);
	restored_load(&txn, &r->log, &stored);
	if (s == MS_OK)
		s = store_status(&txn, err);
	store_abort(&txn);
	if (s == MS_OK && stored.generation > r->before.generation)
		r->before = stored;
	return s;
}

/* ---- the order ---- */

/* Does the log go on from what was signed last? Then nothing was restored. */
static ms_status
refuse_whole(restoring *r, ms_error *err)
{
	uint32_t generation = r->log.generation == 0 ? 1 : r->log.generation;
	signed_point points[1] = { { r->lost.last, r->lost.generation } };
	verify_result result;
	ms_status s;

	if (generation > 1 && r->before.generation == generation &&
		r->lost.generation < generation && r->log.restore_leaf + 1 == r->log.tree.size)
		return ms_fail(err, MS_EXISTS, MST_RESTORE_NOTHING,
			"generation %u of the log is opened already: start the hub", generation);
	if (r->lost.forgotten || r->lost.generation > generation ||
		r->lost.last.size > r->log.tree.size)
		return MS_OK;
	s = verify_log(r->hub.store, points, 1, &r->admin.public_key, &result, err);
	if (s == MS_OK && result.good)
		s = ms_fail(err, MS_EXISTS, MST_RESTORE_NOTHING,
			"the log has all %llu leaves that were signed: nothing was restored, "
			"start the hub",
			(unsigned long long)r->lost.last.size);
	else if (s == MS_OK)
		s = ms_fail(err, MS_CORRUPT, MST_STORE_CORRUPT,
			"leaf %llu: %s: this is no shorter log but another one",
			(unsigned long long)result.first_bad, result.what);
	return s;
}

static ms_status
make_order(restoring *r, ms_error *err)
{
	restore_order *o = &r->order;
	checkpoint kept = { .size = r->log.tree.size, .root = tree_frontier_root(&r->log.tree) };
	uint32_t newest = r->lost.generation, i;

	if (r->before.generation > newest)
		newest = r->before.generation;
	if (newest >= GENERATIONS_MAX)
		return ms_fail(err, MS_INVALID, MST_RESTORE_ORDER,
			"the log was restored %d times, more is not possible", GENERATIONS_MAX - 1);
	*o = (restore_order){
		.hub = r->hub.settings.id, .generation = newest + 1, .restored = kept
	};
	memcpy(o->origin, r->hub.settings.origin, sizeof(o->origin));
	memcpy(o->lost, r->before.lost, sizeof(o->lost));
	o->lost[r->lost.generation - 1] = (lost_history){ .kept = kept.size, .last = r->lost.last };
	for (i = 0; i < newest; i++)
		if (o->lost[i].kept > kept.size)
			o->lost[i].kept = kept.size;
	return MS_OK;
}

static ms_status
append(restoring *r, ms_error *err)
{
	store_txn txn;
	ms_status s;

	store_begin(r->hub.store, &txn, STORE_WRITE);
	s = restored_append(&txn, &r->log, &r->hub.keys, &r->order, &r->admin,
		hub_dir_now(&r->hub, &r->log), err);
	if (s != MS_OK) {
		store_abort(&txn);
		return s;
	}
	log_state_save(&txn, &r->log);
	return store_commit(&txn, err);
}

/* The order as it stands in the log. */
static ms_status
tell_signer(restoring *r, ms_error *err)
{
	arena memory = { 0 };
	hub_restore row;
	store_txn txn;
	signature sig;
	ms_status s;

	store_begin(r->hub.store, &txn, STORE_READ);
	if (restored_read(&txn, &r->log, &memory, &row) && row.signature.len == SIGNATURE_SIZE) {
		memcpy(sig.at, row.signature.at, SIGNATURE_SIZE);
		s = signer_home_order(r->signer, row.order, &sig, err);
	} else {
		s = store_status(&txn, err);
	}
	store_abort(&txn);
	arena_fini(&memory);
	return s;
}

/* Interrupted between leaf and order? */
static ms_status
is_half_done(restoring *r, bool *half, ms_error *err)
{
	restore_order told;
	ms_status s = signer_home_orders(r->signer, &told, err);

	*half = s == MS_OK && r->log.generation > told.generation &&
		r->log.restore_leaf + 1 == r->log.tree.size;
	if (*half)
		r->order = r->before;
	return s;
}

static ms_status
restore(restoring *r, ms_error *err)
{
	bool half = false;
	ms_status s = read_lost(r, err);

	if (s == MS_OK)
		s = read_before(r, err);
	if (s == MS_OK)
		s = is_half_done(r, &half, err);
	if (s == MS_OK && !half)
		s = refuse_whole(r, err);
	if (s == MS_OK && !half)
		s = make_order(r, err);
	if (s == MS_OK && !half)
		s = append(r, err);
	return s == MS_OK ? tell_signer(r, err) : s;
}

static void
print_restored(const restoring *r, bool json)
{
	const restore_order *o = &r->order;
	uint64_t last = o->lost[o->generation - 2].last.size;

	if (json) {
		ask_print_object("muster/restored/1",
			json_pack("{s:I,s:I,s:I}", "generation", (json_int_t)o->generation,
				"restored", (json_int_t)o->restored.size, "lost",
				(json_int_t)last));
		return;
	}
	printf(tr("Generation %u of the log begins behind its %llu leaves; of the one before, %llu "
		  "were signed.\n"
		  "Start the hub: offices send again what it lost, as long as they keep it "
		  "(keep_days).\n"
		  "Do again what was done at the hub since the backup: enrolments, revocations "
		  "and changes of the plan.\n"),
		o->generation, (unsigned long long)o->restored.size, (unsigned long long)last);
}

int
cmd_hub_restored(int argc, char **argv)
{
	restoring r = { .hub.home.lock_fd = -1 };
	const char *key = NULL;
	bool json = false;
	const cli_option options[] = { { "--dir", NULL, &r.dir }, { "--admin-key", NULL, &key },
		{ "--checkpoint", NULL, &r.note }, { "--json", &json, NULL } };
	ms_error err = { 0 };
	ms_status s = cli_args(argc, argv, CLI_OPTIONS(options), NULL, 0, 0, NULL, &err);

	if (s == MS_OK && (r.dir == NULL || key == NULL))
		s = ms_fail(&err, MS_USAGE, MST_CLI_WORDS, "--dir and --admin-key are needed");
	if (s == MS_OK)
		s = hub_dir_open(r.dir, &r.hub, &err);
	if (s == MS_OK)
		s = admin_key_read(key, &r.admin, &err);
	if (s == MS_OK && memcmp(&r.admin.public_key, &r.hub.settings.admin_key,
				  sizeof(r.admin.public_key)) != 0)
		s = ms_fail(&err, MS_DENIED, MST_RESTORE_ORDER,
			"%s is not the key of this hub's administrator (%s/%s, admin_key)", key,
			r.dir, HOME_HUB_CONF);
	if (s == MS_OK)
		s = restore(&r, &err);
	if (s == MS_OK) {
		home_serving_end(r.dir);
		print_restored(&r, json);
	}
	sign_key_fini(&r.admin);
	hub_dir_close(&r.hub);
	return s == MS_OK ? cli_end(0) : cli_fail(&err);
}

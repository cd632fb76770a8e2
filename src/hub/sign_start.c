/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sign_start.c - before the hub serves: the log must go on from what was signed last, and all of it
 * is signed.
 */
#include "base/fs.h"
#include "base/lang.h"
#include "hub/hub.h"
#include "proof/growth.h"
#include "store/log.h"
#include "store/signer_home.h"

/* Before something is said of a signer that is silent, and before the hub gives up. */
enum { TOLD_S = 5, WAIT_S = 20 };

static void
need_order(const hub_base *base, ms_error *err)
{
	ms_error_remedy(err,
		"put the newer data back, or, when they are lost, let the log go on from here: "
		"muster hub restored --dir %s --admin-key FILE",
		base->dir);
}

ms_status
hub_await_signer(hub_base *base, ms_error *err)
{
	if (signer_link_answers(&base->signer, TOLD_S * 1000))
		return MS_OK;
	logger_say(&base->log, LOG_WARNING,
		"nothing has come back for %d s from the process that signs checkpoints: the hub "
		"waits for it [MST-%04d]",
		TOLD_S, MST_HUB_STALLED);
	if (signer_link_answers(&base->signer, (WAIT_S - TOLD_S) * 1000))
		return MS_OK;
	ms_fail(err, MS_STORAGE, MST_HUB_STALLED,
		"nothing has come back for %d s from the process that signs checkpoints", WAIT_S);
	ms_error_remedy(err,
		"does the disk below %s/%s answer? Started again, the hub starts it "
		"anew",
		base->dir, HOME_SIGNER);
	return MS_STORAGE;
}

static ms_status
refuse_lost(const hub_base *base, ms_error *err)
{
	char signer[HOME_PATH_MAX];
	ms_status s = home_path(base->dir, HOME_SIGNER, signer, err);

	if (s != MS_OK || fs_is_dir(signer))
		return s;
	ms_fail(err, MS_NOT_FOUND, MST_HOME_KEY,
		"%s, where the key is that signs the log's checkpoints, is lost", signer);
	ms_error_remedy(err,
		"put that of the newest backup in its place, and let the log go on: muster hub "
		"restored --dir %s --admin-key FILE --checkpoint FILE",
		base->dir);
	return MS_NOT_FOUND;
}

/* The signer says which file, and no more. */
static void
name_denied(const hub_base *base, ms_error *err)
{
	static const char *const names[] = { SIGNER_KEY, SIGNER_SIGNED, SIGNER_LOCK };
	char signer[HOME_PATH_MAX];

	if (home_path(base->dir, HOME_SIGNER, signer, NULL) == MS_OK)
		fs_name_owner_in(signer, names, sizeof(names) / sizeof(names[0]), err);
}

ms_status
hub_start_signer(hub_base *base, ms_error *err)
{
	uint32_t generation = 0;
	ms_status s = log_key_parse(span_str(base->settings.log_key), &base->log_key, err);

	if (s == MS_OK)
		s = refuse_lost(base, err);
	if (s == MS_OK)
		s = signer_link_start(base->dir, &base->signer, err);
	if (s == MS_OK)
		s = hub_await_signer(base, err);
	if (s == MS_OK)
		s = signer_link_greeting(&base->signer, &base->log_key, &generation,
			&base->signed_last, &base->note, err);
	if (s == MS_NOT_FOUND && err->code == MST_RESTORE_NEEDED)
		need_order(base, err);
	if (s == MS_DENIED)
		name_denied(base, err);
	if (s != MS_OK)
		return s;
	if (generation != base->order.generation) {
		ms_fail(err, MS_CORRUPT, MST_RESTORE_GENERATION,
			"the log is of generation %u, but generation %u is the newest that was "
			"signed: %s",
			base->order.generation, generation,
			generation > base->order.generation
				? tr("it was restored from an older copy")
				: tr("the signer does not have the administrator's order"));
		need_order(base, err);
		return MS_CORRUPT;
	}
	if (base->note.len == 0 && generation > 1)
		base->signed_last = base->order.restored;
	return MS_OK;
}

/* A log that is shorter than what was signed was restored or cut; one with another root was
 * altered. */
static ms_status
check_history(
	const hub_base *base, tree_nodes *nodes, uint64_t size, tree_frontier *at, ms_error *err)
{
	const checkpoint *last = &base->signed_last;
	hash32 root;
	ms_status s;

	if (last->size > size) {
		ms_fail(err, MS_CORRUPT, MST_PROOF_HISTORY,
			"the log has %llu leaves, but %llu were signed: it was cut, or restored "
			"from an older copy",
			(unsigned long long)size, (unsigned long long)last->size);
		need_order(base, err);
		return MS_CORRUPT;
	}
	s = tree_frontier_at(nodes, last->size, at, err);
	root = tree_frontier_root(at);
	if (s == MS_OK && last->size > 0 && !hash_equal(&root, &last->root)) {
		s = ms_fail(err, MS_CORRUPT, MST_PROOF_HISTORY,
			"the first %llu leaves of the log are not those that were signed",
			(unsigned long long)last->size);
		ms_error_remedy(
			err, "see which leaf is wrong with: muster verify --dir %s", base->dir);
	}
	return s;
}

/* From AT to TO. */
static ms_status
sign_to(hub_base *base, tree_nodes *nodes, uint64_t to, tree_frontier *at, ms_error *err)
{
	buf growth = { 0 };
	ms_status s = growth_write(at, nodes, to, &growth, err);

	if (s == MS_OK)
		s = tree_frontier_at(nodes, to, at, err);
	if (s == MS_OK)
		s = signer_link_ask(&base->signer, buf_span(&growth), err);
	if (s == MS_OK)
		s = hub_await_signer(base, err);
	buf_fini(&growth);
	if (s != MS_OK)
		return s;
	base->signed_last = (checkpoint){ .size = to, .root = tree_frontier_root(at) };
	return signer_link_answer(
		&base->signer, &base->log_key, &base->signed_last, &base->note, err);
}

static ms_status
sign_rest(hub_base *base, tree_nodes *nodes, uint64_t size, tree_frontier *at, ms_error *err)
{
	ms_status s = MS_OK;

	while (s == MS_OK && at->size < size)
		s = sign_to(base, nodes,
			size - at->size > GROWTH_LEAVES_MAX ? at->size + GROWTH_LEAVES_MAX : size,
			at, err);
	return s;
}

ms_status
hub_sign_log(hub_base *base, ms_error *err)
{
	tree_frontier at;
	tree_nodes nodes;
	log_state log;
	store_txn txn;
	ms_status s;

	store_begin(base->store, &txn, STORE_READ);
	log_state_load(&txn, &log);
	log_nodes(&txn, &nodes);
	s = store_status(&txn, err);
	if (s == MS_OK)
		s = check_history(base, &nodes, log.tree.size, &at, err);
	if (s == MS_OK)
		s = sign_rest(base, &nodes, log.tree.size, &at, err);
	store_abort(&txn);
	return s;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/witness.h"

#include "base/lang.h"
#include "proof/tree.h"

static ms_status
other_history(ms_error *err, const witness *w, const frame_checkpoint *c, const char *what)
{
	ms_fail(err, MS_DENIED, MST_WIRE_HISTORY,
		"the hub shows a log of %llu leaves that %s the log of %llu leaves that was "
		"verified "
		"before: its history was changed, or another hub answers",
		(unsigned long long)c->size, tr(what), (unsigned long long)w->verified.size);
	ms_error_remedy(err,
		"nothing more is sent; both checkpoints are kept, show them to whoever "
		"supervises the hub");
	return MS_DENIED;
}

/* Signed, and by the right key? Who has seen none takes whatever generation the log is in. */
static ms_status
open_note(witness *w, const frame_checkpoint *c, ms_error *err)
{
	uint32_t generation = 0, now = w->generation == 0 ? 1 : w->generation;
	checkpoint told;

	if (c->note.len == 0)
		return ms_fail(
			err, MS_DENIED, MST_WIRE_UNPROVEN, "the hub shows no signed checkpoint");
	if (generation_open(c->note, w->key, &told, &generation, err) != MS_OK)
		return MS_DENIED;
	if (told.size != c->size || !hash_equal(&told.root, &c->root))
		return ms_fail(err, MS_DENIED, MST_WIRE_UNPROVEN,
			"the hub's checkpoint is not what its signed note says");
	if (w->verified.size > 0 && generation != now)
		return other_history(err, w, c,
			generation < now ? TR("is an older generation than")
					 : TR("was restored behind"));
	w->generation = generation;
	return MS_OK;
}

bool
witness_grows(const witness *w, const frame_checkpoint *c)
{
	hash32 proof[TREE_LEVELS_MAX + 1];
	const checkpoint *old = &w->verified;

	return c->from == old->size &&
	       frame_hashes(c->proof, c->n_proof, proof, TREE_LEVELS_MAX + 1) &&
	       tree_consistency_check(
		       old->size, &old->root, c->size, &c->root, proof, (unsigned)c->n_proof);
}

ms_status
witness_take(witness *w, const frame_checkpoint *c, ms_error *err)
{
	const checkpoint *old = &w->verified;
	ms_status s;

	if (w->key == NULL)
		return MS_OK;
	if (old->size > 0 && c->size == old->size && hash_equal(&c->root, &old->root))
		return MS_OK;
	s = open_note(w, c, err);
	if (s != MS_OK)
		return s;
	if (c->size < old->size)
		return other_history(err, w, c, TR("is older than"));
	if (old->size > 0 && !witness_grows(w, c))
		return other_history(err, w, c, TR("does not continue"));
	w->verified = (checkpoint){ .size = c->size, .root = c->root };
	return MS_OK;
}

ms_status
witness_check_receipt(const witness *w, const frame_receipt *r, span signed_part, ms_error *err)
{
	hash32 path[TREE_LEVELS_MAX], leaf;

	if (w->key == NULL)
		return MS_OK;
	leaf = log_leaf_hash(span_of(signed_part.at, BATCH_HEADER_SIZE),
		span_of(signed_part.at + BATCH_HEADER_SIZE, SIGNATURE_SIZE), r->hub_time_us,
		r->verdicts);
	if (frame_hashes(r->path, r->n_path, path, TREE_LEVELS_MAX) &&
		tree_inclusion_check(&leaf, r->leaf, w->verified.size, path, (unsigned)r->n_path,
			&w->verified.root))
		return MS_OK;
	return ms_fail(err, MS_DENIED, MST_WIRE_UNPROVEN,
		"the hub's receipt does not prove that leaf %llu of its log is this device's batch",
		(unsigned long long)r->leaf);
}

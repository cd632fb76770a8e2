/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/restored.h"

#include "base/lang.h"
#include "codec/acts.h"
#include "wire/evidence.h"

static ms_status
rolled_back(ms_error *err, const witness *w, uint64_t size, const char *why)
{
	ms_fail(err, MS_DENIED, MST_WIRE_HISTORY,
		"the hub shows a restored log of %llu leaves instead of the %llu that were "
		"verified before, %s: it is a rollback",
		(unsigned long long)size, (unsigned long long)w->verified.size, tr(why));
	ms_error_remedy(err,
		"nothing more is sent; both checkpoints are kept, show them to whoever "
		"supervises the hub");
	return MS_DENIED;
}

/* The order in the leaf that PROOF proves under C, signed by the administrator. */
static ms_status
read_order(const witness *w, const leaf_proof *proof, const checkpoint *c, restore_order *out,
	ms_error *err)
{
	arena memory = { 0 };
	ms_error why = { 0 };
	batch_header h;
	ms_status s = MS_OK;
	act a = { 0 };

	if (proof->header.len == 0)
		s = rolled_back(err, w, c->size, TR("without the leaf that would say so"));
	else if (evidence_check_leaf(proof, c, &h, &why) != MS_OK)
		s = rolled_back(
			err, w, c->size, TR("and does not prove the leaf that would say so"));
	else if (act_decode(proof->act, &memory, &a) != MS_OK)
		s = ms_fail(err, MS_NO_MEMORY, MST_NO_MEMORY, "out of memory");
	else if (a.malformed || a.kind != ACT_HUB_RESTORE ||
		 !restore_order_read(a.u.restore.order, out) ||
		 strcmp(out->origin, w->key->origin) != 0 || out->restored.size != proof->leaf)
		s = rolled_back(err, w, c->size, TR("by a leaf that does not say so"));
	else if (w->admin == NULL ||
		 !restore_order_is_signed(a.u.restore.order, a.u.restore.signature, w->admin))
		s = rolled_back(err, w, c->size,
			TR("without the signature of the hub's administrator that this device "
			   "knows"));
	arena_fini(&memory);
	return s;
}

ms_status
witness_take_restored(witness *w, const frame_checkpoint *c, const leaf_proof *proof, ms_error *err)
{
	uint32_t now = w->generation == 0 ? 1 : w->generation, shown;
	restore_order order;
	checkpoint told;
	ms_status s;

	if (w->key == NULL || w->verified.size == 0 || c->note.len == 0)
		return MS_OK;
	shown = generation_of(c->note, w->key);
	if (shown <= now)
		return MS_OK; /* the ordinary way judges it */
	s = generation_open(c->note, w->key, &told, &shown, err);
	if (s == MS_OK && (told.size != c->size || !hash_equal(&told.root, &c->root)))
		s = ms_fail(err, MS_DENIED, MST_WIRE_UNPROVEN,
			"the hub's checkpoint is not what its signed note says");
	if (s != MS_OK)
		return MS_DENIED;
	s = read_order(w, proof, &told, &order, err);
	if (s != MS_OK)
		return s;
	if (order.generation != shown)
		return rolled_back(
			err, w, c->size, TR("as another generation than the order says"));
	if (!restore_order_lost(&order, now, &w->verified) && !witness_grows(w, c))
		return rolled_back(
			err, w, c->size, TR("although the order does not say that they were lost"));
	w->generation = shown;
	w->verified = told;
	return MS_OK;
}

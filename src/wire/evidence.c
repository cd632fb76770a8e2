/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/evidence.h"

#include "base/lang.h"
#include "codec/acts.h"
#include "proof/generation.h"
#include "proof/tree.h"

static ms_status
fails(ms_error *err, const char *what)
{
	return ms_fail(err, MS_DENIED, MST_PROOF, "the proof does not hold: %s", tr(what));
}

/* The act is the one at its position under the header's root. */
static ms_status
check_act(const leaf_proof *p, const batch_header *h, ms_error *err)
{
	hash32 leaves[BATCH_ACTS_MAX], siblings[BATCH_ACTS_MAX], root;
	uint8_t shown[BATCH_ACTS_MAX] = { 0 };

	if (p->position >= h->count || p->verdicts.len != h->count)
		return fails(err, TR("the batch has no such position"));
	leaves[p->position] = p->act.len > 0 ? tree_leaf(p->act) : p->act_hash;
	if (!hash_equal(&leaves[p->position], &p->act_hash))
		return fails(err, TR("the act is not the one whose hash is given"));
	shown[p->position] = 1;
	if (!frame_hashes(p->siblings, p->n_siblings, siblings, BATCH_ACTS_MAX) ||
		!tree_root_from(leaves, shown, h->count, siblings, p->n_siblings, &root) ||
		!hash_equal(&root, &h->root))
		return fails(err, TR("the act is not one of those in the signed batch"));
	return MS_OK;
}

/* The leaf is in the tree of the checkpoint. */
static ms_status
check_leaf(const leaf_proof *p, const checkpoint *c, ms_error *err)
{
	hash32 path[TREE_LEVELS_MAX], leaf;

	leaf = log_leaf_hash(p->header, p->signature, p->hub_time_us, p->verdicts);
	if (!frame_hashes(p->path, p->n_path, path, TREE_LEVELS_MAX) ||
		!tree_inclusion_check(&leaf, p->leaf, c->size, path, (unsigned)p->n_path, &c->root))
		return fails(err, TR("the log of the checkpoint does not have this leaf"));
	return MS_OK;
}

ms_status
evidence_check_leaf(const leaf_proof *p, const checkpoint *c, batch_header *h, ms_error *err)
{
	ms_status s;

	if (!batch_header_read(p->header, h) || p->signature.len != SIGNATURE_SIZE)
		return ms_fail(err, MS_INVALID, MST_PROOF_FILE, "a proof without a batch header");
	s = check_act(p, h, err);
	return s == MS_OK ? check_leaf(p, c, err) : s;
}

/* An enrolment or a rotation says whose device this is and which key it has from there on. */
static bool
names_keys(const act *a, hub_enrolment *out)
{
	const hub_rotation *r = &a->u.rotation;

	if (a->malformed || (a->kind != ACT_HUB_ENROLMENT && a->kind != ACT_HUB_ROTATION))
		return false;
	if (a->kind == ACT_HUB_ENROLMENT)
		*out = a->u.enrolment;
	else
		*out = (hub_enrolment){ .device = r->device,
			.unit = r->unit,
			.name = r->name,
			.sign_key = r->sign_key,
			.curve_key = r->curve_key };
	return true;
}

/* The hub's leaf that named the device's key, and the device's signature. */
static ms_status
check_device(const frame_proof *proof, const batch_header *signed_by, arena *memory, evidence *out,
	ms_error *err)
{
	const leaf_proof *p = &proof->enrolment;
	batch_header h;
	hub_enrolment who;
	sign_public key;
	signature sig;
	act a;
	ms_status s = evidence_check_leaf(p, &out->checkpoint, &h, err);

	if (s != MS_OK)
		return s;
	if (act_decode(p->act, memory, &a) != MS_OK || !names_keys(&a, &who) ||
		p->verdicts.at[p->position] != VERDICT_STORED)
		return fails(err, TR("what should enrol the device does not"));
	if (!span_equal(who.device, span_of(signed_by->device.at, ID_SIZE)) ||
		who.sign_key.len != SIGN_PUBLIC_SIZE || p->leaf >= proof->act.leaf)
		return fails(err, TR("the enrolment is not that of the device that signed"));
	memcpy(key.at, who.sign_key.at, SIGN_PUBLIC_SIZE);
	memcpy(sig.at, proof->act.signature.at, SIGNATURE_SIZE);
	if (!sign_check(&key, proof->act.header, &sig))
		return fails(err, TR("the batch is not signed by the enrolled device"));
	out->enrolled = true;
	out->unit = who.unit;
	out->name = who.name;
	return MS_OK;
}

frame_proof
evidence_of(const frame_proof *proof)
{
	const frame_checkpoint *c = &proof->checkpoint;

	return (frame_proof){ .known = true,
		.leaf = proof->act.leaf,
		.position = proof->act.position,
		.act = proof->act,
		.enrolment = proof->enrolment,
		.checkpoint = { .size = c->size, .root = c->root, .note = c->note } };
}

/* What stands there twice is the same, and nothing is there that the proof does not bind. */
static ms_status
check_form(const frame_proof *proof, const log_key *key, evidence *e, ms_error *err)
{
	const frame_checkpoint *c = &proof->checkpoint;

	if (!proof->known || proof->leaf != proof->act.leaf ||
		proof->position != proof->act.position || c->from != 0 || c->n_proof != 0 ||
		c->size != e->checkpoint.size || !hash_equal(&c->root, &e->checkpoint.root) ||
		!generation_key(key, e->generation, &e->log) || !note_is_plain(c->note, &e->log))
		return fails(err, TR("it says more than was signed, or something else"));
	return MS_OK;
}

ms_status
evidence_check(
	const frame_proof *proof, const log_key *key, arena *memory, evidence *out, ms_error *err)
{
	const leaf_proof *p = &proof->act;
	batch_header h;
	ms_status s;

	*out = (evidence){ 0 };
	s = generation_open(proof->checkpoint.note, key, &out->checkpoint, &out->generation, err);
	if (s == MS_OK)
		s = check_form(proof, key, out, err);
	if (s == MS_OK)
		s = evidence_check_leaf(p, &out->checkpoint, &h, err);
	if (s != MS_OK)
		return s;
	out->leaf = p->leaf;
	out->position = p->position;
	out->hub_time_us = p->hub_time_us;
	out->device_time_us = h.device_time_us;
	out->seq = h.first_seq + p->position;
	out->device = h.device;
	out->verdict = p->verdicts.at[p->position];
	out->act_hash = p->act_hash;
	if (p->act.len > 0) {
		if (act_decode(p->act, memory, &out->what) != MS_OK)
			return ms_fail(err, MS_NO_MEMORY, MST_NO_MEMORY, "out of memory");
		out->shown = true;
	}
	return proof->enrolment.header.len == 0 ? MS_OK : check_device(proof, &h, memory, out, err);
}

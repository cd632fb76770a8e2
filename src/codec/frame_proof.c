/* SPDX-License-Identifier: Apache-2.0 */
/* frame_proof.c - PROOF_REQUEST and PROOF, and the same proof in a file. */
#include "codec/frame_parts.h"

static const uint8_t file_head[8] = { 'M', 'U', 'P', 'R', 'O', 'O', 'F', 1 };

ms_status
frame_put_proof_request(const frame *f, arena *memory, buf *out)
{
	const frame_proof_request *in = &f->u.proof_request;
	Muster__Wire__ProofRequest m = MUSTER__WIRE__PROOF_REQUEST__INIT;

	(void)memory;
	m.has_of_act = m.of_act = in->of_act;
	m.has_leaf = m.has_position = in->of_act;
	m.leaf = in->leaf;
	m.position = in->position;
	m.has_from = in->from > 0;
	m.from = in->from;
	return memory_pack(&m.base, out);
}

ms_status
frame_take_proof_request(span bytes, arena *memory, frame *out)
{
	UNPACK(ProofRequest, proof_request);
	out->u.proof_request = (frame_proof_request){
		.of_act = m->of_act, .leaf = m->leaf, .position = m->position, .from = m->from
	};
	return MS_OK;
}

/* ---- PROOF ---- */

/* NULL where there is none. */
static Muster__Wire__LeafProof *
put_leaf(const leaf_proof *in, arena *memory, bool *failed)
{
	Muster__Wire__LeafProof *m;

	if (in->header.len == 0)
		return NULL;
	m = arena_alloc(memory, sizeof(*m));
	if (m == NULL) {
		*failed = true;
		return NULL;
	}
	muster__wire__leaf_proof__init(m);
	m->has_leaf = m->has_hub_time = m->has_header = m->has_signature = m->has_verdicts =
		m->has_position = m->has_act_hash = true;
	m->leaf = in->leaf;
	m->hub_time = in->hub_time_us;
	m->header = parts_binary(in->header);
	m->signature = parts_binary(in->signature);
	m->verdicts = parts_binary(in->verdicts);
	m->position = in->position;
	m->has_act = in->act.len > 0;
	m->act = parts_binary(in->act);
	m->act_hash = parts_binary(span_of(in->act_hash.at, HASH_SIZE));
	m->siblings = parts_put_list(in->siblings, in->n_siblings, memory, failed);
	m->n_siblings = in->n_siblings;
	m->path = parts_put_list(in->path, in->n_path, memory, failed);
	m->n_path = in->n_path;
	return m;
}

static leaf_proof
take_leaf(const Muster__Wire__LeafProof *m, arena *memory, bool *failed)
{
	if (m == NULL)
		return (leaf_proof){ 0 };
	return (leaf_proof){ .leaf = m->leaf,
		.hub_time_us = m->hub_time,
		.header = parts_bytes(m->has_header, &m->header),
		.signature = parts_bytes(m->has_signature, &m->signature),
		.verdicts = parts_bytes(m->has_verdicts, &m->verdicts),
		.position = m->position,
		.act = parts_bytes(m->has_act, &m->act),
		.act_hash = parts_hash(m->has_act_hash, &m->act_hash),
		.siblings = parts_take_list(m->siblings, m->n_siblings, memory, failed),
		.n_siblings = m->n_siblings,
		.path = parts_take_list(m->path, m->n_path, memory, failed),
		.n_path = m->n_path };
}

static ms_status
put(const frame_proof *in, arena *memory, buf *out)
{
	Muster__Wire__Proof m = MUSTER__WIRE__PROOF__INIT;
	bool failed = false;

	m.has_known = m.known = in->known;
	m.has_leaf = m.has_position = true;
	m.leaf = in->leaf;
	m.position = in->position;
	m.act = put_leaf(&in->act, memory, &failed);
	m.enrolment = put_leaf(&in->enrolment, memory, &failed);
	m.checkpoint = parts_put_checkpoint(&in->checkpoint, memory, &failed);
	return failed ? MS_NO_MEMORY : memory_pack(&m.base, out);
}

static ms_status
take(span bytes, arena *memory, frame_proof *out)
{
	bool failed = false;
	UNPACK(Proof, proof);

	*out = (frame_proof){ .known = m->known,
		.leaf = m->leaf,
		.position = m->position,
		.act = take_leaf(m->act, memory, &failed),
		.enrolment = take_leaf(m->enrolment, memory, &failed),
		.checkpoint = parts_take_checkpoint(m->checkpoint, memory, &failed) };
	return failed ? MS_NO_MEMORY : MS_OK;
}

ms_status
frame_put_proof(const frame *f, arena *memory, buf *out)
{
	return put(&f->u.proof, memory, out);
}

ms_status
frame_take_proof(span bytes, arena *memory, frame *out)
{
	return take(bytes, memory, &out->u.proof);
}

/* ---- the file ---- */

ms_status
proof_file_encode(const frame_proof *proof, arena *memory, buf *out)
{
	ms_status s = buf_add(out, file_head, sizeof(file_head));

	return s == MS_OK ? put(proof, memory, out) : s;
}

ms_status
proof_file_decode(span bytes, arena *memory, frame_proof *out, ms_error *err)
{
	ms_status s = MS_INVALID;

	if (bytes.len >= sizeof(file_head) && memcmp(bytes.at, file_head, sizeof(file_head)) == 0)
		s = take(span_of(bytes.at + sizeof(file_head), bytes.len - sizeof(file_head)),
			memory, out);
	return s == MS_OK ? s : ms_fail(err, s, MST_PROOF_FILE, "this is no proof file");
}

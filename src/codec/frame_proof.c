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

static ms_status
put(const frame_proof *in, arena *memory, buf *out)
{
	Muster__Wire__Proof m = MUSTER__WIRE__PROOF__INIT;
	bool failed = false;

	m.has_known = m.known = in->known;
	m.has_leaf = m.has_position = true;
	m.leaf = in->leaf;
	m.position = in->position;
	m.act = parts_put_leaf(&in->act, memory, &failed);
	m.enrolment = parts_put_leaf(&in->enrolment, memory, &failed);
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
		.act = parts_take_leaf(m->act, memory, &failed),
		.enrolment = parts_take_leaf(m->enrolment, memory, &failed),
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

/* SPDX-License-Identifier: Apache-2.0 */
/* frame_proof.c - PROOF_REQUEST and PROOF, and files: the same proof, and that of an omission. */
#include "codec/frame_parts.h"

enum { HEAD_SIZE = 8, OMISSION_SLACK = 1 << 20 };

static const uint8_t proof_head[HEAD_SIZE] = { 'M', 'U', 'P', 'R', 'O', 'O', 'F', 1 };
static const uint8_t omission_head[HEAD_SIZE] = { 'M', 'U', 'O', 'M', 'I', 'S', 'S', 1 };

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

static void
put_proof(const frame_proof *in, arena *memory, Muster__Wire__Proof *m, bool *failed)
{
	muster__wire__proof__init(m);
	m->has_known = m->known = in->known;
	m->has_leaf = m->has_position = true;
	m->leaf = in->leaf;
	m->position = in->position;
	m->act = parts_put_leaf(&in->act, memory, failed);
	m->enrolment = parts_put_leaf(&in->enrolment, memory, failed);
	m->checkpoint = parts_put_checkpoint(&in->checkpoint, memory, failed);
}

static frame_proof
take_proof(const Muster__Wire__Proof *m, arena *memory, bool *failed)
{
	if (m == NULL)
		return (frame_proof){ 0 };
	return (frame_proof){ .known = m->known,
		.leaf = m->leaf,
		.position = m->position,
		.act = parts_take_leaf(m->act, memory, failed),
		.enrolment = parts_take_leaf(m->enrolment, memory, failed),
		.checkpoint = parts_take_checkpoint(m->checkpoint, memory, failed) };
}

static ms_status
put(const frame_proof *in, arena *memory, buf *out)
{
	Muster__Wire__Proof m;
	bool failed = false;

	put_proof(in, memory, &m, &failed);
	return failed ? MS_NO_MEMORY : memory_pack(&m.base, out);
}

static ms_status
take(span bytes, arena *memory, frame_proof *out)
{
	bool failed = false;
	UNPACK(Proof, proof);

	*out = take_proof(m, memory, &failed);
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

/* ---- files ---- */

/* What stands behind HEAD; false: BYTES do not begin with it. */
static bool
cut_head(const uint8_t *head, span *bytes)
{
	if (bytes->len < HEAD_SIZE || memcmp(bytes->at, head, HEAD_SIZE) != 0)
		return false;
	*bytes = span_of(bytes->at + HEAD_SIZE, bytes->len - HEAD_SIZE);
	return true;
}

ms_status
proof_file_encode(const frame_proof *proof, arena *memory, buf *out)
{
	ms_status s = buf_add(out, proof_head, HEAD_SIZE);

	return s == MS_OK ? put(proof, memory, out) : s;
}

ms_status
proof_file_decode(span bytes, arena *memory, frame_proof *out, ms_error *err)
{
	span body = bytes;
	buf again = { 0 };
	ms_status s = cut_head(proof_head, &body) ? take(body, memory, out) : MS_INVALID;

	if (s == MS_OK)
		s = proof_file_encode(out, memory, &again);
	if (s == MS_OK && !span_equal(buf_span(&again), bytes))
		s = MS_INVALID;
	buf_fini(&again);
	return s == MS_OK ? s
			  : ms_fail(err, s, MST_PROOF_FILE,
				    "this is no proof file, or one that was damaged");
}

ms_status
omission_file_encode(const frame_omission *in, arena *memory, buf *out)
{
	Muster__Wire__Omission m = MUSTER__WIRE__OMISSION__INIT;
	Muster__Wire__Proof receipt, before, stated;
	bool failed = false;
	ms_status s;

	put_proof(&in->receipt, memory, &receipt, &failed);
	put_proof(&in->before, memory, &before, &failed);
	put_proof(&in->stated, memory, &stated, &failed);
	m.receipt = &receipt;
	m.before = in->before.act.header.len == 0 ? NULL : &before;
	m.stated = &stated;
	m.has_entries = m.has_plan = true;
	m.entries = span_binary(in->entries);
	m.plan = span_binary(in->plan);
	s = failed ? MS_NO_MEMORY : buf_add(out, omission_head, HEAD_SIZE);
	if (s == MS_OK)
		s = memory_pack(&m.base, out);
	return s == MS_OK && out->len > OMISSION_BYTES_MAX ? MS_FULL : s;
}

static ms_status
take_omission(span bytes, arena *memory, frame_omission *out)
{
	bool failed = false;
	UNPACK(Omission, omission);

	*out = (frame_omission){ .receipt = take_proof(m->receipt, memory, &failed),
		.before = take_proof(m->before, memory, &failed),
		.stated = take_proof(m->stated, memory, &failed),
		.entries = parts_bytes(m->has_entries, &m->entries),
		.plan = parts_bytes(m->has_plan, &m->plan) };
	return failed ? MS_NO_MEMORY : MS_OK;
}

/* Its large parts are plain bytes: of lists of tiny pieces it has few. */
ms_status
omission_file_decode(span bytes, arena *memory, frame_omission *out, ms_error *err)
{
	size_t limit = memory->limit;
	span body = bytes;
	buf again = { 0 };
	ms_status s = MS_INVALID;

	if (cut_head(omission_head, &body)) {
		memory->limit = memory->used + 2 * body.len + OMISSION_SLACK;
		s = take_omission(body, memory, out);
		if (s == MS_OK)
			s = omission_file_encode(out, memory, &again);
		memory->limit = limit;
	}
	if (s == MS_OK && !span_equal(buf_span(&again), bytes))
		s = MS_INVALID;
	buf_fini(&again);
	return s == MS_OK ? s : ms_fail(err, s, MST_PROOF_FILE, "this is no proof of an omission");
}

bool
omission_file_is(span bytes)
{
	return cut_head(omission_head, &bytes);
}

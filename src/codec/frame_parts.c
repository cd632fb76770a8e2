/* SPDX-License-Identifier: Apache-2.0 */
/* frame_parts.c - lists of hashes, checkpoints and unpacking, for every kind of frame. */
#include "codec/frame_parts.h"

bool
frame_hashes(const span *list, size_t n, hash32 *out, size_t max)
{
	size_t i;

	for (i = 0; n <= max && i < n && list[i].len == HASH_SIZE; i++)
		memcpy(out[i].at, list[i].at, HASH_SIZE);
	return i == n;
}

ProtobufCBinaryData *
parts_put_list(const span *list, size_t n, arena *memory, bool *failed)
{
	ProtobufCBinaryData *out = arena_alloc(memory, n * sizeof(*out));
	size_t i;

	*failed |= out == NULL;
	for (i = 0; out != NULL && i < n; i++)
		out[i] = span_binary(list[i]);
	return out;
}

const span *
parts_take_list(const ProtobufCBinaryData *list, size_t n, arena *memory, bool *failed)
{
	span *out = arena_alloc(memory, n * sizeof(*out));
	size_t i;

	*failed |= out == NULL;
	for (i = 0; out != NULL && i < n; i++)
		out[i] = binary_span(&list[i]);
	return out;
}

Muster__Wire__Checkpoint *
parts_put_checkpoint(const frame_checkpoint *in, arena *memory, bool *failed)
{
	Muster__Wire__Checkpoint *out;

	if (in->size == 0)
		return NULL;
	out = arena_alloc(memory, sizeof(*out));
	if (out == NULL) {
		*failed = true;
		return NULL;
	}
	muster__wire__checkpoint__init(out);
	out->has_size = out->has_root = true;
	out->size = in->size;
	out->root = span_binary(span_of(in->root.at, HASH_SIZE));
	out->has_note = in->note.len > 0;
	out->note = span_binary(in->note);
	out->has_from = in->from > 0;
	out->from = in->from;
	out->consistency = parts_put_list(in->proof, in->n_proof, memory, failed);
	out->n_consistency = in->n_proof;
	return out;
}

frame_checkpoint
parts_take_checkpoint(const Muster__Wire__Checkpoint *in, arena *memory, bool *failed)
{
	if (in == NULL)
		return (frame_checkpoint){ 0 };
	return (frame_checkpoint){ .size = in->size,
		.root = parts_hash(in->has_root, &in->root),
		.note = parts_bytes(in->has_note, &in->note),
		.from = in->from,
		.proof = parts_take_list(in->consistency, in->n_consistency, memory, failed),
		.n_proof = in->n_consistency };
}

/* Are the texts in it and in the messages inside clean? Those of a peer go to logs and screens. */
static bool
texts_are_clean(const ProtobufCMessage *m)
{
	unsigned i;

	for (i = 0; i < m->descriptor->n_fields; i++) {
		const ProtobufCFieldDescriptor *field = &m->descriptor->fields[i];
		const uint8_t *member = (const uint8_t *)m + field->offset;
		size_t n = 1, k;

		if (field->type != PROTOBUF_C_TYPE_STRING && field->type != PROTOBUF_C_TYPE_MESSAGE)
			continue;
		if (field->label == PROTOBUF_C_LABEL_REPEATED) {
			const uint8_t *const *list = (const void *)member;

			memcpy(&n, (const uint8_t *)m + field->quantifier_offset, sizeof(n));
			member = *list;
		}
		for (k = 0; k < n; k++) {
			const void *value;

			memcpy(&value, member + k * sizeof(value), sizeof(value));
			if (value == NULL)
				continue;
			if (field->type == PROTOBUF_C_TYPE_STRING ? !text_is_clean(span_str(value))
								  : !texts_are_clean(value))
				return false;
		}
	}
	return true;
}

const void *
parts_unpack(const ProtobufCMessageDescriptor *descriptor, span bytes, arena *memory)
{
	ProtobufCAllocator allocator = memory_allocator(memory);
	ProtobufCMessage *m =
		protobuf_c_message_unpack(descriptor, &allocator, bytes.len, bytes.at);

	return m != NULL && texts_are_clean(m) ? m : NULL;
}

Muster__Wire__LeafProof *
parts_put_leaf(const leaf_proof *in, arena *memory, bool *failed)
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
	m->header = span_binary(in->header);
	m->signature = span_binary(in->signature);
	m->verdicts = span_binary(in->verdicts);
	m->position = in->position;
	m->has_act = in->act.len > 0;
	m->act = span_binary(in->act);
	m->act_hash = span_binary(span_of(in->act_hash.at, HASH_SIZE));
	m->siblings = parts_put_list(in->siblings, in->n_siblings, memory, failed);
	m->n_siblings = in->n_siblings;
	m->path = parts_put_list(in->path, in->n_path, memory, failed);
	m->n_path = in->n_path;
	return m;
}

leaf_proof
parts_take_leaf(const Muster__Wire__LeafProof *m, arena *memory, bool *failed)
{
	if (m == NULL)
		return (leaf_proof){ 0 };
	return (leaf_proof){ .leaf = m->leaf,
		.hub_time_us = parts_time(m->hub_time),
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

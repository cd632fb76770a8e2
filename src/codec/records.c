/* SPDX-License-Identifier: Apache-2.0 */
/* records.c - devices, the log's state and plan versions, by protobuf-c; slots and rollups:
 * records_slot.c. */
#include "codec/records.h"

#include "codec/memory.h"
#include "store.pb-c.h"

static bool
take_bytes(protobuf_c_boolean has, const ProtobufCBinaryData *b, void *out, size_t len)
{
	if (!has || b->len != len)
		return false;
	memcpy(out, b->data, len);
	return true;
}

static span
text(const char *s)
{
	return s == NULL ? (span){ 0 } : span_str(s);
}

ms_status
device_row_encode(const device_row *row, arena *memory, buf *out)
{
	Muster__Store__Device m = MUSTER__STORE__DEVICE__INIT;

	m.has_id = m.has_sign_key = m.has_curve_key = m.has_state = m.has_next_seq =
		m.has_last_header = true;
	m.id = span_binary(span_of(row->id, sizeof(row->id)));
	m.unit = arena_text(memory, row->unit);
	m.name = arena_text(memory, row->name);
	m.sign_key = span_binary(span_of(row->sign_key, sizeof(row->sign_key)));
	m.curve_key = span_binary(span_of(row->curve_key, sizeof(row->curve_key)));
	m.state = row->state;
	m.next_seq = row->next_seq;
	m.last_header = span_binary(span_of(row->last_header.at, HASH_SIZE));
	m.has_enrolled_leaf = m.has_revoked_leaf = true;
	m.enrolled_leaf = row->enrolled_leaf;
	m.revoked_leaf = row->revoked_leaf;
	m.has_key_leaf = row->key_leaf != 0;
	m.key_leaf = row->key_leaf;
	m.has_old_sign_key = m.has_old_curve_key = m.has_old_until = row->old_until_us != 0;
	m.old_sign_key = span_binary(span_of(row->old_sign_key, sizeof(row->old_sign_key)));
	m.old_curve_key = span_binary(span_of(row->old_curve_key, sizeof(row->old_curve_key)));
	m.old_until = row->old_until_us;
	return m.unit == NULL || m.name == NULL ? MS_NO_MEMORY : memory_pack(&m.base, out);
}

ms_status
device_row_decode(span bytes, arena *memory, device_row *out)
{
	ProtobufCAllocator allocator = memory_allocator(memory);
	Muster__Store__Device *m = muster__store__device__unpack(&allocator, bytes.len, bytes.at);

	if (m == NULL)
		return MS_CORRUPT;
	*out = (device_row){
		.unit = text(m->unit),
		.name = text(m->name),
		.state = m->state,
		.next_seq = m->next_seq,
		.enrolled_leaf = m->enrolled_leaf,
		.revoked_leaf = m->revoked_leaf,
		.key_leaf = m->key_leaf,
		.old_until_us = m->old_until,
	};
	if (!take_bytes(m->has_id, &m->id, out->id, sizeof(out->id)) ||
		!take_bytes(m->has_sign_key, &m->sign_key, out->sign_key, sizeof(out->sign_key)) ||
		!take_bytes(
			m->has_curve_key, &m->curve_key, out->curve_key, sizeof(out->curve_key)) ||
		!take_bytes(m->has_last_header, &m->last_header, out->last_header.at, HASH_SIZE))
		return MS_CORRUPT;
	if (m->old_until != 0 && (!take_bytes(m->has_old_sign_key, &m->old_sign_key,
					  out->old_sign_key, sizeof(out->old_sign_key)) ||
					 !take_bytes(m->has_old_curve_key, &m->old_curve_key,
						 out->old_curve_key, sizeof(out->old_curve_key))))
		return MS_CORRUPT;
	return MS_OK;
}

ms_status
log_state_row_encode(const log_state_row *row, arena *memory, buf *out)
{
	Muster__Store__LogState m = MUSTER__STORE__LOG_STATE__INIT;
	size_t i;

	m.frontier = arena_alloc(memory, row->n_frontier * sizeof(*m.frontier));
	if (m.frontier == NULL)
		return MS_NO_MEMORY;
	for (i = 0; i < row->n_frontier; i++)
		m.frontier[i] = span_binary(span_of(row->frontier[i].at, HASH_SIZE));
	m.n_frontier = row->n_frontier;
	m.has_size = m.has_last_us = true;
	m.size = row->size;
	m.last_us = row->last_us;
	m.has_manual_clock_us = row->manual_clock_us != 0;
	m.manual_clock_us = row->manual_clock_us;
	m.has_noticed_us = true;
	m.noticed_us = row->noticed_us;
	m.has_generation = m.has_restore_leaf = row->generation != 0;
	m.generation = row->generation;
	m.restore_leaf = row->restore_leaf;
	return memory_pack(&m.base, out);
}

ms_status
log_state_row_decode(span bytes, arena *memory, log_state_row *out)
{
	ProtobufCAllocator allocator = memory_allocator(memory);
	Muster__Store__LogState *m =
		muster__store__log_state__unpack(&allocator, bytes.len, bytes.at);
	hash32 *frontier;
	size_t i;

	if (m == NULL)
		return MS_CORRUPT;
	frontier = arena_alloc(memory, m->n_frontier * sizeof(*frontier));
	if (frontier == NULL)
		return MS_NO_MEMORY;
	for (i = 0; i < m->n_frontier; i++)
		if (!take_bytes(true, &m->frontier[i], frontier[i].at, HASH_SIZE))
			return MS_CORRUPT;
	*out = (log_state_row){ .size = m->size,
		.last_us = m->last_us,
		.frontier = frontier,
		.n_frontier = m->n_frontier,
		.manual_clock_us = m->manual_clock_us,
		.noticed_us = m->noticed_us,
		.generation = m->generation,
		.restore_leaf = m->restore_leaf };
	return MS_OK;
}

ms_status
plan_version_row_encode(const plan_version_row *row, arena *memory, buf *out)
{
	Muster__Store__PlanVersion m = MUSTER__STORE__PLAN_VERSION__INIT;

	m.has_version = m.has_file = m.has_leaf = true;
	m.version = span_binary(span_of(row->version.at, HASH_SIZE));
	m.file = span_binary(row->file);
	m.leaf = row->leaf;
	m.from_period = arena_text(memory, row->from_period);
	return m.from_period == NULL ? MS_NO_MEMORY : memory_pack(&m.base, out);
}

ms_status
plan_version_row_decode(span bytes, arena *memory, plan_version_row *out)
{
	ProtobufCAllocator allocator = memory_allocator(memory);
	Muster__Store__PlanVersion *m =
		muster__store__plan_version__unpack(&allocator, bytes.len, bytes.at);

	if (m == NULL)
		return MS_CORRUPT;
	*out = (plan_version_row){
		.file = binary_span(&m->file), .leaf = m->leaf, .from_period = text(m->from_period)
	};
	return take_bytes(m->has_version, &m->version, out->version.at, HASH_SIZE) ? MS_OK
										   : MS_CORRUPT;
}

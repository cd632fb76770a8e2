/* SPDX-License-Identifier: Apache-2.0 */
/* records.c - slot and rollup rows are written a few times per commit: no allocation but from the arena. */
#include "codec/records.h"

#include "codec/memory.h"
#include "store.pb-c.h"

enum { VIEW_REPORTED = 1 };

static ProtobufCBinaryData
binary(const void *at, size_t len)
{
	union {
		const void *in;
		uint8_t *out;
	} u = { .in = at };

	return (ProtobufCBinaryData){ .data = u.out, .len = len };
}

static ms_status
pack(const ProtobufCMessage *m, buf *out)
{
	size_t len = protobuf_c_message_get_packed_size(m);

	if (buf_reserve(out, len) != MS_OK)
		return MS_NO_MEMORY;
	protobuf_c_message_pack(m, out->at + out->len);
	out->len += len;
	return MS_OK;
}

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

/* ---- slots ---- */

static bool
put_revisions(const slot *s, arena *memory, Muster__Store__Slot *m)
{
	Muster__Store__SlotRevision *list = arena_alloc(memory, SLOT_RECENT * sizeof(*list));
	uint32_t i;

	m->recent = arena_alloc(memory, SLOT_RECENT * sizeof(*m->recent));
	if (list == NULL || m->recent == NULL)
		return false;
	for (i = 0; i < s->n_recent; i++) {
		const slot_revision *r = &s->recent[i];

		muster__store__slot_revision__init(&list[i]);
		list[i].has_revision = list[i].has_kind = list[i].has_leaf = list[i].has_position = list[i].has_body_hash = true;
		list[i].revision = r->revision;
		list[i].kind = r->kind;
		list[i].leaf = r->place.leaf;
		list[i].position = r->place.at;
		list[i].body_hash = binary(r->body_hash.at, HASH_SIZE);
		m->recent[i] = &list[i];
	}
	m->n_recent = s->n_recent;
	return true;
}

static bool
put_value(const slot_row_value *in, arena *memory, Muster__Store__SlotValue *out)
{
	size_t i;

	muster__store__slot_value__init(out);
	out->indicator = arena_text(memory, in->indicator);
	out->has_state = true;
	out->state = in->value.state;
	out->has_num = in->value.num != 0;
	out->num = in->value.num;
	out->has_den = in->value.den != 0;
	out->den = in->value.den;
	out->has_provisional = out->provisional = in->value.provisional;
	out->n_keys = in->value.keys.n;
	out->keys = arena_alloc(memory, in->value.keys.n * sizeof(*out->keys));
	if (out->indicator == NULL || out->keys == NULL)
		return false;
	for (i = 0; i < in->value.keys.n; i++)
		out->keys[i] = binary(in->value.keys.keys[i].at, in->value.keys.keys[i].len);
	return true;
}

ms_status
slot_row_encode(const slot_row *row, arena *memory, buf *out)
{
	Muster__Store__Slot m = MUSTER__STORE__SLOT__INIT;
	Muster__Store__SlotValue *list = arena_alloc(memory, row->n_values * sizeof(*list));
	const slot *s = &row->slot;
	size_t i;

	m.values = arena_alloc(memory, row->n_values * sizeof(*m.values));
	if (list == NULL || m.values == NULL || !put_revisions(s, memory, &m))
		return MS_NO_MEMORY;
	m.has_stored = m.has_last_leaf = m.has_last_position = m.has_first_us = m.has_newest_us = m.has_filled = true;
	m.stored = s->stored;
	m.last_leaf = s->last_stored.leaf;
	m.last_position = s->last_stored.at;
	m.first_us = s->first_us;
	m.newest_us = s->newest_us;
	m.filled = s->filled;
	m.has_progress_pct = s->has_progress;
	m.progress_pct = s->progress_pct;
	m.has_help_needed = m.help_needed = s->help_needed;
	for (i = 0; i < row->n_values; i++) {
		if (!put_value(&row->values[i], memory, &list[i]))
			return MS_NO_MEMORY;
		m.values[i] = &list[i];
	}
	m.n_values = row->n_values;
	return pack(&m.base, out);
}

static bool
take_revisions(const Muster__Store__Slot *m, slot *out)
{
	size_t i;

	if (m->n_recent > SLOT_RECENT)
		return false;
	for (i = 0; i < m->n_recent; i++) {
		const Muster__Store__SlotRevision *r = m->recent[i];

		out->recent[i] = (slot_revision){ .revision = r->revision, .kind = (uint8_t)r->kind,
			.place = { .leaf = r->leaf, .at = (uint16_t)r->position } };
		if (!take_bytes(r->has_body_hash, &r->body_hash, out->recent[i].body_hash.at, HASH_SIZE))
			return false;
	}
	out->n_recent = (uint32_t)m->n_recent;
	return true;
}

static bool
take_value(const Muster__Store__SlotValue *in, arena *memory, slot_row_value *out)
{
	size_t i;

	*out = (slot_row_value){
		.indicator = text(in->indicator),
		.value = { .state = (value_state)in->state, .num = in->num, .den = in->den, .provisional = in->provisional },
	};
	out->value.keys.n = in->n_keys;
	out->value.keys.keys = arena_alloc(memory, in->n_keys * sizeof(span));
	if (out->value.keys.keys == NULL)
		return false;
	for (i = 0; i < in->n_keys; i++)
		out->value.keys.keys[i] = binary_span(&in->keys[i]);
	return true;
}

ms_status
slot_row_decode(span bytes, arena *memory, slot_row *out)
{
	ProtobufCAllocator allocator = memory_allocator(memory);
	Muster__Store__Slot *m = muster__store__slot__unpack(&allocator, bytes.len, bytes.at);
	size_t i;

	if (m == NULL)
		return MS_CORRUPT;
	*out = (slot_row){
		.slot = {
			.stored = m->stored,
			.last_stored = { .leaf = m->last_leaf, .at = (uint16_t)m->last_position },
			.first_us = m->first_us,
			.newest_us = m->newest_us,
			.filled = (uint8_t)m->filled,
			.has_progress = m->has_progress_pct,
			.progress_pct = (uint8_t)m->progress_pct,
			.help_needed = m->help_needed,
		},
		.n_values = m->n_values,
	};
	out->values = arena_alloc(memory, m->n_values * sizeof(*out->values));
	if (out->values == NULL)
		return MS_NO_MEMORY;
	if (!take_revisions(m, &out->slot))
		return MS_CORRUPT;
	for (i = 0; i < m->n_values; i++)
		if (!take_value(m->values[i], memory, &out->values[i]))
			return MS_NO_MEMORY;
	return MS_OK;
}

/* ---- rollups ---- */

static void
put_figure(const rollup_row_figure *in, Muster__Store__RollupFigure *out)
{
	muster__store__rollup_figure__init(out);
	out->has_num_high = out->has_num_low = out->has_units = out->has_view = true;
	out->num_high = (int64_t)(in->figure.num >> 64);
	out->num_low = (uint64_t)in->figure.num;
	out->has_den_high = out->has_den_low = in->figure.den != 0;
	out->den_high = (int64_t)(in->figure.den >> 64);
	out->den_low = (uint64_t)in->figure.den;
	out->units = in->figure.units;
	out->has_stale = in->figure.stale != 0;
	out->stale = in->figure.stale;
	out->view = in->view == 0 ? VIEW_REPORTED : in->view;
}

ms_status
rollup_row_encode(const rollup_row *row, arena *memory, buf *out)
{
	Muster__Store__Rollup m = MUSTER__STORE__ROLLUP__INIT;
	Muster__Store__RollupFigure *list = arena_alloc(memory, row->n_figures * sizeof(*list));
	size_t i;

	m.figures = arena_alloc(memory, row->n_figures * sizeof(*m.figures));
	if (list == NULL || m.figures == NULL)
		return MS_NO_MEMORY;
	for (i = 0; i < row->n_figures; i++) {
		put_figure(&row->figures[i], &list[i]);
		list[i].indicator = arena_text(memory, row->figures[i].indicator);
		if (list[i].indicator == NULL)
			return MS_NO_MEMORY;
		m.figures[i] = &list[i];
	}
	m.n_figures = row->n_figures;
	m.has_actual = m.has_on_time = m.has_as_of = true;
	m.actual = row->actual;
	m.on_time = row->on_time;
	m.as_of = row->as_of;
	return pack(&m.base, out);
}

/* Two's complement halves; built without shifting a negative number. */
static int128
join(int64_t high, uint64_t low)
{
	return (int128)high * ((int128)1 << 64) + (int128)low;
}

ms_status
rollup_row_decode(span bytes, arena *memory, rollup_row *out)
{
	ProtobufCAllocator allocator = memory_allocator(memory);
	Muster__Store__Rollup *m = muster__store__rollup__unpack(&allocator, bytes.len, bytes.at);
	size_t i;

	if (m == NULL)
		return MS_CORRUPT;
	*out = (rollup_row){ .actual = m->actual, .on_time = m->on_time, .as_of = m->as_of, .n_figures = m->n_figures };
	out->figures = arena_alloc(memory, m->n_figures * sizeof(*out->figures));
	if (out->figures == NULL)
		return MS_NO_MEMORY;
	for (i = 0; i < m->n_figures; i++) {
		const Muster__Store__RollupFigure *f = m->figures[i];

		out->figures[i] = (rollup_row_figure){
			.indicator = text(f->indicator),
			.view = f->view,
			.figure = { .num = join(f->num_high, f->num_low), .den = join(f->den_high, f->den_low), .units = f->units,
				.stale = f->stale },
		};
	}
	return MS_OK;
}

/* ---- devices, log state, plans ---- */

ms_status
device_row_encode(const device_row *row, arena *memory, buf *out)
{
	Muster__Store__Device m = MUSTER__STORE__DEVICE__INIT;

	m.has_id = m.has_sign_key = m.has_curve_key = m.has_state = m.has_next_seq = m.has_last_header = true;
	m.id = binary(row->id, sizeof(row->id));
	m.unit = arena_text(memory, row->unit);
	m.name = arena_text(memory, row->name);
	m.sign_key = binary(row->sign_key, sizeof(row->sign_key));
	m.curve_key = binary(row->curve_key, sizeof(row->curve_key));
	m.state = row->state;
	m.next_seq = row->next_seq;
	m.last_header = binary(row->last_header.at, HASH_SIZE);
	m.has_enrolled_leaf = m.has_revoked_leaf = true;
	m.enrolled_leaf = row->enrolled_leaf;
	m.revoked_leaf = row->revoked_leaf;
	return m.unit == NULL || m.name == NULL ? MS_NO_MEMORY : pack(&m.base, out);
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
	};
	if (!take_bytes(m->has_id, &m->id, out->id, sizeof(out->id)) ||
		!take_bytes(m->has_sign_key, &m->sign_key, out->sign_key, sizeof(out->sign_key)) ||
		!take_bytes(m->has_curve_key, &m->curve_key, out->curve_key, sizeof(out->curve_key)) ||
		!take_bytes(m->has_last_header, &m->last_header, out->last_header.at, HASH_SIZE))
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
		m.frontier[i] = binary(row->frontier[i].at, HASH_SIZE);
	m.n_frontier = row->n_frontier;
	m.has_size = m.has_last_us = true;
	m.size = row->size;
	m.last_us = row->last_us;
	m.has_manual_clock_us = row->manual_clock_us != 0;
	m.manual_clock_us = row->manual_clock_us;
	return pack(&m.base, out);
}

ms_status
log_state_row_decode(span bytes, arena *memory, log_state_row *out)
{
	ProtobufCAllocator allocator = memory_allocator(memory);
	Muster__Store__LogState *m = muster__store__log_state__unpack(&allocator, bytes.len, bytes.at);
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
	*out = (log_state_row){ .size = m->size, .last_us = m->last_us, .frontier = frontier, .n_frontier = m->n_frontier,
		.manual_clock_us = m->manual_clock_us };
	return MS_OK;
}

ms_status
plan_version_row_encode(const plan_version_row *row, arena *memory, buf *out)
{
	Muster__Store__PlanVersion m = MUSTER__STORE__PLAN_VERSION__INIT;

	m.has_version = m.has_file = m.has_leaf = true;
	m.version = binary(row->version.at, HASH_SIZE);
	m.file = binary(row->file.at, row->file.len);
	m.leaf = row->leaf;
	m.from_period = arena_text(memory, row->from_period);
	return m.from_period == NULL ? MS_NO_MEMORY : pack(&m.base, out);
}

ms_status
plan_version_row_decode(span bytes, arena *memory, plan_version_row *out)
{
	ProtobufCAllocator allocator = memory_allocator(memory);
	Muster__Store__PlanVersion *m = muster__store__plan_version__unpack(&allocator, bytes.len, bytes.at);

	if (m == NULL)
		return MS_CORRUPT;
	*out = (plan_version_row){ .file = binary_span(&m->file), .leaf = m->leaf, .from_period = text(m->from_period) };
	return take_bytes(m->has_version, &m->version, out->version.at, HASH_SIZE) ? MS_OK : MS_CORRUPT;
}

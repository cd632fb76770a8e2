/* SPDX-License-Identifier: Apache-2.0 */
/*
 * acts.c - bytes to plan/act.h in one canonical walk (walk.h): what is wrong with the form shows
 * while it is read. Only lists take memory; all else borrows from the bytes. The numbers in the
 * switches are the fields of act.proto; tests hold each reader to what protobuf-c unpacks.
 */
#include "codec/acts.h"

#include "codec/acts_parts.h"
#include "codec/walk.h"

/* Where lists go. FULL tells "no memory" from "malformed" when a reader returns false. */
typedef struct room {
	arena *memory;
	bool full;
} room;

/* Fill OUT from the message's BYTES; false: malformed, or no memory. */
typedef bool (*read_message)(span bytes, room *r, void *out);

static void *
take(room *r, size_t n, size_t size)
{
	void *at = arena_zalloc(r->memory, n * size);

	r->full |= at == NULL;
	return at;
}

/*
 * A repeated message; W stands on its first element. NULL for a malformed element or no memory. Two
 * bytes can be an element of 170 in memory, so a list longer than judge_form lets pass is not read
 * at all.
 */
static void *
read_list(walk *w, size_t max, size_t size, read_message read, room *r, size_t *n)
{
	size_t count = walk_count(w), i;
	uint8_t *list = count > max ? NULL : take(r, count, size);

	if (list == NULL)
		return NULL;
	for (i = 0; i < count; i++) {
		if (i > 0)
			walk_again(w);
		if (!read(w->bytes, r, list + i * size))
			return NULL;
	}
	*n = count;
	return list;
}

/* ---- reports ---- */

static bool
read_part(span bytes, room *r, void *out)
{
	walk w = walk_over(bytes);
	report_part *p = out;

	(void)r;
	while (walk_next(&w))
		switch (w.key) {
		case BYTES_FIELD(1):
			p->id = walk_text(&w);
			break;
		case NUMBER_FIELD(2):
			p->state = (part_state)walk_enum(&w, PART_DONE);
			break;
		case BYTES_FIELD(3):
			p->note = walk_text(&w);
			break;
		default:
			return false;
		}
	return !w.bad;
}

static bool
read_attachment(span bytes, room *r, void *out)
{
	walk w = walk_over(bytes);
	report_attachment *a = out;

	(void)r;
	while (walk_next(&w))
		switch (w.key) {
		case BYTES_FIELD(1):
			a->name = walk_text(&w);
			break;
		case NUMBER_FIELD(2):
			a->size = w.number;
			break;
		case BYTES_FIELD(3):
			a->sha256 = w.bytes;
			break;
		default:
			return false;
		}
	return !w.bad;
}

static bool
read_keys(walk *w, room *r, report_value *v)
{
	size_t i;

	v->n_keys = walk_count(w);
	v->has_keys = true;
	v->keys = v->n_keys > REPORT_KEYS_MAX ? NULL : take(r, v->n_keys, sizeof(*v->keys));
	if (v->keys == NULL)
		return false;
	for (i = 0; i < v->n_keys; i++) {
		if (i > 0)
			walk_again(w);
		v->keys[i] = walk_text(w);
	}
	return true;
}

static bool
read_value(span bytes, room *r, void *out)
{
	walk w = walk_over(bytes);
	report_value *v = out;
	bool has_num = false, has_den = false;

	while (walk_next(&w))
		switch (w.key) {
		case BYTES_FIELD(1):
			v->indicator = walk_text(&w);
			break;
		case NUMBER_FIELD(2):
			v->has_mantissa = true;
			v->mantissa = walk_s64(&w);
			break;
		case NUMBER_FIELD(3):
			has_num = true;
			v->num = walk_s64(&w);
			break;
		case NUMBER_FIELD(4):
			has_den = true;
			v->den = walk_s64(&w);
			break;
		case BYTES_FIELD(5):
			if (!read_keys(&w, r, v))
				return false;
			break;
		case BYTES_FIELD(6):
			v->has_text = true;
			v->text = walk_text(&w);
			break;
		case BYTES_FIELD(7):
			v->is_nil = true;
			v->nil_reason = walk_text(&w);
			break;
		case NUMBER_FIELD(8):
			v->has_date = true;
			v->date = walk_s32(&w);
			break;
		case NUMBER_FIELD(9):
			v->provisional = walk_bool(&w);
			break;
		case NUMBER_FIELD(10):
			v->has_keys |= walk_bool(&w);
			break;
		default:
			return false;
		}
	v->has_ratio = has_num && has_den;
	v->half_ratio = has_num != has_den;
	return !w.bad;
}

static bool
read_report(span bytes, room *r, report *p)
{
	walk w = walk_over(bytes);

	*p = (report){ 0 };
	while (walk_next(&w))
		switch (w.key) {
		case NUMBER_FIELD(1):
			p->has_progress = true;
			p->progress_pct = walk_u32(&w);
			break;
		case NUMBER_FIELD(2):
			p->status = (self_status)walk_enum(&w, SELF_DONE);
			break;
		case BYTES_FIELD(3):
			p->done = walk_text(&w);
			break;
		case BYTES_FIELD(4):
			p->problems = walk_text(&w);
			break;
		case BYTES_FIELD(5):
			p->next_steps = walk_text(&w);
			break;
		case BYTES_FIELD(6):
			p->help_needed = walk_text(&w);
			break;
		case BYTES_FIELD(7):
			p->parts = read_list(
				&w, REPORT_PARTS_MAX, sizeof(*p->parts), read_part, r, &p->n_parts);
			w.bad |= p->parts == NULL;
			break;
		case BYTES_FIELD(8):
			p->values = read_list(&w, REPORT_VALUES_MAX, sizeof(*p->values), read_value,
				r, &p->n_values);
			w.bad |= p->values == NULL;
			break;
		case BYTES_FIELD(9):
			p->prepared_by = walk_text(&w);
			break;
		case BYTES_FIELD(10):
			p->approved_by = walk_text(&w);
			break;
		case BYTES_FIELD(11):
			p->phone = walk_text(&w);
			break;
		case BYTES_FIELD(12):
			p->attachments = read_list(&w, REPORT_ATTACHMENTS_MAX,
				sizeof(*p->attachments), read_attachment, r, &p->n_attachments);
			w.bad |= p->attachments == NULL;
			break;
		default:
			return false;
		}
	return !w.bad;
}

/* ---- acts ---- */

/* The schema number stands first; whatever follows a higher one is not ours to judge. */
static bool
read_envelope(span bytes, act *out)
{
	walk w = walk_over(bytes);

	while (walk_next(&w))
		switch (w.key) {
		case NUMBER_FIELD(1):
			out->schema = w.number > UINT32_MAX ? 0 : (uint32_t)w.number;
			if (out->schema == 0 || out->schema > ACT_SCHEMA)
				return false;
			break;
		case NUMBER_FIELD(2):
			out->kind = (act_kind)walk_enum(&w, ACT_HUB_MOVED);
			break;
		case BYTES_FIELD(3):
			out->salt = w.bytes;
			break;
		case NUMBER_FIELD(4):
			out->created_us = walk_s64(&w);
			break;
		case BYTES_FIELD(5):
			out->plan = walk_text(&w);
			break;
		case BYTES_FIELD(6):
			out->plan_version = w.bytes;
			break;
		case BYTES_FIELD(7):
			out->item = walk_text(&w);
			break;
		case BYTES_FIELD(8):
			out->unit = walk_text(&w);
			break;
		case BYTES_FIELD(9):
			out->period = walk_text(&w);
			break;
		case NUMBER_FIELD(10):
			out->revision = walk_u32(&w);
			break;
		case BYTES_FIELD(11):
			out->body = w.bytes;
			break;
		default:
			return false;
		}
	return !w.bad;
}

static bool
read_body(room *r, act *out)
{
	if (out->body.at == NULL || body_descriptor(out->kind) == NULL)
		return false;
	return out->kind == ACT_REPORT ? read_report(out->body, r, &out->u.report)
				       : body_read(out->body, out);
}

ms_status
act_decode(span bytes, arena *memory, act *out)
{
	room r = { .memory = memory };

	memset(out, 0, offsetof(act, u));
	out->bytes = bytes;
	if (bytes.len > 0 && bytes.len <= ACT_BYTES_MAX && read_envelope(bytes, out) &&
		out->schema >= act_schema_of(out->kind) && read_body(&r, out)) {
		out->body_hash = hash_of(out->body);
		return MS_OK;
	}
	*out = (act){ .bytes = bytes,
		.malformed = true,
		.schema = out->schema > ACT_SCHEMA ? out->schema : 0 };
	return r.full ? MS_NO_MEMORY : MS_OK;
}

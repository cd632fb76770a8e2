/* SPDX-License-Identifier: Apache-2.0 */
/*
 * acts.c - bytes to plan/act.h in one canonical walk (walk.h): what is wrong with the form shows
 * while it is read. Only lists take memory; all else borrows from the bytes. The numbers in the
 * switches are the fields of act.proto; tests hold each reader here to what protobuf-c unpacks.
 */
#include "codec/acts.h"

#include "codec/acts_parts.h"
#include "codec/walk.h"

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
read_report(span bytes, room *r, void *out)
{
	walk w = walk_over(bytes);
	report *p = &((act *)out)->u.report;

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

static bool
read_retraction(span bytes, room *r, void *out)
{
	walk w = walk_over(bytes);
	retraction *p = &((act *)out)->u.retraction;

	(void)r;
	*p = (retraction){ 0 };
	while (walk_next(&w)) {
		if (w.key != BYTES_FIELD(1))
			return false;
		p->reason = walk_text(&w);
	}
	return !w.bad;
}

/* ---- what is stated about slots ---- */

/* What stands in field 2 beside the reason. */
typedef enum second { SECOND_NONE, SECOND_VERDICT, SECOND_DAYS, SECOND_POINTS } second;

static bool
read_second(walk *w, second what, steer *out)
{
	if (w->key != NUMBER_FIELD(2))
		return false;
	switch (what) {
	case SECOND_NONE:
		return false;
	case SECOND_VERDICT:
		out->verdict = (decision_verdict)walk_enum(w, DECISION_RETURN);
		break;
	case SECOND_DAYS:
		out->days = walk_u32(w);
		break;
	case SECOND_POINTS:
		out->points = walk_s64(w);
		break;
	}
	return true;
}

static bool
read_steer(span bytes, second what, void *out)
{
	walk w = walk_over(bytes);
	steer *p = &((act *)out)->u.steer;

	*p = (steer){ 0 };
	while (walk_next(&w))
		if (w.key == BYTES_FIELD(1))
			p->reason = walk_text(&w);
		else if (!read_second(&w, what, p))
			return false;
	return !w.bad;
}

static bool
read_reason(span bytes, room *r, void *out)
{
	(void)r;
	return read_steer(bytes, SECOND_NONE, out);
}

static bool
read_decision(span bytes, room *r, void *out)
{
	(void)r;
	return read_steer(bytes, SECOND_VERDICT, out);
}

static bool
read_extension(span bytes, room *r, void *out)
{
	(void)r;
	return read_steer(bytes, SECOND_DAYS, out);
}

static bool
read_adjustment(span bytes, room *r, void *out)
{
	(void)r;
	return read_steer(bytes, SECOND_POINTS, out);
}

static bool
read_assignment(span bytes, room *r, void *out)
{
	(void)r;
	((act *)out)->u.steer = (steer){ 0 };
	return bytes.len == 0;
}

static bool
read_issue(span bytes, room *r, void *out)
{
	walk w = walk_over(bytes);
	issue *p = &((act *)out)->u.issue;

	(void)r;
	*p = (issue){ 0 };
	while (walk_next(&w))
		switch (w.key) {
		case NUMBER_FIELD(1):
			p->leaves = w.number;
			break;
		case NUMBER_FIELD(2):
			p->as_of_us = walk_s64(&w);
			break;
		case BYTES_FIELD(3):
			p->sha256 = w.bytes;
			break;
		case BYTES_FIELD(4):
			p->title = walk_text(&w);
			break;
		default:
			return false;
		}
	return !w.bad;
}

/* ---- acts ---- */

static read_message
reader_of(act_kind kind)
{
	switch (kind) {
	case ACT_REPORT:
		return read_report;
	case ACT_RETRACTION:
		return read_retraction;
	case ACT_DECISION:
		return read_decision;
	case ACT_EXTENSION_REQUEST:
	case ACT_EXTENSION_GRANT:
		return read_extension;
	case ACT_EXTENSION_REFUSAL:
	case ACT_EXEMPTION:
	case ACT_EXEMPTION_WITHDRAWAL:
	case ACT_REMINDER:
	case ACT_COMMENT:
	case ACT_LOCK:
	case ACT_REOPEN:
		return read_reason;
	case ACT_ADJUSTMENT:
		return read_adjustment;
	case ACT_ASSIGN:
	case ACT_UNASSIGN:
		return read_assignment;
	case ACT_ISSUE:
		return read_issue;
	case ACT_HUB_NOTICE:
		return read_hub_notice;
	case ACT_HUB_APPROVAL:
		return read_hub_approval;
	case ACT_HUB_ROTATION:
		return read_hub_rotation;
	case ACT_HUB_FREEZE:
		return read_hub_freeze;
	case ACT_HUB_FEEDS:
		return read_hub_feeds;
	case ACT_HUB_RESTORE:
		return read_hub_restore;
	case ACT_HUB_CLOCK:
		return read_hub_clock;
	case ACT_HUB_MOVED:
		return read_hub_moved;
	case ACT_HUB_ORIGIN:
		return read_hub_origin;
	case ACT_HUB_RULES:
		return read_hub_rules;
	case ACT_HUB_PLAN:
		return read_hub_plan;
	case ACT_HUB_ENROLMENT:
		return read_hub_enrolment;
	case ACT_HUB_REVOCATION:
		return read_hub_revocation;
	}
	return NULL;
}

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

ms_status
act_decode(span bytes, arena *memory, act *out)
{
	room r = { .memory = memory };
	read_message read;

	memset(out, 0, offsetof(act, u));
	out->bytes = bytes;
	if (bytes.len > 0 && bytes.len <= ACT_BYTES_MAX && read_envelope(bytes, out) &&
		out->schema >= act_schema_of(out->kind) && out->body.at != NULL) {
		read = reader_of(out->kind);
		if (read != NULL && read(out->body, &r, out)) {
			out->body_hash = hash_of(out->body);
			return MS_OK;
		}
	}
	*out = (act){ .bytes = bytes,
		.malformed = true,
		.schema = out->schema > ACT_SCHEMA ? out->schema : 0 };
	return r.full ? MS_NO_MEMORY : MS_OK;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* acts_encode.c - plan/act.h to bytes. Only the device that makes an act encodes it; everyone else
 * keeps what came. */
#include "act.pb-c.h"
#include "codec/acts.h"
#include "codec/acts_parts.h"
#include "codec/memory.h"

static void
put_value(const report_value *in, arena *memory, Muster__Value *out, bool *failed)
{
	size_t i;

	muster__value__init(out);
	out->indicator = memory_text(in->indicator, memory, failed);
	out->has_mantissa = in->has_mantissa;
	out->mantissa = in->mantissa;
	out->has_num = out->has_den = in->has_ratio;
	out->num = in->num;
	out->den = in->den;
	out->text = in->has_text ? memory_text(in->text, memory, failed) : NULL;
	out->nil = in->is_nil ? memory_text(in->nil_reason, memory, failed) : NULL;
	out->has_date = in->has_date;
	out->date = in->date;
	out->has_provisional = out->provisional = in->provisional;
	out->has_no_keys = out->no_keys = in->has_keys && in->n_keys == 0;
	out->keys = arena_alloc(memory, in->n_keys * sizeof(*out->keys));
	*failed |= out->keys == NULL;
	for (i = 0; i < in->n_keys && !*failed; i++)
		out->keys[i] = memory_text(in->keys[i], memory, failed);
	out->n_keys = in->n_keys;
}

static void
put_part(const report_part *in, arena *memory, Muster__Part *out, bool *failed)
{
	muster__part__init(out);
	out->id = memory_text(in->id, memory, failed);
	out->has_state = in->state != PART_NONE;
	out->state = (Muster__PartState)in->state;
	out->note = memory_text(in->note, memory, failed);
}

static void
put_attachment(const report_attachment *in, arena *memory, Muster__Attachment *out, bool *failed)
{
	muster__attachment__init(out);
	out->name = memory_text(in->name, memory, failed);
	out->has_size = true;
	out->size = in->size;
	out->has_sha256 = in->sha256.at != NULL;
	out->sha256 = span_binary(in->sha256);
}

/* Lists of messages: one array of structs, one of pointers to them. */
#define PUT_LIST(type, field, put)                                                     \
	do {                                                                           \
		type *list = arena_alloc(memory, in->n_##field * sizeof(*list));       \
		out->field = arena_alloc(memory, in->n_##field * sizeof(*out->field)); \
		*failed |= list == NULL || out->field == NULL;                         \
		for (i = 0; i < in->n_##field && !*failed; i++) {                      \
			put(&in->field[i], memory, &list[i], failed);                  \
			out->field[i] = &list[i];                                      \
		}                                                                      \
		out->n_##field = in->n_##field;                                        \
	} while (0)

static void
put_report(const report *in, arena *memory, Muster__Report *out, bool *failed)
{
	size_t i;

	muster__report__init(out);
	out->has_progress_pct = in->has_progress;
	out->progress_pct = in->progress_pct;
	out->has_self_status = in->status != SELF_NONE;
	out->self_status = (Muster__SelfStatus)in->status;
	out->done = memory_text(in->done, memory, failed);
	out->problems = memory_text(in->problems, memory, failed);
	out->next_steps = memory_text(in->next_steps, memory, failed);
	out->help_needed = memory_text(in->help_needed, memory, failed);
	out->prepared_by = memory_text(in->prepared_by, memory, failed);
	out->approved_by = memory_text(in->approved_by, memory, failed);
	out->phone = memory_text(in->phone, memory, failed);
	PUT_LIST(Muster__Part, parts, put_part);
	PUT_LIST(Muster__Value, values, put_value);
	PUT_LIST(Muster__Attachment, attachments, put_attachment);
}

ms_status
act_encode_body(const act *a, arena *memory, buf *out)
{
	Muster__Report m;
	bool failed = false;

	if (body_descriptor(a->kind) == NULL)
		return MS_BUG;
	if (a->kind != ACT_REPORT)
		return body_write(a, out);
	put_report(&a->u.report, memory, &m, &failed);
	return failed ? MS_NO_MEMORY : memory_pack(&m.base, out);
}

ms_status
act_encode(const act *a, arena *memory, buf *out)
{
	Muster__Act m = MUSTER__ACT__INIT;
	bool failed = false;

	m.has_schema = true;
	m.schema = a->schema;
	m.has_kind = true;
	m.kind = (Muster__ActKind)a->kind;
	m.has_salt = a->salt.at != NULL;
	m.salt = span_binary(a->salt);
	m.has_created_at = true;
	m.created_at = a->created_us;
	m.plan = memory_text(a->plan, memory, &failed);
	m.has_plan_version = a->plan_version.at != NULL;
	m.plan_version = span_binary(a->plan_version);
	m.item = memory_text(a->item, memory, &failed);
	m.unit = memory_text(a->unit, memory, &failed);
	m.period = memory_text(a->period, memory, &failed);
	m.has_revision = a->revision != 0;
	m.revision = a->revision;
	m.has_body = true;
	m.body = span_binary(a->body);
	return failed ? MS_NO_MEMORY : memory_pack(&m.base, out);
}

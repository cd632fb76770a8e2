/* SPDX-License-Identifier: Apache-2.0 */
/* acts_encode.c - plan/act.h to bytes. Only the device that makes an act encodes it; everyone else
 * keeps what came. */
#include "act.pb-c.h"
#include "codec/acts.h"
#include "codec/memory.h"

/* A text for protobuf-c: NULL where none is given. *FAILED when memory is out. */
static char *
text(span s, arena *memory, bool *failed)
{
	char *out;

	if (s.at == NULL)
		return NULL;
	out = arena_text(memory, s);
	*failed |= out == NULL;
	return out;
}

static ProtobufCBinaryData
binary(span s)
{
	union {
		const uint8_t *in;
		uint8_t *out;
	} at = { .in = s.at };

	return (ProtobufCBinaryData){ .data = at.out, .len = s.len };
}

static void
put_value(const report_value *in, arena *memory, Muster__Value *out, bool *failed)
{
	size_t i;

	muster__value__init(out);
	out->indicator = text(in->indicator, memory, failed);
	out->has_mantissa = in->has_mantissa;
	out->mantissa = in->mantissa;
	out->has_num = out->has_den = in->has_ratio;
	out->num = in->num;
	out->den = in->den;
	out->text = in->has_text ? text(in->text, memory, failed) : NULL;
	out->nil = in->is_nil ? text(in->nil_reason, memory, failed) : NULL;
	out->has_date = in->has_date;
	out->date = in->date;
	out->has_provisional = out->provisional = in->provisional;
	out->has_no_keys = out->no_keys = in->has_keys && in->n_keys == 0;
	out->keys = arena_alloc(memory, in->n_keys * sizeof(*out->keys));
	*failed |= out->keys == NULL;
	for (i = 0; i < in->n_keys && !*failed; i++)
		out->keys[i] = text(in->keys[i], memory, failed);
	out->n_keys = in->n_keys;
}

static void
put_part(const report_part *in, arena *memory, Muster__Part *out, bool *failed)
{
	muster__part__init(out);
	out->id = text(in->id, memory, failed);
	out->has_state = in->state != PART_NONE;
	out->state = (Muster__PartState)in->state;
	out->note = text(in->note, memory, failed);
}

static void
put_attachment(const report_attachment *in, arena *memory, Muster__Attachment *out, bool *failed)
{
	muster__attachment__init(out);
	out->name = text(in->name, memory, failed);
	out->has_size = true;
	out->size = in->size;
	out->has_sha256 = in->sha256.at != NULL;
	out->sha256 = binary(in->sha256);
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
	out->done = text(in->done, memory, failed);
	out->problems = text(in->problems, memory, failed);
	out->next_steps = text(in->next_steps, memory, failed);
	out->help_needed = text(in->help_needed, memory, failed);
	out->prepared_by = text(in->prepared_by, memory, failed);
	out->approved_by = text(in->approved_by, memory, failed);
	out->phone = text(in->phone, memory, failed);
	PUT_LIST(Muster__Part, parts, put_part);
	PUT_LIST(Muster__Value, values, put_value);
	PUT_LIST(Muster__Attachment, attachments, put_attachment);
}

static ms_status
encode_report(const act *a, arena *memory, buf *out, bool *failed)
{
	Muster__Report m;

	put_report(&a->u.report, memory, &m, failed);
	return *failed ? MS_NO_MEMORY : memory_pack(&m.base, out);
}

static ms_status
encode_retraction(const act *a, arena *memory, buf *out, bool *failed)
{
	Muster__Retraction m = MUSTER__RETRACTION__INIT;

	m.reason = text(a->u.retraction.reason, memory, failed);
	return *failed ? MS_NO_MEMORY : memory_pack(&m.base, out);
}

static ms_status
encode_decision(const act *a, arena *memory, buf *out, bool *failed)
{
	Muster__Decision m = MUSTER__DECISION__INIT;

	m.reason = text(a->u.steer.reason, memory, failed);
	m.has_verdict = a->u.steer.verdict != DECISION_NONE;
	m.verdict = (Muster__DecisionVerdict)a->u.steer.verdict;
	return *failed ? MS_NO_MEMORY : memory_pack(&m.base, out);
}

/* Requests and grants are of one form. */
static ms_status
encode_extension(const act *a, arena *memory, buf *out, bool *failed)
{
	Muster__ExtensionGrant m = MUSTER__EXTENSION_GRANT__INIT;

	m.reason = text(a->u.steer.reason, memory, failed);
	m.has_days = true;
	m.days = a->u.steer.days;
	return *failed ? MS_NO_MEMORY : memory_pack(&m.base, out);
}

static ms_status
encode_adjustment(const act *a, arena *memory, buf *out, bool *failed)
{
	Muster__Adjustment m = MUSTER__ADJUSTMENT__INIT;

	m.reason = text(a->u.steer.reason, memory, failed);
	m.has_points = true;
	m.points = a->u.steer.points;
	return *failed ? MS_NO_MEMORY : memory_pack(&m.base, out);
}

/* All that state a reason or a text and nothing else are of one form. */
static ms_status
encode_reason(const act *a, arena *memory, buf *out, bool *failed)
{
	Muster__Comment m = MUSTER__COMMENT__INIT;

	m.text = text(a->u.steer.reason, memory, failed);
	return *failed ? MS_NO_MEMORY : memory_pack(&m.base, out);
}

static ms_status
encode_nothing(const act *a, arena *memory, buf *out, bool *failed)
{
	(void)a;
	(void)memory;
	(void)failed;
	return buf_reserve(out, 1);
}

static ms_status
encode_origin(const act *a, arena *memory, buf *out, bool *failed)
{
	const hub_origin *in = &a->u.origin;
	Muster__HubOrigin m = MUSTER__HUB_ORIGIN__INIT;

	m.has_hub = true;
	m.hub = binary(in->hub);
	m.origin = text(in->origin, memory, failed);
	m.has_sign_key = true;
	m.sign_key = binary(in->sign_key);
	m.has_simulated = m.simulated = in->simulated;
	m.has_clock_start = m.has_clock_wall = m.has_clock_rate = in->simulated;
	m.clock_start = in->clock_start_us;
	m.clock_wall = in->clock_wall_us;
	m.clock_rate = in->clock_rate;
	m.has_admin_key = in->admin_key.len > 0;
	m.admin_key = binary(in->admin_key);
	m.has_curve_key = in->curve_key.len > 0;
	m.curve_key = binary(in->curve_key);
	return *failed ? MS_NO_MEMORY : memory_pack(&m.base, out);
}

static ms_status
encode_rules(const act *a, arena *memory, buf *out, bool *failed)
{
	Muster__HubRules m = MUSTER__HUB_RULES__INIT;

	(void)memory;
	(void)failed;
	m.has_rules = true;
	m.rules = a->u.rules;
	return memory_pack(&m.base, out);
}

static ms_status
encode_plan(const act *a, arena *memory, buf *out, bool *failed)
{
	const hub_plan *in = &a->u.plan_version_act;
	Muster__HubPlan m = MUSTER__HUB_PLAN__INIT;

	m.has_version = true;
	m.version = binary(in->version);
	m.has_size = true;
	m.size = in->size;
	m.from_period = text(in->from_period, memory, failed);
	return *failed ? MS_NO_MEMORY : memory_pack(&m.base, out);
}

static ms_status
encode_enrolment(const act *a, arena *memory, buf *out, bool *failed)
{
	const hub_enrolment *in = &a->u.enrolment;
	Muster__HubEnrolment m = MUSTER__HUB_ENROLMENT__INIT;

	m.has_device = true;
	m.device = binary(in->device);
	m.unit = text(in->unit, memory, failed);
	m.name = text(in->name, memory, failed);
	m.has_sign_key = true;
	m.sign_key = binary(in->sign_key);
	m.has_curve_key = true;
	m.curve_key = binary(in->curve_key);
	m.has_awaits_approval = m.awaits_approval = in->awaits_approval;
	m.has_replaces = in->replaces.len > 0;
	m.replaces = binary(in->replaces);
	m.has_invite = in->invite.len > 0;
	m.invite = binary(in->invite);
	return *failed ? MS_NO_MEMORY : memory_pack(&m.base, out);
}

static ms_status
encode_approval(const act *a, arena *memory, buf *out, bool *failed)
{
	Muster__HubApproval m = MUSTER__HUB_APPROVAL__INIT;

	(void)memory;
	(void)failed;
	m.has_device = true;
	m.device = binary(a->u.approval.device);
	return memory_pack(&m.base, out);
}

static ms_status
encode_rotation(const act *a, arena *memory, buf *out, bool *failed)
{
	const hub_rotation *in = &a->u.rotation;
	Muster__HubRotation m = MUSTER__HUB_ROTATION__INIT;

	m.has_device = m.has_sign_key = m.has_curve_key = m.has_signature = true;
	m.device = binary(in->device);
	m.unit = text(in->unit, memory, failed);
	m.name = text(in->name, memory, failed);
	m.sign_key = binary(in->sign_key);
	m.curve_key = binary(in->curve_key);
	m.signature = binary(in->signature);
	m.has_until = m.has_before = true;
	m.until = in->until_us;
	m.before = in->before;
	return *failed ? MS_NO_MEMORY : memory_pack(&m.base, out);
}

static ms_status
encode_freeze(const act *a, arena *memory, buf *out, bool *failed)
{
	const hub_freeze *in = &a->u.freeze;
	Muster__HubFreeze m = MUSTER__HUB_FREEZE__INIT;

	(void)memory;
	(void)failed;
	m.has_device = m.has_first_seq = m.has_header_hash = true;
	m.device = binary(in->device);
	m.first_seq = in->first_seq;
	m.header_hash = binary(in->header_hash);
	return memory_pack(&m.base, out);
}

static ms_status
encode_revocation(const act *a, arena *memory, buf *out, bool *failed)
{
	Muster__HubRevocation m = MUSTER__HUB_REVOCATION__INIT;

	m.has_device = true;
	m.device = binary(a->u.revocation.device);
	m.reason = text(a->u.revocation.reason, memory, failed);
	return *failed ? MS_NO_MEMORY : memory_pack(&m.base, out);
}

static ms_status
encode_notice(const act *a, arena *memory, buf *out, bool *failed)
{
	Muster__HubNotice m = MUSTER__HUB_NOTICE__INIT;

	(void)memory;
	(void)failed;
	m.has_level = true;
	m.level = (Muster__NoticeLevel)a->u.notice.level;
	m.has_at = true;
	m.at = a->u.notice.at_us;
	return memory_pack(&m.base, out);
}

static ms_status
encode_restore(const act *a, arena *memory, buf *out, bool *failed)
{
	Muster__HubRestore m = MUSTER__HUB_RESTORE__INIT;

	(void)memory;
	(void)failed;
	m.has_order = m.has_signature = true;
	m.order = binary(a->u.restore.order);
	m.signature = binary(a->u.restore.signature);
	return memory_pack(&m.base, out);
}

static ms_status
encode_feeds(const act *a, arena *memory, buf *out, bool *failed)
{
	Muster__HubFeeds m = MUSTER__HUB_FEEDS__INIT;

	(void)memory;
	(void)failed;
	m.has_count = m.has_chain = true;
	m.count = a->u.feeds.count;
	m.chain = binary(a->u.feeds.chain);
	return memory_pack(&m.base, out);
}

static ms_status
encode_clock(const act *a, arena *memory, buf *out, bool *failed)
{
	const hub_clock *in = &a->u.clock;
	Muster__HubClock m = MUSTER__HUB_CLOCK__INIT;

	(void)memory;
	(void)failed;
	m.has_finding = true;
	m.finding = (Muster__ClockFinding)in->finding;
	m.has_before = true;
	m.before = in->before_us;
	m.has_after = true;
	m.after = in->after_us;
	m.has_device = in->device.len > 0;
	m.device = binary(in->device);
	return memory_pack(&m.base, out);
}

static ms_status
encode_moved(const act *a, arena *memory, buf *out, bool *failed)
{
	const hub_moved *in = &a->u.moved;
	Muster__HubMoved m = MUSTER__HUB_MOVED__INIT;

	m.address = text(in->address, memory, failed);
	m.has_curve_key = true;
	m.curve_key = binary(in->curve_key);
	m.has_from = true;
	m.from = in->from_us;
	m.has_until = true;
	m.until = in->until_us;
	return *failed ? MS_NO_MEMORY : memory_pack(&m.base, out);
}

static ms_status
encode_issue(const act *a, arena *memory, buf *out, bool *failed)
{
	const issue *in = &a->u.issue;
	Muster__Issue m = MUSTER__ISSUE__INIT;

	m.has_leaves = true;
	m.leaves = in->leaves;
	m.has_as_of = true;
	m.as_of = in->as_of_us;
	m.has_sha256 = true;
	m.sha256 = binary(in->sha256);
	m.title = text(in->title, memory, failed);
	return *failed ? MS_NO_MEMORY : memory_pack(&m.base, out);
}

static const struct {
	act_kind kind;
	ms_status (*encode)(const act *a, arena *memory, buf *out, bool *failed);
} encoders[] = {
	{ ACT_REPORT, encode_report },
	{ ACT_RETRACTION, encode_retraction },
	{ ACT_DECISION, encode_decision },
	{ ACT_EXTENSION_REQUEST, encode_extension },
	{ ACT_EXTENSION_GRANT, encode_extension },
	{ ACT_EXTENSION_REFUSAL, encode_reason },
	{ ACT_EXEMPTION, encode_reason },
	{ ACT_EXEMPTION_WITHDRAWAL, encode_reason },
	{ ACT_REMINDER, encode_reason },
	{ ACT_COMMENT, encode_reason },
	{ ACT_ADJUSTMENT, encode_adjustment },
	{ ACT_ASSIGN, encode_nothing },
	{ ACT_UNASSIGN, encode_nothing },
	{ ACT_LOCK, encode_reason },
	{ ACT_REOPEN, encode_reason },
	{ ACT_ISSUE, encode_issue },
	{ ACT_HUB_ORIGIN, encode_origin },
	{ ACT_HUB_RULES, encode_rules },
	{ ACT_HUB_PLAN, encode_plan },
	{ ACT_HUB_ENROLMENT, encode_enrolment },
	{ ACT_HUB_REVOCATION, encode_revocation },
	{ ACT_HUB_NOTICE, encode_notice },
	{ ACT_HUB_APPROVAL, encode_approval },
	{ ACT_HUB_ROTATION, encode_rotation },
	{ ACT_HUB_FREEZE, encode_freeze },
	{ ACT_HUB_RESTORE, encode_restore },
	{ ACT_HUB_FEEDS, encode_feeds },
	{ ACT_HUB_CLOCK, encode_clock },
	{ ACT_HUB_MOVED, encode_moved },
};

ms_status
act_encode_body(const act *a, arena *memory, buf *out)
{
	bool failed = false;
	size_t i;

	for (i = 0; i < sizeof(encoders) / sizeof(encoders[0]); i++)
		if (encoders[i].kind == a->kind)
			return encoders[i].encode(a, memory, out, &failed);
	return MS_BUG;
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
	m.salt = binary(a->salt);
	m.has_created_at = true;
	m.created_at = a->created_us;
	m.plan = text(a->plan, memory, &failed);
	m.has_plan_version = a->plan_version.at != NULL;
	m.plan_version = binary(a->plan_version);
	m.item = text(a->item, memory, &failed);
	m.unit = text(a->unit, memory, &failed);
	m.period = text(a->period, memory, &failed);
	m.has_revision = a->revision != 0;
	m.revision = a->revision;
	m.has_body = true;
	m.body = binary(a->body);
	return failed ? MS_NO_MEMORY : memory_pack(&m.base, out);
}

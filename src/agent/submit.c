/* SPDX-License-Identifier: Apache-2.0 */
/*
 * submit.c - a good row becomes an act in the outbox. People never type a revision: the next one is
 * the slot's newest known one + 1 while there is one, and content that stands already is not sent
 * again.
 */
#include "agent/agent.h"

#include "base/lang.h"
#include "base/random.h"
#include "base/suggest.h"
#include "codec/acts.h"
#include "intake/slot_text.h"
#include "lib/reported.h"
#include "plan/judge.h"

/* A clock moved by hand is the hub's alone: the hub says whether a period has begun. */
static int64_t
judging_time(const agent *a)
{
	const sim_clock *clock = &a->settings.clock;

	return clock->simulated && clock->rate == 0 ? INT64_MAX : agent_hub_time_us(a);
}

ms_status
submit_judge(agent *a, const char *name, span bytes, int64_t at_us, arena *memory,
	intake_result *out, ms_error *err)
{
	reported own = { .store = a->store, .plan = a->plan, .unit = a->settings.unit };
	intake_ask ask = { .plan = a->plan,
		.unit = a->unit,
		.english = agent_is_english(a),
		.now_us = at_us != 0 && judging_time(a) != INT64_MAX ? at_us : judging_time(a),
		.ctx = &own,
		.report_of = reported_of };

	return intake_read(&ask, name, bytes, memory, out, err);
}

static bool
stands(const known *k, const act *a)
{
	return k->standing.revision != 0 && k->standing.kind == a->kind &&
	       (a->kind == ACT_RETRACTION || hash_equal(&k->standing.body_hash, &a->body_hash));
}

/* Encode the act around its body; the bytes are what will be hashed, signed and kept. */
static ms_status
encode(const agent *ag, const act *made, uint32_t revision, arena *memory, buf *out, ms_error *err)
{
	uint8_t salt[ACT_SALT_SIZE];
	act a = *made;
	ms_status s = random_bytes(salt, sizeof(salt), err);

	a.schema = act_schema_of(a.kind);
	a.salt = span_of(salt, sizeof(salt));
	a.created_us = agent_now_us(ag);
	a.plan = span_str(ag->plan->id);
	a.plan_version = span_of(ag->plan->version.at, HASH_SIZE);
	a.revision = revision;
	if (s == MS_OK)
		s = act_encode(&a, memory, out);
	return s == MS_OK ? s : ms_fail(err, s, MST_NO_MEMORY, "no memory for an act");
}

static void
queue(agent *ag, store_txn *txn, const act *row_act, const known_at *at, known *k, file_line *line)
{
	arena memory = { 0 };
	buf bytes = { 0 };
	ms_error err = { 0 };

	line->revision = k->newest.revision + 1;
	if (encode(ag, row_act, line->revision, &memory, &bytes, &err) != MS_OK) {
		store_fail(txn, err.status, err.code, "%s", err.text);
	} else if (outbox_add(txn, &ag->out.box, buf_span(&bytes), &line->seq)) {
		known_revision r = { .revision = line->revision,
			.kind = (uint8_t)row_act->kind,
			.state = KNOWN_QUEUED,
			.own = true,
			.body_hash = row_act->body_hash,
			.seq = line->seq };

		line->state = LINE_QUEUED;
		known_take(k, &r);
		known_put(txn, at, k);
	}
	buf_fini(&bytes);
	arena_fini(&memory);
}

/* Does ROW of a sheet say what this device said last, while another one has reported since? Nobody
 * changed it here: it came along with other rows. */
static bool
is_left(const intake_result *result, const intake_row *row, const known *k)
{
	return result->form != INTAKE_JSON && row->act.kind == ACT_REPORT && !k->standing.own &&
	       k->standing.revision > k->mine.revision && k->mine.kind == ACT_REPORT &&
	       hash_equal(&k->mine.body_hash, &row->act.body_hash);
}

static bool
is_returned(const known *k)
{
	return k->standing.kind == ACT_REPORT && k->decision.revision == k->standing.revision &&
	       k->decision.outcome == DECISION_RETURN;
}

/* Is there a revision for other content? If not, LINE says so. */
static bool
has_revision(const known *k, file_line *line)
{
	if (k->newest.revision < UINT32_MAX)
		return true;
	line->state = LINE_SPENT;
	line->revision = k->newest.revision;
	return false;
}

/* Is the content of ROW, of SHEET or (NULL) by itself, new to the slot and can it be sent? Then
 * LINE is as if it were queued, without an act. */
static bool
is_news(store_txn *txn, const intake_result *sheet, const intake_row *row, known_at *at, known *k,
	file_line *line)
{
	*at = (known_at){ .unit = row->act.unit, .item = row->act.item, .period = row->at };
	known_get(txn, at, k);
	line->other_first = k->standing.revision != 0 && !k->standing.own;
	line->state = LINE_QUEUED;
	if (!stands(k, &row->act) && sheet != NULL && is_left(sheet, row, k)) {
		line->state = LINE_LEFT;
		line->revision = k->standing.revision;
		return false;
	}
	if (!stands(k, &row->act) && (row->act.kind != ACT_RETRACTION || k->standing.revision != 0))
		return has_revision(k, line);
	line->state = k->standing.revision == 0 ? LINE_NOTHING
		      : is_returned(k)          ? LINE_RETURNED
						: LINE_UNCHANGED;
	line->seq = k->standing.own ? k->standing.seq : 0;
	line->revision = k->standing.revision;
	return false;
}

void
submit_rows(agent *a, store_txn *txn, const intake_result *result, file_line *lines, submit_how how)
{
	known_at at;
	known k;
	uint32_t i;

	for (i = 0; i < result->n_rows && store_ok(txn); i++) {
		const intake_row *row = &result->rows[i];

		lines[i] = (file_line){ .row = row->row };
		if (row->good && is_news(txn, how.alone ? NULL : result, row, &at, &k, &lines[i]) &&
			!how.dry)
			queue(a, txn, &row->act, &at, &k, &lines[i]);
	}
}

/* ---- what leads and observers state ---- */

/* The names that the plan has for what people wrote; what it does not know is left for the rules.
 * NAMES holds that of the period. */
static void
name_by_plan(const plan *p, act *a, arena *names)
{
	int item = plan_match_item(p, a->item), unit = plan_match_unit(p, a->unit);
	char text[PERIOD_NAME_SIZE];
	period at;

	if (slot_period(p, a->period, &at))
		a->period = arena_copy(names, span_str(period_name(at, text)));
	if (item >= 0)
		a->item = span_str(p->items[item].id);
	if (unit >= 0)
		a->unit = span_str(p->units[unit].id);
}

/* Names that the plan has not: more is known of them here than the rules would say. */
static ms_status
judge_names(const plan *p, const act *a, ms_error *err)
{
	suggestion s;
	uint32_t i;

	if (a->item.len > 0 && plan_match_item(p, a->item) < 0) {
		const char *near = slot_nearest_item(p, a->item);

		ms_fail(err, MS_INVALID, MST_REPORT_UNKNOWN, "%s: the plan has no item \"%.*s\"",
			verdict_name(VERDICT_REFUSED_UNKNOWN), (int)a->item.len,
			(const char *)a->item.at);
		if (near != NULL)
			ms_error_remedy(err, "did you mean \"%s\"?", near);
		return MS_INVALID;
	}
	if (a->unit.len == 0 || plan_match_unit(p, a->unit) >= 0)
		return MS_OK;
	ms_fail(err, MS_INVALID, MST_REPORT_UNKNOWN, "%s: the plan has no unit \"%.*s\"",
		verdict_name(VERDICT_REFUSED_UNKNOWN), (int)a->unit.len, (const char *)a->unit.at);
	suggest_begin(&s, a->unit);
	for (i = 0; i < p->n_units; i++) {
		suggest_try(&s, p->units[i].id);
		suggest_try(&s, p->units[i].name);
	}
	if (s.best != NULL)
		ms_error_remedy(err, "did you mean \"%s\"?", s.best);
	return MS_INVALID;
}

/* A decision names a revision; people mean the newest that was seen here. */
static ms_status
find_revision(store_txn *txn, act *a, ms_error *err)
{
	known k = { 0 };
	known_at at;

	if (a->kind != ACT_DECISION || a->revision != 0)
		return MS_OK;
	if (known_slot(a->unit, a->item, a->period, &at))
		known_get(txn, &at, &k);
	a->revision = k.standing.revision;
	if (a->revision != 0)
		return store_ok(txn) ? MS_OK : store_status(txn, err);
	ms_fail(err, MS_INVALID, MST_ACT_REVISION,
		"no report of \"%.*s\" on \"%.*s\" for \"%.*s\" has arrived here yet",
		(int)a->unit.len, (const char *)a->unit.at, (int)a->item.len,
		(const char *)a->item.at, (int)a->period.len, (const char *)a->period.at);
	ms_error_remedy(err, "muster feed shows what has; --revision N names one");
	return MS_INVALID;
}

const char *
submit_why(verdict v)
{
	switch (v) {
	case VERDICT_REFUSED_SCHEMA:
		return tr("the hub is older than this software");
	case VERDICT_REFUSED_UNKNOWN:
		return tr("the hub's plan has no such item, unit or period");
	case VERDICT_REFUSED_NOT_BEGUN:
		return tr("the period has not begun");
	case VERDICT_REFUSED_NOT_ASSIGNED:
		return tr("the unit has no such part in the item, or it is for itself to state");
	case VERDICT_REFUSED_NOT_LEAD:
		return tr("that is for those who lead the item, or for observers");
	case VERDICT_REFUSED_SPLIT:
		return tr("in an item with divided leads observers decide");
	case VERDICT_REFUSED_OWN:
		return tr("nobody states this of a slot or score of its own");
	case VERDICT_REFUSED_VALUE:
		return tr("the plan wants another value, or a reason is missing");
	case VERDICT_REFUSED_LOCKED:
		return tr("the period is locked: a lead or an observer can reopen it");
	case VERDICT_REFUSED_LATE:
		return tr("it is too late for that");
	case VERDICT_REFUSED_CONFLICT:
		return tr("other content stands under the same revision");
	case VERDICT_REFUSED_STALE:
		return tr("the newest revision is another one, or no report");
	case VERDICT_REFUSED_DECIDED:
		return tr("another lead or an observer has decided on it already");
	default:
		return tr("the hub would not take it");
	}
}

/* When word of the decision has not come yet, nobody here knows who it was. */
static const char *
why_decided(store_txn *txn, const act *a)
{
	known k = { 0 };
	known_at at;

	if (known_slot(a->unit, a->item, a->period, &at))
		known_get(txn, &at, &k);
	if (k.decision.by == KNOWN_BY_OBSERVER)
		return tr("an observer has decided on it already");
	return k.decision.by == KNOWN_BY_LEAD ? tr("another lead has decided on it already")
					      : submit_why(VERDICT_REFUSED_DECIDED);
}

static const char *
why_late(act_kind kind)
{
	switch (kind) {
	case ACT_EXTENSION_REQUEST:
		return tr("the deadline is past");
	case ACT_EXTENSION_GRANT:
		return tr("the deadline is past and no request came before it: only an observer "
			  "can grant now, for an outage");
	case ACT_EXEMPTION:
		return tr("the deadline is past: only an observer can exempt now");
	case ACT_ASSIGN:
	case ACT_UNASSIGN:
		return tr("the period has begun: name a later one");
	default:
		return submit_why(VERDICT_REFUSED_LATE);
	}
}

static const char *
why_act(store_txn *txn, const act *a, verdict v)
{
	if (v == VERDICT_REFUSED_DECIDED)
		return why_decided(txn, a);
	if (v == VERDICT_REFUSED_LATE)
		return why_late(a->kind);
	if (v == VERDICT_REFUSED_VALUE && a->kind == ACT_ADJUSTMENT)
		return tr("with that the points of the unit and period would be more than the plan "
			  "allows (adjust_max)");
	return submit_why(v);
}

const char *
submit_why_not(store_txn *txn, const file_line *line, verdict v)
{
	const char *why = submit_why(v);
	arena memory = { 0 };
	span bytes;
	act a;

	if (line->seq != 0 && outbox_act(txn, line->seq, &bytes) &&
		act_decode(bytes, &memory, &a) == MS_OK && !a.malformed)
		why = why_act(txn, &a, v);
	arena_fini(&memory);
	return why;
}

/* What the plan alone refuses is not sent: the reason is told at once. */
static ms_status
judge_state(const agent *ag, const act *a, ms_error *err)
{
	violations found = { 0 };
	slot_at at;
	verdict v;

	if (a->malformed || a->kind == ACT_REPORT || a->kind == ACT_RETRACTION)
		return ms_fail(err, MS_INVALID, MST_ACT_JSON,
			a->malformed ? "the act has unknown members or members of a wrong type"
				     : "reports and retractions go through `muster report`");
	v = judge_act(ag->plan, a, (int)ag->unit, agent_hub_time_us(ag), &at, &found);
	if (v == VERDICT_NONE)
		return MS_OK;
	if (found.n > 0)
		ms_fail(err, MS_INVALID, found.list[0].code, "%s: %s \"%s\": expected %s",
			verdict_name(v), found.list[0].field, found.list[0].value,
			tr(found.list[0].expected));
	else
		ms_fail(err, verdict_is_denial(v) ? MS_DENIED : MS_INVALID, MST_REPORT_NOT_ASSIGNED,
			"%s: %s", verdict_name(v),
			v == VERDICT_REFUSED_LATE ? why_late(a->kind) : submit_why(v));
	if (verdict_is_denial(v))
		ms_error_remedy(err, "muster plan show tells who leads and observes what");
	else if (v == VERDICT_REFUSED_UNKNOWN)
		ms_error_remedy(err, "muster plan show lists items, units and periods");
	return err->status;
}

/* Its bytes as they will be sent, judged as the hub will read them. */
static ms_status
encode_state(const agent *ag, const act *made, arena *memory, buf *out, ms_error *err)
{
	buf body = { 0 };
	act a = *made, sent;
	ms_status s = a.malformed ? judge_state(ag, &a, err) : act_encode_body(&a, memory, &body);

	a.body = body.len == 0 ? span_str("") : buf_span(&body);
	if (s == MS_OK)
		s = encode(ag, &a, a.revision, memory, out, err);
	if (s == MS_OK)
		s = act_decode(buf_span(out), memory, &sent);
	if (s == MS_OK)
		s = judge_state(ag, &sent, err);
	buf_fini(&body);
	return s == MS_OK ? s : ms_fail(err, s, MST_NO_MEMORY, "no memory for an act");
}

ms_status
submit_state(agent *ag, store_txn *txn, act *a, arena *names, file_line *line, ms_error *err)
{
	arena memory = { 0 };
	buf bytes = { 0 };
	ms_status s;

	if (a->kind == ACT_EXTENSION_REQUEST && a->unit.len == 0)
		a->unit = span_str(ag->plan->units[ag->unit].id);
	name_by_plan(ag->plan, a, names);
	s = a->malformed ? MS_OK : judge_names(ag->plan, a, err);
	if (s == MS_OK && !a->malformed)
		s = find_revision(txn, a, err);
	if (s == MS_OK)
		s = encode_state(ag, a, &memory, &bytes, err);
	if (s == MS_OK && !outbox_add(txn, &ag->out.box, buf_span(&bytes), &line->seq))
		s = store_status(txn, err);
	if (s == MS_OK) {
		line->state = LINE_QUEUED;
		line->revision = a->revision;
	}
	buf_fini(&bytes);
	arena_fini(&memory);
	return s;
}

/* ---- what became of it ---- */

static const char *
note_of(const file_line *line)
{
	if (line->state == LINE_NOTHING)
		return tr("没有可撤回的报送");
	if (line->state == LINE_LEFT)
		return tr("与本机上次报送的相同；本单位的另一台设备此后另有报送，以那一份为准。"
			  "要以这一份为准，请改动后再报");
	if (line->state == LINE_RETURNED)
		return tr("这一版已被退回，没有再报；请按退回说明修改后再报，数没有错的，请在进展情"
			  "况里写明");
	if (line->state == LINE_SPENT)
		return tr("这一事项本期最大的版本号已被用掉，不能再报也不能更正；请告知中心管理员");
	if (line->state == LINE_UNCHANGED && line->other_first)
		return tr("本单位的另一台设备已报送相同内容");
	if (line->other_first)
		return tr("本单位的另一台设备此前已报送，以本次为准");
	return NULL;
}

/* The hub's word on the act of LINE; false: there is none yet. */
static bool
find_fate(agent *a, store_txn *txn, const file_line *line, outbox_fate *out)
{
	if (!line->is_receipted)
		return outbox_verdict(txn, &a->out.box, line->seq, out) && out->receipted;
	*out = (outbox_fate){ .receipted = true,
		.verdict = line->verdict,
		.leaf = line->place.leaf,
		.at = line->place.at,
		.hub_time_us = line->hub_time_us };
	return true;
}

bool
submit_look(agent *a, store_txn *txn, const file_line *line, answer_row *out)
{
	outbox_fate fate;

	*out = (answer_row){ .state = ANSWER_WRONG, .note = note_of(line) };
	if (line->state == LINE_BAD || line->state == LINE_SPENT)
		return true;
	out->state = line->state == LINE_QUEUED ? ANSWER_QUEUED : ANSWER_UNCHANGED;
	if (line->seq == 0 && !line->is_receipted)
		return true;
	if (!find_fate(a, txn, line, &fate))
		return !store_ok(txn);
	out->verdict = (verdict)fate.verdict;
	out->has_record = true;
	out->place = (record_place){ .leaf = fate.leaf, .at = fate.at };
	out->hub_time_us = fate.hub_time_us;
	if (line->state == LINE_QUEUED)
		out->state = ANSWER_RECEIVED;
	/* Two devices took the same number: the clerk decides, knowing what the other one said. */
	if (out->verdict == VERDICT_REFUSED_CONFLICT) {
		out->state = ANSWER_OTHER_FIRST;
		out->verdict = VERDICT_NONE;
		out->note =
			tr("本单位的另一台设备先报送了别的内容，这一份没有收下；要以这一份为准，"
			   "请再报一次");
	}
	return true;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/replay_read.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/text.h"
#include "codec/acts.h"

/* The members of one object being read; BAD when one is unknown or of the wrong type. */
typedef struct members {
	const json_t *object;
	size_t seen;
	arena *memory;
	bool bad;
} members;

/* ---- members ---- */

static const json_t *
member(members *m, const char *name)
{
	const json_t *value = json_object_get(m->object, name);

	m->seen += value != NULL;
	return json_is_null(value) ? NULL : value;
}

/* Members that nobody asked for make the object bad. */
static bool
finish(members *m)
{
	m->bad |= m->seen != json_object_size(m->object);
	return !m->bad;
}

static span
text(members *m, const char *name)
{
	const json_t *value = member(m, name);
	span out = { 0 };

	if (value == NULL)
		return out;
	if (!json_is_string(value)) {
		m->bad = true;
		return out;
	}
	out = arena_copy(m->memory, span_of(json_string_value(value), json_string_length(value)));
	m->bad |= out.at == NULL;
	return out;
}

static bool
number(members *m, const char *name, int64_t min, int64_t max, int64_t *out)
{
	const json_t *value = member(m, name);

	if (value == NULL)
		return false;
	*out = json_integer_value(value);
	if (!json_is_integer(value) || *out < min || *out > max) {
		m->bad = true;
		*out = 0;
	}
	return true;
}

/* One of WORDS (NULL at the end), counted from 1; 0 when not given. */
static unsigned
word(members *m, const char *name, const char *const *words)
{
	span given = text(m, name);
	unsigned i;

	if (given.at == NULL)
		return 0;
	for (i = 0; words[i] != NULL; i++)
		if (span_equal(given, span_str(words[i])))
			return i + 1;
	m->bad = true;
	return 0;
}

typedef bool (*read_element)(const json_t *element, arena *memory, void *out);

static void *
list(members *m, const char *name, size_t size, read_element read, size_t *n)
{
	const json_t *value = member(m, name);
	uint8_t *out;
	size_t i;

	*n = 0;
	if (value == NULL)
		return NULL;
	out = arena_zalloc(m->memory, (json_array_size(value) + 1) * size);
	if (!json_is_array(value) || out == NULL) {
		m->bad = true;
		return NULL;
	}
	for (i = 0; i < json_array_size(value); i++)
		m->bad |= !read(json_array_get(value, i), m->memory, out + i * size);
	*n = json_array_size(value);
	return out;
}

/* ---- reports ---- */

static bool
read_part(const json_t *element, arena *memory, void *out)
{
	static const char *const states[] = { "not_started", "under_way", "done", NULL };
	members m = { .object = element, .memory = memory, .bad = !json_is_object(element) };
	report_part *p = out;

	p->id = text(&m, "id");
	p->state = (part_state)word(&m, "state", states);
	p->note = text(&m, "note");
	return finish(&m);
}

static bool
read_attachment(const json_t *element, arena *memory, void *out)
{
	members m = { .object = element, .memory = memory, .bad = !json_is_object(element) };
	report_attachment *a = out;
	int64_t size = 0;
	span hex;
	uint8_t *sha = arena_alloc(memory, HASH_SIZE);

	a->name = text(&m, "name");
	number(&m, "size", 0, INT64_MAX, &size);
	a->size = (uint64_t)size;
	hex = text(&m, "sha256");
	if (hex.at != NULL && sha != NULL && text_unhex(hex, sha, HASH_SIZE))
		a->sha256 = span_of(sha, HASH_SIZE);
	return finish(&m);
}

static bool
read_key(const json_t *element, arena *memory, void *out)
{
	span *key = out;

	if (!json_is_string(element))
		return false;
	*key = arena_copy(memory, span_of(json_string_value(element), json_string_length(element)));
	return key->at != NULL;
}

/* "2012-05-01", or days since 1970-01-01 as in the proto. */
static void
read_date(members *m, report_value *v)
{
	const json_t *value = json_object_get(m->object, "date");
	ms_error ignored = { 0 };
	int64_t days = 0;

	if (json_is_string(value))
		m->bad |= date_parse(text(m, "date"), &v->date, &ignored) != MS_OK;
	else if (number(m, "date", INT32_MIN, INT32_MAX, &days))
		v->date = (int32_t)days;
	v->has_date = json_is_string(value) || json_is_integer(value);
}

static bool
read_value(const json_t *element, arena *memory, void *out)
{
	members m = { .object = element, .memory = memory, .bad = !json_is_object(element) };
	report_value *v = out;
	bool has_num, has_den;
	const json_t *provisional;

	v->indicator = text(&m, "indicator");
	v->has_mantissa = number(&m, "mantissa", INT64_MIN, INT64_MAX, &v->mantissa);
	has_num = number(&m, "num", INT64_MIN, INT64_MAX, &v->num);
	has_den = number(&m, "den", INT64_MIN, INT64_MAX, &v->den);
	m.bad |= has_num != has_den;
	v->has_ratio = has_num && has_den;
	v->has_keys = json_is_array(json_object_get(element, "keys"));
	v->keys = list(&m, "keys", sizeof(*v->keys), read_key, &v->n_keys);
	v->text = text(&m, "text");
	v->has_text = v->text.at != NULL;
	v->nil_reason = text(&m, "nil");
	v->is_nil = v->nil_reason.at != NULL;
	read_date(&m, v);
	provisional = member(&m, "provisional");
	m.bad |= provisional != NULL && !json_is_boolean(provisional);
	v->provisional = json_is_true(provisional);
	return finish(&m);
}

static void
read_revision(members *m, act *a)
{
	int64_t revision = 0;

	number(m, "revision", 0, UINT32_MAX, &revision);
	a->revision = (uint32_t)revision;
}

static void
read_report(members *m, act *a)
{
	static const char *const statuses[] = { "on_track", "at_risk", "blocked", "done", NULL };
	report *r = &a->u.report;
	int64_t progress = 0;

	read_revision(m, a);
	r->has_progress = number(m, "progress_pct", 0, UINT32_MAX, &progress);
	r->progress_pct = (uint32_t)progress;
	r->status = (self_status)word(m, "self_status", statuses);
	r->done = text(m, "done");
	r->problems = text(m, "problems");
	r->next_steps = text(m, "next_steps");
	r->help_needed = text(m, "help_needed");
	r->prepared_by = text(m, "prepared_by");
	r->approved_by = text(m, "approved_by");
	r->phone = text(m, "phone");
	r->parts = list(m, "parts", sizeof(*r->parts), read_part, &r->n_parts);
	r->values = list(m, "values", sizeof(*r->values), read_value, &r->n_values);
	r->attachments =
		list(m, "attachments", sizeof(*r->attachments), read_attachment, &r->n_attachments);
}

/* ---- the other acts ---- */

static void
read_retraction(members *m, act *a)
{
	read_revision(m, a);
	a->u.retraction.reason = text(m, "reason");
}

static void
read_decision(members *m, act *a)
{
	static const char *const verdicts[] = { "accept", "return", NULL };

	read_revision(m, a);
	a->u.steer.verdict = (decision_verdict)word(m, "verdict", verdicts);
	a->u.steer.reason = text(m, "reason");
}

static void
read_days(members *m, act *a)
{
	int64_t days = 0;

	number(m, "days", 0, UINT32_MAX, &days);
	a->u.steer.days = (uint32_t)days;
	a->u.steer.reason = text(m, "reason");
}

static void
read_points(members *m, act *a)
{
	number(m, "points", INT64_MIN, INT64_MAX, &a->u.steer.points);
	a->u.steer.reason = text(m, "reason");
}

static void
read_reason(members *m, act *a)
{
	a->u.steer.reason = text(m, "reason");
}

static void
read_words(members *m, act *a)
{
	a->u.steer.reason = text(m, "text");
}

static void
read_nothing(members *m, act *a)
{
	(void)m;
	(void)a;
}

static const struct kind {
	const char *name;
	act_kind kind;
	void (*read)(members *m, act *a);
} kinds[] = {
	{ "report", ACT_REPORT, read_report },
	{ "retraction", ACT_RETRACTION, read_retraction },
	{ "decision", ACT_DECISION, read_decision },
	{ "extension_request", ACT_EXTENSION_REQUEST, read_days },
	{ "extension_grant", ACT_EXTENSION_GRANT, read_days },
	{ "extension_refusal", ACT_EXTENSION_REFUSAL, read_reason },
	{ "exemption", ACT_EXEMPTION, read_reason },
	{ "exemption_withdrawal", ACT_EXEMPTION_WITHDRAWAL, read_reason },
	{ "reminder", ACT_REMINDER, read_words },
	{ "comment", ACT_COMMENT, read_words },
	{ "adjustment", ACT_ADJUSTMENT, read_points },
	{ "assign", ACT_ASSIGN, read_nothing },
	{ "unassign", ACT_UNASSIGN, read_nothing },
	{ "lock", ACT_LOCK, read_reason },
	{ "reopen", ACT_REOPEN, read_reason },
};

static const struct kind *
kind_of(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(kinds[i].name, name) == 0)
			return &kinds[i];
	return NULL;
}

/* ---- lines ---- */

/* The bytes that a device would have sent, and what the hub makes of them. */
static ms_status
encode(const plan *p, const act *made, arena *memory, act *out)
{
	static const uint8_t salt[ACT_SALT_SIZE] = { 0 };
	buf body = { 0 }, bytes = { 0 };
	act a = *made;
	span kept = { 0 };
	ms_status s;

	a.schema = act_schema_of(a.kind);
	a.salt = span_of(salt, sizeof(salt));
	a.plan = span_str(p->id);
	a.plan_version = span_of(p->version.at, HASH_SIZE);
	s = act_encode_body(&a, memory, &body);
	a.body = buf_span(&body);
	if (a.body.at == NULL)
		a.body = span_str("");
	if (s == MS_OK)
		s = act_encode(&a, memory, &bytes);
	if (s == MS_OK) {
		kept = arena_copy(memory, buf_span(&bytes));
		s = kept.at == NULL ? MS_NO_MEMORY : act_decode(kept, memory, out);
	}
	buf_fini(&body);
	buf_fini(&bytes);
	return s;
}

static ms_status
read_act(const plan *p, const struct kind *kind, const json_t *object, arena *memory, act *out)
{
	members m = { .object = object, .memory = memory, .bad = !json_is_object(object) };
	act a = { .kind = kind->kind };
	bool is_assignment = a.kind == ACT_ASSIGN || a.kind == ACT_UNASSIGN;

	memset(&a.u, 0, sizeof(a.u));
	if (a.kind != ACT_ADJUSTMENT)
		a.item = text(&m, "item");
	a.unit = text(&m, "unit");
	a.period = text(&m, is_assignment ? "from_period" : "period");
	kind->read(&m, &a);
	if (finish(&m))
		return encode(p, &a, memory, out);
	*out = (act){ .malformed = true };
	return MS_OK;
}

static ms_status
read_line(const plan *p, const json_t *line, arena *memory, replay_line *out, ms_error *err)
{
	const char *at = json_text_of(line, "at"), *by = json_text_of(line, "by");
	json_t *wrapped = json_object_get(line, "act");
	const char *name = json_object_iter_key(json_object_iter(wrapped));
	const struct kind *kind = name == NULL ? NULL : kind_of(name);

	if (at == NULL || by == NULL || json_object_size(wrapped) != 1)
		return ms_fail(err, MS_INVALID, MST_REPLAY_LINE,
			"expected {\"at\": TIME, \"by\": UNIT, \"act\": {NAME: {...}}}");
	if (kind == NULL)
		return ms_fail(err, MS_INVALID, MST_REPLAY_LINE,
			"no act is named \"%s\", `muster replay --help` lists them", name);
	if (time_parse(span_str(at), &out->at_us, err) != MS_OK)
		return MS_INVALID;
	out->by = plan_find_unit(p, span_str(by));
	if (read_act(p, kind, json_object_iter_value(json_object_iter(wrapped)), memory,
		    &out->act) != MS_OK)
		return ms_fail(err, MS_NO_MEMORY, MST_NO_MEMORY, "not enough memory for an act");
	return MS_OK;
}

ms_status
replay_read(
	const plan *p, span line, const char *place, arena *memory, replay_line *out, ms_error *err)
{
	json_t *json = NULL;
	ms_status s = json_parse(line, place, &json, err);

	if (s != MS_OK)
		return s;
	s = read_line(p, json, memory, out, err);
	if (s != MS_OK)
		ms_error_place(err, "%s", place);
	json_decref(json);
	return s;
}

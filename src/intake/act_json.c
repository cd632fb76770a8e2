/* SPDX-License-Identifier: Apache-2.0 */
#include "intake/act_json.h"

#include "base/clock.h"
#include "base/text.h"

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

static void
read_issue(members *m, act *a)
{
	uint8_t *sha = arena_alloc(m->memory, HASH_SIZE);
	int64_t leaves = 0;
	span at, hex;

	number(m, "leaves", 0, INT64_MAX, &leaves);
	a->u.issue.leaves = (uint64_t)leaves;
	at = text(m, "as_of");
	m->bad |= at.at != NULL && time_parse(at, &a->u.issue.as_of_us, NULL) != MS_OK;
	hex = text(m, "sha256");
	if (hex.at != NULL && sha != NULL && text_unhex(hex, sha, HASH_SIZE))
		a->u.issue.sha256 = span_of(sha, HASH_SIZE);
	a->u.issue.title = text(m, "title");
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
	{ "issue", ACT_ISSUE, read_issue },
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

ms_status
act_of_json(const json_t *wrapped, arena *memory, act *out, ms_error *err)
{
	json_t *whole = (json_t *)(uintptr_t)wrapped;
	void *only = json_object_iter(whole);
	const char *name = json_object_iter_key(only);
	const struct kind *kind = name == NULL ? NULL : kind_of(name);
	members m = { .object = json_object_iter_value(only), .memory = memory };

	if (json_object_size(wrapped) != 1)
		return ms_fail(err, MS_INVALID, MST_ACT_JSON, "expected one act, {NAME: {...}}");
	if (kind == NULL)
		return ms_fail(err, MS_INVALID, MST_ACT_JSON,
			"no act is named \"%s\", `muster replay --help` lists them", name);
	m.bad = !json_is_object(m.object);
	*out = (act){ .kind = kind->kind };
	memset(&out->u, 0, sizeof(out->u));
	if (kind->kind != ACT_ADJUSTMENT)
		out->item = text(&m, "item");
	out->unit = text(&m, "unit");
	out->period = text(&m,
		kind->kind == ACT_ASSIGN || kind->kind == ACT_UNASSIGN ? "from_period" : "period");
	kind->read(&m, out);
	out->malformed = !finish(&m);
	return MS_OK;
}

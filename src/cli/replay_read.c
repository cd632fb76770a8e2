/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/replay_read.h"

#include "base/clock.h"
#include "base/json.h"
#include "codec/acts.h"
#include "intake/act_json.h"

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
read_line(const plan *p, const json_t *line, arena *memory, replay_line *out, ms_error *err)
{
	const char *at = json_text_of(line, "at"), *by = json_text_of(line, "by");
	ms_status s;
	act made;

	if (at == NULL || by == NULL || !json_is_object(json_object_get(line, "act")))
		return ms_fail(err, MS_INVALID, MST_REPLAY_LINE,
			"expected {\"at\": TIME, \"by\": UNIT, \"act\": {NAME: {...}}}");
	if (time_parse(span_str(at), &out->at_us, err) != MS_OK)
		return MS_INVALID;
	out->by = plan_find_unit(p, span_str(by));
	s = act_of_json(json_object_get(line, "act"), memory, &made, err);
	if (s == MS_OK && made.malformed)
		out->act = (act){ .malformed = true };
	else if (s == MS_OK && encode(p, &made, memory, &out->act) != MS_OK)
		s = ms_fail(err, MS_NO_MEMORY, MST_NO_MEMORY, "not enough memory for an act");
	return s;
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

/* SPDX-License-Identifier: Apache-2.0 */
#include "net/control_json.h"

void
control_answer_json(control_call *call, json_t *object)
{
	buf line = { 0 };

	if (json_write(object, &line) == MS_OK)
		control_answer(call, buf_span(&line));
	json_decref(object);
	buf_fini(&line);
}

void
control_last_json(control_call *call, json_t *object)
{
	control_answer_json(call, object);
	control_end(call);
}

void
control_refuse(control_call *call, const ms_error *err)
{
	json_t *inner = json_object(), *outer = json_object();

	json_set_number(inner, "status", err->status);
	json_set_number(inner, "code", err->code);
	json_set_text(inner, "place", err->place);
	json_set_text(inner, "text", err->text);
	json_set_text(inner, "remedy", err->remedy);
	json_set(outer, "error", inner);
	control_last_json(call, outer);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* control_json.h - answers of a control socket as JSON, one object a line. */
#ifndef NET_CONTROL_JSON_H
#define NET_CONTROL_JSON_H

#include "base/json.h"
#include "net/control.h"

/* OBJECT is taken. */
void control_answer_json(control_call *call, json_t *object);
/* The same, and the call ends. */
void control_last_json(control_call *call, json_t *object);
/* {"error":{"status","code","place","text","remedy"}}, and the call ends. */
void control_refuse(control_call *call, const ms_error *err);

#endif

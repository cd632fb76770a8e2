/* SPDX-License-Identifier: Apache-2.0 */
/*
 * act_json.h - one act as people and programs write it: {NAME: {...}}, with the fields of act.proto
 * (`muster replay --help` shows the form).
 */
#ifndef INTAKE_ACT_JSON_H
#define INTAKE_ACT_JSON_H

#include "base/arena.h"
#include "base/json.h"
#include "plan/act.h"

/*
 * The act of WRAPPED: kind, item, unit, period, revision and content; all else is zero. What does
 * not fit the form of an act (unknown members, wrong types) gives OUT->malformed. MS_INVALID when
 * it is no act at all. Texts are copied into MEMORY.
 */
ms_status act_of_json(const json_t *wrapped, arena *memory, act *out, ms_error *err);

#endif

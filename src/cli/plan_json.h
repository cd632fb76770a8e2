/* SPDX-License-Identifier: Apache-2.0 */
/* plan_json.h - a plan, an item and the mistakes of a plan file as JSON. */
#ifndef CLI_PLAN_JSON_H
#define CLI_PLAN_JSON_H

#include "base/json.h"
#include "plan/plan.h"

/* New objects, the caller's to json_decref. */
json_t *plan_to_json(const plan *p);
json_t *plan_item_to_json(const plan *p, uint32_t item);
/* P is NULL when the plan cannot be used. */
json_t *plan_check_to_json(const char *file, const plan *p, const plan_problems *problems);

#endif

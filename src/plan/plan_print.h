/* SPDX-License-Identifier: Apache-2.0 */
/* plan_print.h - what the plan_print files share. */
#ifndef PLAN_PLAN_PRINT_H
#define PLAN_PLAN_PRINT_H

#include "plan/plan.h"

enum { PRINT_MEMBERS_MAX = 100 }; /* units or targets listed one by one */

void print_item(buf *out, const plan *p, uint32_t item);
/* "名称 (id)" */
void print_unit(buf *out, const plan *p, uint32_t unit);
/* " [inferred]" or "" */
const char *print_mark(const plan_marks *marks, const char *option);
uint32_t print_count_role(const plan *p, uint32_t item, plan_role role);

#endif

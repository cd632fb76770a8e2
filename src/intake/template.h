/* SPDX-License-Identifier: Apache-2.0 */
/* template.h - an empty CSV form for a unit and a period: the header row, and a row per slot that
 * the unit must or may report. */
#ifndef INTAKE_TEMPLATE_H
#define INTAKE_TEMPLATE_H

#include "base/buf.h"
#include "plan/plan.h"

/* UTF-8 with BOM (spreadsheets need it), appended to OUT. AT is widened or split to no other: items
 * without this period are left out. */
ms_status intake_template(const plan *p, uint32_t unit, period at, bool english, buf *out);

#endif

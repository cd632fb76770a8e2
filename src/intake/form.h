/* SPDX-License-Identifier: Apache-2.0 */
/* form.h - the CSV form of a unit for a period: the header row, and a row per slot, empty or filled
 * with a report. intake_read takes it back. */
#ifndef INTAKE_FORM_H
#define INTAKE_FORM_H

#include "base/buf.h"
#include "plan/act.h"
#include "plan/plan.h"

typedef struct form_row {
	uint32_t item;        /* index */
	const report *filled; /* NULL: an empty row */
} form_row;

/* UTF-8 with BOM (spreadsheets need it), appended to OUT. The columns are those of all slots of the
 * unit in AT; attachments have none. */
ms_status form_write(const plan *p, uint32_t unit, period at, const form_row *rows, size_t n,
	bool english, buf *out);
/* The empty form: a row per slot that the unit must or may report. AT is widened or split to no
 * other: items without this period are left out. */
ms_status form_write_empty(const plan *p, uint32_t unit, period at, bool english, buf *out);

#endif

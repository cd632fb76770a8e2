/* SPDX-License-Identifier: Apache-2.0 */
/*
 * xlsx.h - an .xlsx as rows of cells.
 *
 * Read as a stream, with bounds on everything; nothing outside the bytes is looked at, no formula
 * is run, no entity is declared. Hidden sheets are not read. Internal to intake.
 */
#ifndef INTAKE_XLSX_H
#define INTAKE_XLSX_H

#include "base/arena.h"
#include "intake/sheet.h"

typedef struct xlsx xlsx;

/* BYTES are borrowed until xlsx_close. MS_INVALID, MS_FULL: with the sentence; MS_NO_MEMORY. */
ms_status xlsx_open(span bytes, xlsx **out, ms_error *err);
void xlsx_close(xlsx *x); /* NULL is allowed */

/* The id of the unit for which a form of ours was made; NULL: it is none. */
const char *xlsx_unit(const xlsx *x);
/* The name of the N-th sheet that people see, NULL past the last. Valid until xlsx_close. */
const char *xlsx_sheet(const xlsx *x, uint32_t n);
/* Its rows, in order. */
ms_status xlsx_rows(xlsx *x, uint32_t n, const sheet_sink *sink, ms_error *err);
/* A sheet that is read a second time is not counted again (package_inflated_back). */
uint64_t xlsx_inflated(const xlsx *x);
void xlsx_inflated_back(xlsx *x, uint64_t mark);

#endif

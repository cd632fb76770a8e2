/* SPDX-License-Identifier: Apache-2.0 */
/*
 * xlsx_book.h - what a workbook is made of: its sheets in order, and where texts and styles stand.
 * Links that lead out of the file, macros and everything else is not looked at. Internal to intake.
 */
#ifndef INTAKE_XLSX_BOOK_H
#define INTAKE_XLSX_BOOK_H

#include "base/arena.h"
#include "intake/xlsx_package.h"

enum { BOOK_SHEETS_MAX = 256 };

typedef struct book_sheet {
	const char *name, *part; /* PART: its name in the package; NULL = no worksheet (a chart) */
	bool hidden;
} book_sheet;

typedef struct xlsx_book {
	book_sheet *sheets;
	uint32_t n_sheets;
	const char *strings, *styles; /* parts; NULL = none */
	const char *properties;       /* the part of those that people give; NULL = none */
	const char *unit;             /* the unit for which a form of ours was made; NULL = none */
	const char *seal;             /* of a form of ours (form_seal.h); NULL = none */
	bool base_1904;
} xlsx_book;

/* Everything in OUT lies in MEMORY. MS_NOT_FOUND: the package is no workbook. */
ms_status xlsx_book_read(package *p, arena *memory, xlsx_book *out, ms_error *err);

#endif

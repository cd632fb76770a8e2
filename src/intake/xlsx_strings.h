/* SPDX-License-Identifier: Apache-2.0 */
/*
 * xlsx_strings.h - the table of texts that the cells of a workbook share, each as it is read: the
 * runs of rich text joined, phonetic readings left out. Internal to intake.
 */
#ifndef INTAKE_XLSX_STRINGS_H
#define INTAKE_XLSX_STRINGS_H

#include "base/buf.h"
#include "intake/xlsx_package.h"

enum { STRINGS_BYTES_MAX = 8 << 20, STRINGS_MAX = 1 << 20 };

typedef struct xlsx_strings {
	buf text; /* one behind the other */
	buf ends; /* uint32_t[]: where each ends */
} xlsx_strings;

ms_status xlsx_strings_read(package *p, const char *name, xlsx_strings *out, ms_error *err);
/* False: there is no text of that number. Borrows from STRINGS. */
bool xlsx_strings_at(const xlsx_strings *strings, uint32_t number, span *out);
void xlsx_strings_fini(xlsx_strings *strings);

/* TEXT with _x000D_ and the like as the characters they stand for, appended to OUT. */
ms_status xlsx_unescape(span text, buf *out);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* answer_book.h - the answer to a workbook as a workbook: the rows of the answer on one sheet, on
 * the next the clerk's own table with what became of each row and, in red with a comment, each cell
 * that is wrong. */
#ifndef INTAKE_ANSWER_BOOK_H
#define INTAKE_ANSWER_BOOK_H

#include "base/buf.h"
#include "base/span.h"
#include "base/status.h"

typedef struct answer_book {
	span answer;       /* of answer_write to a workbook: CSV in UTF-8 */
	span original;     /* the clerk's file; what cannot be read of it is left out */
	const char *sheet; /* the one that was read; "" = none */
	bool english;
} answer_book;

/* Appended to OUT. SCRATCH is a directory for the file in the making. Errors as of form_xlsx. */
ms_status answer_book_write(const answer_book *b, const char *scratch, buf *out, ms_error *err);

#endif

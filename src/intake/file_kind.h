/* SPDX-License-Identifier: Apache-2.0 */
/*
 * file_kind.h - what a file is, by its bytes and not by its name: a spreadsheet saved as .xls may
 * be text, a renamed one anything. Internal to intake.
 */
#ifndef INTAKE_FILE_KIND_H
#define INTAKE_FILE_KIND_H

#include "base/span.h"

typedef enum file_kind {
	KIND_TEXT = 0,   /* CSV or JSON, as far as can be told */
	KIND_PACKAGE,    /* a zip: .xlsx, or one of its kin */
	KIND_OLD_SHEET,  /* .xls or .et of the old kind, .xlsb */
	KIND_PASSWORD,   /* a spreadsheet under a password */
	KIND_OPEN_SHEET, /* .ods */
	KIND_DOCUMENT,   /* a text document */
	KIND_PDF,
	KIND_PICTURE,
	KIND_WEB_PAGE, /* HTML or XML under the name of a spreadsheet */
	KIND_OTHER,    /* a zip or another container of something else */
	KIND_COUNT
} file_kind;

file_kind file_kind_of(span bytes);
/* Of a package: KIND_PACKAGE when it is a workbook, as far as its names tell. */
file_kind file_kind_of_package(span bytes);

/* "PDF", "图片": for people. */
const char *file_kind_name(file_kind kind, bool english);

/* Does the NAME end in one of the kinds that are taken, be it to say how to save them anew? */
bool file_kind_has_ending(const char *name);
/* Is the ending that of text: .csv, .tsv, .txt, .json? */
bool file_kind_is_text_name(const char *name);

/* Does FILE end with ENDING, in any case? */
bool file_has_ending(const char *file, const char *ending);

#endif

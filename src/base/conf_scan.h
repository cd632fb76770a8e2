/* SPDX-License-Identifier: Apache-2.0 */
/*
 * conf_scan.h - what conf_parse looks at before libconfuse: bytes that are refused, and the lines
 * where sections begin (libconfuse only keeps the line where they end).
 */
#ifndef BASE_CONF_SCAN_H
#define BASE_CONF_SCAN_H

#include "base/map.h"
#include "base/span.h"
#include "base/status.h"

typedef struct conf_opening {
	unsigned line;
	uint64_t next; /* index of the next one of the same name and title, in the file's order */
} conf_opening;

/* A zeroed one is empty. */
typedef struct conf_openings {
	conf_opening *list;
	size_t n, room;
	map first, last; /* name 0x00 title -> index in list */
} conf_openings;

/*
 * Refuse NUL, invalid UTF-8, a byte order mark, "${", "+=", bytes written as numbers, Chinese
 * quotes and commas between words, and comments, quotes (in their line) and braces that are not
 * closed, with FILE:line; note where sections begin; and blank the comments of TEXT, because
 * libconfuse 3.3 counts the lines of most of them more than once.
 */
ms_status conf_scan(char *text, size_t len, const char *file, conf_openings *o, ms_error *err);
/* The line of the next section of this name and title (may be NULL), or OTHERWISE. Each is given
 * once. */
unsigned conf_opening_line(
	conf_openings *o, const char *name, const char *title, unsigned otherwise);
void conf_openings_fini(conf_openings *o);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * screen.h - how wide the terminal is that stdout goes to, and what is printed for people there.
 *
 * Into a file or pipe everything is printed as it is, whatever COLUMNS says: programs read it.
 */
#ifndef CLI_SCREEN_H
#define CLI_SCREEN_H

#include "base/buf.h"

/* Columns of the terminal: COLUMNS, else what the terminal says, else 80. 0: stdout is none. */
unsigned screen_columns(void);
/* Print TEXT, its lines wrapped (wrap_lines). False: not all could be written. */
bool screen_print(const buf *text);

/* The same of paragraphs that were broken into lines for a wide terminal (wrap_join). */
bool screen_print_prose(const buf *text);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* print_table.c - apart from args.c: what only asks a daemon needs no widths of characters. */
#include "cli/command.h"

#include <stdio.h>

ms_status
cli_print_table(const table *t, ms_error *err)
{
	buf text = { 0 };
	ms_status s = table_write(t, &text);

	if (s == MS_OK)
		fputs(buf_cstr(&text), stdout);
	if (s != MS_OK || text.failed)
		s = ms_fail(err, MS_NO_MEMORY, MST_NO_MEMORY, "no memory for the text");
	buf_fini(&text);
	return s;
}

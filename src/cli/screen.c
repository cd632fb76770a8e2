/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/screen.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/text.h"
#include "base/wrap.h"

enum {
	COLUMNS_MIN = 20,
	COLUMNS_MAX = 10000,
	COLUMNS_UNKNOWN = 80, /* a serial line does not say */
};

unsigned
screen_columns(void)
{
	struct winsize size = { .ws_col = 0 };
	const char *wish = getenv("COLUMNS");
	uint64_t columns = 0;

	if (isatty(STDOUT_FILENO) != 1)
		return 0;
	if (wish == NULL || !text_uint(span_str(wish), COLUMNS_MAX, &columns)) {
		ioctl(STDOUT_FILENO, TIOCGWINSZ, &size);
		columns = size.ws_col;
	}
	if (columns == 0)
		return COLUMNS_UNKNOWN;
	return columns < COLUMNS_MIN ? COLUMNS_MIN : (unsigned)columns;
}

bool
screen_print(const buf *text)
{
	buf lines = { 0 };
	bool folded = wrap_lines(buf_span(text), screen_columns(), &lines) == MS_OK;
	const buf *shown = folded ? &lines : text;
	bool good = fwrite(shown->at, 1, shown->len, stdout) == shown->len;

	buf_fini(&lines);
	return good;
}

bool
screen_print_prose(const buf *text)
{
	buf joined = { 0 };
	bool good = wrap_join(buf_span(text), screen_columns(), &joined) == MS_OK;

	good = screen_print(good ? &joined : text);
	buf_fini(&joined);
	return good;
}

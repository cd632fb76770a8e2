/* SPDX-License-Identifier: Apache-2.0 */
/* log.c - one write per line; what others sent cannot make a second line or move the cursor. */
#include "base/log.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/shown.h"

static const char *const words[] = { "error", "warning", "info", "debug" };

/* One write per line, so that lines of several processes do not mix. */
static void
put_line(const logger *l, log_level level, char *text)
{
	char line[1400], when[40];
	ssize_t written;
	int n;

	shown_line(text);
	n = snprintf(line, sizeof(line), "%s %s %s: %s\n", time_format(clock_real_us(), 0, when),
		l->name, words[level], text);
	if (n < 0)
		return;
	if ((size_t)n >= sizeof(line)) {
		n = sizeof(line) - 1;
		line[n - 1] = '\n';
	}
	do
		written = write(l->fd, line, (size_t)n);
	while (written < 0 && errno == EINTR);
}

void
logger_say(const logger *l, log_level level, const char *format, ...)
{
	char text[1280];
	va_list args;

	if (level > l->level)
		return;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	put_line(l, level, text);
}

void
logger_error(const logger *l, log_level level, const ms_error *err)
{
	char text[1280];

	if (level > l->level)
		return;
	ms_error_format(err, text, sizeof(text));
	put_line(l, level, text);
}

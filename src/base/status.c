/* SPDX-License-Identifier: Apache-2.0 */
/* status.c - the first cause of a failure is kept; everything later is consequence. */
#include "base/status.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/lang.h"
#include "base/shown.h"

/* Like vsnprintf, but on one line, and a cut text ends with a whole UTF-8 character. What a file or
 * a peer is called stands in errors. */
static void __attribute__((format(printf, 3, 0)))
print_whole(char *at, size_t size, const char *format, va_list args)
{
	int n = vsnprintf(at, size, format, args);
	size_t end = size - 1;

	if (n < 0 || (size_t)n < size) {
		shown_line(at);
		return;
	}
	while (end > 0 && ((unsigned char)at[end - 1] & 0xC0) == 0x80)
		end--;
	if (end > 0 && (unsigned char)at[end - 1] >= 0xC0)
		end--;
	else
		end = size - 1;
	at[end] = '\0';
	shown_line(at);
}

#undef ms_fail /* the analyser has a macro of that name */

ms_status
ms_fail(ms_error *err, ms_status status, unsigned code, const char *format, ...)
{
	va_list args;

	if (err == NULL || err->status != MS_OK)
		return status;
	if (status == MS_NO_MEMORY && code != MST_NO_MEMORY)
		return ms_fail(err, status, MST_NO_MEMORY, "out of memory");
	*err = (ms_error){ .status = status, .code = code };
	va_start(args, format);
	print_whole(err->text, sizeof(err->text), tr(format), args);
	va_end(args);
	return status;
}

static void __attribute__((format(printf, 3, 0)))
fill(char *at, size_t size, const char *format, va_list args)
{
	if (at[0] == '\0')
		print_whole(at, size, tr(format), args);
}

void
ms_error_place(ms_error *err, const char *format, ...)
{
	va_list args;

	if (err == NULL)
		return;
	va_start(args, format);
	fill(err->place, sizeof(err->place), format, args);
	va_end(args);
}

void
ms_error_remedy(ms_error *err, const char *format, ...)
{
	va_list args;

	if (err == NULL)
		return;
	va_start(args, format);
	fill(err->remedy, sizeof(err->remedy), format, args);
	va_end(args);
}

const char *
ms_error_format(const ms_error *err, char *out, unsigned size)
{
	snprintf(out, size, "%s%s%s%s%s%s [MST-%04u]", err->place,
		err->place[0] == '\0' ? "" : ": ", err->text, err->remedy[0] == '\0' ? "" : " (",
		err->remedy, err->remedy[0] == '\0' ? "" : ")", err->code);
	return out;
}

static const int exit_codes[] = {
	[MS_OK] = 0,
	[MS_NOT_FOUND] = 66,
	[MS_INVALID] = 65,
	[MS_CONFIG] = 78,
	[MS_USAGE] = 64,
	[MS_EXISTS] = 73,
	[MS_FULL] = 75,
	[MS_NO_MEMORY] = 74,
	[MS_IO] = 74,
	[MS_NO_SPACE] = 74,
	[MS_STORAGE] = 74,
	[MS_CORRUPT] = 74,
	[MS_BUSY] = 75,
	[MS_DENIED] = 77,
	[MS_UNREACHABLE] = 69,
	[MS_TIMEOUT] = 75,
	[MS_AGAIN] = 75,
	[MS_CANNOT_WRITE] = 73,
	[MS_BUG] = 70,
};
_Static_assert(sizeof(exit_codes) / sizeof(exit_codes[0]) == MS_STATUS_COUNT,
	"an exit code for every status");

int
ms_exit_code(ms_status status)
{
	return exit_codes[status];
}

_Noreturn void
ms_assert_failed(const char *condition, const char *file, int line)
{
	fprintf(stderr, "muster: internal mistake at %s:%d: %s does not hold; please report it\n",
		file, line, condition);
	abort();
}

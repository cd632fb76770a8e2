/* SPDX-License-Identifier: Apache-2.0 */
/* buf.c - doubling growth; a failed append is remembered in `failed`. */
#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { FIRST_ROOM = 64 };

ms_status
buf_reserve(buf *b, size_t more)
{
	size_t room = b->room == 0 ? FIRST_ROOM : b->room;
	uint8_t *at;

	if (b->failed || more > SIZE_MAX / 2 - b->len)
		goto failed;
	if (b->len + more <= b->room)
		return MS_OK;
	while (room < b->len + more)
		room *= 2;
	at = realloc(b->at, room);
	if (at == NULL)
		goto failed;
	b->at = at;
	b->room = room;
	return MS_OK;
failed:
	b->failed = true;
	return MS_NO_MEMORY;
}

ms_status
buf_add(buf *b, const void *bytes, size_t len)
{
	ms_status s = buf_reserve(b, len);

	if (s == MS_OK && len > 0) {
		memcpy(b->at + b->len, bytes, len);
		b->len += len;
	}
	return s;
}

ms_status
buf_add_span(buf *b, span bytes)
{
	return buf_add(b, bytes.at, bytes.len);
}

ms_status
buf_add_text(buf *b, const char *text)
{
	return buf_add(b, text, strlen(text));
}

ms_status
buf_addf(buf *b, const char *format, ...)
{
	va_list args;
	ms_status s;
	int n;

	va_start(args, format);
	n = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (n < 0)
		return MS_BUG;
	s = buf_reserve(b, (size_t)n + 1);
	if (s != MS_OK)
		return s;
	va_start(args, format);
	vsnprintf((char *)b->at + b->len, (size_t)n + 1, format, args);
	va_end(args);
	b->len += (size_t)n;
	return MS_OK;
}

const char *
buf_cstr(buf *b)
{
	if (buf_reserve(b, 1) != MS_OK)
		return "";
	b->at[b->len] = '\0';
	return (const char *)b->at;
}

void
buf_reset(buf *b)
{
	b->len = 0;
	b->failed = false;
}

void
buf_fini(buf *b)
{
	free(b->at);
	*b = (buf){ 0 };
}

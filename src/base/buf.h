/* SPDX-License-Identifier: Apache-2.0 */
/*
 * buf.h - bytes that grow. A zeroed buf is empty and valid; buf_fini frees it and leaves it empty.
 * After a failed append the buf is unchanged and buf.failed stays set (sticky), so that a run of
 * appends can be judged once at its end.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include "base/span.h"
#include "base/status.h"

typedef struct buf {
	uint8_t *at;
	size_t len;
	size_t room; /* bytes allocated */
	bool failed;
} buf;

/* Room for MORE bytes behind len. MS_NO_MEMORY. */
ms_status buf_reserve(buf *b, size_t more);
ms_status buf_add(buf *b, const void *bytes, size_t len);
ms_status buf_add_span(buf *b, span bytes);
ms_status buf_add_text(buf *b, const char *text);
ms_status buf_addf(buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* A NUL behind the bytes that len does not count; "" when empty or failed. Valid until the next
 * change. */
const char *buf_cstr(buf *b);
/* len = 0; the memory stays. */
void buf_reset(buf *b);
void buf_fini(buf *b);

static inline span
buf_span(const buf *b)
{
	return (span){ .at = b->at, .len = b->len };
}

/* LEN bytes from AT on; nothing of a buf that was never filled is an empty span. */
static inline span
buf_part(const buf *b, size_t at, size_t len)
{
	return len == 0 ? (span){ .at = b->at } : (span){ .at = b->at + at, .len = len };
}

#endif

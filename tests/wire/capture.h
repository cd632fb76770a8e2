/* SPDX-License-Identifier: Apache-2.0 */
/* capture.h - a wire_out that keeps what was sent, for the tests of the wire. Spans in the frames
 * are borrowed, but for the text of a NACK: it is lent only until the frame is sent. */
#ifndef TESTS_WIRE_CAPTURE_H
#define TESTS_WIRE_CAPTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "wire/out.h"

enum { CAPTURE_MAX = 4096, CAPTURE_TEXTS = 256 << 10 };

#define S INT64_C(1000000)

typedef struct capture {
	frame sent[CAPTURE_MAX];
	size_t n;
	size_t seen;    /* capture_next goes on here */
	ms_status fail; /* what the next sends return */
	uint8_t texts[CAPTURE_TEXTS];
	size_t texts_len;
} capture;

static inline span
capture_text(capture *c, span text)
{
	uint8_t *at = c->texts + c->texts_len;

	if (text.len == 0)
		return text;
	assert_true(text.len <= CAPTURE_TEXTS - c->texts_len);
	memcpy(at, text.at, text.len);
	c->texts_len += text.len;
	return span_of(at, text.len);
}

static inline ms_status
capture_send(void *ctx, const frame *f)
{
	capture *c = ctx;

	if (c->fail != MS_OK)
		return c->fail;
	assert_true(c->n < CAPTURE_MAX);
	c->sent[c->n] = *f;
	if (f->kind == FRAME_NACK)
		c->sent[c->n].u.nack.text = capture_text(c, f->u.nack.text);
	c->n++;
	return MS_OK;
}

static inline wire_out
capture_out(capture *c)
{
	return (wire_out){ .ctx = c, .send = capture_send };
}

/* The next frame of KIND sent since the last look; others before it are passed over. NULL: none. */
static inline const frame *
capture_next(capture *c, frame_kind kind)
{
	while (c->seen < c->n)
		if (c->sent[c->seen++].kind == kind)
			return &c->sent[c->seen - 1];
	return NULL;
}

static inline size_t
capture_count(const capture *c, frame_kind kind)
{
	size_t i, n = 0;

	for (i = 0; i < c->n; i++)
		n += c->sent[i].kind == kind ? 1 : 0;
	return n;
}

static inline void
capture_clear(capture *c)
{
	c->n = 0;
	c->seen = 0;
	c->texts_len = 0;
}

static inline frame
error_frame(frame_kind kind, const char *name)
{
	frame f = { .kind = kind };

	f.u.error.name = span_str(name);
	f.u.error.text = span_str("words of the hub");
	f.u.error.code = 4999;
	return f;
}

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * text.h - UTF-8 text: is it clean, how wide is it, what was meant. Independent of the locale.
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include "base/buf.h"
#include "base/span.h"
#include "base/status.h"

/* Valid UTF-8: no overlong form, surrogate or number beyond U+10FFFF. *BAD (may be NULL) gets the
 * offset of the first wrong byte. */
bool text_utf8_check(span text, size_t *bad);
/* Valid UTF-8 without control characters (C0, DEL, C1) other than newline and tab. */
bool text_is_clean(span text);
/* Only ASCII? */
bool text_is_ascii(span text);

/* NFKC form appended to OUT. MS_INVALID for what is no UTF-8. */
ms_status text_nfkc(span text, buf *out);
/* The same without an allocation, in ROOM of N characters, six for each byte of TEXT and one more.
 * Empty for what is no UTF-8 or needs more room. */
span text_nfkc_within(span text, int32_t *room, size_t n);
/* Without ASCII white space and ideographic spaces at both ends. */
span text_trim(span text);
/* Columns on a terminal: East Asian wide characters are 2, combining ones 0. */
unsigned text_width(span text);
/* The first character of TEXT, one byte at least; empty for an empty one. */
span text_first(span text);
/* The longest prefix that ends with a whole character and has at most MAX bytes. */
span text_prefix(span text, size_t max);

/* 10^15 units of the scale; sums of it cannot leave 128 bits */
#define DECIMAL_MAX INT64_C(1000000000000000)

typedef enum decimal_result {
	DECIMAL_OK = 0,
	DECIMAL_NOT_A_NUMBER,
	DECIMAL_EXPONENT,          /* a number in E notation */
	DECIMAL_TOO_MANY_DECIMALS, /* more than the scale */
	DECIMAL_OUT_OF_RANGE,      /* beyond DECIMAL_MAX */
} decimal_result;

/* "-45.20" at scale 2 is -4520. Never rounds. */
decimal_result text_decimal(span text, unsigned scale, int64_t *out);
/* A whole number 0..MAX without sign or leading zeros. */
bool text_uint(span text, uint64_t max, uint64_t *out);
/* "tcp://HOST:PORT" with a port from 1 to 65535, as devices connect to. LISTENS: where a hub
 * listens, HOST and PORT may be "*". */
bool text_is_address(span text, bool listens);
/* HEX digits to N bytes; false for a wrong length or digit. */
bool text_unhex(span text, uint8_t *out, size_t n);
/* 2 * n digits and a NUL. */
void text_hex(const uint8_t *bytes, size_t n, char *out);

#endif

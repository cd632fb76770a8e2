/* SPDX-License-Identifier: Apache-2.0 */
/* package_fuzzing.h - a zip without compression around given parts, so that a fuzzer changes the
 * XML and not its check sums. */
#ifndef PACKAGE_FUZZING_H
#define PACKAGE_FUZZING_H

#include "base/buf.h"

enum { FUZZED_PARTS = 8 };

typedef struct fuzzed_package {
	buf bytes, directory;
	uint16_t n;
} fuzzed_package;

static inline void
put_le(buf *to, uint32_t v, int bytes)
{
	int i;

	for (i = 0; i < bytes; i++) {
		uint8_t b = (uint8_t)(v >> (8 * i));

		buf_add(to, &b, 1);
	}
}

static inline uint32_t
crc_of(span bytes)
{
	uint32_t crc = 0xffffffff;
	size_t i;
	int k;

	for (i = 0; i < bytes.len; i++) {
		crc ^= bytes.at[i];
		for (k = 0; k < 8; k++)
			crc = crc >> 1 ^ ((crc & 1) != 0 ? 0xedb88320 : 0);
	}
	return ~crc;
}

/* The fields that both headers of a part have. */
static inline void
put_facts(buf *to, span text, const char *name)
{
	put_le(to, 10, 2);         /* version needed */
	put_le(to, 0, 4);          /* flags, stored */
	put_le(to, 0x40e50000, 4); /* 2012-07-05 */
	put_le(to, crc_of(text), 4);
	put_le(to, (uint32_t)text.len, 4);
	put_le(to, (uint32_t)text.len, 4);
	put_le(to, (uint32_t)strlen(name), 2);
	put_le(to, 0, 2);
}

static inline void
fuzzed_add(fuzzed_package *p, const char *name, span text)
{
	uint32_t at = (uint32_t)p->bytes.len;

	put_le(&p->bytes, 0x04034b50, 4);
	put_facts(&p->bytes, text, name);
	buf_add_text(&p->bytes, name);
	buf_add_span(&p->bytes, text);
	put_le(&p->directory, 0x02014b50, 4);
	put_le(&p->directory, 10, 2);
	put_facts(&p->directory, text, name);
	put_le(&p->directory, 0, 4); /* comment, disk */
	put_le(&p->directory, 0, 2);
	put_le(&p->directory, 0, 4);
	put_le(&p->directory, at, 4);
	buf_add_text(&p->directory, name);
	p->n++;
}

static inline void
fuzzed_close(fuzzed_package *p)
{
	uint32_t at = (uint32_t)p->bytes.len, len = (uint32_t)p->directory.len;

	buf_add_span(&p->bytes, buf_span(&p->directory));
	put_le(&p->bytes, 0x06054b50, 4);
	put_le(&p->bytes, 0, 4);
	put_le(&p->bytes, p->n, 2);
	put_le(&p->bytes, p->n, 2);
	put_le(&p->bytes, len, 4);
	put_le(&p->bytes, at, 4);
	put_le(&p->bytes, 0, 2);
	buf_fini(&p->directory);
}

#endif

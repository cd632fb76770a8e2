/* SPDX-License-Identifier: Apache-2.0 */
#include "proof/feed_chain.h"

#include "base/span.h"

enum { HEAD = 1 + HASH_SIZE + 8 + 8, PLACE_HEAD = 8 + 1 };

hash32
feed_chain_next(const hash32 *before, uint64_t number, uint64_t leaf, span positions)
{
	uint8_t head[HEAD] = { 2 };

	memcpy(head + 1, before->at, HASH_SIZE);
	be64_put(head + 1 + HASH_SIZE, number);
	be64_put(head + 1 + HASH_SIZE + 8, leaf);
	return hash_of2(span_of(head, sizeof(head)), positions);
}

ms_status
feed_place_add(const feed_place *e, buf *out)
{
	uint8_t head[PLACE_HEAD];

	be64_put(head, e->leaf);
	head[8] = (uint8_t)e->positions.len;
	if (e->positions.len != head[8])
		return MS_INVALID;
	buf_add(out, head, sizeof(head));
	return buf_add_span(out, e->positions);
}

bool
feed_place_next(span *left, feed_place *e)
{
	size_t n;

	if (left->len < PLACE_HEAD || left->len - PLACE_HEAD < left->at[8])
		return false;
	n = left->at[8];
	*e = (feed_place){ .leaf = be64_get(left->at),
		.positions = span_of(left->at + PLACE_HEAD, n) };
	*left = span_of(left->at + PLACE_HEAD + n, left->len - PLACE_HEAD - n);
	return true;
}

bool
feed_place_has(const feed_place *e, uint32_t position)
{
	if (e->positions.len == 0)
		return true;
	return position / 8 < e->positions.len &&
	       (e->positions.at[position / 8] & (0x80 >> position % 8)) != 0;
}

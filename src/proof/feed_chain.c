/* SPDX-License-Identifier: Apache-2.0 */
#include "proof/feed_chain.h"

#include "base/span.h"

enum { HEAD = 1 + HASH_SIZE + 8 + 8 };

hash32
feed_chain_next(const hash32 *before, uint64_t number, uint64_t leaf, span positions)
{
	uint8_t head[HEAD] = { 2 };

	memcpy(head + 1, before->at, HASH_SIZE);
	be64_put(head + 1 + HASH_SIZE, number);
	be64_put(head + 1 + HASH_SIZE + 8, leaf);
	return hash_of2(span_of(head, sizeof(head)), positions);
}

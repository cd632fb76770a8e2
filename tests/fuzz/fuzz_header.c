/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_header.c - any bytes as a batch header: refused, or written again as the same bytes. */
#include <stddef.h>
#include <stdint.h>

#include "proof/batch.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t again[BATCH_HEADER_SIZE];
	batch_header h;

	if (!batch_header_read(span_of(data, size), &h))
		return 0;
	MS_ASSERT(size == BATCH_HEADER_SIZE && h.count >= 1 && h.count <= BATCH_ACTS_MAX);
	batch_header_write(&h, again);
	MS_ASSERT(memcmp(again, data, sizeof(again)) == 0);
	return 0;
}

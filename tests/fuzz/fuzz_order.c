/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_order.c - any bytes as the order that opens a generation of the log: no order, or one that
 * is written again as the very same bytes, which the administrator's signature covers; and never
 * believed without that. */
#include <stddef.h>
#include <stdint.h>

#include "proof/generation.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What an order says of each generation that it names, and of those that it does not. */
static void
ask(const restore_order *order)
{
	uint32_t i;

	for (i = 0; i < order->generation - 1; i++) {
		const lost_history *l = &order->lost[i];
		bool lost = l->last.size > l->kept;

		MS_ASSERT(restore_order_lost(order, i + 1, &l->last) == lost);
		MS_ASSERT(!lost || restore_order_lost(order, 0, &l->last));
	}
	MS_ASSERT(!restore_order_lost(order, order->generation, &order->restored));
	MS_ASSERT(!restore_order_lost(order, 0, &(checkpoint){ .size = 0 }));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t unsigned_bytes[SIGNATURE_SIZE];
	span bytes = span_of(data, size);
	sign_public admin = { .at = { 1 } };
	restore_order order;
	buf again = { 0 };

	if (restore_order_read(bytes, &order)) {
		ask(&order);
		MS_ASSERT(restore_order_write(&order, &again) == MS_OK);
		MS_ASSERT(span_equal(buf_span(&again), bytes));
	}
	MS_ASSERT(!restore_order_is_signed(
		bytes, span_of(unsigned_bytes, sizeof(unsigned_bytes)), &admin));
	MS_ASSERT(!restore_order_is_signed(bytes, bytes, &(sign_public){ { 0 } }));
	buf_fini(&again);
	return 0;
}

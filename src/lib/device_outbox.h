/* SPDX-License-Identifier: Apache-2.0 */
/* device_outbox.h - a device's outbox in its store, as the uplink asks for it (wire/uplink.h):
 * sealing in a commit of its own, and finding what to send. */
#ifndef LIB_DEVICE_OUTBOX_H
#define LIB_DEVICE_OUTBOX_H

#include "proof/sign.h"
#include "store/outbox.h"
#include "wire/uplink.h"

typedef struct device_outbox {
	store *store;
	outbox box;
	buf batch; /* the one handed to the uplink last */
} device_outbox;

/* Read the state of the outbox in DB, which the caller keeps open. */
ms_status device_outbox_open(
	device_outbox *o, store *db, const outbox_limits *limits, ms_error *err);
void device_outbox_close(device_outbox *o);

/* Seal every act that waits into batches of at most MAX_ACTS. False: nothing, or TXN failed. Send
 * nothing before the commit. */
bool device_outbox_seal(device_outbox *o, store_txn *txn, const batch_header *base,
	const sign_key *key, uint16_t max_acts);

/* What an uplink_host is asked of the outbox. */
ms_status device_outbox_sealed_next(device_outbox *o, uint64_t *seq);
ms_status device_outbox_header_before(device_outbox *o, uint64_t seq, hash32 *out, ms_error *err);
ms_status device_outbox_signed_part(
	device_outbox *o, uint64_t first_seq, uint8_t out[BATCH_SIGNED_SIZE], ms_error *err);
ms_status device_outbox_next(
	device_outbox *o, uint64_t from, bool unreceipted, uplink_batch *out, ms_error *err);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * writer.h - the one thread that writes: takes everything that waits, stages it into one LMDB
 * transaction, commits, asks for a signature, hands the outcomes back. A job's outcome leaves the
 * writer only after mdb_txn_commit returned 0 (promise 1 of src/README.md).
 */
#ifndef HUB_WRITER_H
#define HUB_WRITER_H

#include "hub/job.h"
#include "hub/signer_link.h"
#include "plan/plan.h"
#include "store/hub_stream.h"
#include "store/store.h"

typedef struct writer writer;

typedef struct writer_setup {
	store *store;
	const plan *plan;
	const hub_keys *keys;      /* the hub's own device: signs its own acts */
	queue *down;               /* jobs for the writer, until it is closed */
	queue *up;                 /* outcomes for the front */
	const signer_link *signer; /* is asked to sign what each turn appended */
	size_t slots_max;          /* bound of the ledger's cache; 0 = its default */
	uint32_t turn_acts;        /* acts a transaction takes at most; 0 = 8192 */
} writer_setup;

/* Load the state and start the thread. */
ms_status writer_start(const writer_setup *setup, writer **out, ms_error *err);
/* Join it; its queue is closed, or it has closed the other. MS_OK, or why it stopped by itself
 * (MS_STORAGE: a commit failed). */
ms_status writer_stop(writer *w, ms_error *err);

#endif

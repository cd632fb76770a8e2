/* SPDX-License-Identifier: Apache-2.0 */
/*
 * device_read.h - the hub's feed read by a command, with the keys of an enrolled device. The
 * device's agent may run at the same time: nothing is pushed, and no lock is taken.
 *
 * The reader is a witness (wire/witness.h): it goes on from the checkpoint that the directory
 * keeps, and leaves the newest one there.
 */
#ifndef LIB_DEVICE_READ_H
#define LIB_DEVICE_READ_H

#include "lib/device_link.h"
#include "store/history.h"

typedef struct device_read {
	/* set by the caller, the rest zeroed */
	const char *dir;
	const char *software; /* told to the hub: "muster feed" */
	reader_config wanted;
	reader_host host;
	int64_t patience_us; /* without a session for so long: MS_UNREACHABLE; 0 = for ever */
	/* Somebody may be told that there is none yet, or no longer, at ADDRESS; may be NULL. */
	void (*waits)(const char *address);

	agent_settings settings;
	log_key log_key;
	history log; /* the newest verified checkpoint */
	bool moved;  /* it is not in the directory yet */
	bool connected;
	reactor *reactor;
	device_link link;
	ms_error failure;
} device_read;

/*
 * Connect and read until device_read_stop, or until the reading cannot go on: MS_UNREACHABLE;
 * MS_DENIED when the hub does not know or has revoked the device, or its log is not to be believed;
 * what the reader failed with.
 */
ms_status device_read_run(device_read *r, ms_error *err);
/* A host's cursor for those who read from the first entry on. */
ms_status device_read_from_begin(void *ctx, uint64_t *cursor, ms_error *err);
/* Keep what was verified so far: before a cursor of it is kept. */
ms_status device_read_keep(device_read *r, ms_error *err);
/* From a host's function: enough. */
void device_read_stop(device_read *r);
/* The hub's time as last told. */
int64_t device_read_hub_time(const device_read *r);
void device_read_fini(device_read *r);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * load.h - inside `muster load`: devices that push as fast as they are let.
 *
 * The mix: device k belongs to required reporter k mod n and walks its (item, period) slots that
 * are open at the directory's clock in turn, the next revision on each round, all indicator values
 * present, about 220 bytes an act.
 */
#ifndef CLI_LOAD_H
#define CLI_LOAD_H

#include <stdio.h>

#include "base/fs.h"
#include "cli/hub_dir.h"
#include "cli/sample.h"
#include "lib/device_link.h"
#include "lib/device_outbox.h"

enum { LOAD_VARIANTS = 4, LOAD_DEVICES_MAX = 1000, LOAD_WINDOW_MAX = 32 };

/* One slot of a device: its act is made once, then only what an act has of its own changes. */
typedef struct load_slot {
	slot_at at;
	char period[PERIOD_NAME_SIZE];
	uint64_t salt[2];
	act next;                   /* of the next revision */
	span bodies[LOAD_VARIANTS]; /* encoded reports that differ in their figures */
} load_slot;

typedef struct load_mix {
	const plan *plan;
	load_slot *slots;
	size_t n_slots, next;
	uint32_t stride; /* devices of the same unit: each takes every stride-th revision */
	sample_random random;
	arena memory;  /* slots and bodies */
	arena scratch; /* one batch */
	buf act;
} load_mix;

/* The slots of the K-th of N devices, with the revisions that the hub has. MS_INVALID when no slot
 * is open. */
ms_status load_mix_open(load_mix *m, const hub_dir *hub, uint32_t k, uint32_t n, int64_t now_us,
	const char **unit, ms_error *err);
/* The next act; borrows until the next call. */
ms_status load_mix_act(load_mix *m, int64_t now_us, span *act);
void load_mix_fini(load_mix *m);

/* A sealed batch that waits for its receipt. */
typedef struct load_batch {
	uint64_t first_seq;
	uint16_t count;
	hash32 header_hash;
	buf bytes;
	int64_t made_us;
	bool receipted;
} load_batch;

struct load;

typedef struct load_device {
	struct load *load;
	uint32_t number;
	char name[64];
	device_link link;
	load_mix mix;
	sign_key key;
	hub_id hub;
	device_id id;
	uint64_t next_seq; /* of the next act made */
	uint64_t base_seq; /* where this run began */
	hash32 base_header;
	hash32 last_header; /* of the newest batch made */
	uint64_t left;      /* reports still to make */
	uint64_t waiting;   /* reports made, without receipt */
	load_batch *window; /* ring of inflight batches; their bytes only when not durable */
	uint32_t first, n;
	store *store; /* --durable: the outbox's, else NULL */
	device_outbox out;
} load_device;

typedef struct load {
	uint32_t batch, inflight;
	bool durable;
	bool idle; /* connect only */
	bool go;
	uint64_t total, done, refused;
	int64_t start_us, end_us;
	uint32_t *latencies; /* us, one per batch */
	size_t n_latencies, latencies_room;
	FILE *acks;
	load_device *devices;
	uint32_t n_devices;
	reactor *reactor;
	net_context *net;
	const sim_clock *clock;
	ms_error failure;
} load;

ms_status load_device_open(
	load *l, load_device *d, const hub_dir *hub, const char *dir, ms_error *err);
/* Make batches while the window has room. */
void load_device_fill(load_device *d);
void load_device_close(load_device *d);

/* ---- its window (load_window.c) ---- */

/* The I-th batch of the window. */
load_batch *load_window(load_device *d, uint32_t i);
/* Receipts came: count their batches and write the acks. EARLIER: also acks of batches that this
 * run did not make. */
void load_take_receipts(load_device *d, const frame_receipt *list, size_t n, bool earlier);

/* ---- --durable: the same with a real outbox, as an agent has it (load_durable.c) ---- */

ms_status load_durable_open(load_device *d, const char *dir, ms_error *err);
/* COUNTS[n] batches in one commit. */
ms_status load_durable_seal(load_device *d, uint32_t n, const uint16_t *counts, ms_error *err);
/* The host of its uplink, but for ctx. */
void load_durable_host(uplink_host *host);
void load_durable_close(load_device *d);

#endif

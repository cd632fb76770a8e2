/* SPDX-License-Identifier: Apache-2.0 */
/*
 * generation.h - a log that was restored from a backup goes on under another name: generation 1 is
 * <origin>, then come <origin>/2, <origin>/3, ... with the same key. Pure.
 *
 * What opens a generation is an order signed by the hub's administrator. It says from which
 * (size, root) the log goes on, and for each earlier generation what was lost of it: the leaves
 * from `kept` up to its last signed checkpoint. A shorter history without it is a rollback.
 *
 *   "muster/restore/v1\0" 18 | hub id 16 | generation u32 | size u64 | root 32
 *   | per earlier generation, oldest first: kept u64 | size u64 | root 32 | origin of generation 1
 */
#ifndef PROOF_GENERATION_H
#define PROOF_GENERATION_H

#include "proof/batch.h"
#include "proof/note.h"

enum { GENERATIONS_MAX = 64 };

/* Of one generation: it lost the leaves from KEPT on, up to LAST, which was signed. */
typedef struct lost_history {
	uint64_t kept;
	checkpoint last;
} lost_history;

typedef struct restore_order {
	hub_id hub;
	char origin[NOTE_ORIGIN_MAX + 1];   /* of generation 1 */
	uint32_t generation;                /* that it opens: 2 or more */
	checkpoint restored;                /* the log goes on from here */
	lost_history lost[GENERATIONS_MAX]; /* [generation - 1], of generations 1, 2, ... */
} restore_order;

/* Append the bytes of ORDER, which the administrator signs, to OUT. */
ms_status restore_order_write(const restore_order *order, buf *out);
/* False: they are no order. */
bool restore_order_read(span bytes, restore_order *out);
bool restore_order_is_signed(span bytes, span signature_bytes, const sign_public *admin);

/* Is C, of GENERATION, in what was lost? GENERATION 0: of any. */
bool restore_order_lost(const restore_order *order, uint32_t generation, const checkpoint *c);
/* Does the log of ORDER still have what stood at LEAF in GENERATION? GENERATION 0, of another log:
 * nothing is known of it, yes. */
bool restore_order_keeps(const restore_order *order, uint32_t generation, uint64_t leaf);

/* The key of a generation of the log whose first one has KEY. False: there can be no such. */
bool generation_key(const log_key *key, uint32_t generation, log_key *out);
/* Of which generation of KEY's log NOTE claims to be; 0: of another log. */
uint32_t generation_of(span note, const log_key *key);
/* Like note_open, for a note of any generation of KEY's log. */
ms_status generation_open(
	span note, const log_key *key, checkpoint *out, uint32_t *generation, ms_error *err);

#endif

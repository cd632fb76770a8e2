/* SPDX-License-Identifier: Apache-2.0 */
/*
 * evidence.h - a proof held against nothing but the log's key: who stated what, when the hub had
 * it, and what it said to it. Needs no server, no store and no clock.
 */
#ifndef WIRE_EVIDENCE_H
#define WIRE_EVIDENCE_H

#include "codec/frame.h"
#include "proof/batch.h"
#include "proof/note.h"

/* PROOF as a file has it: a frame may say more, to whoever asked. */
frame_proof evidence_of(const frame_proof *proof);

/* What was proven; borrows from the proof and its memory. */
typedef struct evidence {
	uint32_t generation; /* of the log that the checkpoint is of */
	log_key log;         /* its name and key in that generation */
	checkpoint checkpoint;
	uint64_t leaf;
	uint32_t position;
	int64_t hub_time_us, device_time_us;
	uint64_t seq; /* of the act in its device's stream */
	device_id device;
	uint8_t verdict;
	hash32 act_hash;
	bool shown; /* `what` was given and is what was signed */
	act what;
	bool enrolled; /* by `enrolment` the device is that of */
	span unit, name;
} evidence;

/*
 * MS_DENIED: the proof does not hold, err says where; MS_INVALID: it lacks a part. A proof without
 * enrolment holds too: then it says nothing of whose device it is, nor that the device signed.
 */
ms_status evidence_check(
	const frame_proof *proof, const log_key *key, arena *memory, evidence *out, ms_error *err);
/* The act of P is in its signed batch (whose header is *H), and the batch in the log of C. Who
 * signed is not asked. MS_DENIED, MS_INVALID. */
ms_status evidence_check_leaf(
	const leaf_proof *p, const checkpoint *c, batch_header *h, ms_error *err);

#endif

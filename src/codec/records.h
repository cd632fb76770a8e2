/* SPDX-License-Identifier: Apache-2.0 */
/*
 * records.h - the rows of store.proto to plain data and back. Decoded data borrows from the arena;
 * MS_CORRUPT for bytes that are no such row.
 */
#ifndef CODEC_RECORDS_H
#define CODEC_RECORDS_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/hash.h"
#include "plan/figure.h"
#include "plan/slot.h"

enum { RECORD_ID_SIZE = 16 };

/* The values of a report by indicator id. */
typedef struct slot_row_value {
	span indicator;
	value value;
} slot_row_value;

/* Units by id: the votes of the slot's recent revisions are here, not in the slot. */
typedef struct slot_row_vote {
	uint32_t revision;
	span unit;
	uint32_t outcome;
} slot_row_vote;

typedef struct slot_row {
	slot slot;
	slot_row_value *values; /* of the view `reported` */
	size_t n_values;
	slot_row_value *accepted; /* of the view `accepted`, when that is another report */
	size_t n_accepted;
	slot_row_vote *votes;
	size_t n_votes;
} slot_row;

/* Of all rows here: the bytes of ROW, appended to OUT (MS_NO_MEMORY); and OUT from BYTES, from
 * which it borrows, lists in MEMORY (MS_CORRUPT for bytes that are none, MS_NO_MEMORY). */
ms_status slot_row_encode(const slot_row *row, arena *memory, buf *out);
ms_status slot_row_decode(span bytes, arena *memory, slot_row *out);

typedef struct rollup_row_figure {
	span indicator;
	uint32_t view; /* 1 = reported, 2 = accepted */
	figure figure;
} rollup_row_figure;

typedef struct rollup_row {
	rollup_row_figure *figures;
	size_t n_figures;
	uint32_t actual, on_time; /* in the view `reported` */
	uint32_t accepted_actual, accepted_on_time;
	uint32_t exempt;
	uint64_t as_of;
} rollup_row;

ms_status rollup_row_encode(const rollup_row *row, arena *memory, buf *out);
ms_status rollup_row_decode(span bytes, arena *memory, rollup_row *out);

typedef struct device_row {
	uint8_t id[RECORD_ID_SIZE];
	span unit, name;
	uint8_t sign_key[32], curve_key[32];
	uint32_t state;
	uint64_t next_seq;
	hash32 last_header;
	uint64_t enrolled_leaf, revoked_leaf, key_leaf;
	uint8_t old_sign_key[32], old_curve_key[32];
	int64_t old_until_us; /* 0: there are none */
} device_row;

ms_status device_row_encode(const device_row *row, arena *memory, buf *out);
ms_status device_row_decode(span bytes, arena *memory, device_row *out);

typedef struct log_state_row {
	uint64_t size;
	int64_t last_us;
	const hash32 *frontier; /* largest subtree first */
	size_t n_frontier;
	int64_t manual_clock_us;
	int64_t noticed_us;
	uint32_t generation; /* 0: the first */
	uint64_t restore_leaf;
} log_state_row;

ms_status log_state_row_encode(const log_state_row *row, arena *memory, buf *out);
ms_status log_state_row_decode(span bytes, arena *memory, log_state_row *out);

typedef struct plan_version_row {
	hash32 version;
	span file;
	uint64_t leaf;
	span from_period;
} plan_version_row;

ms_status plan_version_row_encode(const plan_version_row *row, arena *memory, buf *out);
ms_status plan_version_row_decode(span bytes, arena *memory, plan_version_row *out);

#endif

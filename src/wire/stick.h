/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stick.h - a file that carries sealed batches to a hub without a line, or receipts back.
 *
 *   "MUBATCH" or "MURECPT", and 1 | hub 16 | device 16 | count u32
 *   count times: length u32, a sealed batch or a RECEIPT frame
 *   SHA-256 of all that, 32
 *
 * Integers are big-endian. The hash finds damage; what the file says is proven by the signatures
 * in it.
 */
#ifndef WIRE_STICK_H
#define WIRE_STICK_H

#include "base/buf.h"
#include "base/status.h"
#include "proof/batch.h"

enum { STICK_BYTES_MAX = 256 << 20 };

typedef enum stick_kind { STICK_BATCHES = 1, STICK_RECEIPTS } stick_kind;

typedef struct stick {
	hub_id hub;
	device_id device; /* whose batches they are */
	uint32_t count;
	span left; /* pieces not read yet */
} stick;

/* An empty file in OUT, and another piece in it; the file is whole at any time but for its hash. */
void stick_begin(buf *out, stick_kind kind, const hub_id *hub, const device_id *id);
void stick_add(buf *out, span piece);
/* Does PIECE fit in, so that stick_end will find it no larger than it may be? */
bool stick_has_room(const buf *out, span piece);
/* MS_FULL: larger than STICK_BYTES_MAX; MS_NO_MEMORY. */
ms_status stick_end(buf *out, ms_error *err);

/* MS_INVALID: no such file, a truncated or a damaged one, each by its own code. */
ms_status stick_open(span file, stick_kind kind, stick *out, ms_error *err);
/* The next piece; false behind the last. */
bool stick_next(stick *s, span *piece);

#endif

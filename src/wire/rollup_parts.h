/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rollup_parts.h - a rollup that is larger than a frame goes over the wire in parts.
 *
 * Who sends keeps a copy until the last part has gone, and who takes hands nothing on before it has
 * come: so what is read is always one version, however slowly.
 */
#ifndef WIRE_ROLLUP_PARTS_H
#define WIRE_ROLLUP_PARTS_H

#include "base/arena.h"
#include "base/buf.h"
#include "codec/frame.h"

enum {
	ROLLUP_SENT_MAX = 120 << 20,  /* bytes of memory: 200,000 units, all missing, with contacts
					 and targets of their own */
	ROLLUP_TAKEN_MAX = 256 << 20, /* the same; rows are held twice while they come */
};

/* What R takes in a frame, at most. */
size_t rollup_frame_bytes(const feed_rollup *r);
/* R into OUT, which borrows from MEMORY alone. False: there is too little. */
bool rollup_copy(const feed_rollup *r, arena *memory, feed_rollup *out);

/* A version on its way out. Zeroed: none. */
typedef struct rollup_sending {
	bool is_open; /* a part is still to be made */
	arena memory;
	feed_rollup whole;
	size_t rows; /* in parts so far */
	uint32_t number;
} rollup_sending;

/* MS_NO_MEMORY: it takes more than there is, or than ROLLUP_SENT_MAX. */
ms_status rollup_sending_begin(rollup_sending *s, const feed_rollup *whole);
/* The next part; borrows from S until it begins again or ends. */
void rollup_sending_next(rollup_sending *s, feed_part *out);
void rollup_sending_fini(rollup_sending *s);

/* A version on its way in. Zeroed: none. */
typedef struct rollup_taking {
	arena memory;
	buf figures, unit_targets, missing, returned; /* rows so far */
	feed_rollup whole;
	uint32_t next; /* number of the part that goes on */
} rollup_taking;

/*
 * Take one more part; number 0 begins, whatever there was. With the last one *WHOLE is set: it
 * borrows from T until the next call; till then it is NULL. MS_INVALID: the part does not go on
 * with what came, or the rollup is larger than ROLLUP_TAKEN_MAX; MS_NO_MEMORY. After a failure T is
 * as zeroed.
 */
ms_status rollup_taking_add(
	rollup_taking *t, const feed_part *part, feed_rollup **whole, ms_error *err);
void rollup_taking_fini(rollup_taking *t);

#endif

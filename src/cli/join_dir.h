/* SPDX-License-Identifier: Apache-2.0 */
/*
 * join_dir.h - a directory becomes that of a device: keys made on the spot, one JOIN, settings and
 * plan written.
 *
 * Every step can be cut off and done again: the key file is made first and whole, the settings
 * last; a directory with the one and without the other is on its way, and the hub gives the same
 * keys the same answer.
 */
#ifndef CLI_JOIN_DIR_H
#define CLI_JOIN_DIR_H

#include "lib/joiner.h"

typedef struct join_wish {
	const join_key *key;
	bool only_check;     /* change nothing, neither here nor at the hub */
	int64_t patience_us; /* with each of the key's addresses */
} join_wish;

typedef struct join_done {
	joined hub;
	bool was_joined;     /* by this very key, before */
	bool took_over;      /* the directory was another device's */
	uint64_t acts_taken; /* of its outbox */
} join_done;

/* DIR may be missing, on its way, or a stopped agent's whose device is to be followed by a new one.
 */
ms_status join_dir(const char *dir, const join_wish *wish, join_done *out, ms_error *err);
/* Other keys for the device in DIR, signed by those it has. */
ms_status rotate_dir(const char *dir, joined *out, ms_error *err);

#endif

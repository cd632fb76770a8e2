/* SPDX-License-Identifier: Apache-2.0 */
/*
 * settling.h - files of which nobody can tell whether they are still written: on network shares,
 * and those of other users. One has settled when it was seen with the same size and date for a
 * while by our own clock; the share's clock may be wrong.
 */
#ifndef AGENT_SETTLING_H
#define AGENT_SETTLING_H

#include "base/hash.h"

enum { SETTLING_FILES = 64 };

typedef struct settling_file {
	hash32 name;
	uint64_t size;
	int64_t changed_us, since_us, looked_us;
	bool gives_way; /* its place may be taken by another */
} settling_file;

typedef struct settling {
	settling_file files[SETTLING_FILES];
	unsigned n;         /* places that are in use */
	int64_t crowded_us; /* when one found no place the last time; 0 = never */
} settling;

/* NAME was seen at NOW_US (of a clock that only runs forward) with this size and date. Has it been
 * so for QUIET_US? Of more files than there are places some wait
 * for theirs first. */
bool settling_look(settling *s, const char *name, uint64_t size, int64_t changed_us, int64_t now_us,
	int64_t quiet_us);

#endif

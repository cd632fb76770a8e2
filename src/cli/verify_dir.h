/* SPDX-License-Identifier: Apache-2.0 */
/* verify_dir.h - a hub's directory held against itself and against what was signed: `muster
 * verify`, and the end of `muster backup`. */
#ifndef CLI_VERIFY_DIR_H
#define CLI_VERIFY_DIR_H

#include <stdbool.h>

#include "store/home.h"

typedef struct verify_ask {
	const char *dir;
	const char *key;   /* NULL: the one in the directory's settings */
	const char *note;  /* a file with a checkpoint; NULL: none */
	const char *place; /* where there is room to make all anew; NULL: $TMPDIR, or /tmp */
	bool json;
	bool quiet;                  /* say nothing of a good one */
	char scratch[HOME_PATH_MAX]; /* verify_dir's own */
} verify_ask;

/* In a child, so that damage ends nobody else; its exit code: 0 good, 1 not, else it could not be
 * told. */
int verify_dir(verify_ask *ask);

#endif

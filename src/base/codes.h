/* SPDX-License-Identifier: Apache-2.0 */
/*
 * codes.h - every stable error code MST-nnnn, one home. A code is never reused or renumbered.
 *
 * 1xxx base: files, settings, text   2xxx plan files        3xxx report data
 * 4xxx session and frames            5xxx stored data       6xxx agent and intake
 * 7xxx command line
 */
#ifndef BASE_CODES_H
#define BASE_CODES_H

enum ms_code {
	/* 1xxx base */
	MST_NO_MEMORY = 1001,
	MST_FILE_OPEN = 1002,
	MST_FILE_READ = 1003,
	MST_FILE_WRITE = 1004,
	MST_FILE_TOO_LARGE = 1005,
	MST_FILE_EXISTS = 1006,
	MST_DIR_LOCKED = 1007,
	MST_DIR_NETWORK = 1008,
	MST_KEY_FILE = 1009,
	MST_RANDOM = 1010,
	/* 2xxx plan files */
	/* 3xxx report data */
	/* 4xxx session and frames */
	/* 5xxx stored data */
	/* 6xxx agent and intake */
	/* 7xxx command line */
	MST_CODE_LAST = 9999
};

#endif

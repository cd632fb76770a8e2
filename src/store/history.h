/* SPDX-License-Identifier: Apache-2.0 */
/*
 * history.h - what a device's directory keeps of the hub's log as a witness of it: the newest
 * checkpoint that a command verified while it read, and both checkpoints when two contradict.
 */
#ifndef STORE_HISTORY_H
#define STORE_HISTORY_H

#include "base/buf.h"
#include "proof/generation.h"
#include "store/home.h"

#define HISTORY_FILE "checkpoint.txt"
#define HISTORY_ALARM_FILE "ALARM-checkpoints.txt"

/* A checkpoint of a log and the generation in which it stands; size 0: nothing was verified yet. */
typedef struct history {
	checkpoint newest;
	uint32_t generation; /* 0: nothing was verified yet */
	buf note;
} history;

/* MS_DENIED when the file holds another log's checkpoint than KEY's, or none. history_fini is owed
 * in any case. */
ms_status history_read(const char *dir, const log_key *key, history *out, ms_error *err);
void history_fini(history *h);
/* Durable on MS_OK. A newer one that another command kept meanwhile stays. */
ms_status history_write(const char *dir, const log_key *key, span note, ms_error *err);

/* Add WHY and both signed notes to the alarm file, which stays until somebody removes it: whoever
 * is accused there cannot have it overwritten. MS_EXISTS when it says so already, MS_FULL when it
 * has enough. */
ms_status history_alarm(
	const char *dir, const ms_error *why, span verified, span shown, ms_error *err);
bool history_has_alarm(const char *dir);

#endif

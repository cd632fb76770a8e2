/* SPDX-License-Identifier: Apache-2.0 */
/* take.h - inside the agent: a file on its way from the folder to its answer. take.c says how. */
#ifndef AGENT_TAKE_H
#define AGENT_TAKE_H

#include "agent/agent.h"

typedef struct taking {
	agent *a;
	const char *name;
	char path[HOME_PATH_MAX];
	buf bytes;
	arena memory;
	file_entry entry;
	intake_result result;
} taking;

/* take_place.c */

/* What a file is known by: its bytes, read into BYTES, or size and time when it is too large. */
ms_status taking_identify(const char *path, buf *bytes, uint64_t *size, hash32 *out, ms_error *err);
/* Does the file at PATH hold CONTENT (by which the entry of a file knows it)? */
bool taking_has_content(const char *path, const hash32 *content);
/* A place below FOLDER for the file NAME that is free, or holds the very same content. */
void taking_place(const agent *a, const char *name, span folder, const hash32 *content,
	char out[FILE_MOVED_MAX + 1]);
/* The place in rejected/ for F, which lies in done/. False: it does not. */
bool taking_place_refused(const agent *a, const file_entry *f, char out[FILE_MOVED_MAX + 1]);

/* take_answer.c */

/* Read and judge the file at T->path, as of AT_US (0: now); one that is too large is judged unread.
 * BYTES and MEMORY of T are the caller's to free. */
ms_status taking_judge(taking *t, int64_t at_us, ms_error *err);
/* Store F, in place of INSTEAD_OF if that is not NULL. */
ms_status taking_put(agent *a, const file_entry *f, const file_entry *instead_of, ms_error *err);
/* Lay the answer to F, of which RESULT was judged, beside it, as far as it is known, where the hub
 * refused a row in rejected/; F's new place lives in MEMORY. MS_AGAIN: a workbook that is still
 * being made. */
ms_status taking_finish(
	agent *a, file_entry *f, const intake_result *result, arena *memory, ms_error *err);

#endif

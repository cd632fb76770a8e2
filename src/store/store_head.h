/* SPDX-License-Identifier: Apache-2.0 */
/* store_head.h - inside store only: the head of a data file, judged before LMDB maps it. A page
 * beyond the end of a mapped file is a SIGBUS. */
#ifndef STORE_STORE_HEAD_H
#define STORE_STORE_HEAD_H

#include "base/status.h"

typedef struct store_head {
	bool valid; /* two good meta pages of a version we know */
	uint64_t file_bytes;
	uint64_t used_bytes; /* up to the last page that the newest meta page counts */
} store_head;

/* FD: of data.mdb. Bytes that are no head give VALID = false; MS_IO. */
ms_status store_head_read(int fd, store_head *out, ms_error *err);

#endif

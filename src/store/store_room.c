/* SPDX-License-Identifier: Apache-2.0 */
/* store_room.c - how much may still be written. An aborted transaction may have made the file
 * longer than what is used of it: that part is room too. */
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "store/lmdb_env.h"

enum { BLOCK_BYTES = 512 /* of st_blocks, whatever the file system's are */ };

static uint64_t
beyond(uint64_t all, uint64_t used)
{
	return all > used ? all - used : 0;
}

static uint64_t
least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

store_room
store_room_left(const store *s)
{
	store_room room = { 0 };
	uint64_t used, map_bytes;
	struct rlimit limit;
	struct statvfs fs;
	struct stat st;

	lmdb_extent(s, &used, &map_bytes);
	room.whole_bytes = map_bytes;
	room.free_bytes = beyond(map_bytes, used);
	if (fstatvfs(s->data_fd, &fs) == 0 && fstat(s->data_fd, &st) == 0) {
		uint64_t blocks = geteuid() == 0 ? fs.f_bfree : fs.f_bavail;

		room.whole_bytes = least(room.whole_bytes, (uint64_t)fs.f_blocks * fs.f_frsize);
		room.free_bytes = least(room.free_bytes,
			blocks * fs.f_frsize + beyond((uint64_t)st.st_blocks * BLOCK_BYTES, used));
	}
	if (getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY)
		room.free_bytes = least(room.free_bytes, beyond(limit.rlim_cur, used));
	return room;
}

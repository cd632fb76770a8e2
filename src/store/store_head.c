/* SPDX-License-Identifier: Apache-2.0 */
/* store_head.c - reads the two meta pages without LMDB. */
#include "store/store_head.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * Pages 0 and 1 of the file: a 16-byte page header and the MDB_meta of LMDB's data version 1, in
 * the machine's byte order: magic u32, version u32, address, map size, two table heads of 48 bytes
 * (the first begins with the page size), last page, transaction.
 */
enum { META_AT = 16, META_SIZE = 136, META_PAGE_SIZE = 24, META_LAST_PAGE = 120, META_TXN = 128 };
#define META_MAGIC 0xBEEFC0DEu

static uint64_t
native64(const uint8_t *at)
{
	uint64_t v;

	memcpy(&v, at, sizeof(v));
	return v;
}

static uint32_t
native32(const uint8_t *at)
{
	uint32_t v;

	memcpy(&v, at, sizeof(v));
	return v;
}

static bool
meta_read(int fd, uint64_t at, uint8_t out[META_SIZE])
{
	return pread(fd, out, META_SIZE, (off_t)(at + META_AT)) == META_SIZE &&
	       native32(out) == META_MAGIC && native32(out + 4) == 1;
}

ms_status
store_head_read(int fd, store_head *out, ms_error *err)
{
	uint8_t first[META_SIZE], second[META_SIZE];
	struct stat st;
	uint32_t page;

	*out = (store_head){ 0 };
	if (!meta_read(fd, 0, first))
		return MS_OK;
	page = native32(first + META_PAGE_SIZE);
	if (page < 512 || page > 65536 || (page & (page - 1)) != 0 || !meta_read(fd, page, second))
		return MS_OK;
	/* The length after the head: a daemon may be writing, and writes pages before the head that
	 * counts them. */
	if (fstat(fd, &st) != 0)
		return ms_fail(err, MS_IO, MST_FILE_READ, "cannot read the store's file: %s",
			strerror(errno));
	out->file_bytes = (uint64_t)st.st_size;
	out->valid = true;
	out->used_bytes = native64(native64(second + META_TXN) > native64(first + META_TXN)
					   ? second + META_LAST_PAGE
					   : first + META_LAST_PAGE);
	out->used_bytes =
		out->used_bytes > UINT64_MAX / page - 1 ? UINT64_MAX : (out->used_bytes + 1) * page;
	return MS_OK;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* fs_hash.c - apart from fs.c: whoever only reads files needs no library for it. */
#include "base/fs.h"

#include "base/hash.h"

ms_status
fs_hash_regular(const char *path, size_t max, hash32 *out, ms_error *err)
{
	buf bytes = { 0 };
	ms_status s = fs_read_regular(path, max, &bytes, err);

	if (s == MS_OK)
		*out = hash_of(buf_span(&bytes));
	buf_fini(&bytes);
	return s;
}

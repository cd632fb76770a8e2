/* SPDX-License-Identifier: Apache-2.0 */
#include "base/scratch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/lang.h"

enum { PATH_ROOM = 4096 };

static ms_status
cannot(const scratch *s, ms_error *err)
{
	ms_status status = fs_fail(err, errno, MST_FILE_WRITE, TR("write"), s->dir);

	fs_name_owner(s->dir, err);
	return status;
}

ms_status
scratch_open(scratch *s, const char *dir, ms_error *err)
{
	char path[PATH_ROOM];
	int fd;

	*s = (scratch){ .dir = dir };
	if (snprintf(path, sizeof(path), "%s/.scratch-XXXXXX", dir) >= PATH_ROOM)
		errno = ENAMETOOLONG;
	else if ((fd = mkostemp(path, O_CLOEXEC)) >= 0) {
		unlink(path);
		s->file = fdopen(fd, "w+e");
		if (s->file != NULL)
			return MS_OK;
		close(fd);
	}
	return cannot(s, err);
}

ms_status
scratch_add(scratch *s, span bytes, ms_error *err)
{
	if (bytes.len > 0 && fwrite(bytes.at, bytes.len, 1, s->file) != 1)
		return cannot(s, err);
	s->len += bytes.len;
	return MS_OK;
}

ms_status
scratch_read(scratch *s, span *out, ms_error *err)
{
	void *map;

	if (fflush(s->file) != 0)
		return cannot(s, err);
	*out = span_of(NULL, 0);
	if (s->len == 0)
		return MS_OK;
	map = mmap(NULL, s->len, PROT_READ, MAP_SHARED, fileno(s->file), 0);
	if (map == MAP_FAILED)
		return cannot(s, err);
	s->map = map;
	*out = span_of(map, s->len);
	return MS_OK;
}

void
scratch_fini(scratch *s)
{
	if (s->map != NULL)
		munmap(s->map, s->len);
	if (s->file != NULL)
		fclose(s->file);
	*s = (scratch){ 0 };
}

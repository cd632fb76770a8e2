/* SPDX-License-Identifier: Apache-2.0 */
/* fs_write.c - every write that matters is synced before its name appears. */
#include "base/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/lang.h"
#include "base/random.h"

enum { PATH_ROOM = 4096 };

static bool
write_all(int fd, span bytes)
{
	while (bytes.len > 0) {
		ssize_t n = write(fd, bytes.at, bytes.len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		bytes = span_of(bytes.at + n, bytes.len - (size_t)n);
	}
	return true;
}

static ms_status
write_synced(int fd, const char *path, span bytes, ms_error *err)
{
	ms_status s = MS_OK;

	if (!write_all(fd, bytes) || fsync(fd) != 0)
		s = fs_fail(err, errno, MST_FILE_WRITE, TR("write"), path);
	if (close(fd) != 0 && s == MS_OK)
		s = fs_fail(err, errno, MST_FILE_WRITE, TR("write"), path);
	return s;
}

static void
directory_of(const char *path, char out[PATH_ROOM])
{
	const char *slash = strrchr(path, '/');

	if (slash == NULL)
		snprintf(out, PATH_ROOM, ".");
	else
		snprintf(out, PATH_ROOM, "%.*s", slash == path ? 1 : (int)(slash - path), path);
}

/* A name beside PATH that begins with a dot: watched folders leave it alone. */
static void
temporary_name(const char *path, char out[PATH_ROOM])
{
	const char *slash = strrchr(path, '/');
	int dir = slash == NULL ? 0 : (int)(slash - path) + 1;

	snprintf(out, PATH_ROOM, "%.*s.%s.%08x", dir, path, path + dir, (unsigned)random_u64());
}

/* Rename that never overwrites; false with errno. Some file systems do not know the flag. */
static bool
rename_new(const char *from, const char *to)
{
	if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
		return true;
	if (errno != EINVAL)
		return false;
	if (fs_exists(to)) {
		errno = EEXIST;
		return false;
	}
	return rename(from, to) == 0;
}

/* Is the file at PATH that of CONTENT, and nobody at work in it? */
static bool
is_left_alone(const char *path, const hash32 *content)
{
	hash32 hash;

	return fs_writers_of(path) != FS_WRITERS_SOME &&
	       fs_hash_regular(path, (size_t)1 << 30, &hash, NULL) == MS_OK &&
	       hash_equal(&hash, content);
}

static bool
exchange(const char *a, const char *b)
{
	return renameat2(AT_FDCWD, a, AT_FDCWD, b, RENAME_EXCHANGE) == 0;
}

/* FROM, the file of OURS, takes the place of the file of CONTENT at TO, and of no other: what is
 * saved there at this very moment stays, and of two such files the later. False with errno. */
static bool
rename_over(const char *from, const hash32 *ours, const char *to, const hash32 *content)
{
	if (is_left_alone(to, content)) {
		if (!exchange(from, to)) /* some file systems cannot */
			return errno == EINVAL && rename(from, to) == 0;
		if (is_left_alone(from, content))
			return unlink(from) == 0;
		if (exchange(from, to) && !is_left_alone(from, ours))
			exchange(from, to);
	}
	errno = EEXIST;
	return false;
}

/* Whose place a file takes: anybody's, that of the file of a content, nobody's. */
typedef struct placing {
	bool is_new;
	const hash32 *over; /* NULL: anybody's */
} placing;

static bool
put_in_place(const placing *how, const char *from, const char *to, span bytes)
{
	hash32 ours;

	if (how->is_new)
		return rename_new(from, to);
	if (how->over == NULL)
		return rename(from, to) == 0;
	ours = hash_of(bytes);
	return rename_over(from, &ours, to, how->over);
}

/* The name appears when the file is whole, so nothing is ever found cut. */
static ms_status
write_whole(const char *path, placing how, unsigned mode, span bytes, ms_error *err)
{
	const char *what = how.is_new ? TR("make") : TR("write");
	char temporary[PATH_ROOM], dir[PATH_ROOM];
	ms_status s;
	int fd;

	temporary_name(path, temporary);
	fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
	if (fd < 0)
		return fs_fail(err, errno, MST_FILE_WRITE, what, path);
	s = write_synced(fd, path, bytes, err);
	if (s == MS_OK && !put_in_place(&how, temporary, path, bytes))
		s = fs_fail(
			err, errno, errno == EEXIST ? MST_FILE_EXISTS : MST_FILE_WRITE, what, path);
	if (s != MS_OK) {
		unlink(temporary);
		return s;
	}
	directory_of(path, dir);
	return fs_sync_dir(dir, err);
}

ms_status
fs_write_atomic(const char *path, unsigned mode, span bytes, ms_error *err)
{
	return write_whole(path, (placing){ 0 }, mode, bytes, err);
}

ms_status
fs_write_new(const char *path, unsigned mode, span bytes, ms_error *err)
{
	return write_whole(path, (placing){ .is_new = true }, mode, bytes, err);
}

ms_status
fs_write_over(const char *path, unsigned mode, span bytes, const hash32 *content, ms_error *err)
{
	return write_whole(path, (placing){ .over = content }, mode, bytes, err);
}

ms_status
fs_write_secret(const char *path, span bytes, ms_error *err)
{
	return fs_write_new(path, 0600, bytes, err);
}

static ms_status
copy_file(const char *from, const char *to, ms_error *err)
{
	buf bytes = { 0 };
	ms_status s = fs_read_regular(from, (size_t)1 << 30, &bytes, err);

	if (s == MS_OK)
		s = fs_write_new(to, 0644, buf_span(&bytes), err);
	buf_fini(&bytes);
	return s;
}

ms_status
fs_move(const char *from, const char *to, ms_error *err)
{
	char dir[PATH_ROOM];
	ms_status s;

	if (!rename_new(from, to)) {
		if (errno == EEXIST)
			return fs_fail(err, EEXIST, MST_FILE_EXISTS, TR("move a file to"), to);
		if (errno != EXDEV)
			return fs_fail(err, errno, MST_FILE_WRITE, TR("move"), from);
		s = copy_file(from, to, err);
		return s == MS_OK ? fs_remove(from, err) : s;
	}
	directory_of(to, dir);
	return fs_sync_dir(dir, err);
}

ms_status
fs_sync_dir(const char *path, ms_error *err)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ms_status s = MS_OK;

	if (fd < 0)
		return fs_fail(err, errno, MST_FILE_OPEN, TR("open"), path);
	/* Some network file systems cannot sync a directory; then the rename is as durable as it
	 * gets there. */
	if (fsync(fd) != 0 && errno != EINVAL && errno != EROFS)
		s = fs_fail(err, errno, MST_FILE_WRITE, TR("sync"), path);
	close(fd);
	return s;
}

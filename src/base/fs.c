/* SPDX-License-Identifier: Apache-2.0 */
/* fs.c - every write that matters is synced before its name appears. */
#include "base/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/random.h"

enum { PATH_ROOM = 4096, READ_PIECE = 64 << 10 };

ms_status
fs_fail(ms_error *err, int number, unsigned code, const char *what, const char *path)
{
	static const struct {
		int number;
		ms_status status;
	} table[] = {
		{ ENOENT, MS_NOT_FOUND },
		{ ENOTDIR, MS_NOT_FOUND },
		{ EACCES, MS_DENIED },
		{ EPERM, MS_DENIED },
		{ ELOOP, MS_DENIED },
		{ EROFS, MS_CANNOT_WRITE },
		{ ENOSPC, MS_NO_SPACE },
		{ EDQUOT, MS_NO_SPACE },
		{ EEXIST, MS_EXISTS },
		{ ENOTEMPTY, MS_EXISTS },
	};
	ms_status status = MS_IO;
	char reason[128] = "";
	size_t i;

	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (table[i].number == number)
			status = table[i].status;
	return ms_fail(err, status, code, "cannot %s %s: %s", what, path,
		strerror_r(number, reason, sizeof(reason)));
}

static ms_status
read_all(int fd, const char *path, size_t max, buf *out, ms_error *err)
{
	size_t start = out->len;
	ssize_t n;

	do {
		if (buf_reserve(out, READ_PIECE) != MS_OK)
			return ms_fail(
				err, MS_NO_MEMORY, MST_NO_MEMORY, "no memory to read %s", path);
		n = read(fd, out->at + out->len, READ_PIECE);
		if (n < 0 && errno != EINTR)
			return fs_fail(err, errno, MST_FILE_READ, "read", path);
		if (n > 0)
			out->len += (size_t)n;
		if (out->len - start > max)
			return ms_fail(err, MS_INVALID, MST_FILE_TOO_LARGE,
				"%s is larger than %zu bytes", path, max);
	} while (n != 0);
	return MS_OK;
}

static ms_status
read_open(int fd, const char *path, size_t max, bool secret, buf *out, ms_error *err)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return fs_fail(err, errno, MST_FILE_READ, "read", path);
	if (S_ISDIR(st.st_mode))
		return ms_fail(err, MS_INVALID, MST_FILE_READ, "%s is a directory", path);
	if (secret && (st.st_mode & 077) != 0) {
		ms_fail(err, MS_DENIED, MST_KEY_FILE, "%s can be read by others (mode %04o)", path,
			(unsigned)st.st_mode & 07777);
		ms_error_remedy(err, "chmod 600 %s", path);
		return MS_DENIED;
	}
	if (S_ISREG(st.st_mode) && (uint64_t)st.st_size > max)
		return ms_fail(err, MS_INVALID, MST_FILE_TOO_LARGE,
			"%s has %llu bytes, more than %zu", path, (unsigned long long)st.st_size,
			max);
	return read_all(fd, path, max, out, err);
}

static ms_status
read_file(const char *path, size_t max, bool secret, buf *out, ms_error *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | (secret ? O_NOFOLLOW : 0));
	ms_status s;

	if (fd < 0)
		return fs_fail(err, errno, MST_FILE_OPEN, "open", path);
	s = read_open(fd, path, max, secret, out, err);
	close(fd);
	return s;
}

ms_status
fs_read(const char *path, size_t max, buf *out, ms_error *err)
{
	return read_file(path, max, false, out, err);
}

ms_status
fs_read_secret(const char *path, size_t max, buf *out, ms_error *err)
{
	return read_file(path, max, true, out, err);
}

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
		s = fs_fail(err, errno, MST_FILE_WRITE, "write", path);
	if (close(fd) != 0 && s == MS_OK)
		s = fs_fail(err, errno, MST_FILE_WRITE, "write", path);
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

ms_status
fs_write_atomic(const char *path, unsigned mode, span bytes, ms_error *err)
{
	char temporary[PATH_ROOM], dir[PATH_ROOM];
	ms_status s;
	int fd;

	temporary_name(path, temporary);
	fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
	if (fd < 0)
		return fs_fail(err, errno, MST_FILE_WRITE, "write", path);
	s = write_synced(fd, path, bytes, err);
	if (s == MS_OK && rename(temporary, path) != 0)
		s = fs_fail(err, errno, MST_FILE_WRITE, "write", path);
	if (s != MS_OK) {
		unlink(temporary);
		return s;
	}
	directory_of(path, dir);
	return fs_sync_dir(dir, err);
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

/* The name appears when the file is whole, so a key is never found cut. */
static ms_status
write_new(const char *path, unsigned mode, span bytes, ms_error *err)
{
	char temporary[PATH_ROOM], dir[PATH_ROOM];
	ms_status s;
	int fd;

	temporary_name(path, temporary);
	fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
	if (fd < 0)
		return fs_fail(err, errno, MST_FILE_WRITE, "make", path);
	s = write_synced(fd, path, bytes, err);
	if (s == MS_OK && !rename_new(temporary, path))
		s = fs_fail(err, errno, errno == EEXIST ? MST_FILE_EXISTS : MST_FILE_WRITE, "make",
			path);
	if (s != MS_OK) {
		unlink(temporary);
		return s;
	}
	directory_of(path, dir);
	return fs_sync_dir(dir, err);
}

ms_status
fs_write_secret(const char *path, span bytes, ms_error *err)
{
	return write_new(path, 0600, bytes, err);
}

ms_status
fs_make_dir(const char *path, unsigned mode, ms_error *err)
{
	if (mkdir(path, mode) == 0 || (errno == EEXIST && fs_is_dir(path)))
		return MS_OK;
	return fs_fail(err, errno, MST_FILE_WRITE, "make directory", path);
}

ms_status
fs_make_dirs(const char *path, unsigned mode, ms_error *err)
{
	char part[PATH_ROOM];
	size_t i;

	if (strlen(path) >= sizeof(part))
		return ms_fail(
			err, MS_INVALID, MST_FILE_WRITE, "the path %.80s... is too long", path);
	for (i = 1; path[i] != '\0'; i++)
		if (path[i] == '/' && path[i - 1] != '/') {
			ms_status s;

			snprintf(part, sizeof(part), "%.*s", (int)i, path);
			s = fs_is_dir(part) ? MS_OK : fs_make_dir(part, mode, err);
			if (s != MS_OK)
				return s;
		}
	return fs_make_dir(path, mode, err);
}

bool
fs_exists(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0;
}

bool
fs_is_dir(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

ms_status
fs_look(const char *path, fs_info *out, ms_error *err)
{
	struct stat st;

	if (lstat(path, &st) != 0)
		return fs_fail(err, errno, MST_FILE_OPEN, "look at", path);
	*out = (fs_info){ .is_file = S_ISREG(st.st_mode),
		.size = (uint64_t)st.st_size,
		.changed_us = (int64_t)st.st_mtim.tv_sec * 1000000 + st.st_mtim.tv_nsec / 1000 };
	return MS_OK;
}

/* A read lease is granted only while nobody has the file open for writing. */
fs_writers
fs_writers_of(const char *path)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
	fs_writers found = FS_WRITERS_NONE;

	if (fd < 0)
		return FS_WRITERS_NONE; /* reading it will tell why */
	if (fcntl(fd, F_SETLEASE, F_RDLCK) != 0)
		found = errno == EAGAIN ? FS_WRITERS_SOME : FS_WRITERS_UNKNOWN;
	close(fd);
	return found;
}

ms_status
fs_remove(const char *path, ms_error *err)
{
	if (unlink(path) == 0 || errno == ENOENT)
		return MS_OK;
	return fs_fail(err, errno, MST_FILE_WRITE, "remove", path);
}

static ms_status
copy_file(const char *from, const char *to, ms_error *err)
{
	buf bytes = { 0 };
	ms_status s = fs_read(from, (size_t)1 << 30, &bytes, err);

	if (s == MS_OK)
		s = write_new(to, 0644, buf_span(&bytes), err);
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
			return fs_fail(err, EEXIST, MST_FILE_EXISTS, "move a file to", to);
		if (errno != EXDEV)
			return fs_fail(err, errno, MST_FILE_WRITE, "move", from);
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
		return fs_fail(err, errno, MST_FILE_OPEN, "open", path);
	/* Some network file systems cannot sync a directory; then the rename is as durable as it
	 * gets there. */
	if (fsync(fd) != 0 && errno != EINVAL && errno != EROFS)
		s = fs_fail(err, errno, MST_FILE_WRITE, "sync", path);
	close(fd);
	return s;
}

/* ---- locks ---- */

static long
pid_in(int fd)
{
	char text[32] = "";
	ssize_t n = pread(fd, text, sizeof(text) - 1, 0);

	return n > 0 ? strtol(text, NULL, 10) : 0;
}

ms_status
fs_lock(const char *path, int *fd, ms_error *err)
{
	char text[32];
	int lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);

	if (lock < 0)
		return fs_fail(err, errno, MST_FILE_OPEN, "open", path);
	if (flock(lock, LOCK_EX | LOCK_NB) != 0) {
		long pid = pid_in(lock);

		close(lock);
		return ms_fail(
			err, MS_BUSY, MST_DIR_LOCKED, "%s is held by process %ld", path, pid);
	}
	snprintf(text, sizeof(text), "%ld\n", (long)getpid());
	if (ftruncate(lock, 0) != 0 || pwrite(lock, text, strlen(text), 0) < 0) {
		ms_status s = fs_fail(err, errno, MST_FILE_WRITE, "write", path);

		close(lock);
		return s;
	}
	*fd = lock;
	return MS_OK;
}

bool
fs_is_locked(const char *path, long *pid)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	bool locked;

	*pid = 0;
	if (fd < 0)
		return false;
	locked = flock(fd, LOCK_SH | LOCK_NB) != 0;
	if (locked)
		*pid = pid_in(fd);
	close(fd);
	return locked;
}

bool
fs_is_network(const char *path)
{
	static const unsigned long kinds[] = {
		0x6969,     /* NFS */
		0xFF534D42, /* CIFS */
		0xFE534D42, /* SMB2 */
		0x517B,     /* SMB */
		0x01021997, /* 9P */
		0x65735546, /* FUSE */
		0x5346414F, /* AFS */
		0x00C36400, /* Ceph */
	};
	struct statfs st;
	size_t i;

	if (statfs(path, &st) != 0)
		return false;
	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (((unsigned long)st.f_type & 0xFFFFFFFFu) == kinds[i])
			return true;
	return false;
}

uint64_t
fs_free_bytes(const char *path)
{
	struct statvfs st;

	return statvfs(path, &st) == 0 ? (uint64_t)st.f_bavail * st.f_frsize : 0;
}

ms_status
fs_beside_program(const char *name, char *out, size_t size, ms_error *err)
{
	size_t room = strlen(name) + 1;
	ssize_t n = size > room ? readlink("/proc/self/exe", out, size - room) : 0;
	char *slash = NULL;

	if (n > 0 && (size_t)n < size - room) {
		out[n] = '\0';
		slash = strrchr(out, '/');
	}
	if (slash == NULL)
		return ms_fail(err, MS_NOT_FOUND, MST_FILE_OPEN,
			"the directory of this program cannot be told");
	memcpy(slash + 1, name, room);
	return MS_OK;
}

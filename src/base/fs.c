/* SPDX-License-Identifier: Apache-2.0 */
/* fs.c - files are read and asked about, directories made and locked. Writing: fs_write.c. */
#include "base/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/lang.h"

enum { PATH_ROOM = 4096, READ_PIECE = 64 << 10 };

ms_status
fs_fail(ms_error *err, int number, unsigned code, const char *what, const char *path)
{
	static const struct {
		int number;
		ms_status status;
		const char *reason; /* as strerror has it */
	} table[] = {
		{ ENOENT, MS_NOT_FOUND, TR("No such file or directory") },
		{ ENOTDIR, MS_NOT_FOUND, TR("Not a directory") },
		{ EACCES, MS_DENIED, TR("Permission denied") },
		{ EPERM, MS_DENIED, TR("Operation not permitted") },
		{ ELOOP, MS_DENIED, TR("Too many levels of symbolic links") },
		{ EROFS, MS_CANNOT_WRITE, TR("Read-only file system") },
		{ EISDIR, MS_CANNOT_WRITE, TR("Is a directory") },
		{ ENAMETOOLONG, MS_NOT_FOUND, TR("File name too long") },
		{ ENOSPC, MS_NO_SPACE, TR("No space left on device") },
		{ EDQUOT, MS_NO_SPACE, TR("Disk quota exceeded") },
		{ EEXIST, MS_EXISTS, TR("File exists") },
		{ ENOTEMPTY, MS_EXISTS, TR("Directory not empty") },
	};
	ms_status status = MS_IO;
	char told[128] = "";
	const char *reason = NULL;
	size_t i;

	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (table[i].number == number) {
			status = table[i].status;
			reason = tr(table[i].reason);
		}
	if (reason == NULL)
		reason = strerror_r(number, told, sizeof(told));
	return ms_fail(err, status, code, "cannot %s %s: %s", tr(what), path, reason);
}

/* What is in the way: PATH, or the directory in which it was to be made. False: that cannot be
 * seen.
 */
static bool
find_denied(const char *path, char at[PATH_ROOM], struct stat *st)
{
	int n = snprintf(at, PATH_ROOM, "%s", path);
	char *end;

	if (n < 0 || n >= PATH_ROOM)
		return false;
	if (lstat(at, st) == 0)
		return true;
	end = strrchr(at, '/');
	if (errno != ENOENT || end == NULL || end == at)
		return false;
	*end = '\0';
	return lstat(at, st) == 0;
}

void
fs_name_owner(const char *path, ms_error *err)
{
	char at[PATH_ROOM];
	struct stat st;

	if (err == NULL || err->status != MS_DENIED)
		return;
	if (!find_denied(path, at, &st))
		ms_error_remedy(err, "run this as the user whose directory it is");
	else if (st.st_uid == geteuid())
		ms_error_remedy(err, "chmod u+rwX %s", at);
	else
		ms_error_remedy(err,
			"it belongs to user %u: run this as that user, or give it, as root, to the "
			"one who runs this: chown -R %u %s",
			(unsigned)st.st_uid, (unsigned)geteuid(), at);
}

void
fs_name_owner_above(const char *path, ms_error *err)
{
	const char *slash;
	char dir[PATH_ROOM];

	if (err == NULL || err->status != MS_DENIED)
		return;
	slash = strrchr(path, '/');
	if (slash == NULL)
		snprintf(dir, sizeof(dir), ".");
	else
		snprintf(dir, sizeof(dir), "%.*s", slash == path ? 1 : (int)(slash - path), path);
	fs_name_owner(dir, err);
}

void
fs_name_owner_in(const char *dir, const char *const *names, size_t n, ms_error *err)
{
	char path[PATH_ROOM];
	size_t i;

	if (access(dir, R_OK | W_OK | X_OK) != 0 && errno == EACCES)
		fs_name_owner(dir, err);
	for (i = 0; i < n; i++) {
		int len = snprintf(path, sizeof(path), "%s/%s", dir, names[i]);

		if (len > 0 && len < PATH_ROOM && access(path, R_OK | W_OK) != 0 && errno == EACCES)
			fs_name_owner(path, err);
	}
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
			return fs_fail(err, errno, MST_FILE_READ, TR("read"), path);
		if (n > 0)
			out->len += (size_t)n;
		if (out->len - start > max)
			return ms_fail(err, MS_INVALID, MST_FILE_TOO_LARGE,
				"%s is larger than %zu bytes", path, max);
	} while (n != 0);
	return MS_OK;
}

/* Whose file it is, and what is expected of it. */
typedef enum read_of { READ_ANY, READ_REGULAR, READ_SECRET } read_of;

static ms_status
read_open(int fd, const char *path, size_t max, read_of of, buf *out, ms_error *err)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return fs_fail(err, errno, MST_FILE_READ, TR("read"), path);
	if (S_ISDIR(st.st_mode))
		return ms_fail(err, MS_INVALID, MST_FILE_READ, "%s is a directory", path);
	if (of == READ_REGULAR && !S_ISREG(st.st_mode))
		return ms_fail(err, MS_INVALID, MST_FILE_READ, "%s is no regular file", path);
	if (of == READ_SECRET && (st.st_mode & 077) != 0) {
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
read_file(const char *path, size_t max, read_of of, buf *out, ms_error *err)
{
	static const int flags[] = {
		[READ_REGULAR] = O_NOFOLLOW | O_NONBLOCK,
		[READ_SECRET] = O_NOFOLLOW,
	};
	int fd = open(path, O_RDONLY | O_CLOEXEC | flags[of]);
	ms_status s;

	if (fd < 0) {
		s = fs_fail(err, errno, MST_FILE_OPEN, TR("open"), path);
		if (of != READ_REGULAR)
			fs_name_owner(path, err);
		return s;
	}
	s = read_open(fd, path, max, of, out, err);
	close(fd);
	return s;
}

ms_status
fs_read(const char *path, size_t max, buf *out, ms_error *err)
{
	return read_file(path, max, READ_ANY, out, err);
}

ms_status
fs_read_regular(const char *path, size_t max, buf *out, ms_error *err)
{
	return read_file(path, max, READ_REGULAR, out, err);
}

ms_status
fs_read_secret(const char *path, size_t max, buf *out, ms_error *err)
{
	return read_file(path, max, READ_SECRET, out, err);
}

ms_status
fs_make_dir(const char *path, unsigned mode, ms_error *err)
{
	if (mkdir(path, mode) == 0 || (errno == EEXIST && fs_is_dir(path)))
		return MS_OK;
	return fs_fail(err, errno, MST_FILE_WRITE, TR("make directory"), path);
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

bool
fs_is_trusted_dir(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 && fs_is_dir(path) &&
	       (S_ISDIR(st.st_mode) || st.st_uid == 0 || st.st_uid == geteuid());
}

ms_status
fs_look(const char *path, fs_info *out, ms_error *err)
{
	struct stat st;

	if (lstat(path, &st) != 0)
		return fs_fail(err, errno, MST_FILE_OPEN, TR("look at"), path);
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
	return fs_fail(err, errno, MST_FILE_WRITE, TR("remove"), path);
}

/* ---- locks ---- */

/* On the whole file, held by an open one rather than by a process: a fork keeps it, and no other
 * close of this process gives it up. Asking after it takes nothing, so it is in nobody's way. An
 * older version knows only flock, so that is held too. */
static const struct flock whole_file = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

static long
pid_in(int fd)
{
	char text[32] = "";
	ssize_t n = pread(fd, text, sizeof(text) - 1, 0);

	return n > 0 ? strtol(text, NULL, 10) : 0;
}

/* Has PROCESS a lock of the kind that older versions take, flock, on FD? The system's list is
 * asked, which takes nothing either. */
static bool
is_held_by_older(int fd, long process)
{
	struct stat at;
	char line[256];
	FILE *locks;
	bool found = false;

	if (process == 0 || fstat(fd, &at) != 0 || (locks = fopen("/proc/locks", "re")) == NULL)
		return false;
	while (!found && fgets(line, sizeof(line), locks) != NULL) {
		unsigned long long inode;
		long holder;

		found = sscanf(line, "%*d: FLOCK %*s %*s %ld %*x:%*x:%llu", &holder, &inode) == 2 &&
			holder == process && inode == at.st_ino;
	}
	fclose(locks);
	return found;
}

ms_status
fs_lock(const char *path, int *fd, ms_error *err)
{
	char text[32];
	struct flock wanted = whole_file;
	int lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (lock < 0) {
		ms_status s = fs_fail(err, errno, MST_FILE_OPEN, TR("open"), path);

		fs_name_owner(path, err);
		return s;
	}
	if (fcntl(lock, F_OFD_SETLK, &wanted) != 0 || flock(lock, LOCK_EX | LOCK_NB) != 0) {
		long pid = pid_in(lock);

		close(lock);
		ms_fail(err, MS_BUSY, MST_DIR_LOCKED, "%s is held by process %ld", path, pid);
		ms_error_remedy(
			err, "one program at a time works there: stop that one, or let it end");
		return MS_BUSY;
	}
	snprintf(text, sizeof(text), "%ld\n", (long)getpid());
	if (ftruncate(lock, 0) != 0 || pwrite(lock, text, strlen(text), 0) < 0) {
		ms_status s = fs_fail(err, errno, MST_FILE_WRITE, TR("write"), path);

		close(lock);
		return s;
	}
	*fd = lock;
	return MS_OK;
}

bool
fs_is_locked(const char *path, long *pid)
{
	struct flock at = whole_file; /* then what is in its way */
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	bool locked;
	long holder;

	*pid = 0;
	if (fd < 0)
		return false;
	holder = pid_in(fd);
	locked = (fcntl(fd, F_OFD_GETLK, &at) == 0 && at.l_type != F_UNLCK) ||
		 is_held_by_older(fd, holder);
	if (locked)
		*pid = holder;
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
	char part[PATH_ROOM], *at = part;
	struct statfs st;
	size_t i;

	snprintf(part, sizeof(part), "%s", path);
	while (statfs(at, &st) != 0) {
		if (errno != ENOENT || strcmp(at, ".") == 0)
			return false;
		at = dirname(at);
	}
	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (((unsigned long)st.f_type & 0xFFFFFFFFu) == kinds[i])
			return true;
	return false;
}

ms_status
fs_refuse_network(const char *dir, ms_error *err)
{
	if (!fs_is_network(dir))
		return MS_OK;
	ms_fail(err, MS_CONFIG, MST_DIR_NETWORK,
		"%s lies on a network file system, expected a local disk", dir);
	ms_error_remedy(err, "put the directory on a disk of this machine");
	return MS_CONFIG;
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

ms_status
fs_identity(const char *path, char out[FS_IDENTITY_SIZE], ms_error *err)
{
	struct statx st;

	if (statx(AT_FDCWD, path, 0, STATX_INO | STATX_BTIME, &st) != 0)
		return fs_fail(err, errno, MST_FILE_OPEN, TR("look at"), path);
	/* Some file systems number anew with every mount; some know no time of birth. */
	if ((st.stx_mask & STATX_BTIME) != 0)
		snprintf(out, FS_IDENTITY_SIZE, "born %lld.%09u\n", (long long)st.stx_btime.tv_sec,
			st.stx_btime.tv_nsec);
	else
		snprintf(out, FS_IDENTITY_SIZE, "number %llu\n", (unsigned long long)st.stx_ino);
	return MS_OK;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* fs.h - files and directories; errno is translated here and nowhere else. */
#ifndef BASE_FS_H
#define BASE_FS_H

#include "base/buf.h"
#include "base/hash.h"
#include "base/span.h"
#include "base/status.h"

/* The whole file, at most MAX bytes, appended to OUT. MS_NOT_FOUND, MS_INVALID (too large),
 * MS_DENIED, MS_IO. */
ms_status fs_read(const char *path, size_t max, buf *out, ms_error *err);
/* Like fs_read, of what strangers may have laid there: MS_DENIED for a link, MS_INVALID for what is
 * no regular file; never waits for another process. */
ms_status fs_read_regular(const char *path, size_t max, buf *out, ms_error *err);
/* The hash of what fs_read_regular reads. */
ms_status fs_hash_regular(const char *path, size_t max, hash32 *out, ms_error *err);
/* Temporary file beside it, written, synced, renamed over PATH, directory synced. MS_NO_SPACE,
 * MS_CANNOT_WRITE. */
ms_status fs_write_atomic(const char *path, unsigned mode, span bytes, ms_error *err);
/* The same as a new file; MS_EXISTS when PATH is there. */
ms_status fs_write_new(const char *path, unsigned mode, span bytes, ms_error *err);
/* The same in place of the file of CONTENT (its hash); MS_EXISTS when PATH is another by now, or
 * has a program at work in it: what a person saves there at the same moment is never lost. */
ms_status fs_write_over(
	const char *path, unsigned mode, span bytes, const hash32 *content, ms_error *err);
/* A new file that others cannot read (mode 0600); MS_EXISTS when PATH is there. */
ms_status fs_write_secret(const char *path, span bytes, ms_error *err);
/* Like fs_read; MS_DENIED for a link, or a file that group or others may read or write. */
ms_status fs_read_secret(const char *path, size_t max, buf *out, ms_error *err);

/* The remedy for ERR, when it is MS_DENIED at PATH: whose that is, and how it becomes ours. */
void fs_name_owner(const char *path, ms_error *err);
/* The same for what was to be made, replaced or moved at PATH: the directory in which it stands. */
void fs_name_owner_above(const char *path, ms_error *err);
/* The same where only DIR, with N files in it, is known: the first of them that is denied. */
void fs_name_owner_in(const char *dir, const char *const *names, size_t n, ms_error *err);

/* One directory; MS_OK when it is there already. */
ms_status fs_make_dir(const char *path, unsigned mode, ms_error *err);
/* With the directories above it. */
ms_status fs_make_dirs(const char *path, unsigned mode, ms_error *err);
bool fs_exists(const char *path);
bool fs_is_dir(const char *path);
/* Is it a directory, or a link to one that the system's or this process's user made? */
bool fs_is_trusted_dir(const char *path);
typedef struct fs_info {
	bool is_file; /* a regular one, not a link */
	uint64_t size;
	int64_t changed_us; /* its content, wall clock */
} fs_info;

/* What lies at PATH; a link is not followed. MS_NOT_FOUND, or what the file system says. */
ms_status fs_look(const char *path, fs_info *out, ms_error *err);
/* What tells PATH from every copy of it, as text that stays the same over renames and restarts. */
enum { FS_IDENTITY_SIZE = 64 };
ms_status fs_identity(const char *path, char out[FS_IDENTITY_SIZE], ms_error *err);
/* Has any process the file open for writing? UNKNOWN where it cannot be told: another user's file,
 * a file system without leases. Wants SIGIO ignored (daemon_signals). */
typedef enum fs_writers { FS_WRITERS_NONE = 0, FS_WRITERS_SOME, FS_WRITERS_UNKNOWN } fs_writers;
fs_writers fs_writers_of(const char *path);
ms_status fs_remove(const char *path, ms_error *err); /* MS_OK when it is not there */
/* A directory and what is in it. */
ms_status fs_remove_tree(const char *path, ms_error *err);
/* Rename; over the border of file systems copy, sync and remove (a regular file). Never overwrites:
 * MS_EXISTS. */
ms_status fs_move(const char *from, const char *to, ms_error *err);
ms_status fs_sync_dir(const char *path, ms_error *err);

/* Where NAME would be in the directory that this program lies in: the path into OUT (SIZE bytes).
 * MS_NOT_FOUND: that directory cannot be told. */
ms_status fs_beside_program(const char *name, char *out, size_t size, ms_error *err);

/* Names in the directory without "." and "..", sorted by bytes, each NUL-terminated. fs_list_fini
 * frees them. */
typedef struct fs_names {
	char **list;
	size_t n, room;
} fs_names;

ms_status fs_list(const char *path, fs_names *out, ms_error *err);
void fs_list_fini(fs_names *names);

/* Lock PATH (made when missing, and closed to others: who can open it can hold it) for this process
 * and write our pid into it. MS_BUSY names the
 * process that holds it. */
ms_status fs_lock(const char *path, int *fd, ms_error *err);
/* Is PATH locked, by this process or another? *PID is 0 when it cannot be told. */
bool fs_is_locked(const char *path, long *pid);

/* NFS, CIFS, SMB2, 9P, FUSE, AFS, Ceph: where locks, maps and inotify cannot be trusted. Of what is
 * not there yet: where it would be made. */
bool fs_is_network(const char *path);
/* MS_CONFIG when DIR lies, or would be made, there: a directory of ours rests on locks and maps. */
ms_status fs_refuse_network(const char *dir, ms_error *err);
/* Bytes free for us; 0 when it cannot be told. */
uint64_t fs_free_bytes(const char *path);

/* Fill ERR for errno NUMBER: MS_NOT_FOUND, MS_DENIED, MS_NO_SPACE, MS_EXISTS or MS_IO. "cannot WHAT
 * PATH: reason"; WHAT is marked with TR. */
ms_status fs_fail(ms_error *err, int number, unsigned code, const char *what, const char *path);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * as_share.c - preloaded: what begins with the path in AS_SHARE lies on a file server. Its file
 * system says that it is CIFS, and nobody is told of what happens there, since others write on
 * other machines.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

static int
is_share(const char *path)
{
	const char *share = getenv("AS_SHARE");

	return share != NULL && strncmp(path, share, strlen(share)) == 0;
}

__attribute__((visibility("default"))) int
statfs(const char *path, struct statfs *out)
{
	int r = (int)syscall(SYS_statfs, path, out);

	if (r == 0 && is_share(path))
		out->f_type = 0xFF534D42;
	return r;
}

__attribute__((visibility("default"))) int
inotify_add_watch(int fd, const char *path, uint32_t mask)
{
	return (int)syscall(
		SYS_inotify_add_watch, fd, path, is_share(path) ? IN_DELETE_SELF : mask);
}

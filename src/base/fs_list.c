/* SPDX-License-Identifier: Apache-2.0 */
/* fs_list.c - directories as sorted names, and removing a whole one. */
#include "base/fs.h"
#include "base/lang.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static bool
add_name(fs_names *names, const char *name)
{
	if (names->n == names->room) {
		size_t room = names->room == 0 ? 16 : names->room * 2;
		char **list = realloc(names->list, room * sizeof(*list));

		if (list == NULL)
			return false;
		names->list = list;
		names->room = room;
	}
	names->list[names->n] = strdup(name);
	if (names->list[names->n] == NULL)
		return false;
	names->n++;
	return true;
}

static int
by_bytes(const void *a, const void *b)
{
	const char *const *x = a, *const *y = b;

	return strcmp(*x, *y);
}

ms_status
fs_list(const char *path, fs_names *out, ms_error *err)
{
	DIR *dir = opendir(path);
	struct dirent *entry;
	bool room = true;

	*out = (fs_names){ 0 };
	if (dir == NULL)
		return fs_fail(err, errno, MST_FILE_OPEN, TR("open directory"), path);
	while (room && (entry = readdir(dir)) != NULL)
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			room = add_name(out, entry->d_name);
	closedir(dir);
	if (!room) {
		fs_list_fini(out);
		return ms_fail(err, MS_NO_MEMORY, MST_NO_MEMORY, "no memory to list %s", path);
	}
	if (out->n > 1)
		qsort(out->list, out->n, sizeof(*out->list), by_bytes);
	return MS_OK;
}

void
fs_list_fini(fs_names *names)
{
	size_t i;

	for (i = 0; i < names->n; i++)
		free(names->list[i]);
	free(names->list);
	*names = (fs_names){ 0 };
}

static ms_status
remove_entry(const char *dir, const char *name, ms_error *err)
{
	buf path = { 0 };
	ms_status s;

	buf_addf(&path, "%s/%s", dir, name);
	if (unlink(buf_cstr(&path)) == 0)
		s = MS_OK;
	else if (errno == EISDIR || errno == EPERM)
		s = fs_remove_tree(buf_cstr(&path), err);
	else
		s = fs_fail(err, errno, MST_FILE_WRITE, TR("remove"), buf_cstr(&path));
	buf_fini(&path);
	return s;
}

ms_status
fs_remove_tree(const char *path, ms_error *err)
{
	fs_names names;
	ms_status s = fs_list(path, &names, err);
	size_t i;

	if (s != MS_OK)
		return s;
	for (i = 0; i < names.n && s == MS_OK; i++)
		s = remove_entry(path, names.list[i], err);
	fs_list_fini(&names);
	if (s == MS_OK && rmdir(path) != 0)
		s = fs_fail(err, errno, MST_FILE_WRITE, TR("remove"), path);
	return s;
}

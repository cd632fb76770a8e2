/* SPDX-License-Identifier: Apache-2.0 */
/*
 * home_serving.c - while a hub serves, a file in its directory names that very directory. A copy of
 * it that was made meanwhile has the file too, and is another directory.
 */
#include "base/fs.h"
#include "store/home.h"

enum { TEXT_MAX = 256 };

static ms_status
refuse_copy(const char *dir, const char *path, ms_error *err)
{
	ms_fail(err, MS_CONFIG, MST_HOME_COPIED,
		"%s is a copy that was made while a hub served it, or after one was killed: what "
		"came meanwhile may be missing",
		dir);
	ms_error_remedy(err,
		"go on with the original, or with a copy made by muster backup. When they are "
		"lost, let the log go on from here: muster hub restored --dir %s --admin-key FILE "
		"--checkpoint FILE. If no hub ran while it was copied, remove %s",
		dir, path);
	return MS_CONFIG;
}

ms_status
home_serving_begin(const char *dir, ms_error *err)
{
	char path[HOME_PATH_MAX], identity[FS_IDENTITY_SIZE];
	buf text = { 0 };
	ms_error why = { 0 };
	ms_status s = home_path(dir, HOME_SERVING, path, err);

	if (s == MS_OK)
		s = fs_identity(dir, identity, err);
	if (s != MS_OK)
		return s;
	if (fs_read(path, TEXT_MAX, &text, &why) == MS_OK &&
		!span_equal(buf_span(&text), span_str(identity)))
		s = refuse_copy(dir, path, err);
	buf_fini(&text);
	if (s != MS_OK)
		return s;
	s = fs_write_atomic(path, 0600, span_str(identity), err);
	return s == MS_NO_SPACE ? MS_OK : s; /* a full disk is a state */
}

void
home_serving_end(const char *dir)
{
	char path[HOME_PATH_MAX];

	if (home_path(dir, HOME_SERVING, path, NULL) == MS_OK)
		(void)fs_remove(path, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* take_place.c - where a file that is taken lies, and by what it is known there. */
#include "agent/take.h"

#include <stdio.h>
#include <string.h>

#include "base/fs.h"
#include "base/text.h"

enum { NAME_ROOM = FILE_NAME_MAX - 32 /* for a number and the mark of an answer */ };

static const char in_done[] = "done/", in_rejected[] = "rejected/";

ms_status
taking_identify(const char *path, buf *bytes, uint64_t *size, hash32 *out, ms_error *err)
{
	uint8_t facts[16];
	fs_info info;
	ms_status s = fs_look(path, &info, err);

	if (s != MS_OK)
		return s;
	*size = info.size;
	if (info.size > INTAKE_BYTES_MAX) {
		be64_put(facts, info.size);
		be64_put(facts + 8, (uint64_t)info.changed_us);
		*out = hash_of(span_of(facts, sizeof(facts)));
		return MS_OK;
	}
	s = fs_read_regular(path, INTAKE_BYTES_MAX, bytes, err);
	*out = hash_of(buf_span(bytes));
	return s;
}

bool
taking_has_content(const char *path, const hash32 *content)
{
	buf bytes = { 0 };
	uint64_t size;
	hash32 h;
	bool same =
		taking_identify(path, &bytes, &size, &h, NULL) == MS_OK && hash_equal(&h, content);

	buf_fini(&bytes);
	return same;
}

/* "done/2012-Q2/q2.csv", "done/2012-Q2/q2.2.csv", ... A long name is shortened, so that its answer
 * has room. */
static void
candidate(const char *name, span folder, unsigned number, char out[FILE_MOVED_MAX + 1])
{
	const char *dot = strrchr(name, '.');
	size_t len = dot == NULL || dot == name ? strlen(name) : (size_t)(dot - name);
	span stem = text_prefix(span_of(name, len), NAME_ROOM - strlen(name + len));
	char suffix[16] = "";

	if (number >= 2)
		snprintf(suffix, sizeof(suffix), ".%u", number);
	snprintf(out, FILE_MOVED_MAX + 1, "%.*s/%.*s%s%s", (int)folder.len, (const char *)folder.at,
		(int)stem.len, (const char *)stem.at, suffix, name + len);
}

void
taking_place(const agent *a, const char *name, span folder, const hash32 *content,
	char out[FILE_MOVED_MAX + 1])
{
	char path[HOME_PATH_MAX];
	unsigned number;

	for (number = 1;; number++) {
		candidate(name, folder, number, out);
		if (home_path(a->folder, out, path, NULL) != MS_OK || !fs_exists(path) ||
			taking_has_content(path, content))
			return;
	}
}

bool
taking_place_refused(const agent *a, const file_entry *f, char out[FILE_MOVED_MAX + 1])
{
	char folder[FILE_MOVED_MAX + 1], name[FILE_NAME_MAX + 1];
	size_t skipped = sizeof(in_done) - 1, end = f->moved_to.len;

	if (end <= skipped || memcmp(f->moved_to.at, in_done, skipped) != 0)
		return false;
	while (f->moved_to.at[end - 1] != '/')
		end--;
	snprintf(folder, sizeof(folder), "%s%.*s", in_rejected, (int)(end - 1 - skipped),
		(const char *)f->moved_to.at + skipped);
	snprintf(name, sizeof(name), "%.*s", (int)f->name.len, (const char *)f->name.at);
	taking_place(a, name, span_str(folder), &f->content, out);
	return true;
}

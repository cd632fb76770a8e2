/* SPDX-License-Identifier: Apache-2.0 */
/* sample_testing.h - a folder of files, each with its expectation beside it: FILE.expected is the
 * result as intake_testing.h shows it. */
#ifndef SAMPLE_TESTING_H
#define SAMPLE_TESTING_H

#include <dirent.h>
#include <stdlib.h>

#include "tests/intake/intake_testing.h"

static inline bool
read_file(const char *folder, const char *name, buf *bytes)
{
	char path[512], block[4096];
	size_t n;
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	f = fopen(path, "rb");
	if (f == NULL)
		return false;
	while ((n = fread(block, 1, sizeof(block), f)) > 0)
		buf_add(bytes, block, n);
	fclose(f);
	return true;
}

/* Write what was got where MUSTER_WRITE_EXPECTED says, for a look at new samples. */
static inline bool
keep_if_asked(const char *name, const buf *shown)
{
	const char *folder = getenv("MUSTER_WRITE_EXPECTED");
	char path[512];
	FILE *f;

	if (folder == NULL)
		return false;
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	f = fopen(path, "wb");
	assert_non_null(f);
	fwrite(shown->at, 1, shown->len, f);
	fclose(f);
	return true;
}

static inline void
check_sample(const plan *p, const char *folder, const char *name, bool cells)
{
	intake_ask ask = ask_for(p, "shenbei", strstr(name, "english") != NULL);
	buf bytes = { 0 }, expected = { 0 }, shown = { 0 };
	arena memory = { 0 };
	intake_result got;
	char beside[300];

	assert_true(read_file(folder, name, &bytes));
	assert_int_equal(intake_read(&ask, name, buf_span(&bytes), &memory, &got, NULL), MS_OK);
	show_places(&got, cells, &shown);
	snprintf(beside, sizeof(beside), "%s.expected", name);
	if (!keep_if_asked(beside, &shown) &&
		(!read_file(folder, beside, &expected) ||
			strcmp(buf_cstr(&expected), buf_cstr(&shown)) != 0))
		fail_msg(
			"%s\nexpected:\n%s\ngot:\n%s", name, buf_cstr(&expected), buf_cstr(&shown));
	buf_fini(&bytes);
	buf_fini(&expected);
	buf_fini(&shown);
	arena_fini(&memory);
}

/* Every file of FOLDER but the programs that made them. How many. */
static inline unsigned
check_folder(const plan *p, const char *folder, bool cells)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;
	unsigned n = 0;

	assert_non_null(dir);
	while ((entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] == '.' || entry->d_name[0] == '_' ||
			strstr(entry->d_name, ".expected") != NULL ||
			strstr(entry->d_name, ".py") != NULL)
			continue;
		check_sample(p, folder, entry->d_name, cells);
		n++;
	}
	closedir(dir);
	return n;
}

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* replay.c - runs a fuzz target over every file of its corpus as a plain test: replay DIR... */
#include <dirent.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int
run_file(const char *path)
{
	FILE *file = fopen(path, "rb");
	size_t size = 0, room = 1 << 20;
	uint8_t *bytes = malloc(room);

	if (file == NULL || bytes == NULL) {
		fprintf(stderr, "%s cannot be read\n", path);
		return 1;
	}
	size = fread(bytes, 1, room, file);
	fclose(file);
	/* An allocation of the exact size, so that reading past the end is seen by the sanitizers.
	 */
	uint8_t *exact = realloc(bytes, size == 0 ? 1 : size);

	LLVMFuzzerTestOneInput(exact, size);
	free(exact);
	return 0;
}

int
main(int argc, char **argv)
{
	unsigned n = 0;
	int failed = 0;

	for (int i = 1; i < argc; i++) {
		DIR *dir = opendir(argv[i]);
		struct dirent *entry;

		if (dir == NULL) {
			fprintf(stderr, "%s is no directory of samples\n", argv[i]);
			return 1;
		}
		while ((entry = readdir(dir)) != NULL) {
			char path[4096];

			if (entry->d_name[0] == '.')
				continue;
			snprintf(path, sizeof(path), "%s/%s", argv[i], entry->d_name);
			failed |= run_file(path);
			n++;
		}
		closedir(dir);
	}
	printf("%u samples\n", n);
	return failed != 0 || n == 0;
}

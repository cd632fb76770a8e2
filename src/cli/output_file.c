/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/output_file.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

static bool
ends_in(const char *file, const char *ending)
{
	size_t n = file == NULL ? 0 : strlen(file), m = strlen(ending);

	return n > m && strcasecmp(file + n - m, ending) == 0;
}

bool
output_is_workbook(const char *file)
{
	return ends_in(file, ".xlsx");
}

bool
output_is_csv(const char *file)
{
	return ends_in(file, ".csv");
}

const char *
output_scratch(const char *file, char out[HOME_PATH_MAX])
{
	const char *slash = strrchr(file, '/');

	snprintf(out, HOME_PATH_MAX, "%.*s", slash == NULL ? 1 : (int)(slash - file + 1),
		slash == NULL ? "." : file);
	return out;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/places.h"

#include <stdio.h>

#include "base/fs.h"

#ifndef MUSTER_DATADIR
#define MUSTER_DATADIR "/usr/share/muster"
#endif

#define PLAN_2012 "plans/shenyang-2012.conf"

ms_status
place_program(const char *name, char *out, ms_error *err)
{
	ms_status s = fs_beside_program(name, out, HOME_PATH_MAX, err);

	if (s != MS_OK || fs_exists(out))
		return s;
	ms_fail(err, MS_NOT_FOUND, MST_FILE_OPEN, "%s is not there", out);
	ms_error_remedy(err, "keep muster, muster-hub and muster-agent in one directory");
	return MS_NOT_FOUND;
}

/* Where it was installed, then where a moved installation or a build in .build/NAME has it. */
static ms_status
find_plan_2012(char *out, ms_error *err)
{
	static const char *const beside[] = { "../share/muster/" PLAN_2012,
		"../../../deploy/" PLAN_2012 };
	size_t i;

	for (i = 0; i < sizeof(beside) / sizeof(beside[0]); i++)
		if (fs_beside_program(beside[i], out, HOME_PATH_MAX, NULL) == MS_OK &&
			fs_exists(out))
			return MS_OK;
	snprintf(out, HOME_PATH_MAX, "%s", MUSTER_DATADIR "/" PLAN_2012);
	if (fs_exists(out))
		return MS_OK;
	ms_fail(err, MS_NOT_FOUND, MST_CLI_PLAN, "the plan of 2012 is not at %s", out);
	ms_error_remedy(err, "say where the plan is: --plan FILE");
	return MS_NOT_FOUND;
}

ms_status
place_load_plan(const char *file, plan **out, plan_problems *problems, ms_error *err)
{
	char shipped[HOME_PATH_MAX];
	buf bytes = { 0 };
	ms_status s = file == NULL ? find_plan_2012(shipped, err) : MS_OK;

	if (file == NULL)
		file = shipped;
	if (s == MS_OK)
		s = fs_read(file, PLAN_BYTES_MAX, &bytes, err);
	if (s == MS_OK)
		s = plan_load(buf_span(&bytes), file, out, problems, err);
	buf_fini(&bytes);
	return s;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* files.c - descriptors without which ZeroMQ would abort the whole process. */
#include <sys/resource.h>

#include "net/inner.h"

enum { FILES_MIN = 64 /* a hub without a device has about 30 */ };

ms_status
net_check_files(ms_error *err)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= FILES_MIN)
		return MS_OK;
	ms_fail(err, MS_CONFIG, MST_HUB_FILES,
		"only %llu descriptors may be open, and at least %d are needed",
		(unsigned long long)limit.rlim_cur, FILES_MIN);
	ms_error_remedy(err,
		"raise the limit: LimitNOFILE= in the service, or ulimit -n where this "
		"is started");
	return MS_CONFIG;
}

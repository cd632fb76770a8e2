/* SPDX-License-Identifier: Apache-2.0 */
/* option_values.c - what options give that is neither a word nor a number. */
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "cli/command.h"
#include "store/home.h"
#include "store/roster.h"

ms_status
cli_time(const char *option, const char *text, int64_t *us, ms_error *err)
{
	if (text == NULL || time_parse(span_str(text), us, NULL) == MS_OK)
		return MS_OK;
	return ms_fail(err, MS_USAGE, MST_CLI_VALUE,
		"%s %s: expected a time like 2012-07-05T08:30:00+08:00", option, text);
}

ms_status
cli_check_device(const char *name, ms_error *err)
{
	if (name == NULL || device_may_be_called(span_str(name)))
		return MS_OK;
	return ms_fail(err, MS_USAGE, MST_CLI_VALUE,
		"--device: expected a name of at most 48 bytes without blanks, @ and quotes");
}

ms_status
cli_check_address(const char *text, bool listens, ms_error *err)
{
	if (text == NULL ||
		(text_is_address(span_str(text), listens) && strlen(text) < HOME_NAME_MAX))
		return MS_OK;
	ms_fail(err, MS_USAGE, MST_CLI_VALUE,
		"\"%s\" is no address: expected tcp://HOST:PORT with a port from 1 to 65535", text);
	if (!listens && text_is_address(span_str(text), true))
		ms_error_remedy(err, "* is where a hub listens: devices need its name or number");
	return MS_USAGE;
}

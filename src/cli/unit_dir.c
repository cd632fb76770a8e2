/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/unit_dir.h"

#include "base/fs.h"

static ms_status
find_unit(const char *dir, unit_dir *d, ms_error *err)
{
	int unit = plan_find_unit(d->plan, span_str(d->settings.unit));

	if (unit < 0) {
		ms_fail(err, MS_CONFIG, MST_UNIT_UNKNOWN, "the plan has no unit \"%s\"",
			d->settings.unit);
		ms_error_place(err, "%s/%s", dir, HOME_AGENT_CONF);
		ms_error_remedy(err, "unit is the one that this device was enrolled for: put it "
				     "back, or ask the administrator of the hub");
		return MS_CONFIG;
	}
	d->unit = (uint32_t)unit;
	return MS_OK;
}

ms_status
unit_dir_open(const char *dir, unit_dir *d, ms_error *err)
{
	store_options options = { .kind = STORE_AGENT, .read_only = true };
	char data[HOME_PATH_MAX];
	ms_status s;

	*d = (unit_dir){ .plan = NULL };
	s = agent_settings_read(dir, &d->settings, err);
	if (s == MS_OK)
		s = home_plan_read(dir, &d->plan, err);
	if (s == MS_OK)
		s = find_unit(dir, d, err);
	if (s == MS_OK)
		s = home_path(dir, HOME_DATA, data, err);
	options.map_bytes = d->settings.map_bytes;
	/* An agent that was never started has reported nothing. */
	if (s == MS_OK && fs_is_dir(data))
		s = store_open(data, &options, &d->own.store, err);
	d->own.plan = d->plan;
	d->own.unit = d->settings.unit;
	return s;
}

void
unit_dir_close(unit_dir *d)
{
	store_close(d->own.store);
	plan_free(d->plan);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* agent_hub.c - what the hub tells of itself and the agent keeps: the newest plan, and where it can
 * be reached. */
#include "agent/agent.h"

/* ---- the plan ---- */

static ms_status
use_plan(agent *a, plan *p, ms_error *err)
{
	int unit = plan_find_unit(p, span_str(a->settings.unit));

	if (unit < 0) {
		plan_free(p);
		ms_fail(err, MS_CONFIG, MST_UNIT_UNKNOWN, "the plan has no unit \"%s\"",
			a->settings.unit);
		ms_error_remedy(err, "unit is the one that this device was enrolled for: put it "
				     "back, or ask the administrator of the hub");
		return MS_CONFIG;
	}
	plan_free(a->plan);
	a->plan = p;
	a->unit = (uint32_t)unit;
	return MS_OK;
}

ms_status
agent_take_plan(agent *a, span file, ms_error *err)
{
	plan *p = NULL;
	ms_status s = plan_load(file, "the hub's plan", &p, NULL, err);

	if (s == MS_OK)
		s = use_plan(a, p, err);
	return s == MS_OK ? home_file_write(a->dir, HOME_PLAN, file, err) : s;
}

ms_status
agent_load_plan(agent *a, ms_error *err)
{
	plan *p = NULL;
	ms_status s = home_plan_read(a->dir, &p, err);

	if (s != MS_OK)
		return s;
	s = use_plan(a, p, err);
	if (s != MS_OK)
		ms_error_place(err, "%s/%s", a->dir, HOME_AGENT_CONF);
	return s;
}

/* ---- where it is ---- */

ms_status
agent_load_places(agent *a, ms_error *err)
{
	device_places places;
	ms_status s = device_places_read(a->dir, &a->settings, agent_now_us(a), &places, err);

	if (s == MS_OK)
		device_link_places(&a->link, &places);
	return s;
}

ms_status
agent_hub_moved(agent *a, const feed_entry *e, const act *notice, ms_error *err)
{
	ms_error why = { 0 };
	ms_status s = device_places_moved(a->dir, &a->settings, e, notice, &why);

	if (s == MS_EXISTS)
		return MS_OK;
	if (s == MS_DENIED) {
		logger_say(&a->log, LOG_ERROR, "ALARM: %s [MST-%04u]", why.text, why.code);
		return MS_OK;
	}
	if (s == MS_OK)
		s = agent_load_places(a, &why);
	if (s != MS_OK) {
		*err = why;
		return s;
	}
	logger_say(&a->log, LOG_INFO,
		"the hub says that it can be reached at %s too (leaf %llu); kept in %s/%s",
		a->link.places.list[0].address, (unsigned long long)e->leaf, a->dir,
		HOME_HUB_PLACES);
	return MS_OK;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/replica_ask.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/lang.h"
#include "cli/board_view.h"
#include "intake/slot_text.h"

ms_status
replica_ask_get(const replica_ask *ask, replica *r, period *at, ms_error *err)
{
	ms_status s = MS_OK;

	if (ask->dir == NULL)
		return ms_fail(err, MS_USAGE, MST_CLI_WORDS,
			"--dir (of a lead's device, or of the hub) is needed");
	s = replica_get(ask->dir, ask->at, r, err);
	if (s != MS_OK)
		return s;
	*at = board_default_period(r->plan, r->now_us);
	if (ask->period == NULL || slot_period(r->plan, span_str(ask->period), at))
		return MS_OK;
	return ms_fail(err, MS_USAGE, MST_CLI_VALUE,
		"--period %s: expected a period like 2012-Q2 or 2012年二季度", ask->period);
}

bool
replica_sees_all(const replica *r)
{
	return r->unit == PLAN_NO_UNIT || route_observes(r->plan, (uint32_t)r->unit, r->now_us);
}

bool
replica_sees(const replica *r, slot_at at)
{
	return replica_sees_all(r) || at.unit == (uint32_t)r->unit ||
	       (route_leads(r->plan, (uint32_t)r->unit, at.item, r->now_us) &&
		       plan_leading(r->plan, at.item, r->now_us)->items[at.item].mode !=
			       ITEM_SPLIT);
}

json_t *
replica_json(const replica *r, const char *schema)
{
	json_t *out = json_object();
	char when[40];

	json_set_text(out, "schema", schema);
	json_set_number(out, "leaves", (int64_t)r->leaves);
	json_set_text(out, "as_of", time_format(r->now_us, r->plan->zone_min, when));
	return out;
}

void
replica_print_as_of(const replica *r, buf *out)
{
	char when[40];

	buf_addf(out, tr("截至 %s\n"), time_format_short(r->now_us, r->plan->zone_min, when));
}

ms_status
replica_print(buf *out, json_t *tree, ms_error *err)
{
	ms_status s = tree == NULL ? MS_OK : json_write(tree, out);

	if (s != MS_OK || out->failed)
		s = ms_fail(err, MS_NO_MEMORY, MST_NO_MEMORY, "no memory for the result");
	else
		printf("%s%s", buf_cstr(out), tree == NULL ? "" : "\n");
	json_decref(tree);
	buf_fini(out);
	return s;
}

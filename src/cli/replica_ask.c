/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/replica_ask.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/lang.h"
#include "cli/board_view.h"
#include "cli/screen.h"
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
	return ask->period == NULL ? MS_OK : replica_period(r->plan, ask->period, at, err);
}

ms_status
replica_period(const plan *p, const char *text, period *out, ms_error *err)
{
	char first[PERIOD_NAME_SIZE], last[PERIOD_NAME_SIZE];

	if (!slot_period(p, span_str(text), out))
		return ms_fail(err, MS_USAGE, MST_CLI_VALUE,
			"--period %s: expected a period like 2012-Q2 or 2012年二季度", text);
	if (period_first_day(*out) < period_first_day(period_next(p->last)) &&
		period_first_day(period_next(*out)) > period_first_day(p->first))
		return MS_OK;
	return ms_fail(err, MS_USAGE, MST_CLI_VALUE, "--period %s: the plan goes from %s to %s",
		text, period_name(p->first, first), period_name(p->last, last));
}

bool
replica_sees_all(const replica *r)
{
	return r->unit == PLAN_NO_UNIT || route_observes(r->newest, (uint32_t)r->unit, r->read_us);
}

bool
replica_sees(const replica *r, slot_at at)
{
	return r->unit == PLAN_NO_UNIT ||
	       route_sees_whole(r->newest, (uint32_t)r->unit, at, r->read_us);
}

json_t *
replica_json(const replica *r, const char *schema)
{
	json_t *out = json_object();
	char when[40];

	json_set_text(out, "schema", schema);
	json_set_number(out, "leaves", (int64_t)r->leaves);
	json_set_text(out, "as_of", time_format(r->now_us, r->plan->zone_min, when));
	json_set_clock(out, r->simulated);
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
	else if (tree == NULL)
		screen_print(out);
	else
		puts(buf_cstr(out));
	json_decref(tree);
	buf_fini(out);
	return s;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "plan/check_values.h"

#include <stdio.h>

bool
check_period_before(const plan *p, uint32_t item, period at, period *out)
{
	period next;
	unsigned n;

	for (n = 0; plan_item_period(p, item, n, &next) && !period_equal(next, at); n++)
		*out = next;
	return n > 0;
}

static bool
is_given(const value *v)
{
	return v != NULL && v->state == VALUE_GIVEN;
}

/* More than PERCENT percent between BEFORE and NOW; from 0 every change is. */
static bool
changes_by_more(int64_t now, int64_t before, uint32_t percent)
{
	int128 change = (int128)now - before, from = before < 0 ? -(int128)before : before;

	change = change < 0 ? -change : change;
	return change * 100 > from * percent;
}

static bool
is_broken(
	const plan *p, const plan_check_rule *rule, period at, const value *now, const value *other)
{
	if (!is_given(now) || !is_given(other))
		return false;
	switch (rule->kind) {
	case CHECK_AT_MOST:
		return now->num > other->num;
	case CHECK_NOT_FALLING:
		return (p->indicators[rule->a].time != TIME_YTD || at.index != 1) &&
		       now->num < other->num;
	case CHECK_CHANGE:
		return changes_by_more(now->num, other->num, rule->percent);
	}
	return false;
}

size_t
check_values(const plan *p, uint32_t item, period at, const value *now, const value *before,
	check_finding out[CHECK_FINDINGS_MAX])
{
	const plan_item *it;
	size_t n = 0, i;

	p = plan_at(p, at);
	it = &p->items[item];

	for (i = 0; i < it->n_checks && n < CHECK_FINDINGS_MAX; i++) {
		const plan_check_rule *rule = &p->checks[it->checks[i]];
		const value *a = &now[rule->a - it->first_indicator], *other;

		if (rule->kind == CHECK_AT_MOST)
			other = &now[rule->b - it->first_indicator];
		else
			other = before == NULL ? NULL : &before[rule->a - it->first_indicator];
		if (is_broken(p, rule, at, a, other))
			out[n++] = (check_finding){
				.rule = rule, .given = a->num, .other = other->num
			};
	}
	return n;
}

void
check_note(const plan *p, const check_finding *f, violations *v)
{
	const plan_indicator *in = &p->indicators[f->rule->a];
	char other[40];
	violation *w;

	if (v->n == VIOLATIONS_MAX)
		return;
	w = &v->list[v->n++];
	*w = (violation){ .warning = true, .code = MST_REPORT_CHECK };
	snprintf(w->field, sizeof(w->field), "values[%s]", in->id);
	scaled_text(f->given, in->scale, w->value);
	scaled_text(f->other, in->scale, other);
	switch (f->rule->kind) {
	case CHECK_AT_MOST:
		snprintf(w->expected, sizeof(w->expected), "not more than %s of %s", other,
			p->indicators[f->rule->b].id);
		break;
	case CHECK_NOT_FALLING:
		snprintf(w->expected, sizeof(w->expected), "not less than %s of the period before",
			other);
		break;
	case CHECK_CHANGE:
		snprintf(w->expected, sizeof(w->expected),
			"within %u %% of %s of the period before", f->rule->percent, other);
		break;
	}
}

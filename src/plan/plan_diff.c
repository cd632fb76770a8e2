/* SPDX-License-Identifier: Apache-2.0 */
#include "plan/plan_diff.h"

#include <stdio.h>

#include "base/clock.h"
#include "plan/figure.h"
#include "plan/plan_words.h"

typedef struct differing {
	const plan *before, *after;
	void (*tell)(void *ctx, const plan_difference *d);
	void *ctx;
	buf left, right; /* texts made for one comparison */
	bool no_memory;
} differing;

/* ---- one comparison ---- */

static void
hold(differing *d, int unit, const char *subject, const char *what, const char *before,
	const char *after)
{
	before = before == NULL ? "" : before;
	after = after == NULL ? "" : after;
	if (strcmp(before, after) != 0)
		d->tell(d->ctx, &(plan_difference){ .unit = unit,
					.subject = subject,
					.what = what,
					.before = before,
					.after = after });
}

static void
hold_number(differing *d, const char *subject, const char *what, int64_t before, int64_t after)
{
	char left[24], right[24];

	snprintf(left, sizeof(left), "%lld", (long long)before);
	snprintf(right, sizeof(right), "%lld", (long long)after);
	hold(d, PLAN_NO_UNIT, subject, what, left, right);
}

static void
hold_period(differing *d, int unit, const char *what, period before, period after)
{
	char left[PERIOD_NAME_SIZE] = "", right[PERIOD_NAME_SIZE] = "";

	if (before.kind != PERIOD_NONE)
		period_name(before, left);
	if (after.kind != PERIOD_NONE)
		period_name(after, right);
	hold(d, unit, "", what, left, right);
}

/* The texts that were put into left and right. */
static void
hold_made(differing *d, int unit, const char *subject, const char *what)
{
	if (d->left.failed || d->right.failed)
		d->no_memory = true;
	else
		hold(d, unit, subject, what, buf_cstr(&d->left), buf_cstr(&d->right));
	buf_reset(&d->left);
	buf_reset(&d->right);
}

/* ---- the head ---- */

static const char *
yes(bool set)
{
	return set ? "yes" : "no";
}

static void
add_days(buf *out, const int32_t *days, size_t n)
{
	char text[16];
	size_t i;

	for (i = 0; i < n; i++)
		buf_addf(out, "%s%s", i == 0 ? "" : ", ", date_format(days[i], text));
}

static void
diff_head(differing *d)
{
	const plan *a = d->before, *b = d->after;

	hold(d, PLAN_NO_UNIT, "", "title", a->title, b->title);
	hold_period(d, PLAN_NO_UNIT, "last_period", a->last, b->last);
	hold(d, PLAN_NO_UNIT, "", "working days only", yes(a->due_in_working_days),
		yes(b->due_in_working_days));
	hold(d, PLAN_NO_UNIT, "", "deadlines roll to a working day", yes(a->roll_to_working_day),
		yes(b->roll_to_working_day));
	add_days(&d->left, a->days_off, a->n_days_off);
	add_days(&d->right, b->days_off, b->n_days_off);
	hold_made(d, PLAN_NO_UNIT, "", "days off");
	add_days(&d->left, a->days_made_up, a->n_days_made_up);
	add_days(&d->right, b->days_made_up, b->n_days_made_up);
	hold_made(d, PLAN_NO_UNIT, "", "days made up");
	hold_number(d, "", "score timely", a->score.timely, b->score.timely);
	hold_number(d, "", "score complete", a->score.complete, b->score.complete);
	hold_number(d, "", "score attain", a->score.attain, b->score.attain);
	hold_number(d, "", "score quality", a->score.quality, b->score.quality);
	hold_number(d, "", "score late", a->score.late, b->score.late);
	hold_number(
		d, "", "score return_penalty", a->score.return_penalty, b->score.return_penalty);
	hold_number(d, "", "score adjust_max", a->score.adjust_max, b->score.adjust_max);
}

/* ---- units ---- */

static const char *
unit_id(const plan *p, int unit)
{
	return unit == PLAN_NO_UNIT ? "" : p->units[unit].id;
}

static void
add_aliases(buf *out, const plan_unit *u)
{
	size_t i;

	for (i = 0; i < u->n_aliases; i++)
		buf_addf(out, "%s%s", i == 0 ? "" : ", ", u->aliases[i]);
}

static void
diff_unit(differing *d, uint32_t unit)
{
	const plan_unit *a = &d->before->units[unit], *b = &d->after->units[unit];
	int at = (int)unit;

	hold(d, at, "", "unit", a->absent ? "" : a->id, b->absent ? "" : b->id);
	if (a->absent || b->absent)
		return;
	hold(d, at, "", "name", a->name, b->name);
	add_aliases(&d->left, a);
	add_aliases(&d->right, b);
	hold_made(d, at, "", "aliases");
	hold_period(d, at, "from", a->from, b->from);
	hold_period(d, at, "to", a->to, b->to);
	hold(d, at, "", "succeeded_by", unit_id(d->before, a->succeeded_by),
		unit_id(d->after, b->succeeded_by));
	hold(d, at, "", "inside", unit_id(d->before, a->inside), unit_id(d->after, b->inside));
	hold(d, at, "", "parent", unit_id(d->before, a->parent), unit_id(d->after, b->parent));
	hold(d, at, "", "kind", unit_kind_words[a->kind], unit_kind_words[b->kind]);
	hold(d, at, "", "contact", a->contact, b->contact);
	hold(d, at, "", "observer", yes(d->before->observers[unit]),
		yes(d->after->observers[unit]));
}

/* ---- items ---- */

static void
add_leads(buf *out, const plan *p, const plan_item *it)
{
	size_t i;

	for (i = 0; i < it->n_leads; i++)
		buf_addf(out, "%s%s", i == 0 ? "" : ", ", p->units[it->leads[i]].id);
}

static void
add_checks(buf *out, const plan *p, const plan_item *it)
{
	size_t i;

	for (i = 0; i < it->n_checks; i++) {
		const plan_check_rule *c = &p->checks[it->checks[i]];

		buf_addf(out, "%s%s %s", i == 0 ? "" : ", ", check_kind_words[c->kind],
			p->indicators[c->a].id);
		if (c->kind == CHECK_AT_MOST)
			buf_addf(out, " %s", p->indicators[c->b].id);
		if (c->kind == CHECK_CHANGE)
			buf_addf(out, " %u %%", c->percent);
	}
}

static void
add_line(buf *out, const plan_item *it)
{
	unsigned i;

	for (i = 0; it->line != NULL && i < periods_in_year(it->kind); i++)
		buf_addf(out, "%s%u", i == 0 ? "" : ", ", it->line[i]);
}

static void
diff_settings(differing *d, const plan_item *a, const plan_item *b)
{
	hold(d, PLAN_NO_UNIT, a->id, "title", a->title, b->title);
	hold(d, PLAN_NO_UNIT, a->id, "mode", item_mode_words[a->mode], item_mode_words[b->mode]);
	hold(d, PLAN_NO_UNIT, a->id, "approval", item_approval_words[a->approval],
		item_approval_words[b->approval]);
	add_leads(&d->left, d->before, a);
	add_leads(&d->right, d->after, b);
	hold_made(d, PLAN_NO_UNIT, a->id, "leads");
	hold_number(d, a->id, "due_days", a->due_days, b->due_days);
	hold_number(d, a->id, "warn_days", a->warn_days, b->warn_days);
	hold_number(d, a->id, "red_days", a->red_days, b->red_days);
	hold_number(d, a->id, "lock_days", a->lock_days, b->lock_days);
	hold_number(d, a->id, "review_days", a->review_days, b->review_days);
	hold_number(d, a->id, "return_days", a->return_days, b->return_days);
	hold(d, PLAN_NO_UNIT, a->id, "text", a->text, b->text);
	add_checks(&d->left, d->before, a);
	add_checks(&d->right, d->after, b);
	hold_made(d, PLAN_NO_UNIT, a->id, "checks");
	add_line(&d->left, a);
	add_line(&d->right, b);
	hold_made(d, PLAN_NO_UNIT, a->id, "line");
}

static void
add_parts(buf *out, const plan *p, const plan_item *it)
{
	size_t i, k;

	for (i = 0; i < it->n_lists; i++)
		for (k = 0; k < it->lists[i].n_parts; k++) {
			const plan_part *part = &it->lists[i].parts[k];

			buf_addf(out, "%s%s%s%s", out->len == 0 ? "" : ", ", part->id,
				part->owner == PLAN_NO_UNIT ? "" : " of ", unit_id(p, part->owner));
		}
}

static const char *
role_text(const plan *p, uint32_t item, uint32_t unit)
{
	static const char *const words[] = { "", "optional", "required", "lead" };

	return p->items[item].absent || p->units[unit].absent ? ""
							      : words[plan_role_of(p, item, unit)];
}

static void
diff_item(differing *d, uint32_t item)
{
	const plan_item *a = &d->before->items[item], *b = &d->after->items[item];
	uint32_t unit;

	if (a->absent != b->absent)
		hold(d, PLAN_NO_UNIT, a->id, "item", a->absent ? "" : a->title,
			b->absent ? "" : b->title);
	if (!a->absent && !b->absent) {
		diff_settings(d, a, b);
		add_parts(&d->left, d->before, a);
		add_parts(&d->right, d->after, b);
		hold_made(d, PLAN_NO_UNIT, a->id, "parts");
	}
	for (unit = 0; unit < d->after->n_units; unit++)
		hold(d, (int)unit, a->id, "role", role_text(d->before, item, unit),
			role_text(d->after, item, unit));
}

/* ---- indicators ---- */

/* The target of T's unit and period in the other version, or NULL. */
static const plan_target *
same_target(const plan_indicator *in, const plan_target *t)
{
	const plan_target *other = in->targets;

	for (; other != NULL && other < in->targets + in->n_targets; other++)
		if (other->unit == t->unit && period_equal(other->at, t->at))
			return other;
	return NULL;
}

/* A value may be NULL: there is none. */
static void
diff_target(differing *d, const plan_indicator *in, const plan_target *t, const int64_t *before,
	const int64_t *after)
{
	char left[40] = "", right[40] = "", name[PERIOD_NAME_SIZE] = "", what[32];

	if (before != NULL)
		scaled_text(*before, in->scale, left);
	if (after != NULL)
		scaled_text(*after, in->scale, right);
	if (t->at.kind != PERIOD_NONE)
		period_name(t->at, name);
	snprintf(what, sizeof(what), "target%s%s", name[0] == '\0' ? "" : " ", name);
	hold(d, t->unit, in->id, what, left, right);
}

static void
diff_targets(differing *d, const plan_indicator *a, const plan_indicator *b)
{
	const plan_target *t, *other;

	for (t = a->targets; t != NULL && t < a->targets + a->n_targets; t++) {
		other = same_target(b, t);
		diff_target(d, a, t, &t->value, other == NULL ? NULL : &other->value);
	}
	for (t = b->targets; t != NULL && t < b->targets + b->n_targets; t++)
		if (same_target(a, t) == NULL)
			diff_target(d, b, t, NULL, &t->value);
}

static void
diff_indicator(differing *d, uint32_t indicator)
{
	const plan_indicator *a = &d->before->indicators[indicator],
			     *b = &d->after->indicators[indicator];
	uint32_t unit;

	hold(d, PLAN_NO_UNIT, a->id, "indicator", a->absent ? "" : a->name,
		b->absent ? "" : b->name);
	if (!a->absent && !b->absent) {
		hold(d, PLAN_NO_UNIT, a->id, "unit", a->unit_of_measure, b->unit_of_measure);
		hold(d, PLAN_NO_UNIT, a->id, "better", better_words[a->lower_is_better ? 2 : 1],
			better_words[b->lower_is_better ? 2 : 1]);
		hold(d, PLAN_NO_UNIT, a->id, "inside", inside_words[a->gross ? 2 : 1],
			inside_words[b->gross ? 2 : 1]);
		hold_number(d, a->id, "due_days", a->due_days, b->due_days);
	}
	for (unit = 0; unit < d->after->n_units; unit++)
		hold(d, (int)unit, a->id, "reports it", a->reporters[unit] ? "yes" : "",
			b->reporters[unit] ? "yes" : "");
	diff_targets(d, a, b);
}

ms_status
plan_diff(const plan *p, void (*tell)(void *ctx, const plan_difference *d), void *ctx)
{
	differing d = { .before = p->earlier, .after = p, .tell = tell, .ctx = ctx };
	uint32_t i;

	if (p->earlier == NULL)
		return MS_OK;
	diff_head(&d);
	for (i = 0; i < p->n_units; i++)
		diff_unit(&d, i);
	for (i = 0; i < p->n_items; i++)
		diff_item(&d, i);
	for (i = 0; i < p->n_indicators; i++)
		diff_indicator(&d, i);
	buf_fini(&d.left);
	buf_fini(&d.right);
	return d.no_memory ? MS_NO_MEMORY : MS_OK;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan_print_item.c - one item for people: its words, who answers for it, who reports what, and
 * until when.
 *
 * Every name stands with its id, because the id is what files and commands take. What the plan
 * marks as inferred says so here.
 */
#include "plan/plan_print.h"

#include "base/clock.h"
#include "base/lang.h"
#include "plan/figure.h"

static const char *const cadence_texts[] = { "", TR("once a month"), TR("once a quarter"),
	TR("once a half-year"), TR("once a year") };
static const char *const mode_texts[] = {
	"",
	TR("one lead alone"),
	TR("several leads together"),
	TR("each lead answers for its own part"),
};
static const char *const approval_texts[] = {
	"",
	TR("any of them decides on a report"),
	TR("the first of them that is not the author decides on a report"),
	TR("all of them but the author decide on a report"),
};
static const char *const time_texts[] = {
	"",
	TR("its periods are added up"),
	TR("its latest value stands"),
	TR("it is cumulative within the year: its latest value of the year stands"),
	TR("its highest period stands"),
	TR("its lowest period stands"),
	TR("numerators and denominators of its periods are added up before dividing"),
	TR("its periods are not combined"),
};
static const char *const space_texts[] = {
	"",
	TR("the units are added up"),
	TR("numerators and denominators of the units are added up before dividing"),
	TR("a key that several units report counts once"),
	TR("this unit speaks for the city"),
	TR("the highest unit stands"),
	TR("the lowest unit stands"),
	TR("the units that have reached it are counted"),
	TR("the units are not combined"),
};
static const char *const type_texts[] = {
	"",
	TR("a count"),
	TR("an amount"),
	TR("a ratio of two numbers"),
	TR("a milestone with its date"),
	TR("a list of keys"),
	TR("a text"),
};

const char *
print_mark(const plan_marks *marks, const char *option)
{
	return plan_inferred(marks, option) ? tr(" [inferred]") : "";
}

void
print_unit(buf *out, const plan *p, uint32_t unit)
{
	buf_addf(out, "%s (%s)", p->units[unit].name, p->units[unit].id);
}

/* ---- who ---- */

static void
print_leads(buf *out, const plan *p, const plan_item *it)
{
	buf_addf(out, tr("\nLeads: %s"), tr(mode_texts[it->mode]));
	if (it->mode == ITEM_JOINT)
		buf_addf(out, "; %s", tr(approval_texts[it->approval]));
	if (it->mode == ITEM_SPLIT)
		buf_addf(out, "; %s", tr("the observers decide on reports"));
	buf_addf(out, "%s\n", print_mark(&it->inferred, "leads"));
	for (size_t i = 0; i < it->n_leads; i++) {
		buf_addf(out, "  %zu. ", i + 1);
		print_unit(out, p, it->leads[i]);
		buf_add_text(out, "\n");
	}
}

uint32_t
print_count_role(const plan *p, uint32_t item, plan_role role)
{
	uint32_t n = 0;

	for (uint32_t u = 0; u < p->n_units; u++)
		n += plan_role_of(p, item, u) == role ? 1 : 0;
	return n;
}

/* The members of G that have exactly ROLE in the item. A group of thousands is cut after the first.
 */
static void
print_group(buf *out, const plan *p, uint32_t item, const plan_group *g, plan_role role)
{
	uint32_t shown = 0, n = 0;

	for (uint32_t u = 0; u < p->n_units; u++)
		n += g->members[u] && plan_role_of(p, item, u) == role ? 1 : 0;
	buf_addf(out, "  %s (@%s)", g->name, g->id);
	if (g->open)
		buf_add_text(out, tr(", open: the source names nobody"));
	if (n == g->n_members)
		buf_addf(out, ", %u", n);
	else
		buf_addf(out, tr(", %u of %u"), n, g->n_members);
	for (uint32_t u = 0; u < p->n_units && shown < PRINT_MEMBERS_MAX; u++) {
		if (!g->members[u] || plan_role_of(p, item, u) != role)
			continue;
		buf_add_text(out, shown == 0 ? ":" : ",");
		buf_add_text(out, shown++ % 3 == 0 ? "\n    " : " ");
		print_unit(out, p, u);
	}
	if (n > shown)
		buf_addf(out, tr("\n    and %u more"), n - shown);
	buf_add_text(out, "\n");
}

static void
print_refs(buf *out, const plan *p, uint32_t item, const plan_ref *refs, size_t n, plan_role role)
{
	for (size_t i = 0; i < n; i++) {
		if (refs[i].is_group) {
			print_group(out, p, item, &p->groups[refs[i].index], role);
			continue;
		}
		buf_add_text(out, "  ");
		print_unit(out, p, refs[i].index);
		buf_add_text(out, "\n");
	}
}

static void
print_reporters(buf *out, const plan *p, uint32_t item)
{
	const plan_item *it = &p->items[item];
	uint32_t required = print_count_role(p, item, ROLE_REQUIRED),
		 optional = print_count_role(p, item, ROLE_OPTIONAL);

	buf_addf(out, tr("\nMust report: %zu%s\n  the leads, %zu\n"), it->n_leads + required,
		print_mark(&it->inferred, "required"), it->n_leads);
	print_refs(out, p, item, it->required, it->n_required, ROLE_REQUIRED);
	if (optional == 0) {
		buf_add_text(out, tr("\nMay report: nobody else\n"));
		return;
	}
	buf_addf(out, tr("\nMay report, never missing: %u%s\n"), optional,
		print_mark(&it->inferred, "optional"));
	print_refs(out, p, item, it->optional, it->n_optional, ROLE_OPTIONAL);
}

/* ---- what ---- */

static void
print_part(buf *out, const plan *p, const plan_part *part)
{
	buf_addf(out, "    %-3s %s", part->id, part->name);
	if (part->owner != PLAN_NO_UNIT) {
		buf_add_text(out, " -> ");
		print_unit(out, p, (uint32_t)part->owner);
		buf_add_text(out, print_mark(&part->inferred, "owner"));
	}
	buf_add_text(out, "\n");
}

static void
print_parts(buf *out, const plan *p, const plan_item *it)
{
	if (it->n_lists > 0)
		buf_add_text(out, tr("\nParts\n"));
	for (size_t i = 0; i < it->n_lists; i++) {
		const plan_part_list *list = &it->lists[i];

		buf_addf(out, "  %s (%s)", list->name, list->id);
		if (list->count > list->n_parts)
			buf_addf(out, tr(", %u, of which %zu are named"), list->count,
				list->n_parts);
		else if (list->open)
			buf_addf(out, tr(", %zu named, the list is open"), list->n_parts);
		else
			buf_addf(out, ", %zu", list->n_parts);
		buf_add_text(out, "\n");
		for (size_t k = 0; k < list->n_parts; k++)
			print_part(out, p, &list->parts[k]);
	}
}

static void
print_target(buf *out, const plan *p, const plan_indicator *in, const plan_target *t)
{
	char number[40], name[PERIOD_NAME_SIZE];

	buf_add_text(out, tr("    target"));
	if (t->unit != PLAN_NO_UNIT) {
		buf_add_text(out, tr(" for "));
		print_unit(out, p, (uint32_t)t->unit);
	}
	if (t->at.kind != PERIOD_NONE)
		buf_addf(out, tr(" in %s"), period_name(t->at, name));
	buf_addf(out, ": %s %s", scaled_text(t->value, in->scale, number), in->unit_of_measure);
	if (plan_inferred(&in->inferred, "target"))
		buf_add_text(out, t->number_in_source ? tr(" [the number is the source's; that it "
							   "is a target is inferred]")
						      : tr(" [inferred]"));
	buf_add_text(out, "\n");
}

static void
print_indicator(buf *out, const plan *p, const plan_indicator *in)
{
	buf_addf(out, "  %s (%s)", in->name, in->id);
	if (in->unit_of_measure[0] != '\0')
		buf_addf(out, tr(", in %s"), in->unit_of_measure);
	if (!in->in_source)
		buf_add_text(out, tr(" [not in the source]"));
	buf_addf(out, "\n    %s", tr(type_texts[in->type]));
	if (in->scale > 0)
		buf_addf(out, in->scale == 1 ? tr(" with %u decimal") : tr(" with %u decimals"),
			in->scale);
	if (in->n_reporters != 1)
		buf_addf(out, tr(", reported by %u units"), in->n_reporters);
	else
		buf_add_text(out, tr(", reported by "));
	for (uint32_t u = 0; in->n_reporters == 1 && u < p->n_units; u++)
		if (in->reporters[u])
			print_unit(out, p, u);
	if (in->kind != p->items[in->item].kind)
		buf_addf(out, ", %s", tr(cadence_texts[in->kind]));
	buf_addf(out, tr("\n    time: %s%s\n    space: %s%s%s\n"), tr(time_texts[in->time]),
		print_mark(&in->inferred, "time"), tr(space_texts[in->space]),
		in->gross ? tr("; a unit inside another is not added") : "",
		print_mark(&in->inferred, "space"));
	for (size_t i = 0; i < in->n_targets && i < PRINT_MEMBERS_MAX; i++)
		print_target(out, p, in, &in->targets[i]);
	if (in->n_targets > PRINT_MEMBERS_MAX)
		buf_addf(out, tr("    and %zu targets more\n"), in->n_targets - PRINT_MEMBERS_MAX);
}

/* ---- when ---- */

static void
print_deadlines(buf *out, const plan *p, uint32_t item)
{
	const plan_item *it = &p->items[item];
	char name[PERIOD_NAME_SIZE], day[16];
	uint32_t n_owed;
	period at;

	buf_addf(out, tr("\nDue %s%s, until the end of the day at UTC%c%02d:%02d\n"),
		tr(cadence_texts[it->kind]), print_mark(&p->defaults_inferred, "period"),
		p->zone_min < 0 ? '-' : '+', (p->zone_min < 0 ? -p->zone_min : p->zone_min) / 60,
		(p->zone_min < 0 ? -p->zone_min : p->zone_min) % 60);
	for (unsigned n = 0; plan_item_period(p, item, n, &at); n++) {
		buf_addf(out, "  %-8s %s", period_name(at, name),
			date_format(plan_due_day(p, item, at), day));
		n_owed = plan_expected(p, item, at);
		buf_addf(out, n_owed == 1 ? tr("  %u report\n") : tr("  %u reports\n"), n_owed);
	}
}

void
print_item(buf *out, const plan *p, uint32_t item)
{
	const plan_item *it = &p->items[item];

	buf_addf(out, "%u. %s (%s)\n", it->number, it->title, it->id);
	if (it->title_en != NULL)
		buf_addf(out, "   %s\n", it->title_en);
	buf_addf(out, "\n%s\n", it->text);
	print_leads(out, p, it);
	print_reporters(out, p, item);
	print_parts(out, p, it);
	if (it->n_indicators > 0)
		buf_add_text(out, tr("\nIndicators\n"));
	for (uint32_t i = 0; i < it->n_indicators; i++)
		print_indicator(out, p, &p->indicators[it->first_indicator + i]);
	print_deadlines(out, p, item);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan_print.c - the whole plan on one page: its items as a table, and how many reports each period
 * asks for.
 *
 * The titles stand in the last column, and everything before them is ASCII, so the columns need no
 * knowledge of wide characters.
 */
#include "plan/plan_print.h"

static const char *const mode_words[] = { "", "sole", "joint", "split" };

static size_t
lead_ids_width(const plan *p, const plan_item *it)
{
	size_t width = 0;

	for (size_t i = 0; i < it->n_leads; i++)
		width += (i == 0 ? 0 : 2) + strlen(p->units[it->leads[i]].id);
	return width;
}

/* Padded to WIDTH and one space more. */
static void
print_lead_ids(buf *out, const plan *p, const plan_item *it, size_t width)
{
	for (size_t i = 0; i < it->n_leads; i++)
		buf_addf(out, "%s%s", i == 0 ? "" : ", ", p->units[it->leads[i]].id);
	buf_addf(out, "%*s", (int)(width + 1 - lead_ids_width(p, it)), "");
}

static void
print_table(buf *out, const plan *p)
{
	size_t width = sizeof("leads") - 1, id_width = 2;

	for (uint32_t i = 0; i < p->n_items; i++) {
		size_t w = lead_ids_width(p, &p->items[i]), id = strlen(p->items[i].id);

		if (p->items[i].absent)
			continue;
		width = w > width ? w : width;
		id_width = id > id_width ? id : id_width;
	}
	buf_addf(out, "  no %-*s mode  %-*s must  may title\n", (int)id_width, "id", (int)width,
		"leads");
	for (uint32_t i = 0; i < p->n_items; i++) {
		const plan_item *it = &p->items[i];

		if (it->absent)
			continue;
		buf_addf(out, "%4u %-*s %-5s ", it->number, (int)id_width, it->id,
			mode_words[it->mode]);
		print_lead_ids(out, p, it, width);
		buf_addf(out, "%4zu %4u %s\n", it->n_leads + print_count_role(p, i, ROLE_REQUIRED),
			print_count_role(p, i, ROLE_OPTIONAL), it->title);
	}
	buf_add_text(out, "\nmust: units that owe a report, the leads with them; may: units that "
			  "can report and are never missing\n");
}

/* Sum of the expected reports of all items in AT, and the range of their due days. 0: no item has
 * this period. */
static uint32_t
sum_period(const plan *p, period at, int32_t *first_due, int32_t *last_due)
{
	uint32_t sum = 0;
	bool any = false;

	for (uint32_t i = 0; i < p->n_items; i++) {
		int32_t due;

		if (!plan_has_period(p, i, at))
			continue;
		due = plan_due_day(p, i, at);
		*first_due = !any || due < *first_due ? due : *first_due;
		*last_due = !any || due > *last_due ? due : *last_due;
		any = true;
		sum += plan_expected(p, i, at);
	}
	return sum;
}

/* The first item with this cadence knows its periods. */
static bool
item_of_kind(const plan *p, period_kind kind, uint32_t *item)
{
	for (uint32_t i = 0; i < p->n_items; i++)
		if (p->items[i].kind == kind && !p->items[i].absent) {
			*item = i;
			return true;
		}
	return false;
}

static void
print_periods(buf *out, const plan *p)
{
	char name[PERIOD_NAME_SIZE];
	uint32_t item;
	period at;

	buf_add_text(out, "\nRequired reports\n");
	for (period_kind kind = PERIOD_MONTH; kind <= PERIOD_YEAR; kind++) {
		if (!item_of_kind(p, kind, &item))
			continue;
		for (unsigned n = 0; plan_item_period(p, item, n, &at); n++) {
			int32_t first = 0, last = 0;
			uint32_t sum = sum_period(p, at, &first, &last);

			buf_addf(out, "  %-8s %u, due until the end of ", period_name(at, name),
				sum);
			print_day(out, first);
			if (last != first) {
				buf_add_text(out, " to ");
				print_day(out, last);
			}
			buf_add_text(out, "\n");
		}
	}
}

static void
print_head(buf *out, const plan *p)
{
	char hex[2 * HASH_SIZE + 1], first[PERIOD_NAME_SIZE], last[PERIOD_NAME_SIZE];
	size_t shown = 0;

	hash_hex(&p->version, hex);
	buf_addf(out, "%s (%s)\n", p->title, p->id);
	if (p->title_en != NULL)
		buf_addf(out, "%s\n", p->title_en);
	buf_addf(out, "\nversion   %.16s\nperiods   %s to %s\nunits     %u", hex,
		period_name(p->first, first), period_name(p->last, last), plan_size(p).units);
	if (p->n_disabled > 0)
		buf_addf(out, ", and %u switched off", p->n_disabled);
	if (p->earlier != NULL)
		buf_addf(out, "\nthe newest of %u versions, judges from %s on", plan_versions(p),
			period_name(p->from, first));
	buf_add_text(out, "\nobservers ");
	for (uint32_t u = 0; u < p->n_units && shown < PRINT_MEMBERS_MAX; u++)
		if (p->observers[u]) {
			buf_add_text(out, shown++ == 0 ? "" : ", ");
			print_unit(out, p, u);
		}
	buf_addf(out, "%s%s\n\n", shown == 0 ? "none" : "", print_mark(&p->inferred, "observers"));
}

ms_status
plan_print(const plan *p, int item, buf *out)
{
	if (item >= 0) {
		print_item(out, p, (uint32_t)item);
	} else {
		print_head(out, p);
		print_table(out, p);
		print_periods(out, p);
	}
	return out->failed ? MS_NO_MEMORY : MS_OK;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan_print.c - the whole plan on one page: its items as a table, and how many reports each period
 * asks for.
 */
#include "plan/plan_print.h"

#include "base/clock.h"
#include "base/lang.h"
#include "base/table.h"
#include "plan/plan_words.h"

static void
add_lead_ids(table *t, const plan *p, const plan_item *it)
{
	buf ids = { 0 };

	for (size_t i = 0; i < it->n_leads; i++)
		buf_addf(&ids, "%s%s", i == 0 ? "" : ", ", p->units[it->leads[i]].id);
	table_text(t, buf_cstr(&ids));
	t->failed |= ids.failed;
	buf_fini(&ids);
}

static ms_status
print_table(buf *out, const plan *p, unsigned screen)
{
	static const table_column columns[] = {
		{ TR("no"), TABLE_RIGHT },
		{ TR("id"), TABLE_LEFT },
		{ TR("mode"), TABLE_LEFT },
		{ TR("leads"), TABLE_LEFT },
		{ TR("must"), TABLE_RIGHT },
		{ TR("may"), TABLE_RIGHT },
		{ TR("title"), TABLE_LEFT },
	};
	table t = { 0 };
	ms_status s;

	t.screen = screen;
	table_begin(&t, TABLE_COLUMNS(columns));
	for (uint32_t i = 0; i < p->n_items; i++) {
		const plan_item *it = &p->items[i];

		if (it->absent)
			continue;
		table_addf(&t, "%u", it->number);
		table_text(&t, it->id);
		table_text(&t, tr(item_mode_words[it->mode]));
		add_lead_ids(&t, p, it);
		table_addf(&t, "%zu", it->n_leads + print_count_role(p, i, ROLE_REQUIRED));
		table_addf(&t, "%u", print_count_role(p, i, ROLE_OPTIONAL));
		table_text(&t, it->title);
	}
	s = table_write(&t, out);
	table_fini(&t);
	buf_add_text(
		out, tr("\nmust: units that owe a report, the leads with them; may: units that "
			"can report and are never missing\n"));
	return s;
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
	char name[PERIOD_NAME_SIZE], days[2][16];
	uint32_t item;
	period at;

	buf_add_text(out, tr("\nRequired reports\n"));
	for (period_kind kind = PERIOD_MONTH; kind <= PERIOD_YEAR; kind++) {
		if (!item_of_kind(p, kind, &item))
			continue;
		for (unsigned n = 0; plan_item_period(p, item, n, &at); n++) {
			int32_t first = 0, last = 0;
			uint32_t sum = sum_period(p, at, &first, &last);

			period_name(at, name);
			date_format(first, days[0]);
			date_format(last, days[1]);
			if (last == first)
				buf_addf(out, tr("  %-8s %u, due until the end of %s\n"), name, sum,
					days[0]);
			else
				buf_addf(out, tr("  %-8s %u, due until the end of %s to %s\n"),
					name, sum, days[0], days[1]);
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
	buf_addf(out, tr("\nversion   %.16s\nperiods   %s to %s\nunits     %u"), hex,
		period_name(p->first, first), period_name(p->last, last), plan_size(p).units);
	if (p->n_disabled > 0)
		buf_addf(out, tr(", and %u switched off"), p->n_disabled);
	if (p->earlier != NULL)
		buf_addf(out, tr("\nthe newest of %u versions, judges from %s on"),
			plan_versions(p), period_name(p->from, first));
	buf_add_text(out, tr("\nobservers "));
	for (uint32_t u = 0; u < p->n_units && shown < PRINT_MEMBERS_MAX; u++)
		if (p->observers[u]) {
			buf_add_text(out, shown++ == 0 ? "" : ", ");
			print_unit(out, p, u);
		}
	buf_addf(out, "%s%s\n\n", shown == 0 ? tr("none") : "",
		print_mark(&p->inferred, "observers"));
}

ms_status
plan_print(const plan *p, int item, unsigned screen, buf *out)
{
	ms_status s = MS_OK;

	if (item >= 0) {
		print_item(out, p, (uint32_t)item);
	} else {
		print_head(out, p);
		s = print_table(out, p, screen);
		print_periods(out, p);
	}
	return s == MS_OK && out->failed ? MS_NO_MEMORY : s;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan_json.c - the plan for programs: the same facts as plan_print, by ids, instants in UTC.
 *
 * A failed allocation leaves members out (base/json), which the writer at the end reports.
 */
#include "cli/plan_json.h"

#include <stdio.h>

#include "base/clock.h"
#include "plan/figure.h"
#include "plan/plan_words.h"

static void
set_version(json_t *object, const plan *p)
{
	char hex[2 * HASH_SIZE + 1];

	hash_hex(&p->version, hex);
	json_set_text(object, "version", hex);
}

static void
set_period(json_t *object, const char *name, period at)
{
	char text[PERIOD_NAME_SIZE];

	json_set_text(object, name, at.kind == PERIOD_NONE ? NULL : period_name(at, text));
}

static void
set_marks(json_t *object, const plan_marks *marks)
{
	json_t *list;

	if (marks->n == 0)
		return;
	list = json_array();
	for (size_t i = 0; i < marks->n; i++)
		json_array_append_new(list, json_string(marks->names[i]));
	json_set(object, "inferred", list);
}

static const char *
unit_id(const plan *p, int unit)
{
	return unit == PLAN_NO_UNIT ? NULL : p->units[unit].id;
}

/* ---- units ---- */

static json_t *
unit_to_json(const plan *p, const plan_unit *u)
{
	json_t *o = json_object(), *aliases = json_array();

	for (size_t i = 0; i < u->n_aliases; i++)
		json_array_append_new(aliases, json_string(u->aliases[i]));
	json_set_text(o, "id", u->id);
	json_set_text(o, "name", u->name);
	json_set_text(o, "name_en", u->name_en);
	json_set(o, "aliases", aliases);
	json_set_text(o, "kind", unit_kind_words[u->kind]);
	json_set_bool(o, "in_source", u->in_source);
	json_set_bool(o, "name_sure", u->name_sure);
	json_set_text(o, "inside", unit_id(p, u->inside));
	json_set_text(o, "contact", u->contact);
	set_period(o, "from", u->from);
	set_period(o, "to", u->to);
	set_marks(o, &u->inferred);
	return o;
}

static json_t *
flagged_units(const plan *p, const uint8_t *flags)
{
	json_t *list = json_array();

	for (uint32_t u = 0; u < p->n_units; u++)
		if (flags[u])
			json_array_append_new(list, json_string(p->units[u].id));
	return list;
}

static json_t *
units_with_role(const plan *p, uint32_t item, plan_role role)
{
	json_t *list = json_array();

	for (uint32_t u = 0; u < p->n_units; u++)
		if (plan_role_of(p, item, u) == role)
			json_array_append_new(list, json_string(p->units[u].id));
	return list;
}

static json_t *
groups_to_json(const plan *p)
{
	json_t *list = json_array();

	for (uint32_t i = 0; i < p->n_groups; i++) {
		json_t *o = json_object();

		json_set_text(o, "id", p->groups[i].id);
		json_set_text(o, "name", p->groups[i].name);
		json_set_bool(o, "open", p->groups[i].open);
		json_set(o, "members", flagged_units(p, p->groups[i].members));
		json_array_append_new(list, o);
	}
	return list;
}

/* ---- items ---- */

static json_t *
lists_to_json(const plan *p, const plan_item *it)
{
	json_t *lists = json_array();

	for (size_t i = 0; i < it->n_lists; i++) {
		const plan_part_list *list = &it->lists[i];
		json_t *o = json_object(), *parts = json_array();

		for (size_t k = 0; k < list->n_parts; k++) {
			json_t *part = json_object();

			json_set_text(part, "id", list->parts[k].id);
			json_set_text(part, "name", list->parts[k].name);
			json_set_text(part, "owner", unit_id(p, list->parts[k].owner));
			set_marks(part, &list->parts[k].inferred);
			json_array_append_new(parts, part);
		}
		json_set_text(o, "id", list->id);
		json_set_text(o, "name", list->name);
		json_set_number(
			o, "count", list->count != 0 ? list->count : (int64_t)list->n_parts);
		json_set_bool(o, "open", list->open);
		json_set(o, "parts", parts);
		json_array_append_new(lists, o);
	}
	return lists;
}

static json_t *
targets_to_json(const plan *p, const plan_indicator *in)
{
	json_t *list = json_array();

	for (size_t i = 0; i < in->n_targets; i++) {
		const plan_target *t = &in->targets[i];
		json_t *o = json_object();
		char number[40];

		json_set_text(o, "unit", unit_id(p, t->unit));
		set_period(o, "period", t->at);
		json_set_text(o, "value", scaled_text(t->value, in->scale, number));
		json_set_bool(o, "number_in_source", t->number_in_source);
		json_array_append_new(list, o);
	}
	return list;
}

static json_t *
indicator_to_json(const plan *p, const plan_indicator *in)
{
	json_t *o = json_object();

	json_set_text(o, "id", in->id);
	json_set_text(o, "name", in->name);
	json_set_text(o, "unit", in->unit_of_measure);
	json_set_text(o, "type", value_type_words[in->type]);
	json_set_number(o, "scale", in->scale);
	json_set_text(o, "time", time_rule_words[in->time]);
	json_set_text(o, "space", space_rule_words[in->space]);
	json_set_text(o, "better", better_words[in->lower_is_better ? 2 : 1]);
	json_set_text(o, "inside", inside_words[in->gross ? 2 : 1]);
	json_set_text(o, "period", period_kind_words[in->kind]);
	json_set_bool(o, "in_source", in->in_source);
	json_set(o, "reporters", flagged_units(p, in->reporters));
	json_set(o, "targets", targets_to_json(p, in));
	set_marks(o, &in->inferred);
	return o;
}

static json_t *
periods_to_json(const plan *p, uint32_t item)
{
	json_t *list = json_array();
	period at;

	for (unsigned n = 0; plan_item_period(p, item, n, &at); n++) {
		json_t *o = json_object();
		char instant[40];

		set_period(o, "period", at);
		json_set_text(
			o, "deadline", time_format(plan_deadline_us(p, item, at), 0, instant));
		json_set_number(o, "expected", plan_expected(p, item, at));
		json_array_append_new(list, o);
	}
	return list;
}

static void
fill_item(json_t *o, const plan *p, uint32_t item)
{
	const plan_item *it = &p->items[item];
	json_t *leads = json_array(), *indicators = json_array();

	for (size_t i = 0; i < it->n_leads; i++)
		json_array_append_new(leads, json_string(p->units[it->leads[i]].id));
	for (uint32_t i = 0; i < it->n_indicators; i++)
		json_array_append_new(
			indicators, indicator_to_json(p, &p->indicators[it->first_indicator + i]));
	json_set_text(o, "id", it->id);
	json_set_number(o, "number", it->number);
	json_set_text(o, "title", it->title);
	json_set_text(o, "title_en", it->title_en);
	json_set_text(o, "text", it->text);
	json_set_text(o, "role_clause", it->role_clause);
	json_set_text(o, "mode", item_mode_words[it->mode]);
	json_set_text(o, "approval", item_approval_words[it->approval]);
	json_set_text(o, "period", period_kind_words[it->kind]);
	json_set(o, "leads", leads);
	json_set(o, "required", units_with_role(p, item, ROLE_REQUIRED));
	json_set(o, "optional", units_with_role(p, item, ROLE_OPTIONAL));
	json_set(o, "lists", lists_to_json(p, it));
	json_set(o, "indicators", indicators);
	json_set(o, "periods", periods_to_json(p, item));
	set_marks(o, &it->inferred);
}

json_t *
plan_item_to_json(const plan *p, uint32_t item)
{
	json_t *o = json_object();

	json_set_text(o, "schema", "muster/plan-item/1");
	json_set_text(o, "plan", p->id);
	set_version(o, p);
	fill_item(o, p, item);
	return o;
}

json_t *
plan_to_json(const plan *p)
{
	json_t *o = json_object(), *units = json_array(), *items = json_array();
	char hex[2 * HASH_SIZE + 1];

	for (uint32_t u = 0; u < p->n_units; u++)
		if (!p->units[u].absent)
			json_array_append_new(units, unit_to_json(p, &p->units[u]));
	for (uint32_t i = 0; i < p->n_items; i++) {
		json_t *item;

		if (p->items[i].absent)
			continue;
		item = json_object();
		fill_item(item, p, i);
		json_array_append_new(items, item);
	}
	json_set_text(o, "schema", "muster/plan/1");
	json_set_text(o, "id", p->id);
	set_version(o, p);
	json_set_text(o, "title", p->title);
	json_set_text(o, "title_en", p->title_en);
	json_set_text(o, "source_title", p->source_title);
	hash_hex(&p->source_hash, hex);
	json_set_text(o, "source_sha256", hash_is_zero(&p->source_hash) ? NULL : hex);
	json_set_number(o, "zone_minutes", p->zone_min);
	set_period(o, "first_period", p->first);
	set_period(o, "last_period", p->last);
	json_set_number(o, "versions", plan_versions(p));
	json_set(o, "observers", flagged_units(p, p->observers));
	json_set(o, "units", units);
	json_set(o, "groups", groups_to_json(p));
	json_set(o, "items", items);
	set_marks(o, &p->inferred);
	return o;
}

/* ---- check ---- */

json_t *
plan_check_to_json(const char *file, const plan *p, const plan_problems *problems)
{
	json_t *o = json_object(), *list = json_array();

	for (size_t i = 0; i < problems->n; i++) {
		json_t *problem = json_object();
		char code[16];

		snprintf(code, sizeof(code), "MST-%04u", problems->list[i].code);
		json_set_number(problem, "line", problems->list[i].line);
		json_set_bool(problem, "warning", problems->list[i].warning);
		json_set_text(problem, "code", code);
		json_set_text(problem, "text", problems->list[i].text);
		json_array_append_new(list, problem);
	}
	json_set_text(o, "schema", "muster/plan-check/1");
	json_set_text(o, "file", file);
	json_set_bool(o, "ok", p != NULL);
	if (p != NULL) {
		json_set_text(o, "id", p->id);
		set_version(o, p);
		json_set_number(o, "units", plan_size(p).units);
		json_set_number(o, "items", plan_size(p).items);
		json_set_number(o, "indicators", plan_size(p).indicators);
		json_set_number(o, "versions", plan_versions(p));
	}
	json_set_number(o, "mistakes", (int64_t)problems->mistakes);
	json_set_number(o, "unlisted", (int64_t)problems->unlisted);
	json_set(o, "problems", list);
	return o;
}

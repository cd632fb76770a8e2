/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/feed_print.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/lang.h"
#include "base/shown.h"
#include "base/text.h"
#include "codec/acts.h"
#include "intake/act_title.h"
#include "intake/cells.h"
#include "plan/figure.h"
#include "plan/judge.h"
#include "proof/batch.h"

static verdict
verdict_of(const feed_entry *e, const feed_act *shown)
{
	return shown->at < e->verdicts.len ? (verdict)e->verdicts.at[shown->at] : VERDICT_NONE;
}

/* ---- JSON ---- */

/* The numbers of R as they were written: the act has them as integers at the plan's scale. */
static json_t *
figures_json(const plan *p, const report *r)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < r->n_values; i++) {
		const report_value *v = &r->values[i];
		int found = plan_find_indicator(p, v->indicator);
		const plan_indicator *in = found < 0 ? NULL : &p->indicators[found];
		char text[40];
		json_t *one;

		if (in == NULL || !(v->has_mantissa || v->has_ratio))
			continue;
		one = json_object();
		json_set_text(one, "indicator", in->id);
		if (v->has_mantissa)
			json_set_text(one, "value", scaled_text(v->mantissa, in->scale, text));
		else
			json_set_text(one, "num", scaled_text(v->num, in->scale, text));
		if (v->has_ratio)
			json_set_text(one, "den", scaled_text(v->den, in->scale, text));
		json_set_text(one, "unit_of_measure", in->unit_of_measure);
		json_array_append_new(list, one);
	}
	return list;
}

static ms_status
add_figures(const plan *p, const report *r, buf *out)
{
	json_t *list = figures_json(p, r);
	ms_status s;

	buf_add_text(out, ",\"figures\":");
	s = list == NULL ? MS_NO_MEMORY : json_write(list, out);
	json_decref(list);
	return s;
}

ms_status
feed_print_json(const plan *p, bool simulated, const feed_entry *e, const feed_act *shown,
	arena *memory, buf *out)
{
	char when[40], device[2 * ID_SIZE + 1] = "";
	int by = plan_find_unit(p, e->unit);
	batch_header h;
	act a;
	ms_status s = act_decode(shown->bytes, memory, &a);

	if (s != MS_OK)
		return s;
	if (batch_header_read(e->header, &h))
		text_hex(h.device.at, ID_SIZE, device);
	buf_addf(out,
		"{\"schema\":\"muster/feed/1\",\"number\":%llu,\"record\":\"%llu/%u\","
		"\"hub_time\":\"%s\",%s\"device\":\"%s\",\"by\":\"%s\",\"verdict\":\"%s\","
		"\"act\":",
		(unsigned long long)e->number, (unsigned long long)e->leaf, (unsigned)shown->at,
		time_format(e->hub_time_us, p->zone_min, when),
		simulated ? "\"simulated_clock\":true," : "", device, by < 0 ? "" : p->units[by].id,
		verdict_name(verdict_of(e, shown)));
	s = act_to_json(&a, memory, out);
	if (s == MS_OK && !a.malformed && a.kind == ACT_REPORT)
		s = add_figures(p, &a.u.report, out);
	buf_add_text(out, "}\n");
	return s == MS_OK && out->failed ? MS_NO_MEMORY : s;
}

/* ---- for people ---- */

static void
add_text(buf *out, const char *title, span text)
{
	if (text.len == 0)
		return;
	buf_addf(out, "    %s ", title);
	shown_add(out, text, "\n        ");
	buf_add_text(out, "\n");
}

static void
add_keys(buf *out, const report_value *v)
{
	size_t i;

	for (i = 0; i < v->n_keys; i++) {
		buf_add_text(out, i == 0 ? "" : "、");
		shown_add(out, v->keys[i], " ");
	}
}

static void
add_value(const plan *p, buf *out, const report_value *v)
{
	int found = plan_find_indicator(p, v->indicator);
	const plan_indicator *in = found < 0 ? NULL : &p->indicators[found];
	unsigned scale = in == NULL ? 0 : in->scale;
	char one[40], two[40], date[16];

	buf_add_text(out, "    ");
	shown_add(out, in == NULL ? v->indicator : span_str(in->name), " ");
	buf_add_text(out, " ");
	if (v->is_nil) {
		buf_add_text(out, tr("无:"));
		shown_add(out, v->nil_reason, " ");
	} else if (v->has_ratio) {
		buf_addf(out, "%s / %s", scaled_text(v->num, scale, one),
			scaled_text(v->den, scale, two));
	} else if (v->has_date) {
		buf_add_text(out, date_format(v->date, date));
	} else if (v->has_mantissa) {
		buf_addf(out, "%s%s%s", scaled_text(v->mantissa, scale, one),
			in == NULL || in->unit_of_measure == NULL ? "" : " ",
			in == NULL || in->unit_of_measure == NULL ? "" : in->unit_of_measure);
	} else if (v->has_text) {
		shown_add(out, v->text, " ");
	} else {
		add_keys(out, v);
	}
	buf_add_text(out, v->provisional ? tr("(暂估)\n") : "\n");
}

static void
add_report(const plan *p, buf *out, const plan_item *item, const report *r)
{
	size_t i;

	if (r->has_progress)
		buf_addf(out, tr("    进度 %u%%%s%s\n"), r->progress_pct,
			r->status == SELF_NONE ? "" : "  ", cell_status_word(r->status, false));
	for (i = 0; i < r->n_values; i++)
		add_value(p, out, &r->values[i]);
	for (i = 0; i < r->n_parts; i++) {
		const plan_part *part = item == NULL ? NULL : plan_find_part(item, r->parts[i].id);

		buf_add_text(out, "    ");
		shown_add(out, part == NULL ? r->parts[i].id : span_str(part->name), " ");
		buf_addf(out, " %s%s", cell_part_word(r->parts[i].state, false),
			r->parts[i].note.len == 0 ? "" : " ");
		shown_add(out, r->parts[i].note, " ");
		buf_add_text(out, "\n");
	}
	add_text(out, tr("进展情况"), r->done);
	add_text(out, tr("存在问题"), r->problems);
	add_text(out, tr("下一步措施"), r->next_steps);
	add_text(out, tr("需协调事项"), r->help_needed);
}

/* What is no report: what it is, who stated it, on which revision, by how much. */
static void
add_statement(const plan *p, const feed_entry *e, const act *a, buf *out)
{
	int by = plan_find_unit(p, e->unit);
	char points[40];

	buf_addf(out, "  %s", act_title(a));
	if (a->revision != 0)
		buf_addf(out, tr("（第%u次报送）"), a->revision);
	if (a->kind != ACT_ISSUE && a->u.steer.days != 0)
		buf_addf(out, tr(" %u天"), a->u.steer.days);
	if (a->kind == ACT_ADJUSTMENT)
		buf_addf(out, tr(" %s分"), scaled_text(a->u.steer.points, 2, points));
	if (by >= 0)
		buf_addf(out, "  %s", p->units[by].name);
}

/* What the hub states, as far as people are concerned. */
static void
add_hub_act(const plan *p, const act *a, buf *out)
{
	char when[40];

	buf_addf(out, "  %s", act_title(a));
	if (a->kind == ACT_HUB_PLAN) {
		buf_add_text(out, "  ");
		shown_add(out, a->u.plan_version_act.from_period, " ");
	} else if (a->kind == ACT_HUB_MOVED) {
		buf_add_text(out, "  ");
		shown_add(out, a->u.moved.address, " ");
	} else if (a->kind == ACT_HUB_NOTICE) {
		buf_addf(out, "  %s", time_format_short(a->u.notice.at_us, p->zone_min, when));
	}
}

static void
add_issue(const plan *p, buf *out, const issue *x)
{
	char when[40], hex[2 * HASH_SIZE + 1];

	add_text(out, tr("题目"), x->title);
	text_hex(x->sha256.at, x->sha256.len < HASH_SIZE ? x->sha256.len : HASH_SIZE, hex);
	buf_addf(out, tr("    数据截至 %s，日志 %llu，SHA-256 %s\n"),
		time_format_short(x->as_of_us, p->zone_min, when), (unsigned long long)x->leaves,
		hex);
}

/* What the act A says, in lines below its own. */
static void
add_content(const plan *p, const plan_item *item, const act *a, buf *out)
{
	bool is_words = a->kind == ACT_REMINDER || a->kind == ACT_COMMENT;

	if (a->kind == ACT_REPORT)
		add_report(p, out, item, &a->u.report);
	else if (a->kind == ACT_RETRACTION)
		add_text(out, tr("原因"), a->u.retraction.reason);
	else if (a->kind == ACT_ISSUE)
		add_issue(p, out, &a->u.issue);
	else if (act_is_of_unit(a->kind))
		add_text(out, is_words ? tr("内容") : tr("理由"), a->u.steer.reason);
}

ms_status
feed_print_text(const plan *p, const feed_entry *e, const feed_act *shown, arena *memory, buf *out)
{
	verdict v = verdict_of(e, shown);
	const plan_item *item = NULL;
	int found;
	char when[40];
	act a;
	ms_status s = act_decode(shown->bytes, memory, &a);

	if (s != MS_OK)
		return s;
	buf_addf(out, "%s  %llu/%u  ", time_format_short(e->hub_time_us, p->zone_min, when),
		(unsigned long long)e->leaf, (unsigned)shown->at);
	if (a.malformed) {
		buf_add_text(out, tr("(内容格式不对)\n"));
		return out->failed ? MS_NO_MEMORY : MS_OK;
	}
	found = plan_find_item(p, a.item);
	if (found >= 0)
		item = &p->items[found];
	shown_add(out, a.item, " ");
	if (item != NULL)
		buf_addf(out, " %s  ", item->title);
	shown_add(out, a.period, " ");
	found = plan_find_unit(p, a.unit);
	if (a.unit.len > 0) {
		buf_add_text(out, "  ");
		shown_add(out, found < 0 ? a.unit : span_str(p->units[found].name), " ");
	}
	if (a.kind == ACT_REPORT || a.kind == ACT_RETRACTION)
		buf_addf(out, tr("  第%u次%s"), a.revision, act_title(&a));
	else if (act_is_of_unit(a.kind))
		add_statement(p, e, &a, out);
	else
		add_hub_act(p, &a, out);
	if (v != VERDICT_STORED)
		buf_addf(out, "  %s", verdict_name(v));
	buf_add_text(out, "\n");
	add_content(p, item, &a, out);
	return out->failed ? MS_NO_MEMORY : MS_OK;
}

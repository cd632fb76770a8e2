/* SPDX-License-Identifier: Apache-2.0 */
/*
 * columns.c - the columns, their names, and how a header finds its column.
 *
 * A clerk's sheet has one row per report. A row that retracts has 撤回 under 操作 and the reason
 * under 原因. See the table at the end.
 */
#include "intake/columns.h"

#include <stdio.h>

#include "intake/fold.h"
#include "plan/plan_suggest.h"

enum { HEADER_MAX = 256, BRACKETS_MAX = 3 };

static const char *const last_marks[] = { "上期:", "上期：", "last:" };

static const column_name names[COLUMN_FIXED];

const column_name *
column_name_of(column_kind kind)
{
	return kind < COLUMN_FIXED ? &names[kind] : NULL;
}

static bool
same(const char *key, const char *name)
{
	char folded[HEADER_MAX];

	return name != NULL && fold_key(span_str(name), folded, sizeof folded) &&
	       strcmp(key, folded) == 0;
}

static bool
is_fixed(const char *key, column_kind *kind)
{
	unsigned k, i;

	for (k = 0; k < COLUMN_FIXED; k++) {
		bool hit = same(key, names[k].zh) || same(key, names[k].en) ||
			   same(key, names[k].field);

		for (i = 0; i < sizeof names[k].also / sizeof names[k].also[0]; i++)
			hit = hit || same(key, names[k].also[i]);
		if (hit) {
			*kind = (column_kind)k;
			return true;
		}
	}
	return false;
}

/* Is TEXT a name of an indicator in any item? Fills ITEMS[plan->n_items]; *FIRST is the first
 * found. */
static bool
is_indicator(const plan *p, span text, int *items, int *first)
{
	uint32_t i;

	*first = -1;
	for (i = 0; i < p->n_items; i++) {
		items[i] = plan_match_indicator(p, i, text);
		if (items[i] >= 0 && *first < 0)
			*first = items[i];
	}
	return *first >= 0;
}

/* Take "(...)" off the end of HEADER; what stands in it goes to INSIDE. */
static bool
split_bracket(span *header, span *inside)
{
	size_t i, open = 0, open_len = 0;
	size_t close_len = header->len >= 1 && header->at[header->len - 1] == ')' ? 1
			   : header->len >= 3 && memcmp(header->at + header->len - 3, "）", 3) == 0
				   ? 3
				   : 0;

	if (close_len == 0)
		return false;
	for (i = 0; i < header->len; i++) {
		if (header->at[i] == '(') {
			open = i;
			open_len = 1;
		} else if (header->len - i >= 3 && memcmp(header->at + i, "（", 3) == 0) {
			open = i;
			open_len = 3;
		}
	}
	if (open_len == 0 || open == 0)
		return false;
	*inside = span_of(header->at + open + open_len, header->len - open - open_len - close_len);
	header->len = open;
	return true;
}

/* What the brackets behind an indicator's name may say besides the unit of measure. */
static const char *
form_of(const plan_indicator *indicator, column_half half, bool english)
{
	switch (indicator->type) {
	case VALUE_RATIO:
		if (half == HALF_NUM)
			return english ? "num" : "分子";
		if (half == HALF_DEN)
			return english ? "den" : "分母";
		return english ? "num/den" : "分子/分母";
	case VALUE_KEYSET:
		return english ? "keys" : "编号";
	case VALUE_MILESTONE:
		return english ? "date" : "日期";
	default:
		return indicator->unit_of_measure == NULL ? "" : indicator->unit_of_measure;
	}
}

/* Of which time the figure is. */
static const char *
time_of(const plan_indicator *indicator)
{
	switch (indicator->time) {
	case TIME_SUM:
	case TIME_RATIO:
		return "当期";
	case TIME_YTD:
		return "本年累计";
	case TIME_LAST:
		return "期末";
	default:
		return "";
	}
}

/* INSIDE is what stands in a pair of brackets behind the name. */
static bool
is_said_of(const plan_indicator *indicator, span inside, column_half *half)
{
	char key[HEADER_MAX];
	unsigned h, english;

	if (!fold_key(inside, key, sizeof key))
		return false;
	for (h = HALF_NONE; h <= HALF_DEN; h++)
		for (english = 0; english < 2; english++)
			if (same(key, form_of(indicator, (column_half)h, english != 0))) {
				*half = indicator->type == VALUE_RATIO ? (column_half)h : HALF_NONE;
				return true;
			}
	return same(key, indicator->unit_of_measure) || same(key, time_of(indicator));
}

static void
find_nearest(const plan *p, const char *key, column *out)
{
	suggestion s;
	unsigned k;
	uint32_t i;

	suggest_begin(&s, span_str(key));
	for (k = 0; k < COLUMN_FIXED; k++) {
		suggest_try(&s, names[k].zh);
		suggest_try(&s, names[k].en);
	}
	for (i = 0; i < p->n_indicators; i++) {
		suggest_try(&s, p->indicators[i].id);
		suggest_try(&s, p->indicators[i].name);
	}
	out->nearest = s.best;
}

/* The name of an indicator with brackets behind it. False: no such name. */
static bool
match_with_brackets(const plan *p, span header, column *out)
{
	span inside[BRACKETS_MAX];
	const plan_indicator *found;
	unsigned n = 0, i;
	int first = -1;

	while (n < BRACKETS_MAX && first < 0 && split_bracket(&header, &inside[n])) {
		n++;
		is_indicator(p, header, out->indicators, &first);
	}
	if (first < 0)
		return false;
	found = &p->indicators[first];
	out->kind = COLUMN_INDICATOR;
	for (i = 0; i < n; i++) {
		column_half half = HALF_NONE;

		if (!is_said_of(found, inside[i], &half)) {
			out->kind = COLUMN_OTHER_UNIT;
			out->nearest = form_of(found, HALF_NONE, false);
		}
		out->half = half == HALF_NONE ? out->half : half;
	}
	return true;
}

ms_status
column_match(const plan *p, span header, arena *memory, column *out)
{
	column got = { .kind = COLUMN_UNKNOWN };
	char key[HEADER_MAX];
	int first;
	size_t i;

	header = fold_trim(header);
	got.header = arena_text(memory, header);
	got.indicators = arena_alloc(memory, (p->n_items + 1) * sizeof *got.indicators);
	if (got.header == NULL || got.indicators == NULL)
		return MS_NO_MEMORY;
	for (i = 0; i < sizeof last_marks / sizeof last_marks[0] && !got.last; i++)
		got.last = fold_skip(&header, last_marks[i]);
	if (header.len == 0)
		got.kind = COLUMN_NAMELESS;
	else if (!fold_key(header, key, sizeof key))
		got.kind = COLUMN_UNKNOWN;
	else if (is_fixed(key, &got.kind))
		;
	else if (is_indicator(p, header, got.indicators, &first))
		got.kind = COLUMN_INDICATOR;
	else if (!match_with_brackets(p, header, &got))
		find_nearest(p, key, &got);
	*out = got;
	return MS_OK;
}

const char *
column_of_indicator(const plan_indicator *indicator, column_half half, bool english, arena *memory)
{
	const char *name = english ? indicator->id : indicator->name;
	const char *form = form_of(indicator, half, english),
		   *when = english ? "" : time_of(indicator);
	char text[2 * HEADER_MAX];

	if (strstr(name, "当期") != NULL || strstr(name, "本年累计") != NULL ||
		strstr(name, "期末") != NULL)
		when = "";
	snprintf(text, sizeof text, "%s%s%s%s%s%s%s", name, when[0] == 0 ? "" : "(", when,
		when[0] == 0 ? "" : ")", form[0] == 0 ? "" : "(", form, form[0] == 0 ? "" : ")");
	return arena_text(memory, span_str(text));
}

const char *
column_of_last(const char *header, bool english, arena *memory)
{
	char text[2 * HEADER_MAX];

	snprintf(text, sizeof text, "%s%s", english ? "last:" : "上期:", header);
	return arena_text(memory, span_str(text));
}

static const column_name names[COLUMN_FIXED] = {
	[COLUMN_ITEM] = { "item", "工作事项", "item", { "事项", "工作任务" } },
	[COLUMN_PERIOD] = { "period", "期间", "period", { "报告期", "填报期间" } },
	[COLUMN_ACTION] = { "action", "操作", "action", { NULL } },
	[COLUMN_PROGRESS] = { "progress_pct", "进度(%)", "progress_pct", { "进度", "progress" } },
	[COLUMN_STATUS] = { "self_status", "自评", "self_status", { "自评状态" } },
	[COLUMN_DONE] = { "done", "进展情况", "done", { "工作进展" } },
	[COLUMN_PROBLEMS] = { "problems", "存在问题", "problems", { NULL } },
	[COLUMN_NEXT_STEPS] = { "next_steps", "下一步措施", "next_steps", { "下一步工作" } },
	[COLUMN_HELP_NEEDED] = { "help_needed", "需协调事项", "help_needed", { "需协调解决事项" } },
	[COLUMN_PARTS] = { "parts", "部分", "parts", { NULL } },
	[COLUMN_PREPARED_BY] = { "prepared_by", "填报人", "prepared_by", { NULL } },
	[COLUMN_APPROVED_BY] = { "approved_by", "审核人", "approved_by", { NULL } },
	[COLUMN_PHONE] = { "phone", "联系电话", "phone", { "电话" } },
	[COLUMN_ATTACHMENTS] = { "attachments", "附件", "attachments", { NULL } },
	[COLUMN_OWED] = { "owed", "填报要求", "owed", { NULL } },
	[COLUMN_SAME] = { "same_as_last", "沿用上期", "same_as_last", { NULL } },
	[COLUMN_REASON] = { "reason", "原因", "reason", { "撤回原因" } },
};

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * columns.c - the columns, their names, and how a header finds its column.
 *
 * See the tables at the end.
 */
#include "intake/columns.h"

#include <stdio.h>

#include "base/suggest.h"
#include "intake/fold.h"

enum { HEADER_MAX = 256, BRACKETS_MAX = 3 };

static const char *const last_marks[] = { "上期:", "上期：", "last:" };

static const column_name names[COLUMN_FIXED];
static const fold_word beside[];

const column_name *
column_name_of(column_kind kind)
{
	return kind < COLUMN_FIXED ? &names[kind] : NULL;
}

static bool
same(const char *key, const char *name)
{
	return name != NULL && fold_is(span_str(name), key);
}

static bool
is_fixed(const char *key, column_kind *kind)
{
	unsigned k, i;

	for (k = 0; k < COLUMN_FIXED; k++) {
		bool hit = same(key, names[k].zh) || same(key, names[k].en) ||
			   same(key, names[k].field);

		for (i = 0; i < sizeof(names[k].also) / sizeof(names[k].also[0]); i++)
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

/* The indicator's NAME up to its own bracket, which goes to INSIDE; the whole name and nothing when
 * it has none. */
static span
short_name(const char *name, span *inside)
{
	span bare = span_str(name);

	*inside = (span){ 0 };
	split_bracket(&bare, inside);
	return bare;
}

/* Is BARE the name of just one indicator of the plan, but for the bracket behind that? Fills ITEMS
 * and *ONLY as is_indicator does. */
static bool
is_short_name(const plan *p, span bare, int *items, int *only)
{
	char wanted[HEADER_MAX], key[HEADER_MAX];
	uint32_t i, found = 0, at = 0;
	span inside;

	*only = -1;
	if (!fold_key(bare, wanted, sizeof(wanted)))
		return false;
	for (i = 0; i < p->n_indicators; i++) {
		if (!fold_key(short_name(p->indicators[i].name, &inside), key, sizeof(key)) ||
			strcmp(key, wanted) != 0)
			continue;
		at = i;
		found++;
	}
	if (found != 1)
		return false;
	*only = (int)at;
	for (i = 0; i < p->n_items; i++)
		items[i] = p->indicators[at].item == i ? *only : -1;
	return true;
}

/* INSIDE is what stands in a pair of brackets behind the name. */
static bool
is_said_of(const plan_indicator *indicator, span inside, column_half *half, bool *measure)
{
	char key[HEADER_MAX];
	unsigned h, english;

	if (!fold_key(inside, key, sizeof(key)))
		return false;
	for (h = HALF_NONE; h <= HALF_DEN; h++)
		for (english = 0; english < 2; english++)
			if (same(key, form_of(indicator, (column_half)h, english != 0))) {
				*half = indicator->type == VALUE_RATIO ? (column_half)h : HALF_NONE;
				return true;
			}
	*measure = *measure || same(key, indicator->unit_of_measure);
	return same(key, indicator->unit_of_measure) || same(key, time_of(indicator));
}

/* The words in a pair of brackets; all of them, or one behind the other: "(本年累计,亿元)". */
static bool
are_said_of(const plan_indicator *indicator, span inside, column *out)
{
	static const char *const commas[] = { ",", "，", "、", ";", "；", NULL };
	column_half half = HALF_NONE;
	bool all = is_said_of(indicator, inside, &half, &out->has_measure);
	span word;

	if (!all) {
		all = inside.len > 0;
		while (fold_piece(&inside, commas, &word))
			all = all && is_said_of(indicator, word, &half, &out->has_measure);
	}
	out->half = half == HALF_NONE ? out->half : half;
	return all;
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
		if (!is_indicator(p, header, out->indicators, &first))
			is_short_name(p, header, out->indicators, &first);
	}
	if (first < 0)
		return false;
	found = &p->indicators[first];
	out->kind = COLUMN_INDICATOR;
	for (i = 0; i < n; i++) {
		if (!are_said_of(found, inside[i], out)) {
			out->kind = COLUMN_OTHER_UNIT;
			out->nearest = form_of(found, HALF_NONE, false);
		}
	}
	return true;
}

/* HEADER without the marks that forms put at its ends. */
static span
bare_header(span header)
{
	static const char *const marks[] = { "*", "＊", ":", "：", "★", NULL };
	size_t k, len;

	header = fold_trim(header);
	for (k = 0; marks[k] != NULL; k++) {
		if (fold_skip(&header, marks[k]))
			header = fold_trim(header);
		len = strlen(marks[k]);
		if (header.len > len && memcmp(header.at + header.len - len, marks[k], len) == 0) {
			header.len -= len;
			header = fold_trim(header);
		}
	}
	return header;
}

bool
column_is_fixed(span header)
{
	char key[HEADER_MAX];
	column_kind kind;

	return fold_key(bare_header(header), key, sizeof(key)) && is_fixed(key, &kind);
}

/* 期间(季度), 进展情况(200字以内): what stands in brackets behind the name of a text says how to
 * fill it in. Of a number it would be the unit of measure. */
static bool
is_fixed_with_hint(span header, column_kind *kind)
{
	char key[HEADER_MAX];
	span inside;

	while (split_bracket(&header, &inside))
		if (fold_key(bare_header(header), key, sizeof(key)) && is_fixed(key, kind))
			return *kind != COLUMN_PROGRESS;
	return false;
}

static column_kind
kind_of(const plan *p, span header, column *got)
{
	char key[HEADER_MAX];
	column_kind kind;
	int first, found;

	if (header.len == 0)
		return COLUMN_NAMELESS;
	if (!fold_key(header, key, sizeof(key)))
		return COLUMN_UNKNOWN;
	if (is_fixed(key, &kind))
		return kind;
	if (is_indicator(p, header, got->indicators, &first) ||
		is_indicator(p, span_str(key), got->indicators, &first))
		return COLUMN_INDICATOR;
	if (match_with_brackets(p, header, got))
		return got->kind;
	if (is_short_name(p, header, got->indicators, &first))
		return COLUMN_INDICATOR;
	if (is_fixed_with_hint(header, &kind))
		return kind;
	found = fold_find(beside, header);
	if (found >= 0)
		return (column_kind)found;
	find_nearest(p, key, got);
	return COLUMN_UNKNOWN;
}

ms_status
column_match(const plan *p, span header, arena *memory, column *out)
{
	column got = { .kind = COLUMN_UNKNOWN };
	size_t i;

	header = fold_trim(header);
	got.header = arena_text(memory, header);
	got.indicators = arena_alloc(memory, (p->n_items + 1) * sizeof(*got.indicators));
	if (got.header == NULL || got.indicators == NULL)
		return MS_NO_MEMORY;
	header = bare_header(header);
	for (i = 0; i < sizeof(last_marks) / sizeof(last_marks[0]) && !got.last; i++)
		got.last = fold_skip(&header, last_marks[i]);
	got.kind = kind_of(p, header, &got);
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
	snprintf(text, sizeof(text), "%s%s%s%s%s%s%s", name, when[0] == 0 ? "" : "(", when,
		when[0] == 0 ? "" : ")", form[0] == 0 ? "" : "(", form, form[0] == 0 ? "" : ")");
	return arena_text(memory, span_str(text));
}

const char *
column_of_last(const char *header, bool english, arena *memory)
{
	char text[2 * HEADER_MAX];

	snprintf(text, sizeof(text), "%s%s", english ? "last:" : "上期:", header);
	return arena_text(memory, span_str(text));
}

static const column_name names[COLUMN_FIXED] = {
	[COLUMN_ITEM] = { "item", "工作事项", "item",
		{ "事项", "工作任务", "事项名称", "工作事项名称", "任务名称", "重点工作",
			"重点任务", "task" } },
	[COLUMN_PERIOD] = { "period", "期间", "period",
		{ "报告期", "填报期间", "报送期间", "报表期间", "所属期间", "季度", "报告期间",
			"reporting period" } },
	[COLUMN_ACTION] = { "action", "操作", "action", { "操作类型" } },
	[COLUMN_PROGRESS] = { "progress_pct", "进度(%)", "progress_pct",
		{ "进度", "progress", "完成进度", "完成进度(%)", "工作进度", "工作进度(%)",
			"progress(%)", "本年累计进度(%)" } },
	[COLUMN_STATUS] = { "self_status", "自评", "self_status",
		{ "自评状态", "自我评价", "status" } },
	[COLUMN_DONE] = { "done", "进展情况", "done",
		{ "工作进展", "工作进展情况", "进展", "完成情况", "推进情况", "工作开展情况" } },
	[COLUMN_PROBLEMS] = { "problems", "存在问题", "problems",
		{ "存在的问题", "主要问题", "问题", "存在的主要问题", "存在问题及原因" } },
	[COLUMN_NEXT_STEPS] = { "next_steps", "下一步措施", "next_steps",
		{ "下一步工作", "下一步打算", "下一步计划", "下一步工作措施", "下一步工作打算",
			"下一步工作计划", "next steps" } },
	[COLUMN_HELP_NEEDED] = { "help_needed", "需协调事项", "help_needed",
		{ "需协调解决事项", "需协调解决的问题", "需要协调事项", "help needed" } },
	[COLUMN_PARTS] = { "parts", "部分", "parts", { "各部分进展" } },
	[COLUMN_PREPARED_BY] = { "prepared_by", "填报人", "prepared_by",
		{ "填表人", "报送人", "经办人", "prepared by" } },
	[COLUMN_APPROVED_BY] = { "approved_by", "审核人", "approved_by",
		{ "审批人", "审签人", "approved by" } },
	[COLUMN_PHONE] = { "phone", "联系电话", "phone", { "电话", "联系方式" } },
	[COLUMN_ATTACHMENTS] = { "attachments", "附件", "attachments", { NULL } },
	[COLUMN_OWED] = { "owed", "填报要求", "owed", { NULL } },
	[COLUMN_SAME] = { "same_as_last", "沿用上期", "same_as_last", { NULL } },
	[COLUMN_REASON] = { "reason", "原因", "reason", { "撤回原因" } },
	[COLUMN_REPORTER] = { "unit", "填报单位", "unit",
		{ "报送单位", "单位", "单位名称", "填表单位", "上报单位", "reporting unit" } },
};

/* Headers of columns that say nothing of the report. */
static const fold_word beside[] = {
	{ "序号", COLUMN_SKIPPED },
	{ "序", COLUMN_SKIPPED },
	{ "编号", COLUMN_SKIPPED },
	{ "no", COLUMN_SKIPPED },
	{ "no.", COLUMN_SKIPPED },
	{ "牵头单位", COLUMN_SKIPPED },
	{ "责任单位", COLUMN_SKIPPED },
	{ "配合单位", COLUMN_SKIPPED },
	{ "lead", COLUMN_SKIPPED },
	{ "填报日期", COLUMN_SKIPPED },
	{ "报送日期", COLUMN_SKIPPED },
	{ "备注", COLUMN_REMARK },
	{ "说明", COLUMN_REMARK },
	{ "remarks", COLUMN_REMARK },
	{ "remark", COLUMN_REMARK },
	{ "notes", COLUMN_REMARK },
	{ NULL, 0 },
};

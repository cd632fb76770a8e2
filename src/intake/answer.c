/* SPDX-License-Identifier: Apache-2.0 */
/*
 * answer.c - rows and their states as CSV or JSON.
 *
 * CSV: one line per row, or per problem of it where there are several; the state stands on the
 * first. A cell that a spreadsheet would take for a formula gets an apostrophe: what a file says is
 * shown, never run.
 */
#include "intake/answer.h"

#include <stdio.h>

#include "base/clock.h"
#include "intake/csv_cell.h"
#include "intake/file_kind.h"
#include "intake/messages.h"

typedef struct answer {
	const intake_result *result;
	int zone_min;
	buf *out; /* UTF-8 */
} answer;

static const char zh_mark[] = ".答复.", en_mark[] = ".answer.";

const char *
answer_state_name(answer_state state, bool english)
{
	static const char *const names[][2] = {
		[ANSWER_WRONG] = { "有误", "wrong" },
		[ANSWER_QUEUED] = { "已排队", "queued" },
		[ANSWER_RECEIVED] = { "已收到", "received" },
		[ANSWER_UNCHANGED] = { "未变化", "unchanged" },
		[ANSWER_OTHER_FIRST] = { "已由他人先报", "reported by another first" },
	};

	return (unsigned)state < sizeof(names) / sizeof(names[0]) ? names[state][english] : "";
}

ms_status
answer_name(const char *file, intake_form form, bool english, buf *out)
{
	const char *dot = strrchr(file, '.');
	bool book = form == INTAKE_XLSX;
	bool same = book ? file_has_ending(file, ".xlsx") || file_has_ending(file, ".xlsm")
			 : file_kind_is_text_name(file);
	size_t before = same && dot != NULL && dot != file ? (size_t)(dot - file) : strlen(file);

	buf_add(out, file, before);
	buf_add_text(out, english ? en_mark : zh_mark);
	buf_add_text(out, book ? "xlsx" : file[before] == 0 ? "csv" : file + before + 1);
	return out->failed ? MS_NO_MEMORY : MS_OK;
}

const char *
answer_column_name(unsigned column, bool english)
{
	static const char *const names[ANSWER_COLUMNS][2] = { { "行号", "row" },
		{ "工作事项", "item" }, { "期间", "period" }, { "状态", "state" },
		{ "列", "column" }, { "单元格", "cell" }, { "问题", "problem" },
		{ "应为", "expected" }, { "如何修改", "remedy" }, { "代码", "code" },
		{ "回执", "receipt" } };

	return column < ANSWER_COLUMNS ? names[column][english] : "";
}

/* The hub's refusals in a clerk's words, and what to do. */
typedef struct refusal {
	verdict verdict; /* VERDICT_NONE: any other */
	const char *words[2], *remedy[2];
} refusal;

static const refusal refusals[] = {
	{ VERDICT_REFUSED_MALFORMED, { "内容格式不对", "malformed" },
		{ "更新本机软件后再报", "update the software and report again" } },
	{ VERDICT_REFUSED_SCHEMA, { "软件版本高于中心", "the software is newer than the hub's" },
		{ "请管理员升级中心后再报", "report again when the hub is as new" } },
	{ VERDICT_REFUSED_UNKNOWN,
		{ "中心没有这个事项或期间", "the hub knows no such item or period" },
		{ "等本机收到新计划后核对事项和期间",
			"check item and period when the new plan has come" } },
	{ VERDICT_REFUSED_NOT_BEGUN, { "这个期间还没有开始", "the period has not begun" },
		{ "核对期间，或到时再报", "check the period, or report it later" } },
	{ VERDICT_REFUSED_NOT_ASSIGNED,
		{ "本单位不承担此事项", "the unit has no part in the item" },
		{ "核对工作事项；应承担的，请与牵头单位联系",
			"check the item; ask the lead if you should be in it" } },
	{ VERDICT_REFUSED_VALUE, { "数值不符合计划的规定", "a value is against the plan" },
		{ "按新的填报表核对后再报", "check it against the newest form and report again" } },
	{ VERDICT_REFUSED_LOCKED, { "这个期间已经锁定", "the period is locked" },
		{ "请牵头单位重新开放后再报", "ask the lead to reopen it, then report again" } },
	{ VERDICT_REFUSED_LATE, { "已经过期", "too late" },
		{ "请与牵头单位联系", "ask the lead" } },
	{ VERDICT_REFUSED_CONFLICT,
		{ "同一次报送已有别的内容", "other content stands under the same revision" },
		{ "核对后再报一次", "check it and report again" } },
	{ VERDICT_NONE, { "中心没有收下", "refused by the hub" },
		{ "请与管理员联系", "ask the administrator" } },
};

static const refusal *
refusal_of(verdict v)
{
	const refusal *r = refusals;

	while (r->verdict != v && r->verdict != VERDICT_NONE)
		r++;
	return r;
}

/* The state shown: a refusal by the hub is wrong whatever the agent says. */
static answer_state
state_of(const intake_row *row, const answer_row *said)
{
	return !row->good || verdict_is_refusal(said->verdict) ? ANSWER_WRONG : said->state;
}

/* ---- CSV ---- */

static void
put_line(answer *a, const char *const cells[ANSWER_COLUMNS])
{
	int i;

	for (i = 0; i < ANSWER_COLUMNS; i++) {
		if (i > 0)
			buf_add(a->out, &a->result->delimiter, 1);
		csv_cell_add(a->out, span_str(cells[i]), a->result->delimiter);
	}
	buf_add_text(a->out, "\r\n");
}

static void
put_header(answer *a)
{
	const char *cells[ANSWER_COLUMNS];
	unsigned i;

	for (i = 0; i < ANSWER_COLUMNS; i++)
		cells[i] = answer_column_name(i, a->result->english);
	put_line(a, cells);
}

static const char *
receipt_text(const answer *a, const answer_row *said, char *out, size_t size)
{
	char time[40];

	out[0] = 0;
	if (said->has_record)
		snprintf(out, size, "%llu/%u %s", (unsigned long long)said->place.leaf,
			(unsigned)said->place.at,
			time_format_short(said->hub_time_us, a->zone_min, time));
	return out;
}

/* One line for PROBLEM (NULL: none) of the row; the row's state only on its FIRST line. */
static void
put_problem(answer *a, const intake_row *row, const answer_row *said, const intake_problem *problem,
	bool first)
{
	bool english = a->result->english;
	answer_state state = state_of(row, said);
	char number[16], code[24] = "", receipt[80];
	buf text = { 0 };
	const char *cells[ANSWER_COLUMNS] = { [ANSWER_ROW] = number,
		[ANSWER_ITEM] = row->item,
		[ANSWER_PERIOD] = row->period,
		[ANSWER_STATE] = "",
		[ANSWER_COLUMN] = "",
		[ANSWER_CELL] = "",
		[ANSWER_PROBLEM] = "",
		[ANSWER_EXPECTED] = "",
		[ANSWER_REMEDY] = "",
		[ANSWER_CODE] = code,
		[ANSWER_RECEIPT] = "" };

	if (row->row == 0)
		snprintf(number, sizeof(number), "%s", english ? "file" : "文件");
	else
		snprintf(number, sizeof(number), "%u", row->row);
	if (first) {
		cells[ANSWER_STATE] = answer_state_name(state, english);
		cells[ANSWER_RECEIPT] =
			row->good ? receipt_text(a, said, receipt, sizeof(receipt)) : "";
	}
	if (problem != NULL) {
		snprintf(code, sizeof(code), "MST-%04u", problem->code);
		buf_addf(&text, "%s%s", problem->warning ? word_text(WORD_NOTE, english) : "",
			problem->text);
		if (problem->value[0] != 0)
			buf_addf(&text, english ? ": %s" : "：%s", problem->value);
		cells[ANSWER_COLUMN] = problem->column;
		cells[ANSWER_CELL] = problem->cell == NULL ? "" : problem->cell;
		cells[ANSWER_EXPECTED] = problem->expected;
		cells[ANSWER_REMEDY] = problem->remedy;
	} else if (row->good && verdict_is_refusal(said->verdict)) {
		snprintf(code, sizeof(code), "%s", verdict_name(said->verdict));
		buf_add_text(&text, refusal_of(said->verdict)->words[english]);
		cells[ANSWER_REMEDY] = refusal_of(said->verdict)->remedy[english];
	}
	if (first && row->good && said->note != NULL)
		buf_addf(&text, "%s%s", text.len > 0 ? (english ? "; " : "；") : "", said->note);
	cells[ANSWER_PROBLEM] = buf_cstr(&text);
	put_line(a, cells);
	a->out->failed = a->out->failed || text.failed;
	buf_fini(&text);
}

static void
put_csv(answer *a, const answer_row *rows)
{
	static const answer_row nothing = { .state = ANSWER_WRONG };
	uint32_t i, k;

	put_header(a);
	for (i = 0; i < a->result->n_rows; i++) {
		const intake_row *row = &a->result->rows[i];
		const answer_row *said = row->good ? &rows[i] : &nothing;
		bool refused = row->good && verdict_is_refusal(said->verdict);

		if (refused || row->n_problems == 0)
			put_problem(a, row, said, NULL, true);
		for (k = 0; k < row->n_problems; k++)
			put_problem(a, row, said, &row->problems[k], k == 0 && !refused);
	}
}

/* ---- JSON ---- */

static void
put_string(answer *a, const char *text)
{
	buf_add_text(a->out, "\"");
	for (; *text != 0; text++) {
		if (*text == '"' || *text == '\\')
			buf_add(a->out, "\\", 1);
		if ((unsigned char)*text < 0x20)
			buf_addf(a->out, "\\u%04x", (unsigned)(unsigned char)*text);
		else
			buf_add(a->out, text, 1);
	}
	buf_add_text(a->out, "\"");
}

/* ,"NAME":"TEXT" */
static void
put_member(answer *a, const char *name, const char *text)
{
	buf_addf(a->out, ",\"%s\":", name);
	put_string(a, text);
}

static void
put_problems(answer *a, const intake_row *row)
{
	uint32_t i;

	buf_add_text(a->out, ",\"problems\":[");
	for (i = 0; i < row->n_problems; i++) {
		const intake_problem *p = &row->problems[i];

		buf_addf(a->out, "%s\n  {\"code\":\"MST-%04u\",\"warning\":%s", i == 0 ? "" : ",",
			p->code, p->warning ? "true" : "false");
		put_member(a, "place", p->column);
		put_member(a, "cell", p->cell == NULL ? "" : p->cell);
		put_member(a, "field", p->field);
		put_member(a, "value", p->value);
		put_member(a, "problem", p->text);
		put_member(a, "expected", p->expected);
		put_member(a, "remedy", p->remedy);
		buf_add_text(a->out, "}");
	}
	buf_add_text(a->out, "]");
}

static void
put_json_row(answer *a, const intake_row *row, const answer_row *said)
{
	static const char *const words[] = { "wrong", "queued", "received", "unchanged",
		"other_first" };
	answer_state state = state_of(row, said);
	char time[40];

	buf_addf(a->out, " {\"row\":%u", row->row);
	put_member(a, "item", row->item);
	put_member(a, "period", row->period);
	put_member(a, "state", words[state]);
	put_member(a, "text", answer_state_name(state, a->result->english));
	if (row->good && verdict_is_refusal(said->verdict)) {
		put_member(a, "verdict", verdict_name(said->verdict));
		put_member(a, "reason", refusal_of(said->verdict)->words[a->result->english]);
		put_member(a, "remedy", refusal_of(said->verdict)->remedy[a->result->english]);
	}
	if (row->good && said->note != NULL)
		put_member(a, "note", said->note);
	if (row->good && said->has_record) {
		buf_addf(a->out, ",\"record\":\"%llu/%u\"", (unsigned long long)said->place.leaf,
			(unsigned)said->place.at);
		put_member(a, "time", time_format(said->hub_time_us, a->zone_min, time));
	}
	put_problems(a, row);
	buf_add_text(a->out, "}");
}

static void
put_json(answer *a, const answer_row *rows)
{
	static const answer_row nothing = { .state = ANSWER_WRONG };
	uint32_t i;

	buf_addf(a->out, "{\"schema\":\"muster.answer/1\",\"refused\":%s,\"good\":%u,\"rows\":[\n",
		a->result->refused ? "true" : "false", a->result->n_good);
	for (i = 0; i < a->result->n_rows; i++) {
		if (i > 0)
			buf_add_text(a->out, ",\n");
		put_json_row(a, &a->result->rows[i], a->result->rows[i].good ? &rows[i] : &nothing);
	}
	buf_add_text(a->out, "]}\n");
}

ms_status
answer_write(
	const intake_result *result, const answer_row *rows, int zone_min, buf *out, ms_error *err)
{
	buf text = { 0 };
	answer a = { .result = result, .zone_min = zone_min, .out = &text };
	/* a file in no charset is answered as a spreadsheet can read it */
	charset to = result->form == INTAKE_XLSX       ? CHARSET_UTF8
		     : result->charset != CHARSET_NONE ? result->charset
		     : result->form == INTAKE_JSON     ? CHARSET_UTF8
						       : CHARSET_UTF8_BOM;
	ms_status s;

	if (result->form == INTAKE_JSON)
		put_json(&a, rows);
	else
		put_csv(&a, rows);
	if (text.failed)
		s = ms_fail(err, MS_NO_MEMORY, MST_NO_MEMORY, "no memory for an answer");
	else
		s = charset_from_utf8(buf_span(&text), to, out, err);
	buf_fini(&text);
	return s;
}

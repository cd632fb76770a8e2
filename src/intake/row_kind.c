/* SPDX-License-Identifier: Apache-2.0 */
/* row_kind.c - told from the item and from the first cell that says something. */
#include "intake/row_kind.h"

#include "base/text.h"
#include "intake/cells.h"
#include "intake/fold.h"
#include "intake/preface.h"
#include "intake/slot_text.h"

enum { TOTAL_BYTES_MAX = 24 };

typedef struct row_look {
	const sheet_table *table;
	const sheet_row *row;
	span item, first; /* first: the first cell that says something */
	int first_at;
	uint32_t filled;
} row_look;

static row_look
look_at(const sheet_table *t, const sheet_row *row)
{
	row_look out = { .table = t, .row = row, .item = row_cell_under(t, row, COLUMN_ITEM) };
	uint32_t i;

	for (i = 0; i < row->n_cells; i++) {
		if (row->cells[i].len == 0)
			continue;
		if (out.filled++ == 0) {
			out.first = row->cells[i];
			out.first_at = (int)i;
		}
	}
	return out;
}

/* The item, or what stands in its place when the row has none. */
static span
name_of(const row_look *l)
{
	return l->item.len > 0 ? l->item : l->first;
}

/* 合计, 小计:, 合计(亿元), 全市总计; not a sentence that begins so. */
static bool
is_total(span text)
{
	static const char *const words[] = { "合计", "小计", "总计", "共计", "total", "subtotal" };
	char key[TOTAL_BYTES_MAX + 1];
	size_t i, len;

	if (!fold_key(text, key, sizeof(key)))
		return false;
	len = strlen(key);
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		size_t n = strlen(words[i]);

		if (len >= n && memcmp(key, words[i], n) == 0 &&
			(key[n] == 0 || key[n] == ':' || key[n] == '('))
			return true;
		if (len > n && (strcmp(key + len - n, words[i]) == 0 ||
				       (key[len - 1] == ':' &&
					       memcmp(key + len - n - 1, words[i], n) == 0)))
			return true;
	}
	return false;
}

/* Does the row itself say for which period it is? Then it is meant as a report. */
static bool
has_period(const row_look *l)
{
	period at;

	return slot_period(
		l->table->ask->plan, row_cell_under(l->table, l->row, COLUMN_PERIOD), &at);
}

/* 甲 乙 1 2 below the header; or 1 2 3 4, where one of them stands in place of a period, so that it
 * is no report. */
static bool
is_count_of_columns(const row_look *l)
{
	static const fold_word marks[] = { { "甲", 1 }, { "栏次", 1 }, { "乙", 2 }, { "丙", 2 },
		{ "丁", 2 }, { "戊", 2 }, { NULL, 0 } };
	char text[TOTAL_BYTES_MAX];
	uint64_t number, next = 1;
	uint32_t i;

	if (fold_find(marks, l->item) == 1)
		return true;
	if (row_cell_under(l->table, l->row, COLUMN_PERIOD).len == 0 || has_period(l))
		return false;
	for (i = 0; i < l->row->n_cells; i++) {
		span cell = l->row->cells[i];

		if (cell.len == 0 || (next == 1 && fold_find(marks, cell) > 0))
			continue;
		if (!fold_narrow(cell, text, sizeof(text)) ||
			!text_uint(span_str(text), SHEET_COLUMNS_MAX, &number) || number != next++)
			return false;
	}
	return l->filled > 2;
}

static const char *
header_at(const sheet_table *t, uint32_t i)
{
	return i < t->n_columns ? t->columns[i].header : "";
}

/* Does a cell of it stand over items? *SAME: it is the header of the table once more. */
static bool
is_header(const row_look *l, bool *same)
{
	int at = l->table->fixed[COLUMN_ITEM];
	span item = at < 0 ? (span){ 0 } : span_str(l->table->columns[at].header);
	bool found = false;
	uint32_t i;

	*same = true;
	for (i = 0; item.len > 0 && i < l->row->n_cells; i++) {
		span cell = l->row->cells[i];

		found = found || span_equal(cell, item);
		*same = *same &&
			(cell.len == 0 || span_equal(cell, span_str(header_at(l->table, i))));
	}
	return found && l->filled > 1;
}

static bool
begins_as_note(span text)
{
	static const char *const words[] = { "注:", "注：", "注1", "备注", "说明", "附注",
		"填表说明", "填报说明", "填报要求", "注意", "note", "Note", "NOTE", "remark",
		"Remark", "※", "*" };
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (text.len >= strlen(words[i]) &&
			memcmp(text.at, words[i], strlen(words[i])) == 0)
			return true;
	return false;
}

/* The word alone, with what is noted in the next cell. */
static bool
is_bare_note(span text)
{
	static const fold_word words[] = { { "注", 1 }, { "注:", 1 }, { "备注", 1 }, { "备注:", 1 },
		{ "说明", 1 }, { "说明:", 1 }, { "附注", 1 }, { "附注:", 1 }, { "填表说明", 1 },
		{ "填表说明:", 1 }, { "填报说明", 1 }, { "填报说明:", 1 }, { "填报要求", 1 },
		{ "填报要求:", 1 }, { "note:", 1 }, { "remark:", 1 }, { NULL, 0 } };

	return fold_find(words, text) == 1;
}

/* Alone in its row, without an item, and where no value is asked for. */
static bool
is_lone(const row_look *l)
{
	column_kind kind = (uint32_t)l->first_at < l->table->n_columns
				   ? l->table->columns[l->first_at].kind
				   : COLUMN_NAMELESS;

	return l->filled == 1 && l->item.len == 0 && kind != COLUMN_INDICATOR &&
	       kind != COLUMN_REMARK;
}

/* The unit's name or the day, as letters end. */
static bool
is_signature(const row_look *l)
{
	int32_t day;

	return is_lone(l) && (plan_match_unit(l->table->ask->plan, l->first) >= 0 ||
				     cell_date(l->first, &day) == 0);
}

/* Words, no number. */
static bool
is_lone_text(const row_look *l)
{
	char text[TOTAL_BYTES_MAX];

	return is_lone(l) && (!fold_narrow(l->first, text, sizeof(text)) || (text[0] & 0x80) != 0);
}

static bool
is_note(const row_look *l, int *noted_at)
{
	span name = name_of(l);

	if (begins_as_note(name) && l->filled <= (is_bare_note(name) ? 2 : 1)) {
		*noted_at = l->first_at;
		return true;
	}
	return (*noted_at != ROW_NOTED_NOWHERE && l->filled == 1 && l->first_at == *noted_at) ||
	       is_signature(l);
}

row_kind
row_kind_of(const sheet_table *t, const sheet_row *row, int *noted_at)
{
	row_look l = look_at(t, row);
	bool same;

	if (is_count_of_columns(&l))
		return ROW_PASSED;
	if (l.item.len > 0 && slot_item(t->ask->plan, l.item) >= 0)
		return ROW_REPORT;
	if (is_total(name_of(&l)))
		return ROW_PASSED;
	if (is_header(&l, &same))
		return same ? ROW_PASSED : ROW_HEADER;
	if (has_period(&l))
		return ROW_REPORT;
	if (preface_is_line(row)) {
		*noted_at = l.first_at;
		return ROW_LABELS;
	}
	if (is_note(&l, noted_at))
		return ROW_NOTE;
	return is_lone_text(&l) ? ROW_LONE_TEXT : ROW_REPORT;
}

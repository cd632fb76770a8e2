/* SPDX-License-Identifier: Apache-2.0 */
#include "intake/csv_cell.h"

#include "base/text.h"

/* How formulas begin; programs made for East Asia take the wide forms too. */
static const char *const begins[] = { "=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－",
	"＠" };

static bool
begins_formula(span text)
{
	size_t i;

	for (i = 0; i < sizeof(begins) / sizeof(begins[0]); i++) {
		size_t len = strlen(begins[i]);

		if (text.len >= len && memcmp(text.at, begins[i], len) == 0)
			return true;
	}
	return false;
}

/* A dash alone says "none". */
static bool
is_formula(span text)
{
	enum { SCALE_MAX = 9 };
	int64_t number;

	return text.len > 1 && begins_formula(text) &&
	       text_decimal(text, SCALE_MAX, &number) != DECIMAL_OK;
}

static bool
is_plain(span text, char delimiter)
{
	size_t i;

	for (i = 0; i < text.len; i++)
		if (text.at[i] == (uint8_t)delimiter || strchr("\"\r\n", text.at[i]) != NULL)
			return false;
	return !is_formula(text);
}

void
csv_cell_add(buf *out, span text, char delimiter)
{
	size_t i;

	if (is_plain(text, delimiter)) {
		buf_add_span(out, text);
		return;
	}
	buf_add_text(out, is_formula(text) ? "\"'" : "\"");
	for (i = 0; i < text.len; i++)
		buf_add(out, text.at[i] == '"' ? "\"\"" : (const char *)&text.at[i],
			text.at[i] == '"' ? 2 : 1);
	buf_add_text(out, "\"");
}

span
csv_cell_read(span cell)
{
	span behind = cell.len == 0 ? cell : span_of(cell.at + 1, cell.len - 1);

	if (cell.len >= 3 && memcmp(cell.at, "=\"", 2) == 0 && cell.at[cell.len - 1] == '"')
		return span_of(cell.at + 2, cell.len - 3);
	return cell.len > 0 && cell.at[0] == '\'' && is_formula(behind) ? behind : cell;
}

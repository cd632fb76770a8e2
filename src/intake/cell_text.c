/* SPDX-License-Identifier: Apache-2.0 */
#include "intake/cell_text.h"

#include "base/clock.h"
#include "intake/cells.h"
#include "plan/figure.h"

static void
add_keys(const report_value *v, bool english, buf *out)
{
	size_t i;

	if (v->n_keys == 0)
		buf_add_text(out, english ? "none" : "空");
	for (i = 0; i < v->n_keys; i++) {
		buf_add_text(out, i == 0 ? "" : ";");
		buf_add_span(out, v->keys[i]);
	}
}

void
cell_text_value(const plan_indicator *in, const report_value *v, bool english, buf *out)
{
	char one[40], two[40], date[16];

	if (v->is_nil) {
		buf_add_text(out, english ? "nil:" : "无:");
		buf_add_span(out, v->nil_reason);
		return;
	}
	if (v->provisional)
		buf_add_text(out, english ? "provisional:" : "暂:");
	if (v->has_ratio)
		buf_addf(out, "%s/%s", scaled_text(v->num, in->scale, one),
			scaled_text(v->den, in->scale, two));
	else if (v->has_date)
		buf_add_text(out, date_format(v->date, date));
	else if (v->has_mantissa)
		buf_add_text(out, scaled_text(v->mantissa, in->scale, one));
	else if (v->has_text)
		buf_add_span(out, v->text);
	else if (v->has_keys)
		add_keys(v, english, out);
}

static void
add_note(span note, buf *out)
{
	size_t i;

	for (i = 0; i < note.len; i++)
		buf_add(out, strchr(";\r\n", note.at[i]) != NULL ? "," : (const char *)&note.at[i],
			1);
}

void
cell_text_parts(const report *r, bool english, buf *out)
{
	size_t i;

	for (i = 0; i < r->n_parts; i++) {
		const report_part *part = &r->parts[i];

		buf_add_text(out, i == 0 ? "" : "; ");
		buf_add_span(out, part->id);
		buf_addf(out, "=%s", cell_part_word(part->state, english));
		buf_add_text(out, part->note.len == 0 ? "" : ":");
		add_note(part->note, out);
	}
}

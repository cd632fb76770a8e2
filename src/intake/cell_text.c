/* SPDX-License-Identifier: Apache-2.0 */
#include "intake/cell_text.h"

#include "base/clock.h"
#include "base/hash.h"
#include "base/text.h"
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

/* What would end the piece becomes a comma: the signs of ENDS, wide ones too. */
static void
add_piece(span text, const char *const ends[], buf *out)
{
	size_t i = 0, k, len;

	while (i < text.len) {
		for (k = 0; ends[k] != NULL; k++) {
			len = strlen(ends[k]);
			if (text.len - i >= len && memcmp(text.at + i, ends[k], len) == 0)
				break;
		}
		buf_add(out, ends[k] != NULL ? "," : (const char *)&text.at[i], 1);
		i += ends[k] != NULL ? strlen(ends[k]) : 1;
	}
}

void
cell_text_parts(const report *r, bool english, buf *out)
{
	static const char *const ends[] = { ";", "；", "\r", "\n", NULL };
	size_t i;

	for (i = 0; i < r->n_parts; i++) {
		const report_part *part = &r->parts[i];

		buf_add_text(out, i == 0 ? "" : "; ");
		buf_add_span(out, part->id);
		buf_addf(out, "=%s", cell_part_word(part->state, english));
		buf_add_text(out, part->note.len == 0 ? "" : ":");
		add_piece(part->note, ends, out);
	}
}

void
cell_text_attachments(const report *r, buf *out)
{
	static const char *const ends[] = { ";", "；", "|", "｜", "\r", "\n", NULL };
	char hex[2 * HASH_SIZE + 1];
	size_t i;

	for (i = 0; i < r->n_attachments; i++) {
		const report_attachment *a = &r->attachments[i];

		buf_add_text(out, i == 0 ? "" : "; ");
		add_piece(a->name, ends, out);
		text_hex(a->sha256.at, a->sha256.len, hex);
		buf_addf(out, "|%llu|%s", (unsigned long long)a->size, hex);
	}
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * judge_draft.h - a good act and ways to spoil it. Each row of a table spoils it in one place.
 */
#ifndef JUDGE_DRAFT_H
#define JUDGE_DRAFT_H

#include "small_plan.h"

/* An act with room for what a row changes. */
typedef struct draft {
	act a;
	report *r; /* of a */
	report_value values[REPORT_VALUES_MAX + 1];
	report_part parts[REPORT_PARTS_MAX + 1];
	report_attachment attachments[REPORT_ATTACHMENTS_MAX + 1];
	span keys[REPORT_KEYS_MAX + 1];
	char names[REPORT_KEYS_MAX + 1][12];
} draft;

/* Text of LEN bytes, up to what no act can hold. */
static inline span
text_of(size_t len)
{
	static char text[ACT_BYTES_MAX + 1];

	memset(text, 'x', sizeof(text));
	return span_of(text, len);
}

/* The good act: east's second quarter of i01. */
static inline void
draft_init(draft *d, const plan *p)
{
	static const uint8_t digest[HASH_SIZE] = { 1 };

	memset(d, 0, sizeof(*d));
	d->a = report_act(p, "i01", "east", "2012-Q2", 1, "good");
	d->r = &d->a.u.report;
	d->keys[0] = span_str("XM-1");
	d->keys[1] = span_str("XM-2");
	d->values[0] = (report_value){
		.indicator = span_str("i01.money"), .has_mantissa = true, .mantissa = 4520
	};
	d->values[1] = (report_value){
		.indicator = span_str("i01.parks"), .has_mantissa = true, .mantissa = 5
	};
	d->values[2] = (report_value){ .indicator = span_str("i01.projects"),
		.has_keys = true,
		.keys = d->keys,
		.n_keys = 2 };
	d->values[3] = (report_value){
		.indicator = span_str("i01.share"), .has_ratio = true, .num = 45, .den = 100
	};
	d->values[4] = (report_value){ .indicator = span_str("i01.opened"),
		.has_mantissa = true,
		.mantissa = 1,
		.has_date = true,
		.date = 15500 };
	d->parts[0] = (report_part){ .id = span_str("c1"), .state = PART_DONE };
	d->parts[1] = (report_part){ .id = span_str("n1"), .note = span_str("note") };
	d->attachments[0] = (report_attachment){
		.name = span_str("a.pdf"), .size = 7, .sha256 = span_of(digest, sizeof(digest))
	};
	d->r->values = d->values;
	d->r->n_values = 5;
	d->r->parts = d->parts;
	d->r->n_parts = 2;
	d->r->attachments = d->attachments;
	d->r->n_attachments = 1;
}

static inline void
nil(draft *d, span reason)
{
	d->values[3].has_ratio = false;
	d->values[3].is_nil = true;
	d->values[3].nil_reason = reason;
}

static inline void
words(draft *d, size_t len)
{
	d->values[0] = (report_value){
		.indicator = span_str("i01.money"), .has_text = true, .text = text_of(len)
	};
}

/* A function that changes the good act in one place. */
#define SPOIL(name, change)               \
	static inline void name(draft *d) \
	{                                 \
		change;                   \
	}

SPOIL(no_change, (void)d)
SPOIL(no_keys, d->values[2].n_keys = 0)
SPOIL(nil_with_reason, nil(d, span_str("no output yet")))

static inline void
nil_beside_ratio(draft *d, int64_t num, int64_t den)
{
	nil(d, span_str("no output yet"));
	d->values[3].has_ratio = true;
	d->values[3].num = num;
	d->values[3].den = den;
}

SPOIL(nil_beside_0_of_0, nil_beside_ratio(d, 0, 0))

typedef struct row {
	const char *title;
	void (*spoil)(draft *d);
	unsigned code; /* 0 = good */
	const char *field;
} row;

#define ROW(spoil, code, field)            \
	{                                  \
#spoil, spoil, code, field \
	}

static inline void
expect_violation(const row *r, const violations *v)
{
	const violation *first = &v->list[0];

	if (v->wrong == 0 || first->warning)
		fail_msg("%s: nothing is told", r->title);
	if (first->code != r->code || (r->field != NULL && strcmp(first->field, r->field) != 0))
		fail_msg("%s: %s has MST-%u, expected %s with MST-%u", r->title, first->field,
			first->code, r->field, r->code);
	assert_int_not_equal(first->expected[0], '\0');
}

static inline int
setup(void **state)
{
	*state = load_small_plan();
	return 0;
}

static inline int
teardown(void **state)
{
	plan_free(*state);
	return 0;
}

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * messages.h - what a clerk reads for each code, in Chinese and English: the one home of these
 * sentences.
 *
 * "{}" in a sentence stands for the detail of the case (a number, a name, a date); a sentence with
 * "{}" is left out when there is none.
 */
#ifndef INTAKE_MESSAGES_H
#define INTAKE_MESSAGES_H

#include <stdbool.h>
#include <stddef.h>

typedef enum language { LANGUAGE_ZH, LANGUAGE_EN, LANGUAGE_COUNT } language;

typedef struct message {
	unsigned code;
	const char *text[LANGUAGE_COUNT];     /* what is wrong */
	const char *expected[LANGUAGE_COUNT]; /* what would be right; "" = nothing to say */
	const char *remedy[LANGUAGE_COUNT];   /* how to mend it */
} message;

/* The row of CODE, or NULL. */
const message *message_find(unsigned code);
/* The N-th row, NULL past the last: so that a test can look at all. */
const message *message_at(unsigned n);

/* The ENGLISH expectation of the rules (plan/judge.h) in Chinese, in OUT or static; ENGLISH itself
 * when it has no translation. */
const char *message_expected(const char *english, char out[120]);

/* What else stands in forms and answers. */
typedef enum wording {
	WORD_NONE = 0,
	WORD_FORM,
	WORD_NOTES,
	WORD_UNIT,
	WORD_GUIDE,
	WORD_HOW,
	WORD_OWED,
	WORD_PERMITTED,
	WORD_LEAD,
	WORD_NUMBER,
	WORD_ITEM,
	WORD_DUTY,
	WORD_UNTIL,
	WORD_WORDS,
	WORD_FIGURES,
	WORD_PARTS,
	WORD_TARGET,
	WORD_NIL_DONE,
	WORD_NONE_TOLD,
	WORD_ANSWER,
	WORD_COPY,
	WORD_NOTE,
	WORD_PERIODS,
	WORD_NO_PERIOD,
	WORD_HINT_PROGRESS,
	WORD_HINT_STATUS,
	WORD_HINT_DONE,
	WORD_HINT_PROBLEMS,
	WORD_HINT_NEXT,
	WORD_HINT_HELP,
	WORD_HINT_PARTS,
	WORD_HINT_APPROVED,
	WORD_HINT_ACTION,
	WORD_HINT_REASON,
	WORD_HINT_SAME,
	WORD_HINT_WHOLE,
	WORD_HINT_DECIMAL,
	WORD_HINT_RATIO,
	WORD_HINT_MILESTONE,
	WORD_HINT_KEYS,
	WORD_HINT_TEXT,
	WORD_COUNT
} wording;

const char *word_text(wording w, bool english);
/* The text of W with "{}" replaced by DETAIL and "[]" by MEASURE, cut at SIZE - 1 bytes. */
void word_fill(
	wording w, bool english, const char *detail, const char *measure, char *out, size_t size);

#endif

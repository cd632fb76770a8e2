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

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* plan_suggest.h - "did you mean": the nearest of some words to one that is misspelt. */
#ifndef PLAN_SUGGEST_H
#define PLAN_SUGGEST_H

#include "base/span.h"

enum { SUGGEST_WORD_MAX = 48 }; /* bytes; longer words get no suggestion */

typedef struct suggestion {
	span word;
	const char *best;  /* borrowed from the caller of suggest_try; NULL when nothing is near */
	unsigned distance; /* of best */
} suggestion;

void suggest_begin(suggestion *s, span word);
/* Offer CANDIDATE, which must outlive the suggestion. Of equally near ones the first stays. */
void suggest_try(suggestion *s, const char *candidate);
/* Insertions, deletions, replacements and swaps of neighbours that turn A into B, in bytes; more
 * than LIMIT gives LIMIT + 1. */
unsigned suggest_distance(span a, span b, unsigned limit);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* suggest.h - "did you mean": the nearest of some words to one that is misspelt. */
#ifndef BASE_SUGGEST_H
#define BASE_SUGGEST_H

#include "base/span.h"

enum { SUGGEST_WORD_MAX = 48 }; /* bytes; longer words get no suggestion */

typedef struct suggestion {
	span word;
	const char *best;  /* borrowed from the caller of suggest_try; NULL when nothing is near */
	unsigned distance; /* of best */
} suggestion;

/* Nothing is near yet. WORD outlives the suggestion. */
void suggest_begin(suggestion *s, span word);
/* Offer CANDIDATE, which must outlive the suggestion. Of equally near ones the first stays. */
void suggest_try(suggestion *s, const char *candidate);

#endif

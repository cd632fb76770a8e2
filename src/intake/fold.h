/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fold.h - clerks' spellings made comparable: full-width digits, letters and signs as half-width
 * ones, blanks at the ends taken off.
 *
 * Only U+FF01..U+FF5E and U+3000 are folded. Full NFKC would also turn "10²" into 102, and a number
 * must never be guessed.
 */
#ifndef INTAKE_FOLD_H
#define INTAKE_FOLD_H

#include "base/arena.h"

/* A word and the number it stands for; a table of them ends with word NULL. */
typedef struct fold_word {
	const char *word; /* folded already */
	int value;
} fold_word;

/* TEXT without blanks at its ends: also wide ones, line breaks, and what has no width. */
span fold_trim(span text);
/* TEXT narrowed, with a NUL, into OUT of SIZE bytes. False when it does not fit. */
bool fold_narrow(span text, char *out, size_t size);
/* Narrowed, without any blank, ASCII letters small. */
bool fold_key(span text, char *out, size_t size);
/* Is KEY what fold_key makes of TEXT, which has no NUL in it? */
bool fold_is(span text, const char *key);
/* The value of TEXT in WORDS after fold_key, or -1. */
int fold_find(const fold_word *words, span text);

/*
 * Cut the next piece off REST, up to the first of SEPARATORS (strings, NULL at the end), which is
 * dropped. Pieces are trimmed. False: REST was empty.
 */
bool fold_piece(span *rest, const char *const separators[], span *piece);
/* Does TEXT begin with PREFIX? Then it is taken off. */
bool fold_skip(span *text, const char *prefix);

/* A copy with a NUL in MEMORY, line breaks as \n. AT is NULL when memory is out. */
span fold_keep(arena *memory, span text);

#endif

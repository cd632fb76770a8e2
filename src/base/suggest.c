/* SPDX-License-Identifier: Apache-2.0 */
/*
 * suggest.c - edit distance with swaps (optimal string alignment), cut off early.
 *
 * A word may be wrong in about a third of its letters, a short one in a single letter; beyond that
 * a suggestion would be a guess. Three rows of the table are kept, because a swap looks back two.
 */
#include "base/suggest.h"

static unsigned
least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

static unsigned
allowed(size_t len)
{
	return len < 6 ? 1 : (unsigned)(len / 3);
}

/* One row of the table: ROWS[0] two back, ROWS[1] one back, ROWS[2] is filled. Returns its least
 * entry. */
static unsigned
fill_row(unsigned rows[3][SUGGEST_WORD_MAX + 1], span a, span b, size_t i)
{
	unsigned low = rows[2][0] = (unsigned)i;

	for (size_t j = 1; j <= b.len; j++) {
		unsigned cost = a.at[i - 1] == b.at[j - 1] ? 0 : 1;
		unsigned v =
			least(least(rows[1][j] + 1, rows[2][j - 1] + 1), rows[1][j - 1] + cost);

		if (i > 1 && j > 1 && a.at[i - 1] == b.at[j - 2] && a.at[i - 2] == b.at[j - 1])
			v = least(v, rows[0][j - 2] + 1);
		rows[2][j] = v;
		low = least(low, v);
	}
	return low;
}

/* Insertions, deletions, replacements and swaps of neighbours that turn A into B, in bytes; more
 * than LIMIT gives LIMIT + 1. */
static unsigned
distance(span a, span b, unsigned limit)
{
	unsigned rows[3][SUGGEST_WORD_MAX + 1];
	size_t apart = a.len > b.len ? a.len - b.len : b.len - a.len;

	if (a.len > SUGGEST_WORD_MAX || b.len > SUGGEST_WORD_MAX || apart > limit)
		return limit + 1;
	for (size_t j = 0; j <= b.len; j++)
		rows[0][j] = rows[1][j] = (unsigned)j;
	for (size_t i = 1; i <= a.len; i++) {
		/* A swap can look past one hopeless row, so the cut-off leaves one spare. */
		if (fill_row(rows, a, b, i) > limit + 1)
			return limit + 1;
		memcpy(rows[0], rows[1], sizeof(rows[0]));
		memcpy(rows[1], rows[2], sizeof(rows[1]));
	}
	return least(rows[1][b.len], limit + 1);
}

void
suggest_begin(suggestion *s, span word)
{
	*s = (suggestion){ .word = word, .distance = allowed(word.len) + 1 };
}

void
suggest_try(suggestion *s, const char *candidate)
{
	unsigned d;

	if (candidate == NULL || s->distance == 0)
		return;
	d = distance(s->word, span_str(candidate), s->distance - 1);
	if (d >= s->distance)
		return;
	s->best = candidate;
	s->distance = d;
}

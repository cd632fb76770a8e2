/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan_names.c - what a unit may be called.
 *
 * 市科技局, 沈阳市科技局 and 科技局 are one name, and so are 沈北新区 and 沈北新区政府: names are
 * compared by a key from which these words are taken off. A key that two units would share makes
 * the plan wrong, because a clerk's file that says only that name could not be routed.
 */
#include "plan/plan_index.h"

#include "base/text.h"

enum { NAME_BYTES_MAX = 1024 }; /* longer texts match nothing */

static const char *const in_front[] = { "沈阳市", "市" };
static const char *const behind[] = { "人民政府", "政府", "管委会" };

/* The first word that can be taken off without leaving nothing is taken off. */
static span
strip(span name, const char *const *words, size_t n, bool front)
{
	for (size_t i = 0; i < n; i++) {
		span word = span_str(words[i]);
		size_t rest = name.len - word.len;

		if (name.len > word.len &&
			memcmp(front ? name.at : name.at + rest, word.at, word.len) == 0)
			return span_of(front ? name.at + word.len : name.at, rest);
	}
	return name;
}

span
name_fold(span text, buf *memory)
{
	buf_reset(memory);
	if (text.len == 0 || text.len > NAME_BYTES_MAX || text_nfkc(text, memory) != MS_OK)
		return (span){ 0 };
	return text_trim(buf_span(memory));
}

span
name_key(span text, buf *memory)
{
	span name = name_fold(text, memory);

	name = strip(name, in_front, sizeof(in_front) / sizeof(in_front[0]), true);
	return strip(name, behind, sizeof(behind) / sizeof(behind[0]), false);
}

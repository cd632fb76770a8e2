/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan_names.c - what a unit may be called.
 *
 * 市科技局, 沈阳市科技局 and 科技局 are one name in Shenyang's plan, and so are 沈北新区 and
 * 沈北新区政府: names are compared by a key from which these words are taken off. A key that two
 * units would share makes the plan wrong, because a clerk's file that says only that name could not
 * be routed. Which city it is the plan says by the names of its units.
 */
#include "plan/plan_index.h"

#include "base/text.h"

enum { NAME_BYTES_MAX = 1024 }; /* longer texts match nothing */

static const char city_mark[] = "市";
static const char *const behind[] = { "人民政府", "政府", "管委会" };

static bool
has_front(span name, span word)
{
	return name.len > word.len && memcmp(name.at, word.at, word.len) == 0;
}

/* Without the first of the words behind that can be taken off without leaving nothing. */
static span
strip_behind(span name)
{
	for (size_t i = 0; i < sizeof(behind) / sizeof(behind[0]); i++) {
		span word = span_str(behind[i]);
		size_t rest = name.len - word.len;

		if (name.len > word.len && memcmp(name.at + rest, word.at, word.len) == 0)
			return span_of(name.at, rest);
	}
	return name;
}

static bool
is_behind(span text)
{
	for (size_t i = 0; i < sizeof(behind) / sizeof(behind[0]); i++)
		if (span_equal(text, span_str(behind[i])))
			return true;
	return false;
}

span
name_city(span name)
{
	span mark = span_str(city_mark);
	size_t at;

	/* 新民市政府 is a city of its own, 市科技局 does not say which. */
	for (at = mark.len; at + mark.len < name.len; at++)
		if (memcmp(name.at + at, mark.at, mark.len) == 0) {
			size_t end = at + mark.len;
			bool is_all = is_behind(span_of(name.at + end, name.len - end));

			return is_all ? (span){ 0 } : span_of(name.at, end);
		}
	return (span){ 0 };
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
name_key(span city, span text, buf *memory)
{
	span name = name_fold(text, memory), word = city;

	if (word.len == 0 || !has_front(name, word))
		word = span_str(city_mark);
	if (has_front(name, word))
		name = span_of(name.at + word.len, name.len - word.len);
	return strip_behind(name);
}

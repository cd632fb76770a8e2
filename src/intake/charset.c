/* SPDX-License-Identifier: Apache-2.0 */
/*
 * charset.c - deciding by the bytes alone, because nothing else tells.
 *
 * A BOM decides. Without one:
 *   - bytes that are not UTF-8 from their first Chinese character on are GB18030: in GB text a
 * valid three-byte UTF-8 sequence at the very start of the Chinese is as good as impossible, so one
 * followed by a cut, or two, mean UTF-8 that was damaged, not GB18030;
 *   - bytes that are UTF-8 are UTF-8, but for one trap of short files: some pairs of GB2312 hanzi
 * are also two-byte UTF-8 (Latin letters with accents, Greek). When all of a file's non-ASCII is of
 * that kind and two such characters ever stand side by side, it is Chinese. One alone ("m²",
 * "café") stays UTF-8.
 */
#include "intake/charset.h"

#include <errno.h>
#include <iconv.h>

enum { PIECE = 16 << 10 };

/* A walk over bytes as UTF-8, up to the first that is not. */
typedef struct utf8_walk {
	size_t good; /* bytes before the first wrong or cut character */
	bool wrong, cut;
	size_t two, three;  /* valid sequences of that length; four counts as three */
	size_t hanzi_pairs; /* two-byte sequences that are GB2312 hanzi */
	bool side_by_side;  /* two of those without anything between */
} utf8_walk;

const char *
charset_name(charset c)
{
	static const char *const names[] = {
		[CHARSET_NONE] = "unknown",
		[CHARSET_UTF8] = "UTF-8",
		[CHARSET_UTF8_BOM] = "UTF-8 with BOM",
		[CHARSET_UTF16LE] = "UTF-16LE",
		[CHARSET_UTF16BE] = "UTF-16BE",
		[CHARSET_GB18030] = "GB18030",
	};

	return (unsigned)c < sizeof(names) / sizeof(names[0]) ? names[c] : names[0];
}

/* Length of the UTF-8 character at AT, 0 when wrong; *CUT when the bytes end inside a character
 * that is right so far. */
static size_t
utf8_character(const uint8_t *at, size_t len, bool *cut)
{
	uint8_t low = 0x80, high = 0xbf;
	size_t want, i;

	*cut = false;
	if (at[0] < 0x80)
		return 1;
	if (at[0] < 0xc2 || at[0] > 0xf4)
		return 0;
	want = at[0] < 0xe0 ? 2 : at[0] < 0xf0 ? 3 : 4;
	if (at[0] == 0xe0)
		low = 0xa0;
	else if (at[0] == 0xed)
		high = 0x9f;
	else if (at[0] == 0xf0)
		low = 0x90;
	else if (at[0] == 0xf4)
		high = 0x8f;
	for (i = 1; i < want; i++) {
		if (i == len) {
			*cut = true;
			return 0;
		}
		if (at[i] < low || at[i] > high)
			return 0;
		low = 0x80;
		high = 0xbf;
	}
	return want;
}

static utf8_walk
walk_utf8(span bytes)
{
	utf8_walk w = { 0 };
	bool pair_before = false;

	while (w.good < bytes.len) {
		const uint8_t *at = bytes.at + w.good;
		bool pair, cut;
		size_t len = utf8_character(at, bytes.len - w.good, &cut);

		if (len == 0) {
			w.cut = cut;
			w.wrong = !cut;
			return w;
		}
		pair = len == 2 && at[1] >= 0xa1;
		w.two += len == 2;
		w.three += len > 2;
		w.hanzi_pairs += pair;
		w.side_by_side = w.side_by_side || (pair && pair_before);
		pair_before = pair;
		w.good += len;
	}
	return w;
}

static charset
decide(span bytes)
{
	utf8_walk w;

	if (bytes.len >= 3 && memcmp(bytes.at, "\xef\xbb\xbf", 3) == 0)
		return CHARSET_UTF8_BOM;
	if (bytes.len >= 2 && memcmp(bytes.at, "\xff\xfe", 2) == 0)
		return CHARSET_UTF16LE;
	if (bytes.len >= 2 && memcmp(bytes.at, "\xfe\xff", 2) == 0)
		return CHARSET_UTF16BE;
	w = walk_utf8(bytes);
	if (!w.wrong && !w.cut) {
		if (w.three == 0 && w.two == w.hanzi_pairs && w.side_by_side)
			return CHARSET_GB18030;
		return CHARSET_UTF8;
	}
	return w.three >= 2 || (w.three == 1 && w.cut) ? CHARSET_UTF8 : CHARSET_GB18030;
}

static unsigned
lines_in(span text)
{
	unsigned lines = 0;
	size_t i;

	for (i = 0; i < text.len; i++)
		if (text.at[i] == '\n' ||
			(text.at[i] == '\r' && (i + 1 == text.len || text.at[i + 1] != '\n')))
			lines++;
	return lines;
}

/* BEFORE is the text converted before the place. */
static ms_status
fail_at(charset c, bool cut, size_t offset, span before, ms_error *err)
{
	unsigned line = lines_in(before) + 1;

	ms_fail(err, MS_INVALID, cut ? MST_INTAKE_CUT : MST_INTAKE_CHARSET,
		cut ? "the file ends inside a character at byte %zu, line %u (read as %s): it is "
		      "not complete"
		    : "byte %zu, line %u is no character in %s",
		offset, line, charset_name(c));
	ms_error_place(err, "line %u, byte %zu", line, offset);
	ms_error_remedy(err, cut ? "copy the file again, or save it again from the spreadsheet"
				 : "save it again as CSV UTF-8");
	return MS_INVALID;
}

static ms_status
refuse_nul(span text, size_t from, ms_error *err)
{
	const uint8_t *nul = text.len == from ? NULL : memchr(text.at + from, 0, text.len - from);
	span before;

	if (nul == NULL)
		return MS_OK;
	before = span_of(text.at + from, (size_t)(nul - text.at) - from);
	ms_fail(err, MS_INVALID, MST_INTAKE_NUL,
		"the file holds a NUL character in line %u: it is no text file",
		lines_in(before) + 1);
	ms_error_place(err, "line %u", lines_in(before) + 1);
	ms_error_remedy(err, "save it again as CSV UTF-8");
	return MS_INVALID;
}

static const char *
iconv_name(charset c)
{
	switch (c) {
	case CHARSET_UTF16LE:
		return "UTF-16LE";
	case CHARSET_UTF16BE:
		return "UTF-16BE";
	case CHARSET_GB18030:
		return "GB18030";
	default:
		return "UTF-8";
	}
}

/* Run CD over BYTES into OUT. *DONE is where it stopped; false with errno EILSEQ (wrong), EINVAL
 * (cut) or ENOMEM. */
static bool
convert(iconv_t cd, span bytes, buf *out, size_t *done)
{
	char *in = (char *)(uintptr_t)bytes.at; /* iconv takes char ** but writes nothing there */
	size_t in_left = bytes.len, got;
	bool ok = true;

	while (ok && in_left > 0) {
		char *to;
		size_t room = PIECE;

		if (buf_reserve(out, PIECE) != MS_OK) {
			errno = ENOMEM;
			ok = false;
			break;
		}
		to = (char *)out->at + out->len;
		got = iconv(cd, &in, &in_left, &to, &room);
		out->len += PIECE - room;
		ok = got != (size_t)-1 || errno == E2BIG;
	}
	*done = bytes.len - in_left;
	return ok;
}

/* By iconv, from FROM to TO; SKIP bytes of BOM are left out before. */
static ms_status
run_iconv(span bytes, size_t skip, charset from, charset to, buf *out, ms_error *err)
{
	size_t start = out->len, done;
	iconv_t cd = iconv_open(iconv_name(to), iconv_name(from));
	size_t room = to == CHARSET_UTF8 ? bytes.len + bytes.len / 2 + PIECE : 0;
	int why;
	bool ok;

	if (cd == (iconv_t)-1)
		return ms_fail(err, MS_IO, MST_INTAKE_CHARSET,
			"this system cannot convert %s to %s (glibc's gconv modules)",
			charset_name(from), charset_name(to));
	/* two bytes become three: one allocation, not one that doubles */
	if (room > 0 && buf_reserve(out, room) != MS_OK) {
		iconv_close(cd);
		return ms_fail(err, MS_NO_MEMORY, MST_NO_MEMORY,
			"no memory for the text of a file of %zu bytes", bytes.len);
	}
	ok = convert(cd, span_of(bytes.at + skip, bytes.len - skip), out, &done);
	why = errno;
	iconv_close(cd);
	if (ok)
		return MS_OK;
	if (why == ENOMEM)
		return ms_fail(err, MS_NO_MEMORY, MST_NO_MEMORY,
			"no memory for the text of a file of %zu bytes", bytes.len);
	return fail_at(
		from, why == EINVAL, skip + done, span_of(out->at + start, out->len - start), err);
}

static ms_status
take_utf8(span bytes, size_t skip, charset c, buf *out, ms_error *err)
{
	span text = span_of(bytes.at + skip, bytes.len - skip);
	utf8_walk w = walk_utf8(text);

	if (w.wrong || w.cut)
		return fail_at(c, w.cut, skip + w.good, span_of(text.at, w.good), err);
	if (buf_add_span(out, text) != MS_OK)
		return ms_fail(err, MS_NO_MEMORY, MST_NO_MEMORY,
			"no memory for the text of a file of %zu bytes", bytes.len);
	return MS_OK;
}

ms_status
charset_to_utf8(span bytes, charset *used, buf *out, ms_error *err)
{
	size_t start = out->len;
	charset c = bytes.len == 0 ? CHARSET_UTF8 : decide(bytes);
	ms_error unheard = { 0 };
	ms_status s;

	if (err == NULL)
		err = &unheard;

	*used = c;
	if (bytes.len == 0)
		return MS_OK;
	switch (c) {
	case CHARSET_UTF8:
		s = take_utf8(bytes, 0, c, out, err);
		break;
	case CHARSET_UTF8_BOM:
		s = take_utf8(bytes, 3, c, out, err);
		break;
	case CHARSET_UTF16LE:
	case CHARSET_UTF16BE:
		s = run_iconv(bytes, 2, c, CHARSET_UTF8, out, err);
		break;
	default:
		s = run_iconv(bytes, 0, c, CHARSET_UTF8, out, err);
		break;
	}
	if (s == MS_OK)
		s = refuse_nul(buf_span(out), start, err);
	if (s == MS_INVALID && c == CHARSET_GB18030 && err->code == MST_INTAKE_CHARSET)
		*used = CHARSET_NONE;
	return s;
}

ms_status
charset_from_utf8(span text, charset to, buf *out, ms_error *err)
{
	ms_status s = MS_OK;

	if (to == CHARSET_UTF8_BOM)
		s = buf_add(out, "\xef\xbb\xbf", 3);
	else if (to == CHARSET_UTF16LE)
		s = buf_add(out, "\xff\xfe", 2);
	else if (to == CHARSET_UTF16BE)
		s = buf_add(out, "\xfe\xff", 2);
	if (s == MS_OK && (to == CHARSET_UTF16LE || to == CHARSET_UTF16BE || to == CHARSET_GB18030))
		return text.len == 0 ? MS_OK : run_iconv(text, 0, CHARSET_UTF8, to, out, err);
	if (s == MS_OK)
		s = buf_add_span(out, text);
	if (s != MS_OK)
		ms_fail(err, s, MST_NO_MEMORY, "no memory for %zu bytes of text", text.len);
	return s;
}

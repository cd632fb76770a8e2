/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wrap.h - where a line may end: text in so many columns of a terminal, Chinese and English.
 *
 * A break is behind a space, behind a single "/" that no digit follows, or beside a wide character;
 * a line begins with no closing mark and ends with no opening one. What has no such place is broken
 * anywhere, so nothing is ever lost.
 */
#ifndef BASE_WRAP_H
#define BASE_WRAP_H

#include "base/buf.h"
#include "base/span.h"

/* The first line of *REST, at most WIDTH columns wide, or one character; *REST is what follows.
 * Text that fits is taken as it is, else spaces at the break are left out. */
span wrap_take(span *rest, unsigned width);
/* Columns of the widest piece of TEXT that is not broken if it has room. */
unsigned wrap_piece(span text);
/* How many lines wrap_take makes of TEXT; 1 for an empty one. */
size_t wrap_count(span text, unsigned width);
/*
 * Append the lines of TEXT. One that is wider than WIDTH (0: none is) goes on below where its last
 * column begins: what stands behind two spaces or more, in the left half. Without such a column an
 * indented line goes on four further in.
 */
ms_status wrap_lines(span text, unsigned width, buf *out);
/*
 * Append TEXT, whose paragraphs were broken for a wider screen: what follows a line that is wider
 * than WIDTH in the same paragraph stands in it. An indented paragraph goes on further in.
 */
ms_status wrap_join(span text, unsigned width, buf *out);

#endif

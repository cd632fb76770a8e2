/* SPDX-License-Identifier: Apache-2.0 */
#include "intake/xlsx.h"

#include <stdlib.h>

#include "intake/xlsx_book.h"
#include "intake/xlsx_sheet.h"

struct xlsx {
	arena memory;
	package *package;
	xlsx_book book;
	xlsx_strings strings;
	xlsx_styles styles;
};

static ms_status
read_tables(xlsx *x, ms_error *err)
{
	ms_status s = xlsx_book_read(x->package, &x->memory, &x->book, err);

	if (s == MS_OK && x->book.strings != NULL)
		s = xlsx_strings_read(x->package, x->book.strings, &x->strings, err);
	if (s == MS_OK && x->book.styles != NULL)
		s = xlsx_styles_read(x->package, x->book.styles, &x->memory, &x->styles, err);
	return s == MS_NOT_FOUND ? MS_INVALID : s;
}

ms_status
xlsx_open(span bytes, xlsx **out, ms_error *err)
{
	xlsx *x = calloc(1, sizeof(*x));
	ms_status s;

	if (x == NULL)
		return ms_fail(
			err, MS_NO_MEMORY, MST_NO_MEMORY, "no memory for reading a spreadsheet");
	s = package_open(bytes, &x->package, err);
	if (s == MS_OK)
		s = read_tables(x, err);
	if (s == MS_OK)
		*out = x;
	else
		xlsx_close(x);
	return s;
}

void
xlsx_close(xlsx *x)
{
	if (x == NULL)
		return;
	xlsx_strings_fini(&x->strings);
	package_close(x->package);
	arena_fini(&x->memory);
	free(x);
}

const char *
xlsx_unit(const xlsx *x)
{
	return x->book.unit;
}

/* The N-th sheet with rows that is not hidden. */
static const book_sheet *
visible(const xlsx *x, uint32_t n)
{
	uint32_t i;

	for (i = 0; i < x->book.n_sheets; i++)
		if (!x->book.sheets[i].hidden && x->book.sheets[i].part != NULL && n-- == 0)
			return &x->book.sheets[i];
	return NULL;
}

const char *
xlsx_sheet(const xlsx *x, uint32_t n)
{
	const book_sheet *sheet = visible(x, n);

	return sheet == NULL ? NULL : sheet->name;
}

ms_status
xlsx_rows(xlsx *x, uint32_t n, const sheet_sink *sink, ms_error *err)
{
	xlsx_sheet_ask ask = {
		.strings = &x->strings, .styles = &x->styles, .base_1904 = x->book.base_1904
	};

	return xlsx_sheet_rows(x->package, visible(x, n)->part, &ask, sink, err);
}

uint64_t
xlsx_inflated(const xlsx *x)
{
	return package_inflated(x->package);
}

void
xlsx_inflated_back(xlsx *x, uint64_t mark)
{
	package_inflated_back(x->package, mark);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* records_rollup.c - rollup rows, read and written at every commit, as records_slot.c. */
#include "codec/records.h"

#include "codec/lay.h"
#include "codec/walk.h"

enum { FIRST_VIEW = 1 };

/* Field numbers of store.proto */
enum {
	ROLLUP_FIGURES = 1,
	ROLLUP_ACTUAL = 2,
	ROLLUP_ON_TIME = 3,
	ROLLUP_AS_OF = 4,
	ROLLUP_ACCEPTED_ACTUAL = 5,
	ROLLUP_ACCEPTED_ON_TIME = 6,
	ROLLUP_EXEMPT = 7,
	FIGURE_INDICATOR = 1,
	FIGURE_NUM_HIGH = 2,
	FIGURE_NUM_LOW = 3,
	FIGURE_DEN_HIGH = 4,
	FIGURE_DEN_LOW = 5,
	FIGURE_UNITS = 6,
	FIGURE_STALE = 7,
	FIGURE_VIEW = 8,
	FIGURE_INNER = 9,
};

static size_t
figure_size(const rollup_row_figure *f)
{
	size_t size = lay_bytes_size(f->indicator.len) + 4 * LAY_NUMBER_MAX; /* see lay_figure */

	size += lay_number_size(f->figure.units) + lay_number_size(f->figure.stale) +
		lay_number_size(f->view) + lay_number_size(f->figure.inner);
	return size;
}

static uint8_t *
lay_figure_body(uint8_t *at, const rollup_row_figure *in)
{
	const figure *f = &in->figure;

	at = lay_bytes(at, FIGURE_INDICATOR, in->indicator);
	at = lay_number(at, FIGURE_NUM_HIGH, lay_zigzag((int64_t)(f->num >> 64)));
	at = lay_number(at, FIGURE_NUM_LOW, (uint64_t)f->num);
	if (f->den != 0) {
		at = lay_number(at, FIGURE_DEN_HIGH, lay_zigzag((int64_t)(f->den >> 64)));
		at = lay_number(at, FIGURE_DEN_LOW, (uint64_t)f->den);
	}
	at = lay_number(at, FIGURE_UNITS, f->units);
	if (f->stale != 0)
		at = lay_number(at, FIGURE_STALE, f->stale);
	at = lay_number(at, FIGURE_VIEW, in->view == 0 ? FIRST_VIEW : in->view);
	return lay_some(at, FIGURE_INNER, f->inner);
}

/* The body is laid behind the longest prefix that it can need and moved up to the one it needs. */
static uint8_t *
lay_figure(uint8_t *at, const rollup_row_figure *f)
{
	uint8_t *body = at + LAY_NUMBER_MAX, *end = lay_figure_body(body, f);
	size_t len = (size_t)(end - body);

	at = lay_prefix(at, ROLLUP_FIGURES, len);
	memmove(at, body, len);
	return at + len;
}

ms_status
rollup_row_encode(const rollup_row *row, arena *memory, buf *out)
{
	size_t room = 6 * LAY_NUMBER_MAX, i;
	uint8_t *at;

	(void)memory;
	for (i = 0; i < row->n_figures; i++)
		room += LAY_NUMBER_MAX + figure_size(&row->figures[i]);
	if (buf_reserve(out, room) != MS_OK)
		return MS_NO_MEMORY;
	at = out->at + out->len;
	for (i = 0; i < row->n_figures; i++)
		at = lay_figure(at, &row->figures[i]);
	at = lay_number(at, ROLLUP_ACTUAL, row->actual);
	at = lay_number(at, ROLLUP_ON_TIME, row->on_time);
	at = lay_number(at, ROLLUP_AS_OF, row->as_of);
	at = lay_some(at, ROLLUP_ACCEPTED_ACTUAL, row->accepted_actual);
	at = lay_some(at, ROLLUP_ACCEPTED_ON_TIME, row->accepted_on_time);
	at = lay_some(at, ROLLUP_EXEMPT, row->exempt);
	out->len = (size_t)(at - out->at);
	return MS_OK;
}

/* Two's complement halves; built without shifting a negative number. */
static int128
join(int64_t high, uint64_t low)
{
	return (int128)high * ((int128)1 << 64) + (int128)low;
}

static bool
read_figure(span bytes, rollup_row_figure *out)
{
	int64_t num_high = 0, den_high = 0;
	uint64_t num_low = 0, den_low = 0;
	walk w = walk_over(bytes);

	*out = (rollup_row_figure){ 0 };
	while (walk_next(&w))
		switch (w.key) {
		case BYTES_FIELD(FIGURE_INDICATOR):
			out->indicator = walk_text(&w);
			break;
		case NUMBER_FIELD(FIGURE_NUM_HIGH):
			num_high = walk_s64(&w);
			break;
		case NUMBER_FIELD(FIGURE_NUM_LOW):
			num_low = w.number;
			break;
		case NUMBER_FIELD(FIGURE_DEN_HIGH):
			den_high = walk_s64(&w);
			break;
		case NUMBER_FIELD(FIGURE_DEN_LOW):
			den_low = w.number;
			break;
		case NUMBER_FIELD(FIGURE_UNITS):
			out->figure.units = walk_u32(&w);
			break;
		case NUMBER_FIELD(FIGURE_STALE):
			out->figure.stale = walk_u32(&w);
			break;
		case NUMBER_FIELD(FIGURE_VIEW):
			out->view = walk_u32(&w);
			break;
		case NUMBER_FIELD(FIGURE_INNER):
			out->figure.inner = walk_u32(&w);
			break;
		default:
			return false;
		}
	out->figure.num = join(num_high, num_low);
	out->figure.den = join(den_high, den_low);
	return !w.bad;
}

static ms_status
read_figures(walk *w, arena *memory, rollup_row *out)
{
	size_t n = walk_count(w), i;

	out->figures = arena_alloc(memory, n * sizeof(*out->figures));
	if (out->figures == NULL)
		return MS_NO_MEMORY;
	for (i = 0; i < n; i++) {
		if (i > 0)
			walk_again(w);
		if (!read_figure(w->bytes, &out->figures[i]))
			return MS_CORRUPT;
	}
	out->n_figures = n;
	return MS_OK;
}

ms_status
rollup_row_decode(span bytes, arena *memory, rollup_row *out)
{
	span own = arena_copy(memory, bytes);
	walk w = walk_over(own);
	ms_status status = MS_OK;

	if (own.at == NULL)
		return MS_NO_MEMORY;
	*out = (rollup_row){ 0 };
	while (status == MS_OK && walk_next(&w))
		switch (w.key) {
		case BYTES_FIELD(ROLLUP_FIGURES):
			status = read_figures(&w, memory, out);
			break;
		case NUMBER_FIELD(ROLLUP_ACTUAL):
			out->actual = walk_u32(&w);
			break;
		case NUMBER_FIELD(ROLLUP_ON_TIME):
			out->on_time = walk_u32(&w);
			break;
		case NUMBER_FIELD(ROLLUP_AS_OF):
			out->as_of = w.number;
			break;
		case NUMBER_FIELD(ROLLUP_ACCEPTED_ACTUAL):
			out->accepted_actual = walk_u32(&w);
			break;
		case NUMBER_FIELD(ROLLUP_ACCEPTED_ON_TIME):
			out->accepted_on_time = walk_u32(&w);
			break;
		case NUMBER_FIELD(ROLLUP_EXEMPT):
			out->exempt = walk_u32(&w);
			break;
		default:
			return MS_CORRUPT;
		}
	return w.bad ? MS_CORRUPT : status;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* figure.c - time first, then space; each rule a few lines. */
#include "plan/figure.h"

#include <stdio.h>
#include <stdlib.h>

#include "plan/keys.h"

/* ---- values ---- */

static int
compare_keys(const void *a, const void *b)
{
	return span_compare(*(const span *)a, *(const span *)b);
}

static ms_status
keys_of(const report_value *x, arena *memory, key_list *out)
{
	uint8_t folded[KEY_FOLDED_MAX];
	size_t i, n = 0;

	out->keys = arena_alloc(memory, x->n_keys * sizeof(*out->keys));
	if (out->keys == NULL)
		return MS_NO_MEMORY;
	for (i = 0; i < x->n_keys; i++) {
		span key = arena_copy(memory, key_fold(x->keys[i], folded));

		if (key.at == NULL)
			return MS_NO_MEMORY;
		if (key.len > 0)
			out->keys[n++] = key;
	}
	if (n > 1)
		qsort(out->keys, n, sizeof(*out->keys), compare_keys);
	for (i = 0; i < n; i++)
		if (i == 0 || !span_equal(out->keys[out->n - 1], out->keys[i]))
			out->keys[out->n++] = out->keys[i];
	return MS_OK;
}

ms_status
value_of_report(const plan_indicator *indicator, const report *r, arena *memory, value *out)
{
	span id = span_str(indicator->id);
	size_t i;

	*out = (value){ .state = VALUE_MISSING };
	for (i = 0; r != NULL && i < r->n_values; i++) {
		const report_value *x = &r->values[i];

		if (!span_equal(x->indicator, id))
			continue;
		out->state = x->is_nil ? VALUE_NIL : VALUE_GIVEN;
		out->provisional = x->provisional;
		out->num = x->has_ratio ? x->num : x->mantissa;
		out->den = x->has_ratio ? x->den : 0;
		return x->has_keys ? keys_of(x, memory, &out->keys) : MS_OK;
	}
	return MS_OK;
}

value *
values_clone(const value *v, uint32_t n)
{
	size_t size = n * sizeof(value), i, k;
	uint8_t *block, *bytes;
	value *values;
	span *keys;

	for (i = 0; i < n; i++)
		for (k = 0; k < v[i].keys.n; k++)
			size += sizeof(span) + v[i].keys.keys[k].len;
	block = malloc(size + 1);
	if (block == NULL)
		return NULL;
	values = (value *)(void *)block;
	memcpy(values, v, n * sizeof(value));
	keys = (span *)(void *)(block + n * sizeof(value));
	for (i = 0; i < n; i++) {
		values[i].keys.keys = keys;
		keys += v[i].keys.n;
	}
	bytes = (uint8_t *)keys;
	for (i = 0; i < n; i++)
		for (k = 0; k < v[i].keys.n; k++) {
			span key = v[i].keys.keys[k];

			memcpy(bytes, key.at, key.len);
			values[i].keys.keys[k] = span_of(bytes, key.len);
			bytes += key.len;
		}
	return values;
}

/* ---- time, per unit ---- */

static void
take_value(share *s, const value *v)
{
	s->has = true;
	s->num = v->num;
	s->den = v->den;
	s->keys = v->keys;
}

static void
fold(time_rule rule, share *s, const value *v)
{
	switch (rule) {
	case TIME_SUM:
	case TIME_RATIO:
		s->has = true;
		s->num += v->num;
		s->den += v->den;
		break;
	case TIME_MAX:
		if (!s->has || v->num > s->num)
			take_value(s, v);
		break;
	case TIME_MIN:
		if (!s->has || v->num < s->num)
			take_value(s, v);
		break;
	case TIME_LAST:
	case TIME_YTD:
	case TIME_NONE:
		take_value(s, v);
		break;
	}
}

share
share_of(const plan_indicator *indicator, const value *const *series, unsigned n)
{
	share s = { 0 };
	unsigned i, newest = 0;

	if (indicator->time == TIME_NONE && n > 1)
		return s;
	for (i = 0; i < n; i++)
		if (series[i] != NULL && series[i]->state == VALUE_GIVEN) {
			fold(indicator->time, &s, series[i]);
			newest = i;
		}
	s.newest = (uint8_t)newest;
	s.stale = s.has && newest + 1 < n &&
		  (indicator->time == TIME_LAST || indicator->time == TIME_YTD);
	return s;
}

/* ---- space ---- */

static bool
is_counted(const plan_indicator *indicator)
{
	return indicator->space != SPACE_NONE && indicator->type != VALUE_TEXT;
}

void
figure_apply(const plan_indicator *indicator, figure *f, const share *s, int sign)
{
	if (!s->has)
		return;
	f->units = (uint32_t)((int64_t)f->units + sign);
	if (s->stale)
		f->stale = (uint32_t)((int64_t)f->stale + sign);
	if (s->inner)
		f->inner = (uint32_t)((int64_t)f->inner + sign);
	switch (indicator->space) {
	case SPACE_SUM:
	case SPACE_RATIO:
	case SPACE_OWNER:
		if (s->inner)
			break;
		f->num += sign * s->num;
		f->den += sign * s->den;
		break;
	case SPACE_COUNT_TRUE:
		f->num += s->num != 0 ? sign : 0;
		break;
	case SPACE_UNION:
	case SPACE_MAX:
	case SPACE_MIN:
	case SPACE_NONE:
		break;
	}
}

bool
figure_has_turns(const plan_indicator *indicator, const figure *f)
{
	return indicator->space == SPACE_OWNER && f->units > 1 && indicator->time != TIME_SUM &&
	       indicator->time != TIME_RATIO;
}

static bool
fits(int128 v, int64_t *out)
{
	if (v > INT64_MAX || v < INT64_MIN)
		return false;
	*out = (int64_t)v;
	return true;
}

static int128
power_of_ten(unsigned n)
{
	int128 v = 1;

	while (n-- > 0)
		v *= 10;
	return v;
}

/* 100 * num / den at the scale, half away from zero. */
static bool
percent(const figure *f, unsigned scale, int64_t *out, bool *overflow)
{
	int128 num = f->num, den = f->den, factor = power_of_ten(scale + 2), magnitude;
	bool negative = (num < 0) != (den < 0);
	const int128 bound = INT64_MAX; /* sums are shown too; 10^11 * 2^64 stays within 2^127 */

	if (den == 0)
		return false;
	num = num < 0 ? -num : num;
	den = den < 0 ? -den : den;
	if (num > bound || den > bound) {
		*overflow = true;
		return false;
	}
	magnitude = (2 * num * factor + den) / (2 * den);
	if (!fits(negative ? -magnitude : magnitude, out)) {
		*overflow = true;
		return false;
	}
	return true;
}

bool
figure_value(const plan_indicator *indicator, const figure *f, int64_t *out, bool *overflow)
{
	*overflow = false;
	if (f->units == f->inner || !is_counted(indicator))
		return false;
	if (indicator->type == VALUE_RATIO)
		return percent(f, indicator->scale, out, overflow);
	*overflow = !fits(f->num, out);
	return !*overflow;
}

bool
share_value(const plan_indicator *indicator, const share *s, int64_t *out, bool *overflow)
{
	const figure alone = { .num = indicator->type == VALUE_KEYSET ? (int128)s->keys.n : s->num,
		.den = s->den };

	*overflow = false;
	if (!s->has)
		return false;
	if (indicator->type == VALUE_RATIO)
		return percent(&alone, indicator->scale, out, overflow);
	*overflow = !fits(alone.num, out);
	return !*overflow;
}

/* Union by sorting all keys together. */
static ms_status
recount_union(const share *shares, size_t n, arena *memory, figure *out)
{
	size_t i, k, total = 0, at = 0;
	span *all;

	for (i = 0; i < n; i++)
		total += shares[i].has ? shares[i].keys.n : 0;
	all = arena_alloc(memory, total * sizeof(*all));
	if (all == NULL)
		return MS_NO_MEMORY;
	for (i = 0; i < n; i++)
		for (k = 0; shares[i].has && k < shares[i].keys.n; k++)
			all[at++] = shares[i].keys.keys[k];
	if (total > 1)
		qsort(all, total, sizeof(*all), compare_keys);
	for (i = 0; i < total; i++)
		out->num += i == 0 || !span_equal(all[i - 1], all[i]);
	return MS_OK;
}

static void
recount_extreme(space_rule rule, const share *shares, size_t n, figure *out)
{
	bool any = false;
	size_t i;

	for (i = 0; i < n; i++) {
		if (!shares[i].has)
			continue;
		if (!any ||
			(rule == SPACE_MAX ? shares[i].num > out->num : shares[i].num < out->num))
			out->num = shares[i].num;
		any = true;
	}
}

/* Every sub-period has one owner, so no two shares end in the same one. */
static void
recount_last(const share *shares, size_t n, figure *out)
{
	const share *last = shares;
	size_t i;

	for (i = 1; i < n; i++)
		if (shares[i].has && (!last->has || shares[i].newest > last->newest))
			last = &shares[i];
	out->num = last->num;
	out->den = last->den;
}

static void
recount_turns(const plan_indicator *indicator, const share *shares, size_t n, figure *out)
{
	if (indicator->time == TIME_MAX || indicator->time == TIME_MIN)
		recount_extreme(
			indicator->time == TIME_MAX ? SPACE_MAX : SPACE_MIN, shares, n, out);
	else
		recount_last(shares, n, out);
}

ms_status
figure_recount(
	const plan_indicator *indicator, const share *shares, size_t n, arena *memory, figure *out)
{
	size_t i;

	*out = (figure){ 0 };
	for (i = 0; i < n; i++)
		figure_apply(indicator, out, &shares[i], 1);
	if (indicator->space == SPACE_UNION)
		return recount_union(shares, n, memory, out);
	if (indicator->space == SPACE_MAX || indicator->space == SPACE_MIN)
		recount_extreme(indicator->space, shares, n, out);
	if (figure_has_turns(indicator, out))
		recount_turns(indicator, shares, n, out);
	return MS_OK;
}

/* ---- text ---- */

const char *
scaled_text(int64_t scaled, unsigned scale, char out[40])
{
	uint64_t magnitude = scaled < 0 ? (uint64_t)0 - (uint64_t)scaled : (uint64_t)scaled;
	char digits[24];
	int len = snprintf(digits, sizeof(digits), "%0*llu", (int)(scale > 18 ? 18 : scale) + 1,
		(unsigned long long)magnitude);
	int whole = len - (int)scale;

	if (scale == 0 || whole <= 0)
		snprintf(out, 40, "%s%s", scaled < 0 ? "-" : "", digits);
	else
		snprintf(
			out, 40, "%s%.*s.%s", scaled < 0 ? "-" : "", whole, digits, digits + whole);
	return out;
}

const char *
figure_text(const plan_indicator *indicator, const figure *f, char out[64])
{
	char number[40];
	bool overflow;
	int64_t v;

	if (figure_value(indicator, f, &v, &overflow))
		snprintf(out, 64, "%s%s", scaled_text(v, indicator->scale, number),
			indicator->type == VALUE_RATIO ? " %" : "");
	else
		snprintf(out, 64, "%s", overflow ? "overflow" : "-");
	return out;
}

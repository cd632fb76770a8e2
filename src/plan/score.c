/* SPDX-License-Identifier: Apache-2.0 */
/*
 * score.c - four means and their weighted mean. A mean is a sum of fractions with denominators as
 * different as the targets of a plan, so the sums are kept as rational numbers of any size (GMP)
 * and rounded at the end.
 */
#include "plan/score.h"

#include <gmp.h>

typedef struct scoring {
	const slots *all;
	const score_watch *watch;
	uint32_t unit;
	int64_t now_us;
	mpq_t sum[SCORE_PARTS];
	uint32_t terms[SCORE_PARTS];
	mpq_t scratch;
} scoring;

const char *
score_part_name(score_part part)
{
	static const char *const names[] = { "timely", "complete", "attain", "quality" };

	return names[part];
}

/* ---- rational numbers ---- */

static void
set_int128(mpz_t out, int128 v)
{
	bool negative = v < 0;
	unsigned __int128 magnitude =
		negative ? (unsigned __int128)0 - (unsigned __int128)v : (unsigned __int128)v;

	mpz_set_ui(out, (unsigned long)(magnitude >> 64));
	mpz_mul_2exp(out, out, 64);
	mpz_add_ui(out, out, (unsigned long)magnitude);
	if (negative)
		mpz_neg(out, out);
}

/* num / den, den not 0 */
static void
set_fraction(mpq_t out, int128 num, int128 den)
{
	set_int128(mpq_numref(out), num);
	set_int128(mpq_denref(out), den);
	mpq_canonicalize(out);
}

/* 100 * v, rounded half up. */
static int64_t
hundredths(const mpq_t v)
{
	mpz_t n, d;
	int64_t out;

	mpz_inits(n, d, NULL);
	mpz_mul_ui(n, mpq_numref(v), 200);
	mpz_add(n, n, mpq_denref(v));
	mpz_mul_ui(d, mpq_denref(v), 2);
	mpz_fdiv_q(n, n, d);
	out = mpz_get_si(n);
	mpz_clears(n, d, NULL);
	return out;
}

static void
clamp(mpq_t v, uint32_t max)
{
	if (mpq_sgn(v) < 0)
		mpq_set_ui(v, 0, 1);
	else if (mpq_cmp_ui(v, max, 1) > 0)
		mpq_set_ui(v, max, 1);
}

/* ---- terms ---- */

/* V is one term of PART. */
static void
add_term(scoring *sc, score_part part, slot_at at, uint32_t indicator, const mpq_t v)
{
	mpq_add(sc->sum[part], sc->sum[part], v);
	sc->terms[part]++;
	if (sc->watch != NULL)
		sc->watch->term(sc->watch->ctx, &(score_term){ .part = part,
							.at = at,
							.indicator = indicator,
							.points = hundredths(v) });
}

static void
add_whole(scoring *sc, score_part part, slot_at at, int64_t num, uint32_t den)
{
	set_fraction(sc->scratch, num, den);
	add_term(sc, part, at, 0, sc->scratch);
}

static void
score_slot(scoring *sc, slot_at at)
{
	const plan *p = plan_at(sc->all->p, at.period);
	const slot *s;
	bool reported;
	int64_t quality;

	if (!rulings_owes(sc->all->rulings, at) || sc->now_us < plan_begin_us(p, at.period))
		return;
	s = sc->all->get(sc->all->ctx, at, NULL);
	if (s->exempt)
		return;
	reported = slot_reported(s).revision != 0;
	add_whole(sc, SCORE_TIMELY, at,
		!reported                         ? p->score.missing
		: slot_on_time(sc->all->p, s, at) ? p->score.on_time
						  : p->score.late,
		1);
	add_whole(sc, SCORE_COMPLETE, at, 100 * (reported ? s->shown.filled : 0), REPORT_MANDATORY);
	if (s->first_us == INT64_MAX)
		return;
	quality = 100 - (int64_t)p->score.return_penalty * s->returns_in_time;
	add_whole(sc, SCORE_QUALITY, at, quality < 0 ? 0 : quality, 1);
}

/* What a share is worth beside a target, at the indicator's scale: ratios in percent. */
static bool
actual_of(const plan_indicator *in, const share *x, mpq_t out)
{
	int128 factor = 100;
	unsigned i;

	if (in->type == VALUE_RATIO) {
		if (x->den == 0)
			return false;
		for (i = 0; i < in->scale; i++)
			factor *= 10;
		set_fraction(out, x->num * factor, x->den);
	} else {
		set_fraction(out, in->type == VALUE_KEYSET ? (int128)x->keys.n : x->num, 1);
	}
	return true;
}

/* ACTUAL becomes percent of TARGET. */
static void
attain(const plan_indicator *in, mpq_t actual, int64_t target, uint32_t cap)
{
	mpq_t wanted;

	mpq_init(wanted);
	set_fraction(wanted, target, 1);
	if (!in->lower_is_better)
		mpq_div(actual, actual, wanted);
	else if (mpq_cmp(actual, wanted) <= 0)
		mpq_set_ui(actual, 1, 1);
	else
		mpq_div(actual, wanted, actual);
	set_fraction(wanted, 100, 1);
	mpq_mul(actual, actual, wanted);
	clamp(actual, cap);
	mpq_clear(wanted);
}

static void
score_indicator(scoring *sc, uint32_t indicator, period at)
{
	const plan *p = plan_at(sc->all->p, at);
	const plan_indicator *in = &p->indicators[indicator];
	const plan_target *t = plan_unit_target(p, indicator, sc->unit, at);
	slot_at where = { .item = in->item, .unit = sc->unit, .period = at };
	share x;
	bool nil;

	if (t == NULL || at.kind < (uint8_t)p->items[in->item].kind)
		return;
	x = tally_share(sc->all, indicator, sc->unit, at, VIEW_REPORTED, &nil);
	if (nil)
		return;
	if (x.has && actual_of(in, &x, sc->scratch))
		attain(in, sc->scratch, t->value, p->score.attain_cap);
	else
		mpq_set_ui(sc->scratch, 0, 1);
	add_term(sc, SCORE_ATTAIN, where, indicator, sc->scratch);
}

static void
score_item(scoring *sc, uint32_t item, period at)
{
	const plan_item *it = &sc->all->p->items[item];
	slot_at where = { .item = item, .unit = sc->unit };
	unsigned n, i;
	uint32_t k;

	if (at.kind < (uint8_t)it->kind)
		return;
	n = period_split(at, it->kind, &where.period);
	for (i = 0; i < n; i++, where.period = period_next(where.period))
		if (plan_has_period(sc->all->p, item, where.period))
			score_slot(sc, where);
	for (k = 0; k < it->n_indicators; k++)
		score_indicator(sc, it->first_indicator + k, at);
}

/* ---- the whole ---- */

static void
weigh(scoring *sc, period at, score *out)
{
	const plan *p = plan_at(sc->all->p, at);
	const uint32_t weights[SCORE_PARTS] = { p->score.timely, p->score.complete, p->score.attain,
		p->score.quality };
	uint64_t weight = 0;
	mpq_t total;
	unsigned i;

	mpq_init(total);
	for (i = 0; i < SCORE_PARTS; i++) {
		if (sc->terms[i] == 0)
			continue;
		set_fraction(sc->scratch, 1, sc->terms[i]);
		mpq_mul(sc->sum[i], sc->sum[i], sc->scratch);
		out->has[i] = true;
		out->part[i] = hundredths(sc->sum[i]);
		set_fraction(sc->scratch, weights[i], 1);
		mpq_mul(sc->scratch, sc->scratch, sc->sum[i]);
		mpq_add(total, total, sc->scratch);
		weight += weights[i];
	}
	out->has_total = weight > 0;
	if (out->has_total) {
		set_fraction(sc->scratch, 1, weight);
		mpq_mul(total, total, sc->scratch);
		set_fraction(sc->scratch, out->points, 100);
		mpq_add(total, total, sc->scratch);
		clamp(total, 100);
		out->total = hundredths(total);
	}
	mpq_clear(total);
}

void
score_explain(const slots *all, uint32_t unit, period at, int64_t now_us, const score_watch *watch,
	score *out)
{
	scoring sc = { .all = all, .watch = watch, .unit = unit, .now_us = now_us };
	uint32_t item;
	unsigned i;

	*out = (score){ .points = rulings_points(all->rulings, unit, at) };
	mpq_init(sc.scratch);
	for (i = 0; i < SCORE_PARTS; i++)
		mpq_init(sc.sum[i]);
	for (item = 0; item < all->p->n_items; item++)
		score_item(&sc, item, at);
	out->expected = sc.terms[SCORE_TIMELY];
	weigh(&sc, at, out);
	for (i = 0; i < SCORE_PARTS; i++)
		mpq_clear(sc.sum[i]);
	mpq_clear(sc.scratch);
}

void
score_of(const slots *all, uint32_t unit, period at, int64_t now_us, score *out)
{
	score_explain(all, unit, at, now_us, NULL, out);
}

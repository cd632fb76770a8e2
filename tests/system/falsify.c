/* SPDX-License-Identifier: Apache-2.0 */
/*
 * falsify.c - a hub that shows other figures than it was told, by hand:
 *
 * DIR INDICATOR PERIOD: a ratio's parts are twice what they are, which leaves its value.
 *
 * DIR INDICATOR PERIOD UNIT: UNIT's value is one more, in nothing but its own row.
 */

#include "store/rollup_cache.h"
#include "store/ruling_rows.h"
#include "store/slot_cache.h"
#include "tests/system/by_hand.h"

static void
falsify_ratio(store_txn *txn, const plan *p, uint32_t indicator, period at)
{
	uint32_t item = p->indicators[indicator].item;
	rollup_cache cache = { 0 };
	rollup_entry *e;
	figure *f;

	rollup_cache_init(&cache, p);
	e = rollup_cache_get(&cache, txn, item, at);
	if (e != NULL) {
		f = &e->figures[VIEW_REPORTED][indicator - p->items[item].first_indicator];
		f->num *= 2;
		f->den *= 2;
		rollup_cache_touch(&cache, e);
		rollup_cache_write(&cache, txn, e->as_of);
	}
	rollup_cache_clear(&cache);
	arena_fini(&cache.scratch);
	buf_fini(&cache.row);
}

static void
falsify_value(store_txn *txn, const plan *p, uint32_t indicator, slot_at at)
{
	slot_cache cache = { 0 };
	slot_entry *e;
	rulings r;

	rulings_init(&r, p);
	ruling_rows_load(txn, &r);
	slot_cache_init(&cache, &r);
	e = slot_cache_get(&cache, txn, at);
	if (e != NULL) {
		e->held[VIEW_REPORTED].values[indicator - p->items[at.item].first_indicator].num++;
		slot_cache_touch(&cache, e);
		slot_cache_write(&cache, txn, e);
	}
	slot_cache_clear(&cache);
	arena_fini(&cache.scratch);
	arena_fini(&cache.votes);
	buf_fini(&cache.row);
	rulings_fini(&r);
}

static ms_status
falsify(store_txn *txn, const plan *p, char **words)
{
	int indicator = plan_find_indicator(p, span_str(words[0])),
	    unit = words[2] == NULL ? 0 : plan_find_unit(p, span_str(words[2]));
	slot_at at;

	if (indicator < 0 || unit < 0 || !period_parse(span_str(words[1]), &at.period))
		return MS_INVALID;
	at.item = p->indicators[indicator].item;
	at.unit = (uint32_t)unit;
	if (words[2] == NULL)
		falsify_ratio(txn, p, (uint32_t)indicator, at.period);
	else
		falsify_value(txn, p, (uint32_t)indicator, at);
	return MS_OK;
}

int
main(int argc, char **argv)
{
	if (argc != 4 && argc != 5) {
		fputs("falsify DIR INDICATOR PERIOD [UNIT]\n", stderr);
		return 64;
	}
	return by_hand(argv, STORE_HUB, falsify);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* load_mix.c - which acts a load device makes. Its salts come from a fast generator: they hide
 * nothing here. */
#include <stdlib.h>
#include <string.h>

#include "cli/load.h"
#include "codec/acts.h"
#include "store/ledger.h"

/* Units that must report somewhere, in the plan's order. */
static uint32_t
required_reporters(const plan *p, uint32_t *units)
{
	uint32_t unit, item, n = 0;

	for (unit = 0; unit < p->n_units; unit++)
		for (item = 0; item < p->n_items; item++)
			if (plan_role_of(p, item, unit) >= ROLE_REQUIRED) {
				units[n++] = unit;
				break;
			}
	return n;
}

static bool
is_open(const plan *p, uint32_t item, uint32_t unit, period at, int64_t now_us)
{
	return plan_expects(p, item, unit, at) && plan_begin_us(p, at) <= now_us &&
	       now_us < plan_lock_us(p, item, at);
}

static ms_status
make_bodies(load_mix *m, load_slot *s)
{
	unsigned v;

	for (v = 0; v < LOAD_VARIANTS; v++) {
		act a = { .kind = ACT_REPORT };
		buf body = { 0 };
		ms_status status =
			sample_brief(m->plan, s->at, &m->random, &m->scratch, &a.u.report);

		if (status == MS_OK)
			status = act_encode_body(&a, &m->scratch, &body);
		if (status == MS_OK) {
			s->bodies[v] = arena_copy(&m->memory, buf_span(&body));
			if (s->bodies[v].at == NULL)
				status = MS_NO_MEMORY;
		}
		buf_fini(&body);
		arena_reset(&m->scratch);
		if (status != MS_OK)
			return status;
	}
	return MS_OK;
}

static ms_status
add_slot(load_mix *m, store_txn *txn, slot_at at, uint32_t offset, ms_error *err)
{
	load_slot *s = &m->slots[m->n_slots];
	rulings none;
	slot known;
	ms_status status;

	rulings_init(&none, m->plan);
	status = slot_read(txn, &none, at, &m->scratch, &known, NULL, err);

	arena_reset(&m->scratch);
	if (status != MS_OK)
		return status;
	s->at = at;
	s->next = (act){ .schema = act_schema_of(ACT_REPORT),
		.kind = ACT_REPORT,
		.salt = span_of(s->salt, sizeof(s->salt)),
		.plan = span_str(m->plan->id),
		.plan_version = span_of(m->plan->version.at, HASH_SIZE),
		.item = span_str(m->plan->items[at.item].id),
		.unit = span_str(m->plan->units[at.unit].id),
		.period = span_str(period_name(at.period, s->period)),
		.revision = slot_newest(&known) + 1 + offset };
	m->n_slots++;
	return make_bodies(m, s);
}

static ms_status
collect_slots(load_mix *m, const hub_dir *hub, uint32_t unit, uint32_t offset, int64_t now_us,
	ms_error *err)
{
	const plan *p = m->plan;
	size_t room = 0;
	store_txn txn;
	uint32_t item;
	unsigned n;
	period at;
	ms_status s = MS_OK;

	for (item = 0; item < p->n_items; item++)
		for (n = 0; plan_item_period(p, item, n, &at); n++)
			room++;
	m->slots = calloc(room + 1, sizeof(*m->slots));
	if (m->slots == NULL)
		return MS_NO_MEMORY;
	store_begin(hub->store, &txn, STORE_READ);
	for (item = 0; item < p->n_items; item++)
		for (n = 0; s == MS_OK && plan_item_period(p, item, n, &at); n++)
			if (is_open(p, item, unit, at, now_us))
				s = add_slot(m, &txn,
					(slot_at){ .item = item, .unit = unit, .period = at },
					offset, err);
	store_abort(&txn);
	return s;
}

ms_status
load_mix_open(load_mix *m, const hub_dir *hub, uint32_t k, uint32_t n, int64_t now_us,
	const char **unit, ms_error *err)
{
	uint32_t *units = calloc(hub->plan->n_units + 1, sizeof(*units)), count, which;
	ms_status s;

	*m = (load_mix){ .plan = hub->plan, .random.state = 0x4D75737465720000u + k };
	if (units == NULL)
		return ms_fail(err, MS_NO_MEMORY, MST_NO_MEMORY, "no memory for the load");
	count = required_reporters(hub->plan, units);
	which = count == 0 ? 0 : units[k % count];
	free(units);
	if (count == 0)
		return ms_fail(
			err, MS_INVALID, MST_LOAD_NO_SLOT, "the plan has no required reporter");
	m->stride = (n - 1 - k % count) / count + 1;
	*unit = hub->plan->units[which].id;
	s = collect_slots(m, hub, which, k / count, now_us, err);
	if (s == MS_OK && m->n_slots == 0) {
		s = ms_fail(err, MS_INVALID, MST_LOAD_NO_SLOT,
			"no slot of unit %s is open at the hub's time", *unit);
		ms_error_remedy(err, "make the hub's directory with a clock in the plan's year: "
				     "muster hub init ... "
				     "--clock 2012-12-31T12:00:00+08:00");
	}
	return s == MS_OK ? s : ms_fail(err, s, MST_NO_MEMORY, "no memory for the load");
}

ms_status
load_mix_act(load_mix *m, int64_t now_us, span *out)
{
	load_slot *s = &m->slots[m->next++ % m->n_slots];
	ms_status status;

	s->salt[0] = sample_next(&m->random);
	s->salt[1] = sample_next(&m->random);
	s->next.created_us = now_us;
	s->next.body = s->bodies[s->salt[0] % LOAD_VARIANTS];
	buf_reset(&m->act);
	status = act_encode(&s->next, &m->scratch, &m->act);
	s->next.revision += m->stride;
	arena_reset(&m->scratch);
	*out = buf_span(&m->act);
	return status;
}

void
load_mix_fini(load_mix *m)
{
	free(m->slots);
	arena_fini(&m->memory);
	arena_fini(&m->scratch);
	buf_fini(&m->act);
	*m = (load_mix){ 0 };
}

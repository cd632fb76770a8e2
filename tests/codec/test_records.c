/* SPDX-License-Identifier: Apache-2.0 */
/* test_records.c - rows come back as they were put, and slots and rollups have the bytes that
 * protobuf-c packs. */
#include "tests/codec/codec_testing.h"

#include "codec/records.h"

static slot_facts
some_facts(uint64_t *seed)
{
	slot_facts f = { .filled = (uint8_t)seeded(seed),
		.has_progress = seeded(seed) % 2,
		.help_needed = seeded(seed) % 2 };

	f.progress_pct = f.has_progress ? (uint8_t)seeded(seed) : 0;
	return f;
}

static slot_ref
some_ref(uint64_t *seed)
{
	if (seeded(seed) % 2 == 0)
		return (slot_ref){ 0 };
	return (slot_ref){ .revision = 1 + (uint32_t)(seeded(seed) % 1000),
		.place = { seeded(seed), (uint16_t)seeded(seed) } };
}

/* Half of the slots have no life but revisions. */
static void
some_life(uint64_t *seed, arena *memory, slot_row *row)
{
	slot *s = &row->slot;
	size_t i;

	s->open_until_us = INT64_MIN;
	if (seeded(seed) % 2 == 0)
		return;
	s->floor = (uint32_t)seeded(seed);
	s->below_reported = some_ref(seed);
	s->below_accepted = some_ref(seed);
	s->returns = (uint32_t)(seeded(seed) % 3);
	s->returns_in_time = (uint32_t)(seeded(seed) % 3);
	s->returned_us = some_number(seed);
	s->open_until_us = some_number(seed);
	s->granted_days = (int32_t)(seeded(seed) % 367);
	s->requested = seeded(seed) % 2;
	s->outage = seeded(seed) % 2;
	s->exempt = seeded(seed) % 2;
	s->named = seeded(seed) % 2;
	s->bolt = (uint8_t)(seeded(seed) % 3);
	row->n_votes = seeded(seed) % 4;
	row->votes = arena_zalloc(memory, 4 * sizeof(*row->votes));
	for (i = 0; i < row->n_votes; i++)
		row->votes[i] = (slot_row_vote){ .revision = (uint32_t)seeded(seed),
			.unit = span_str("fgw"),
			.outcome = (uint32_t)(seeded(seed) % 3) };
}

static slot_row_value *
some_values(uint64_t *seed, arena *memory, size_t *n)
{
	slot_row_value *values = arena_zalloc(memory, 5 * sizeof(*values));
	size_t i, k;

	*n = seeded(seed) % 5;
	for (i = 0; i < *n; i++) {
		value *v = &values[i].value;

		values[i].indicator = i == 0 ? span_str("i06.parks") : span_str("园区");
		*v = (value){ .state = (value_state)(seeded(seed) % 3),
			.provisional = seeded(seed) % 2,
			.num = some_number(seed),
			.den = some_number(seed) };
		v->keys.n = seeded(seed) % 4 == 0 ? seeded(seed) % 40 : 0;
		v->keys.keys = arena_zalloc(memory, (v->keys.n + 1) * sizeof(span));
		for (k = 0; k < v->keys.n; k++)
			v->keys.keys[k] = span_of("KEY-0123456789", seeded(seed) % 15);
	}
	return values;
}

static slot_row
some_slot(uint64_t *seed, arena *memory)
{
	slot_row row = { .slot = { .stored = (uint32_t)seeded(seed),
				 .n_recent = (uint32_t)(seeded(seed) % (SLOT_RECENT + 1)),
				 .last_stored = { seeded(seed), (uint16_t)seeded(seed) },
				 .first_us = some_number(seed),
				 .newest_us = some_number(seed),
				 .shown = some_facts(seed) } };
	size_t i;

	some_life(seed, memory, &row);
	for (i = 0; i < row.slot.n_recent; i++) {
		row.slot.recent[i] = (slot_revision){ .revision = (uint32_t)seeded(seed),
			.kind = (uint8_t)seeded(seed),
			.outcome = (uint8_t)(seeded(seed) % 3),
			.self = seeded(seed) % 2,
			.returned = seeded(seed) % 2,
			.place = { some_number(seed) < 0 ? 3 : seeded(seed),
				(uint16_t)seeded(seed) } };
		memset(row.slot.recent[i].body_hash.at, (int)i + 1, HASH_SIZE);
	}
	row.values = some_values(seed, memory, &row.n_values);
	row.accepted = some_values(seed, memory, &row.n_accepted);
	return row;
}

static void
same_facts(const slot_facts *a, const slot_facts *b)
{
	assert_int_equal(a->filled, b->filled);
	assert_int_equal(a->progress_pct, b->progress_pct);
	assert_int_equal(a->has_progress, b->has_progress);
	assert_int_equal(a->help_needed, b->help_needed);
}

static void
same_ref(const slot_ref *a, const slot_ref *b)
{
	assert_int_equal(a->revision, b->revision);
	assert_int_equal(a->place.leaf, b->place.leaf);
	assert_int_equal(a->place.at, b->place.at);
}

static void
same_life(const slot *x, const slot *y)
{
	assert_int_equal(x->floor, y->floor);
	same_ref(&x->below_reported, &y->below_reported);
	same_ref(&x->below_accepted, &y->below_accepted);
	assert_int_equal(x->returns, y->returns);
	assert_int_equal(x->returns_in_time, y->returns_in_time);
	assert_int_equal(x->returned_us, y->returned_us);
	assert_int_equal(x->open_until_us, y->open_until_us);
	assert_int_equal(x->granted_days, y->granted_days);
	assert_int_equal(x->requested, y->requested);
	assert_int_equal(x->outage, y->outage);
	assert_int_equal(x->exempt, y->exempt);
	assert_int_equal(x->named, y->named);
	assert_int_equal(x->bolt, y->bolt);
}

static void
same_values(const slot_row_value *a, size_t n_a, const slot_row_value *b, size_t n_b)
{
	size_t i, k;

	assert_int_equal(n_a, n_b);
	for (i = 0; i < n_a; i++) {
		const value *v = &a[i].value, *w = &b[i].value;

		assert_true(span_equal(a[i].indicator, b[i].indicator));
		assert_int_equal(v->state, w->state);
		assert_int_equal(v->provisional, w->provisional);
		assert_int_equal(v->num, w->num);
		assert_int_equal(v->den, w->den);
		assert_int_equal(v->keys.n, w->keys.n);
		for (k = 0; k < v->keys.n; k++)
			assert_true(span_equal(v->keys.keys[k], w->keys.keys[k]));
	}
}

static void
same_slot(const slot_row *a, const slot_row *b)
{
	const slot *x = &a->slot, *y = &b->slot;
	size_t i;

	assert_int_equal(x->stored, y->stored);
	assert_int_equal(x->n_recent, y->n_recent);
	for (i = 0; i < x->n_recent; i++) {
		assert_int_equal(x->recent[i].revision, y->recent[i].revision);
		assert_int_equal(x->recent[i].kind, y->recent[i].kind);
		assert_int_equal(x->recent[i].outcome, y->recent[i].outcome);
		assert_int_equal(x->recent[i].self, y->recent[i].self);
		assert_int_equal(x->recent[i].returned, y->recent[i].returned);
		assert_int_equal(x->recent[i].place.leaf, y->recent[i].place.leaf);
		assert_int_equal(x->recent[i].place.at, y->recent[i].place.at);
		assert_true(hash_equal(&x->recent[i].body_hash, &y->recent[i].body_hash));
	}
	assert_int_equal(x->last_stored.leaf, y->last_stored.leaf);
	assert_int_equal(x->last_stored.at, y->last_stored.at);
	assert_int_equal(x->first_us, y->first_us);
	assert_int_equal(x->newest_us, y->newest_us);
	same_facts(&x->shown, &y->shown);
	same_life(x, y);
	assert_int_equal(a->n_votes, b->n_votes);
	for (i = 0; i < a->n_votes; i++) {
		assert_int_equal(a->votes[i].revision, b->votes[i].revision);
		assert_true(span_equal(a->votes[i].unit, b->votes[i].unit));
		assert_int_equal(a->votes[i].outcome, b->votes[i].outcome);
	}
	same_values(a->values, a->n_values, b->values, b->n_values);
	same_values(a->accepted, a->n_accepted, b->accepted, b->n_accepted);
}

static rollup_row
some_rollup(uint64_t *seed, arena *memory)
{
	rollup_row row = { .actual = (uint32_t)seeded(seed),
		.on_time = (uint32_t)seeded(seed),
		.as_of = seeded(seed) };
	size_t i;

	row.n_figures = seeded(seed) % 6;
	row.figures = arena_zalloc(memory, 6 * sizeof(*row.figures));
	for (i = 0; i < row.n_figures; i++) {
		figure *f = &row.figures[i].figure;

		row.figures[i].indicator = i % 2 == 0
						   ? span_str("i11.value")
						   : span_str("a rather long name of an indicator");
		row.figures[i].view = 1 + (uint32_t)(seeded(seed) % 2);
		f->num = (int128)some_number(seed) * some_number(seed);
		f->den = seeded(seed) % 2 == 0 ? 0 : (int128)some_number(seed) * 3;
		f->units = (uint32_t)seeded(seed);
		f->stale = (uint32_t)(seeded(seed) % 2);
		f->inner = (uint32_t)(seeded(seed) % 2);
	}
	return row;
}

static void
slots_come_back_as_they_were_put(void **state)
{
	uint64_t seed = 11;
	arena memory = { 0 };
	buf out = { 0 };
	int round;

	(void)state;
	for (round = 0; round < 20000; round++) {
		slot_row row = some_slot(&seed, &memory), back;
		span bytes;

		buf_reset(&out);
		buf_add_text(&out, "before");
		assert_int_equal(slot_row_encode(&row, &memory, &out), MS_OK);
		bytes = span_of(out.at + 6, out.len - 6);
		assert_true(reference_canonical(&muster__store__slot__descriptor, bytes));
		assert_int_equal(slot_row_decode(bytes, &memory, &back), MS_OK);
		memset(out.at, 0xee, out.len); /* nothing borrows from the bytes */
		same_slot(&row, &back);
		arena_reset(&memory);
	}
	buf_fini(&out);
	arena_fini(&memory);
}

static void
rollups_come_back_as_they_were_put(void **state)
{
	uint64_t seed = 12;
	arena memory = { 0 };
	buf out = { 0 };
	int round;

	(void)state;
	for (round = 0; round < 20000; round++) {
		rollup_row row = some_rollup(&seed, &memory), back;
		size_t i;

		buf_reset(&out);
		assert_int_equal(rollup_row_encode(&row, &memory, &out), MS_OK);
		assert_true(
			reference_canonical(&muster__store__rollup__descriptor, buf_span(&out)));
		assert_int_equal(rollup_row_decode(buf_span(&out), &memory, &back), MS_OK);
		memset(out.at, 0xee, out.len);
		assert_int_equal(back.actual, row.actual);
		assert_int_equal(back.on_time, row.on_time);
		assert_int_equal(back.as_of, row.as_of);
		assert_int_equal(back.n_figures, row.n_figures);
		for (i = 0; i < row.n_figures; i++) {
			const rollup_row_figure *a = &row.figures[i], *b = &back.figures[i];

			assert_true(span_equal(a->indicator, b->indicator));
			assert_int_equal(a->view, b->view);
			assert_true(
				a->figure.num == b->figure.num && a->figure.den == b->figure.den);
			assert_int_equal(a->figure.units, b->figure.units);
			assert_int_equal(a->figure.stale, b->figure.stale);
			assert_int_equal(a->figure.inner, b->figure.inner);
		}
		arena_reset(&memory);
	}
	buf_fini(&out);
	arena_fini(&memory);
}

static void
sums_at_the_edges_of_128_bits_come_back(void **state)
{
	const int128 one = 1, highest = ((one << 126) - 1) * 2 + 1;
	const int128 sums[] = { 0, -1, one << 64, -(one << 64), (one << 64) - 1, highest,
		-highest - 1 };
	arena memory = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(sums) / sizeof(sums[0]); i++) {
		rollup_row_figure f = { .indicator = span_str("x"),
			.view = 1,
			.figure = { .num = sums[i], .den = sums[i] } };
		rollup_row row = { .figures = &f, .n_figures = 1 }, back;
		buf out = { 0 };

		assert_int_equal(rollup_row_encode(&row, &memory, &out), MS_OK);
		assert_int_equal(rollup_row_decode(buf_span(&out), &memory, &back), MS_OK);
		assert_true(back.figures[0].figure.num == sums[i] &&
			    back.figures[0].figure.den == sums[i]);
		buf_fini(&out);
	}
	arena_fini(&memory);
}

static void
devices_log_states_and_plan_versions_come_back(void **state)
{
	device_row device = { .unit = span_str("kjj"),
		.name = span_str("kjj@office-3"),
		.state = 2,
		.next_seq = UINT64_MAX,
		.enrolled_leaf = 7,
		.revoked_leaf = 9 },
		   device_back;
	hash32 frontier[3] = { { { 1 } }, { { 2 } }, { { 3 } } };
	log_state_row log = { .size = 21,
		.last_us = -5,
		.frontier = frontier,
		.n_frontier = 3,
		.manual_clock_us = 77 },
		      log_back;
	plan_version_row version = { .version = { { 9 } },
		.file = span_of("a\0b", 3),
		.leaf = 4,
		.from_period = span_str("2012") };
	plan_version_row plan_back;
	arena memory = { 0 };
	buf out = { 0 };

	(void)state;
	memset(device.id, 0xaa, sizeof(device.id));
	memset(device.sign_key, 0xbb, sizeof(device.sign_key));
	memset(device.curve_key, 0xcc, sizeof(device.curve_key));
	assert_int_equal(device_row_encode(&device, &memory, &out), MS_OK);
	assert_int_equal(device_row_decode(buf_span(&out), &memory, &device_back), MS_OK);
	assert_memory_equal(device_back.id, device.id, sizeof(device.id));
	assert_memory_equal(device_back.sign_key, device.sign_key, sizeof(device.sign_key));
	assert_memory_equal(device_back.curve_key, device.curve_key, sizeof(device.curve_key));
	assert_true(span_equal(device_back.unit, device.unit) &&
		    span_equal(device_back.name, device.name));
	assert_int_equal(device_back.next_seq, UINT64_MAX);
	assert_int_equal(device_back.state, 2);
	assert_int_equal(device_back.enrolled_leaf, 7);
	assert_int_equal(device_back.revoked_leaf, 9);
	buf_reset(&out);
	assert_int_equal(log_state_row_encode(&log, &memory, &out), MS_OK);
	assert_int_equal(log_state_row_decode(buf_span(&out), &memory, &log_back), MS_OK);
	assert_int_equal(log_back.size, 21);
	assert_int_equal(log_back.last_us, -5);
	assert_int_equal(log_back.manual_clock_us, 77);
	assert_int_equal(log_back.n_frontier, 3);
	assert_memory_equal(log_back.frontier, frontier, sizeof(frontier));
	buf_reset(&out);
	assert_int_equal(plan_version_row_encode(&version, &memory, &out), MS_OK);
	assert_int_equal(plan_version_row_decode(buf_span(&out), &memory, &plan_back), MS_OK);
	assert_true(span_equal(plan_back.file, version.file) &&
		    span_equal(plan_back.from_period, version.from_period));
	assert_true(hash_equal(&plan_back.version, &version.version));
	assert_int_equal(plan_back.leaf, 4);
	buf_fini(&out);
	arena_fini(&memory);
}

/* No damaged row may be read past its end; what is read differs or is called corrupt. */
static void
mutated_rows_are_read_safely(void **state)
{
	uint64_t seed = 13;
	arena memory = { 0 };
	buf out = { 0 };
	unsigned corrupt = 0;
	int round;

	(void)state;
	for (round = 0; round < 40000; round++) {
		slot_row slots = some_slot(&seed, &memory);
		rollup_row rollup = some_rollup(&seed, &memory);
		uint8_t *bytes;
		ms_status s;
		size_t len;

		buf_reset(&out);
		if (round % 2 == 0)
			assert_int_equal(slot_row_encode(&slots, &memory, &out), MS_OK);
		else
			assert_int_equal(rollup_row_encode(&rollup, &memory, &out), MS_OK);
		bytes = malloc(2 * out.len + 16);
		len = mutated(&seed, buf_span(&out), bytes);
		s = round % 2 == 0 ? slot_row_decode(span_of(bytes, len), &memory, &slots)
				   : rollup_row_decode(span_of(bytes, len), &memory, &rollup);
		assert_true(s == MS_OK || s == MS_CORRUPT);
		corrupt += s == MS_CORRUPT;
		free(bytes);
		arena_reset(&memory);
	}
	assert_true(corrupt > 10000);
	buf_fini(&out);
	arena_fini(&memory);
}

static void
rows_that_are_none_are_corrupt(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
	} slots[] = { { "\x08", 1 }, { "\x58\x01", 2 }, { "\x5a\x02\x70\x03", 4 },
		{ "\x5a\x02\x68\x10", 4 }, { "\x12\x02\x30\x03", 4 },
		{ "\x12\x02\x10\x00\x12\x00\x12\x00\x12\x00\x12\x00", 12 },
		{ "\x12\x03\x10\x80\x02", 5 }, { "\x20\x80\x80\x04", 4 }, { "\x38\x80\x02", 3 },
		{ "\x52\x02\x08\x03", 4 }, { "\x12\x03\x2a\x01z", 5 } };
	arena memory = { 0 };
	log_state_row log;
	rollup_row rollup;
	device_row device;
	plan_version_row version;
	slot_row row;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(slots) / sizeof(slots[0]); i++)
		assert_int_equal(
			slot_row_decode(span_of(slots[i].bytes, slots[i].len), &memory, &row),
			MS_CORRUPT);
	assert_int_equal(
		rollup_row_decode(span_of("\x0a\x02\x50\x01", 4), &memory, &rollup), MS_CORRUPT);
	assert_int_equal(device_row_decode(span_of("\x0a\x01z", 3), &memory, &device), MS_CORRUPT);
	assert_int_equal(log_state_row_decode(span_of("\x1a\x01z", 3), &memory, &log), MS_CORRUPT);
	assert_int_equal(
		plan_version_row_decode(span_of("\x0a\x01z", 3), &memory, &version), MS_CORRUPT);
	arena_fini(&memory);
}

static void
rows_have_the_bytes_of_the_first_release(void **state)
{
	slot_row_value v = { .indicator = span_str("i06.v"),
		.value = { .state = VALUE_GIVEN, .num = -5, .den = 7 } };
	slot_row row = { .slot = { .stored = 2,
				 .n_recent = 1,
				 .last_stored = { 300, 7 },
				 .first_us = 1341446400123456,
				 .newest_us = 1341446400123457,
				 .open_until_us = INT64_MIN,
				 .shown = { .filled = 6,
					 .has_progress = true,
					 .progress_pct = 45,
					 .help_needed = true } },
		.values = &v,
		.n_values = 1 };
	rollup_row_figure f = {
		.indicator = span_str("i06.v"), .view = 1, .figure = { .num = -5, .units = 3 }
	};
	rollup_row rollup = {
		.figures = &f, .n_figures = 1, .actual = 3, .on_time = 2, .as_of = 301
	};
	arena memory = { 0 };
	buf out = { 0 };

	(void)state;
	row.slot.recent[0] =
		(slot_revision){ .revision = 2, .kind = ACT_REPORT, .place = { 300, 7 } };
	memset(row.slot.recent[0].body_hash.at, 0xab, HASH_SIZE);
	assert_int_equal(slot_row_encode(&row, &memory, &out), MS_OK);
	assert_hex(buf_span(&out),
		"0802122b0802100118ac0220072a20ababababababababababababababababababababababababab"
		"ababababababab18ac022007288089d1c2ba82e204308289d1c2ba82e2043806402d4801520d0801"
		"1009180e32056930362e76");
	buf_reset(&out);
	assert_int_equal(rollup_row_encode(&rollup, &memory, &out), MS_OK);
	assert_hex(buf_span(&out),
		"0a180a056930362e76100118fbffffffffffffffff01300340011003180220ad02");
	buf_fini(&out);
	arena_fini(&memory);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(slots_come_back_as_they_were_put),
		cmocka_unit_test(rollups_come_back_as_they_were_put),
		cmocka_unit_test(sums_at_the_edges_of_128_bits_come_back),
		cmocka_unit_test(devices_log_states_and_plan_versions_come_back),
		cmocka_unit_test(mutated_rows_are_read_safely),
		cmocka_unit_test(rows_that_are_none_are_corrupt),
		cmocka_unit_test(rows_have_the_bytes_of_the_first_release),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

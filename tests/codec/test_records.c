/* SPDX-License-Identifier: Apache-2.0 */
/* test_records.c - rows come back as they were put, and slots and rollups have the bytes that
 * protobuf-c packs. */
#include "tests/codec/codec_testing.h"

#include "codec/records.h"

static slot_row
some_slot(uint64_t *seed, arena *memory)
{
	slot_row row = { .slot = { .stored = (uint32_t)seeded(seed),
				 .n_recent = (uint32_t)(seeded(seed) % (SLOT_RECENT + 1)),
				 .last_stored = { seeded(seed), (uint16_t)seeded(seed) },
				 .first_us = some_number(seed),
				 .newest_us = some_number(seed),
				 .filled = (uint8_t)seeded(seed),
				 .has_progress = seeded(seed) % 2,
				 .help_needed = seeded(seed) % 2 } };
	size_t i, k;

	row.slot.progress_pct = row.slot.has_progress ? (uint8_t)seeded(seed) : 0;
	for (i = 0; i < row.slot.n_recent; i++) {
		row.slot.recent[i] = (slot_revision){ .revision = (uint32_t)seeded(seed),
			.kind = (uint8_t)seeded(seed),
			.place = { some_number(seed) < 0 ? 3 : seeded(seed),
				(uint16_t)seeded(seed) } };
		memset(row.slot.recent[i].body_hash.at, (int)i + 1, HASH_SIZE);
	}
	row.n_values = seeded(seed) % 5;
	row.values = arena_zalloc(memory, 5 * sizeof(*row.values));
	for (i = 0; i < row.n_values; i++) {
		value *v = &row.values[i].value;

		row.values[i].indicator = i == 0 ? span_str("i06.parks") : span_str("园区");
		*v = (value){ .state = (value_state)(seeded(seed) % 3),
			.provisional = seeded(seed) % 2,
			.num = some_number(seed),
			.den = some_number(seed) };
		v->keys.n = seeded(seed) % 4 == 0 ? seeded(seed) % 40 : 0;
		v->keys.keys = arena_zalloc(memory, (v->keys.n + 1) * sizeof(span));
		for (k = 0; k < v->keys.n; k++)
			v->keys.keys[k] = span_of("KEY-0123456789", seeded(seed) % 15);
	}
	return row;
}

static void
same_slot(const slot_row *a, const slot_row *b)
{
	const slot *x = &a->slot, *y = &b->slot;
	size_t i, k;

	assert_int_equal(x->stored, y->stored);
	assert_int_equal(x->n_recent, y->n_recent);
	for (i = 0; i < x->n_recent; i++) {
		assert_int_equal(x->recent[i].revision, y->recent[i].revision);
		assert_int_equal(x->recent[i].kind, y->recent[i].kind);
		assert_int_equal(x->recent[i].place.leaf, y->recent[i].place.leaf);
		assert_int_equal(x->recent[i].place.at, y->recent[i].place.at);
		assert_true(hash_equal(&x->recent[i].body_hash, &y->recent[i].body_hash));
	}
	assert_int_equal(x->last_stored.leaf, y->last_stored.leaf);
	assert_int_equal(x->last_stored.at, y->last_stored.at);
	assert_int_equal(x->first_us, y->first_us);
	assert_int_equal(x->newest_us, y->newest_us);
	assert_int_equal(x->filled, y->filled);
	assert_int_equal(x->progress_pct, y->progress_pct);
	assert_int_equal(x->has_progress, y->has_progress);
	assert_int_equal(x->help_needed, y->help_needed);
	assert_int_equal(a->n_values, b->n_values);
	for (i = 0; i < a->n_values; i++) {
		const value *v = &a->values[i].value, *w = &b->values[i].value;

		assert_true(span_equal(a->values[i].indicator, b->values[i].indicator));
		assert_int_equal(v->state, w->state);
		assert_int_equal(v->provisional, w->provisional);
		assert_int_equal(v->num, w->num);
		assert_int_equal(v->den, w->den);
		assert_int_equal(v->keys.n, w->keys.n);
		for (k = 0; k < v->keys.n; k++)
			assert_true(span_equal(v->keys.keys[k], w->keys.keys[k]));
	}
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
	} slots[] = { { "\x08", 1 }, { "\x58\x01", 2 },
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
		rollup_row_decode(span_of("\x0a\x02\x48\x01", 4), &memory, &rollup), MS_CORRUPT);
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
				 .filled = 6,
				 .has_progress = true,
				 .progress_pct = 45,
				 .help_needed = true },
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

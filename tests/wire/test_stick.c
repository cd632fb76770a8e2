/* SPDX-License-Identifier: Apache-2.0 */
/* test_stick.c - a file of batches or receipts is whole, or it is refused by name. */
#include "wire/stick.h"

#include "capture.h"

typedef struct made {
	hub_id hub;
	device_id device;
	buf file;
} made;

static void
make(made *m, stick_kind kind, unsigned pieces)
{
	unsigned i;

	memset(m->hub.at, 0x11, ID_SIZE);
	memset(m->device.at, 0x22, ID_SIZE);
	stick_begin(&m->file, kind, &m->hub, &m->device);
	for (i = 0; i < pieces; i++)
		stick_add(&m->file, span_of((const uint8_t *)"abcdefghij", i));
	assert_int_equal(stick_end(&m->file, NULL), MS_OK);
}

static void
pieces_come_back_in_order(void **state)
{
	made m = { 0 };
	unsigned i;
	span piece;
	stick s;

	(void)state;
	for (i = 0; i < 5; i++) {
		unsigned k = 0;

		make(&m, STICK_BATCHES, i);
		assert_int_equal(stick_open(buf_span(&m.file), STICK_BATCHES, &s, NULL), MS_OK);
		assert_int_equal(s.count, i);
		assert_memory_equal(s.hub.at, m.hub.at, ID_SIZE);
		assert_memory_equal(s.device.at, m.device.at, ID_SIZE);
		while (stick_next(&s, &piece)) {
			assert_int_equal(piece.len, k);
			assert_memory_equal(piece.at, "abcdefghij", k);
			k++;
		}
		assert_int_equal(k, i);
	}
	buf_fini(&m.file);
}

static void
the_bytes_are_fixed(void **state)
{
	made m = { 0 };

	(void)state;
	make(&m, STICK_BATCHES, 3);
	assert_int_equal(m.file.len, 8 + 16 + 16 + 4 + 4 + 5 + 6 + 32);
	assert_memory_equal(m.file.at, "MUBATCH\x01", 8);
	assert_memory_equal(m.file.at + 40,
		"\0\0\0\x03\0\0\0\0\0\0\0\x01"
		"a\0\0\0\x02"
		"ab",
		19);
	make(&m, STICK_RECEIPTS, 0);
	assert_memory_equal(m.file.at, "MURECPT\x01", 8);
	buf_fini(&m.file);
}

/* Every length and every bit. */
static void
a_cut_or_damaged_file_is_refused(void **state)
{
	made m = { 0 };
	size_t i;
	stick s;

	(void)state;
	make(&m, STICK_RECEIPTS, 4);
	for (i = 0; i < m.file.len; i++) {
		ms_error err = { 0 };

		assert_int_equal(
			stick_open(span_of(m.file.at, i), STICK_RECEIPTS, &s, &err), MS_INVALID);
		assert_int_equal(err.code, i < 8 ? MST_STICK_FORM : MST_STICK_TRUNCATED);
	}
	for (i = 0; i < m.file.len * 8; i++) {
		ms_error err = { 0 };

		m.file.at[i / 8] ^= (uint8_t)(1 << i % 8);
		assert_int_equal(
			stick_open(buf_span(&m.file), STICK_RECEIPTS, &s, &err), MS_INVALID);
		m.file.at[i / 8] ^= (uint8_t)(1 << i % 8);
	}
	assert_int_equal(stick_open(buf_span(&m.file), STICK_RECEIPTS, &s, NULL), MS_OK);
	buf_fini(&m.file);
}

static void
the_other_kind_is_no_such_file(void **state)
{
	ms_error err = { 0 };
	made m = { 0 };
	stick s;

	(void)state;
	make(&m, STICK_BATCHES, 1);
	assert_int_equal(stick_open(buf_span(&m.file), STICK_RECEIPTS, &s, &err), MS_INVALID);
	assert_int_equal(err.code, MST_STICK_FORM);
	buf_fini(&m.file);
}

static void
a_file_says_what_fits_into_it(void **state)
{
	buf file = { .len = STICK_BYTES_MAX - HASH_SIZE - 4 - 100 };

	(void)state;
	assert_true(stick_has_room(&file, (span){ .len = 100 }));
	assert_false(stick_has_room(&file, (span){ .len = 101 }));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pieces_come_back_in_order),
		cmocka_unit_test(the_bytes_are_fixed),
		cmocka_unit_test(a_cut_or_damaged_file_is_refused),
		cmocka_unit_test(the_other_kind_is_no_such_file),
		cmocka_unit_test(a_file_says_what_fits_into_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* test_signer_home.c - what the signer signed last outlives any torn write, and damage is told. */
#include "tests/store/store_testing.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "base/fs.h"
#include "store/signer_home.h"

enum { PLACE = 4096, FILE_SIZE = 2 * PLACE };
static const sign_public admin = { { 7 } };

static checkpoint
numbered(uint64_t size)
{
	return (checkpoint){ .size = size, .root = hash_of(span_of(&size, sizeof(size))) };
}

static void
path_of(const place *p, const char *name, char out[400])
{
	snprintf(out, 400, "%s/signer%s%s", p->dir, name[0] == '\0' ? "" : "/", name);
}

/* A home in which 1 .. N were signed. */
static log_key
signed_to(const place *p, uint64_t n)
{
	char dir[400];
	signer_home h;
	ms_error err = { 0 };
	log_key key;
	uint64_t i;

	if (signer_home_found(p->dir, "muster/test", &admin, &key, &err) != MS_OK)
		fail_msg("%s", err.text);
	path_of(p, "", dir);
	if (signer_home_open(dir, &h, &err) != MS_OK)
		fail_msg("%s", err.text);
	assert_int_equal(h.last.size, 0);
	for (i = 1; i <= n; i++) {
		checkpoint c = numbered(i);

		assert_int_equal(signer_home_sign(&h, &c, &err), MS_OK);
	}
	signer_home_close(&h);
	return key;
}

static void
the_last_one_is_there_again(void **state)
{
	place *p = *state;
	log_key key = signed_to(p, 5);
	char dir[400], text[LOG_KEY_TEXT_SIZE];
	ms_error err = { 0 };
	signer_home h, second;
	checkpoint last, five = numbered(5);
	buf note = { 0 };

	path_of(p, "", dir);
	assert_int_equal(signer_home_open(dir, &h, &err), MS_OK);
	assert_int_equal(h.last.size, 5);
	assert_true(hash_equal(&h.last.root, &five.root));
	assert_int_equal(note_open(buf_span(&h.note), &key, &last, &err), MS_OK);
	log_key_print(&h.key, text);
	assert_int_equal(signer_home_open(dir, &second, &err), MS_BUSY);
	signer_home_close(&second);
	assert_int_equal(signer_home_look(dir, &key, &last, &(uint32_t){ 0 }, &note, &err), MS_OK);
	assert_int_equal(last.size, 5);
	buf_fini(&note);
	signer_home_close(&h);
	assert_int_equal(signer_home_found(p->dir, "muster/test", &admin, &key, &err), MS_EXISTS);
}

static void
write_at(const char *path, const uint8_t *bytes, size_t n, off_t at)
{
	int fd = open(path, O_WRONLY);

	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, bytes, n, at), n);
	close(fd);
}

/* Wherever the write of 6 was torn, 5 or 6 is the last one. */
static void
a_torn_write_leaves_the_one_before(void **state)
{
	place *p = *state;
	log_key key = signed_to(p, 5);
	char dir[400], path[400];
	buf before = { 0 }, after = { 0 }, note = { 0 };
	ms_error err = { 0 };
	checkpoint last, six = numbered(6);
	signer_home h;
	size_t cut;

	path_of(p, "", dir);
	path_of(p, "signed", path);
	assert_int_equal(fs_read(path, FILE_SIZE, &before, &err), MS_OK);
	assert_int_equal(signer_home_open(dir, &h, &err), MS_OK);
	assert_int_equal(signer_home_sign(&h, &six, &err), MS_OK);
	signer_home_close(&h);
	assert_int_equal(fs_read(path, FILE_SIZE, &after, &err), MS_OK);
	for (cut = 0; cut < FILE_SIZE; cut += 7) {
		write_at(path, before.at, FILE_SIZE, 0);
		write_at(path, after.at, cut, 0);
		buf_reset(&note);
		if (signer_home_look(dir, &key, &last, &(uint32_t){ 0 }, &note, &err) != MS_OK)
			fail_msg("torn at %zu: %s", cut, err.text);
		assert_true(last.size == 5 || last.size == 6);
	}
	buf_fini(&before);
	buf_fini(&after);
	buf_fini(&note);
}

static void
damage_is_told_and_never_taken_for_nothing_signed(void **state)
{
	static const uint8_t wrong[FILE_SIZE] = { 1, 2, 3 };
	place *p = *state;
	log_key key = signed_to(p, 2);
	char dir[400], path[400];
	buf note = { 0 };
	ms_error err = { 0 };
	checkpoint last;

	path_of(p, "", dir);
	path_of(p, "signed", path);
	write_at(path, wrong, FILE_SIZE, 0);
	assert_int_equal(
		signer_home_look(dir, &key, &last, &(uint32_t){ 0 }, &note, &err), MS_CORRUPT);
	assert_int_equal(truncate(path, PLACE), 0);
	err = (ms_error){ 0 };
	assert_int_equal(
		signer_home_look(dir, &key, &last, &(uint32_t){ 0 }, &note, &err), MS_CORRUPT);
	assert_int_equal(remove(path), 0);
	err = (ms_error){ 0 };
	assert_int_equal(
		signer_home_look(dir, &key, &last, &(uint32_t){ 0 }, &note, &err), MS_NOT_FOUND);
	buf_fini(&note);
}

static void
a_key_that_others_can_read_is_refused(void **state)
{
	place *p = *state;
	char dir[400], path[400];
	ms_error err = { 0 };
	signer_home h;

	signed_to(p, 1);
	path_of(p, "", dir);
	path_of(p, "signer.key", path);
	assert_int_equal(chmod(path, 0644), 0);
	assert_int_equal(signer_home_open(dir, &h, &err), MS_DENIED);
	signer_home_close(&h);
	assert_int_equal(chmod(path, 0600), 0);
	assert_int_equal(fs_remove(path, &err), MS_OK);
	assert_int_equal(fs_write_secret(path, span_str("no key"), &err), MS_OK);
	err = (ms_error){ 0 };
	assert_int_equal(signer_home_open(dir, &h, &err), MS_CONFIG);
	signer_home_close(&h);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			the_last_one_is_there_again, place_setup, place_teardown),
		cmocka_unit_test_setup_teardown(
			a_torn_write_leaves_the_one_before, place_setup, place_teardown),
		cmocka_unit_test_setup_teardown(damage_is_told_and_never_taken_for_nothing_signed,
			place_setup, place_teardown),
		cmocka_unit_test_setup_teardown(
			a_key_that_others_can_read_is_refused, place_setup, place_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* test_note.c - checkpoints as signed notes: the form that public tools read, and nothing else. */
#include "tests/proof/proof_testing.h"

#include "proof/note.h"

/* As other implementations of signed notes print it. */
#define PUBLISHED "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"

typedef struct signer {
	sign_key secret;
	log_key key;
	checkpoint at;
	buf note;
} signer;

static void
signer_setup(signer *s)
{
	uint8_t seed[SIGN_SEED_SIZE] = { 7 };

	*s = (signer){ .at = { .size = 20852163, .root = hash_of(span_str("root")) } };
	sign_key_from_seed(seed, &s->secret);
	snprintf(s->key.origin, sizeof(s->key.origin), "muster/sy-2012");
	s->key.key = s->secret.public_key;
	assert_int_equal(note_sign(s->key.origin, &s->secret, &s->at, &s->note), MS_OK);
}

static void
a_published_key_is_read_and_printed(void **state)
{
	char text[LOG_KEY_TEXT_SIZE];
	ms_error err = { 0 };
	log_key key;

	(void)state;
	assert_int_equal(log_key_parse(span_str(PUBLISHED), &key, &err), MS_OK);
	assert_string_equal(key.origin, "PeterNeumann");
	log_key_print(&key, text);
	assert_string_equal(text, PUBLISHED);
}

static void
a_mistyped_key_is_told(void **state)
{
	static const char *const wrong[] = { "", "PeterNeumann", "PeterNeumann+c74f20a3+",
		"+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
		"PeterNeumenn+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
		"PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
		"PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TX",
		"PeterNeumann+c74f20a3+AhpC2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
		"Peter Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
		"PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq\xafLDE4izWy10TW",
		PUBLISHED "A" };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		ms_error err = { 0 };
		log_key key;

		assert_int_equal(log_key_parse(span_str(wrong[i]), &key, &err), MS_INVALID);
		assert_int_equal(err.code, MST_PROOF_KEY);
	}
}

static void
the_form_is_that_of_the_specification(void **state)
{
	static const char begin[] = "muster/sy-2012\n20852163\n";
	ms_error err = { 0 };
	checkpoint got;
	signer s;

	(void)state;
	signer_setup(&s);
	assert_memory_equal(s.note.at, begin, sizeof(begin) - 1);
	assert_non_null(strstr(buf_cstr(&s.note), "=\n\n\xe2\x80\x94 muster/sy-2012 "));
	assert_int_equal(s.note.at[s.note.len - 1], '\n');
	assert_int_equal(note_open(buf_span(&s.note), &s.key, &got, &err), MS_OK);
	assert_int_equal(got.size, s.at.size);
	assert_true(hash_equal(&got.root, &s.at.root));
	buf_fini(&s.note);
}

static void
other_signatures_and_lines_are_passed_over(void **state)
{
	static const char other[] =
		"\xe2\x80\x94 witness.example "
		"x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6"
		"RyyBwJnAM=\n";
	ms_error err = { 0 };
	checkpoint got;
	signer s;

	(void)state;
	signer_setup(&s);
	assert_int_equal(buf_add_text(&s.note, other), MS_OK);
	assert_int_equal(note_open(buf_span(&s.note), &s.key, &got, &err), MS_OK);
	assert_int_equal(got.size, s.at.size);
	buf_fini(&s.note);
}

static void
any_flipped_bit_is_refused(void **state)
{
	checkpoint got;
	size_t bit;
	signer s;

	(void)state;
	signer_setup(&s);
	for (bit = 0; bit < 8 * s.note.len; bit++) {
		ms_error err = { 0 };
		ms_status status;

		s.note.at[bit / 8] ^= (uint8_t)(1u << bit % 8);
		status = note_open(buf_span(&s.note), &s.key, &got, &err);
		/* The dash and the bits that base64 leaves over say nothing. */
		if (status == MS_OK)
			assert_true(got.size == s.at.size && hash_equal(&got.root, &s.at.root));
		else
			assert_true(err.code == MST_PROOF_NOTE);
		s.note.at[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	buf_fini(&s.note);
}

static void
a_note_of_another_log_or_key_is_refused(void **state)
{
	uint8_t seed[SIGN_SEED_SIZE] = { 8 };
	ms_error err = { 0 };
	checkpoint got;
	log_key other;
	sign_key key;
	signer s;

	(void)state;
	signer_setup(&s);
	other = s.key;
	snprintf(other.origin, sizeof(other.origin), "muster/sy-2013");
	assert_int_equal(note_open(buf_span(&s.note), &other, &got, &err), MS_DENIED);
	other = s.key;
	sign_key_from_seed(seed, &key);
	other.key = key.public_key;
	assert_int_equal(note_open(buf_span(&s.note), &other, &got, &err), MS_DENIED);
	buf_fini(&s.note);
}

static void
a_simulated_clock_is_in_the_name(void **state)
{
	(void)state;
	assert_true(note_origin_is_simulated(NOTE_SIMULATED "sy-2012"));
	assert_true(note_origin_is_simulated(NOTE_SIMULATED "sy-2012/2"));
	assert_false(note_origin_is_simulated(NOTE_REAL "sy-2012"));
	assert_false(note_origin_is_simulated(NOTE_REAL "muster-simulated"));
	assert_false(note_origin_is_simulated("muster-simulated"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_published_key_is_read_and_printed),
		cmocka_unit_test(a_mistyped_key_is_told),
		cmocka_unit_test(the_form_is_that_of_the_specification),
		cmocka_unit_test(other_signatures_and_lines_are_passed_over),
		cmocka_unit_test(any_flipped_bit_is_refused),
		cmocka_unit_test(a_note_of_another_log_or_key_is_refused),
		cmocka_unit_test(a_simulated_clock_is_in_the_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* test_reactor.c - the loop calls what is due, in order, once, and sleeps otherwise. */
#include "tests/net/net_testing.h"

#include <sys/eventfd.h>
#include <unistd.h>

typedef struct script script;

/* One handler: writes its name down, then does what the test wants. */
typedef struct actor {
	script *in;
	char name;
	void (*then)(struct actor *self);
	int fd;
} actor;

struct script {
	reactor *r;
	char said[64];
	size_t n;
	actor actors[8];
};

static void
speak(void *ctx, int64_t now_us)
{
	actor *a = ctx;

	assert_true(now_us == reactor_now(a->in->r));
	assert_true(a->in->n < sizeof(a->in->said) - 1);
	a->in->said[a->in->n++] = a->name;
	if (a->then != NULL)
		a->then(a);
}

static void
script_init(script *s)
{
	int i;

	*s = (script){ 0 };
	assert_int_equal(reactor_new(&s->r, NULL), MS_OK);
	for (i = 0; i < 8; i++)
		s->actors[i] = (actor){ .in = s, .name = (char)('a' + i), .fd = -1 };
}

static void
at(script *s, int i, int64_t us)
{
	reactor_set_timer(s->r, speak, &s->actors[i], us);
}

static void
timers_fire_once_in_the_order_of_their_times(void **test)
{
	int64_t now = clock_monotonic_us();
	script s;

	(void)test;
	script_init(&s);
	at(&s, 0, now - 10);
	at(&s, 1, now - 30);
	at(&s, 2, now - 20);
	at(&s, 3, now - 30);
	at(&s, 4, now + 3600000000);
	assert_int_equal(reactor_turn(s.r, 0, NULL), MS_OK);
	assert_string_equal(s.said, "bdca");
	assert_int_equal(reactor_turn(s.r, 0, NULL), MS_OK);
	assert_string_equal(s.said, "bdca");
	reactor_free(s.r);
}

static void
a_timer_is_never_early_and_setting_it_again_moves_it(void **test)
{
	int64_t now = clock_monotonic_us();
	script s;

	(void)test;
	script_init(&s);
	at(&s, 0, now + 3600000000);
	at(&s, 0, now + 5500);
	at(&s, 1, now + 100);
	at(&s, 1, INT64_MAX);
	assert_int_equal(reactor_turn(s.r, -1, NULL), MS_OK);
	assert_true(reactor_now(s.r) >= now + 5500);
	assert_string_equal(s.said, "a");
	reactor_free(s.r);
}

static void
stop_the_second(actor *self)
{
	at(self->in, 1, INT64_MAX);
}

static void
a_timer_can_stop_another_that_is_due(void **test)
{
	int64_t now = clock_monotonic_us();
	script s;

	(void)test;
	script_init(&s);
	s.actors[0].then = stop_the_second;
	at(&s, 0, now - 3);
	at(&s, 1, now - 2);
	at(&s, 2, now - 1);
	assert_int_equal(reactor_turn(s.r, 0, NULL), MS_OK);
	assert_string_equal(s.said, "ac");
	reactor_free(s.r);
}

static void
again_at_once(actor *self)
{
	at(self->in, self->name - 'a', 0);
}

static void
a_timer_that_sets_itself_for_now_fires_once_a_turn(void **test)
{
	script s;
	int i;

	(void)test;
	script_init(&s);
	s.actors[0].then = again_at_once;
	at(&s, 0, 0);
	for (i = 0; i < 3; i++)
		assert_int_equal(reactor_turn(s.r, 1000000, NULL), MS_OK);
	assert_string_equal(s.said, "aaa");
	reactor_free(s.r);
}

/* ---- descriptors ---- */

static void
listen_to(script *s, int i, unsigned count)
{
	s->actors[i].fd = eventfd(count, EFD_CLOEXEC | EFD_NONBLOCK);
	assert_true(s->actors[i].fd >= 0);
	assert_int_equal(reactor_add_fd(s->r, s->actors[i].fd, speak, &s->actors[i]), MS_OK);
}

static void
script_fini(script *s)
{
	int i;

	for (i = 0; i < 8; i++)
		if (s->actors[i].fd >= 0)
			close(s->actors[i].fd);
	reactor_free(s->r);
}

static void
empty_it(actor *self)
{
	eventfd_t count;

	eventfd_read(self->fd, &count);
}

static void
a_descriptor_is_served_until_it_is_empty(void **test)
{
	script s;
	int i;

	(void)test;
	script_init(&s);
	listen_to(&s, 0, 1);
	listen_to(&s, 1, 0);
	for (i = 0; i < 3; i++)
		assert_int_equal(reactor_turn(s.r, 1000000, NULL), MS_OK);
	assert_string_equal(s.said, "aaa");
	s.actors[0].then = empty_it;
	for (i = 0; i < 3; i++)
		assert_int_equal(reactor_turn(s.r, 0, NULL), MS_OK);
	assert_string_equal(s.said, "aaaa");
	script_fini(&s);
}

static void
remove_the_others(actor *self)
{
	int i;

	for (i = 0; i < 3; i++)
		if (&self->in->actors[i] != self)
			reactor_remove_fd(self->in->r, self->in->actors[i].fd);
}

static void
a_source_removed_by_a_handler_is_not_called_although_it_was_ready(void **test)
{
	script s;
	int i;

	(void)test;
	script_init(&s);
	for (i = 0; i < 3; i++) {
		listen_to(&s, i, 1);
		s.actors[i].then = remove_the_others;
	}
	for (i = 0; i < 3; i++)
		assert_int_equal(reactor_turn(s.r, 0, NULL), MS_OK);
	assert_int_equal(s.n, 3);
	assert_true(s.said[0] == s.said[1] && s.said[1] == s.said[2]);
	script_fini(&s);
}

static void
writing_is_told_only_when_wanted(void **test)
{
	script s;

	(void)test;
	script_init(&s);
	listen_to(&s, 0, 0);
	assert_int_equal(reactor_turn(s.r, 0, NULL), MS_OK);
	assert_string_equal(s.said, "");
	reactor_want_write(s.r, s.actors[0].fd, true);
	assert_int_equal(reactor_turn(s.r, 1000000, NULL), MS_OK);
	assert_string_equal(s.said, "a");
	reactor_want_write(s.r, s.actors[0].fd, false);
	assert_int_equal(reactor_turn(s.r, 0, NULL), MS_OK);
	assert_string_equal(s.said, "a");
	script_fini(&s);
}

static void
nothing_wakes_an_idle_loop(void **test)
{
	int64_t before = clock_monotonic_us();
	script s;

	(void)test;
	script_init(&s);
	listen_to(&s, 0, 0);
	at(&s, 1, before + 3600000000);
	assert_int_equal(reactor_turn(s.r, 30000, NULL), MS_OK);
	assert_true(clock_monotonic_us() - before >= 30000);
	assert_int_equal(s.n, 0);
	script_fini(&s);
}

static void
stop(actor *self)
{
	reactor_stop(self->in->r);
}

static void
the_end_of_a_turn_comes_after_its_events_and_timers(void **test)
{
	script s;

	(void)test;
	script_init(&s);
	s.actors[0].then = empty_it;
	listen_to(&s, 0, 1);
	at(&s, 1, 0);
	s.actors[2].then = stop;
	reactor_after_turn(s.r, speak, &s.actors[2]);
	assert_int_equal(reactor_run(s.r, NULL), MS_OK);
	assert_int_equal(s.n, 3);
	assert_int_equal(s.said[2], 'c');
	script_fini(&s);
}

static void
too_many_sources_are_refused(void **test)
{
	script s;
	int i;

	(void)test;
	script_init(&s);
	for (i = 0; i < REACTOR_SOURCES_MAX; i++)
		assert_int_equal(reactor_add_fd(s.r, 1000 + i, speak, &s.actors[0]), MS_OK);
	assert_int_equal(reactor_add_fd(s.r, 5000, speak, &s.actors[0]), MS_FULL);
	reactor_remove_fd(s.r, 1000);
	assert_int_equal(reactor_add_fd(s.r, 5000, speak, &s.actors[0]), MS_OK);
	script_fini(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(timers_fire_once_in_the_order_of_their_times),
		cmocka_unit_test(a_timer_is_never_early_and_setting_it_again_moves_it),
		cmocka_unit_test(a_timer_can_stop_another_that_is_due),
		cmocka_unit_test(a_timer_that_sets_itself_for_now_fires_once_a_turn),
		cmocka_unit_test(a_descriptor_is_served_until_it_is_empty),
		cmocka_unit_test(a_source_removed_by_a_handler_is_not_called_although_it_was_ready),
		cmocka_unit_test(writing_is_told_only_when_wanted),
		cmocka_unit_test(nothing_wakes_an_idle_loop),
		cmocka_unit_test(the_end_of_a_turn_comes_after_its_events_and_timers),
		cmocka_unit_test(too_many_sources_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* test_queue.c - what threads push is taken once, in each one's order, and the taker sleeps when
 * there is nothing. */
#include "tests/net/net_testing.h"

#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "net/queue.h"

enum { PUSHERS = 3, EACH = 50000 };

typedef struct item {
	queue_item link;
	int pusher, number;
} item;

typedef struct pusher {
	queue *q;
	item *items;
	int number;
	pthread_t thread;
} pusher;

static void *
push_all(void *arg)
{
	pusher *p = arg;
	int i;

	for (i = 0; i < EACH; i++) {
		p->items[i] = (item){ .pusher = p->number, .number = i };
		queue_push(p->q, &p->items[i].link);
	}
	return NULL;
}

static void
start(pusher *p, queue *q, int number)
{
	*p = (pusher){ .q = q, .number = number, .items = calloc(EACH, sizeof(item)) };
	assert_non_null(p->items);
	assert_int_equal(pthread_create(&p->thread, NULL, push_all, p), 0);
}

static void
finish(pusher *p)
{
	pthread_join(p->thread, NULL);
	free(p->items);
}

/* Returns how many there were; each pusher's come in its order. */
static int
count_list(const queue_item *list, int next[PUSHERS])
{
	int n = 0;

	for (; list != NULL; list = list->next, n++) {
		const item *i = (const item *)list;

		assert_int_equal(i->number, next[i->pusher]);
		next[i->pusher]++;
	}
	return n;
}

static void
what_is_pushed_is_taken_in_order(void **test)
{
	item items[3] = { { .number = 0 }, { .number = 1 }, { .number = 2 } };
	int next[PUSHERS] = { 0 }, i;
	queue *q;

	(void)test;
	assert_int_equal(queue_new(&q, NULL), MS_OK);
	assert_null(queue_take(q));
	for (i = 0; i < 3; i++)
		queue_push(q, &items[i].link);
	assert_int_equal(count_list(queue_take(q), next), 3);
	assert_null(queue_take(q));
	queue_free(q);
	queue_free(NULL);
}

static void
a_sleeping_taker_gets_everything_of_many_threads(void **test)
{
	pusher pushers[PUSHERS];
	int next[PUSHERS] = { 0 }, got = 0, i;
	queue *q;

	(void)test;
	assert_int_equal(queue_new(&q, NULL), MS_OK);
	for (i = 0; i < PUSHERS; i++)
		start(&pushers[i], q, i);
	while (got < PUSHERS * EACH) {
		queue_item *list = queue_wait(q);

		assert_non_null(list);
		got += count_list(list, next);
	}
	assert_null(queue_take(q));
	for (i = 0; i < PUSHERS; i++)
		finish(&pushers[i]);
	queue_free(q);
}

/* ---- the taker is a reactor ---- */

typedef struct taker {
	queue *q;
	int next[PUSHERS], got;
} taker;

static void
take(void *ctx, int64_t now_us)
{
	taker *t = ctx;

	(void)now_us;
	t->got += count_list(queue_take(t->q), t->next);
}

static void
a_reactor_gets_everything_of_many_threads(void **test)
{
	pusher pushers[PUSHERS];
	taker t = { 0 };
	reactor *r;
	int i;

	(void)test;
	assert_int_equal(queue_new(&t.q, NULL), MS_OK);
	assert_int_equal(reactor_new(&r, NULL), MS_OK);
	assert_int_equal(reactor_add_fd(r, queue_fd(t.q), take, &t), MS_OK);
	for (i = 0; i < PUSHERS; i++)
		start(&pushers[i], t.q, i);
	WAIT_FOR(r, t.got == PUSHERS * EACH);
	for (i = 0; i < PUSHERS; i++)
		finish(&pushers[i]);
	reactor_free(r);
	queue_free(t.q);
}

/* ---- two threads hand one thing to and fro: nobody sleeps past it ---- */

enum { ROUNDS = 20000 };

typedef struct court {
	queue *there, *back;
} court;

static void *
hit_back(void *arg)
{
	court *c = arg;
	queue_item *ball;

	while ((ball = queue_wait(c->there)) != NULL)
		queue_push(c->back, ball);
	queue_close(c->back);
	return NULL;
}

static void
no_wake_up_is_lost(void **test)
{
	item ball = { 0 };
	pthread_t thread;
	court c;
	int i;

	(void)test;
	assert_int_equal(queue_new(&c.there, NULL), MS_OK);
	assert_int_equal(queue_new(&c.back, NULL), MS_OK);
	assert_int_equal(pthread_create(&thread, NULL, hit_back, &c), 0);
	for (i = 0; i < ROUNDS; i++) {
		queue_push(c.there, &ball.link);
		assert_ptr_equal(queue_wait(c.back), &ball.link);
	}
	queue_close(c.there);
	assert_null(queue_wait(c.back));
	pthread_join(thread, NULL);
	queue_free(c.there);
	queue_free(c.back);
}

static void
a_closed_queue_gives_what_it_holds_and_then_the_end(void **test)
{
	item last = { 0 };
	queue *q;

	(void)test;
	assert_int_equal(queue_new(&q, NULL), MS_OK);
	queue_push(q, &last.link);
	assert_false(queue_is_closed(q));
	queue_close(q);
	assert_true(queue_is_closed(q));
	assert_ptr_equal(queue_wait(q), &last.link);
	assert_null(queue_wait(q));
	assert_null(queue_wait(q));
	queue_free(q);
}

static bool
is_readable(const queue *q)
{
	struct pollfd event = { .fd = queue_fd(q), .events = POLLIN };

	return poll(&event, 1, 0) == 1;
}

static void
the_descriptor_is_readable_only_while_there_may_be_something(void **test)
{
	item items[2] = { { .number = 0 }, { .number = 1 } };
	queue *q;

	(void)test;
	assert_int_equal(queue_new(&q, NULL), MS_OK);
	assert_false(is_readable(q));
	queue_push(q, &items[0].link);
	assert_true(is_readable(q));
	queue_push(q, &items[1].link);
	assert_non_null(queue_take(q));
	assert_false(is_readable(q));
	queue_close(q);
	assert_true(is_readable(q));
	queue_free(q);
}

/* ---- a taker that looks while something is being pushed ---- */

enum { PUSHES = 4000, SPINS = 20000 /* before another thread may have the processor */ };

typedef struct look {
	queue *q;
	atomic_int wanted, pushed;
} look;

static void *
push_when_wanted(void *arg)
{
	look *l = arg;
	queue_item one;
	unsigned looks = 0;
	int i;

	for (i = 1; i <= PUSHES; i++) {
		while (atomic_load(&l->wanted) < i)
			if (++looks % SPINS == 0)
				sched_yield();
		queue_push(l->q, &one);
		atomic_store(&l->pushed, i);
	}
	return NULL;
}

/* The taker may be told of what it has taken already, once: else one that sleeps on the descriptor
 * is woken again and again for nothing. */
static void
the_descriptor_of_an_empty_queue_is_quiet_after_a_look(void **test)
{
	look l = { 0 };
	pthread_t thread;
	unsigned looks = 0;
	int i;

	(void)test;
	assert_int_equal(queue_new(&l.q, NULL), MS_OK);
	assert_int_equal(pthread_create(&thread, NULL, push_when_wanted, &l), 0);
	for (i = 1; i <= PUSHES; i++) {
		atomic_store(&l.wanted, i);
		while (queue_take(l.q) == NULL)
			if (++looks % SPINS == 0)
				sched_yield();
		while (atomic_load(&l.pushed) < i)
			sched_yield();
		assert_null(queue_take(l.q));
		assert_false(is_readable(l.q));
	}
	pthread_join(thread, NULL);
	queue_free(l.q);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_pushed_is_taken_in_order),
		cmocka_unit_test(a_sleeping_taker_gets_everything_of_many_threads),
		cmocka_unit_test(a_reactor_gets_everything_of_many_threads),
		cmocka_unit_test(no_wake_up_is_lost),
		cmocka_unit_test(a_closed_queue_gives_what_it_holds_and_then_the_end),
		cmocka_unit_test(the_descriptor_is_readable_only_while_there_may_be_something),
		cmocka_unit_test(the_descriptor_of_an_empty_queue_is_quiet_after_a_look),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* test_registry.c - many sessions: who is found, who replaces whom, who is dropped. */
#include <stdio.h>
#include <stdlib.h>

#include "capture.h"
#include "wire/registry.h"

/* The user's first letter names the device; what was sent is kept with its routing id. */
typedef struct rig {
	registry *reg;
	session_hub hub;
	feed_source feeds;
	size_t n;
	struct {
		char routing[16];
		frame f;
	} sent[256];
	char revoked;
	bool slow;    /* sessions with feed work are left */
	char fed[64]; /* routing ids of those that were told */
	arena memory;
	int64_t now;
} rig;

/* The session of the connection ROUTING, if it goes on. */
static session *
find(registry *reg, span routing)
{
	uint32_t at = 0;
	session *s;

	do
		s = registry_each(reg, &at);
	while (s != NULL && !span_equal(session_who(s)->routing, routing));
	return s;
}

static device_id
device_of(char letter)
{
	device_id id = { { 0 } };

	id.at[0] = (uint8_t)letter;
	return id;
}

static void
who_is(void *ctx, span user, session_device *out)
{
	rig *r = ctx;

	*out = (session_device){
		.standing = SESSION_ACTIVE, .id = device_of((char)user.at[0]), .next_seq = 1
	};
	if (user.at[0] == '?')
		out->standing = SESSION_UNKNOWN;
	else if ((char)user.at[0] == r->revoked)
		out->standing = SESSION_REVOKED;
}

static void
fill_welcome(void *ctx, const session_facts *who, frame_welcome *w)
{
	(void)ctx;
	(void)who;
	(void)w;
}

static void
fill_pong(void *ctx, const session_facts *who, frame_pong *p)
{
	(void)ctx;
	(void)who;
	(void)p;
}

static ms_status
keep(void *ctx, span routing, const frame *f)
{
	rig *r = ctx;

	assert_true(r->n < 256);
	snprintf(r->sent[r->n].routing, sizeof(r->sent[0].routing), "%.*s", (int)routing.len,
		(const char *)routing.at);
	r->sent[r->n++].f = *f;
	return MS_OK;
}

/* Feeds without an entry: a look is all the work there is. */
static ms_status
no_entry(void *ctx, const session_facts *who, uint64_t after, uint32_t classes, arena *memory,
	feed_entry *out)
{
	(void)ctx;
	(void)who;
	(void)after;
	(void)classes;
	(void)memory;
	(void)out;
	return MS_NOT_FOUND;
}

static ms_status
no_keys(void *ctx, const session_facts *who, const frame_subscribe *sub, feed_rollup_keys *keys)
{
	(void)ctx;
	(void)who;
	(void)sub;
	(void)keys;
	return MS_OK;
}

static bool
every_key(void *ctx, const session_facts *who, const frame_subscribe *sub, uint64_t key)
{
	(void)ctx;
	(void)who;
	(void)sub;
	(void)key;
	return true;
}

static ms_status
no_rollup(void *ctx, const session_facts *who, uint64_t key, arena *memory, feed_rollup *out)
{
	(void)ctx;
	(void)who;
	(void)key;
	(void)memory;
	(void)out;
	return MS_NOT_FOUND;
}

static void
no_time(void *ctx, uint64_t *size, int64_t *hub_time_us)
{
	(void)ctx;
	*size = 0;
	*hub_time_us = 0;
}

static rig *
rig_new(uint32_t max)
{
	rig *r = calloc(1, sizeof(*r));
	registry_out out = { .ctx = r, .send = keep };

	r->feeds = (feed_source){ .next = no_entry,
		.rollup_keys = no_keys,
		.rollup_wanted = every_key,
		.rollup = no_rollup,
		.now = no_time };
	r->hub = (session_hub){ .ctx = r,
		.device = who_is,
		.welcome = fill_welcome,
		.pong = fill_pong,
		.feeds = &r->feeds };
	assert_int_equal(registry_new(&r->hub, &out, max, &r->reg), MS_OK);
	return r;
}

static void
rig_free(rig *r)
{
	registry_free(r->reg);
	arena_fini(&r->memory);
	free(r);
}

static void
in(rig *r, const char *routing, const char *user, const frame *f)
{
	registry_in(r->reg, span_str(routing), span_str(user), f, NULL, r->now);
}

static void
hello(rig *r, const char *routing, const char *user, uint32_t roles)
{
	device_id id = device_of(user[0]);
	frame f = { .kind = FRAME_HELLO };

	f.u.hello = (frame_hello){ .roles = roles,
		.protocol_min = 1,
		.protocol_max = 1,
		.device = span_of(id.at, ID_SIZE) };
	in(r, routing, user, &f);
}

/* How many BYE or ERROR with NAME went to ROUTING? */
static size_t
told(const rig *r, const char *routing, const char *name)
{
	size_t i, n = 0;

	for (i = 0; i < r->n; i++) {
		const frame *f = &r->sent[i].f;

		if ((f->kind == FRAME_BYE || f->kind == FRAME_ERROR) &&
			strcmp(r->sent[i].routing, routing) == 0 &&
			span_equal(f->u.error.name, span_str(name)))
			n++;
	}
	return n;
}

static void
the_newest_push_session_wins(void **unused)
{
	rig *r = rig_new(100);

	(void)unused;
	hello(r, "r1", "a", ROLE_PUSH | ROLE_READ);
	hello(r, "r2", "a", ROLE_READ);
	hello(r, "r3", "b", ROLE_PUSH);
	assert_int_equal(told(r, "r1", "REPLACED"), 0);
	hello(r, "r4", "a", ROLE_PUSH);
	assert_int_equal(told(r, "r1", "REPLACED"), 1);
	assert_int_equal(told(r, "r2", "REPLACED"), 0);
	assert_int_equal(told(r, "r3", "REPLACED"), 0);
	assert_null(find(r->reg, span_str("r1")));
	assert_non_null(find(r->reg, span_str("r4")));
	hello(r, "r4", "a", ROLE_PUSH); /* HELLO again on the same connection replaces nobody */
	assert_int_equal(told(r, "r4", "REPLACED"), 0);
	rig_free(r);
}

static void
a_device_holds_eight_sessions(void **unused)
{
	rig *r = rig_new(100);
	char name[16];
	int i;

	(void)unused;
	for (i = 0; i < 8; i++) {
		snprintf(name, sizeof(name), "r%d", i);
		r->now += S;
		hello(r, name, "a", ROLE_READ);
	}
	r->now += S;
	in(r, "r0", "a", &(frame){ .kind = FRAME_PING }); /* r1 is the longest silent now */
	hello(r, "r8", "a", ROLE_READ);
	assert_int_equal(told(r, "r1", "TOO_MANY"), 1);
	assert_null(find(r->reg, span_str("r1")));
	assert_non_null(find(r->reg, span_str("r0")));
	assert_non_null(find(r->reg, span_str("r8")));
	rig_free(r);
}

static void
readers_beside_an_agent_take_nothing_from_it(void **unused)
{
	rig *r = rig_new(100);
	device_id id = device_of('a');
	frame agent = { .kind = FRAME_HELLO }, reader = agent;
	char name[16];
	int i;

	(void)unused;
	agent.u.hello = (frame_hello){ .roles = ROLE_PUSH | ROLE_READ,
		.protocol_min = 1,
		.protocol_max = 1,
		.software = span_str("agent"),
		.device = span_of(id.at, ID_SIZE) };
	reader = agent;
	reader.u.hello.roles = ROLE_READ;
	reader.u.hello.software = span_str("board");
	in(r, "early", "a", &reader);
	assert_string_equal(registry_told_by(r->reg, &id).software, "board");
	in(r, "agent", "a", &agent);
	for (i = 0; i < 20; i++) {
		snprintf(name, sizeof(name), "r%d", i);
		r->now += S;
		in(r, name, "a", &reader);
	}
	assert_int_equal(told(r, "agent", "TOO_MANY"), 0);
	assert_non_null(find(r->reg, span_str("agent")));
	registry_tick(r->reg, r->now);
	assert_int_equal(registry_count(r->reg), 8);
	assert_string_equal(registry_told_by(r->reg, &id).software, "agent");
	rig_free(r);
}

static void
sessions_are_found_by_number_until_they_end(void **unused)
{
	rig *r = rig_new(4);
	uint64_t number;

	(void)unused;
	hello(r, "r1", "a", ROLE_READ);
	number = session_who(find(r->reg, span_str("r1")))->number;
	assert_ptr_equal(registry_by_number(r->reg, number), find(r->reg, span_str("r1")));
	in(r, "r1", "a", &(frame){ .kind = FRAME_BYE });
	assert_null(registry_by_number(r->reg, number));
	hello(r, "r2", "a", ROLE_READ); /* takes the same place */
	assert_null(registry_by_number(r->reg, number));
	assert_int_equal(registry_count(r->reg), 1);
	rig_free(r);
}

static void
one_session_too_many_is_told_busy(void **unused)
{
	rig *r = rig_new(2);

	(void)unused;
	hello(r, "r1", "a", ROLE_READ);
	hello(r, "r2", "b", ROLE_READ);
	hello(r, "r3", "c", ROLE_READ);
	assert_int_equal(told(r, "r3", "BUSY"), 1);
	in(r, "r1", "a", &(frame){ .kind = FRAME_BYE });
	hello(r, "r3", "c", ROLE_READ);
	assert_non_null(find(r->reg, span_str("r3")));
	rig_free(r);
}

/* Neither connections that are sent away, nor those that never say HELLO, take a place from another
 * device. */
static void
one_device_does_not_take_the_places_of_others(void **unused)
{
	enum { MAX = 10 };
	rig *r = rig_new(MAX);
	char name[16];
	int i;

	(void)unused;
	hello(r, "b1", "b", ROLE_READ);
	for (i = 0; i < 3 * MAX; i++) {
		snprintf(name, sizeof(name), "h%d", i);
		r->now++;
		hello(r, name, "a", ROLE_PUSH);
	}
	for (i = 0; i < 3 * MAX; i++) {
		snprintf(name, sizeof(name), "p%d", i);
		r->now++;
		in(r, name, "a", &(frame){ .kind = FRAME_PING });
		assert_int_equal(told(r, name, "HELLO_FIRST"), 1);
	}
	hello(r, "c1", "c", ROLE_PUSH);
	assert_non_null(find(r->reg, span_str("c1")));
	assert_non_null(find(r->reg, span_str("b1")));
	assert_non_null(find(r->reg, span_str("h29"))); /* the newest that said HELLO */
	rig_free(r);
}

static void
silent_sessions_are_dropped_and_remembered(void **unused)
{
	rig *r = rig_new(10);
	device_id a = device_of('a'), z = device_of('z');
	bool connected;
	int64_t last;

	(void)unused;
	hello(r, "r1", "a", ROLE_READ);
	in(r, "r2", "b", &(frame){ .kind = FRAME_PING }); /* never says HELLO */
	r->now = 40 * S;
	registry_tick(r->reg, r->now);
	assert_null(find(r->reg, span_str("r2")));
	assert_non_null(find(r->reg, span_str("r1")));
	assert_true(registry_seen(r->reg, &a, &connected, &last));
	assert_true(connected);
	in(r, "r1", "a", &(frame){ .kind = FRAME_PING });
	r->now = 400 * S;
	registry_tick(r->reg, r->now);
	assert_int_equal(told(r, "r1", "SILENT"), 1);
	assert_int_equal(registry_count(r->reg), 0);
	assert_true(registry_seen(r->reg, &a, &connected, &last));
	assert_false(connected);
	assert_int_equal(last, 40 * S);
	assert_false(registry_seen(r->reg, &z, &connected, &last));
	rig_free(r);
}

static void
revoking_says_bye_to_every_session_of_the_device(void **unused)
{
	rig *r = rig_new(10);
	device_id a = device_of('a');

	(void)unused;
	hello(r, "r1", "a", ROLE_PUSH);
	hello(r, "r2", "a", ROLE_READ);
	hello(r, "r3", "b", ROLE_READ);
	r->revoked = 'a';
	registry_revoke(r->reg, &a);
	assert_int_equal(told(r, "r1", "REVOKED"), 1);
	assert_int_equal(told(r, "r2", "REVOKED"), 1);
	assert_int_equal(told(r, "r3", "REVOKED"), 0);
	hello(r, "r1", "a", ROLE_PUSH); /* and when it goes on talking */
	assert_int_equal(told(r, "r1", "REVOKED"), 2);
	rig_free(r);
}

static void
an_unknown_key_leaves_no_session_behind(void **unused)
{
	rig *r = rig_new(10);

	(void)unused;
	hello(r, "r1", "?", ROLE_PUSH);
	assert_int_equal(told(r, "r1", "UNKNOWN_KEY"), 1);
	assert_int_equal(registry_count(r->reg), 0);
	rig_free(r);
}

static void
stopping_says_bye_to_everybody(void **unused)
{
	rig *r = rig_new(10);

	(void)unused;
	hello(r, "r1", "a", ROLE_PUSH);
	hello(r, "r2", "b", ROLE_READ);
	registry_stop(r->reg);
	assert_int_equal(told(r, "r1", "STOPPING") + told(r, "r2", "STOPPING"), 2);
	rig_free(r);
}

/* Against a plain list, in random order. */
static void
places_are_reused_and_nothing_is_mixed_up(void **unused)
{
	enum { PEERS = 40, MAX = 16 };
	rig *r = rig_new(MAX);
	bool there[PEERS] = { false };
	uint32_t random = 1;
	size_t n = 0;
	int i, p;

	(void)unused;
	for (i = 0; i < 20000; i++) {
		char routing[16], user[2] = { 0 };

		random = random * 1664525 + 1013904223;
		p = (int)(random >> 16) % PEERS;
		snprintf(routing, sizeof(routing), "p%d", p);
		user[0] = (char)('A' + p);
		r->n = 0;
		if (there[p]) {
			in(r, routing, user, &(frame){ .kind = FRAME_BYE });
			there[p] = false;
			n--;
		} else {
			hello(r, routing, user, ROLE_PUSH);
			there[p] = n < MAX;
			n += there[p] ? 1 : 0;
		}
		assert_int_equal(registry_count(r->reg), n);
		for (p = 0; p < PEERS; p++) {
			session *s;

			snprintf(routing, sizeof(routing), "p%d", p);
			s = find(r->reg, span_str(routing));
			assert_int_equal(s != NULL, there[p]);
			if (s != NULL)
				assert_ptr_equal(
					registry_by_number(r->reg, session_who(s)->number), s);
		}
	}
	rig_free(r);
}

/* ---- feeds ---- */

static void
reader(rig *r, const char *routing, const char *user, uint32_t classes)
{
	frame f = { .kind = FRAME_SUBSCRIBE };

	f.u.subscribe = (frame_subscribe){ .classes = classes, .credit = 10 };
	hello(r, routing, user, ROLE_READ);
	in(r, routing, user, &f);
	r->n = 0;
}

static void
pump_one(void *ctx, session *s)
{
	rig *r = ctx;
	span routing = session_who(s)->routing;
	size_t len = strlen(r->fed);

	snprintf(r->fed + len, sizeof(r->fed) - len, "%.*s ", (int)routing.len,
		(const char *)routing.at);
	if (!r->slow)
		session_pump(s, 10, &r->memory, r->now);
	r->n = 0;
}

static void
assert_fed(rig *r, const char *expected)
{
	r->fed[0] = '\0';
	registry_feed(r->reg, pump_one, r);
	assert_string_equal(r->fed, expected);
}

static void
only_who_has_feed_work_is_fed(void **unused)
{
	rig *r = rig_new(8);
	device_id a = device_of('a'), nobody = device_of('n');
	uint64_t keys[] = { 1, 2 };

	(void)unused;
	reader(r, "r1", "a", CLASS_OWN);
	reader(r, "r2", "b", CLASS_OWN | CLASS_ROLLUP);
	reader(r, "r3", "a", CLASS_OWN);
	hello(r, "r4", "a", ROLE_PUSH); /* reads nothing */
	assert_fed(r, "r1 r2 r3 ");
	assert_fed(r, "");
	registry_log_grew(r->reg, &a);
	registry_log_grew(r->reg, &a);
	registry_log_grew(r->reg, &nobody);
	assert_fed(r, "r3 r1 ");
	registry_rollups_changed(r->reg, keys, 2);
	assert_fed(r, "r2 ");
	reader(r, "r2", "b", CLASS_OWN);
	assert_fed(r, "r2 ");
	registry_rollups_changed(r->reg, keys, 2);
	assert_fed(r, "");
	rig_free(r);
}

static void
who_was_left_is_fed_first_next_time(void **unused)
{
	rig *r = rig_new(8);
	device_id b = device_of('b');

	(void)unused;
	reader(r, "r1", "a", CLASS_OWN);
	reader(r, "r2", "b", CLASS_OWN);
	assert_fed(r, "r1 r2 ");
	reader(r, "r3", "c", CLASS_OWN);
	r->slow = true;
	assert_fed(r, "r3 ");
	registry_log_grew(r->reg, &b);
	r->slow = false;
	assert_fed(r, "r3 r2 ");
	assert_fed(r, "");
	rig_free(r);
}

/* With work in the queue; the queue has as many places as there are sessions. */
static void
a_session_that_goes_takes_its_work_along(void **unused)
{
	rig *r = rig_new(3);
	device_id a = device_of('a');
	int i;

	(void)unused;
	reader(r, "r1", "a", CLASS_OWN);
	reader(r, "r2", "b", CLASS_OWN);
	reader(r, "r3", "a", CLASS_OWN);
	assert_fed(r, "r1 r2 r3 ");
	for (i = 0; i < 10; i++) {
		registry_log_grew(r->reg, &a);
		in(r, "r3", "a", &(frame){ .kind = FRAME_BYE });
		assert_fed(r, "r1 ");
		registry_log_grew(r->reg, &a);
		hello(r, "r3", "a", ROLE_READ); /* at the old place, and has not subscribed */
		assert_fed(r, "r1 ");
		registry_log_grew(r->reg, &a);
		in(r, "r3", "a", &(frame){ .kind = FRAME_BYE });
		reader(r, "r3", "a", CLASS_OWN);
		assert_fed(r, "r1 r3 ");
		registry_log_grew(r->reg, &a);
		assert_fed(r, "r3 r1 ");
	}
	rig_free(r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_newest_push_session_wins),
		cmocka_unit_test(a_device_holds_eight_sessions),
		cmocka_unit_test(readers_beside_an_agent_take_nothing_from_it),
		cmocka_unit_test(sessions_are_found_by_number_until_they_end),
		cmocka_unit_test(one_session_too_many_is_told_busy),
		cmocka_unit_test(one_device_does_not_take_the_places_of_others),
		cmocka_unit_test(silent_sessions_are_dropped_and_remembered),
		cmocka_unit_test(revoking_says_bye_to_every_session_of_the_device),
		cmocka_unit_test(an_unknown_key_leaves_no_session_behind),
		cmocka_unit_test(stopping_says_bye_to_everybody),
		cmocka_unit_test(places_are_reused_and_nothing_is_mixed_up),
		cmocka_unit_test(only_who_has_feed_work_is_fed),
		cmocka_unit_test(who_was_left_is_fed_first_next_time),
		cmocka_unit_test(a_session_that_goes_takes_its_work_along),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_simulator.c - the real uplink, session, feeder, registry and reader in a world where
 * everything fails (sim_world.h).
 *
 * A run has a safety phase, in which connections break, both ends crash, disks are full and hubs
 * are busy, and a quiet phase, in which all that was sealed must arrive. Checked throughout: no
 * receipt without a leaf that stays, no batch twice in the log, no false fork, feeds equal to the
 * log filtered, in order, each entry once. The same seed gives the same trace. Mutants must be
 * caught.
 *
 * MUSTER_SIM_SEEDS sets the number of seeds, MUSTER_SIM_FIRST the first one.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sim_hub.h"
#include "sim_peer.h"
#include "sim_world.h"

#if defined(__SANITIZE_ADDRESS__)
enum { SEEDS = 600 };
#else
enum { SEEDS = 6000 };
#endif
enum { CHAOS_STEPS = 700, QUIET_STEPS = 20000 };

#define SECOND INT64_C(1000000)

/* ---- peers ---- */

static void
peer_stop(peer *p)
{
	device_lets_go(p->w, p);
	uplink_free(p->up);
	reader_free(p->reader);
	p->up = NULL;
	p->reader = NULL;
	p->socket = false;
	p->n_unsaved = 0; /* what a mutant had not yet made durable */
}

static void
peer_start(peer *p)
{
	uplink_host host = { .ctx = p,
		.sealed_next = box_sealed_next,
		.header_before = box_header_before,
		.next = box_next,
		.receipts = box_receipts };
	uplink_config config = { .roles = p->roles,
		.hub = sim_hub,
		.software = "sim",
		.seed = draw(p->w, UINT64_MAX),
		.down_us = 60 * SECOND };
	reader_config reading = { .classes = p->classes, .credit = (uint32_t)(1 + draw(p->w, 20)) };
	reader_host reads = { .ctx = p, .cursor = feed_cursor, .take = feed_take };
	wire_out out = { .ctx = p, .send = device_send };

	config.device.at[0] = (uint8_t)(p->index + 1);
	if (uplink_new(&config, &host, &out, p->w->now, &p->up) != MS_OK ||
		reader_new(&reading, &reads, &out, &p->reader) != MS_OK)
		violate(p->w, "no memory", 0, 0);
	p->deadline_us = p->w->now;
}

static void
peer_crash(peer *p)
{
	trace(p->w, 3, p->index);
	p->w->crashes++;
	peer_stop(p);
	peer_start(p);
}

static void
judge_state(peer *p)
{
	uplink_state state = uplink_look(p->up).state;

	if (state == UPLINK_BEHIND || state == UPLINK_FROZEN || state == UPLINK_QUARANTINE)
		violate(p->w, uplink_look(p->up).text, p->index, state);
	if (reader_look(p->reader) == READER_FAILED &&
		reader_trouble(p->reader)->code != MST_FILE_WRITE)
		violate(p->w, reader_trouble(p->reader)->text, p->index, 0);
}

/* What the program does after each turn of events. */
static void
peer_turn(peer *p)
{
	uplink_step step = uplink_tick(p->up, p->w->now);
	int64_t read_us = reader_tick(p->reader, p->w->now);

	p->deadline_us = read_us < step.deadline_us ? read_us : step.deadline_us;
	if (step.action != UPLINK_NONE) {
		trace(p->w, 4, step.action);
		device_lets_go(p->w, p);
		reader_down(p->reader);
		p->socket = step.action == UPLINK_OPEN;
	}
	judge_state(p);
}

static void
peer_connect(peer *p)
{
	world *w = p->w;
	int i;

	for (i = 0; i < CONNS_MAX && w->conns[i].used; i++)
		;
	if (i == CONNS_MAX)
		return;
	trace(w, 5, p->index);
	w->conns[i] = (conn){ .used = true,
		.peer = p->index,
		.routing = ++w->routings,
		.device_end = true,
		.hub_end = true };
	p->conn = i;
	if (draw(w, 8) == 0) { /* libzmq had queued something before the connection was there */
		frame stale = { .kind = FRAME_PING };

		pipe_put(w, &w->conns[i].up, &stale);
	}
	uplink_connected(p->up, w->now);
	peer_turn(p);
}

/* The device notices that the connection is gone. */
static void
peer_notices(peer *p)
{
	trace(p->w, 6, p->index);
	device_lets_go(p->w, p);
	uplink_down(p->up, p->w->now);
	reader_down(p->reader);
	peer_turn(p);
}

static void
peer_receives(peer *p)
{
	world *w = p->w;
	conn *c = conn_of(p);
	frame f = { 0 };
	parcel *one = pipe_take(w, &c->down, &f);

	trace(w, 7, f.kind);
	uplink_in(p->up, &f, w->now);
	reader_in(p->reader, &f, w->now);
	peer_turn(p);
	parcel_free(one);
}

static void
hub_receives(world *w, conn *c)
{
	uint8_t routing[8], user = (uint8_t)c->peer;
	frame f = { 0 };
	parcel *one = pipe_take(w, &c->up, &f);
	void *token = one;

	trace(w, 8, f.kind);
	be64_put(routing, c->routing);
	registry_in(w->reg, span_of(routing, 8), span_of(&user, 1), &f, &token, w->now);
	parcel_free(one);
	conn_reap(c);
}

static void
pump_or_wait(void *ctx, session *s)
{
	world *w = ctx;

	if (draw(w, 2) == 0)
		session_pump(s, 1 + (size_t)draw(w, 30), &w->memory, w->now);
}

static void
hub_pumps(world *w)
{
	registry_feed(w->reg, pump_or_wait, w);
	registry_tick(w->reg, w->now);
}

/* ---- the world ---- */

static world *
world_new(uint64_t seed, mutant m)
{
	static const uint32_t classes[] = { 7, CLASS_LEAD | CLASS_ROLLUP, CLASS_OWN | CLASS_LEAD,
		CLASS_OWN };
	world *w = calloc(1, sizeof(*w));
	unsigned i;

	if (w == NULL)
		abort();
	w->random = seed;
	w->mutant = m;
	w->large = seed % 4 == 0;
	w->now = 1000 * SECOND;
	w->memory.limit = 64 << 20;
	w->jobs = calloc(JOBS_MAX, sizeof(job));
	w->disk.log = calloc(LOG_MAX, sizeof(sim_leaf));
	w->hub = (session_hub){ .ctx = w,
		.hub = sim_hub,
		.device = who_is,
		.batch = take_batch,
		.welcome = fill_welcome,
		.pong = fill_pong,
		.plan = no_plan,
		.feeds = &w->feeds };
	w->feeds = (feed_source){ .ctx = w,
		.next = feed_next,
		.rollup_keys = rollup_keys,
		.rollup_wanted = rollup_wanted,
		.rollup = rollup,
		.now = feed_now };
	hub_start(w);
	w->n_peers = 2 + (unsigned)draw(w, PEERS_MAX - 1);
	w->batches_each = 3 + (size_t)draw(w, BATCHES_MAX - 3);
	for (i = 0; i < PEERS_MAX; i++) {
		w->disk.next_seq[i] = 1;
		w->peers[i].w = w;
	}
	for (i = 0; i < w->n_peers; i++) {
		peer *p = &w->peers[i];

		*p = (peer){ .w = w,
			.index = i,
			.next_seq = 1,
			.conn = -1,
			.classes = classes[draw(w, 4)] };
		p->roles = i > 0 && draw(w, 3) == 0 ? ROLE_READ : ROLE_PUSH | ROLE_READ;
		p->sealed = calloc(BATCHES_MAX, sizeof(sim_batch));
		p->entries = calloc(LOG_MAX, sizeof(sim_entry));
		p->unsaved = calloc(LOG_MAX, sizeof(sim_entry));
		peer_start(p);
	}
	return w;
}

static void
world_free(world *w)
{
	unsigned i;

	for (i = 0; i < w->n_peers; i++) {
		peer_stop(&w->peers[i]);
		free(w->peers[i].sealed);
		free(w->peers[i].entries);
		free(w->peers[i].unsaved);
	}
	for (i = 0; i < CONNS_MAX; i++) {
		pipe_clear(&w->conns[i].up);
		pipe_clear(&w->conns[i].down);
	}
	registry_free(w->reg);
	arena_fini(&w->memory);
	free(w->disk.log);
	free(w->jobs);
	free(w);
}

/* The network loses the connection of P: noticed by both ends, or by nobody. */
static void
break_connection(world *w, peer *p)
{
	conn *c = conn_of(p);

	trace(w, 9, p->index);
	w->drops++;
	if (draw(w, 4) == 0) {
		c->broken = true;
		pipe_clear(&c->up);
		pipe_clear(&c->down);
		return;
	}
	if (draw(w, 2) == 0) {
		c->hub_end = false;
		pipe_clear(&c->up);
	}
	peer_notices(p);
}

/* One event at one peer. */
static void
peer_step(world *w, peer *p)
{
	conn *c = conn_of(p);

	MS_ASSERT(p->w == w);
	if (trouble(w, 120)) {
		peer_crash(p);
	} else if (c != NULL && trouble(w, 100)) {
		break_connection(w, p);
	} else if (c != NULL && !c->hub_end && draw(w, 4) == 0) {
		peer_notices(p);
	} else if (c != NULL && c->down.n > 0) {
		peer_receives(p);
	} else if (p->socket && c == NULL && draw(w, 3) == 0) {
		peer_connect(p);
	} else if (!w->quiet && (p->roles & ROLE_PUSH) != 0 && p->n_sealed < w->batches_each &&
		   draw(w, 3) == 0) {
		seal(p);
		uplink_wake(p->up, w->now);
		peer_turn(p);
	} else if (w->mutant == MUTANT_CURSOR_BEFORE_DATA && draw(w, 3) == 0) {
		memcpy(&p->entries[p->n_entries], p->unsaved, p->n_unsaved * sizeof(sim_entry));
		p->n_entries += p->n_unsaved;
		p->n_unsaved = 0;
	} else {
		peer_turn(p);
	}
}

/* Nothing is on the way: go to the next thing that anybody waits for. */
static void
pass_time(world *w)
{
	int64_t next = w->now + 60 * SECOND;
	unsigned i;

	for (i = 0; i < w->n_peers; i++)
		if (w->peers[i].deadline_us < next)
			next = w->peers[i].deadline_us;
	w->now = next > w->now ? next : w->now + 1000;
	for (i = 0; i < w->n_peers; i++)
		peer_turn(&w->peers[i]);
}

static bool
is_still(const world *w)
{
	size_t i;

	for (i = 0; i < CONNS_MAX; i++)
		if (w->conns[i].used && (w->conns[i].up.n > 0 || w->conns[i].down.n > 0))
			return false;
	return w->n_jobs == 0;
}

static void
step(world *w)
{
	conn *c = &w->conns[draw(w, CONNS_MAX)];
	uint64_t what = draw(w, 100);

	w->now += (int64_t)draw(w, 20000);
	arena_reset(&w->memory);
	if (trouble(w, 400)) {
		hub_crash(w);
	} else if (what < 45) {
		peer_step(w, &w->peers[draw(w, w->n_peers)]);
	} else if (what < 75) {
		size_t i;

		for (i = 0; i < CONNS_MAX && !(c->used && c->hub_end && c->up.n > 0); i++)
			c = &w->conns[(size_t)(c - w->conns + 1) % CONNS_MAX];
		if (i < CONNS_MAX)
			hub_receives(w, c);
	} else if (what < 83) {
		hub_turn(w);
	} else if (what < 95) {
		hub_pumps(w);
	} else if (is_still(w) || trouble(w, 50)) {
		pass_time(w);
	}
}

/* ---- what must hold ---- */

static void
check_log(world *w)
{
	uint64_t next[PEERS_MAX] = { 1, 1, 1, 1, 1 };
	size_t i, k;

	for (i = 0; i < w->disk.n_log; i++) {
		const sim_leaf *l = &w->disk.log[i];

		if (l->first_seq != next[l->peer])
			violate(w, "the log has a batch twice or out of order", l->peer,
				l->first_seq);
		next[l->peer] = l->first_seq + l->count;
	}
	for (i = 0; i < w->n_peers; i++)
		for (k = 0; k < w->peers[i].n_sealed; k++) {
			const sim_batch *b = &w->peers[i].sealed[k];

			if (b->receipted && (b->leaf >= w->disk.n_log ||
						    !hash_equal(&w->disk.log[b->leaf].header_hash,
							    &b->header_hash)))
				violate(w, "a receipt without its leaf: a report is lost", i,
					b->first_seq);
		}
}

/* What a reader has equals the log filtered, up to its cursor. */
static void
check_feed(world *w, const peer *p)
{
	uint64_t number;
	size_t at = 0;

	for (number = 1; number <= p->cursor; number++) {
		sim_entry e;
		const sim_entry *got = &p->entries[at];

		if (!expected_entry(&w->disk, p->index, p->classes, number, &e)) {
			violate(w, "a reader is ahead of the log", p->index, number);
			return;
		}
		if (e.shown == 0 && !e.withheld)
			continue;
		if (at >= p->n_entries || got->number != e.number || got->leaf != e.leaf ||
			got->shown != e.shown || got->withheld != e.withheld) {
			violate(w, "a feed entry is missing, doubled or another one", p->index,
				number);
			return;
		}
		at++;
	}
	if (at != p->n_entries)
		violate(w, "a reader has more than its feed", p->index, at);
}

static bool
has_arrived(world *w)
{
	unsigned i;
	size_t k;

	for (i = 0; i < w->n_peers; i++) {
		const peer *p = &w->peers[i];
		sim_entry e;

		for (k = 0; k < p->n_sealed; k++)
			if (!p->sealed[k].receipted)
				return false;
		if ((p->classes & (CLASS_OWN | CLASS_LEAD)) != 0 &&
			expected_entry(&w->disk, p->index, p->classes, p->cursor + 1, &e) &&
			(e.shown != 0 || e.withheld))
			return false;
		for (k = 0; k < ITEMS && (p->classes & CLASS_ROLLUP) != 0; k++)
			if (p->as_of[k] != w->disk.as_of[k])
				return false;
	}
	return true;
}

static void
check_all(world *w)
{
	unsigned i;

	check_log(w);
	for (i = 0; i < w->n_peers && w->mutant != MUTANT_CURSOR_BEFORE_DATA; i++)
		check_feed(w, &w->peers[i]);
}

/* Run one seed; returns the world for looking at it. */
static world *
run(uint64_t seed, mutant m)
{
	world *w = world_new(seed, m);
	size_t i;

	for (i = 0; i < CHAOS_STEPS && w->broken == NULL; i++)
		step(w);
	check_all(w);
	w->quiet = true;
	for (i = 0; i < w->n_peers;
		i++) /* a clone alarm is for people to clear: they restart the agent */
		if (uplink_look(w->peers[i].up).state == UPLINK_CLONE)
			peer_crash(&w->peers[i]);
	for (i = 0; i < QUIET_STEPS && w->broken == NULL && !(i % 16 == 0 && has_arrived(w)); i++)
		step(w);
	if (i == QUIET_STEPS)
		violate(w, "in the quiet phase not everything arrived", seed, 0);
	for (i = 0; i < w->n_peers && m == MUTANT_CURSOR_BEFORE_DATA; i++) {
		peer *p = &w->peers[i];

		memcpy(&p->entries[p->n_entries], p->unsaved, p->n_unsaved * sizeof(sim_entry));
		p->n_entries += p->n_unsaved;
		check_feed(w, p);
	}
	check_all(w);
	return w;
}

static uint64_t
setting(const char *name, uint64_t otherwise)
{
	const char *text = getenv(name);

	return text == NULL ? otherwise : strtoull(text, NULL, 10);
}

static void
nothing_is_lost_doubled_or_stuck(void **unused)
{
	uint64_t first = setting("MUSTER_SIM_FIRST", 1), n = setting("MUSTER_SIM_SEEDS", SEEDS),
		 seed;
	uint64_t leaves = 0, crashes = 0, drops = 0, resent = 0, frames = 0;

	(void)unused;
	for (seed = first; seed < first + n; seed++) {
		world *w = run(seed, MUTANT_NONE);

		if (w->broken != NULL)
			fail_msg("seed %llu: %s", (unsigned long long)seed, w->broken);
		leaves += w->disk.n_log;
		crashes += w->crashes;
		drops += w->drops;
		resent += w->resent;
		frames += w->frames;
		world_free(w);
	}
	print_message("%llu seeds: %llu batches, %llu frames, %llu crashes, %llu lost connections, "
		      "%llu batches that came again\n",
		(unsigned long long)n, (unsigned long long)leaves, (unsigned long long)frames,
		(unsigned long long)crashes, (unsigned long long)drops, (unsigned long long)resent);
	assert_true(crashes > n && drops > n && resent > n); /* else nothing was tried */
}

static void
the_same_seed_gives_the_same_trace(void **unused)
{
	uint64_t seed;

	(void)unused;
	for (seed = 1; seed <= 20; seed++) {
		world *a = run(seed, MUTANT_NONE), *b = run(seed, MUTANT_NONE),
		      *c = run(seed + 1000, MUTANT_NONE);

		assert_true(a->trace == b->trace && a->now == b->now && a->frames == b->frames);
		assert_true(a->trace != c->trace);
		world_free(a);
		world_free(b);
		world_free(c);
	}
}

static void
every_mutant_is_caught(void **unused)
{
	static const char *const names[MUTANT_COUNT] = {
		[MUTANT_RECEIPT_BEFORE_COMMIT] = "receipt before commit",
		[MUTANT_NO_DUPLICATE_CHECK] = "no duplicate check",
		[MUTANT_CURSOR_BEFORE_DATA] = "cursor before data",
		[MUTANT_RESEAL] = "sealed again",
	};
	int m;

	(void)unused;
	for (m = MUTANT_NONE + 1; m < MUTANT_COUNT; m++) {
		uint64_t seed, caught = 0;

		for (seed = 1; seed <= 200 && caught == 0; seed++) {
			world *w = run(seed, (mutant)m);

			if (w->broken != NULL) {
				print_message("%s: seed %llu: %s\n", names[m],
					(unsigned long long)seed, w->broken);
				caught = seed;
			}
			world_free(w);
		}
		assert_true(caught != 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_lost_doubled_or_stuck),
		cmocka_unit_test(the_same_seed_gives_the_same_trace),
		cmocka_unit_test(every_mutant_is_caught),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ledger.c - the hub's books alone, without network and signatures of others:
 *
 *   ledger DIR UNITS BATCHES SLOTS WALK
 *
 * A plan of UNITS districts that all owe 13 items, one figure each, every month of 2012. BATCHES
 * batches of 256 reports, each of one unit drawn at random, 8 batches to a commit, as the hub's
 * writer takes them; a unit walks its first WALK slots of 156 in turn, the next revision on each
 * round (10 is what an office of the 2012 plan has open). SLOTS bounds the ledger's cache (0: its
 * default). Then every board of the year is read. One JSON object on stdout: CPU microseconds per
 * report of decoding, of the log alone and of what the ledger adds to it; reports per second with
 * everything; how long all boards took; memory.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "base/clock.h"
#include "base/random.h"
#include "codec/acts.h"
#include "store/board.h"
#include "store/hub_stream.h"
#include "store/ledger.h"
#include "store/ruling_rows.h"

enum { ITEMS = 13, MONTHS = 12, BATCH = 256, BATCHES_PER_COMMIT = 8 };

typedef struct bench {
	plan *p;
	store *db;
	hub_keys keys;
	sign_key key;
	log_state log;
	ledger *ledger;
	uint32_t *revisions; /* [n_units] rounds */
	uint64_t seed;
	uint32_t walk;
	arena acts;
	double decode_s, log_s, ledger_s;
} bench;

static double
cpu(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double
wall(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void
must(ms_status s, const ms_error *err)
{
	if (s == MS_OK)
		return;
	fprintf(stderr, "ledger: %s\n", err->text);
	exit(1);
}

static uint32_t
below(bench *b, uint32_t n)
{
	b->seed = b->seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)((b->seed >> 33) % n);
}

/* ---- the plan ---- */

static plan *
make_plan(unsigned units)
{
	ms_error err = { 0 };
	buf text = { 0 };
	plan *p = NULL;
	unsigned i;

	buf_add_text(&text,
		"format = 1\nid = \"bench\"\ntitle = \"Bench\"\ntimezone = \"+08:00\"\n"
		"first_period = \"2012-01\"\nlast_period = \"2012-12\"\n"
		"observers = { \"u0\" }\ndefaults { period = \"month\" due_days = 10 }\n");
	for (i = 0; i < units; i++)
		buf_addf(&text, "unit \"u%u\" { kind = \"district\" name = \"U%u\" }\n", i, i);
	buf_add_text(&text, "group \"all\" { name = \"All\" kinds = { \"district\" } }\n");
	for (i = 1; i <= ITEMS; i++)
		buf_addf(&text,
			"item \"i%02u\" { number = %u title = \"I%u\" text = { \"T\" } mode = "
			"\"sole\" leads = { \"u%u\" } required = { \"@all\" }\n"
			"indicator \"i%02u.v\" { name = \"V\" type = \"amount\" scale = 2 "
			"reporters = { \"@all\" } time = \"sum\" space = \"sum\" } }\n",
			i, i, i, i % units, i);
	must(plan_load(buf_span(&text), "bench", &p, NULL, &err), &err);
	buf_fini(&text);
	return p;
}

/* ---- batches ---- */

/* The bytes of one report of the round. */
static span
make_act(bench *b, uint32_t unit, uint32_t item, unsigned month, uint32_t revision)
{
	static const uint8_t salt[ACT_SALT_SIZE] = { 1 };
	report_value v = { .has_mantissa = true, .mantissa = below(b, 100000) };
	char period_text[16];
	buf body = { 0 }, whole = { 0 };
	arena scratch = { 0 };
	span bytes;
	act a = { .schema = 1, .kind = ACT_REPORT, .salt = span_of(salt, sizeof(salt)) };

	snprintf(period_text, sizeof(period_text), "2012-%02u", month);
	v.indicator = span_str(b->p->indicators[item].id);
	a.plan = span_str(b->p->id);
	a.plan_version = span_of(b->p->version.at, HASH_SIZE);
	a.item = span_str(b->p->items[item].id);
	a.unit = span_str(b->p->units[unit].id);
	a.period = span_str(period_text);
	a.revision = revision;
	a.u.report = (report){ .has_progress = true,
		.progress_pct = revision % 101,
		.done = span_str("work goes on as planned, the second section is open"),
		.problems = span_str("none"),
		.next_steps = span_str("third section"),
		.approved_by = span_str("Zhang"),
		.values = &v,
		.n_values = 1 };
	must(act_encode_body(&a, &scratch, &body), &(ms_error){ .text = "encode" });
	a.body = buf_span(&body);
	must(act_encode(&a, &scratch, &whole), &(ms_error){ .text = "encode" });
	bytes = arena_copy(&b->acts, buf_span(&whole));
	arena_fini(&scratch);
	buf_fini(&body);
	buf_fini(&whole);
	return bytes;
}

/* A batch of UNIT, which walks its slots in turn. */
static void
make_batch(bench *b, uint32_t unit, buf *sealed)
{
	batch_header header = { .hub = b->keys.hub, .first_seq = 1, .schema = BATCH_SCHEMA };
	span acts[BATCH];
	ms_error err = { 0 };
	unsigned i;

	for (i = 0; i < BATCH; i++) {
		uint32_t n = b->revisions[unit]++, place = n % b->walk;

		acts[i] = make_act(b, unit, place % ITEMS, place / ITEMS + 1, n / b->walk + 1);
	}
	buf_reset(sealed);
	must(batch_seal(&header, acts, BATCH, &b->key, sealed, &err), &err);
}

static void
take_batch(bench *b, store_txn *txn, uint32_t unit, const buf *sealed, arena *memory)
{
	ledger_batch l = { .count = BATCH, .unit = (int)unit, .hub_time_us = b->log.last_us };
	act *acts = arena_alloc(memory, BATCH * sizeof(*acts));
	batch_view view;
	double before;
	unsigned i;

	if (acts == NULL || batch_open(buf_span(sealed), &view) != BATCH_GOOD ||
		batch_check_root(&view) != BATCH_GOOD)
		exit(1);
	before = cpu();
	for (i = 0; i < BATCH; i++)
		if (act_decode(view.acts[i], memory, &acts[i]) != MS_OK || acts[i].malformed)
			exit(1);
	b->decode_s += cpu() - before;
	l.acts = acts;
	l.leaf = b->log.tree.size;
	before = cpu();
	ledger_take(b->ledger, txn, &l);
	b->ledger_s += cpu() - before;
	before = cpu();
	log_append(txn, &b->log, &view, b->log.last_us, l.verdicts, l.prevs);
	b->log_s += cpu() - before;
	before = cpu();
	ledger_route(b->ledger, txn, &l);
	b->ledger_s += cpu() - before;
}

static void
run_turn(bench *b, buf sealed[BATCHES_PER_COMMIT], arena *memory, double *wall_s)
{
	uint32_t units[BATCHES_PER_COMMIT];
	ms_error err = { 0 };
	store_txn txn;
	double before;
	unsigned i;

	for (i = 0; i < BATCHES_PER_COMMIT; i++) {
		units[i] = below(b, b->p->n_units);
		make_batch(b, units[i], &sealed[i]);
	}
	before = wall();
	store_begin(b->db, &txn, STORE_WRITE);
	for (i = 0; i < BATCHES_PER_COMMIT; i++)
		take_batch(b, &txn, units[i], &sealed[i], memory);
	b->ledger_s -= cpu();
	ledger_flush(b->ledger, &txn, b->log.tree.size);
	b->ledger_s += cpu();
	log_state_save(&txn, &b->log);
	must(store_commit(&txn, &err), &err);
	ledger_settle(b->ledger);
	*wall_s += wall() - before;
	arena_reset(memory);
	arena_reset(&b->acts);
}

/* ---- boards ---- */

static double
read_boards(bench *b)
{
	double before = wall();
	arena memory = { 0 };
	ms_error err = { 0 };
	rulings all;
	store_txn txn;
	uint32_t item;
	unsigned n;
	period at;

	store_begin(b->db, &txn, STORE_READ);
	rulings_init(&all, b->p);
	ruling_rows_load(&txn, &all);
	for (item = 0; item < b->p->n_items; item++)
		for (n = 0; plan_item_period(b->p, item, n, &at); n++) {
			feed_rollup r;

			must(board_rollup(&txn, &all, board_key(item, at), NULL, &memory, &r, &err),
				&err);
			arena_reset(&memory);
		}
	rulings_fini(&all);
	store_abort(&txn);
	arena_fini(&memory);
	return wall() - before;
}

static void
found(bench *b, const char *dir, unsigned units, size_t held)
{
	store_options options = {
		.kind = STORE_HUB, .map_bytes = UINT64_C(64) << 30, .create = true
	};
	static const uint8_t seed[SIGN_SEED_SIZE] = { 5 };
	const sim_clock clock = { 0 };
	ms_error err = { 0 };
	store_txn txn;
	int64_t now_us;

	random_u64();
	must(time_parse(span_str("2013-01-05T00:00:00Z"), &now_us, &err), &err);
	b->p = make_plan(units);
	must(store_open(dir, &options, &b->db, &err), &err);
	memset(b->keys.hub.at, 7, sizeof(b->keys.hub.at));
	memset(b->keys.device.at, 9, sizeof(b->keys.device.at));
	sign_key_from_seed(seed, &b->keys.sign);
	sign_key_from_seed(seed, &b->key);
	must(hub_stream_found(b->db, &b->keys, &clock, span_str("bench"), b->p, now_us, &err),
		&err);
	store_begin(b->db, &txn, STORE_READ);
	log_state_load(&txn, &b->log);
	store_abort(&txn);
	b->ledger = ledger_new(b->p, held);
	b->revisions = calloc(units, sizeof(*b->revisions));
	b->seed = 1;
}

int
main(int argc, char **argv)
{
	bench b = { 0 };
	buf sealed[BATCHES_PER_COMMIT] = { 0 };
	arena memory = { 0 };
	double wall_s = 0, boards_s, reports;
	struct rusage use;
	long batches, i;

	if (argc != 6) {
		fprintf(stderr, "usage: ledger DIR UNITS BATCHES SLOTS WALK\n");
		return 64;
	}
	batches = strtol(argv[3], NULL, 10) / BATCHES_PER_COMMIT * BATCHES_PER_COMMIT;
	b.walk = (uint32_t)strtoul(argv[5], NULL, 10);
	if (b.walk == 0 || b.walk > ITEMS * MONTHS)
		return 64;
	found(&b, argv[1], (unsigned)strtoul(argv[2], NULL, 10), strtoul(argv[4], NULL, 10));
	for (i = 0; i < batches; i += BATCHES_PER_COMMIT)
		run_turn(&b, sealed, &memory, &wall_s);
	boards_s = read_boards(&b);
	getrusage(RUSAGE_SELF, &use);
	reports = (double)batches * BATCH;
	printf("{\"units\":%u,\"reports\":%.0f,\"decode_us\":%.3f,\"log_us\":%.3f,\"ledger_us\":%."
	       "3f,"
	       "\"reports_per_s\":%.0f,\"boards_ms\":%.1f,\"max_resident_mib\":%.1f}\n",
		b.p->n_units, reports, b.decode_s / reports * 1e6, b.log_s / reports * 1e6,
		b.ledger_s / reports * 1e6, reports / wall_s, boards_s * 1e3,
		(double)use.ru_maxrss / 1024);
	return 0;
}

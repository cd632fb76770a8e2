/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reader.c - a lead's reader at full speed: everything is checked and counted, nothing is printed.
 *
 *   reader DEVICEDIR catchup             from cursor 0 to the end: acts/s
 *   reader DEVICEDIR latency SECONDS     follows the feed: for every entry the time from hub time
 * to here, p50 and p99 (same machine, same clock)
 *
 * The latency needs a hub whose clock is real, or simulated at rate 1.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/random.h"
#include "lib/device_link.h"

enum { SAMPLES_MAX = 1 << 20, CREDIT = 4096 };

typedef struct bench_reader {
	device_link link;
	reactor *reactor;
	agent_settings settings;
	uint64_t cursor, acts, entries;
	int64_t first_us, last_us, stop_us;
	uint32_t *samples;
	size_t n;
	bool follow;
} bench_reader;

static ms_status
none_sealed(void *ctx, uint64_t *seq, ms_error *err)
{
	(void)ctx;
	(void)err;
	*seq = 1;
	return MS_OK;
}

static ms_status
no_header(void *ctx, uint64_t seq, hash32 *out, ms_error *err)
{
	(void)ctx;
	(void)seq;
	(void)err;
	*out = (hash32){ { 0 } };
	return MS_OK;
}

static ms_status
no_batch(void *ctx, uint64_t from, bool unreceipted, uplink_batch *out, ms_error *err)
{
	(void)ctx;
	(void)from;
	(void)unreceipted;
	(void)out;
	(void)err;
	return MS_NOT_FOUND;
}

static ms_status
no_receipts(void *ctx, const frame_receipt *list, size_t n, ms_error *err)
{
	(void)ctx;
	(void)list;
	(void)n;
	(void)err;
	return MS_OK;
}

static ms_status
tell_cursor(void *ctx, uint64_t *cursor, ms_error *err)
{
	bench_reader *b = ctx;

	(void)err;
	*cursor = b->cursor;
	return MS_OK;
}

static ms_status
take(void *ctx, const frame_feed *feed, uint64_t cursor, ms_error *err)
{
	bench_reader *b = ctx;
	int64_t now_us = clock_monotonic_us(),
		hub_us = sim_clock_now(&b->settings.clock, clock_real_us());
	size_t i;

	(void)err;
	b->cursor = cursor;
	if (b->first_us == 0)
		b->first_us = now_us;
	b->last_us = now_us;
	for (i = 0; i < feed->n_entries; i++) {
		b->acts += feed->entries[i].n_acts;
		b->entries++;
		if (b->follow && b->n < SAMPLES_MAX)
			b->samples[b->n++] = (uint32_t)(hub_us - feed->entries[i].hub_time_us);
	}
	return MS_OK;
}

static void
caught_up(void *ctx)
{
	bench_reader *b = ctx;

	if (!b->follow)
		reactor_stop(b->reactor);
}

static void
time_is_up(void *ctx, int64_t now_us)
{
	bench_reader *b = ctx;

	(void)now_us;
	reactor_stop(b->reactor);
}

static int
by_value(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void
print_result(bench_reader *b)
{
	double seconds = (double)(b->last_us - b->first_us) / 1e6;

	if (b->n > 1)
		qsort(b->samples, b->n, sizeof(*b->samples), by_value);
	printf("{\"acts\":%llu,\"entries\":%llu,\"acts_per_s\":%.0f,\"p50_us\":%u,\"p99_us\":%u}\n",
		(unsigned long long)b->acts, (unsigned long long)b->entries,
		seconds > 0 ? (double)b->acts / seconds : 0, b->n == 0 ? 0 : b->samples[b->n / 2],
		b->n == 0 ? 0 : b->samples[(b->n - 1) * 99 / 100]);
}

static ms_status
run(bench_reader *b, const char *dir, ms_error *err)
{
	uplink_host host = { .ctx = b,
		.sealed_next = none_sealed,
		.header_before = no_header,
		.next = no_batch,
		.receipts = no_receipts };
	reader_host reading = {
		.ctx = b, .cursor = tell_cursor, .take = take, .caught_up = caught_up
	};
	reader_config wanted = { .classes = CLASS_LEAD, .credit = CREDIT, .once = !b->follow };
	uplink_config config = {
		.roles = ROLE_READ, .software = "muster bench", .seed = random_u64()
	};
	wire_out out = device_link_out(&b->link);
	home_keys keys;
	ms_status s = agent_settings_read(dir, &b->settings, err);

	if (s == MS_OK)
		s = home_keys_read(dir, STORE_AGENT, &keys, err);
	if (s == MS_OK)
		s = reactor_new(&b->reactor, err);
	if (s == MS_OK)
		s = net_context_new(&b->link.net, err);
	if (s == MS_OK)
		s = device_link_set(&b->link, &b->settings, &keys, err);
	if (s == MS_OK)
		s = reader_new(&wanted, &reading, &out, &b->link.reader);
	b->link.reactor = b->reactor;
	config.hub = b->settings.hub;
	config.device = b->settings.device;
	if (s == MS_OK)
		s = device_link_start(&b->link, &config, &host, err);
	if (s == MS_OK && b->follow)
		reactor_set_timer(b->reactor, time_is_up, b, reactor_now(b->reactor) + b->stop_us);
	return s == MS_OK ? reactor_run(b->reactor, err) : s;
}

int
main(int argc, char **argv)
{
	bench_reader b = { 0 };
	ms_error err = { 0 };
	char text[1400];
	ms_status s;

	if (argc < 3) {
		fputs("usage: reader DEVICEDIR catchup | latency SECONDS\n", stderr);
		return 64;
	}
	random_u64();
	b.follow = strcmp(argv[2], "latency") == 0;
	b.stop_us = argc > 3 ? (int64_t)(strtod(argv[3], NULL) * 1e6) : 0;
	b.samples = calloc(SAMPLES_MAX, sizeof(*b.samples));
	s = b.samples == NULL ? MS_NO_MEMORY : run(&b, argv[1], &err);
	if (s != MS_OK) {
		fprintf(stderr, "reader: %s\n", ms_error_format(&err, text, sizeof(text)));
		return ms_exit_code(s);
	}
	print_result(&b);
	return 0;
}

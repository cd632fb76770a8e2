/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reader.c - a lead's reader at full speed: everything is checked and counted, nothing is printed.
 *
 *   reader DEVICEDIR catchup               from cursor 0 to the end: acts/s
 *   reader DEVICEDIR latency SECONDS ACKS  follows the feed while `muster load --acks ACKS` pushes
 *                                          one report at a time: how long after the receipt the
 *                                          report is here, p50 and p99 in us (below 0: before it)
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/random.h"
#include "lib/device_read.h"

enum { LEAVES_MAX = 1 << 22, CREDIT = 4096, EVENTS_ROOM = 4096 };

typedef struct bench_reader {
	device_read read;
	uint64_t acts, entries;
	int64_t first_us, last_us, stop_us;
	bool follow;
	bool live;                   /* the end of the feed was reached once */
	int64_t *seen_us, *acked_us; /* [LEAVES_MAX] by leaf; 0 = not yet */
	int watch_fd;
	FILE *acks;
} bench_reader;

/* ---- receipts, as the load writes them down ---- */

static void
read_acks(bench_reader *b)
{
	char line[256];
	int64_t now_us = clock_monotonic_us();

	while (fgets(line, sizeof(line), b->acks) != NULL) {
		const char *record = strrchr(line, ' ');
		unsigned long leaf = record == NULL ? LEAVES_MAX : strtoul(record, NULL, 10);

		if (leaf < LEAVES_MAX)
			b->acked_us[leaf] = now_us;
	}
	clearerr(b->acks);
}

static void
acks_grew(void *ctx, int64_t now_us)
{
	bench_reader *b = ctx;
	char events[EVENTS_ROOM];

	(void)now_us;
	while (read(b->watch_fd, events, sizeof(events)) > 0)
		;
	read_acks(b);
}

static ms_status
watch_acks(bench_reader *b, const char *file, ms_error *err)
{
	b->acks = fopen(file, "a+e");
	b->watch_fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (b->acks == NULL || fseek(b->acks, 0, SEEK_END) != 0 || b->watch_fd < 0 ||
		inotify_add_watch(b->watch_fd, file, IN_MODIFY) < 0)
		return ms_fail(err, MS_IO, MST_FILE_OPEN, "cannot watch %s", file);
	return MS_OK;
}

/* ---- the feed ---- */

static ms_status
take(void *ctx, const frame_feed *feed, uint64_t cursor, ms_error *err)
{
	bench_reader *b = ctx;
	size_t i;

	(void)cursor;
	(void)err;
	b->last_us = clock_monotonic_us();
	if (b->first_us == 0)
		b->first_us = b->last_us;
	for (i = 0; i < feed->n_entries; i++) {
		b->acts += feed->entries[i].n_acts;
		b->entries++;
		if (b->live && feed->entries[i].leaf < LEAVES_MAX)
			b->seen_us[feed->entries[i].leaf] = b->last_us;
	}
	return MS_OK;
}

static void
time_is_up(void *ctx, int64_t now_us)
{
	(void)now_us;
	device_read_stop(&((bench_reader *)ctx)->read);
}

static void
caught_up(void *ctx)
{
	bench_reader *b = ctx;
	reactor *r = b->read.reactor;

	if (!b->follow) {
		device_read_stop(&b->read);
	} else if (!b->live) {
		b->live = true;
		reactor_add_fd(r, b->watch_fd, acks_grew, b);
		reactor_set_timer(r, time_is_up, b, reactor_now(r) + b->stop_us);
		fputs("live\n", stderr);
	}
}

/* ---- the result ---- */

static int
by_value(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void
print_latency(bench_reader *b)
{
	int64_t *after = calloc(LEAVES_MAX, sizeof(*after));
	size_t i, n = 0;

	for (i = 0; after != NULL && i < LEAVES_MAX; i++)
		if (b->seen_us[i] != 0 && b->acked_us[i] != 0)
			after[n++] = b->seen_us[i] - b->acked_us[i];
	if (n > 0) {
		qsort(after, n, sizeof(*after), by_value);
		printf("{\"samples\":%zu,\"p50_us\":%lld,\"p99_us\":%lld}\n", n,
			(long long)after[n / 2], (long long)after[(n - 1) * 99 / 100]);
	}
	free(after);
}

int
main(int argc, char **argv)
{
	bench_reader b = { .watch_fd = -1 };
	ms_error err = { 0 };
	char text[1400];
	ms_status s = MS_OK;

	b.follow = argc == 5 && strcmp(argv[2], "latency") == 0;
	if (argc < 3 || (!b.follow && strcmp(argv[2], "catchup") != 0)) {
		fputs("usage: reader DEVICEDIR catchup | latency SECONDS ACKS\n", stderr);
		return 64;
	}
	random_u64();
	b.read = (device_read){ .dir = argv[1],
		.software = "muster bench",
		.wanted = { .classes = CLASS_LEAD, .credit = CREDIT, .once = !b.follow },
		.host = { .ctx = &b,
			.cursor = device_read_from_begin,
			.take = take,
			.caught_up = caught_up } };
	b.seen_us = calloc(LEAVES_MAX, sizeof(*b.seen_us));
	b.acked_us = calloc(LEAVES_MAX, sizeof(*b.acked_us));
	if (b.seen_us == NULL || b.acked_us == NULL)
		s = ms_fail(&err, MS_NO_MEMORY, MST_NO_MEMORY, "no memory");
	if (s == MS_OK && b.follow) {
		b.stop_us = (int64_t)(strtod(argv[3], NULL) * 1e6);
		s = watch_acks(&b, argv[4], &err);
	}
	if (s == MS_OK)
		s = device_read_run(&b.read, &err);
	if (s != MS_OK) {
		fprintf(stderr, "reader: %s\n", ms_error_format(&err, text, sizeof(text)));
		return ms_exit_code(s);
	}
	if (b.follow)
		print_latency(&b);
	else
		printf("{\"acts\":%llu,\"entries\":%llu,\"acts_per_s\":%.0f}\n",
			(unsigned long long)b.acts, (unsigned long long)b.entries,
			b.last_us > b.first_us
				? (double)b.acts * 1e6 / (double)(b.last_us - b.first_us)
				: 0);
	device_read_fini(&b.read);
	free(b.seen_us);
	free(b.acked_us);
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_load.c - `muster load`: N devices push R reports to a running hub and measure what comes
 * back. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/daemon.h"
#include "base/fs.h"
#include "cli/command.h"
#include "cli/load.h"

/* A device that may never push again ends the run: it would wait for ever. */
static bool
is_stuck(load *l, const load_device *d, const uplink_status *s)
{
	switch (s->state) {
	case UPLINK_REVOKED:
	case UPLINK_FROZEN:
	case UPLINK_BEHIND:
	case UPLINK_QUARANTINE:
	case UPLINK_SPLIT:
	case UPLINK_CLONE:
		ms_fail(&l->failure, MS_DENIED, s->code, "%s: %s", d->name, s->text);
		reactor_stop(l->reactor);
		return true;
	default:
		return false;
	}
}

/* The clock starts when every device has its session. */
static void
look_at_links(load *l, int64_t now_us)
{
	uint32_t i, ready = 0;

	for (i = 0; i < l->n_devices; i++) {
		uplink_status s = uplink_look(l->devices[i].link.uplink);

		if (is_stuck(l, &l->devices[i], &s))
			return;
		ready += s.state == UPLINK_READY ? 1 : 0;
	}
	if (l->go || l->idle || ready < l->n_devices)
		return;
	l->go = true;
	l->start_us = now_us;
}

static void
fill_all(void *ctx, int64_t now_us)
{
	load *l = ctx;
	uint32_t i;

	look_at_links(l, now_us);
	for (i = 0; i < l->n_devices; i++)
		load_device_fill(&l->devices[i]);
}

static ms_status
open_devices(load *l, const hub_dir *hub, ms_error *err)
{
	const char *folder = l->durable ? "load-durable" : "load";
	char dir[HOME_PATH_MAX];
	ms_status s = MS_OK;
	uint32_t i;

	snprintf(dir, sizeof(dir), "%s/%s", hub->dir, folder);
	s = fs_make_dir(dir, 0700, err);
	for (i = 0; i < l->n_devices && s == MS_OK; i++) {
		load_device *d = &l->devices[i];

		d->number = i;
		d->left = l->total / l->n_devices + (i < l->total % l->n_devices);
		snprintf(dir, sizeof(dir), "%s/%s/%u", hub->dir, folder, i);
		s = load_device_open(l, d, hub, dir, err);
	}
	return s;
}

static int
compare_numbers(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static uint32_t
percentile(const load *l, unsigned percent)
{
	return l->n_latencies == 0 ? 0 : l->latencies[(l->n_latencies - 1) * percent / 100];
}

static void
print_result(load *l, bool json)
{
	int64_t us = l->end_us - l->start_us;
	double rate = us <= 0 ? 0 : (double)l->total * 1e6 / (double)us;

	if (l->n_latencies > 1)
		qsort(l->latencies, l->n_latencies, sizeof(*l->latencies), compare_numbers);
	if (json)
		printf("{\"schema\":\"muster/load/"
		       "1\",\"reports\":%llu,\"devices\":%u,\"batch\":%u,\"inflight\":%u,"
		       "\"seconds\":%.3f,"
		       "\"reports_per_s\":%.0f,\"ack_p50_us\":%u,\"ack_p99_us\":%u,\"not_stored\":%"
		       "llu}\n",
			(unsigned long long)l->total, l->n_devices, l->batch, l->inflight,
			(double)us / 1e6, rate, percentile(l, 50), percentile(l, 99),
			(unsigned long long)l->refused);
	else
		printf("%llu reports of %u devices, batches of %u: %.0f reports/s, receipts after "
		       "%u us (p50), %u us (p99)\n",
			(unsigned long long)l->total, l->n_devices, l->batch, rate,
			percentile(l, 50), percentile(l, 99));
}

static ms_status
run_load(load *l, const hub_dir *hub, ms_error *err)
{
	ms_status s = reactor_new(&l->reactor, err);
	uint32_t i;

	(void)daemon_raise_files(); /* a device is a socket, and that is three descriptors */
	if (s == MS_OK)
		s = net_context_new(&l->net, err);
	if (s == MS_OK)
		net_context_allow(l->net, l->n_devices + 1);
	l->devices = calloc(l->n_devices, sizeof(*l->devices));
	l->latencies_room = (size_t)(l->total / l->batch) + l->n_devices + 1;
	l->latencies = calloc(l->latencies_room, sizeof(*l->latencies));
	if (l->devices == NULL || l->latencies == NULL)
		s = ms_fail(err, MS_NO_MEMORY, MST_NO_MEMORY, "no memory for the load");
	else if (s == MS_OK)
		s = open_devices(l, hub, err);
	if (s == MS_OK) {
		reactor_after_turn(l->reactor, fill_all, l);
		s = reactor_run(l->reactor, err);
	}
	if (s == MS_OK && l->failure.status != MS_OK) {
		*err = l->failure;
		s = err->status;
	}
	for (i = 0; l->devices != NULL && i < l->n_devices; i++)
		if (l->devices[i].load != NULL)
			load_device_close(&l->devices[i]);
	net_context_free(l->net);
	reactor_free(l->reactor);
	free(l->devices);
	return s;
}

/* A load that was killed may have left its last line cut: that line was never a promise, and ours
 * must not begin in the middle of it. */
static bool
drop_cut_line(FILE *f)
{
	long end;

	if (fseek(f, 0, SEEK_END) != 0)
		return false;
	for (end = ftell(f); end > 0; end--) {
		if (fseek(f, end - 1, SEEK_SET) != 0)
			return false;
		if (getc(f) == '\n')
			break;
	}
	return end >= 0 && fflush(f) == 0 && ftruncate(fileno(f), end) == 0 &&
	       fseek(f, 0, SEEK_END) == 0;
}

static ms_status
open_acks(load *l, const char *file, ms_error *err)
{
	if (file == NULL)
		return MS_OK;
	l->acks = fopen(file, "a+e");
	if (l->acks != NULL && drop_cut_line(l->acks))
		return MS_OK;
	return ms_fail(err, MS_CANNOT_WRITE, MST_FILE_WRITE, "cannot write %s", file);
}

int
cmd_load(int argc, char **argv)
{
	const char *dir = NULL, *devices = NULL, *batch = NULL, *inflight = NULL, *reports = NULL,
		   *acks = NULL;
	bool json = false;
	load l = { 0 };
	const cli_option options[] = { { "--dir", NULL, &dir }, { "--devices", NULL, &devices },
		{ "--batch", NULL, &batch }, { "--inflight", NULL, &inflight },
		{ "--reports", NULL, &reports }, { "--acks", NULL, &acks },
		{ "--durable", &l.durable, NULL }, { "--idle", &l.idle, NULL },
		{ "--json", &json, NULL } };
	uint64_t n_devices = 8, per_batch = 64, window = 8, total = 100000;
	ms_error err = { 0 };
	hub_dir hub = { .home.lock_fd = -1 };
	ms_status s = cli_args(argc, argv, CLI_OPTIONS(options), NULL, 0, 0, NULL, &err);

	if (s == MS_OK && dir == NULL)
		s = ms_fail(&err, MS_USAGE, MST_CLI_WORDS, "--dir is needed");
	if (s == MS_OK)
		s = cli_number("--devices", devices, 1, LOAD_DEVICES_MAX, &n_devices, &err);
	if (s == MS_OK)
		s = cli_number("--batch", batch, 1, BATCH_ACTS_MAX, &per_batch, &err);
	if (s == MS_OK)
		s = cli_number("--inflight", inflight, 1, WINDOW_BATCHES, &window, &err);
	if (s == MS_OK)
		s = cli_number("--reports", reports, 1, 1000000000000, &total, &err);
	if (s == MS_OK)
		s = hub_dir_read(dir, &hub, &err);
	if (s == MS_OK)
		s = open_acks(&l, acks, &err);
	if (s == MS_OK) {
		l.n_devices = (uint32_t)n_devices;
		l.batch = (uint32_t)per_batch;
		l.inflight = (uint32_t)window;
		l.total = total;
		l.clock = &hub.settings.clock;
		s = run_load(&l, &hub, &err);
	}
	if (s == MS_OK)
		print_result(&l, json);
	if (l.acks != NULL && fclose(l.acks) != 0 && s == MS_OK)
		s = ms_fail(&err, MS_CANNOT_WRITE, MST_FILE_WRITE, "cannot write %s", acks);
	free(l.latencies);
	hub_dir_close(&hub);
	return s == MS_OK ? cli_end(0) : cli_fail(&err);
}

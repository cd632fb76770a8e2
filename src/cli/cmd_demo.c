/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_demo.c - `muster demo`: a hub and an agent process for each unit of the plan, a year of
 * reports laid into the offices' folders, and at its end proof that each arrived once.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/daemon.h"
#include "base/fs.h"
#include "base/random.h"
#include "cli/command.h"
#include "cli/demo_check.h"
#include "cli/demo_city.h"
#include "cli/demo_process.h"
#include "cli/demo_show.h"
#include "cli/places.h"

enum {
	PAGE_PACE_MS = 350,
	PACE_MAX_MS = 60000,
	SEED = 2012,
	PERIODS_MAX = 1000,
	EXIT_INTERRUPTED = 128 + SIGINT,
};

typedef struct demo {
	const char *dir; /* as asked for; NULL: a temporary one that goes at the end */
	char made[CITY_DIR_MAX];
	int pace_ms; /* between events; -1 = by where the output goes */
	bool leave;  /* end by itself, also on a terminal */
	plan *plan;
	demo_year year;
	demo_city city;
	demo_show show;
	arena memory;
} demo;

/* ---- events ---- */

static void
say(void *ctx, const char *text)
{
	show_line(ctx, text);
}

static void
tell_file(demo *d, const demo_event *e, const char *name)
{
	char text[SHOW_LINE_MAX];

	snprintf(text, sizeof(text), "%s: %s with %u row%s%s%s%s", d->plan->units[e->unit].name,
		name, e->n_rows, e->n_rows == 1 ? "" : "s", e->note[0] == '\0' ? "" : " (", e->note,
		e->note[0] == '\0' ? "" : ")");
	show_line(&d->show, text);
}

static void
tell_line(demo *d, const demo_event *e)
{
	char text[SHOW_LINE_MAX];

	snprintf(text, sizeof(text), "%s: %s", d->plan->units[e->unit].name,
		e->kind == DEMO_CUT ? "its line goes down"
				    : "its line is there again, what was queued has arrived");
	show_line(&d->show, text);
}

static ms_status
lay_file(demo *d, const demo_event *e, ms_error *err)
{
	buf bytes = { 0 };
	char name[64];
	ms_status s = demo_file(&d->year, e, name, &bytes, err);

	if (s == MS_OK)
		s = city_drop(&d->city, e->unit, name, buf_span(&bytes), err);
	buf_fini(&bytes);
	if (s == MS_OK)
		tell_file(d, e, name);
	return s;
}

static ms_status
run_event(demo *d, const demo_event *e, ms_error *err)
{
	ms_status s = city_set_clock(&d->city, e->at_us, err);

	if (s != MS_OK)
		return s;
	switch (e->kind) {
	case DEMO_FILE:
		s = lay_file(d, e, err);
		break;
	case DEMO_CUT:
		s = city_cut(&d->city, err);
		break;
	case DEMO_MENDED:
		s = city_mend(&d->city, err);
		break;
	case DEMO_BOARDS:
		return show_boards(&d->show, e->period, err);
	}
	if (s == MS_OK && e->kind != DEMO_FILE)
		tell_line(d, e);
	if (s == MS_OK && d->show.page)
		s = show_boards(&d->show, e->period, err);
	return s;
}

static ms_status
run_year(demo *d, ms_error *err)
{
	int pace = d->pace_ms >= 0 ? d->pace_ms : d->show.page ? PAGE_PACE_MS : 0;
	ms_status s = MS_OK;
	size_t i;

	for (i = 0; s == MS_OK && i < d->year.n; i++) {
		s = run_event(d, &d->year.events[i], err);
		if (s == MS_OK)
			s = city_pause(&d->city, pace, err);
	}
	return s;
}

/* ---- the end ---- */

static ms_status
run_audit(demo *d, ms_error *err)
{
	char program[HOME_PATH_MAX], hub[HOME_PATH_MAX], words[2][16] = { "audit", "--dir" };
	char *const argv[] = { program, words[0], words[1], hub, NULL };
	ms_status s = place_program("muster", program, err);
	pid_t pid = 0;
	int code;

	city_hub_dir(&d->city, hub);
	if (s == MS_OK)
		s = process_start(argv, NULL, &pid, err);
	while (s == MS_OK && (code = process_ended(pid)) < 0)
		s = city_pause(&d->city, 5, err);
	if (s == MS_OK && code != 0)
		s = ms_fail(err, MS_CORRUPT, MST_CLI_VALUE, "muster audit found faults");
	return s;
}

static ms_status
check_year(demo *d, ms_error *err)
{
	demo_result r;
	ms_status s = demo_check(&d->city, &r, err);

	if (s != MS_OK)
		return s;
	printf("\nThe year is over.\n"
	       "feeds:  %u leads and observers should see %llu reports: %llu missing, %llu doubled "
	       "or unexpected\n"
	       "boards: %u lines on the boards of the hub and the leads, %u differ from what the "
	       "offices did\n",
		r.readers, (unsigned long long)r.wanted, (unsigned long long)r.missing,
		(unsigned long long)r.unexpected, r.boards, r.wrong_boards);
	if (r.missing + r.unexpected + r.wrong_boards > 0)
		return ms_fail(
			err, MS_CORRUPT, MST_CLI_VALUE, "what arrived is not what was reported");
	puts("audit:");
	fflush(stdout);
	return run_audit(d, err);
}

/* Everything still runs. */
static void
print_live_steps(const demo *d, const char *muster)
{
	const char *lead = d->plan->units[d->year.shown[0]].id;
	const char *office = d->plan->units[d->year.cut_unit].id;
	char last[PERIOD_NAME_SIZE];
	uint32_t item = 0;

	while (item + 1 < d->plan->n_items &&
		!plan_expects(d->plan, item, d->year.cut_unit, d->show.at))
		item++;
	period_name(d->show.at, last);
	printf("\nWhat to try next, in another terminal:\n\n"
	       "  M=%s\n"
	       "  cd %s\n"
	       "  $M board --dir units/%s --period %s      a lead agency's board\n"
	       "  $M feed --dir units/%s --follow              what it receives, live\n"
	       "  $M report --dir units/%s --item %u --period %s --progress 100 --done 完成 "
	       "--wait 10\n"
	       "  $M status --dir units/%s                    an office's agent\n"
	       "  ls units/%s/reports/done                    its files and their answers\n"
	       "  kill -9 %ld                                    the hub, or any other process\n"
	       "  $M audit --dir hub                            and nothing is lost\n"
	       "\nEverything keeps running until you press Ctrl-C here.\n",
		muster, d->city.dir, lead, last, lead, office, d->plan->items[item].number, last,
		office, office, (long)d->city.hub);
	fflush(stdout);
}

static void
print_next_steps(const demo *d, const char *muster)
{
	puts("\nWhat to try next:\n");
	if (d->dir != NULL)
		printf("  muster-hub --dir %s/hub             start the hub again, and any "
		       "office's agent:\n"
		       "  muster-agent --dir %s/units/%s\n",
			d->dir, d->dir, d->plan->units[d->year.cut_unit].id);
	printf("  %s demo            on a terminal: the boards live, and everything keeps "
	       "running to try things on\n"
	       "  %s plan show 6     what the plan asks of whom, and by when\n"
	       "  %s help            all commands\n",
		muster, muster, muster);
}

/* ---- the whole ---- */

static ms_status
make_dir(demo *d, ms_error *err)
{
	const char *tmp = getenv("TMPDIR");

	if (d->dir != NULL && fs_exists(d->dir)) {
		ms_fail(err, MS_EXISTS, MST_FILE_EXISTS, "%s is there already", d->dir);
		ms_error_remedy(err, "name a directory that the demo can make");
		return MS_EXISTS;
	}
	if (d->dir != NULL && strlen(d->dir) >= sizeof(d->made))
		return ms_fail(err, MS_USAGE, MST_CLI_VALUE, "--dir is too long");
	if (d->dir != NULL) {
		snprintf(d->made, sizeof(d->made), "%s", d->dir);
		return MS_OK;
	}
	snprintf(d->made, sizeof(d->made), "%.400s/muster-demo-XXXXXX", tmp == NULL ? "/tmp" : tmp);
	if (mkdtemp(d->made) != NULL)
		return MS_OK;
	d->made[0] = '\0';
	return ms_fail(err, MS_CANNOT_WRITE, MST_FILE_WRITE,
		"no temporary directory can be made in %s", tmp == NULL ? "/tmp" : tmp);
}

static ms_status
open_demo(demo *d, ms_error *err)
{
	ms_status s = daemon_signals(&d->city.signals, err);

	random_u64();
	d->city.year = &d->year;
	d->city.dir = d->made;
	d->city.say = say;
	d->city.ctx = &d->show;
	if (s == MS_OK)
		s = make_dir(d, err);
	if (s != MS_OK)
		return s;
	printf("Founding the hub of plan %s and %u agents in %s ...\n", d->plan->id,
		d->plan->n_units, d->made);
	fflush(stdout);
	d->show = (demo_show){ .city = &d->city };
	return city_open(&d->city, err);
}

static ms_status
run_demo(demo *d, ms_error *err)
{
	char muster[HOME_PATH_MAX];
	ms_status s = open_demo(d, err);
	bool stays;

	if (s != MS_OK)
		return s;
	show_open(&d->show, &d->city);
	stays = d->show.page && !d->leave;
	s = run_year(d, err);
	show_close(&d->show);
	if (s == MS_OK)
		s = check_year(d, err);
	if (s != MS_OK)
		return s;
	if (place_program("muster", muster, NULL) != MS_OK)
		snprintf(muster, sizeof(muster), "muster");
	if (!stays) {
		print_next_steps(d, muster);
		return MS_OK;
	}
	print_live_steps(d, muster);
	s = city_pause(&d->city, -1, err);
	return s == MS_AGAIN ? MS_OK : s;
}

static void
close_demo(demo *d)
{
	show_close(&d->show);
	city_close(&d->city);
	if (d->made[0] != '\0' && d->dir == NULL)
		fs_remove_tree(d->made, NULL);
	if (d->city.signals > 0)
		close(d->city.signals);
	arena_fini(&d->memory);
	plan_free(d->plan);
}

int
cmd_demo(int argc, char **argv)
{
	const char *pace = NULL, *seed = NULL, *periods = NULL, *plan_file = NULL;
	uint64_t pace_ms = UINT64_MAX, seed_number = SEED, n_periods = 0;
	demo d = { .city.signals = -1 };
	const cli_option options[] = { { "--dir", NULL, &d.dir }, { "--plan", NULL, &plan_file },
		{ "--pace", NULL, &pace }, { "--seed", NULL, &seed },
		{ "--periods", NULL, &periods }, { "--leave", &d.leave, NULL } };
	ms_error err = { 0 };
	ms_status s = cli_args(argc, argv, CLI_OPTIONS(options), NULL, 0, 0, NULL, &err);

	if (s == MS_OK)
		s = cli_number("--pace", pace, 0, PACE_MAX_MS, &pace_ms, &err);
	if (s == MS_OK)
		s = cli_number("--seed", seed, 0, UINT32_MAX, &seed_number, &err);
	if (s == MS_OK)
		s = cli_number("--periods", periods, 0, PERIODS_MAX, &n_periods, &err);
	d.pace_ms = pace == NULL ? -1 : (int)pace_ms;
	if (s == MS_OK)
		s = place_load_plan(plan_file, &d.plan, NULL, &err);
	if (s == MS_OK && demo_year_make(d.plan, seed_number, (unsigned)n_periods, &d.memory,
				  &d.year) != MS_OK)
		s = ms_fail(&err, MS_NO_MEMORY, MST_NO_MEMORY, "no memory for the demo");
	if (s == MS_OK)
		s = run_demo(&d, &err);
	close_demo(&d);
	if (s == MS_AGAIN) {
		fputs("Stopped: all processes have ended.\n", stderr);
		return EXIT_INTERRUPTED;
	}
	return s == MS_OK ? cli_end(0) : cli_fail(&err);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/demo_show.h"

#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/wrap.h"
#include "cli/board_data.h"
#include "cli/board_view.h"
#include "cli/screen.h"

#define PAGE_BEGIN "\033[?1049h\033[?25l"
#define PAGE_END "\033[?25h\033[?1049l"
#define PAGE_HOME "\033[H"
#define PAGE_REST "\033[J"
#define LINE_REST "\033[K\r\n"

void
show_open(demo_show *d, const demo_city *city)
{
	*d = (demo_show){ .city = city, .page = isatty(STDOUT_FILENO) == 1 };
	d->at = city->year->plan->first;
	if (d->page)
		fputs(PAGE_BEGIN, stdout);
}

void
show_close(demo_show *d)
{
	if (d->page)
		fputs(PAGE_END, stdout);
	fflush(stdout);
	d->page = false;
}

/* ---- the page ---- */

static span
take_line(span *text)
{
	const uint8_t *end = text->len == 0 ? NULL : memchr(text->at, '\n', text->len);
	span line = end == NULL ? *text : span_of(text->at, (size_t)(end - text->at));

	*text = end == NULL ? (span){ 0 } : span_of(end + 1, text->len - line.len - 1);
	return line;
}

static size_t
count_lines(span text)
{
	size_t n = 0;

	for (; text.len > 0; n++)
		take_line(&text);
	return n;
}

/* As much of TEXT as the window is high, and how much there is below. */
static void
print_page(span text)
{
	struct winsize size = { .ws_row = 24, .ws_col = 80 };
	size_t lines, shown, row;
	buf wrapped = { 0 }, page = { 0 };

	ioctl(STDOUT_FILENO, TIOCGWINSZ, &size);
	wrap_lines(text, screen_columns(), &wrapped);
	text = buf_span(&wrapped);
	lines = count_lines(text);
	shown = lines < size.ws_row ? lines : size.ws_row < 2 ? 0 : (size_t)size.ws_row - 2;
	buf_add_text(&page, PAGE_HOME);
	for (row = 0; row < shown; row++) {
		buf_add_span(&page, take_line(&text));
		buf_add_text(&page, LINE_REST);
	}
	if (shown < lines)
		buf_addf(&page, "(a higher window shows %zu lines more)" LINE_REST, lines - shown);
	buf_add_text(&page, PAGE_REST);
	fwrite(page.at, 1, page.len, stdout);
	fflush(stdout);
	buf_fini(&wrapped);
	buf_fini(&page);
}

/* ---- boards ---- */

static ms_status
add_board(const demo_show *d, uint32_t unit, buf *out, ms_error *err)
{
	const plan *p = d->city->year->plan;
	board_ask ask = { .at = d->at, .item = -1, .brief = true, .screen = screen_columns() };
	char dir[HOME_PATH_MAX];
	board_data data = { 0 };
	ms_status s = board_data_get(city_unit_dir(d->city, unit, dir), &data, err);

	buf_addf(out, "\n== %s (%s) ==\n", p->units[unit].name, p->units[unit].id);
	if (s == MS_OK)
		s = board_render(data.plan, data.list, data.n, &ask, data.hub_time_us, out);
	board_data_fini(&data);
	return s;
}

static ms_status
add_boards(const demo_show *d, buf *out, ms_error *err)
{
	const demo_year *y = d->city->year;
	ms_status s = add_board(d, y->shown[0], out, err);

	return s == MS_OK && y->shown[1] != y->shown[0] ? add_board(d, y->shown[1], out, err) : s;
}

static void
add_head(const demo_show *d, buf *out)
{
	const plan *p = d->city->year->plan;
	char when[40];
	size_t i;

	buf_addf(out, "Muster demo   %s   hub pid %ld   %u agents   %s   Ctrl-C stops\n",
		time_format_short(d->city->now_us, p->zone_min, when), (long)d->city->hub,
		p->n_units, d->city->dir);
	for (i = 0; i < SHOW_RECENT; i++)
		buf_addf(out, "  %s\n", d->recent[i]);
}

ms_status
show_boards(demo_show *d, period at, ms_error *err)
{
	buf out = { 0 };
	ms_error lost = { 0 };
	ms_status s;

	d->at = at;
	if (d->page)
		add_head(d, &out);
	s = add_boards(d, &out, &lost);
	if (s == MS_OK && d->page)
		print_page(buf_span(&out));
	else if (s == MS_OK)
		printf("%s\n", buf_cstr(&out));
	fflush(stdout);
	buf_fini(&out);
	/* Somebody has just killed the hub: the next page has it again. */
	if (s == MS_UNREACHABLE && d->page)
		return MS_OK;
	if (s != MS_OK && err != NULL)
		*err = lost;
	return s;
}

void
show_line(demo_show *d, const char *text)
{
	const plan *p = d->city->year->plan;
	char when[40];

	time_format_short(d->city->now_us, p->zone_min, when);
	if (!d->page) {
		printf("%s  %s\n", when, text);
		fflush(stdout);
		return;
	}
	memmove(d->recent[0], d->recent[1], sizeof(d->recent) - sizeof(d->recent[0]));
	snprintf(d->recent[SHOW_RECENT - 1], SHOW_LINE_MAX, "%s  %s", when, text);
}

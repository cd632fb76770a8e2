/* SPDX-License-Identifier: Apache-2.0 */
/*
 * clock.c - civil dates without the C library's calendar: it knows zones and leap seconds that a
 * deadline must not depend on.
 *
 * Days from civil dates by counting in eras of 400 years that begin on 1 March, so that the leap
 * day is the last of its year.
 */
#include "base/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { DAYS_PER_ERA = 146097, DAYS_TO_1970 = 719468 };
static const int64_t second_us = 1000000;
static const int64_t last_us = 253402300799999999; /* 9999-12-31T23:59:59.999999Z */
static const int64_t day_us = 86400 * (int64_t)1000000;

static int64_t
read_clock(clockid_t id)
{
	struct timespec now;

	MS_ASSERT(clock_gettime(id, &now) == 0);
	return (int64_t)now.tv_sec * second_us + now.tv_nsec / 1000;
}

int64_t
clock_real_us(void)
{
	return read_clock(CLOCK_REALTIME);
}

int64_t
clock_monotonic_us(void)
{
	return read_clock(CLOCK_MONOTONIC);
}

int64_t
sim_clock_now(const sim_clock *clock, int64_t real_us)
{
	int64_t passed = real_us - clock->wall_us, gone, now;

	if (!clock->simulated)
		return real_us;
	if (passed < 0)
		passed = 0;
	/* A fast clock stops at the end of the last year that RFC 3339 can write. */
	if (__builtin_mul_overflow(passed, clock->rate, &gone) ||
		__builtin_add_overflow(clock->start_us, gone, &now) || now > last_us)
		now = last_us;
	return now;
}

int64_t
time_between(int64_t from_us, int64_t to_us)
{
	int64_t apart;

	if (__builtin_sub_overflow(to_us, from_us, &apart) || apart == INT64_MIN)
		apart = to_us < from_us ? -INT64_MAX : INT64_MAX;
	return apart;
}

ms_status
sim_clock_parse(const char *text, int64_t real_us, sim_clock *clock, ms_error *err)
{
	const char *comma = strchr(text, ',');
	size_t len = comma == NULL ? strlen(text) : (size_t)(comma - text);
	int64_t rate = 1, start;
	char *end;

	if (time_parse(span_of(text, len), &start, NULL) != MS_OK) {
		ms_fail(err, MS_USAGE, MST_CLOCK, "\"%.*s\" is no time", (int)(len > 60 ? 60 : len),
			text);
		ms_error_remedy(err, "write it like 2012-07-05T08:30:00+08:00");
		return MS_USAGE;
	}
	if (comma != NULL) {
		rate = strtol(comma + 1, &end, 10);
		if (comma[1] < '0' || comma[1] > '9' || *end != '\0' || rate > 10000000)
			return ms_fail(err, MS_USAGE, MST_CLOCK,
				"\"%s\" is no clock rate: a whole number from 0 to 10000000",
				comma + 1);
	}
	*clock = (sim_clock){
		.simulated = true, .start_us = start, .wall_us = real_us, .rate = rate
	};
	return MS_OK;
}

int32_t
civil_to_days(int year, unsigned month, unsigned day)
{
	int y = month <= 2 ? year - 1 : year;
	int era = (y >= 0 ? y : y - 399) / 400;
	int year_of_era = y - era * 400;
	int day_of_year = (153 * ((int)month + (month > 2 ? -3 : 9)) + 2) / 5 + (int)day - 1;
	int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;

	return era * DAYS_PER_ERA + day_of_era - DAYS_TO_1970;
}

void
civil_from_days(int32_t days, int *year, unsigned *month, unsigned *day)
{
	int z = days + DAYS_TO_1970;
	int era = (z >= 0 ? z : z - (DAYS_PER_ERA - 1)) / DAYS_PER_ERA;
	int day_of_era = z - era * DAYS_PER_ERA;
	int year_of_era =
		(day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
	int day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int shifted = (5 * day_of_year + 2) / 153; /* months since March */

	*day = (unsigned)(day_of_year - (153 * shifted + 2) / 5 + 1);
	*month = (unsigned)(shifted < 10 ? shifted + 3 : shifted - 9);
	*year = year_of_era + era * 400 + (*month <= 2);
}

/* N digits at *AT, moved on. False when there are fewer. */
static bool
digits(span *at, unsigned n, unsigned *out)
{
	unsigned v = 0, i;

	if (at->len < n)
		return false;
	for (i = 0; i < n; i++) {
		if (at->at[i] < '0' || at->at[i] > '9')
			return false;
		v = v * 10 + (unsigned)(at->at[i] - '0');
	}
	*out = v;
	*at = span_of(at->at + n, at->len - n);
	return true;
}

static bool
mark(span *at, char c)
{
	if (at->len == 0 || at->at[0] != (uint8_t)c)
		return false;
	*at = span_of(at->at + 1, at->len - 1);
	return true;
}

static bool
read_date(span *at, int32_t *days)
{
	unsigned y, m, d, m2, d2;
	int y2;

	if (!digits(at, 4, &y) || !mark(at, '-') || !digits(at, 2, &m) || !mark(at, '-') ||
		!digits(at, 2, &d) || m < 1 || m > 12 || d < 1 || d > 31)
		return false;
	*days = civil_to_days((int)y, m, d);
	civil_from_days(*days, &y2, &m2, &d2);
	return y2 == (int)y && m2 == m && d2 == d;
}

static bool
read_fraction(span *at, int64_t *us)
{
	int64_t unit = second_us / 10;
	unsigned digit;

	if (!mark(at, '.'))
		return true;
	if (at->len == 0 || at->at[0] < '0' || at->at[0] > '9')
		return false;
	for (; unit > 0 && digits(at, 1, &digit); unit /= 10)
		*us += (int64_t)digit * unit;
	return true;
}

static bool
read_offset(span *at, int *minutes)
{
	unsigned h, m;
	bool west;

	*minutes = 0;
	if (mark(at, 'Z'))
		return true;
	west = at->len > 0 && at->at[0] == '-';
	if ((!mark(at, '+') && !mark(at, '-')) || !digits(at, 2, &h) || !mark(at, ':') ||
		!digits(at, 2, &m) || h > 23 || m > 59)
		return false;
	*minutes = (int)(h * 60 + m) * (west ? -1 : 1);
	return true;
}

static bool
read_time(span text, int64_t *us)
{
	unsigned h, m, s;
	int32_t days;
	int offset;

	if (!read_date(&text, &days) || (!mark(&text, 'T') && !mark(&text, ' ')) ||
		!digits(&text, 2, &h) || !mark(&text, ':') || !digits(&text, 2, &m) ||
		!mark(&text, ':') || !digits(&text, 2, &s) || h > 23 || m > 59 || s > 59)
		return false;
	*us = (int64_t)days * day_us + (int64_t)(h * 3600 + m * 60 + s) * second_us;
	if (!read_fraction(&text, us) || !read_offset(&text, &offset) || text.len != 0)
		return false;
	*us -= (int64_t)offset * 60 * second_us;
	return true;
}

ms_status
time_parse(span text, int64_t *us, ms_error *err)
{
	int64_t v;

	if (!read_time(text, &v)) {
		ms_fail(err, MS_INVALID, MST_CLOCK, "\"%.*s\" is no time",
			(int)(text.len > 60 ? 60 : text.len), (const char *)text.at);
		ms_error_remedy(err, "write it like 2012-07-05T08:30:00+08:00");
		return MS_INVALID;
	}
	*us = v;
	return MS_OK;
}

const char *
date_format(int32_t days, char out[16])
{
	unsigned month, day;
	int year;

	civil_from_days(days, &year, &month, &day);
	snprintf(out, 16, "%04d-%02u-%02u", year, month, day);
	return out;
}

ms_status
date_parse(span text, int32_t *days, ms_error *err)
{
	span at = text;
	int32_t v;

	if (!read_date(&at, &v) || at.len != 0)
		return ms_fail(err, MS_INVALID, MST_CLOCK, "\"%.*s\" is no date like 2012-07-05",
			(int)(text.len > 60 ? 60 : text.len), (const char *)text.at);
	*days = v;
	return MS_OK;
}

ms_status
zone_parse(span text, int *offset_min, ms_error *err)
{
	span at = text;
	int v;

	if (!read_offset(&at, &v) || at.len != 0)
		return ms_fail(err, MS_INVALID, MST_CLOCK, "\"%.*s\" is no time zone like +08:00",
			(int)(text.len > 60 ? 60 : text.len), (const char *)text.at);
	*offset_min = v;
	return MS_OK;
}

/* Days and microseconds within the day, in the zone. */
static void
split_time(int64_t us, int offset_min, int32_t *days, int64_t *rest)
{
	int64_t local, d;

	/* A device may write any time: at either end of all time the zone is no matter. */
	if (__builtin_add_overflow(us, (int64_t)offset_min * 60 * second_us, &local))
		local = us;
	d = local / day_us - (local % day_us < 0);
	*days = (int32_t)d;
	*rest = local - d * day_us;
}

const char *
time_format(int64_t us, int offset_min, char out[40])
{
	int off = offset_min < 0 ? -offset_min : offset_min, year;
	unsigned month, day, second;
	char fraction[12] = "", zone[16] = "Z";
	int64_t rest;
	int32_t days;

	split_time(us, offset_min, &days, &rest);
	civil_from_days(days, &year, &month, &day);
	second = (unsigned)(rest / second_us);
	if (rest % second_us != 0)
		snprintf(fraction, sizeof(fraction), ".%06u", (unsigned)(rest % second_us));
	if (offset_min != 0)
		snprintf(zone, sizeof(zone), "%c%02d:%02d", offset_min < 0 ? '-' : '+',
			off / 60 % 24, off % 60);
	snprintf(out, 40, "%04d-%02u-%02uT%02u:%02u:%02u%s%s", year % 10000, month, day,
		second / 3600, second / 60 % 60, second % 60, fraction, zone);
	return out;
}

static const char *
print_short(int32_t days, unsigned minute, char out[40])
{
	unsigned month, day;
	int year;

	civil_from_days(days, &year, &month, &day);
	snprintf(out, 40, "%04d-%02u-%02u %02u:%02u", year, month, day, minute / 60, minute % 60);
	return out;
}

const char *
time_format_short(int64_t us, int offset_min, char out[40])
{
	int64_t rest;
	int32_t days;

	split_time(us, offset_min, &days, &rest);
	return print_short(days, (unsigned)(rest / second_us / 60), out);
}

const char *
time_format_until(int64_t us, int offset_min, char out[40])
{
	int64_t rest;
	int32_t days;

	split_time(us, offset_min, &days, &rest);
	return rest == 0 ? print_short(days - 1, 24 * 60, out)
			 : print_short(days, (unsigned)(rest / second_us / 60), out);
}

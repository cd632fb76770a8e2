/* SPDX-License-Identifier: Apache-2.0 */
/*
 * remind.c - the clerk finds 到期提醒 in 通知/ when the time to report runs out, and 逾期提醒 when
 * it is over: one file of each a period, written anew when another item joins it.
 */
#include <stdio.h>

#include "agent/agent.h"
#include "base/clock.h"
#include "base/lang.h"
#include "store/meta.h"

enum { KEY_SIZE = 80 };

static void
key_of(const agent *a, const due_slot *d, char out[KEY_SIZE])
{
	char name[PERIOD_NAME_SIZE];

	snprintf(out, KEY_SIZE, "%s/%s/%s", d->is_over ? "over" : "due",
		period_name(d->period, name), a->plan->items[d->item].id);
}

static void
write_list(const agent *a, const due_slot *list, size_t n, period at, bool is_over, buf *out)
{
	char when[40];
	size_t i;

	buf_addf(out, "\xef\xbb\xbf%s\r\n\r\n", is_over ? tr("逾期提醒") : tr("到期提醒"));
	buf_addf(out, tr("时间：%s\r\n"),
		time_format_short(agent_hub_time_us(a), a->plan->zone_min, when));
	buf_addf(out, "%s\r\n",
		is_over ? tr("以下事项已过截止时间，仍未报送：")
			: tr("以下事项即将截止，尚未报送："));
	for (i = 0; i < n; i++)
		if (period_equal(list[i].period, at) && list[i].is_over == is_over)
			buf_addf(out, tr("%u %s　截止 %s\r\n"), a->plan->items[list[i].item].number,
				a->plan->items[list[i].item].title,
				time_format_until(list[i].deadline_us, a->plan->zone_min, when));
}

static ms_status
write_reminder(agent *a, const due_slot *list, size_t n, period at, bool is_over, ms_error *trouble)
{
	char name[80], period_text[PERIOD_NAME_SIZE];
	buf text = { 0 };
	ms_status s;

	write_list(a, list, n, at, is_over, &text);
	snprintf(name, sizeof(name), "%s_%s.txt", is_over ? tr("逾期提醒") : tr("到期提醒"),
		period_name(at, period_text));
	s = notice_write(a, name, &text, trouble);
	buf_fini(&text);
	return s;
}

/* Everything that the file of PERIOD lists was told of. */
static ms_status
note_reminded(agent *a, const due_slot *list, size_t n, period at, bool is_over)
{
	ms_error err = { 0 };
	char key[KEY_SIZE];
	store_txn txn;
	ms_status s;
	size_t i;

	store_begin(a->store, &txn, STORE_WRITE);
	for (i = 0; i < n; i++)
		if (period_equal(list[i].period, at) && list[i].is_over == is_over) {
			key_of(a, &list[i], key);
			meta_put_number(&txn, key, (uint64_t)list[i].deadline_us);
		}
	s = store_commit(&txn, &err);
	if (s != MS_OK)
		agent_storage_failed(a, &err);
	return s;
}

/* A deadline that was moved is another one. */
static bool
is_reminded(agent *a, const due_slot *d)
{
	char key[KEY_SIZE];
	store_txn txn;
	bool done;

	key_of(a, d, key);
	store_begin(a->store, &txn, STORE_READ);
	done = meta_get_number(&txn, key, 0) == (uint64_t)d->deadline_us;
	store_abort(&txn);
	return done;
}

void
remind(agent *a, ms_error *trouble)
{
	due_slot list[DUE_MAX];
	store_txn txn;
	size_t n, i;

	store_begin(a->store, &txn, STORE_READ);
	n = due_list(a, &txn, list, DUE_MAX);
	if (store_status(&txn, trouble) != MS_OK)
		n = 0;
	store_abort(&txn);
	for (i = 0; i < n; i++) {
		period at = list[i].period;
		bool is_over = list[i].is_over;

		if (is_reminded(a, &list[i]))
			continue;
		if (write_reminder(a, list, n, at, is_over, trouble) != MS_OK ||
			note_reminded(a, list, n, at, is_over) != MS_OK)
			return;
	}
}

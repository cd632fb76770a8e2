/* SPDX-License-Identifier: Apache-2.0 */
/*
 * notice.c - what others stated about this unit's slots, as files that a clerk will find: 通知/ in
 * the folder, one file an act, each written once. What could not be written is tried again with the
 * next scan of the folder.
 */
#include <stdio.h>

#include "agent/agent.h"
#include "base/clock.h"
#include "base/fs.h"
#include "base/lang.h"
#include "base/shown.h"
#include "base/text.h"
#include "codec/acts.h"
#include "intake/act_title.h"
#include "plan/figure.h"
#include "plan/judge.h"
#include "store/inbox.h"
#include "store/meta.h"

#define NOTICES "通知"
#define WRITTEN_NUMBER "notices/number"
#define WRITTEN_AT "notices/at"

enum { NOTICES_PER_TURN = 8 /* each waits for the disk */, NAME_SIZE = 160 };

static const int64_t day_us = INT64_C(86400) * 1000000, minute_us = INT64_C(60) * 1000000;

static void
add_line(buf *out, const char *label, const char *text, size_t len)
{
	buf_addf(out, "%s：", label);
	shown_add(out, span_of(text, len), "\r\n　　");
	buf_add_text(out, "\r\n");
}

static void
add_slot(const agent *ag, const act *a, buf *out)
{
	int item = plan_find_item(ag->plan, a->item);

	if (item >= 0)
		buf_addf(out, tr("事项：%u %s\r\n"), ag->plan->items[item].number,
			ag->plan->items[item].title);
	add_line(out, tr("报送单位"), ag->plan->units[ag->unit].name,
		strlen(ag->plan->units[ag->unit].name));
	if (a->period.len > 0)
		add_line(out, tr("报告期"), (const char *)a->period.at, a->period.len);
	if (a->kind == ACT_DECISION)
		buf_addf(out, tr("版本：第 %u 版\r\n"), a->revision);
}

/* Until when, where the act leaves time for something. What is granted is asked only where it is
 * told: the whole inbox is read for it. */
static void
add_deadline(agent *ag, const act *a, int64_t hub_time_us, buf *out)
{
	int item = plan_find_item(ag->plan, a->item);
	slot_at where;
	int64_t deadline_us, until_us;
	char when[40];
	period at;

	if (item < 0 || !period_parse(a->period, &at) ||
		!plan_has_period(ag->plan, (uint32_t)item, at))
		return;
	where = (slot_at){ .item = (uint32_t)item, .unit = ag->unit, .period = at };
	if (a->kind == ACT_DECISION && a->u.steer.verdict == DECISION_RETURN) {
		out->failed |= !due_deadline_us(ag, where, &deadline_us);
		until_us = hub_time_us + plan_at(ag->plan, at)->items[item].return_days * day_us;
		buf_addf(out, tr("请在 %s 前修改后重新报送。\r\n"),
			time_format_until(until_us > deadline_us ? until_us : deadline_us,
				ag->plan->zone_min, when));
	}
	if (a->kind == ACT_REMINDER) {
		out->failed |= !due_deadline_us(ag, where, &deadline_us);
		buf_addf(out, tr("截止时间：%s\r\n"),
			time_format_until(deadline_us, ag->plan->zone_min, when));
	}
	if (a->kind == ACT_EXTENSION_GRANT)
		buf_addf(out, tr("延期至：%s（%u 天）\r\n"),
			time_format_until(plan_deadline_us(ag->plan, (uint32_t)item, at) +
						  (int64_t)a->u.steer.days * day_us,
				ag->plan->zone_min, when),
			a->u.steer.days);
}

/* Whoever was late by a clock that was wrong has this to point at. */
static void
add_clock(const agent *ag, const act *a, buf *out)
{
	const hub_clock *c = &a->u.clock;
	bool of_device = c->device.len > 0;
	char when[40];

	buf_addf(out, "%s：%s\r\n", of_device ? tr("中心时间") : tr("变动前（或最近记录）"),
		time_format(c->before_us, ag->plan->zone_min, when));
	buf_addf(out, "%s：%s\r\n", of_device ? tr("本单位设备时间") : tr("变动后"),
		time_format(c->after_us, ag->plan->zone_min, when));
	if (c->finding == CLOCK_DEVICE_AGREES)
		buf_addf(out, tr("两者已经一致。\r\n"));
	else
		buf_addf(out, tr("是否逾期以中心时间为准；如有异议，请联系管理员。\r\n"));
}

/* What is special in acts that are no statements about a slot. */
static void
add_rest(const agent *ag, const act *a, buf *out)
{
	char text[2 * HASH_SIZE + 1], when[40];

	if (a->kind == ACT_ADJUSTMENT)
		buf_addf(out, tr("分值：%s\r\n"), scaled_text(a->u.steer.points, 2, text));
	if (a->kind == ACT_HUB_PLAN)
		buf_addf(out, tr("新版工作计划自 %.*s 起执行，程序会自动取得。\r\n"),
			(int)a->u.plan_version_act.from_period.len,
			(const char *)a->u.plan_version_act.from_period.at);
	if (a->kind == ACT_HUB_CLOCK)
		add_clock(ag, a, out);
	if (a->kind == ACT_HUB_MOVED)
		buf_addf(out, tr("新地址：%.*s\r\n程序会自动改用新地址，旧地址用到 %s。\r\n"),
			(int)a->u.moved.address.len, (const char *)a->u.moved.address.at,
			time_format_short(a->u.moved.until_us, ag->plan->zone_min, when));
	if (a->kind != ACT_ISSUE)
		return;
	if (a->u.issue.title.len > 0)
		add_line(out, tr("题目"), (const char *)a->u.issue.title.at, a->u.issue.title.len);
	text_hex(a->u.issue.sha256.at, HASH_SIZE, text);
	buf_addf(out, tr("数据截至：%s（日志 %llu）\r\nSHA-256：%s\r\n"),
		time_format_short(a->u.issue.as_of_us, ag->plan->zone_min, when),
		(unsigned long long)a->u.issue.leaves, text);
}

static void
write_text(agent *ag, const inbox_row *row, const act *a, buf *out)
{
	int by = plan_find_unit(ag->plan, row->by);
	char when[40];
	bool is_words = a->kind == ACT_REMINDER || a->kind == ACT_COMMENT;

	/* The mark by which Windows programs know UTF-8. */
	buf_addf(out, "\xef\xbb\xbf%s\r\n\r\n", act_title(a));
	add_slot(ag, a, out);
	buf_addf(out, tr("发出单位：%s\r\n"), by < 0 ? "Muster" : ag->plan->units[by].name);
	buf_addf(out, tr("时间：%s\r\n"),
		time_format_short(row->hub_time_us, ag->plan->zone_min, when));
	add_rest(ag, a, out);
	if (act_is_of_unit(a->kind) && a->kind != ACT_ISSUE && a->u.steer.reason.len > 0)
		add_line(out, is_words ? tr("内容") : tr("理由"),
			(const char *)a->u.steer.reason.at, a->u.steer.reason.len);
	add_deadline(ag, a, row->hub_time_us, out);
	buf_addf(out, tr("记录：%llu/%u\r\n"), (unsigned long long)row->place.leaf, row->place.at);
}

ms_status
notice_write(agent *a, const char *name, const buf *text, ms_error *trouble)
{
	char folder[HOME_PATH_MAX], path[HOME_PATH_MAX];
	ms_status s = home_path(a->folder, NOTICES, folder, trouble);

	if (s == MS_OK && text->failed)
		s = ms_fail(trouble, MS_NO_MEMORY, MST_NO_MEMORY, "no memory for a notice");
	if (s == MS_OK)
		s = folder_make_for(a, NOTICES "/", trouble);
	if (s == MS_OK)
		s = home_path(folder, name, path, trouble);
	if (s == MS_OK)
		s = fs_write_atomic(path, 0644, buf_span(text), trouble);
	if (s == MS_DENIED)
		fs_name_owner_above(path, trouble);
	if (s == MS_OK)
		logger_say(&a->log, LOG_INFO, "a notice was written into %s/" NOTICES, a->folder);
	return s;
}

/* Of what the plan knows: a path is made of no other's words. */
static void
name_notice(const agent *ag, const inbox_row *row, const act *a, char out[NAME_SIZE])
{
	int item = plan_find_item(ag->plan, a->item);
	char at[PERIOD_NAME_SIZE] = "";
	period named;

	if (period_parse(a->period, &named))
		period_name(named, at);
	snprintf(out, NAME_SIZE, "%s%s%s%s%s_%llu-%u.txt", act_title(a), item < 0 ? "" : "_",
		item < 0 ? "" : ag->plan->items[item].id, at[0] == '\0' ? "" : "_", at,
		(unsigned long long)row->place.leaf, row->place.at);
}

static ms_status
write_notice(agent *ag, const inbox_row *row, ms_error *trouble)
{
	arena memory = { 0 };
	char name[NAME_SIZE];
	buf text = { 0 };
	ms_status s;
	act a;

	s = act_decode(row->act, &memory, &a);
	/* Of its lights the office is told by its own plan, also without a line (due.c). */
	if (s == MS_OK && !a.malformed && a.kind != ACT_HUB_NOTICE) {
		write_text(ag, row, &a, &text);
		name_notice(ag, row, &a, name);
		s = notice_write(ag, name, &text, trouble);
	}
	buf_fini(&text);
	arena_fini(&memory);
	return s;
}

/* Note ROW as written. */
static ms_status
note_written(agent *a, const inbox_row *row)
{
	ms_error err = { 0 };
	store_txn txn;
	ms_status s;

	store_begin(a->store, &txn, STORE_WRITE);
	meta_put_number(&txn, WRITTEN_NUMBER, row->number);
	meta_put_number(&txn, WRITTEN_AT, row->place.at);
	s = store_commit(&txn, &err);
	if (s != MS_OK)
		agent_storage_failed(a, &err);
	return s;
}

void
notice_forget(store_txn *txn)
{
	meta_del(txn, WRITTEN_NUMBER);
	meta_del(txn, WRITTEN_AT);
}

/* The row after the last one written; its bytes are copied into MEMORY. False: none, or TROUBLE. */
static bool
next_due(agent *a, arena *memory, inbox_row *row, ms_error *trouble)
{
	store_txn txn;
	bool found;

	store_begin(a->store, &txn, STORE_READ);
	*row = (inbox_row){ .number = meta_get_number(&txn, WRITTEN_NUMBER, 0),
		.place = { .at = (uint16_t)meta_get_number(&txn, WRITTEN_AT, 0) } };
	found = inbox_next(&txn, row);
	if (found) {
		row->by = arena_copy(memory, row->by);
		row->act = arena_copy(memory, row->act);
		found = row->by.at != NULL && row->act.at != NULL;
	}
	store_status(&txn, trouble);
	store_abort(&txn);
	return found;
}

/* One file for all that has none. */
static void
write_too_much(agent *a, ms_error *trouble)
{
	buf text = { 0 };
	char day[16], name[96];

	if (a->too_much_us == 0)
		return;
	date_format((int32_t)((a->too_much_us + a->plan->zone_min * minute_us) / day_us), day);
	buf_addf(&text, "\xef\xbb\xbf");
	buf_addf(&text,
		tr("%s 收到的通知超过 %d 条，其余的不再逐条写成文件。\r\n"
		   "全部内容可用 %s 查看；如属异常，请联系管理员。\r\n"),
		day, INBOX_ROWS_A_DAY, "muster feed");
	snprintf(name, sizeof(name), "%s_%s.txt", tr("通知过多"), day);
	if (notice_write(a, name, &text, trouble) == MS_OK)
		a->too_much_us = 0;
	buf_fini(&text);
}

static void
go_on(void *ctx, int64_t now_us)
{
	agent *a = ctx;
	ms_error trouble = { 0 };

	(void)now_us;
	notice_write_due(a, &trouble);
	if (trouble.status != MS_OK)
		folder_trouble(a, &trouble);
}

void
notice_wake(agent *a)
{
	reactor_set_timer(a->reactor, go_on, a, reactor_now(a->reactor));
}

void
notice_write_due(agent *a, ms_error *trouble)
{
	arena memory = { 0 };
	inbox_row row;
	unsigned n = 0;

	write_too_much(a, trouble);
	while (n < NOTICES_PER_TURN && next_due(a, &memory, &row, trouble)) {
		if (write_notice(a, &row, trouble) != MS_OK || note_written(a, &row) != MS_OK)
			break;
		arena_reset(&memory);
		n++;
	}
	if (n == NOTICES_PER_TURN)
		notice_wake(a);
	arena_fini(&memory);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* front_feed.c - what sessions ask: who a key is, the facts of WELCOME and PONG, plan pieces, feed
 * entries, rollups. */
#include "hub/hub.h"
#include "store/board.h"
#include "store/feed_view.h"
#include "store/ruling_rows.h"

enum {
	ENTRIES_PER_PUMP = 64,
	FEED_WAITS_ABOVE = 8 << 20, /* bytes on their way to a slow reader; above FEEDER_FRAMES_MAX
				       frames */
	FEED_AGAIN_US = 50000,
	TROUBLE_AGAIN_US = 10000000, /* no device fills the log with its troubles */
};

/* ---- identity and facts ---- */

static span
plan_version(const front *f)
{
	return span_of(f->base->plan->version.at, HASH_SIZE);
}

static void
fill_welcome(void *ctx, const session_facts *who, frame_welcome *facts)
{
	front *f = ctx;

	(void)who;
	facts->software = span_str(HUB_SOFTWARE);
	facts->schema = ACT_SCHEMA;
	facts->plan_version = plan_version(f);
	facts->hub_time_us = front_hub_time(f);
}

/* That a device sends nothing until people help is an alarm here too. */
static void
hear_ping(void *ctx, const session_facts *who, const frame_ping *told)
{
	front *f = ctx;
	const device *d = roster_find(&f->roster, &who->device);
	int64_t now_us = reactor_now(f->reactor);

	if (d != NULL && told->trouble != 0 && told->trouble != who->trouble &&
		now_us >= f->trouble_again_us) {
		f->trouble_again_us = now_us + TROUBLE_AGAIN_US;
		logger_say(&f->base->log, LOG_WARNING,
			"device %s sends nothing until people help: muster status there says why "
			"(muster hub units shows all such devices) [MST-%04u]",
			d->name, (unsigned)told->trouble);
	}
	front_hear_clock(ctx, who, told);
}

static void
fill_pong(void *ctx, const session_facts *who, frame_pong *facts)
{
	front *f = ctx;

	(void)who;
	facts->plan_version = plan_version(f);
	facts->hub_time_us = front_hub_time(f);
}

static ms_status
plan_piece(void *ctx, span version, uint64_t offset, frame_plan *piece)
{
	front *f = ctx;
	span file = f->base->plan->bytes;
	size_t left;

	if (version.len > 0 && !span_equal(version, plan_version(f)))
		return MS_NOT_FOUND;
	if (offset > file.len)
		return MS_NOT_FOUND;
	left = file.len - (size_t)offset;
	*piece = (frame_plan){
		.version = plan_version(f),
		.offset = offset,
		.size = file.len,
		.piece = span_of(file.at + offset,
			left < WIRE_PLAN_PIECE_BYTES ? left : WIRE_PLAN_PIECE_BYTES),
	};
	return MS_OK;
}

/* ---- feeds ---- */

static ms_status
next_entry(void *ctx, const session_facts *who, uint64_t after, uint32_t classes, arena *memory,
	feed_entry *out)
{
	front *f = ctx;
	feed_view view = { .txn = front_read(f),
		.plan = f->base->plan,
		.roster = &f->roster,
		.now_us = front_hub_time(f) };
	uint32_t unit;
	ms_status s;

	if (!front_unit_of(f, who, &unit))
		return MS_NOT_FOUND;
	s = feed_view_next(&view, unit, after, classes, memory, out);
	/* What is committed but not signed yet comes when it is. */
	return s == MS_OK && out->leaf >= f->signing.signed_now.size ? MS_NOT_FOUND : s;
}

static bool
wants(const front *f, const frame_subscribe *sub, uint32_t item, period at)
{
	char name[PERIOD_NAME_SIZE];

	if (sub->item.len > 0 && !span_equal(sub->item, span_str(f->base->plan->items[item].id)))
		return false;
	return sub->period.len == 0 || span_equal(sub->period, span_str(period_name(at, name)));
}

/* Do the filters of SUB name what the plan has? */
static bool
are_known(const plan *p, const frame_subscribe *sub)
{
	int only = sub->item.len == 0 ? -1 : plan_find_item(p, sub->item);
	period at = { 0 };
	uint32_t item;

	if ((sub->item.len > 0 && only < 0) ||
		(sub->period.len > 0 && !period_parse(sub->period, &at)))
		return false;
	for (item = 0; item < p->n_items && sub->period.len > 0; item++)
		if ((only < 0 || item == (uint32_t)only) && plan_has_period(p, item, at))
			return true;
	return sub->period.len == 0;
}

static ms_status
rollup_keys(void *ctx, const session_facts *who, const frame_subscribe *sub, feed_rollup_keys *keys)
{
	front *f = ctx;
	const plan *p = f->base->plan;
	int64_t now_us = front_hub_time(f);
	uint32_t unit, item;
	unsigned n;
	period at;

	if (!are_known(p, sub))
		return MS_INVALID;
	if (!front_unit_of(f, who, &unit))
		return MS_OK;
	for (item = 0; item < p->n_items; item++)
		for (n = 0; route_leads(p, unit, item, now_us) && plan_item_period(p, item, n, &at);
			n++) {
			if (!plan_has_period(p, item, at) || !wants(f, sub, item, at))
				continue;
			if (keys->n == keys->room)
				return MS_FULL;
			keys->list[keys->n++] = board_key(item, at);
		}
	return MS_OK;
}

static bool
rollup_wanted(void *ctx, const session_facts *who, const frame_subscribe *sub, uint64_t key)
{
	front *f = ctx;
	uint32_t item = (uint32_t)(key >> 32), unit;

	return front_unit_of(f, who, &unit) &&
	       route_leads(f->base->plan, unit, item, front_hub_time(f)) &&
	       wants(f, sub, item, period_from_code((uint32_t)key));
}

static unit_link
link_of(void *ctx, uint32_t unit, int64_t *last_seen_us)
{
	return front_link_of(ctx, unit, last_seen_us);
}

static ms_status
read_rollup(void *ctx, const session_facts *who, uint64_t key, arena *memory, feed_rollup *out)
{
	front *f = ctx;
	board_links links = { .ctx = f, .of = link_of };

	(void)who;
	ruling_rows_follow(front_read(f), &f->rulings, &f->next_ruling);
	return board_rollup(front_read(f), &f->rulings, key, &links, memory, out, NULL);
}

static void
now_at_hub(void *ctx, uint64_t *size, int64_t *hub_time_us)
{
	front *f = ctx;

	*size = f->log_size;
	*hub_time_us = front_hub_time(f);
}

void
front_set_sources(front *f)
{
	f->feeds = (feed_source){ .ctx = f,
		.next = next_entry,
		.rollup_keys = rollup_keys,
		.rollup_wanted = rollup_wanted,
		.rollup = read_rollup,
		.prove = front_prove_feed,
		.now = now_at_hub };
	f->session_hub = (session_hub){ .ctx = f,
		.hub = f->base->settings.id,
		.device = front_show_device,
		.batch = front_take_batch,
		.welcome = fill_welcome,
		.ping = hear_ping,
		.pong = fill_pong,
		.checkpoint = front_show_checkpoint,
		.restored = front_show_restored,
		.named = front_named_checkpoint,
		.plan = plan_piece,
		.delivery = front_tell_delivery,
		.proof = front_prove,
		.join = front_join,
		.stored = front_note_stored,
		.feeds = &f->feeds };
}

static void
pump_again(void *ctx, int64_t now_us)
{
	(void)ctx;
	(void)now_us; /* the turn's end pumps */
}

typedef struct pumping {
	front *f;
	int64_t now_us, again_us; /* INT64_MAX: when something comes */
} pumping;

static void
pump_session(void *ctx, session *s)
{
	pumping *p = ctx;
	int64_t again_us = p->now_us;

	if (front_unsent(p->f, session_who(s)->routing) > FEED_WAITS_ABOVE) {
		again_us += FEED_AGAIN_US;
	} else {
		session_pump(s, ENTRIES_PER_PUMP, &p->f->answers, p->now_us);
		arena_reset(&p->f->answers);
	}
	if (again_us < p->again_us && session_has_feed_work(s))
		p->again_us = again_us;
}

void
front_pump(front *f, int64_t now_us)
{
	pumping p = { .f = f, .now_us = now_us, .again_us = INT64_MAX };

	registry_feed(f->registry, pump_session, &p);
	if (p.again_us != INT64_MAX)
		reactor_set_timer(f->reactor, pump_again, f, p.again_us);
}

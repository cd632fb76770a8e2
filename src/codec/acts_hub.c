/* SPDX-License-Identifier: Apache-2.0 */
/* acts_hub.c - the bodies of the hub's own acts from bytes. */
#include "codec/acts_parts.h"
#include "codec/walk.h"

bool
read_hub_origin(span bytes, room *r, void *out)
{
	walk w = walk_over(bytes);
	hub_origin *p = &((act *)out)->u.origin;

	(void)r;
	*p = (hub_origin){ 0 };
	while (walk_next(&w))
		switch (w.key) {
		case BYTES_FIELD(1):
			p->hub = w.bytes;
			break;
		case BYTES_FIELD(2):
			p->origin = walk_text(&w);
			break;
		case BYTES_FIELD(3):
			p->sign_key = w.bytes;
			break;
		case NUMBER_FIELD(4):
			p->simulated = walk_bool(&w);
			break;
		case NUMBER_FIELD(5):
			p->clock_start_us = walk_s64(&w);
			break;
		case NUMBER_FIELD(6):
			p->clock_wall_us = walk_s64(&w);
			break;
		case NUMBER_FIELD(7):
			p->clock_rate = walk_s64(&w);
			break;
		case BYTES_FIELD(8):
			p->admin_key = w.bytes;
			break;
		case BYTES_FIELD(9):
			p->curve_key = w.bytes;
			break;
		default:
			return false;
		}
	return !w.bad;
}

bool
read_hub_rules(span bytes, room *r, void *out)
{
	walk w = walk_over(bytes);
	uint32_t *rules = &((act *)out)->u.rules;

	(void)r;
	*rules = 0;
	while (walk_next(&w)) {
		if (w.key != NUMBER_FIELD(1))
			return false;
		*rules = walk_u32(&w);
	}
	return !w.bad;
}

bool
read_hub_plan(span bytes, room *r, void *out)
{
	walk w = walk_over(bytes);
	hub_plan *p = &((act *)out)->u.plan_version_act;

	(void)r;
	*p = (hub_plan){ 0 };
	while (walk_next(&w))
		switch (w.key) {
		case BYTES_FIELD(1):
			p->version = w.bytes;
			break;
		case NUMBER_FIELD(2):
			p->size = w.number;
			break;
		case BYTES_FIELD(3):
			p->from_period = walk_text(&w);
			break;
		default:
			return false;
		}
	return !w.bad;
}

bool
read_hub_enrolment(span bytes, room *r, void *out)
{
	walk w = walk_over(bytes);
	hub_enrolment *p = &((act *)out)->u.enrolment;

	(void)r;
	*p = (hub_enrolment){ 0 };
	while (walk_next(&w))
		switch (w.key) {
		case BYTES_FIELD(1):
			p->device = w.bytes;
			break;
		case BYTES_FIELD(2):
			p->unit = walk_text(&w);
			break;
		case BYTES_FIELD(3):
			p->name = walk_text(&w);
			break;
		case BYTES_FIELD(4):
			p->sign_key = w.bytes;
			break;
		case BYTES_FIELD(5):
			p->curve_key = w.bytes;
			break;
		case NUMBER_FIELD(6):
			p->awaits_approval = walk_bool(&w);
			break;
		case BYTES_FIELD(7):
			p->replaces = w.bytes;
			break;
		case BYTES_FIELD(8):
			p->invite = w.bytes;
			break;
		default:
			return false;
		}
	return !w.bad;
}

bool
read_hub_approval(span bytes, room *r, void *out)
{
	walk w = walk_over(bytes);
	hub_approval *p = &((act *)out)->u.approval;

	(void)r;
	*p = (hub_approval){ 0 };
	while (walk_next(&w)) {
		if (w.key != BYTES_FIELD(1))
			return false;
		p->device = w.bytes;
	}
	return !w.bad;
}

bool
read_hub_rotation(span bytes, room *r, void *out)
{
	walk w = walk_over(bytes);
	hub_rotation *p = &((act *)out)->u.rotation;

	(void)r;
	*p = (hub_rotation){ 0 };
	while (walk_next(&w))
		switch (w.key) {
		case BYTES_FIELD(1):
			p->device = w.bytes;
			break;
		case BYTES_FIELD(2):
			p->unit = walk_text(&w);
			break;
		case BYTES_FIELD(3):
			p->name = walk_text(&w);
			break;
		case BYTES_FIELD(4):
			p->sign_key = w.bytes;
			break;
		case BYTES_FIELD(5):
			p->curve_key = w.bytes;
			break;
		case BYTES_FIELD(6):
			p->signature = w.bytes;
			break;
		case NUMBER_FIELD(7):
			p->until_us = walk_s64(&w);
			break;
		case NUMBER_FIELD(8):
			p->before = w.number;
			break;
		default:
			return false;
		}
	return !w.bad;
}

bool
read_hub_freeze(span bytes, room *r, void *out)
{
	walk w = walk_over(bytes);
	hub_freeze *p = &((act *)out)->u.freeze;

	(void)r;
	*p = (hub_freeze){ 0 };
	while (walk_next(&w))
		switch (w.key) {
		case BYTES_FIELD(1):
			p->device = w.bytes;
			break;
		case NUMBER_FIELD(2):
			p->first_seq = w.number;
			break;
		case BYTES_FIELD(3):
			p->header_hash = w.bytes;
			break;
		default:
			return false;
		}
	return !w.bad;
}

bool
read_hub_revocation(span bytes, room *r, void *out)
{
	walk w = walk_over(bytes);
	hub_revocation *p = &((act *)out)->u.revocation;

	(void)r;
	*p = (hub_revocation){ 0 };
	while (walk_next(&w))
		switch (w.key) {
		case BYTES_FIELD(1):
			p->device = w.bytes;
			break;
		case BYTES_FIELD(2):
			p->reason = walk_text(&w);
			break;
		default:
			return false;
		}
	return !w.bad;
}

bool
read_hub_notice(span bytes, room *r, void *out)
{
	walk w = walk_over(bytes);
	hub_notice *p = &((act *)out)->u.notice;

	(void)r;
	*p = (hub_notice){ 0 };
	while (walk_next(&w))
		switch (w.key) {
		case NUMBER_FIELD(1):
			p->level = (notice_level)walk_enum(&w, NOTICE_RED);
			break;
		case NUMBER_FIELD(2):
			p->at_us = walk_s64(&w);
			break;
		default:
			return false;
		}
	return !w.bad;
}

bool
read_hub_feeds(span bytes, room *r, void *out)
{
	walk w = walk_over(bytes);
	hub_feeds *p = &((act *)out)->u.feeds;

	(void)r;
	*p = (hub_feeds){ 0 };
	while (walk_next(&w))
		switch (w.key) {
		case NUMBER_FIELD(1):
			p->count = w.number;
			break;
		case BYTES_FIELD(2):
			p->chain = w.bytes;
			break;
		default:
			return false;
		}
	return !w.bad;
}

bool
read_hub_restore(span bytes, room *r, void *out)
{
	walk w = walk_over(bytes);
	hub_restore *p = &((act *)out)->u.restore;

	(void)r;
	*p = (hub_restore){ 0 };
	while (walk_next(&w))
		switch (w.key) {
		case BYTES_FIELD(1):
			p->order = w.bytes;
			break;
		case BYTES_FIELD(2):
			p->signature = w.bytes;
			break;
		default:
			return false;
		}
	return !w.bad;
}

bool
read_hub_clock(span bytes, room *r, void *out)
{
	walk w = walk_over(bytes);
	hub_clock *p = &((act *)out)->u.clock;

	(void)r;
	*p = (hub_clock){ 0 };
	while (walk_next(&w))
		switch (w.key) {
		case NUMBER_FIELD(1):
			p->finding = (clock_finding)walk_enum(&w, CLOCK_DEVICE_AGREES);
			break;
		case NUMBER_FIELD(2):
			p->before_us = walk_s64(&w);
			break;
		case NUMBER_FIELD(3):
			p->after_us = walk_s64(&w);
			break;
		case BYTES_FIELD(4):
			p->device = w.bytes;
			break;
		default:
			return false;
		}
	return !w.bad;
}

bool
read_hub_moved(span bytes, room *r, void *out)
{
	walk w = walk_over(bytes);
	hub_moved *p = &((act *)out)->u.moved;

	(void)r;
	*p = (hub_moved){ 0 };
	while (walk_next(&w))
		switch (w.key) {
		case BYTES_FIELD(1):
			p->address = walk_text(&w);
			break;
		case BYTES_FIELD(2):
			p->curve_key = w.bytes;
			break;
		case NUMBER_FIELD(3):
			p->from_us = walk_s64(&w);
			break;
		case NUMBER_FIELD(4):
			p->until_us = walk_s64(&w);
			break;
		default:
			return false;
		}
	return !w.bad;
}

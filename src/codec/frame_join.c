/* SPDX-License-Identifier: Apache-2.0 */
/* frame_join.c - JOIN and JOINED. */
#include "codec/frame_parts.h"

ms_status
frame_put_join(const frame *f, arena *memory, buf *out)
{
	const frame_join *in = &f->u.join;
	Muster__Wire__Join m = MUSTER__WIRE__JOIN__INIT;
	bool failed = false;

	m.has_sign_key = in->sign_key.len > 0;
	m.sign_key = span_binary(in->sign_key);
	m.has_curve_key = in->curve_key.len > 0;
	m.curve_key = span_binary(in->curve_key);
	m.unit = memory_text(in->unit, memory, &failed);
	m.has_device_time = true;
	m.device_time = in->device_time_us;
	m.has_only_check = m.only_check = in->only_check;
	m.has_signature = in->signature.len > 0;
	m.signature = span_binary(in->signature);
	m.software = memory_text(in->software, memory, &failed);
	return failed ? MS_NO_MEMORY : memory_pack(&m.base, out);
}

ms_status
frame_take_join(span bytes, arena *memory, frame *out)
{
	UNPACK(Join, join);
	out->u.join = (frame_join){ .sign_key = parts_bytes(m->has_sign_key, &m->sign_key),
		.curve_key = parts_bytes(m->has_curve_key, &m->curve_key),
		.unit = parts_text(m->unit),
		.device_time_us = parts_time(m->device_time),
		.only_check = m->only_check,
		.signature = parts_bytes(m->has_signature, &m->signature),
		.software = parts_text(m->software) };
	return MS_OK;
}

ms_status
frame_put_joined(const frame *f, arena *memory, buf *out)
{
	const frame_joined *in = &f->u.joined;
	Muster__Wire__Joined m = MUSTER__WIRE__JOINED__INIT;
	bool failed = false;

	m.has_device = in->device.len > 0;
	m.device = span_binary(in->device);
	m.unit = memory_text(in->unit, memory, &failed);
	m.name = memory_text(in->name, memory, &failed);
	m.has_hub = m.has_sign_key = m.has_plan_version = m.has_hub_time = true;
	m.hub = span_binary(in->hub);
	m.sign_key = span_binary(in->sign_key);
	m.log_key = memory_text(in->log_key, memory, &failed);
	m.has_admin_key = in->admin_key.len > 0;
	m.admin_key = span_binary(in->admin_key);
	m.has_simulated = m.simulated = in->simulated;
	m.has_clock_start = m.has_clock_wall = m.has_clock_rate = in->simulated;
	m.clock_start = in->clock_start_us;
	m.clock_wall = in->clock_wall_us;
	m.clock_rate = in->clock_rate;
	m.plan_version = span_binary(in->plan_version);
	m.hub_time = in->hub_time_us;
	m.has_awaits_approval = m.awaits_approval = in->awaits_approval;
	m.has_until = in->until_us != 0;
	m.until = in->until_us;
	m.has_order = in->order.len > 0;
	m.order = span_binary(in->order);
	m.has_order_signature = in->order_signature.len > 0;
	m.order_signature = span_binary(in->order_signature);
	return failed ? MS_NO_MEMORY : memory_pack(&m.base, out);
}

ms_status
frame_take_joined(span bytes, arena *memory, frame *out)
{
	UNPACK(Joined, joined);
	out->u.joined = (frame_joined){ .device = parts_bytes(m->has_device, &m->device),
		.unit = parts_text(m->unit),
		.name = parts_text(m->name),
		.hub = parts_bytes(m->has_hub, &m->hub),
		.sign_key = parts_bytes(m->has_sign_key, &m->sign_key),
		.log_key = parts_text(m->log_key),
		.admin_key = parts_bytes(m->has_admin_key, &m->admin_key),
		.simulated = m->simulated,
		.clock_start_us = parts_time(m->clock_start),
		.clock_wall_us = parts_time(m->clock_wall),
		.clock_rate = m->clock_rate,
		.plan_version = parts_bytes(m->has_plan_version, &m->plan_version),
		.hub_time_us = parts_time(m->hub_time),
		.awaits_approval = m->awaits_approval,
		.until_us = parts_time(m->until),
		.order = parts_bytes(m->has_order, &m->order),
		.order_signature = parts_bytes(m->has_order_signature, &m->order_signature) };
	return MS_OK;
}

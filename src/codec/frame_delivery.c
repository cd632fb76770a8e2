/* SPDX-License-Identifier: Apache-2.0 */
/* frame_delivery.c - DELIVERY_REQUEST and DELIVERY. */
#include "codec/frame_parts.h"

ms_status
frame_put_delivery_request(const frame *f, arena *memory, buf *out)
{
	Muster__Wire__DeliveryRequest m = MUSTER__WIRE__DELIVERY_REQUEST__INIT;

	(void)memory;
	m.has_leaf = m.has_position = true;
	m.leaf = f->u.delivery_request.leaf;
	m.position = f->u.delivery_request.position;
	return memory_pack(&m.base, out);
}

ms_status
frame_take_delivery_request(span bytes, arena *memory, frame *out)
{
	UNPACK(DeliveryRequest, delivery_request);
	out->u.delivery_request =
		(frame_delivery_request){ .leaf = m->leaf, .position = m->position };
	return MS_OK;
}

ms_status
frame_put_delivery(const frame *f, arena *memory, buf *out)
{
	const frame_delivery *in = &f->u.delivery;
	Muster__Wire__Delivery m = MUSTER__WIRE__DELIVERY__INIT;
	bool failed = false;
	size_t i;

	m.has_leaf = m.has_position = m.has_known = true;
	m.leaf = in->leaf;
	m.position = in->position;
	m.known = in->known;
	m.to = arena_alloc(memory, (in->n_to + 1) * sizeof(*m.to));
	for (i = 0; m.to != NULL && i < in->n_to; i++) {
		Muster__Wire__DeliveredTo *to = arena_alloc(memory, sizeof(*to));

		if (to == NULL)
			return MS_NO_MEMORY;
		muster__wire__delivered_to__init(to);
		to->unit = memory_text(in->to[i].unit, memory, &failed);
		to->has_stored = to->has_link = true;
		to->stored = in->to[i].stored;
		to->link = in->to[i].link;
		to->has_last_seen = in->to[i].last_seen_us != 0;
		to->last_seen = in->to[i].last_seen_us;
		m.to[m.n_to++] = to;
	}
	return failed || m.to == NULL ? MS_NO_MEMORY : memory_pack(&m.base, out);
}

ms_status
frame_take_delivery(span bytes, arena *memory, frame *out)
{
	delivered_to *to;
	size_t i;
	UNPACK(Delivery, delivery);

	to = arena_zalloc(memory, (m->n_to + 1) * sizeof(*to));
	if (to == NULL)
		return MS_NO_MEMORY;
	for (i = 0; i < m->n_to; i++)
		to[i] = (delivered_to){ .unit = parts_text(m->to[i]->unit),
			.stored = m->to[i]->stored,
			.link = parts_link(m->to[i]->link),
			.last_seen_us = parts_time(m->to[i]->last_seen) };
	out->u.delivery = (frame_delivery){ .leaf = m->leaf,
		.position = m->position,
		.known = m->known,
		.to = to,
		.n_to = m->n_to };
	return MS_OK;
}

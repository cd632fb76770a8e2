/* SPDX-License-Identifier: Apache-2.0 */
/* desk_asking.c - a command asks what only the hub knows: it gets the rest of its answer with the
 * hub's word, or without it when that does not come in time. */
#include <stdio.h>
#include <string.h>

#include "agent/desk.h"
#include "base/lang.h"
#include "net/control_json.h"

enum { HUB_PATIENCE_US = 3000000 };

void
desk_end_asking(asking *x, json_t *told, unsigned code, const char *why_not)
{
	char unknown[32];

	json_set(x->out, x->what, told == NULL ? json_null() : told);
	if (why_not != NULL) {
		snprintf(unknown, sizeof(unknown), "%s_unknown", x->what);
		json_set_text(x->out, unknown, why_not);
		snprintf(unknown, sizeof(unknown), "%s_code", x->what);
		json_set_number(x->out, unknown, code);
	}
	control_last_json(x->call, x->out);
	*x = (asking){ 0 };
}

static void
askings_over(void *ctx, int64_t now_us)
{
	agent *a = ctx;
	int64_t next_us = INT64_MAX;
	size_t i;

	for (i = 0; i < ASKINGS_MAX; i++) {
		asking *x = &a->askings[i];

		if (x->call == NULL)
			continue;
		if (x->until_us <= now_us)
			desk_end_asking(x, NULL, MST_WIRE_NO_ANSWER, TR("the hub does not answer"));
		else if (x->until_us < next_us)
			next_us = x->until_us;
	}
	reactor_set_timer(a->reactor, askings_over, a, next_us);
}

void
desk_end_askings(agent *a)
{
	size_t i;

	for (i = 0; i < ASKINGS_MAX; i++)
		if (a->askings[i].call != NULL)
			desk_end_asking(
				&a->askings[i], NULL, MST_WIRE_NO_ANSWER, TR("the agent stops"));
}

void
desk_ask_hub(agent *a, control_call *call, json_t *out, const char *what, record_place place,
	bool (*ask)(uplink *u, uint64_t leaf, uint32_t position))
{
	asking x = { .call = call,
		.what = what,
		.out = out,
		.place = place,
		.until_us = reactor_now(a->reactor) + HUB_PATIENCE_US };
	size_t i = 0;

	while (i < ASKINGS_MAX && a->askings[i].call != NULL)
		i++;
	if (i == ASKINGS_MAX) {
		desk_end_asking(&x, NULL, MST_WIRE_NO_ANSWER, TR("too many commands ask at once"));
	} else if (!ask(a->link.uplink, place.leaf, place.at)) {
		desk_end_asking(&x, NULL, MST_WIRE_NO_ANSWER, TR("the hub cannot be asked now"));
	} else {
		a->askings[i] = x;
		askings_over(a, reactor_now(a->reactor));
	}
}

asking *
desk_asked(agent *a, const char *what, uint64_t leaf, uint32_t position)
{
	size_t i;

	for (i = 0; i < ASKINGS_MAX; i++) {
		asking *x = &a->askings[i];

		if (x->call != NULL && strcmp(x->what, what) == 0 && x->place.leaf == leaf &&
			x->place.at == position)
			return x;
	}
	return NULL;
}

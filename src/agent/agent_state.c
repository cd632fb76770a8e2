/* SPDX-License-Identifier: Apache-2.0 */
/* agent_state.c - what all of the agent's files ask of its state: the time, the language, a failed
 * commit. */
#include <string.h>

#include "agent/agent.h"
#include "base/clock.h"
#include "base/lang.h"

bool
agent_is_english(const agent *a)
{
	return strcmp(a->asker == NULL ? a->settings.language : a->asker, "en") == 0;
}

void
agent_speak(agent *a, const char *language)
{
	a->asker = language;
	if (language != NULL && lang_speak(language))
		return;
	a->asker = NULL;
	if (agent_is_english(a))
		lang_speak("en");
	else
		lang_rest();
}

int64_t
agent_now_us(const agent *a)
{
	int64_t now_us = sim_clock_now(&a->settings.clock, clock_real_us()), told_us;

	if (!a->settings.clock.simulated || a->settings.clock.rate != 0)
		return now_us;
	told_us = a->link.uplink == NULL ? 0 : uplink_look(a->link.uplink).hub_time_us;
	if (a->last_receipt_us > told_us)
		told_us = a->last_receipt_us;
	return told_us > now_us ? told_us : now_us;
}

int64_t
agent_hub_time_us(const agent *a)
{
	uplink_status s = { 0 };

	if (a->settings.clock.simulated && a->settings.clock.rate == 0)
		return agent_now_us(a);
	if (a->link.uplink != NULL)
		s = uplink_look(a->link.uplink);
	if (s.hub_time_us == 0)
		return agent_now_us(a);
	return s.hub_time_us + (reactor_now(a->reactor) - s.hub_time_at_us) *
				       (a->settings.clock.simulated ? a->settings.clock.rate : 1);
}

bool
agent_is_learning(const agent *a)
{
	uplink_status s = uplink_look(a->link.uplink);
	bool is_first = s.state == UPLINK_DOWN && s.sessions == 0;

	return (is_first || (s.state == UPLINK_READY && s.sessions != a->learnt_in)) &&
	       reader_look(a->reader) != READER_FAILED &&
	       reactor_now(a->reactor) < s.since_us + LEARNING_US;
}

int64_t
agent_clock_off_us(const agent *a, bool *recorded)
{
	int64_t off_us = time_between(agent_hub_time_us(a), agent_now_us(a));
	int64_t allowed_us = a->settings.clock_alarm_s * INT64_C(1000000) *
			     (a->settings.clock.simulated ? a->settings.clock.rate : 1);

	*recorded = off_us <= allowed_us && off_us >= -allowed_us;
	if (*recorded)
		off_us = -a->receipt_ahead_us;
	return off_us > allowed_us || off_us < -allowed_us ? off_us : 0;
}

void
agent_storage_failed(agent *a, const ms_error *err)
{
	switch (err->status) {
	case MS_NO_SPACE:
		if (!a->storage_full)
			logger_error(&a->log, LOG_WARNING, err);
		a->storage_full = true;
		return;
	case MS_FULL:
	case MS_INVALID:
	case MS_NO_MEMORY:
		return; /* told to whoever asked */
	default:
		if (a->failure.status == MS_OK)
			a->failure = *err;
		reactor_stop(a->reactor);
	}
}

void
agent_set_hub_time(const agent *a, json_t *out, int64_t us)
{
	json_set_time(out, "hub_time", a->plan->zone_min, us);
	json_set_clock(out, a->settings.clock.simulated);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* agent_keys.c - the device's keys are those that lie in its directory, also when `muster agent
 * rotate` lays others there while the agent runs. */
#include <string.h>

#include "agent/agent.h"

/* `muster agent rotate` was killed, and the hub may have the new keys already. */
static void
tell_unfinished(const agent *a)
{
	char path[HOME_PATH_MAX];

	if (home_path(a->dir, HOME_NEXT_KEYS "/" HOME_AGENT_KEY, path, NULL) == MS_OK &&
		fs_exists(path))
		logger_say(&a->log, LOG_WARNING,
			"a change of this device's keys was cut off: do it again, or the hub may "
			"not know it two weeks later (muster agent rotate --dir %s)",
			a->dir);
}

/* When the key file was written; 0: it cannot be told. */
static int64_t
changed_us(const agent *a)
{
	char path[HOME_PATH_MAX];
	fs_info file;

	return home_path(a->dir, HOME_AGENT_KEY, path, NULL) == MS_OK &&
			       fs_look(path, &file, NULL) == MS_OK
		       ? file.changed_us
		       : 0;
}

ms_status
agent_load_keys(agent *a, ms_error *err)
{
	int64_t written_us = changed_us(a);
	home_keys keys;
	ms_status s = home_keys_read(a->dir, STORE_AGENT, &keys, err);

	if (s != MS_OK)
		return s;
	a->keys_us = written_us;
	tell_unfinished(a);
	sign_key_from_seed(keys.sign_seed, &a->sign);
	s = device_link_set(&a->link, &a->settings, &keys, err);
	home_keys_fini(&keys);
	return s;
}

static bool
are_in_use(const agent *a, const home_keys *keys)
{
	sign_key sign;
	bool same;

	sign_key_from_seed(keys->sign_seed, &sign);
	same = memcmp(&sign.public_key, &a->sign.public_key, sizeof(sign.public_key)) == 0 &&
	       device_link_has_keys(&a->link, keys);
	sign_key_fini(&sign);
	return same;
}

ms_status
agent_look_at_keys(agent *a, ms_error *err)
{
	int64_t written_us = changed_us(a);
	home_keys keys;
	ms_status s = home_keys_read(a->dir, STORE_AGENT, &keys, err);

	if (s == MS_OK && !are_in_use(a, &keys)) {
		s = device_link_rekey(&a->link, &keys, err);
		if (s == MS_OK) {
			sign_key_from_seed(keys.sign_seed, &a->sign);
			logger_say(&a->log, LOG_INFO,
				"%s/%s has other keys: they sign what is sealed from now on",
				a->dir, HOME_AGENT_KEY);
		}
	}
	if (s == MS_OK)
		a->keys_us = written_us;
	home_keys_fini(&keys);
	return s;
}

void
agent_follow_keys(agent *a)
{
	ms_error err = { 0 };
	bool failed = changed_us(a) != a->keys_us && agent_look_at_keys(a, &err) != MS_OK;

	if (failed && !a->told_keys)
		logger_error(&a->log, LOG_WARNING, &err);
	a->told_keys = failed;
}

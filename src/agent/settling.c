/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/settling.h"

bool
settling_look(settling *s, const char *name, uint64_t size, int64_t changed_us, int64_t now_us,
	int64_t quiet_us)
{
	hash32 key = hash_of(span_str(name));
	unsigned known = s->n < SETTLING_FILES ? s->n : SETTLING_FILES, i;

	for (i = 0; i < known && !hash_equal(&s->files[i].name, &key); i++)
		continue;
	if (i < known && s->files[i].size == size && s->files[i].changed_us == changed_us)
		return now_us - s->files[i].since_us >= quiet_us;
	if (i == known)
		i = s->n++ % SETTLING_FILES;
	s->files[i].name = key;
	s->files[i].size = size;
	s->files[i].changed_us = changed_us;
	s->files[i].since_us = now_us;
	return quiet_us <= 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* settling.c - whoever has a place keeps it until it has settled or is looked at no more; one that
 * changes while others wait for a place goes to the end of the row. */
#include "agent/settling.h"

static settling_file *
find_known(settling *s, const hash32 *name)
{
	unsigned i;

	for (i = 0; i < s->n; i++)
		if (hash_equal(&s->files[i].name, name))
			return &s->files[i];
	return NULL;
}

/* NULL: all places are held. */
static settling_file *
find_place(settling *s, int64_t now_us, int64_t quiet_us)
{
	settling_file *oldest = &s->files[0];
	unsigned i;

	if (s->n < SETTLING_FILES)
		return &s->files[s->n++];
	for (i = 0; i < s->n; i++) {
		settling_file *f = &s->files[i];

		if (f->gives_way)
			return f;
		if (f->looked_us < oldest->looked_us)
			oldest = f;
	}
	return now_us - oldest->looked_us > quiet_us ? oldest : NULL;
}

bool
settling_look(settling *s, const char *name, uint64_t size, int64_t changed_us, int64_t now_us,
	int64_t quiet_us)
{
	hash32 key = hash_of(span_str(name));
	settling_file *f = find_known(s, &key);
	bool changed = f != NULL && (f->size != size || f->changed_us != changed_us);

	if (f == NULL)
		f = find_place(s, now_us, quiet_us);
	if (f == NULL) {
		s->crowded_us = now_us;
		return quiet_us <= 0;
	}
	if (changed || !hash_equal(&f->name, &key))
		*f = (settling_file){
			.name = key, .size = size, .changed_us = changed_us, .since_us = now_us
		};
	f->looked_us = now_us;
	f->gives_way = now_us - f->since_us >= quiet_us ||
		       (changed && s->crowded_us > 0 && now_us - s->crowded_us <= quiet_us);
	return now_us - f->since_us >= quiet_us;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* keymap.h - numbers to pointers, open addressing; what the caches of slots and rollups are found
 * by. A zeroed keymap is empty. */
#ifndef STORE_KEYMAP_H
#define STORE_KEYMAP_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

typedef struct keymap {
	struct keymap_cell {
		uint64_t key;
		void *value;
	} * cells;
	size_t room, used;
} keymap;

/* NULL: KEY is not there. */
void *keymap_get(const keymap *m, uint64_t key);
/* KEY must not be there yet; VALUE is not NULL. MS_NO_MEMORY. */
ms_status keymap_add(keymap *m, uint64_t key, void *value);
void keymap_fini(keymap *m);

#endif

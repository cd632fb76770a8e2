/* SPDX-License-Identifier: Apache-2.0 */
/* meta.h - small named values in the META table: cursors, counters, switches. */
#ifndef STORE_META_H
#define STORE_META_H

#include "store/store.h"

/* An agent's: the newest checkpoint of the hub's log that it has verified, as a signed note. */
#define META_WITNESS "witness"

/* An agent's: the form of a kind of period that lies in the folder, by the number of the kind
 * (agent/forms.c). */
#define META_FORM "form/%u"

/* The row's key; META_NAME_AT is where the name begins in it. */
#define META_KEY(name) "m/" name
enum { META_NAME_AT = sizeof(META_KEY("")) - 1 };

/* NAME is 1..200 bytes, "cursor/<name>" and the like. */
void meta_put(store_txn *txn, const char *name, span value);
bool meta_get(store_txn *txn, const char *name, span *value);
void meta_put_number(store_txn *txn, const char *name, uint64_t number);
/* FALLBACK when the name is not there. */
uint64_t meta_get_number(store_txn *txn, const char *name, uint64_t fallback);
bool meta_del(store_txn *txn, const char *name);

#endif

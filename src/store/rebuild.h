/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rebuild.h - everything that a hub's directory keeps beside its log, made anew from the log alone
 * in an empty store and held against what is there, row by row (promise 8 of src/README.md).
 *
 * The writer's own code makes it, so that also what nothing recounts is compared: the batch index,
 * feeds and their tails, rulings, instants, the order of records in a slot. What the log tells only
 * a part of must fit to that part and have its form: how far agents have their feeds, open invites,
 * where the hub listens, until when there was no light to tell of.
 */
#ifndef STORE_REBUILD_H
#define STORE_REBUILD_H

#include "store/verify.h"

/*
 * DB holds a good log (verify_log). EMPTY is a new store of the same kind, of no use afterwards.
 * OUT is verify_log's: what differs is noted there; first_bad is the leaf at hand, or the size when
 * a row beside the log is wrong.
 */
ms_status rebuild_compare(store *db, store *empty, verify_result *out, ms_error *err);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * admin_key.h - the key of a hub's administrator: made with the hub, then kept offline. It is
 * needed only to say what a log cannot say of itself, as that it goes on from a backup.
 */
#ifndef STORE_ADMIN_KEY_H
#define STORE_ADMIN_KEY_H

#include "proof/sign.h"

#define ADMIN_KEY_FILE "admin.key"

/* Make a key in the new file PATH, mode 0600; OUT is its public half. MS_EXISTS. */
ms_status admin_key_make(const char *path, sign_public *out, ms_error *err);
/* MS_DENIED when others than the owner can read it; MS_CONFIG: it is no such file. */
ms_status admin_key_read(const char *path, sign_key *out, ms_error *err);

#endif

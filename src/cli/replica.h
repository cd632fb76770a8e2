/* SPDX-License-Identifier: Apache-2.0 */
/*
 * replica.h - a reader's own ledger: every act that the directory may see, folded by the rules. Of
 * a hub's directory: its whole log; of a device's: its unit's feed from the first entry on.
 */
#ifndef CLI_REPLICA_H
#define CLI_REPLICA_H

#include "plan/book.h"
#include "plan/notice.h"

/* A bulletin that was published. */
typedef struct replica_issue {
	period at;
	uint32_t by;
	uint64_t leaves;
	int64_t as_of_us;
	hash32 sha256;
	record_place place;
	char title[128]; /* may be cut */
} replica_issue;

typedef struct replica {
	plan *newest;     /* every version that the directory knows */
	const plan *plan; /* the one that was the newest where the reading ended */
	book *book;
	slots all;
	int unit;        /* of the device; PLAN_NO_UNIT for a hub's directory: it sees all */
	int64_t now_us;  /* the instant at which it is looked at */
	int64_t read_us; /* the hub's time when it was read */
	bool simulated;  /* by the clock of DIR */
	notice *notices; /* of the hub, in the order of the log */
	size_t n_notices, notices_room;
	replica_issue *issues;
	size_t n_issues, issues_room;
	uint64_t leaves, acts; /* folded: leaves below this index, and how many acts of them */
} replica;

/*
 * AT (may be NULL: now): a log index or an RFC 3339 time; acts behind it are left out, and the
 * result is the same for ever.
 */
ms_status replica_get(const char *dir, const char *at, replica *out, ms_error *err);

/* The first LEAVES of the log as of an instant. */
typedef struct replica_look {
	uint64_t leaves;
	int64_t as_of_us;
} replica_look;

/* Looks in the order of their leaves. */
typedef struct replica_looks {
	const replica_look *at;
	size_t n;
	void *ctx;
	/* R is as it was then, until this returns. */
	ms_status (*look)(void *ctx, size_t i, const replica *r, ms_error *err);
} replica_looks;

/* Read once, and look on the way. */
ms_status replica_look_at(const char *dir, const replica_looks *looks, ms_error *err);
void replica_fini(replica *r);

#endif

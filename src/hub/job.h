/* SPDX-License-Identifier: Apache-2.0 */
/*
 * job.h - what crosses between the front and the writer: one job down, the same job back with its
 * outcome.
 *
 * A batch's job owns its frame and everything decoded from it; nothing in it is shared while it
 * travels. Jobs go down in order of arrival and come back in order of commit. Jobs are pooled:
 * job_pool_put keeps the memory for the next batch.
 */
#ifndef HUB_JOB_H
#define HUB_JOB_H

#include "base/arena.h"
#include "net/queue.h"
#include "net/socket.h"
#include "plan/act.h"
#include "plan/plan.h"
#include "proof/batch.h"
#include "store/hub_move.h"
#include "store/hub_roster.h"
#include "store/roster.h"
#include "store/stored.h"

typedef enum job_kind {
	JOB_BATCH = 1,
	JOB_ENROL,
	JOB_REVOKE,
	JOB_INVITE,
	JOB_WITHDRAW,
	JOB_JOIN,
	JOB_APPROVE,
	JOB_CLOCK,  /* move a clock that stands still */
	JOB_PLAN,   /* a new version of the plan */
	JOB_MOVE,   /* the hub's next address or key */
	JOB_TICK,   /* a light may pass: nothing but the hub time */
	JOB_FOUND,  /* something about a clock */
	JOB_STORED, /* how far units have their feeds */
	JOB_KIND_COUNT
} job_kind;

typedef enum job_outcome {
	OUTCOME_NONE = 0, /* not taken: the hub begins anew, the device sends it again */
	OUTCOME_RECEIPT,  /* appended now, or known: `leaf`, `hub_time_us`, `verdicts` */
	OUTCOME_GAP,      /* `next_seq` is what the hub waits for */
	OUTCOME_FORK,
	OUTCOME_FROZEN,
	OUTCOME_REVOKED,
	OUTCOME_OLD_KEY,  /* the key that signed it counts no more at its hub time */
	OUTCOME_NO_SPACE, /* the storage is full, nothing was kept */
	OUTCOME_DONE,     /* roster, clock and plan jobs */
	OUTCOME_FAILED,   /* the same: `error` */
} job_outcome;

/* How far a unit has its feed. */
typedef struct unit_stored {
	uint32_t unit;
	stored_at at;
} unit_stored;

struct front;

typedef struct job {
	queue_item link; /* first */
	struct job *next_free;
	job_kind kind;
	job_outcome outcome;
	uint64_t session; /* the front's number of the session it came from, 0 = none */
	bool is_known;    /* the batch was there before */
	uint64_t counted; /* bytes, as brought by its device */
	char language[4]; /* of whom a command answers; "": of nobody */
	uint64_t from;    /* the size from which a carried receipt proves the log's growth */
	size_t order;     /* the front's: place among the outcomes of a turn */
	/* The front's: what is done when the outcome is there and signed; NULL: nothing more. */
	void (*done)(struct front *f, struct job *j);
	void *call; /* the control call that waits */
	ms_error error;

	/* on the last job of a turn: what the turn changed for readers; the lists lie in `memory`
	 */
	bool turn_end;
	bool full;  /* the storage was: nothing of the turn was kept */
	bool wrote; /* a leaf or an invite, and it was kept */
	bool asked; /* a signature under `log_size` leaves, which the outcomes wait for */
	uint64_t log_size;
	buf leaves;             /* hashes of those it appended, when it asked */
	int64_t next_notice_us; /* when a light may pass next, or feeds are to be stated */
	uint32_t *units;        /* whose feeds grew */
	size_t n_units;
	uint64_t *rollups; /* store/board.h keys */
	size_t n_rollups;

	/* JOB_BATCH */
	net_message message; /* owns the bytes */
	arena memory;        /* decoded acts */
	act *acts;
	device_id device;
	sign_public signed_by; /* one of the device's keys */
	int64_t sealed_us;     /* held.h: when the device sealed it */
	int64_t hub_time_us;   /* arrival; the writer raises it to the previous leaf's */
	uint64_t leaf, next_seq;

	/* From here to N_STORED: commands, nothing of a batch.
	 * JOB_ENROL, JOB_REVOKE, JOB_APPROVE, JOB_WITHDRAW */
	device device_row;
	char reason[128];
	size_t withdrawn; /* JOB_WITHDRAW: invites for or called DEVICE_ROW.name */
	invite invite;    /* JOB_INVITE: expires_us is how long, and becomes when */
	join_ask ask;     /* JOB_JOIN */
	join_result joined;
	hub_clock found;     /* JOB_FOUND; of `device` where it is a device's */
	hub_move move;       /* JOB_MOVE */
	plan *next;          /* JOB_PLAN: with the new version; the job's */
	char plan_after[72]; /* JOB_PLAN: the version that it follows, or "" */
	unit_stored *stored; /* JOB_STORED; in `memory` */
	size_t n_stored;

	/* JOB_BATCH; large, and written before it is read: no pool empties it */
	batch_view batch;
	uint8_t verdicts[BATCH_ACTS_MAX];
} job;

typedef struct job_pool {
	job *free;
	size_t n_free;
} job_pool;

/* An empty job, used before where the pool has one; NULL: no memory. What is put back is the
 * pool's. */
job *job_pool_get(job_pool *pool);
void job_pool_put(job_pool *pool, job *j);
void job_pool_fini(job_pool *pool);
/* TEXT, marked with TR, in the language of who waits. */
void job_fail(job *j, ms_status status, unsigned code, const char *text);
/* Of a list by `link`, which may be empty. */
void jobs_free(job *list);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hub.h - inside the hub program: what main.c opens and the front's files share.
 *
 * Front thread: sockets, sessions, feeds, control. Writer thread: the one LMDB writer. ZAP has its
 * own thread. Two threads of the idle class keep cores awake for a lone report (base/awake.h).
 */
#ifndef HUB_HUB_H
#define HUB_HUB_H

#include "base/awake.h"
#include "base/clock_watch.h"
#include "base/json.h"
#include "base/log.h"
#include "base/map.h"
#include "hub/allowance.h"
#include "hub/job.h"
#include "hub/signer_link.h"
#include "hub/writer.h"
#include "net/control.h"
#include "net/reactor.h"
#include "net/zap.h"
#include "plan/plan.h"
#include "plan/rulings.h"
#include "proof/tail.h"
#include "store/home.h"
#include "store/log.h"
#include "store/restored.h"
#include "wire/registry.h"

#define HUB_SOFTWARE "muster-hub " MUSTER_VERSION

/* Opened by main.c, closed by it. */
typedef struct hub_base {
	const char *dir;
	home home;
	bool serving; /* home_serving.c has its mark */
	hub_settings settings;
	hub_keys keys;
	store *store;
	plan *plan;
	uint64_t plan_leaf;    /* that put it in force */
	log_key log_key;       /* checks the checkpoints of the log's newest generation */
	restore_order order;   /* that opened it */
	uint64_t restore_leaf; /* where it stands, when there is one */
	int64_t restored_us;   /* its hub time */
	signer_link signer;
	control *control;       /* opened by the first front */
	checkpoint signed_last; /* when the hub began to serve: the whole log */
	buf note;               /* of that */
	clock_watch clock;
	const char *ready; /* what is said when it begins anew */
	uint64_t files;    /* descriptors that may be open */
	allowance allowance;
	bool clock_begun; /* the clock was held against the log */
	logger log;
} hub_base;

/* sign_start.c: start the signer and hold its generation of the log against the stored one. */
ms_status hub_start_signer(hub_base *base, ms_error *err);
/* Until the signer has answered; told when that takes long. MS_STORAGE: it does not. */
ms_status hub_await_signer(hub_base *base, ms_error *err);
/* Have the signer sign what it has not yet. MS_CORRUPT: the log does not go on from
 * what was signed last. */
ms_status hub_sign_log(hub_base *base, ms_error *err);

/* How far a unit's agents have its feed. */
typedef struct unit_cursor {
	stored_at at;
	bool moved; /* not written yet */
} unit_cursor;

/* Committed turns on their way to a signature, and what is signed. */
typedef struct signing {
	tree_tail tail; /* of the signed log */
	checkpoint signed_now;
	buf note;          /* of that */
	job *first, *last; /* jobs of turns that wait */
} signing;

/* Devices that have verified what is not this log's history. */
typedef struct contradiction {
	device_id device;
	bool is_signed; /* in a header */
	bool is_lost;   /* it was, before a restore */
} contradiction;

enum { CONTRADICTIONS_MAX = 64 };

typedef struct contradictions {
	contradiction list[CONTRADICTIONS_MAX];
	size_t n; /* since the start */
} contradictions;

/* A socket that devices connect to. */
typedef struct listener {
	struct front *front;
	uint8_t index;
	net_socket *router; /* NULL: not used */
} listener;

enum {
	LISTENERS_MAX = 2,
	DEVICE_CONNECTIONS_MAX = 2 * DEVICE_SESSIONS_MAX, /* some may be dead without our knowing */
};

/* What lets turns wait for longer than any does. */
typedef enum hub_stall { STALL_NONE = 0, STALL_DISK, STALL_SIGNER } hub_stall;

typedef struct front {
	hub_base *base;
	reactor *reactor;
	net_context *net;
	listener listeners[LISTENERS_MAX]; /* where the hub is, and where it was before */
	bool moved;
	hub_move move;
	int64_t trouble_again_us; /* no device's trouble is logged before */
	zap *zap;
	registry *registry;
	queue *down, *up;
	writer *writer;
	awake *awake; /* NULL: not by the settings */
	int signal_fd;

	session_hub session_hub;
	feed_source feeds;
	roster roster; /* the writer's, as of the outcomes that were told */
	int64_t manual_clock_us;
	int64_t newest_us; /* hub time of the newest leaf at the start */
	uint64_t log_size;
	int64_t next_notice_us; /* hub time at which a light may pass or feeds are to be stated;
				 * INT64_MAX: none, or asked for
				 */
	uint64_t credit_used;   /* bytes of batches on their way through the writer, and all that
				 * held ones take
				 */
	unsigned jobs_down;     /* decoded batches that wait for the writer */
	job_pool pool;
	const char *asker;   /* language of who asks just now, NULL: nobody does */
	job *held;           /* see front_refill.c; by next_free, the newest first */
	unit_cursor *stored; /* [plan->n_units] */
	bool stored_moved;   /* some of them; they are written soon */
	store_txn read;      /* begun once, parked between turns */
	bool reading;
	signing signing;
	contradictions contradictions;
	bool overflowed; /* an answer to the frame at hand found no room */
	unsigned cut;    /* connections, since that was told */
	int64_t cut_told_us, trim_at_us;
	bool crowd_rests; /* nothing has come since its connections were looked at */
	rulings rulings;  /* of the log as far as a rollup was read: those before NEXT_RULING */
	uint64_t next_ruling;
	arena frames;       /* decoding of one frame */
	arena answers;      /* what a feed pump borrows */
	buf out;            /* one encoded frame */
	ms_error failure;   /* why the hub has to end */
	bool storage_full;  /* the last turn found no space; told once, when it changes */
	uint64_t full_free; /* what was left then */
	int64_t look_at_us; /* at the space: then, or after so many bytes of batches */
	uint64_t look_after;
	bool told_short; /* that space is short; since then, which devices wait */
	map told_waiting;
	int64_t short_again_us;  /* nothing of that is logged before */
	hub_stall stall;         /* the same */
	reactor_handler overdue; /* no turn has come back for long */
	bool failed;
	bool begin_anew; /* with another version of the plan, or at another place */
	char listening[3 * HOME_NAME_MAX];
} front;

/* front.c: the loop, above all the others */
ms_status front_open(hub_base *base, int signal_fd, front **out, ms_error *err);
/* Until a signal comes, something failed, or (F->begin_anew) the plan has changed. */
ms_status front_run(front *f, ms_error *err);
void front_close(front *f);

/* front_state.c: what the others ask */
int64_t front_hub_time(const front *f);
/* US, of the hub's clock, as member NAME of OUT. */
void front_set_time(const front *f, json_t *out, const char *name, int64_t us);
/* The hub cannot go on: leave the loop with this error. */
void front_fail(front *f, const ms_error *why);
/* Leave the loop, and begin anew: another plan, another place. READY is said then. */
void front_begin_anew(front *f, const char *ready);
/* The read transaction of this turn, looking at the newest committed state. */
store_txn *front_read(front *f);
/* The next front_read looks anew. */
void front_park(front *f);

/* front_job.c: jobs to the writer */
enum { OVERDUE_S = 10 };
typedef void front_job_done(front *f, job *j);
/* Of now; NULL: no memory. */
job *front_new_job(front *f, job_kind kind);
/* For CALL, which DONE answers with the two functions below; NULL: no memory, answered. */
job *front_call_job(front *f, control_call *call, job_kind kind, front_job_done *done);
/* CALL waits for J, and DONE answers it. */
void front_wait(const front *f, job *j, control_call *call, front_job_done *done);
void front_send_job(front *f, job *j);
/* A prepared batch on its way, received now. */
void front_send_batch(front *f, job *j);
/* What J->done does, in the language of who asked. */
void front_finish(front *f, job *j);
/* The beginning of the answer to J's call; NULL: J failed, and that was answered. */
json_t *front_job_answer(const front *f, job *j);
/* What no turn comes back from, as a member of OUT. */
void front_show_stall(const front *f, json_t *out);
/* OUT, which is taken, is the whole of it. */
void front_end_answer(job *j, json_t *out);
/* A turn came back. */
void front_note_turn(front *f);
/* With a batch of BYTES coming or gone: cores stay awake for a lone report and for what follows it.
 */
void front_keep_awake(front *f, size_t bytes);

/* front_lights.c: wake the writer when the next light may pass, in DELAY_US (real) at the earliest.
 */
void front_watch_lights(front *f, int64_t delay_us);

/* front_roster.c: who may connect and speak */
/* Tell ZAP who is in the roster, and who is invited. */
ms_status front_share_keys(front *f, ms_error *err);
/* What the writer made of J is signed: the roster follows. In the order of the jobs. */
void front_follow(front *f, const job *j);
/* Who comes or goes by J, which front_follow has seen: at the door too. */
void front_open_door(front *f, const job *j);
/* What is behind session_hub.device. */
void front_show_device(void *ctx, span user, session_device *out);
/* The unit of a session as an index of the plan. False: it is in none. */
bool front_unit_of(const front *f, const session_facts *who, uint32_t *unit);
/* Is an agent of UNIT, or device D of it, connected? *LAST_SEEN_US: hub time, 0: never. */
unit_link front_link_of(front *f, uint32_t unit, int64_t *last_seen_us);
unit_link front_device_link(front *f, const device *d, uint32_t unit, int64_t *last_seen_us);

/* front_signed.c: the signed log */
/* N hashes as spans in MEMORY; NULL: out of memory. */
const span *front_spans(const hash32 *list, size_t n, arena *memory);
/* Set the path of LEAF to the newest checkpoint, in MEMORY. */
void front_prove_leaf(front *f, uint64_t leaf, arena *memory, frame_receipt *out);
/* J was receipted: its receipt, the path in J's memory. */
frame_receipt front_receipt_of(front *f, job *j);
/* What is behind session_hub.checkpoint. */
void front_show_checkpoint(void *ctx, uint64_t from, arena *memory, frame_checkpoint *out);
/* The root that this log had at SIZE leaves. False: it never had so many. */
bool front_root_at(front *f, uint64_t size, hash32 *root);

/* front_listen.c: the sockets that devices connect to */
/* Where to listen, by TXN. */
ms_status front_load_places(front *f, store_txn *txn, ms_error *err);
/* The place that the settings name. */
hub_place front_first_place(const front *f);
/* Listen at PLACE; *OUT is the caller's to close. */
ms_status front_open_place(front *f, const hub_place *place, net_socket **out, ms_error *err);
ms_status front_open_listeners(front *f, reactor_handler frames_ready, ms_error *err);
void front_pause_listeners(front *f, bool pause);
void front_close_listeners(front *f);
/* "tcp://...", of two " and " the other; until the front is closed. */
const char *front_listening_on(front *f);
/* The bytes to the peer ROUTING, whose last byte says by which socket. */
ms_status front_send_bytes(front *f, span routing, span bytes);
/* Bytes on their way to a peer. */
size_t front_unsent(const front *f, span routing);
/* The next message of L, its routing with that last byte. MS_AGAIN, MS_INVALID. */
ms_status front_receive(listener *l, net_message *out);

/* front_crowd.c: from now on cut the connections that are beyond the limits. */
void front_watch_crowd(front *f);
/* A frame was received, or somebody is wanted no more: look soon. */
void front_stir_crowd(front *f);

/* front_clock.c: was the clock moved, is it wrong? */
void front_open_clock(front *f);
/* Look now: before what comes is given a hub time. */
void front_look_at_clock(front *f);
/* What is behind session_hub.ping. */
void front_hear_clock(void *ctx, const session_facts *who, const frame_ping *told);
/* What was found about a clock (a JOB_FOUND) is stated, or could not be: the alarm. */
void front_clock_found(front *f, job *j);
/* The members "clock_alarm" and "clocks_off" of OUT. */
void front_show_clock(front *f, json_t *out);

/* front_witness.c */
/* Is C, which device D says it has verified (in the signed header of BATCH, if there is one), of
 * this log's history? False after the alarm. */
bool front_hear_witness(front *f, const device *d, const checkpoint *c, const batch_view *batch);
/* What is behind session_hub.named. */
void front_named_checkpoint(void *ctx, const session_facts *who, const frame_checkpoint *named);

/* front_refill.c: a batch to the writer, in the order of sealing while a restored log is filled. */
void front_take_in_order(front *f, job *j);
void front_drop_held(front *f);

/* front_space.c: space that is short or gone */
/* May batch J be taken? MS_OK: it counts. MS_NO_SPACE: not before there is more space. */
ms_status front_allow(front *f, job *j, ms_error *err);
/* What has become of it: if it is not new in the log, it does not count. */
void front_count_back(front *f, const job *j);
/* J ended a turn. */
void front_note_storage(front *f, const job *j);
/* What is left now, and that of D. */
void front_show_space(front *f, json_t *out);
void front_show_brought(const front *f, const device *d, json_t *out);

/* front_push.c: batches to the writer */
/* What is behind session_hub.batch. */
ms_status front_take_batch(
	void *ctx, const session_facts *who, void **token, span bytes, ms_error *err);
/* BYTES, which live as long as J, checked and decoded into J. MS_INVALID, MS_DENIED, MS_NO_SPACE as
 * in session_hub. */
ms_status front_prepare_batch(front *f, job *j, const device_id *id, span bytes, ms_error *err);

/* front_join.c: one-time keys, and devices that change theirs */
/* What is behind session_hub.join. */
ms_status front_join(
	void *ctx, const session_facts *who, const device_id *from, const frame_join *asked);

/* front_delivery.c: how far units have their feeds, and whom an act has reached */
ms_status front_open_delivery(front *f);
/* Hand what moved to the writer. */
void front_write_stored(front *f);
/* What is behind session_hub.stored and .delivery. */
void front_note_stored(void *ctx, const session_facts *who, uint32_t classes, uint64_t stored);
ms_status front_tell_delivery(
	void *ctx, const session_facts *who, arena *memory, frame_delivery *out);

/* front_prove.c */
/* What is behind session_hub.proof. */
ms_status front_prove(void *ctx, const session_facts *who, const frame_proof_request *asked,
	arena *memory, frame_proof *out);
/* What is behind session_hub.restored: the leaf that opened the log's newest generation, proven, in
 * MEMORY; nothing for the first. */
void front_show_restored(void *ctx, arena *memory, leaf_proof *out);
/* The order in that leaf and its signature, for JOINED; as they were for the first generation. */
void front_show_order(front *f, arena *memory, span *order, span *order_signature);
/* What is behind feed_source.prove. */
ms_status front_prove_feed(
	void *ctx, map *told, arena *memory, frame_feed *feed, leaf_proof **keys, size_t *n_keys);

/* front_feed.c: sessions' questions and feeds */
void front_set_sources(front *f);
void front_pump(front *f, int64_t now_us);

/* front_outcome.c: LIST are jobs of one turn whose commit is signed. */
void front_outcomes(front *f, queue_item *list, int64_t now_us);

/* front_sign.c: from commit to signature */
ms_status front_open_signing(front *f, const tree_frontier *tree, ms_error *err);
void front_close_signing(front *f);
void front_turns_came(void *ctx, int64_t now_us);

/* front_import.c: batches from a stick, one a call */
void front_import(front *f, control_call *call, const json_t *request);

/* front_move.c: the hub's place */
/* Where devices are told to go, and the hub's CURVE key there. */
void front_add_place(const front *f, json_t *out);
/* The same, when the hub has moved. */
void front_show_place(front *f, control_call *call, const json_t *request);
void front_do_move(front *f, control_call *call, const json_t *request);

/* front_control.c: what the administrator's commands ask */
void front_answer_control(void *ctx, control_call *call, span request);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * agent.h - inside the agent: its state, and what each file does with it.
 *
 *   folder.c  which files are ready         take*.c   a file becomes acts and an answer
 *   submit.c  a row becomes an act          push.c    acts become batches; receipts come back
 *   inbox.c   the unit's feed               notice.c  what came in it, as files for the clerk
 *   due.c     what the unit still owes      remind.c  and is reminded of
 *   desk*.c   what commands ask             agent_*.c what all of them ask of the state
 *   forms.c   the form in the folder        helper.c  workbooks, written by another process
 *   witness.c does the hub's log only grow?
 *
 * One thread, one reactor. Everything durable goes through the store's transactions.
 */
#ifndef AGENT_AGENT_H
#define AGENT_AGENT_H

#include "agent/helper.h"
#include "agent/settling.h"
#include "base/fs.h"
#include "base/json.h"
#include "base/log.h"
#include "intake/answer.h"
#include "lib/device_link.h"
#include "lib/device_outbox.h"
#include "net/control.h"
#include "plan/plan.h"
#include "store/files.h"
#include "store/home.h"
#include "store/known.h"

#define AGENT_SOFTWARE "muster-agent " MUSTER_VERSION

/* A control call that waits for the receipts of its acts. */
typedef struct waiter {
	control_call *call;
	json_t *rows; /* one object a row; what became of it is added at the end */
	file_line *lines;
	size_t n;
	bool dry;         /* nothing was queued */
	char language[4]; /* the asker's; "": the agent's */
	int64_t until_us; /* reactor's time */
} waiter;

/* A command that asks about an act, while the hub is asked too. */
typedef struct asking {
	control_call *call; /* NULL: free */
	const char *what;   /* member of the answer that the hub's word becomes */
	json_t *out;        /* the answer but for that */
	record_place place;
	int64_t until_us; /* reactor's time */
} asking;

enum { ASKINGS_MAX = 8 };

/* A command whose acts wait until what the hub has of their slots is known here. */
typedef struct held_request {
	control_call *call;
	json_t *request;
} held_request;

/* The form of one kind of period that lies in the folder (forms.c). */
typedef struct agent_form {
	period period;              /* PERIOD_NONE: none was written */
	hash32 says, bytes, before; /* what it says; of the file; of the file that it replaced */
	hash32 asked;               /* what the one says that the helper was asked for */
	/* When it was last found right. */
	int64_t seen_changed_us;
	uint64_t seen_size, seen_seq, seen_told;
	hash32 seen_plan;
} agent_form;

typedef struct agent {
	const char *dir;
	logger log;
	home home;
	agent_settings settings;
	const char *asker; /* language of who asks just now; NULL: nobody does */
	sign_key sign;
	int64_t keys_us; /* when their file was written, wall clock */
	bool told_keys;  /* that they cannot be read any more */
	store *store;
	plan *plan;
	uint32_t unit; /* index in the plan */
	device_outbox out;
	reactor *reactor;
	net_context *net;
	control *control;
	device_link link;
	reader *reader;
	uint64_t learnt_in; /* the connection, by its number, in which all of the feed came */
	int signal_fd;

	/* folder.c */
	char folder[HOME_PATH_MAX];
	settling settling;     /* files of which nobody can tell whether they are written */
	int inotify_fd, watch; /* -1 while there is none */
	ms_error trouble; /* of the folder, or of a file that cannot be taken now, as people read it
			   */
	hash32 told_trouble; /* what the log has of it */
	bool retells;        /* the scan speaks people's language, for the sake of the trouble */
	bool retells_next;
	unsigned open_files;   /* that a program has open: they are taken when it closes them */
	unsigned left_files;   /* of no kind that is taken */
	unsigned left_folders; /* that clerks made in it: nobody looks into them */
	reactor_handler scan;  /* looks through the folder */
	int64_t scan_us;       /* reactor's time of the next scan */

	agent_form forms[PERIOD_YEAR + 1]; /* by kind of period */
	int64_t forms_from_us;             /* reactor's time */
	uint64_t slots_told; /* so often another device of the unit reported, since the start */

	/* inbox.c */
	uint64_t kept_back;      /* entries of the feed that were not shown whole */
	uint64_t kept_back_leaf; /* of the newest one */
	bool told_kept_back;

	/* notice.c */
	int64_t too_much_us; /* hub time of a day of which more was stated than is kept; 0: none */

	/* take.c */
	uint64_t waiting_files; /* moved, without final answer */
	bool unanswered;        /* an answer could not be written yet: try again */
	helper helper;

	/* witness.c */
	log_key log_key;     /* of the log's first generation */
	uint32_t generation; /* of the log in which VERIFIED is */
	checkpoint verified; /* of the hub's log */
	buf verified_note;
	bool verified_moved; /* not on disk yet */

	/* push.c */
	int64_t telling_us; /* the minute in which ... */
	unsigned n_told;    /* ... so much was said about the hub */
	bool told_well;
	unsigned told_code;
	reader_state told_reader;
	bool told_clock;
	bool linger_set;
	bool storage_full;
	int64_t last_receipt_us;     /* hub time */
	int64_t receipt_ahead_us;    /* of the newest leaf: before this clock, if it was */
	uint64_t receipt_leaf;       /* that leaf */
	uint32_t receipt_generation; /* of the log that it is in */
	bool receipts_came;          /* since the last turn */

	waiter waiters[CONTROL_CLIENTS_MAX];
	asking askings[ASKINGS_MAX];
	held_request held[CONTROL_CLIENTS_MAX];
	unsigned n_held;
	reactor_handler go_on; /* answers those that are held */
	ms_error failure;      /* why the agent has to end */
} agent;

/* ---- agent.c ---- */

/* Open the directory A->dir and connect. A is zeroed but for dir and log; agent_close is owed in
 * any case. */
ms_status agent_open(agent *a, ms_error *err);
/* Until a signal comes, or the storage fails. */
ms_status agent_run(agent *a, ms_error *err);
void agent_close(agent *a);

/* ---- agent_state.c ---- */

/* The directory's clock. One that is moved by hand is known as far as the hub told it. */
int64_t agent_now_us(const agent *a);
/* Does the office, or whoever asks just now, read English? */
bool agent_is_english(const agent *a);
/* Speak LANGUAGE ("zh" or "en") to who asks; NULL, or another word: to nobody any more. */
void agent_speak(agent *a, const char *language);
/* What periods and deadlines are judged by: the hub's time once it was told, until then the
 * directory's clock. */
int64_t agent_hub_time_us(const agent *a);
/* What the hub has of this unit's slots is about to be told: whoever takes a revision now may take
 * one that is taken. For a few seconds at most after the start and after each connection. */
bool agent_is_learning(const agent *a);
enum { LEARNING_US = 3000000 };
/* US, of the hub's clock, as a member of OUT. */
void agent_set_hub_time(const agent *a, json_t *out, int64_t us);
/* How far the directory's clock is ahead of the hub's, or, RECORDED, of the times of its leaves; 0
 * while that is not known or up to clock_alarm_s. */
int64_t agent_clock_off_us(const agent *a, bool *recorded);
/* Judge a failed commit: full is a state (said, and tried again), anything else ends the agent. */
void agent_storage_failed(agent *a, const ms_error *err);

/* ---- agent_keys.c ---- */

/* Those in the directory, at the start. */
ms_status agent_load_keys(agent *a, ms_error *err);
/* When others lie there now, they sign from now on, and the hub is called anew with them. A failure
 * leaves those in use. */
ms_status agent_look_at_keys(agent *a, ms_error *err);
/* The same, and a failure is said once. */
void agent_follow_keys(agent *a);

/* ---- agent_hub.c ---- */

/* The plan as the directory has it. */
ms_status agent_load_plan(agent *a, ms_error *err);
/* FILE is the newest plan: keep and use it. */
ms_status agent_take_plan(agent *a, span file, ms_error *err);
/* Where to look for the hub, anew from the directory. */
ms_status agent_load_places(agent *a, ms_error *err);
/* Keep where the hub moves to; what it has not signed is an alarm and no failure. */
ms_status agent_hub_moved(agent *a, const feed_entry *e, const act *notice, ms_error *err);

/* ---- submit.c ---- */

/* Judge a file or request by the plan at hand, at time AT_US (0: now). */
ms_status submit_judge(agent *a, const char *name, span bytes, int64_t at_us, arena *memory,
	intake_result *out, ms_error *err);
typedef struct submit_how {
	bool dry;   /* only look what is new; such lines are QUEUED without an act */
	bool alone; /* one report that is meant, and no sheet whose rows come along */
} submit_how;

/* Queue the good rows of RESULT. LINES has a place for each row. A failure is noted in TXN. */
void submit_rows(
	agent *a, store_txn *txn, const intake_result *result, file_line *lines, submit_how how);
/*
 * Queue WHAT, an act of a lead, an observer or of this unit that is no report: item, unit and
 * period may be written as people do (WHAT gets the plan's words, from NAMES), a decision without
 * revision is on the newest one seen here. MS_INVALID for what the plan alone refuses.
 */
ms_status submit_state(
	agent *a, store_txn *txn, act *what, arena *names, file_line *line, ms_error *err);
/* What the refusal V means, in a sentence; static. */
const char *submit_why(verdict v);
/* The same of the act of LINE, with what its kind tells, and who it was that has decided already,
 * as far as is known here. */
const char *submit_why_not(store_txn *txn, const file_line *line, verdict v);
/* What became of a line so far. False: its act still waits for the receipt. */
bool submit_look(agent *a, store_txn *txn, const file_line *line, answer_row *out);

/* ---- folder_place.c ---- */

enum { FOLDER_RETRY_US = 5000000 };

/* Look through the folder in IN_US, or before. */
void folder_scan_in(agent *a, int64_t in_us);
/* What is wrong with the folder from now on, MS_OK: nothing. The log has it once, in its own words;
 * people read it in the office's language when the next scan, at once, has met it again. */
void folder_trouble(agent *a, const ms_error *err);
/* Make the folders in which PLACE ("done/2012-Q2/q2.csv") will lie. MS_DENIED when one of them is a
 * stranger's link to elsewhere. */
ms_status folder_make_for(agent *a, const char *place, ms_error *err);
/* Has a spreadsheet program the file NAME of the folder open? It lays a file beside it then. */
bool folder_is_open(const agent *a, const char *name);

/* ---- folder.c ---- */

/* Where the folder is, and hear of changes in it; without inotify it is only looked through. */
ms_status folder_open(agent *a, ms_error *err);
void folder_close(agent *a);

/* ---- forms.c ---- */

/* What is known of the forms written before; a failure is as if there were none. */
void forms_load(agent *a);
/* Is the file at PATH a form as we wrote it? */
bool forms_is_untouched(const agent *a, const char *path, const fs_info *info);
/* See that the current forms lie in the folder, now or when the helper has written them. */
ms_status forms_keep(agent *a, ms_error *err);

/* ---- take.c ---- */

/*
 * Take the file NAME of the folder: queue its good rows, move it, answer it; also goes on where a
 * crash interrupted. Every failure leaves the file for the next scan: MS_FULL, MS_NO_SPACE,
 * MS_STORAGE, or what the file system says.
 */
ms_status take_file(agent *a, const char *name, ms_error *err);

/* ---- take_answer.c ---- */

/* Write the final answers of files whose acts all have their receipts. */
void take_answer_due(agent *a);
/* Finish what a crash, a folder that could not be written or a workbook in the making interrupted:
 * at the start, and as long as A->unanswered is set. */
void take_recover(agent *a, ms_error *err);

/* ---- push.c ---- */

/* Make the uplink; witness_load came before. MS_NO_MEMORY. */
ms_status push_open(agent *a, ms_error *err);
/* There may be acts to seal. */
void push_wake(agent *a);
/* Somebody waits for the receipt: seal in TXN, the one that queues the acts, and say so once it is
 * committed. */
void push_seal_in(agent *a, store_txn *txn);
void push_sealed(agent *a);
void push_close(agent *a);

/* ---- witness.c ---- */

/* What this device has verified of the log, and the key that checks it. MS_CONFIG: the settings
 * have no such key; MS_CORRUPT or MS_INVALID: what was kept is damaged. */
ms_status witness_load(agent *a, ms_error *err);
/* The uplink has verified a newer checkpoint; the hub contradicts it (wire/uplink.h). */
void witness_verified(void *ctx, const checkpoint *c, span note);
void witness_alarm(void *ctx, const ms_error *why, span note);
/* Keep what is new with TXN, and say so once that is committed. */
void witness_save(agent *a, store_txn *txn);
void witness_saved(agent *a);

/* ---- inbox.c ---- */

/* Make the reader of the unit's feed, over the agent's link. MS_NO_MEMORY. */
ms_status inbox_open(agent *a, ms_error *err);
/* An alarm, once, when the hub has kept back what no version of the plan has taken from the unit.
 */
void inbox_doubt(agent *a);

/* ---- notice.c ---- */

/* Write what came into the inbox and has no file yet: some of it now, the rest in the turns to
 * come. What is wrong with the folder goes to TROUBLE, here and below. */
void notice_write_due(agent *a, ms_error *trouble);
/* The same in the next turn. */
void notice_wake(agent *a);
/* The inbox was emptied: what comes is written again, under the same names. */
void notice_forget(store_txn *txn);
/* A file NAME into 通知/ of the folder. */
ms_status notice_write(agent *a, const char *name, const buf *text, ms_error *trouble);

/* ---- due.c ---- */

enum { DUE_MAX = 256 };

/* A report that this unit owes and has not made, its time running out or over. */
typedef struct due_slot {
	uint32_t item;
	period period;
	int64_t deadline_us; /* with the extensions that have arrived here */
	bool is_over;
} due_slot;

/* At most MAX of them in the plan's order; how many. None after a failure, which is TXN's. */
size_t due_list(agent *a, store_txn *txn, due_slot *out, size_t max);
/* Until when the slot of this unit is to be reported, with the extensions that have arrived. False:
 * that cannot be told now. */
bool due_deadline_us(agent *a, slot_at at, int64_t *out);

/* ---- remind.c ---- */

/* Write the reminders that are due and have not been written. */
void remind(agent *a, ms_error *trouble);

/* ---- desk*.c ---- */

/* Serve DIR/control.sock (desk.c says what may be asked). */
ms_status desk_open(agent *a, ms_error *err);
/* The hub says whom an act has reached; that it has it. */
void desk_delivery(void *ctx, const frame_delivery *told);
void desk_proof(void *ctx, const frame_proof *told);
/*
 * Answer the calls whose acts have their receipts by TXN, which may be the one that is about to
 * store them: the hub has the acts on its disk, whatever becomes of our copy of the receipt.
 */
void desk_look_at_waiters(agent *a, store_txn *txn);
void desk_close(agent *a);

#endif

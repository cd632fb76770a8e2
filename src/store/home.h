/* SPDX-License-Identifier: Apache-2.0 */
/*
 * home.h - the directory of one daemon: lock, settings, keys, store, control socket.
 *
 *   hub:    hub.conf   hub.key     plan.conf (as given at init)      data/   control.sock   lock
 *           serving   signer/ (signer_home.h)
 *   agent:  agent.conf device.key  plan.conf (as enrolled)           data/   control.sock   lock
 *
 * Settings files are read by base/conf.h and written by us once, with comments; people may edit
 * them.
 */
#ifndef STORE_HOME_H
#define STORE_HOME_H

#include "base/buf.h"
#include "base/clock.h"
#include "plan/plan.h"
#include "proof/batch.h"
#include "proof/note.h"
#include "store/outbox.h"
#include "store/store.h"

enum { HOME_PATH_MAX = 1024, HOME_NAME_MAX = 128, HOME_ADDRESSES_MAX = 4, CURVE_SECRET_SIZE = 32 };

typedef struct home {
	store_kind kind;
	char dir[HOME_PATH_MAX];
	int lock_fd; /* -1 while not locked */
} home;

/* Take the lock of DIR. MS_BUSY names the process that has it; MS_NOT_FOUND when DIR is no
 * directory of KIND; MS_CONFIG on a network file system. */
ms_status home_open(const char *dir, store_kind kind, home *out, ms_error *err);
void home_close(home *h);
/* Which kind of directory is DIR: by the settings file in it. MS_NOT_FOUND; MS_DENIED when this
 * user may not look. */
ms_status home_kind_of(const char *dir, store_kind *kind, ms_error *err);
/* MS_OK when DIR is of KIND, else MS_NOT_FOUND. */
ms_status home_expect(const char *dir, store_kind kind, ms_error *err);
/* Is a daemon running on it? *PID is 0 when it cannot be told. */
bool home_is_locked(const char *dir, long *pid);
/* Do its settings say that it lives in simulated time? For those who need nothing else of them. */
bool home_is_simulated(const char *dir);
/* A hub serves DIR from now on; MS_CONFIG when DIR is a copy of one that was served just then. */
ms_status home_serving_begin(const char *dir, ms_error *err);
/* It does no longer; a copy is whole from now on. */
void home_serving_end(const char *dir);
/* "DIR/NAME" into OUT (HOME_PATH_MAX bytes). MS_INVALID when it is too long. */
ms_status home_path(const char *dir, const char *name, char *out, ms_error *err);

#define HOME_SERVING "serving" /* while a hub runs, or after it was killed */
#define HOME_HUB_CONF "hub.conf"
#define HOME_HUB_KEY "hub.key"
#define HOME_AGENT_CONF "agent.conf"
#define HOME_AGENT_KEY "device.key"
#define HOME_NEXT_KEYS "next" /* a directory: other keys lie in it until the hub has them */
#define HOME_PLAN "plan.conf"
#define HOME_DATA "data"
#define HOME_CHECKPOINT "checkpoint" /* of a backup, which has no signed */

/* The two secrets of a hub or device, mode 0600. */
typedef struct home_keys {
	uint8_t sign_seed[SIGN_SEED_SIZE];
	uint8_t curve_secret[CURVE_SECRET_SIZE];
} home_keys;

/* Refused (MS_DENIED) when others than the owner can read it. */
ms_status home_keys_read(const char *dir, store_kind kind, home_keys *out, ms_error *err);
ms_status home_keys_write(
	const char *dir, store_kind kind, const home_keys *keys, ms_error *err); /* MS_EXISTS */
void home_keys_fini(home_keys *keys);                                            /* wipes them */

typedef struct hub_settings {
	char listen[HOME_NAME_MAX];  /* "tcp://HOST:PORT" */
	char address[HOME_NAME_MAX]; /* what devices are told to connect to; listen when not given
				      */
	char origin[HOME_NAME_MAX];  /* name of the log */
	char log_key[LOG_KEY_TEXT_SIZE]; /* what checks its checkpoints (proof/note.h) */
	sign_public admin_key;           /* who may let the log go on from a backup; zero: nobody */
	hub_id id;
	device_id device; /* the hub's own stream */
	sim_clock clock;
	bool approve_devices; /* whoever joins waits for an approval */
	uint64_t map_bytes;
	uint32_t sessions_max;    /* connections */
	uint32_t strangers_max;   /* of these, that said nothing yet */
	uint32_t turn_acts;       /* acts a transaction takes at most */
	uint32_t slots_held;      /* slots that the ledger's cache holds between transactions */
	uint32_t clock_alarm_s;   /* a step of the clock by more is an alarm */
	uint32_t refill_wait_ms;  /* a restored log holds old batches so long, to order them */
	uint32_t awake_us;        /* cores are kept awake so long for a lone report */
	uint64_t credit_bytes;    /* PUSH bytes without receipt, all devices together */
	uint64_t unread_bytes;    /* sent by one connection and no whole message yet */
	uint32_t reserve_percent; /* of disk or map; with less free, space is short */
	uint64_t allowance_bytes; /* what a device may have brought then; see hub/allowance.h */
} hub_settings;

void hub_settings_init(hub_settings *out); /* the defaults */
ms_status hub_settings_read(const char *dir, hub_settings *out, ms_error *err);
ms_status hub_settings_write(const char *dir, const hub_settings *s, ms_error *err); /* MS_EXISTS */

typedef struct agent_settings {
	char unit[PLAN_ID_MAX + 1];
	char name[HOME_NAME_MAX]; /* "kjj@office-3" */
	device_id device;
	hub_id hub;
	char addresses[HOME_ADDRESSES_MAX][HOME_NAME_MAX];
	uint32_t n_addresses;
	uint8_t hub_curve_key[CURVE_SECRET_SIZE];
	sign_public hub_sign_key;
	char log_key[LOG_KEY_TEXT_SIZE]; /* what checks the checkpoints of the hub's log */
	sign_public admin_key;           /* the hub's administrator's; zero: not known */
	sim_clock clock;
	char folder[HOME_PATH_MAX]; /* watched; relative to the directory */
	uint32_t keep_days;         /* acts with receipts */
	outbox_limits outbox;
	uint64_t map_bytes;
	uint32_t batch_acts;
	uint32_t linger_ms;         /* how long the uplink waits for more acts */
	uint32_t rescan_s;          /* of the folder */
	char language[8];           /* of answers and notices: "zh" or "en" */
	uint32_t clock_alarm_s;     /* the hub's clock differs by more: an alarm */
	char clock_synchronised[8]; /* "auto", "yes", "no" */
} agent_settings;

/* The defaults. */
void agent_settings_init(agent_settings *out);
ms_status agent_settings_read(const char *dir, agent_settings *out, ms_error *err);
ms_status agent_settings_write(
	const char *dir, const agent_settings *s, ms_error *err); /* MS_EXISTS */

/*
 * Where the hub has moved to, as its notices told this device, the newest first. It is written by
 * us, not by people: the settings keep their comments.
 */
typedef struct hub_places {
	char addresses[HOME_ADDRESSES_MAX][HOME_NAME_MAX];
	char curve_keys[HOME_ADDRESSES_MAX][HOME_NAME_MAX]; /* hex; of each address */
	uint32_t n_addresses, n_keys;
	uint64_t leaf;    /* of the newest notice; 0 = set by hand */
	int64_t from_us;  /* the newest one holds from then on ... */
	int64_t until_us; /* ... and alone after then; 0 = never alone */
} hub_places;

#define HOME_HUB_PLACES "hub-places.conf"

/* Nothing in OUT when the hub never moved. */
ms_status hub_places_read(const char *dir, hub_places *out, ms_error *err);
ms_status hub_places_write(const char *dir, const hub_places *p, ms_error *err);

/* A file of the directory (the plan), whole, and writing one: temporary, synced, renamed. */
ms_status home_file_read(const char *dir, const char *name, size_t max, buf *out, ms_error *err);
ms_status home_file_write(const char *dir, const char *name, span bytes, ms_error *err);
/* The plan that lies in the directory. */
ms_status home_plan_read(const char *dir, plan **out, ms_error *err);
/* The zone of the plan of DIR, minutes east of UTC; 0 when there is no plan. */
int home_zone_min(const char *dir);

#endif

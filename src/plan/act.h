/* SPDX-License-Identifier: Apache-2.0 */
/*
 * act.h - acts as plain C data, and the verdicts. The bytes are codec's business; here is what they
 * mean. All text and bytes are borrowed from whoever decoded the act.
 */
#ifndef PLAN_ACT_H
#define PLAN_ACT_H

#include "base/hash.h"
#include "base/span.h"

/* Numbers are those of act.proto and never change. */
typedef enum act_kind {
	ACT_REPORT = 1,
	ACT_RETRACTION = 2,
	ACT_DECISION = 3,
	ACT_EXTENSION_REQUEST = 4,
	ACT_EXTENSION_GRANT = 5,
	ACT_EXTENSION_REFUSAL = 6,
	ACT_EXEMPTION = 7,
	ACT_EXEMPTION_WITHDRAWAL = 8,
	ACT_REMINDER = 9,
	ACT_COMMENT = 10,
	ACT_ADJUSTMENT = 11,
	ACT_ASSIGN = 12,
	ACT_UNASSIGN = 13,
	ACT_LOCK = 14,
	ACT_REOPEN = 15,
	ACT_ISSUE = 16,      /* of a bulletin; 17..31: attachment content ... of later schemas */
	ACT_HUB_ORIGIN = 64, /* leaf 0: which hub, which clock */
	ACT_HUB_RULES = 65,  /* which rules fold the leaves from here on */
	ACT_HUB_PLAN = 66,   /* a plan version and the period from which it is in force */
	ACT_HUB_ENROLMENT = 67,
	ACT_HUB_REVOCATION = 68,
	ACT_HUB_NOTICE = 69,   /* a light passed to blue, yellow or red */
	ACT_HUB_APPROVAL = 70, /* a device that waited for it counts */
	ACT_HUB_ROTATION = 71, /* a device's keys from here on */
	ACT_HUB_FREEZE = 72,   /* a device has two histories */
	ACT_HUB_FEEDS = 73,    /* how long a unit's feed is, and what is in it */
	ACT_HUB_RESTORE = 74,  /* the log goes on from a backup, as a new generation */
	ACT_HUB_CLOCK = 75,    /* the hub's clock was moved, or a device says that it is wrong */
	ACT_HUB_MOVED = 76,    /* where the hub can be reached from then on */
} act_kind;

enum {
	ACT_SCHEMA = 4, /* newest schema this code takes */
	ACT_BYTES_MAX = 48 << 10,
	ACT_SALT_SIZE = 16,
	REPORT_DONE_MAX = 8 << 10, /* bytes; the other long texts alike */
	REPORT_TEXT_VALUE_MAX = 1 << 10,
	REPORT_NAME_MAX = 128, /* names, phone */
	REPORT_REASON_MAX = 1 << 10,
	REPORT_NOTE_MAX = 1 << 10,
	REPORT_ATTACHMENTS_MAX = 16,
	REPORT_PARTS_MAX = 64,
	REPORT_VALUES_MAX = 64,
	REPORT_KEYS_MAX = 1024,
	REPORT_KEY_MAX = 64,
	STEER_DAYS_MAX = 366, /* of an extension */
	STEER_POINTS_MAX = 1000000,
	STEER_TEXT_MAX = 8 << 10, /* of a comment; reasons and reminders: REPORT_REASON_MAX */
};

typedef enum self_status {
	SELF_NONE = 0,
	SELF_ON_TRACK,
	SELF_AT_RISK,
	SELF_BLOCKED,
	SELF_DONE
} self_status;
typedef enum part_state { PART_NONE = 0, PART_NOT_STARTED, PART_UNDER_WAY, PART_DONE } part_state;

typedef struct report_part {
	span id;
	part_state state;
	span note;
} report_part;

/* Exactly one of the forms is given: mantissa (with date for a milestone), num and den, keys, text,
 * or nil with its reason (beside which 0/0 may stand: nothing to divide by). */
typedef struct report_value {
	span indicator;
	bool has_mantissa, has_ratio, has_text, is_nil, provisional, has_date, has_keys;
	bool half_ratio;  /* num without den, or den without num: never right */
	int64_t mantissa; /* at the plan's scale */
	int64_t num, den;
	int32_t date; /* days since 1970-01-01 */
	span *keys;
	size_t n_keys;
	span text;
	span nil_reason;
} report_value;

typedef struct report_attachment {
	span name;
	uint64_t size;
	span sha256; /* 32 bytes */
} report_attachment;

/* A text that is not given has at == NULL. */
typedef struct report {
	bool has_progress;
	uint32_t progress_pct;
	self_status status;
	span done, problems, next_steps, help_needed;
	span prepared_by, approved_by, phone;
	report_part *parts;
	size_t n_parts;
	report_value *values;
	size_t n_values;
	report_attachment *attachments;
	size_t n_attachments;
} report;

typedef struct retraction {
	span reason;
} retraction;

typedef enum decision_verdict {
	DECISION_NONE = 0,
	DECISION_ACCEPT,
	DECISION_RETURN
} decision_verdict;

/*
 * What leads, observers and the unit itself state about a slot: kinds 3 to 15. Each uses the
 * members that proto/ACTS.md names for it; the others are zero. Item, unit and period stand in the
 * act; for assign and unassign its period is `from_period`.
 */
typedef struct steer {
	decision_verdict verdict; /* decisions */
	uint32_t days;            /* extension request, grant */
	int64_t points;           /* adjustment, hundredths */
	span reason;              /* also the text of a reminder or comment */
} steer;

/* A bulletin as it was published; the period stands in the act. */
typedef struct issue {
	uint64_t leaves; /* of the log that it tells of */
	int64_t as_of_us;
	span sha256; /* of its bytes */
	span title;
} issue;

typedef enum notice_level { NOTICE_NONE = 0, NOTICE_BLUE, NOTICE_YELLOW, NOTICE_RED } notice_level;

/* The hub's own acts (unit, item and period are empty in all but notices). */
typedef struct hub_notice {
	notice_level level;
	int64_t at_us; /* the instant at which the light passed */
} hub_notice;

typedef enum clock_finding {
	CLOCK_NONE = 0,
	CLOCK_STEPPED,       /* while the hub ran */
	CLOCK_WENT_BACK,     /* at a start it was behind the newest leaf */
	CLOCK_DEVICE_OFF,    /* a device's synchronised clock says otherwise */
	CLOCK_DEVICE_AGREES, /* no more */
} clock_finding;

/* What a lateness may rest on: the act has the unit of a device's finding. */
typedef struct hub_clock {
	clock_finding finding;
	int64_t before_us; /* hub time as it went on before; of a device: hub time */
	int64_t after_us;  /* hub time as the clock has it now; of a device: its time */
	span device;       /* 16 bytes, or none */
} hub_clock;

typedef struct hub_moved {
	span address;     /* "tcp://10.0.0.9:7300" */
	span curve_key;   /* public, 32 bytes */
	int64_t from_us;  /* the hub can be reached there */
	int64_t until_us; /* and where it was before */
} hub_moved;

typedef struct hub_enrolment {
	span device;              /* 16 bytes */
	span unit, name;          /* name: "kjj@office-3" */
	span sign_key, curve_key; /* public, 32 bytes each */
	bool awaits_approval;     /* schema 4 */
	span replaces;            /* 16 bytes, or none; schema 4 */
	span invite;              /* public half of the one-time key, 32 bytes, or none; schema 4 */
} hub_enrolment;

typedef struct hub_approval {
	span device; /* 16 bytes */
} hub_approval;

typedef struct hub_rotation {
	span device; /* 16 bytes */
	span unit, name;
	span sign_key, curve_key; /* public, 32 bytes each */
	span signature;           /* of the key before, 64 bytes */
	int64_t until_us;         /* until then the keys before are taken too */
	uint64_t before;          /* leaf that named them */
} hub_rotation;

typedef struct hub_freeze {
	span device; /* 16 bytes */
	uint64_t first_seq;
	span header_hash; /* 32 bytes: of the batch that did not fit */
} hub_freeze;

typedef struct hub_revocation {
	span device; /* 16 bytes */
	span reason;
} hub_revocation;

typedef struct hub_plan {
	span version; /* 32 bytes */
	uint64_t size;
	span from_period; /* name */
} hub_plan;

typedef struct hub_origin {
	span hub; /* 16 bytes */
	bool simulated;
	int64_t clock_start_us, clock_wall_us, clock_rate;
	span origin;    /* name of the log, for checkpoints */
	span sign_key;  /* the hub's public key */
	span admin_key; /* the administrator's; of schema 4, empty before */
	span curve_key; /* the hub's first one, public; of schema 4, empty before */
} hub_origin;

/* Of the act's unit: proof/feed_chain.h. */
typedef struct hub_feeds {
	uint64_t count;
	span chain; /* 32 bytes */
} hub_feeds;

/* proof/generation.h says what they are. */
typedef struct hub_restore {
	span order;
	span signature; /* the administrator's, 64 bytes */
} hub_restore;

typedef struct act {
	span bytes;     /* as received */
	bool malformed; /* then only bytes is set */
	uint32_t schema;
	act_kind kind;
	span salt;
	int64_t created_us;
	span plan, plan_version, item, unit, period;
	uint32_t revision;
	span body;
	hash32 body_hash; /* SHA-256(body): the content hash */
	union {
		report report;
		retraction retraction;
		steer steer;
		hub_origin origin;
		hub_plan plan_version_act;
		hub_enrolment enrolment;
		hub_revocation revocation;
		hub_approval approval;
		hub_rotation rotation;
		hub_freeze freeze;
		hub_notice notice;
		hub_feeds feeds;
		hub_restore restore;
		hub_clock clock;
		hub_moved moved;
		issue issue;
		uint32_t rules;
	} u;
} act;

/* One byte each in the log; numbers never change. Order of refusals: proto/ACTS.md 1. */
typedef enum verdict {
	VERDICT_NONE = 0,
	VERDICT_STORED = 1,
	VERDICT_STORED_SUPERSEDED = 2,
	VERDICT_DUPLICATE = 3,
	VERDICT_REFUSED_MALFORMED = 16,
	VERDICT_REFUSED_SCHEMA = 17,
	VERDICT_REFUSED_UNKNOWN = 18,
	VERDICT_REFUSED_NOT_BEGUN = 19,
	VERDICT_REFUSED_NOT_ASSIGNED = 20,
	VERDICT_REFUSED_NOT_LEAD = 21,
	VERDICT_REFUSED_SPLIT = 22,
	VERDICT_REFUSED_OWN = 23,
	VERDICT_REFUSED_VALUE = 24,
	VERDICT_REFUSED_LOCKED = 25,
	VERDICT_REFUSED_LATE = 26,
	VERDICT_REFUSED_CONFLICT = 27,
	VERDICT_REFUSED_STALE = 28,
	VERDICT_REFUSED_DECIDED = 29,
} verdict;

/* The schema in which KIND first stood: what an act of it is written with. */
uint32_t act_schema_of(act_kind kind);
/* Is it an act that a unit's device may state (no hub's act)? */
bool act_is_of_unit(act_kind kind);

/* "STORED", "REFUSED_CONFLICT", ...; "UNKNOWN" for a number that is none. */
const char *verdict_name(verdict v);
bool verdict_is_refusal(verdict v);
bool verdict_is_stored(verdict v); /* STORED or STORED_SUPERSEDED */
/* It is not this unit's to state: NOT_ASSIGNED, NOT_LEAD, SPLIT, OWN. */
bool verdict_is_denial(verdict v);

/* A place in the log, printed "123/7". */
typedef struct record_place {
	uint64_t leaf;
	uint16_t at;
} record_place;

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan.h - the work plan in memory: units, items, roles, indicators, deadlines. Read only after
 * plan_load.
 *
 * Units, items and indicators are named by index into the plan's arrays; an index is good for the
 * loaded plan only, ids are for ever. Roles are per (unit, item), never per unit. Everything
 * belongs to the plan's arena.
 *
 * A plan that was changed has versions: `struct plan` is one of them and leads to those before it.
 * All have the same indexes; what a version does not have is `absent` in it. Duties (what is owed,
 * by whom, until when) are those of the version for the slot's period, plan_at; rights (who leads,
 * observes, decides, sees) are those of the version in force at the moment, plan_now. A function
 * that takes a period finds the version itself; one that takes none speaks of the version it is
 * given.
 */
#ifndef PLAN_PLAN_H
#define PLAN_PLAN_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/hash.h"
#include "base/status.h"
#include "plan/period.h"

enum { PLAN_NO_UNIT = -1, PLAN_ID_MAX = 32, PLAN_BYTES_MAX = 16 << 20 };

/* What one plan may hold. Roles take a byte per item and unit, so their product is bounded too. */
enum {
	PLAN_UNITS_MAX = 200000,
	PLAN_ITEMS_MAX = 1000,
	PLAN_INDICATORS_MAX = 4000,
	PLAN_GROUPS_MAX = 256,
	PLAN_LEADS_MAX = 64,
	PLAN_LISTS_MAX = 16,
	PLAN_PARTS_MAX = 256, /* per list */
	PLAN_CELLS_MAX = 64 << 20,
	PLAN_DAYS_MAX = 3660, /* due_days and its like */
};

typedef enum unit_kind {
	UNIT_DEPARTMENT = 1,
	UNIT_PARTY,
	UNIT_DISTRICT,
	UNIT_COUNTY,
	UNIT_COUNTY_CITY,
	UNIT_ZONE,
} unit_kind;

/* Ordered by strength: lead beats required beats optional. */
typedef enum plan_role {
	ROLE_NONE = 0,
	ROLE_OPTIONAL,
	ROLE_REQUIRED,
	ROLE_LEAD,
} plan_role;

typedef enum item_mode { ITEM_SOLE = 1, ITEM_JOINT, ITEM_SPLIT } item_mode;
typedef enum item_approval { APPROVAL_ANY = 1, APPROVAL_PRIMARY, APPROVAL_ALL } item_approval;

typedef enum value_type {
	VALUE_COUNT = 1,
	VALUE_AMOUNT,
	VALUE_RATIO,
	VALUE_MILESTONE,
	VALUE_KEYSET,
	VALUE_TEXT,
} value_type;

typedef enum time_rule {
	TIME_SUM = 1,
	TIME_LAST,
	TIME_YTD,
	TIME_MAX,
	TIME_MIN,
	TIME_RATIO,
	TIME_NONE
} time_rule;
typedef enum space_rule {
	SPACE_SUM = 1,
	SPACE_RATIO,
	SPACE_UNION,
	SPACE_OWNER,
	SPACE_MAX,
	SPACE_MIN,
	SPACE_COUNT_TRUE,
	SPACE_NONE,
} space_rule;

/* The options of a section that the plan marks as inferred: its reading, not the source's words. */
typedef struct plan_marks {
	const char **names;
	size_t n;
} plan_marks;

typedef struct plan_unit {
	const char *id, *name, *name_en;
	const char **aliases; /* as written in the plan, the name not repeated */
	size_t n_aliases;
	unit_kind kind;
	int parent, inside, succeeded_by; /* unit index or PLAN_NO_UNIT */
	period from, to;                  /* alive in these periods; PERIOD_NONE = open end */
	const char *contact;              /* whom to call; may be NULL */
	bool in_source, name_sure;
	bool absent;      /* this version of the plan does not have it (plan_at) */
	const char *note; /* may be NULL */
	plan_marks inferred;
} plan_unit;

typedef struct plan_group {
	const char *id, *name;
	bool open;              /* the source's words name nobody; only optional reporters */
	const uint8_t *members; /* [plan->n_units] */
	uint32_t n_members;
} plan_group;

/* "tjj" or "@zones", as written in a list of reporters. */
typedef struct plan_ref {
	bool is_group;
	uint32_t index; /* of the unit or group */
} plan_ref;

/* Scores are compared within a rank group only. A plan that states none has them by kind. */
typedef struct plan_rank_group {
	const char *id, *name;
	const uint8_t *members; /* [plan->n_units] */
	uint32_t n_members;
} plan_rank_group;

typedef struct plan_part {
	const char *id, *name;
	int owner; /* unit index or PLAN_NO_UNIT: reported by the leads */
	plan_marks inferred;
} plan_part;

typedef struct plan_part_list {
	const char *id, *name;
	uint32_t count; /* as the source says; may exceed the named ones; 0 = not said */
	bool open;      /* the source's list ends in 等 */
	plan_part *parts;
	size_t n_parts;
} plan_part_list;

typedef struct plan_target {
	int unit;      /* unit index, or PLAN_NO_UNIT for the city */
	period at;     /* PERIOD_NONE: any (of the city alone) */
	int64_t value; /* at the indicator's scale */
	bool number_in_source;
} plan_target;

typedef struct plan_indicator {
	const char *id, *name, *unit_of_measure;
	uint32_t item; /* index */
	bool absent;   /* this version of the plan does not have it */
	value_type type;
	uint8_t scale; /* decimal places, 0..9 */
	time_rule time;
	space_rule space;
	bool lower_is_better;
	bool gross;               /* leave the value of a unit inside another out of the sum */
	period_kind kind;         /* its own period; the item's if not set */
	int due_days;             /* its own, or -1 */
	const uint8_t *reporters; /* [plan->n_units] 1 = reports it */
	uint32_t n_reporters;
	plan_target *targets;
	size_t n_targets;
	const char **keys; /* keyset: the allowed keys, normalised; NULL = any */
	size_t n_keys;
	const char *key_prefix; /* keyset: every key begins so; may be NULL */
	bool in_source;
	plan_marks inferred;
} plan_indicator;

/* A rule of the figures that warns, never refuses. */
typedef enum check_kind { CHECK_AT_MOST = 1, CHECK_NOT_FALLING, CHECK_CHANGE } check_kind;
typedef struct plan_check_rule {
	check_kind kind;
	uint32_t a, b; /* indicators; b for CHECK_AT_MOST only */
	uint32_t percent;
} plan_check_rule;

typedef struct plan_item {
	const char *id, *title, *title_en, *text; /* text: the source's paragraph, verbatim */
	const char *role_clause; /* the source's sentence on who leads; may be NULL */
	bool absent;             /* this version of the plan does not have it */
	uint32_t number;
	item_mode mode;
	item_approval approval;
	uint32_t *leads; /* unit indexes, in the source's order */
	size_t n_leads;
	plan_part_list *lists;
	size_t n_lists;
	uint32_t first_indicator; /* its indicators lie side by side in plan->indicators */
	uint32_t n_indicators;
	uint32_t *checks; /* indexes into plan->checks */
	size_t n_checks;
	period_kind kind; /* how often it reports */
	int due_days, warn_days, red_days, lock_days, review_days, return_days;
	uint8_t *line; /* planned progress per period of the year, percent; NULL = even */
	plan_ref *required,
		*optional; /* as written, in the plan's order; the roles are in plan->roles */
	size_t n_required, n_optional;
	plan_marks inferred;
} plan_item;

typedef struct plan {
	arena memory;
	hash32 version; /* SHA-256 of the file's bytes, up to the end of this version */
	span bytes;     /* these */
	const char *id, *title, *title_en, *source_title;
	hash32 source_hash;   /* of the source text; zero when not given */
	int zone_min;         /* minutes east of UTC */
	period first, last;   /* the periods it covers, of the default kind */
	period from;          /* the first period that this version judges; PERIOD_NONE: all */
	struct plan *earlier; /* the version before it, its own; NULL for the first */
	plan_unit *units;     /* enabled ones only */
	uint32_t n_units;
	plan_item *items;
	uint32_t n_items;
	plan_indicator *indicators;
	uint32_t n_indicators;
	plan_check_rule *checks;
	size_t n_checks;
	uint8_t *roles;     /* [item * n_units + unit] plan_role */
	uint8_t *observers; /* [n_units] 1 = observer */
	struct {
		uint32_t timely, complete, attain, quality;
		uint32_t on_time, late, missing, return_penalty, attain_cap;
		int64_t adjust_max; /* hundredths */
	} score;
	void *index;          /* ids to indexes */
	const char *preamble; /* of the source; may be NULL */
	plan_group *groups;
	uint32_t n_groups;
	plan_rank_group *rank_groups;
	uint32_t n_rank_groups;
	uint32_t n_disabled;              /* units with enabled = no, which are in no array */
	bool due_in_working_days;         /* due_basis = "working" */
	bool roll_to_working_day;         /* roll = "next_working" */
	int32_t *days_off, *days_made_up; /* the calendar besides Saturdays and Sundays, sorted */
	size_t n_days_off, n_days_made_up;
	plan_marks inferred, defaults_inferred;
} plan;

/* A slot by place: (item, unit, period) of one plan version. */
typedef struct slot_at {
	uint32_t item, unit; /* indexes */
	period period;
} slot_at;

/* Does the plan mark OPTION of a section as inferred? */
bool plan_inferred(const plan_marks *marks, const char *option);

/* One mistake or warning found in a plan file. */
typedef struct plan_problem {
	unsigned line;
	bool warning;
	unsigned code;    /* MST-2nnn */
	const char *text; /* with the suggestion, if there is one */
} plan_problem;

enum { PLAN_PROBLEMS_MAX = 1000 };

typedef struct plan_problems {
	arena memory;
	plan_problem *list; /* in the order of the lines */
	size_t n, room;
	size_t mistakes; /* found that are not warnings, listed or not */
	size_t unlisted; /* beyond PLAN_PROBLEMS_MAX */
} plan_problems;

void plan_problems_fini(plan_problems *problems);

/*
 * Read a plan file's bytes (copied). Every semantic mistake goes into PROBLEMS (may be NULL); with
 * at least one that is not a warning nothing is loaded: MS_CONFIG, and ERR holds the first as
 * FILE:line.
 */
ms_status plan_load(
	span bytes, const char *file, plan **out, plan_problems *problems, ms_error *err);
void plan_free(plan *p);

/*
 * A file holds the first version of a plan, and behind it every later one, each after a line that
 * says from which period it judges. These are the bytes of such a file with one more version.
 */
void plan_append(buf *file, span version, period from);
/* P with one more version, that of FILE's bytes, from FROM on. Errors as of plan_load. */
ms_status plan_follow(
	const plan *p, span version, const char *file, period from, plan **out, ms_error *err);

/* The version that judges AT: the newest one whose first period begins before AT ends. */
const plan *plan_at(const plan *p, period at);
/* The version in force at an instant: the newest one whose first period has begun. */
const plan *plan_now(const plan *p, int64_t now_us);
/* The version that says who leads ITEM at an instant: that in force, or if the item is no more in
 * it, the last one that had it and has begun. */
const plan *plan_leading(const plan *p, uint32_t item, int64_t now_us);
/* The version with this hash, or NULL. */
const plan *plan_of_version(const plan *p, const hash32 *version);
/* Is the item split in this version or one before it? */
bool plan_ever_splits(const plan *p, uint32_t item);
/* How much this version has of what its arrays have places for. */
typedef struct plan_sizes {
	uint32_t units, items, indicators;
} plan_sizes;
plan_sizes plan_size(const plan *p);
/* How many versions, this one and those before it. */
unsigned plan_versions(const plan *p);

/* Index by id of what this version or one before it has, or -1. */
int plan_find_unit(const plan *p, span id);
int plan_find_item(const plan *p, span id);
int plan_find_indicator(const plan *p, span id);
/* Index by id, name or alias (plan_index.h says how names are compared), the newest version's
 * first; -1 none. */
int plan_match_unit(const plan *p, span text);
int plan_match_item(const plan *p, span text); /* id, number ("6"), title */
int plan_match_indicator(
	const plan *p, uint32_t item, span text); /* id, last part of the id, name */
/* A part of the item by id, or NULL. */
const plan_part *plan_find_part(const plan_item *item, span id);

plan_role plan_role_of(const plan *p, uint32_t item, uint32_t unit);
bool plan_is_lead(const plan *p, uint32_t item, uint32_t unit);
/* Has UNIT a role in the slot, and does it exist in it? */
bool plan_takes_part(const plan *p, uint32_t item, uint32_t unit, period at);
bool plan_unit_alive(const plan *p, uint32_t unit, period at);
/* Must UNIT report in the slot: lead or required, alive. */
bool plan_expects(const plan *p, uint32_t item, uint32_t unit, period at);
/* How many slots (item, *, at) are expected. */
uint32_t plan_expected(const plan *p, uint32_t item, period at);
/* Is AT a period of the item, inside the plan's range? */
bool plan_has_period(const plan *p, uint32_t item, period at);
/* The item's periods in order: false past the last. N counts from 0. */
bool plan_item_period(const plan *p, uint32_t item, unsigned n, period *out);
/* The same with periods that only versions before this one have. */
bool plan_ever_item_period(const plan *p, uint32_t item, unsigned n, period *out);
/* Is DAY a working day of the plan: no Saturday, Sunday or day off, or a day made up? */
bool plan_working_day(const plan *p, int32_t day);
/* The last day on which a report for AT is on time, in days since 1970-01-01. */
int32_t plan_due_day(const plan *p, uint32_t item, period at);
/* First instant after the time to report, and the instant at which the slot locks. */
int64_t plan_deadline_us(const plan *p, uint32_t item, period at);
int64_t plan_lock_us(const plan *p, uint32_t item, period at);
/* Instant at which the period begins in the plan's zone. */
int64_t plan_begin_us(const plan *p, period at);
/* Must UNIT give INDICATOR in the slot at AT (a reporter, and the indicator's own period ends with
 * AT)? */
bool plan_wants_value(const plan *p, uint32_t indicator, uint32_t unit, period at);
/* Does UNIT report the indicator in AT, a period of the item? */
bool plan_reports(const plan *p, uint32_t indicator, uint32_t unit, period at);
/* The same of a unit that gave a value, which its version had to allow: costs nothing while a plan
 * has one version. */
bool plan_asks(const plan *p, uint32_t indicator, uint32_t unit, period at);
/* In any version? */
bool plan_ever_reports(const plan *p, uint32_t indicator, uint32_t unit);
/* Units with the indicator that are alive in AT: the `of` of a figure. */
uint32_t plan_reporters(const plan *p, uint32_t indicator, period at);
/* Is UNIT's value left out of the sums of AT because it lies inside another reporter of a gross
 * indicator? */
bool plan_is_inner(const plan *p, uint32_t indicator, uint32_t unit, period at);
/* The unit's target for exactly the period AT, or NULL. */
const plan_target *plan_unit_target(const plan *p, uint32_t indicator, uint32_t unit, period at);
/* The city's target for the figure of PERIOD, or NULL. One without a period holds for each, for
 * what adds up over time (TIME_SUM) for the year alone. */
const plan_target *plan_city_target(const plan *p, uint32_t indicator, period at);

/* `muster plan show`: the whole plan, or one ITEM (-1 = all), as text for people, its table for a
 * SCREEN (base/table.h). */
ms_status plan_print(const plan *p, int item, unsigned screen, buf *out);

#endif

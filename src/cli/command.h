/* SPDX-License-Identifier: Apache-2.0 */
/*
 * command.h - the verbs of `muster` and what they share.
 *
 * A command is one row of a table in a commands_*.c and one function in a cmd_*.c file. To add one:
 * declare the function here, add the row there. `muster help`, `--help`, suggestions for misspelt
 * verbs and exit codes come by themselves.
 *
 * Two programs have these tables. `muster` (main.c) runs what only asks a running daemon, and
 * starts in a millisecond; for all else it becomes muster-work (main_work.c), which has every row.
 *
 * Results go to stdout, everything else to stderr; a command returns the exit code.
 */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"
#include "base/status.h"
#include "base/table.h"

enum { COMMAND_NAME_SIZE = 64, ABOUT_PARTS_MAX = 4 };

/* HELP and ABOUT are marked with TR: they are printed in the reader's language. */
typedef struct command {
	const char *verb;
	const char *sub;   /* second word, or NULL */
	const char *help;  /* one line, without a full stop */
	const char *usage; /* what follows "usage: muster VERB SUB ", the same in every language */
	/* What it does, its options, its exit codes: whole lines, printed one after another. */
	const char *about[ABOUT_PARTS_MAX];
	const char *example; /* a command line, or NULL */
	/* argv[0] is the last word of the name, then come the arguments; "--help" is dealt with
	 * before. */
	int (*run)(int argc, char **argv);
} command;

/* Tables; behind the last row of each stands one without a verb. Those that only ask: the JSON
 * library is all that they need. */
extern const command hub_ask_commands[], unit_ask_commands[], state_commands[];
extern const command hub_commands[], unit_commands[], check_commands[];

/* Row I of TABLES, an array that ends with NULL; NULL behind the last row. */
const command *command_at(const command *const *tables, size_t i);
/* The row of "VERB SUB" (SUB may be NULL), which a verb without second words has too. NULL for
 * none. */
const command *command_find(const command *const *tables, const char *verb, const char *sub);
/* "plan check", or "status" for a verb without a second word. */
const char *command_name(const command *c, char out[COMMAND_NAME_SIZE]);
/* Run it, or print its usage when that is asked for. ARGV begins with the verb. The exit code. */
int command_run(const command *c, int argc, char **argv);
/* Is --help or -h among the arguments? */
bool command_asks_help(int argc, char **argv);
void command_print_usage(const command *c);

/* Speak as MUSTER_LANG says, else the locale. False, and told on stderr: it is no language. */
bool cli_speak(void);

/* ---- options ---- */

/* One option that a command knows: exactly one of FLAG and VALUE is set. "--name VALUE" and
 * "--name=VALUE" both work. */
typedef struct cli_option {
	const char *name; /* "--json" */
	bool *flag;
	const char **value;
} cli_option;

/* An array of them as the two arguments that cli_args takes. */
#define CLI_OPTIONS(list) list, sizeof(list) / sizeof((list)[0])

/*
 * Sort ARGV (without argv[0]) into options and other arguments, which go to WORDS in order.
 * MS_USAGE with the suggestion for an unknown option, for a missing value, and for fewer than MIN
 * or more than MAX words. "--" ends the options. WORDS has MAX places.
 */
ms_status cli_args(int argc, char **argv, const cli_option *options, size_t n_options,
	const char **words, size_t min, size_t max, size_t *n_words, ms_error *err);

/* The same for a command that takes --dir, which is needed, and --json, and nothing else. */
ms_status cli_dir_args(int argc, char **argv, const char **dir, bool *json, ms_error *err);

/* The time that OPTION gives; *US stays where TEXT is NULL. MS_USAGE. */
ms_status cli_time(const char *option, const char *text, int64_t *us, ms_error *err);
/* MS_USAGE unless NAME is one that a device may be given; NULL is good. */
ms_status cli_check_device(const char *name, ms_error *err);
/* *OUT, the number that TEXT is; NULL leaves it: the option was not given. MS_USAGE unless it is
 * one from MIN to MAX. */
ms_status cli_number(const char *option, const char *text, uint64_t min, uint64_t max,
	uint64_t *out, ms_error *err);
/* MS_USAGE unless TEXT is an address (text_is_address), short enough for the settings; NULL is
 * good: the option was not given. */
ms_status cli_check_address(const char *text, bool listens, ms_error *err);

/* Print ERR to stderr as "muster: place: text (remedy) [MST-nnnn]" and return the exit code for its
 * status. */
int cli_fail(const ms_error *err);
/* Say on stderr that DIR lives by a simulated clock, if it does. cli_args says it of --dir. */
void cli_tell_clock(const char *dir);
/* Say on stderr that the hub at ADDRESS is waited for. */
void cli_tell_waiting(const char *address);
/* Flush stdout: EXIT_CODE, or 73 with a message when the results could not be written. */
int cli_end(int exit_code);

/* print_table.c: its rows on stdout. */
ms_status cli_print_table(const table *t, ms_error *err);

/* ---- the commands, by file ---- */

/* cmd_plan.c */
int cmd_plan_check(int argc, char **argv);
int cmd_plan_show(int argc, char **argv);

/* cmd_plan_change.c */
int cmd_plan_diff(int argc, char **argv);
int cmd_plan_apply(int argc, char **argv);

/* cmd_hub.c */
int cmd_hub_init(int argc, char **argv);
int cmd_hub_enroll(int argc, char **argv);
int cmd_hub_revoke(int argc, char **argv);
int cmd_hub_units(int argc, char **argv);

/* cmd_hub_status.c */
int cmd_hub_status(int argc, char **argv);
int cmd_hub_clock(int argc, char **argv);

/* cmd_hub_move.c */
int cmd_hub_move(int argc, char **argv);
int cmd_agent_set_hub(int argc, char **argv);

/* cmd_stick.c */
int cmd_outbox_export(int argc, char **argv);
int cmd_outbox_import_receipts(int argc, char **argv);
int cmd_hub_import(int argc, char **argv);

/* cmd_invite.c */
int cmd_hub_invite(int argc, char **argv);
int cmd_hub_approve(int argc, char **argv);
int cmd_hub_forks(int argc, char **argv);

/* cmd_invites.c */
int cmd_hub_invites(int argc, char **argv);
int cmd_hub_withdraw(int argc, char **argv);

/* cmd_join.c */
int cmd_join(int argc, char **argv);
int cmd_agent_rotate(int argc, char **argv);

/* cmd_form.c */
int cmd_form(int argc, char **argv);
int cmd_answer_book(int argc, char **argv);

/* cmd_report.c */
int cmd_report(int argc, char **argv);

/* cmd_submit.c */
int cmd_submit(int argc, char **argv);

/* cmd_state.c */
int cmd_state(int argc, char **argv);

/* cmd_inbox.c */
int cmd_inbox(int argc, char **argv);
int cmd_where(int argc, char **argv);

/* cmd_status.c */
int cmd_status(int argc, char **argv);

/* cmd_feed.c */
int cmd_feed(int argc, char **argv);

/* cmd_board.c */
int cmd_board(int argc, char **argv);

/* cmd_score.c */
int cmd_score(int argc, char **argv);

/* cmd_bulletin.c */
int cmd_bulletin(int argc, char **argv);

/* cmd_ledger.c */
int cmd_ledger(int argc, char **argv);

/* cmd_explain.c */
int cmd_explain(int argc, char **argv);

/* cmd_demo.c */
int cmd_demo(int argc, char **argv);

/* cmd_replay.c */
int cmd_replay(int argc, char **argv);

/* cmd_load.c */
int cmd_load(int argc, char **argv);

/* cmd_audit.c */
int cmd_audit(int argc, char **argv);

/* cmd_verify.c */
int cmd_verify(int argc, char **argv);

/* cmd_prove.c */
int cmd_receipt(int argc, char **argv);
int cmd_prove(int argc, char **argv);
int cmd_check(int argc, char **argv);

/* cmd_backup.c */
int cmd_backup(int argc, char **argv);

/* cmd_hub_restored.c */
int cmd_hub_restored(int argc, char **argv);

/* cmd_hub_log.c */
int cmd_hub_key(int argc, char **argv);
int cmd_hub_checkpoint(int argc, char **argv);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan_words.h - the words of a plan file for what plan.h enumerates; JSON and comparisons of
 * versions use them too.
 *
 * A word stands at the place of its value. "" is in front, for 0, which is no value; NULL ends the
 * list.
 */
#ifndef PLAN_PLAN_WORDS_H
#define PLAN_PLAN_WORDS_H

extern const char *const period_kind_words[];
extern const char *const unit_kind_words[];
extern const char *const item_mode_words[];
extern const char *const item_approval_words[];
extern const char *const value_type_words[];
extern const char *const time_rule_words[];
extern const char *const space_rule_words[];
extern const char *const check_kind_words[];
/* Of what a plan keeps as a bool: the first word says false. */
extern const char *const better_words[]; /* lower_is_better */
extern const char *const inside_words[]; /* gross */

#endif

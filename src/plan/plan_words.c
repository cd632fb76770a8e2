/* SPDX-License-Identifier: Apache-2.0 */
#include "plan/plan_words.h"

#include "base/lang.h"
#include "plan/plan.h"

#define ENDS_BEHIND(words, last)                                         \
	_Static_assert(sizeof(words) / sizeof((words)[0]) == (last) + 2, \
		"a word for each value, \"\" and NULL")

const char *const period_kind_words[] = { "", "month", "quarter", "half", "year", NULL };
ENDS_BEHIND(period_kind_words, PERIOD_YEAR);

const char *const unit_kind_words[] = { "", "department", "party", "district", "county",
	"county_city", "zone", NULL };
ENDS_BEHIND(unit_kind_words, UNIT_ZONE);

const char *const item_mode_words[] = { "", TR("sole"), TR("joint"), TR("split"), NULL };
ENDS_BEHIND(item_mode_words, ITEM_SPLIT);

const char *const item_approval_words[] = { "", "any", "primary", "all", NULL };
ENDS_BEHIND(item_approval_words, APPROVAL_ALL);

const char *const value_type_words[] = { "", "count", "amount", "ratio", "milestone", "keyset",
	"text", NULL };
ENDS_BEHIND(value_type_words, VALUE_TEXT);

const char *const time_rule_words[] = { "", "sum", "last", "ytd", "max", "min", "ratio", "none",
	NULL };
ENDS_BEHIND(time_rule_words, TIME_NONE);

const char *const space_rule_words[] = { "", "sum", "ratio", "union", "owner", "max", "min",
	"count_true", "none", NULL };
ENDS_BEHIND(space_rule_words, SPACE_NONE);

const char *const check_kind_words[] = { "", "at_most", "not_falling", "change", NULL };
ENDS_BEHIND(check_kind_words, CHECK_CHANGE);

const char *const better_words[] = { "", "up", "down", NULL };
const char *const inside_words[] = { "", "net", "gross", NULL };

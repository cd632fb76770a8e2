/* SPDX-License-Identifier: Apache-2.0 */
#include "plan/act.h"

static const char *const names[] = {
	[VERDICT_NONE] = "NONE",
	[VERDICT_STORED] = "STORED",
	[VERDICT_STORED_SUPERSEDED] = "STORED_SUPERSEDED",
	[VERDICT_DUPLICATE] = "DUPLICATE",
	[VERDICT_REFUSED_MALFORMED] = "REFUSED_MALFORMED",
	[VERDICT_REFUSED_SCHEMA] = "REFUSED_SCHEMA",
	[VERDICT_REFUSED_UNKNOWN] = "REFUSED_UNKNOWN",
	[VERDICT_REFUSED_NOT_BEGUN] = "REFUSED_NOT_BEGUN",
	[VERDICT_REFUSED_NOT_ASSIGNED] = "REFUSED_NOT_ASSIGNED",
	[VERDICT_REFUSED_NOT_LEAD] = "REFUSED_NOT_LEAD",
	[VERDICT_REFUSED_SPLIT] = "REFUSED_SPLIT",
	[VERDICT_REFUSED_OWN] = "REFUSED_OWN",
	[VERDICT_REFUSED_VALUE] = "REFUSED_VALUE",
	[VERDICT_REFUSED_LOCKED] = "REFUSED_LOCKED",
	[VERDICT_REFUSED_LATE] = "REFUSED_LATE",
	[VERDICT_REFUSED_CONFLICT] = "REFUSED_CONFLICT",
	[VERDICT_REFUSED_STALE] = "REFUSED_STALE",
	[VERDICT_REFUSED_DECIDED] = "REFUSED_DECIDED",
};
_Static_assert(sizeof(names) / sizeof(names[0]) == VERDICT_REFUSED_DECIDED + 1,
	"the last verdict has a name; that the others have one is tested");

const char *
verdict_name(verdict v)
{
	if ((unsigned)v >= sizeof(names) / sizeof(names[0]) || names[v] == NULL)
		return "UNKNOWN";
	return names[v];
}

bool
verdict_is_refusal(verdict v)
{
	return v >= VERDICT_REFUSED_MALFORMED;
}

bool
verdict_is_stored(verdict v)
{
	return v == VERDICT_STORED || v == VERDICT_STORED_SUPERSEDED;
}

bool
verdict_is_denial(verdict v)
{
	return v == VERDICT_REFUSED_NOT_ASSIGNED || v == VERDICT_REFUSED_NOT_LEAD ||
	       v == VERDICT_REFUSED_SPLIT || v == VERDICT_REFUSED_OWN;
}

uint32_t
act_schema_of(act_kind kind)
{
	if (kind > ACT_HUB_NOTICE)
		return 4;
	if (kind == ACT_ISSUE || kind == ACT_HUB_NOTICE)
		return 3;
	return kind >= ACT_DECISION && kind <= ACT_REOPEN ? 2 : 1;
}

bool
act_is_of_unit(act_kind kind)
{
	return kind >= ACT_REPORT && kind <= ACT_ISSUE;
}

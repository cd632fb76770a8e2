/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/said.h"

#include "base/lang.h"

const char *
said_light(light l)
{
	static const char *const words[] = {
		[LIGHT_GREY] = TR("灰"),
		[LIGHT_GREEN] = TR("绿"),
		[LIGHT_BLUE] = TR("蓝"),
		[LIGHT_YELLOW] = TR("黄"),
		[LIGHT_RED] = TR("红"),
	};

	return tr(words[l]);
}

const char *
said_state(slot_state state)
{
	static const char *const words[] = {
		[SLOT_OPEN] = TR("未到期"),
		[SLOT_DUE] = TR("待报"),
		[SLOT_OVERDUE] = TR("逾期"),
		[SLOT_SUBMITTED] = TR("已报"),
		[SLOT_RETURNED] = TR("已退回"),
		[SLOT_ACCEPTED] = TR("已采纳"),
		[SLOT_EXEMPT] = TR("免报"),
	};

	return tr(words[state]);
}

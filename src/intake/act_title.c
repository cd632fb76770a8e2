/* SPDX-License-Identifier: Apache-2.0 */
#include "intake/act_title.h"

const char *
act_title(const act *a)
{
	switch (a->kind) {
	case ACT_DECISION:
		return a->u.steer.verdict == DECISION_RETURN ? "退回说明" : "采纳通知";
	case ACT_REMINDER:
		return "催办通知";
	case ACT_COMMENT:
		return "意见";
	case ACT_EXTENSION_GRANT:
		return "延期批准";
	case ACT_EXTENSION_REFUSAL:
		return "延期不予批准";
	case ACT_EXEMPTION:
		return "免报通知";
	case ACT_EXEMPTION_WITHDRAWAL:
		return "恢复报送通知";
	case ACT_ADJUSTMENT:
		return "评分调整";
	case ACT_ASSIGN:
		return "报送任务通知";
	case ACT_UNASSIGN:
		return "取消报送任务通知";
	case ACT_LOCK:
		return "锁定通知";
	case ACT_REOPEN:
		return "重新开放通知";
	case ACT_EXTENSION_REQUEST:
		return "延期申请";
	case ACT_ISSUE:
		return "通报发布";
	case ACT_HUB_PLAN:
		return "工作计划调整通知";
	case ACT_HUB_NOTICE:
		return a->u.notice.level == NOTICE_BLUE ? "到期预警" : "逾期预警";
	case ACT_HUB_CLOCK:
		return "中心时钟异常";
	case ACT_HUB_MOVED:
		return "中心地址变更";
	case ACT_REPORT:
		return "报送";
	case ACT_RETRACTION:
		return "撤回";
	default:
		return "通知";
	}
}

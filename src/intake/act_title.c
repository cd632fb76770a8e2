/* SPDX-License-Identifier: Apache-2.0 */
#include "intake/act_title.h"

#include "base/lang.h"

const char *
act_title(const act *a)
{
	switch (a->kind) {
	case ACT_DECISION:
		return a->u.steer.verdict == DECISION_RETURN ? tr("退回说明") : tr("采纳通知");
	case ACT_REMINDER:
		return tr("催办通知");
	case ACT_COMMENT:
		return tr("意见");
	case ACT_EXTENSION_GRANT:
		return tr("延期批准");
	case ACT_EXTENSION_REFUSAL:
		return tr("延期不予批准");
	case ACT_EXEMPTION:
		return tr("免报通知");
	case ACT_EXEMPTION_WITHDRAWAL:
		return tr("恢复报送通知");
	case ACT_ADJUSTMENT:
		return tr("评分调整");
	case ACT_ASSIGN:
		return tr("报送任务通知");
	case ACT_UNASSIGN:
		return tr("取消报送任务通知");
	case ACT_LOCK:
		return tr("锁定通知");
	case ACT_REOPEN:
		return tr("重新开放通知");
	case ACT_EXTENSION_REQUEST:
		return tr("延期申请");
	case ACT_ISSUE:
		return tr("通报发布");
	case ACT_HUB_PLAN:
		return tr("工作计划调整通知");
	case ACT_HUB_NOTICE:
		return a->u.notice.level == NOTICE_BLUE     ? tr("到期预警")
		       : a->u.notice.level == NOTICE_YELLOW ? tr("逾期预警")
							    : tr("红灯预警");
	case ACT_HUB_CLOCK:
		return tr("中心时钟异常");
	case ACT_HUB_MOVED:
		return tr("中心地址变更");
	case ACT_REPORT:
		return tr("报送");
	case ACT_RETRACTION:
		return tr("撤回");
	default:
		return tr("通知");
	}
}

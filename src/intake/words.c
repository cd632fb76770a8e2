/* SPDX-License-Identifier: Apache-2.0 */
/* words.c - the words of messages.h that belong to no code: of forms and answers. */
#include "base/buf.h"
#include "base/text.h"
#include "intake/messages.h"

static const char *const words[WORD_COUNT][LANGUAGE_COUNT] = {
	[WORD_NONE] = { "", "" },
	[WORD_FORM] = { "填报表", "form" },
	[WORD_NOTES] = { "填报说明", "notes" },
	[WORD_UNIT] = { "填报单位", "reporting unit" },
	[WORD_GUIDE] = { "填写白色的格，保存并关闭后放在单位的报送文件夹里，就是报送；灰色的是上期"
			 "数。"
			 "没有填的行不报送。零写0，没有数的写“无:原因”，空着表示没有填。",
		"Fill in the white cells, save and close the file, and lay it into the office's "
		"folder: "
		"that is the report. Grey is last period. Rows that are not filled in are not "
		"sent. "
		"Zero is 0, no figure is nil:REASON, an empty cell is not given." },
	[WORD_HOW] = { "怎样填报\n"
		       "1. 在“填报表”里填写白色的格。红字“应报”的行必须报送，“可报”的行可以不填。\n"
		       "2. "
		       "与上期相同的，在“沿用上期”选√，本行空着的格就按灰色的上期数报送；"
		       "进展情况要重新写。\n"
		       "3. "
		       "保存并关闭文件。文件会移到done（全部正确）或rejected（有错误），"
		       "旁边有“答复”文件，"
		       "写明每行已排队、已收到，或哪一格有误、怎么改。正确的行照常报送。\n"
		       "4. "
		       "要更正，在新的填报表里改好再保存；没有变化的行不会重复报送。要撤回，"
		       "在“操作”选撤回并写原因。",
		"How to report\n"
		"1. Fill in the white cells of the sheet \"form\". Rows marked required must be "
		"reported, optional ones may.\n"
		"2. What is as last period: choose √ under same_as_last; empty cells of the row "
		"then "
		"take the grey ones; what was done is written anew.\n"
		"3. Save and close the file. It moves to done or, with mistakes, to rejected; the "
		"answer "
		"beside it says of each row whether it is queued, received, or which cell is wrong "
		"and "
		"how to mend it. Good rows are sent all the same.\n"
		"4. To correct, change the new form and save it: rows that did not change are not "
		"sent "
		"again. To take back, choose retract under action and give the reason." },
	[WORD_OWED] = { "应报", "required" },
	[WORD_PERMITTED] = { "可报", "optional" },
	[WORD_LEAD] = { "牵头（应报）", "lead (required)" },
	[WORD_NUMBER] = { "序号", "no" },
	[WORD_ITEM] = { "工作事项", "item" },
	[WORD_DUTY] = { "填报要求", "duty" },
	[WORD_UNTIL] = { "截止时间", "due before" },
	[WORD_WORDS] = { "工作要点原文", "the plan's words" },
	[WORD_FIGURES] = { "要填的指标", "figures asked" },
	[WORD_PARTS] = { "部分（编号、名称）", "parts (id, name)" },
	[WORD_NIL_DONE] = { "本期没有可报的进展", "nothing to report in this period" },
	[WORD_NONE_TOLD] = { "无", "none" },
	[WORD_ANSWER] = { "答复", "answer" },
	[WORD_COPY] = { "原表", "your table" },
	[WORD_NOTE] = { "提示：", "note: " },
	[WORD_PERIODS] = { "多个期间", "several-periods" },
	[WORD_NO_PERIOD] = { "期间不明", "no-period" },
	[WORD_TARGET] = { "目标", "target" },
	[WORD_HINT_PROGRESS] = { "0到100的整数，本年累计进度",
		"a whole number from 0 to 100, for the year" },
	[WORD_HINT_STATUS] = { "从列表中选", "choose from the list" },
	[WORD_HINT_DONE] = { "本期做了什么", "what was done in this period" },
	[WORD_HINT_PROBLEMS] = { "没有的写“无”", "write none if there are none" },
	[WORD_HINT_NEXT] = { "下一步的措施", "what comes next" },
	[WORD_HINT_HELP] = { "需要牵头单位协调的；没有就空着",
		"what the leads should help with; may be empty" },
	[WORD_HINT_PARTS] = { "编号=状态:说明，用“;”隔开，如 "
			      "c1=进行中:已开工。状态是未开始、进行中、已完成。编号见“填报说明”",
		"id=state:note, separated by ; like c1=under_way:building. States: not_started, "
		"under_way, "
		"done. Ids: see notes" },
	[WORD_HINT_APPROVED] = { "本单位审核此报告的人", "who signed it off" },
	[WORD_HINT_ACTION] = { "空着就是报送；撤回已报的内容选撤回并写原因",
		"empty means report; retract takes back what was reported" },
	[WORD_HINT_REASON] = { "只在撤回时填写", "for a retraction only" },
	[WORD_HINT_SAME] = { "选√：本行空着的格按灰色的上期数报送（进展情况除外）",
		"√: empty cells of the row take last period's grey ones (but for what was done)" },
	[WORD_HINT_WHOLE] = { "单位[]，没有小数；零写0，没有数的写“无:原因”，暂估写“暂:数”",
		"in [], no decimals; zero is 0, nil:REASON if none, provisional:N for an "
		"estimate" },
	[WORD_HINT_DECIMAL] = { "单位[]，最多{}位小数；零写0，没有数的写“无:原因”，暂估写“暂:数”",
		"in [], at most {} decimals; zero is 0, nil:REASON if none, provisional:N for an "
		"estimate" },
	[WORD_HINT_RATIO] = { "分子和分母两个数，最多{}位小数，不填百分数；没有数的在分子写“无:"
			      "原因”",
		"numerator and denominator, at most {} decimals, no percentage; nil:REASON under "
		"the "
		"numerator if none" },
	[WORD_HINT_MILESTONE] = { "完成的日期，如2012-05-01；没有完成写0",
		"the date, like 2012-05-01; 0 if not reached" },
	[WORD_HINT_KEYS] = { "编号，用“;”隔开，如 P1;P2；一个也没有写“空”",
		"keys separated by ; like P1;P2; none if there are none" },
	[WORD_HINT_TEXT] = { "一段文字；没有的写“无:原因”", "a text; nil:REASON if none" },
};

const char *
word_text(wording w, bool english)
{
	return words[w][english ? LANGUAGE_EN : LANGUAGE_ZH];
}

void
word_fill(wording w, bool english, const char *detail, const char *measure, char *out, size_t size)
{
	const char *at = word_text(w, english);
	buf text = { 0 };
	span kept;

	for (; *at != 0; at++) {
		if (strncmp(at, "{}", 2) == 0)
			buf_add_text(&text, detail);
		else if (strncmp(at, "[]", 2) == 0)
			buf_add_text(&text, measure);
		else
			buf_add(&text, at, 1);
		at += *at == '{' || *at == '[';
	}
	kept = text_prefix(buf_span(&text), size - 1);
	if (kept.len > 0)
		memcpy(out, kept.at, kept.len);
	out[kept.len] = 0;
	buf_fini(&text);
}

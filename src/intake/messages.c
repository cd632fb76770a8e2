/* SPDX-License-Identifier: Apache-2.0 */
/* messages.c - the table. Kept in the order of the codes, so that a gap is seen. */
#include "intake/messages.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/codes.h"

#define NOTHING        \
	{              \
		"", "" \
	}

static const message table[] = {
	{ MST_REPORT_FORM, { "内容格式不对", "malformed" }, NOTHING,
		{ "按规定的格式填写", "write it in the form given" } },
	{ MST_REPORT_TOO_LONG, { "太长或为空", "too long, or empty" }, NOTHING,
		{ "缩短文字，详情放在附件里",
			"shorten it, and put the details into an attachment" } },
	{ MST_REPORT_TOO_MANY, { "太多", "too many" }, NOTHING, { "减少数量", "give fewer" } },
	{ MST_REPORT_TWICE, { "给了两次", "given twice" }, NOTHING,
		{ "只留一个", "keep one of them" } },
	{ MST_REPORT_PROGRESS, { "进度不对", "no progress in percent" },
		{ "0到100的整数", "a whole number from 0 to 100" },
		{ "填写本年累计进度", "give the progress of the year" } },
	{ MST_REPORT_VALUE_FORM, { "数值的写法不对", "the value is not written as it should be" },
		NOTHING, { "每个指标只用一种写法", "use one form per indicator" } },
	{ MST_REPORT_NUMBER, { "数太大", "the number is too large" }, NOTHING,
		{ "核对计量单位", "check the unit of measure" } },
	{ MST_REPORT_REASON, { "没有原因，或原因太长", "no reason, or one too long" }, NOTHING,
		{ "写明原因", "give the reason" } },
	{ MST_REPORT_KEY, { "没有这个编号", "there is no such key" }, NOTHING,
		{ "核对编号", "check the key" } },
	{ MST_REPORT_ATTACHMENT, { "附件不对", "the attachment is not described right" }, NOTHING,
		{ "写明文件名、字节数和SHA-256", "give name, size in bytes and SHA-256" } },
	{ MST_REPORT_REVISION, { "没有次号", "no revision" }, NOTHING,
		{ "由软件给出", "the software gives it" } },
	{ MST_REPORT_TYPE, { "数值的种类不对", "a value of the wrong kind" }, NOTHING,
		{ "按指标的种类填写；没有数写“无:原因”",
			"write it as the indicator asks; nil:reason if there is none" } },
	{ MST_REPORT_INDICATOR,
		{ "不是本单位在此事项下的指标", "no indicator of this unit in the item" }, NOTHING,
		{ "清空这一格，或改到相应事项的行",
			"empty the cell, or put it into the row of its item" } },
	{ MST_REPORT_PART, { "不是本单位可填的部分", "no part that this unit can state" }, NOTHING,
		{ "核对部分的编号或名称", "check the id or name of the part" } },
	{ MST_REPORT_UNKNOWN, { "计划里没有", "the plan has no such thing" }, NOTHING,
		{ "核对名称", "check the name" } },
	{ MST_REPORT_NOT_BEGUN, { "这个期间还没有开始", "the period has not begun" }, NOTHING,
		{ "到时再报", "report it later" } },
	{ MST_REPORT_NOT_ASSIGNED, { "本单位不承担此事项", "this unit has no part in the item" },
		NOTHING, { "核对工作事项", "check the item" } },
	{ MST_REPORT_MISSING,
		{ "没有填写，按不完整计", "not given: the report counts as less complete" },
		NOTHING, { "补上后可以再报", "fill it in and report again" } },
	{ MST_REPORT_CHECK, { "数值与规则不符，请核对", "the value breaks a rule of the plan" },
		NOTHING,
		{ "无误则不必改，牵头单位会看到提示",
			"if it is right, leave it: the lead sees a flag" } },
	{ MST_INTAKE_CHARSET,
		{ "{}处的文字无法识别：不是UTF-8，也不是GB18030",
			"the text at {} cannot be read: neither UTF-8 nor GB18030" },
		NOTHING, { "用表格软件另存为“CSV UTF-8”", "save it again as CSV UTF-8" } },
	{ MST_INTAKE_CUT,
		{ "文件不完整：在{}处断在一个字的中间",
			"the file is not complete: it ends inside a character, at {}" },
		NOTHING, { "重新复制或重新保存文件", "copy the file again, or save it again" } },
	{ MST_INTAKE_NUL,
		{ "{}含有空字符(NUL)，不是文本文件",
			"{} holds a NUL character: this is no text file" },
		NOTHING, { "用表格软件另存为“CSV UTF-8”", "save it again as CSV UTF-8" } },
	{ MST_INTAKE_TOO_LARGE, { "文件太大，没有读取", "the file is too large and was not read" },
		{ "不超过{}", "at most {}" },
		{ "只保留要报送的行，或分成几个文件",
			"keep only the rows to be reported, or split the file" } },
	{ MST_INTAKE_QUOTES,
		{ "{}的引号没有配对，或单元格中间有引号",
			"the quote at {} is not closed, or stands inside a cell" },
		NOTHING,
		{ "把引号补全；单元格里的引号要写两个(\"\")",
			"close what is opened; write a quote inside a cell twice (\"\")" } },
	{ MST_INTAKE_BOUND,
		{ "{}处超出限度：行、列或单元格太多、太长",
			"beyond a limit at {}: too many or too long rows, columns or cells" },
		{ "最多10000行、512列，每格64KiB",
			"at most 10000 rows, 512 columns, 64 KiB a cell" },
		{ "分成几个文件", "split the file" } },
	{ MST_INTAKE_EMPTY, { "文件里没有填写的行", "nothing in the file is filled in" },
		{ "至少一行有工作事项、期间和内容",
			"at least one row with item, period and content" },
		{ "填写后再放入文件夹", "fill it in and drop it again" } },
	{ MST_INTAKE_COLUMN_UNKNOWN, { "没有这一列", "there is no such column" },
		{ "是不是“{}”?", "did you mean \"{}\"?" },
		{ "改正列名；不用的列请删除",
			"correct the header; delete the column if it is not needed" } },
	{ MST_INTAKE_COLUMN_TWICE, { "这一列出现两次", "this column stands there twice" }, NOTHING,
		{ "只留一列", "keep one of them" } },
	{ MST_INTAKE_COLUMN_MISSING, { "缺少“{}”列", "the column \"{}\" is missing" },
		{ "有一行是列名，其中有“{}”", "a row of headers with \"{}\" among them" },
		{ "补上这一列", "add the column" } },
	{ MST_INTAKE_COLUMN_UNIT,
		{ "列名里的计量单位不对", "another unit of measure in the header" }, { "{}", "{}" },
		{ "按规定的计量单位换算后填写", "convert the figures to that unit" } },
	{ MST_INTAKE_OUTSIDE, { "这一格没有列名", "this cell has no header above it" }, NOTHING,
		{ "补上列名，或清空这一格", "name the column, or empty the cell" } },
	{ MST_INTAKE_ITEM, { "没有这个工作事项", "there is no such item" },
		{ "是不是“{}”?", "did you mean \"{}\"?" },
		{ "填写事项编号（如6）或全称", "give the item's number (as 6), id or title" } },
	{ MST_INTAKE_PERIOD, { "期间不对", "no period of this item" }, { "{}", "{}" },
		{ "按例子填写期间", "write the period as in the example" } },
	{ MST_INTAKE_ACTION, { "操作不对", "no such action" },
		{ "报送 或 撤回；空着就是报送", "report or retract; empty means report" },
		{ "改成报送或撤回", "write report or retract" } },
	{ MST_INTAKE_NUMBER, { "不是规定写法的数", "not a number as it has to be written" },
		{ "只有数字和小数点的数{}", "a number of digits and a decimal point only{}" },
		{ "只填数；零写0；没有数写“无:原因”",
			"write the number alone; zero is 0; write nil:reason if there is no "
			"figure" } },
	{ MST_INTAKE_DECIMALS, { "小数位太多", "too many decimals" },
		{ "最多{}位小数", "at most {} decimals" },
		{ "按规定的小数位数填写，系统不会四舍五入",
			"give it with that many; nothing is rounded here" } },
	{ MST_INTAKE_WORD, { "不是可选的词", "none of the words to choose from" }, { "{}", "{}" },
		{ "从可选的词里选一个", "choose one of them" } },
	{ MST_INTAKE_PART, { "部分的写法不对", "the parts are not written as they should be" },
		{ "编号=状态:说明;编号=状态", "id=state:note; id=state" },
		{ "按例子填写，如 c1=进行中:已开工", "write them like c1=under_way:building" } },
	{ MST_INTAKE_DATE, { "日期不对", "no date" }, { "如 2012-05-01{}", "like 2012-05-01{}" },
		{ "改成年-月-日", "write year-month-day" } },
	{ MST_INTAKE_RATIO, { "比率要写成分子/分母", "a ratio is written as num/den" },
		{ "如 455.00/1080.00", "like 455.00/1080.00" },
		{ "填写分子和分母两个数，不填百分数",
			"give the two numbers, not the percentage" } },
	{ MST_INTAKE_NIL, { "写了“无”，没有写原因", "nil without a reason" },
		{ "“无:原因”", "nil:reason" },
		{ "在“无:”后面写明原因；零写0", "add the reason; zero is 0" } },
	{ MST_INTAKE_NOT_OF_ITEM,
		{ "这个指标不属于本行的工作事项",
			"the indicator does not belong to the item of this row" },
		{ "这一格空着", "an empty cell" },
		{ "清空这一格，或改到相应事项的行",
			"empty the cell, or put it into the row of its item" } },
	{ MST_INTAKE_ROLE,
		{ "本单位在这个期间不承担此事项，不能报送",
			"this unit has no part in the item in this period and cannot report it" },
		NOTHING,
		{ "核对工作事项；应承担的，请与牵头单位联系",
			"check the item; ask the lead if you should be in it" } },
	{ MST_INTAKE_NOT_BEGUN, { "这个期间还没有开始", "the period has not begun" },
		{ "{}以后报送", "a report from {} on" },
		{ "核对期间，或到时再报", "check the period, or report it later" } },
	{ MST_INTAKE_TWICE,
		{ "同一文件中已有同一事项、同一期间的行",
			"another row of the file is for the same item and period" },
		{ "只有第{}行", "row {} alone" }, { "只留一行", "keep one of them" } },
	{ MST_INTAKE_JSON_SYNTAX, { "第{}行起不是合法的JSON", "line {}: this is not JSON" },
		NOTHING,
		{ "改正这一行；一个文件是一个对象或对象的列表",
			"mend that line; a file is one object or a list of objects" } },
	{ MST_INTAKE_JSON_MEMBER, { "没有这个成员", "there is no such member" },
		{ "是不是“{}”?", "did you mean \"{}\"?" },
		{ "改正名称或删除", "correct the name or delete it" } },
	{ MST_INTAKE_JSON_TYPE, { "类型不对", "of the wrong kind" }, { "{}", "{}" },
		{ "改成规定的类型", "change it to that" } },
	{ MST_INTAKE_REASON,
		{ "撤回要写原因；报送不写原因", "a retraction needs a reason, a report has none" },
		{ "{}", "{}" },
		{ "补上撤回的原因，或清空这一格",
			"give the reason for the retraction, or empty the cell" } },
	{ MST_INTAKE_ATTACHMENT,
		{ "附件的写法不对", "the attachments are not written as they should be" },
		{ "文件名|字节数|SHA-256;...", "name|size in bytes|SHA-256; ..." },
		{ "按例子填写", "write them so" } },
	{ MST_INTAKE_RETRACT,
		{ "撤回的行里其余各列不报送", "the other columns of a retraction are not sent" },
		{ "空着", "empty cells" },
		{ "要改数请用报送，不用撤回", "to change a figure, report again instead" } },
	{ MST_INTAKE_CONTROL,
		{ "含有看不见的控制字符", "it holds control characters that cannot be seen" },
		NOTHING, { "删去后重新输入这一格", "delete it and type it again" } },
	{ MST_XLSX_BROKEN, { "表格文件损坏或不完整({})", "the spreadsheet is damaged ({})" },
		NOTHING,
		{ "用表格软件打开，确认内容后另存为.xlsx",
			"open it in the spreadsheet program and save it again as .xlsx" } },
	{ MST_XLSX_PASSWORD,
		{ "文件加了密码，打不开", "the file is under a password and cannot be opened" },
		NOTHING,
		{ "去掉密码后另存为.xlsx", "remove the password and save it again as .xlsx" } },
	{ MST_XLSX_UNSAFE,
		{ "文件里有表格不该有的内容({})，没有读取",
			"the file holds what no spreadsheet has ({}) and was not read" },
		NOTHING,
		{ "新建一张空表，把数据复制过去，另存为.xlsx",
			"copy the figures into a new workbook and save that as .xlsx" } },
	{ MST_XLSX_BOUND,
		{ "文件展开后太大({})，没有读取",
			"the file is too large when unpacked ({}) and was not read" },
		{ "展开后不超过64MiB，不超过1048576行", "at most 64 MiB unpacked, 1048576 rows" },
		{ "只保留要报送的工作表和行，另存为.xlsx",
			"keep only the sheet and rows to be reported, and save it as .xlsx" } },
	{ MST_XLSX_NO_SHEET, { "没有可见的工作表", "no sheet in it can be seen: all are hidden" },
		NOTHING, { "取消隐藏要报送的工作表", "unhide the sheet to be reported" } },
	{ MST_INTAKE_OLD_KIND,
		{ "这是{}格式的表格，读不了",
			"this is a spreadsheet of the kind {}, which is not read" },
		{ ".xlsx 或 .csv", ".xlsx or .csv" },
		{ "在表格软件里点“文件”→“另存为”，类型选“.xlsx”，再放入文件夹",
			"in the spreadsheet program choose \"Save as\", type .xlsx, and drop it "
			"again" } },
	{ MST_INTAKE_OTHER_KIND, { "这是{}，不是表格", "this is {}, not a spreadsheet" },
		{ ".xlsx 或 .csv", ".xlsx or .csv" },
		{ "把数据填在表格里，另存为.xlsx，再放入文件夹",
			"put the figures into a sheet, save it as .xlsx, and drop that" } },
	{ MST_INTAKE_NO_HEADER, { "找不到列名所在的行", "no row with the headers was found" },
		{ "有一行写着“工作事项”“期间”等列名",
			"a row with headers, \"item\" and \"period\" among them" },
		{ "补上列名；可以从系统给的填报表复制",
			"write the headers; the form that the agent gives has them" } },
	{ MST_INTAKE_OTHER_REPORTER, { "填报单位不是本单位", "the reporting unit is another one" },
		{ "{}", "{}" },
		{ "核对文件是否放错了文件夹，或改正填报单位",
			"is the file in the wrong folder? else correct the unit" } },
	{ MST_INTAKE_PERIOD_LINE, { "表上方写的期间看不懂", "the period above the table is none" },
		{ "如 2012年第二季度、2012年7月、2012年上半年", "like 2012-Q2, 2012-07, 2012-H1" },
		{ "改正这一行，或加上“期间”列", "correct that line, or add a column period" } },
	{ MST_CELL_ERROR,
		{ "这一格是出错的公式或显示不全", "the cell shows an error of its formula" },
		NOTHING, { "改正公式或直接填写数值", "mend the formula, or type the value" } },
	{ MST_CELL_COMPUTED,
		{ "这一格是公式，取用了上次保存时的结果",
			"a formula: its value as last saved was taken" },
		NOTHING,
		{ "核对数值；无误则不必改", "check the value; if it is right, leave it" } },
	{ MST_CELL_NOT_COMPUTED,
		{ "这一格是公式，文件里没有它的结果",
			"a formula, and the file has no value of it" },
		NOTHING,
		{ "用表格软件打开并保存一次，或直接填写数值",
			"open and save the file in the spreadsheet program, or type the value" } },
	{ MST_CELL_IS_DATE,
		{ "这一格是日期或时间，不是数", "the cell is a date or time, not a number" },
		{ "只有数字和小数点的数{}", "a number of digits and a decimal point only{}" },
		{ "把单元格格式改为“数值”，重新填写",
			"set the cell's format to number, type it again" } },
	{ MST_CELL_MEASURE, { "数后面的计量单位不对", "another unit of measure behind the number" },
		{ "{}", "{}" },
		{ "换算成规定的计量单位，只填数",
			"convert it to that unit, write the number alone" } },
	{ MST_CELL_THOUSANDS,
		{ "逗号的位置不对，看不出是多少",
			"the commas do not stand as thousands separators do" },
		{ "如 1,234.50 或 1234.50{}", "like 1,234.50 or 1234.50{}" },
		{ "去掉逗号，小数点用“.”", "leave the commas out; the decimal point is \".\"" } },
	{ MST_CELL_EXPONENT, { "用了E记数（科学记数）", "a number in E notation" },
		{ "只有数字和小数点的数{}", "a number of digits and a decimal point only{}" },
		{ "把单元格格式改为“数值”，写出全部数字",
			"set the cell's format to number and write all digits" } },
	{ MST_CELL_SCALED,
		{ "这一格的显示格式把数缩小了（如以千、万显示）",
			"the cell's format shows thousands or millions of the value" },
		NOTHING,
		{ "把单元格格式改为“数值”，按规定的计量单位填写",
			"set the cell's format to number and write it in the plan's unit" } },
	{ MST_CELL_NOT_TAKEN,
		{ "这一列不报送，内容没有收", "this column is not part of the report" }, NOTHING,
		{ "需要报送的写到“进展情况”里", "what is to be reported belongs under \"done\"" } },
	{ MST_ROW_HIDDEN,
		{ "这一行是隐藏的，也报送了", "the row is hidden; it is taken all the same" },
		NOTHING,
		{ "不该报的行请删除，不要隐藏", "delete rows that are not to be reported" } },
	{ MST_XLSX_MORE_SHEETS,
		{ "另一张工作表也有填写的行，没有读取",
			"another sheet has rows too, which were not read" },
		{ "一个文件一张表", "one table a file" },
		{ "另存为单独的文件，再放入文件夹",
			"save it as a file of its own and drop that" } },
	{ MST_INTAKE_SAME, { "“沿用上期”的标记不对", "no mark for \"same as last\"" },
		{ "√，或空着", "a mark (√ or x), or an empty cell" },
		{ "与上期相同填√，否则清空这一格",
			"write √ if it is as last period, else empty it" } },
	{ MST_INTAKE_SAME_NOTHING,
		{ "本行没有上期数可以沿用", "there is nothing of last period in this row" },
		NOTHING, { "清空这一格，填写本行", "empty the cell and fill in the row" } },
	{ MST_INTAKE_HALF, { "比率只填了分子或分母", "a ratio with one half only" },
		{ "分子和分母两个数", "numerator and denominator" },
		{ "两格都填；没有数的在一格里写“无:原因”",
			"fill in both; if there is no figure, nil:reason in one of them" } },
};

/* What the rules expect, in Chinese. The rules speak English only: plan/judge.c and judge_form.c.
 */
static const char *const expectations[][2] = {
	{ "a list of keys", "编号清单，用“;”隔开" },
	{ "a key that the plan knows", "计划里有的编号" },
	{ "0, or 1 with the date on which it was reached", "0，或完成的日期" },
	{ "num and den", "分子/分母" },
	{ "a denominator other than 0, or nil with a reason", "分母不是0；没有分母写“无:原因”" },
	{ "no date: it is no milestone", "不是日期：这不是节点指标" },
	{ "a whole number from 0", "0或正整数" },
	{ "a number", "一个数" },
	{ "a text", "一段文字" },
	{ "an indicator of the item", "本事项的指标" },
	{ "an indicator that this unit reports", "由本单位填报的指标" },
	{ "a part of the item", "本事项的部分" },
	{ "a part of its own: this one is another unit's", "本单位负责的部分：这是另一单位的" },
	{ "a value, or nil with a reason", "一个数值，或“无:原因”" },
	{ "the progress of the year in percent", "本年累计进度" },
	{ "what was done", "做了什么" },
	{ "the problems; \"none\" is an answer", "存在的问题；没有写“无”" },
	{ "the next steps", "下一步的措施" },
	{ "who signed it off", "审核人的姓名" },
	{ "at most 1024 keys", "最多1024个编号" },
	{ "a key of 1 to 64 bytes", "1到64字节的编号" },
	{ "an indicator's id with every value", "每个数值都有指标编号" },
	{ "exactly one of mantissa (a date only with it), num with den, keys, text, nil",
		"每个指标只有一种值" },
	{ "a number within 10^15 at its scale", "绝对值不超过10的15次方" },
	{ "nil needs a reason of at most 1 KiB", "“无:原因”，不超过1KiB" },
	{ "a text of 1 byte to 1 KiB", "1字节到1KiB的文字" },
	{ "at most 64 values", "最多64个指标值" },
	{ "each key once", "每个编号一次" },
	{ "a date from 1900 to 9999", "1900年到9999年之间的日期" },
	{ "no ratio beside nil", "写了“无:原因”就不写分子分母" },
	{ "each indicator once", "每个指标一次" },
	{ "at most 64 parts", "最多64个部分" },
	{ "a part's id, and a note of at most 1 KiB", "部分的编号，说明不超过1KiB" },
	{ "each part once", "每个部分一次" },
	{ "at most 16 attachments", "最多16个附件" },
	{ "a name of 1 to 256 bytes, the size and the SHA-256 (32 bytes)",
		"文件名（不超过256字节）、字节数、SHA-256" },
	{ "a whole number from 0 to 100", "0到100的整数" },
	{ "at most 48 KiB", "整份报告不超过48KiB" },
};

/* What check_note of plan/check_values.h says. */
static bool
message_check(const char *english, char out[120])
{
	unsigned percent;
	char number[40], id[64];

	if (sscanf(english, "not more than %39s of %63s", number, id) == 2)
		snprintf(out, 120, "不大于%s(%s)", number, id);
	else if (sscanf(english, "not less than %39s of the period before", number) == 1)
		snprintf(out, 120, "不小于上期的%s", number);
	else if (sscanf(english, "within %u %% of %39s of the period before", &percent, number) ==
		 2)
		snprintf(out, 120, "与上期的%s相差不超过%u%%", number, percent);
	else
		return false;
	return true;
}

const char *
message_expected(const char *english, char out[120])
{
	unsigned long most, has;
	size_t i;

	for (i = 0; i < sizeof expectations / sizeof expectations[0]; i++)
		if (strcmp(expectations[i][0], english) == 0)
			return expectations[i][1];
	if (sscanf(english, "at most %lu bytes, it has %lu", &most, &has) == 2) {
		snprintf(out, 120, "最多%lu字节（约%lu个汉字），现有%lu字节", most, most / 3, has);
		return out;
	}
	return message_check(english, out) ? out : english;
}

const message *
message_at(unsigned n)
{
	return n < sizeof table / sizeof table[0] ? &table[n] : NULL;
}

const message *
message_find(unsigned code)
{
	unsigned n;

	for (n = 0; n < sizeof table / sizeof table[0]; n++)
		if (table[n].code == code)
			return &table[n];
	return NULL;
}

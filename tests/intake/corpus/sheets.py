# SPDX-License-Identifier: Apache-2.0
"""Workbooks as offices make them."""
from listing import FDI, HEADER, INVEST, PARKS, PROJECTS, SHARE, file, one
from handmade import MAIN, Book, Raw, formula, inline, number, table


# ---- plain ones ----

@file("x01_plain.xlsx")
def _():
	"""a table from A1 on, shared texts and numbers"""
	return one(HEADER + [INVEST, PARKS], ["6", "2012-Q2", 50, "已开工", 45.2, 5], [8, "2012-Q2", 40, "正常推进"])


@file("x02_english.xlsx")
def _():
	"""English headers and words"""
	return one(["item", "period", "progress", "status", "done", "i06.invest", "parks"],
		["i06", "2012-Q2", 50, "on_track", "under way", 45.2, 5])


@file("x03_title_and_lines.xlsx")
def _():
	"""a merged title, 填报单位 and 期间 above the header, no column of periods"""
	return Book().sheet("报表", {"A1": "2012年第二季度工作进展情况表", "A2": "填报单位(盖章):沈北新区政府", "D2": "期间:2012年第二季度",
		"F2": "填报日期:2012年7月5日", **table("A4", ["工作事项", "进度(%)", "进展情况"], ["6", 50, "已开工"], ["8", 40, "正常"])},
		merges=["A1:F1", "A2:C2"]).bytes()


@file("x04_lines_in_one_cell.xlsx")
def _():
	"""several labels in one cell, full-width colons, the maker's name counts for all rows"""
	return Book().sheet("报表", {"A1": "填报单位：沈北新区　　报告期：二季度　　填报人：张三　　联系电话：024-1234567",
		**table("A2", ["工作事项", "进度(%)"], ["6", 50], ["8", 40])}).bytes()


@file("x05_labels_beside_values.xlsx")
def _():
	"""a label in one cell and its value in the next"""
	return Book().sheet("报表", {"B1": "期  间", "C1": "2012-Q2", "B2": "审核人：", "C2": "李四",
		**table("B4", ["工作事项", "进度(%)"], ["6", 50])}).bytes()


@file("x06_another_unit.xlsx")
def _():
	"""the line above names another unit: the file is in the wrong folder"""
	return Book().sheet("报表", {"A1": "填报单位:铁西区人民政府", **table("A2", HEADER, ["6", "2012-Q2", 50, "已开工"])}).bytes()


@file("x07_period_line_wrong.xlsx")
def _():
	"""a period above that is none, and no column for it"""
	return Book().sheet("报表", {"A1": "期间:春天", **table("A2", ["工作事项", "进度(%)"], ["6", 50])}).bytes()


@file("x08_not_at_the_corner.xlsx")
def _():
	"""the table begins at C7; rows and columns before it are empty"""
	return Book().sheet("Sheet1", table("C7", HEADER, ["6", "2012-Q2", 50, "已开工"])).bytes()


@file("x09_totals_and_notes.xlsx")
def _():
	"""blank rows, 小计 and 合计, notes and signatures below"""
	return one(["序号"] + HEADER + [INVEST], [1, "6", "2012-Q2", 50, "已开工", 45.2], [], ["小计", None, None, None, None, 45.2],
		[2, "8", "2012-Q2", 40, "正常"], [None, "合  计", None, None, None, 45.2], [],
		["说明:1.进度填写本年累计数。"], ["2.没有发生的不填。"], ["单位负责人:王五", None, None, "审核人:李四", None, "填表人:张三"])


@file("x10_merged_items.xlsx")
def _():
	"""the period merged over all rows counts for each"""
	return one(HEADER, ["6", "2012-Q2", 50, "已开工"], ["8", None, 40, "正常"], ["7", None, 30, "正常"], merges=["B2:B4"])


@file("x11_two_lines_of_header.xlsx")
def _():
	"""a heading over several columns, their names below, the others merged down"""
	return one(["工作事项", "期间", "主要指标", None, "进展情况"], [None, None, INVEST, PARKS, None],
		["甲", "乙", 1, 2, 3], ["6", "2012-Q2", 45.2, 5, "已开工"],
		merges=["A1:A2", "B1:B2", "E1:E2", "C1:D1"])


@file("x12_header_again.xlsx")
def _():
	"""the header stands again where a new page begins"""
	return one(HEADER, ["6", "2012-Q2", 50, "已开工"], HEADER, ["8", "2012-Q2", 40, "正常"])


@file("x13_columns_beside.xlsx")
def _():
	"""a running number, who leads, and a remark that is not part of the report"""
	return one(["序号", "牵头单位", "工作事项", "填报单位", "期间", "进度(%)", "备注"],
		[1, "市发展改革委", "6", "沈北新区", "2012-Q2", 50, "见附件"], [2, "市外经贸局", "8", "沈北新区管委会", "2012-Q2", 40, "无"],
		[3, "市科技局", "7", "于洪区", "2012-Q2", 30])


# ---- numbers ----

@file("x14_doubles.xlsx")
def _():
	"""what was typed, not what the double says: 45.2 is stored as 45.200000000000003"""
	return one(HEADER[:2] + [INVEST, FDI], ["6", "2012-Q2", Raw("<v>45.200000000000003</v>")],
		["8", "2012-Q2", None, Raw("<v>1.2344999999999999</v>")], ["6", "2012-Q1", Raw("<v>4.5200000000000003E1</v>")],
		["8", "2012-Q1", None, Raw("<v>1.0E-3</v>")])


@file("x15_more_decimals.xlsx")
def _():
	"""more decimals than the plan has, shown rounded by the format: refused, not rounded"""
	return one(HEADER[:2] + [INVEST, FDI], ["6", "2012-Q2", number(45.234, "two")],
		["8", "2012-Q2", None, Raw("<v>0.33333333333333331</v>")])


@file("x16_formulas.xlsx")
def _():
	"""a formula's saved value is taken and said; its noise is what the spreadsheet does not show"""
	return one(HEADER[:2] + [INVEST, FDI], ["6", "2012-Q2", formula("SUM(45.1,0.2)", "45.300000000000004")],
		["8", "2012-Q2", None, formula("B9")], ["8", "2012-Q1", None, formula("1/3", "0.33333333333333331")])


@file("x17_errors.xlsx")
def _():
	"""#N/A and its kin, as error and as text"""
	return one(HEADER + [INVEST], ["6", "2012-Q2", 50, "已开工", Raw("<v>#N/A</v>", t="e")], ["8", "2012-Q2", 40, "#REF!"],
		["7", "2012-Q2", Raw("<f>1/0</f><v>#DIV/0!</v>", t="e"), "正常"])


@file("x18_percent.xlsx")
def _():
	"""a percent by its format is a percent, and no amount"""
	return one(HEADER + [INVEST], ["6", "2012-Q2", number(0.5, "percent"), "已开工"], ["8", "2012-Q2", number(0.28999999999999998, "percent"), "正常"],
		["7", "2012-Q2", 0.5, "正常"], ["6", "2012-Q1", number(0.455, "percent"), "正常", number(0.5, "percent")])


@file("x19_dates.xlsx")
def _():
	"""a date where a number should be: by format and as text"""
	return one(HEADER + [INVEST], ["6", "2012-Q2", number(41030, "date"), "已开工"], ["8", "2012-Q2", 40, number(41030, "date_zh")],
		["6", "2012-Q1", 50, "已开工", number(41030.5, "date")], ["7", "2012-Q2", "2012/5/1", "正常"])


@file("x20_exponent.xlsx")
def _():
	"""a number shown in E notation, by format and as text"""
	return one(HEADER[:2] + [INVEST, PARKS], ["6", "2012-Q2", number(4520, "exponent"), "5E0"])


@file("x21_units_behind.xlsx")
def _():
	"""the plan's unit of measure behind a number, typed or by the format; another one is refused"""
	return one(HEADER[:2] + [INVEST, PARKS, FDI], ["6", "2012-Q2", "45.20亿元", "5个"], ["6", "2012-Q1", number(45.2, "yi"), 5],
		["8", "2012-Q2", None, None, number(1.2, "wan")], ["8", "2012-Q1", None, None, "1.2亿元"])


@file("x22_shown_in_thousands.xlsx")
def _():
	"""a format that shows thousands, and one with a currency: not what is stored"""
	return one(HEADER[:2] + [INVEST], ["6", "2012-Q2", number(45200, "scaled")], ["6", "2012-Q1", number(45.2, "yuan")])


@file("x23_full_width.xlsx")
def _():
	"""digits, letters, brackets and signs in full width, in headers and cells"""
	return one(["工作事项", "期间", "进度（％）", "ｉ０６．ｉｎｖｅｓｔ", "新兴产业园区、产业集群建设数（个）"],
		["６", "２０１２－Ｑ２", "５０％", "１，２３４．５０", "５"])


@file("x24_thousands.xlsx")
def _():
	"""thousands separators where they stand right, and where not"""
	return one(HEADER[:2] + [INVEST], ["6", "2012-Q2", "1,234.50"], ["6", "2012-Q1", "12,34.50"], ["6", "2012-Q3", number(1234.5, "thousands")])


@file("x25_text_numbers.xlsx")
def _():
	"""numbers typed as text, with blanks of every kind around them"""
	return one(HEADER[:2] + [INVEST, PARKS], ["6", "2012-Q2", " 45.20 ", "\u00a05\u3000"])


@file("x26_column_in_another_unit.xlsx")
def _():
	"""万元 in the header of a column in 亿元"""
	return one(HEADER[:2] + ["新兴产业完成投资(本年累计)(万元)"], ["6", "2012-Q2", 452000])


@file("x27_line_of_another_unit.xlsx")
def _():
	"""单位:万元 above the table speaks for columns without a unit of their own"""
	return Book().sheet("报表", {"D1": "单位:万元", **table("A2", HEADER[:2] + ["新兴产业完成投资", PARKS], ["6", "2012-Q2", 452000, 5])}).bytes()


@file("x28_line_of_its_unit.xlsx")
def _():
	"""单位:亿元、个 above the table says what the plan says"""
	return Book().sheet("报表", {"D1": "单 位：亿元、个", **table("A2", HEADER[:2] + ["新兴产业完成投资", PARKS], ["6", "2012-Q2", 45.2, 5])}).bytes()


@file("x29_ratio.xlsx")
def _():
	"""a ratio in one cell, with the numbers' separators; a percentage is refused"""
	return one(HEADER[:2] + [SHARE], ["6", "2012-Q2", "1,455.00/3,080.00"], ["6", "2012-Q1", "42.13%"], ["6", "2012-Q3", number(0.4213, "percent")])


@file("x30_keys.xlsx")
def _():
	"""keys with line breaks and full-width separators"""
	return one(HEADER[:2] + [PROJECTS], ["6", "2012-Q2", "P1；P2\nP3、p4"])


# ---- periods and items ----

@file("x31_periods.xlsx")
def _():
	"""the ways in which offices write a period"""
	return one(HEADER[:3], ["1", "二季度", 1], ["2", "2012年第二季度", 2], ["3", "2012年二季度", 3], ["4", "2012Q2", 4], ["6", "第2季度", 6],
		["7", "2012.2季度", 7], ["8", "Q2", 8], ["9", "上半年", 9], ["10", "2012年7月", 10], ["11", number(41091, "date"), 11])


@file("x32_items.xlsx")
def _():
	"""the ways in which offices write an item: number, title, both, with a line break"""
	return one(HEADER[:3], ["(六)加快创新推动新兴产业的培育和发展", "2012-Q2", 1], ["7、鼓励创新促进科技与产业深度融合", "2012-Q2", 2],
		["加强创新提高\n对外开放水平", "2012-Q2", 3], ["第9项", "2012-Q2", 4], ["第99项", "2012-Q2", 5])


@file("x33_line_breaks.xlsx")
def _():
	"""line breaks in headers and cells, as the keyboard and as _x000D_ make them"""
	return one(["工作\n事项", "期\n间", "进度\n(%)", "进展\n情况"], ["6", "2012-Q2", 50, "一、已开工;\n二、在建_x000D_\n三、验收"])


# ---- how texts and rows are stored ----

@file("x34_rich_text.xlsx")
def _():
	"""runs of rich text are joined, phonetic readings left out"""
	return one(HEADER, ["6", "2012-Q2", 50,
		"<r><rPr><b/></rPr><t>已</t></r><r><t xml:space=\"preserve\">开工</t></r><rPh sb=\"0\" eb=\"1\"><t>yikaigong</t></rPh>"])


@file("x35_inline.xlsx")
def _():
	"""texts in the cells themselves, and none shared"""
	return Book().sheet("s", table("A1", [inline(h) for h in HEADER], [inline("6"), inline("2012-Q2"), Raw("<v>50</v>", t="n"), inline("已开工")])).bytes()


@file("x36_no_places.xlsx")
def _():
	"""rows and cells without their places, as some programs write them"""
	rows = "".join("<row>%s</row>" % "".join('<c t="str"><v>%s</v></c>' % v for v in line)
		for line in (HEADER, ["6", "2012-Q2", "50", "已开工"]))
	return Book().sheet("s", {}, rows_xml=rows).bytes()


@file("x37_prefixed.xlsx")
def _():
	"""every name with a namespace prefix, as some programs write them"""
	def change(parts):
		for name in parts:
			if name.startswith("xl/") and name.endswith(".xml"):
				text = parts[name].replace('xmlns="' + MAIN, 'xmlns:x="' + MAIN)
				head, body = text.split("?>\n", 1)
				parts[name] = head + "?>\n" + body.replace("</", "\0").replace("<", "<x:").replace("\0", "</x:")
	return Book().sheet("s", table("A1", HEADER, ["6", "2012-Q2", 50, "已开工"])).bytes(change)


@file("x38_hidden_row.xlsx")
def _():
	"""a row that a filter hides is taken and said"""
	return one(HEADER, ["6", "2012-Q2", 50, "已开工"], ["8", "2012-Q2", 40, "正常"], hidden_rows=[3])


@file("x39_hidden_sheet.xlsx")
def _():
	"""a hidden sheet is not read, a sheet without a header is passed over"""
	return Book().sheet("旧数", table("A1", HEADER, ["6", "2012-Q2", 10, "旧"]), state="hidden").sheet("封面", {"A1": "工作报表"}).sheet(
		"数据", table("A1", HEADER, ["6", "2012-Q2", 50, "已开工"])).bytes()


@file("x40_macros_and_links.xlsm")
def _():
	"""macros, external links and pictures are not looked at"""
	book = Book().sheet("s", table("A1", HEADER, ["6", "2012-Q2", 50, formula("[1]Sheet1!A1", "已开工", t="str")]))
	book.more = {"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0 not looked at", "xl/externalLinks/externalLink1.xml": "<not xml",
		"xl/media/image1.png": b"\x89PNG\r\n"}
	return book.bytes()


@file("x41_base_1904.xlsx")
def _():
	"""dates counted from 1904"""
	return Book(base_1904=True).sheet("s", table("A1", HEADER, ["6", "2012-Q2", 50, number(39568, "date")])).bytes()


@file("x42_form_not_filled.xlsx")
def _():
	"""only items and periods: nothing to take"""
	return one(HEADER, ["6", "2012-Q2"], ["8", "2012-Q2"])


@file("x43_retraction.xlsx")
def _():
	"""a retraction with its reason"""
	return one(["工作事项", "期间", "操作", "原因"], ["6", "2012-Q2", "撤回", "数据有误"])


@file("x44_phone.xlsx")
def _():
	"""a telephone number that the spreadsheet took for a number"""
	return one(HEADER + ["联系电话"], ["6", "2012-Q2", 50, "已开工", 13912345678], ["8", "2012-Q2", 40, "正常", number(2489651234.0)])


@file("x45_wrong_and_right.xlsx")
def _():
	"""right rows are taken beside wrong ones, each wrong cell is named"""
	return one(HEADER + [INVEST, PARKS], ["6", "2012-Q2", 150, "已开工", "很多", 5.5], ["8", "2012-Q2", 40, "正常"], ["888", "2012-Q2", 40, "正常"],
		["7", "2012-Q9", 40, "正常"])


@file("x46_outside_the_table.xlsx")
def _():
	"""a cell beyond the headers"""
	return one(HEADER, ["6", "2012-Q2", 50, "已开工", None, None, "多出来的"])


@file("x47_chart_first.xlsx")
def _():
	"""a chart stands where the first sheet would"""
	def change(parts):
		parts["xl/_rels/workbook.xml.rels"] = parts["xl/_rels/workbook.xml.rels"].replace("/worksheet\"", "/chartsheet\"", 1)
	return Book().sheet("图", {}).sheet("s", table("A1", HEADER, ["6", "2012-Q2", 50, "已开工"])).bytes(change)


@file("x48_absolute_targets.xlsx")
def _():
	"""relations with absolute targets and other names of parts"""
	def change(parts):
		parts["xl/_rels/workbook.xml.rels"] = parts["xl/_rels/workbook.xml.rels"].replace(
			"Target=\"worksheets/sheet1.xml", "Target=\"/xl/pages/first.xml").replace("Target=\"styles", "Target=\"./styles")
		parts["xl/pages/first.xml"] = parts.pop("xl/worksheets/sheet1.xml")
	return Book().sheet("s", table("A1", HEADER, ["6", "2012-Q2", number(0.5, "percent"), "已开工"])).bytes(change)


@file("x49_really_a_workbook.csv")
def _():
	"""a workbook under the name of a CSV file"""
	return one(HEADER, ["6", "2012-Q2", 50, "已开工"])


@file("x50_merged_value.xlsx")
def _():
	"""a text merged over two rows counts for both; one merged over a row that is empty makes none"""
	return one(HEADER, ["6", "2012-Q2", 50, "合并的进展"], ["8", "2012-Q2", 40, None], [], merges=["D2:D4", "A3:A4"])


@file("x51_form_of_another.xlsx")
def _():
	"""the form that was made for another unit, by its hidden property"""
	return Book(unit="tiexi").sheet("填报表", table("A1", HEADER, ["6", "2012-Q2", 50, "已开工"])).bytes()


@file("x52_form_of_ours.xlsx")
def _():
	"""the form that was made for this unit"""
	return Book(unit="shenbei").sheet("填报表", table("A1", HEADER, ["6", "2012-Q2", 50, "已开工"])).bytes()


@file("x53_periods_by_months.xlsx")
def _():
	"""a period by its first and last month, where that is one of the item's"""
	return one(HEADER[:3], ["1", "2012年4-6月", 1], ["2", "4～6月", 2], ["3", "4月至6月", 3], ["4", "1-6月", 4], ["6", "4-7月", 6], ["7", "2012年1月-3月", 7])


@file("x54_a_sheet_a_quarter.xlsx")
def _():
	"""a sheet for each quarter: the first is read, the others are told"""
	return Book().sheet("一季度", table("A1", HEADER, ["6", "2012-Q1", 20, "已开工"])).sheet("说明", {"A1": "填报说明"}).sheet(
		"二季度", table("A1", HEADER, ["6", "2012-Q2", 50, "已开工"])).sheet("三季度", table("A1", HEADER, ["6", "2012-Q3"])).bytes()


@file("x55_merged_doubtful.xlsx")
def _():
	"""a formula without a value, and a number shown in thousands, merged over two rows: doubtful in both"""
	return one(HEADER + [INVEST], ["6", "2012-Q2", 50, "推进", number(1234.5, "scaled")], ["6", "2012-Q1", 40, "推进", None],
		["8", "2012-Q2", formula("C2*2"), "推进", None], ["8", "2012-Q1", None, "推进", None], merges=["E2:E3", "C4:C5"])


@file("x56_first_sheet_not_filled.xlsx")
def _():
	"""the first sheet has the header and rows that are not filled in, the next a note, the third the report"""
	return Book().sheet("空表", table("A1", HEADER, ["6", "2012-Q2", None, None])).sheet("说明", {"A1": "请填写"}).sheet(
		"二季度", table("A1", HEADER, ["6", "2012-Q2", 50, "已开工"])).sheet("又一张", table("A1", HEADER, ["8", "2012-Q2", 50, "已开工"])).bytes()


@file("x57_groups_of_columns.xlsx")
def _():
	"""two lines of header, where a group has the name of a column; totals and signatures below"""
	return Book().sheet("表", {"A1": "2012年第二季度进展情况表", "A2": "填报单位（盖章）：沈北新区管委会", "F2": "填报时间：2012年7月6日",
		**table("A3", ["序号", "工作事项", "期间", "完成情况", None, "主要指标", None, "存在问题", "下一步打算", "审核人"],
		[None, None, None, "进度（%）", "工作进展", "新兴产业完成投资（亿元）", "新兴产业园区、产业集群建设数（个）"],
		[1, "加快创新推动新兴产业的培育和发展", "2012年二季度", 50, "推进", 45.2, 5, "无", "继续", "李四"],
		[2, "(八)加强创新提高对外开放水平", "2012年二季度", 40, "推进", None, None, "无", "继续", "李四"], ["合计", None, None, None, None, 45.2, 5],
		["填报人：张三", None, None, "审核人：李四", None, None, "联系电话：024-12345678"])},
		merges=["A1:J1", "D3:E3", "F3:G3", "A3:A4", "B3:B4", "C3:C4", "H3:H4", "I3:I4", "J3:J4"]).bytes()


@file("x58_letter_ends.xlsx")
def _():
	"""an office's name that the plan has not, and the day, alone below the table: no reports, and the name is said"""
	return Book().sheet("表", {"A1": "期间：2012年第二季度", **table("A2", ["工作事项", "进度(%)", "进展情况", "存在问题", "下一步措施"],
		["6", 50, "推进", "无", "继续"]), "E5": "沈北新区发展和改革局", "E6": "2012年7月6日"}).bytes()


@file("x59_table_of_something_else.xlsx")
def _():
	"""a table of something else below: its rows are not lost in silence"""
	return Book().sheet("表", {**table("A1", HEADER, ["6", "2012-Q2", 50, "已开工"]), **table("A4", ["附表：重点项目"], ["项目名称", "投资额"],
		["光电园", 3])}).bytes()


@file("x60_answer_laid_in.xlsx")
def _():
	"""an answer of ours, mended in its copy of the sheet: what is merged there is lost, so it is no report"""
	return Book().sheet("答复", table("A1", ["行号", "工作事项", "期间", "状态", "列", "单元格", "问题", "应为", "如何修改", "代码", "回执"],
		["2", "6", "2012-Q2", "有误", "进度(%)", "C2", "进度不对：150", "0到100的整数", "填写本年累计进度", "MST-3005"])).sheet(
		"原表", table("A1", HEADER, ["6", "2012-Q2", "50", "已开工"])).bytes()

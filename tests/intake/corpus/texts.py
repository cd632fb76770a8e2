# SPDX-License-Identifier: Apache-2.0
"""CSV and its kin."""
from listing import file

CSV = "工作事项,期间,进度(%),进展情况\r\n6,2012-Q2,50,已开工\r\n8,2012-Q2,40,正常\r\n"


@file("c01_title_and_semicolons.csv")
def _():
	"""a title with commas above a header with semicolons, GB18030"""
	return ("工作进展,第二季度,沈北新区,共3页\r\n填报单位:沈北新区政府;;期间:二季度\r\n工作事项;进度(%);进展情况\r\n6;50;开工,在建\r\n合计;50;\r\n注:本表按季报送\r\n").encode("gb18030")


@file("c02_unicode_text.txt")
def _():
	"""what Excel saves as "Unicode text": UTF-16 with BOM and tabs"""
	return "二季度报表\r\n工作事项\t期间\t进度(%)\t进展情况\r\n6\t2012-Q2\t50%\t\"已开工\n在建\"\r\n".encode("utf-16")


@file("c03_tabs.xls")
def _():
	"""text with tabs under the name of a spreadsheet, as many systems export"""
	return CSV.replace(",", "\t").encode("gb18030")


@file("c04_merged_and_saved.csv")
def _():
	"""a sheet with two lines of header and merged cells, saved as CSV: merges are lost"""
	return "工作事项,期间,主要指标,,进展情况\r\n,,新兴产业完成投资(亿元),新兴产业园区、产业集群建设数,\r\n6,2012-Q2,45.20,5,已开工\r\n".encode("utf-8-sig")


@file("c05_full_width_header.csv")
def _():
	"""full-width brackets, asterisks and blanks in headers"""
	return "＊工作事项,期　间 *,进度（％）,进展情况：\r\n6,2012-Q2,５０％,已开工\r\n".encode()


@file("c06_separators_quoted.csv")
def _():
	"""thousands separators in quotes, and an amount that a comma cuts in two"""
	return ("工作事项,期间,i06.invest,i06.parks\r\n6,2012-Q2,\"1,234.50\",5\r\n6,2012-Q1,1,234.50,5\r\n").encode()


@file("c07_errors.csv")
def _():
	"""#N/A and ##### in text"""
	return "工作事项,期间,进度(%),进展情况\r\n6,2012-Q2,#N/A,已开工\r\n8,2012-Q2,40,########\r\n".encode()


@file("c08_cut_utf16.csv")
def _():
	"""UTF-16 that ends inside a character"""
	return CSV.encode("utf-16")[:-3]


@file("c09_cut_gb18030.csv")
def _():
	"""GB18030 that ends inside a character"""
	return CSV.encode("gb18030")[:-3]


@file("c10_cut_utf8.csv")
def _():
	"""UTF-8 that ends inside a character"""
	return CSV.encode()[:-4]


@file("c11_short_gb.csv")
def _():
	"""a very short file whose Chinese is UTF-8 of something else"""
	return "项,期间\r\n".encode("gb18030")


@file("c12_nul.csv")
def _():
	"""NULs in text"""
	return CSV.replace("50", "5\0").encode()


@file("c13_text_named_xlsx.xlsx")
def _():
	"""CSV under the name of a workbook"""
	return CSV.encode()


@file("c14_utf16be.csv")
def _():
	"""UTF-16, big end first"""
	return b"\xfe\xff" + CSV.encode("utf-16-be")


@file("c15_another_unit_in_a_row.csv")
def _():
	"""a column of units with another one in a row"""
	return "填报单位,工作事项,期间,进度(%)\r\n沈北新区,6,2012-Q2,50\r\n大东区,8,2012-Q2,40\r\n".encode()


@file("c16_notes_between.csv")
def _():
	"""notes end the table, but a row with an item is still one"""
	return "工作事项,期间,进度(%)\r\n6,2012-Q2,50\r\n备注:以下为补充\r\n8,2012-Q2,40\r\n".encode()


@file("c17_numbers_as_people_write.csv")
def _():
	"""units, dates, E notation and decimals in text"""
	return ("工作事项,期间,进度(%),i06.invest,i06.parks,i08.fdi\r\n6,2012-Q2,50,45.20亿元,5个,\r\n6,2012-Q1,50,452000万元,5月1日,\r\n"
		"8,2012-Q2,40,,,1.2345\r\n8,2012-Q1,40,,,1.23456\r\n8,2012-Q3,40,,,1.2E-3\r\n").encode()


@file("c18_period_above.csv")
def _():
	"""the period above, and rows that say another one themselves"""
	return "期间:2012年第二季度,,\r\n工作事项,期间,进度(%)\r\n6,,50\r\n8,2012-Q1,40\r\n".encode()


@file("c19_separator_told.csv")
def _():
	"""a first line that tells the separator, as Excel takes it; a text holds more of the others"""
	return "sep=;\r\n工作事项;期间;进度(%);进展情况\r\n6;2012-Q2;50;\"一,二,三,四,五,六\"\r\n8;2012-Q2;x;好\r\n".encode("gb18030")


@file("c20_no_total_no_note.csv")
def _():
	"""rows whose first text begins like a total or a note, with an item that is wrong: named, not passed over in silence"""
	return ("进展情况,工作事项,期间,进度(%)\r\n合计完成投资45亿元,888,2012-Q2,50\r\n说明会已召开,8888,2012-Q2,40\r\n说明会已召开,6,2012-Q2,40\r\n"
		",说明会筹备,2012-Q2,30\r\n合计,,,\r\n注:以上,,,\r\n续注,,,\r\n补充,88,,40\r\n").encode()


@file("c21_blanks_unseen.csv")
def _():
	"""blanks without width, of all kinds, around names, words and numbers, and alone in a row"""
	return ("填报单位：\u200b沈北新区\u200b,,期间：2012年第二季度\u00a0\u200e\n"
		"工作事项,期间,进度(%),自评,进展情况,存在问题,下一步措施,审核人,填报单位\u200b\n"
		"6\u200b,\u200b2012年第二季度\ufeff,\u00a050\u200b,正常\u3000\u200b,推进\u200b,无,继续,李四,\u200b沈北新区\u200b\u00a0\u3000\n"
		"8\u2009,二季度\u2060,40,\u200e有风险\u200f,推进,无,继续,李四,沈北新区政府\ufeff\n"
		"\u200b,\u200b,,,,,,,\u200b\n").encode()


@file("c22_nothing_in_silence.csv")
def _():
	"""the period above; rows that begin like notes but are filled are judged, true notes and signatures are not, a remark alone is told"""
	return ("期间：2012年第二季度,,,,,,\n工作事项,进度(%),进展情况,存在问题,下一步措施,审核人,备注\n"
		"*6,50,推进,无,继续,李四,\n★加强创新提高对外开放水平,50,推进,无,继续,李四,\n*加快创新,50,推进,无,继续,李四,\n说明会筹备,50,推进,无,继续,李四,\n"
		"7,,,,,,本季度无进展\n合计完成,30,,,,,\n合 计,30,,,,,\n合计(个),30,,,,,\n说明：,以上数据为快报数,,,,,\n续上,,,,,,\n,50,,,,,\n"
		",,,,,沈北新区人民政府,\n,,,,,2012年7月5日,\n填报人：张三,,审核人：,李四,联系电话,024-123,\n").encode()


@file("c23_two_tables.csv")
def _():
	"""a second table below the first, for another period and with the columns in another order"""
	return ("期间：2012年第二季度\n工作事项,进度(%),进展情况,存在问题\n6,50,推进,无\n合计,,,\n\n期间：2012年第一季度\n"
		"工作事项,存在问题,进展情况,下一步措施,进度(%)\n6,缺资金,起步,筹资,20\n8,无,起步,继续,10\n").encode()


@file("c24_two_units_below.csv")
def _():
	"""the second table is another unit's"""
	return ("填报单位：沈北新区\n工作事项,期间,进度(%)\n6,2012-Q2,50\n填报单位：铁西区\n工作事项,期间,进度(%)\n6,2012-Q1,20\n").encode()


@file("c25_other_unit_first.csv")
def _():
	"""a list of several units: another unit's row for the same item takes nothing from the unit's own"""
	return "填报单位,工作事项,期间,进度(%)\n铁西区,6,2012-Q2,60\n沈北新区,6,2012-Q2,50\n".encode()


@file("c26_hints_in_headers.csv")
def _():
	"""what the form asks for stands in brackets behind names of columns; behind that of a number it is a unit of measure"""
	return ('"*工作\n事项","*期间\n(季度)",进展情况(200字以内),审核人（签字）,存在问题（没有填“无”）\n6,二季度,推进,李四,无\n').encode()


@file("c27_progress_in_thousandths.csv")
def _():
	"""progress in another measure"""
	return "工作事项,期间,进度(‰)\n6,2012-Q2,500\n".encode()


@file("c28_ranges.csv")
def _():
	"""ranges and guesses are no dates and no numbers"""
	return "工作事项,期间,进度(%),i06.invest\n6,2012-Q2,50-60,45亿\n6,2012-Q1,约50,＞45\n".encode()


@file("c29_spoilt_by_a_program.csv")
def _():
	"""a phone and a key of which a spreadsheet left powers of ten; numbers that another program wrote as texts"""
	return ('工作事项,期间,进度(%),联系电话,i06.projects\n6,2012-Q2,50,1.38E+10,"20120001;2.01E+11"\n"=""6""","=""2012-Q1""","=""50""","=""02412345""",6E12\n').encode()


@file("c30_signed_by_many.csv")
def _():
	"""a row of signatures below the table"""
	return "工作事项,期间,进度(%),自评\n6,2012-Q2,100,完成\n单位负责人：王五,统计负责人：赵六,填表人：张三\n报出日期：2012年7月5日,,联系人,李四\n".encode()


@file("c31_signed_below.csv")
def _():
	"""names below a table count for its rows, but for those who are named above or in the row"""
	return ("期间：2012年第二季度,填报人：张三\n工作事项,进度(%),审核人\n6,50,\n8,40,赵六\n填报人：孙七,,审核人：李四\n联系电话：024-1234567\n"
		"11,30,\n审核人：周八,,\n").encode()


@file("c32_columns_counted.csv")
def _():
	"""a row below the header that counts the columns is no report, also where its numbers are those of items"""
	return ("序号,工作事项,期间,进度(%),进展情况\n1,2,3,4,5\n1,6,2012-Q2,50,推进\n序号,工作事项,期间,进展情况,进度(%)\n甲,乙,丙,1,2\n2,8,2012-Q2,推进,40\n").encode()


@file("c33_words_are_no_names.csv")
def _():
	"""an instruction that ends in a verb names nobody"""
	return "请各单位认真审核：按季填报：进度为百分数,,\n工作事项,期间,进度(%)\n6,2012-Q2,50\n".encode()


@file("c34_strokes_between.csv")
def _():
	"""divided by strokes; an attachment, which has strokes of its own, stands in quotes"""
	return ('工作事项|期间|进度(%)|进展情况|附件\n6|2012-Q2|50|推进,落实;见效|"照片.jpg|3|' + "ab" * 32 + '"\n').encode()


@file("c35_dashes_where_nothing_is_asked.csv")
def _():
	"""a dash in a cell that asks nothing of its row is an empty cell; where something is asked, or with nothing else in the row, it is wrong"""
	return ("工作事项,期间,进度(%),i06.invest,i08.fdi\n6,2012-Q2,50,45.20,/\n8,2012-Q2,40,——,－\n8,2012-Q1,,-,3.00\n11,2012-Q1,,-,-\n").encode()


@file("c36_three_lines_of_header.csv")
def _():
	"""a header of three lines is not read, and the remedy says so"""
	return ("工作事项,期间,完成,主要指标\n,,进度,投资\n,,进度(%),i06.invest\n6,2012-Q2,50,45.20\n").encode()


@file("c37_fractions_of_whole_numbers.csv")
def _():
	"""decimals where none are asked: progress as a fraction, half a park"""
	return "工作事项,期间,进度(%),i06.parks,i06.invest\n6,2012-Q2,0.48,8.5,45.203\n".encode()


@file("c38_progress_in_words.csv")
def _():
	"""progress that is no number: nil is no way out of it"""
	return "sep=|\n工作事项|期间|进度(%)\n6|2012-Q2|50%左右\n8|2012-Q2|过半\n11|2012-Q2|无:未开始\n".encode()


@file("c39_full_width_commas.csv")
def _():
	"""commas as Chinese writes them divide nothing"""
	return "工作事项，期间，进度(%)\n6，2012-Q2，44\n".encode()


@file("c40_answer_laid_in.csv")
def _():
	"""an answer of ours, which is no report"""
	return ("行号,工作事项,期间,状态,列,单元格,问题,应为,如何修改,代码,回执\r\n"
		"2,8,2012-Q2,有误,进度(%),C2,进度不对：150,0到100的整数,填写本年累计进度,MST-3005,\r\n").encode("utf-8-sig")


@file("c41_answer_laid_in_english.csv")
def _():
	"""an answer of ours in English"""
	return "row,item,period,state,column,cell,problem,expected,remedy,code,receipt\r\n2,8,2012-Q2,received,,,,,,,4/0 2012-07-05 09:00\r\n".encode()

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

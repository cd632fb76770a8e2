# SPDX-License-Identifier: Apache-2.0
"""Workbooks that are wrong, and what is no workbook."""
import warnings

from listing import HEADER, file, one
from handmade import HEAD, MAIN, Book, Raw, inline, pack, table


@file("w01_cut.xlsx")
def _():
	"""the file was not copied to its end"""
	return one(HEADER, ["6", "2012-Q2", 50, "已开工"])[:-400]


@file("w02_entities.xlsx")
def _():
	"""an entity that would grow"""
	def change(parts):
		parts["xl/sharedStrings.xml"] = HEAD + '<!DOCTYPE s [<!ENTITY a "' + "x" * 100 + '"><!ENTITY b "' + "&a;" * 100 + \
			'"><!ENTITY c "' + "&b;" * 100 + '">]><sst xmlns="%s"><si><t>&c;</t></si></sst>' % MAIN
	return Book().sheet("s", table("A1", HEADER, ["6", "2012-Q2", 50, "x"])).bytes(change)


@file("w03_outside_entity.xlsx")
def _():
	"""an entity that would read a file of the machine"""
	def change(parts):
		parts["xl/worksheets/sheet1.xml"] = HEAD + '<!DOCTYPE s SYSTEM "file:///etc/passwd">' + parts["xl/worksheets/sheet1.xml"][len(HEAD):]
	return Book().sheet("s", table("A1", HEADER, ["6", "2012-Q2", 50, "x"])).bytes(change)


@file("w04_part_twice.xlsx")
def _():
	"""two parts of one name"""
	parts = list(Book().sheet("s", table("A1", HEADER, ["6", "2012-Q2", 50, "x"])).parts().items())
	with warnings.catch_warnings():
		warnings.simplefilter("ignore")
		return pack(parts + [("xl/worksheets/Sheet1.xml", dict(parts)["xl/worksheets/sheet1.xml"].replace("50", "90"))])


@file("w05_way_out.xlsx")
def _():
	"""the name of a part leads out of the file"""
	return pack(list(Book().sheet("s", table("A1", HEADER)).parts().items()) + [("../../../etc/cron.d/x", "x")])


@file("w06_relation_out.xlsx")
def _():
	"""a relation leads out of the file"""
	def change(parts):
		parts["xl/_rels/workbook.xml.rels"] = parts["xl/_rels/workbook.xml.rels"].replace("worksheets/sheet1.xml", "../../../../etc/passwd")
	return Book().sheet("s", table("A1", HEADER)).bytes(change)


@file("w07_text_not_there.xlsx")
def _():
	"""a cell points to a shared text that is not there"""
	return one(HEADER, ["6", "2012-Q2", 50, Raw("<v>4711</v>", t="s")])


@file("w08_text_within_text.xlsx")
def _():
	"""a shared text within a shared text"""
	return one(HEADER, ["6", "2012-Q2", 50, "<si><t>a</t></si>"])


@file("w09_rows_out_of_order.xlsx")
def _():
	"""the same row twice"""
	return Book().sheet("s", {}, rows_xml='<row r="2"><c r="A2" t="str"><v>工作事项</v></c></row><row r="2"/>').bytes()


@file("w10_beyond_the_last_row.xlsx")
def _():
	"""a row with a number that no sheet has"""
	return Book().sheet("s", {}, rows_xml='<row r="99999999"><c t="str"><v>x</v></c></row>').bytes()


@file("w11_deep.xlsx")
def _():
	"""nested too deep"""
	return Book().sheet("s", {}, rows_xml="<row>" + "<c>" + "<x>" * 200 + "</x>" * 200 + "</c></row>").bytes()


@file("w12_no_xml.xlsx")
def _():
	"""a part that is no XML"""
	def change(parts):
		parts["xl/worksheets/sheet1.xml"] = "<worksheet><sheetData><row></worksheet>"
	return Book().sheet("s", {}).bytes(change)


@file("w13_part_missing.xlsx")
def _():
	"""a sheet whose part is missing"""
	return Book().sheet("s", table("A1", HEADER)).bytes(lambda parts: parts.pop("xl/worksheets/sheet1.xml"))


@file("w14_no_header.xlsx")
def _():
	"""no row with headers"""
	return one(["今天", "天气", "不错"], ["明天", "也", "好"])


@file("w15_no_item_column.xlsx")
def _():
	"""headers, but not that of the item"""
	return one(["期间", "进度(%)", "进展情况"], ["2012-Q2", 50, "已开工"])


@file("w16_unknown_column.xlsx")
def _():
	"""a column that is not known refuses the file"""
	return one(HEADER + ["天气"], ["6", "2012-Q2", 50, "已开工", "晴"])


@file("w17_all_hidden.xlsx")
def _():
	"""all sheets are hidden"""
	return Book().sheet("s", table("A1", HEADER), state="veryHidden").bytes()


@file("w18_too_wide.xlsx")
def _():
	"""a value in a column far to the right"""
	return Book().sheet("s", {**table("A1", HEADER, ["6", "2012-Q2", 50, "x"]), "ZZ2": 1}).bytes()


@file("w19_password.xlsx")
def _():
	"""a spreadsheet under a password is a container of another kind"""
	return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 480


@file("w20_zip_password.xlsx")
def _():
	"""a zip whose parts are marked as encrypted"""
	data = bytearray(one(HEADER, ["6", "2012-Q2", 50, "x"]))
	for mark, flag in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
		at = data.find(mark)
		while at >= 0:
			data[at + flag] |= 1
			at = data.find(mark, at + 4)
	return bytes(data)


@file("w21_old.xls")
def _():
	"""a spreadsheet of the old kind"""
	return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504 + "Workbook".encode("utf-16-le") + b"\0" * 496


@file("w22_wps.et")
def _():
	"""WPS's own kind, which is the old one too"""
	return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504 + "Workbook".encode("utf-16-le") + "ET".encode() + b"\0" * 494


@file("w23_open.ods")
def _():
	"""a sheet of LibreOffice's own kind"""
	return pack([("mimetype", "application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", "<x/>")], 0)


@file("w24_letter.docx")
def _():
	"""a text document"""
	return pack([("[Content_Types].xml", "<Types/>"), ("word/document.xml", "<x/>")])


@file("w25_scan.pdf")
def _():
	"""a scanned page"""
	return b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj\n"


@file("w26_photo.jpg")
def _():
	"""a photograph"""
	return b"\xff\xd8\xff\xe0\x00\x10JFIF\0" + bytes(range(64))


@file("w27_web_page.xls")
def _():
	"""a web page under the name of a spreadsheet, as some systems export"""
	return "<html><body><table><tr><td>工作事项</td></tr></table></body></html>".encode("gb18030")


@file("w28_archive.xlsx")
def _():
	"""an archive of something else"""
	return pack([("report/a.txt", "x"), ("report/b.txt", "y")])


@file("w29_long_cell.xlsx")
def _():
	"""a text that is too long for any report"""
	return one(HEADER, ["6", "2012-Q2", 50, inline("长" * 30000)])


@file("w30_empty.xlsx")
def _():
	"""nothing at all"""
	return b""


@file("w31_empty_sheet.xlsx")
def _():
	"""a workbook with an empty sheet"""
	return Book().sheet("Sheet1", {}).bytes()


@file("w32_binary.xlsb")
def _():
	"""a workbook in Excel's binary form"""
	return pack(list({"[Content_Types].xml": "<Types/>", "_rels/.rels": "<Relationships/>", "xl/workbook.bin": "\x83\x01"}.items()))


@file("w33_packed.zip")
def _():
	"""the report in an archive"""
	return pack(list({"二季度.xlsx": "x"}.items()))


@file("w34_packed.rar")
def _():
	"""the same, packed by another program"""
	return b"Rar!\x1a\x07\x01\x00" + bytes(40)


@file("w35_fixed.ofd")
def _():
	"""a document for print"""
	return pack(list({"OFD.xml": "<OFD/>", "Doc_0/Document.xml": "<Document/>"}.items()))


@file("w36_one_page.mht")
def _():
	"""a workbook saved as a web page in one file"""
	return b"MIME-Version: 1.0\r\nX-Document-Type: Workbook\r\n\r\n"

# SPDX-License-Identifier: Apache-2.0
"""A small writer of .xlsx from the standard library, with the oddities that no library writes.

A sheet is a dict of cell name -> value: text (shared), int, float or Raw (its attributes and what stands in it). Everything is written
the same each time, so that the files in the tree do not change when they are made anew.
"""
import io
import re
import zipfile
from xml.sax.saxutils import escape, quoteattr

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
# cell styles by name: their place in cellXfs
FORMATS = {"plain": 0, "date": 14, "percent": 9, "exponent": 11, "text": 49, "thousands": 4,
	"yi": ('0.00"亿元"', 200), "wan": ('0.00"万元"', 201), "scaled": ('#,##0.0,', 202),
	"date_zh": ('yyyy"年"m"月"d"日"', 203), "yuan": ('[$¥-804]#,##0.00', 204), "two": ("0.00_ ", 205)}
STYLES = list(FORMATS)


class Raw:
	"""A cell as it stands: attributes of <c> and its content."""

	def __init__(self, content, **attributes):
		self.content, self.attributes = content, attributes


def style(name):
	return str(STYLES.index(name))


def number(value, shown="plain"):
	"""A number as Excel stores it: 17 digits where 15 do not give the same double."""
	text = repr(value) if isinstance(value, int) else "%.15g" % value
	if float(text) != value:
		text = "%.17g" % value
	return Raw("<v>%s</v>" % text, s=style(shown))


def formula(text, value=None, **attributes):
	return Raw("<f>%s</f>" % escape(text) + ("" if value is None else "<v>%s</v>" % escape(str(value))), **attributes)


def inline(text):
	return Raw("<is><t>%s</t></is>" % escape(text), t="inlineStr")


def place(name):
	letters, row = re.fullmatch(r"([A-Z]+)([0-9]+)", name).groups()
	column = 0
	for letter in letters:
		column = 26 * column + ord(letter) - 64
	return int(row), column


def column_name(n):
	name = ""
	while n:
		n, rest = divmod(n - 1, 26)
		name = chr(65 + rest) + name
	return name


def table(top, *rows):
	"""Rows of values from the cell TOP on; None is no cell."""
	row, column = place(top)
	return {"%s%d" % (column_name(column + j), row + i): value
		for i, line in enumerate(rows) for j, value in enumerate(line) if value is not None}


class Book:
	def __init__(self, base_1904=False, unit=None):
		self.sheets, self.strings, self.base_1904, self.unit, self.more = [], [], base_1904, unit, {}

	def sheet(self, name, cells, merges=(), hidden_rows=(), state=None, rows_xml=None):
		self.sheets.append((name, cells, merges, hidden_rows, state, rows_xml))
		return self

	def shared(self, text):
		"""The number of a shared text; XML of an <si> when it begins with a tag."""
		if text not in self.strings:
			self.strings.append(text)
		return self.strings.index(text)

	def cell(self, name, value):
		if isinstance(value, (int, float)):
			value = number(value)
		if isinstance(value, str):
			value = Raw("<v>%d</v>" % self.shared(value), t="s")
		attributes = dict(value.attributes)
		attributes.setdefault("r", name)
		given = "".join(" %s=%s" % (k, quoteattr(v)) for k, v in attributes.items() if v is not None)
		return "<c%s>%s</c>" % (given, value.content)

	def sheet_xml(self, cells, merges, hidden_rows, rows_xml):
		rows = {}
		for name in cells:
			rows.setdefault(place(name)[0], []).append(name)
		body = []
		for row in sorted(rows):
			names = sorted(rows[row], key=lambda n: place(n)[1])
			body.append('<row r="%d"%s>%s</row>' % (row, ' hidden="1"' if row in hidden_rows else "",
				"".join(self.cell(n, cells[n]) for n in names)))
		merged = '<mergeCells count="%d">%s</mergeCells>' % (len(merges),
			"".join('<mergeCell ref="%s"/>' % m for m in merges)) if merges else ""
		return HEAD + '<worksheet xmlns="%s"><sheetData>%s</sheetData>%s</worksheet>' % (
			MAIN, "".join(body) if rows_xml is None else rows_xml, merged)

	def styles_xml(self):
		own = "".join('<numFmt numFmtId="%d" formatCode=%s/>' % (f[1], quoteattr(f[0]))
			for f in FORMATS.values() if isinstance(f, tuple))
		xfs = "".join('<xf numFmtId="%d"/>' % (f[1] if isinstance(f, tuple) else f) for f in FORMATS.values())
		return HEAD + '<styleSheet xmlns="%s"><numFmts>%s</numFmts><cellXfs>%s</cellXfs></styleSheet>' % (MAIN, own, xfs)

	def strings_xml(self):
		items = "".join("<si>%s</si>" % (s if s.startswith("<") else '<t xml:space="preserve">%s</t>' % escape(s))
			for s in self.strings)
		return HEAD + '<sst xmlns="%s">%s</sst>' % (MAIN, items)

	def types_xml(self):
		kinds = [("xl/workbook.xml", "sheet.main"), ("xl/styles.xml", "styles"), ("xl/sharedStrings.xml", "sharedStrings")]
		kinds += [("xl/worksheets/sheet%d.xml" % i, "worksheet") for i in range(1, len(self.sheets) + 1)]
		return HEAD + ('<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" '
			'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>'
			+ "".join('<Override PartName="/%s" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.%s+xml"/>' % k
				for k in kinds) + "</Types>")

	def parts(self):
		"""name -> text of every part, in the order of the zip."""
		out = {"[Content_Types].xml": self.types_xml(),
			"_rels/.rels": HEAD + '<Relationships xmlns="%s"><Relationship Id="rId1" Type="%s/officeDocument"'
				' Target="xl/workbook.xml"/>%s</Relationships>' % (PACKAGE, OFFICE, "" if self.unit is None else
				'<Relationship Id="rId2" Type="%s/custom-properties" Target="docProps/custom.xml"/>' % OFFICE)}
		if self.unit is not None:
			out["docProps/custom.xml"] = HEAD + ('<Properties xmlns:vt="x"><property name="Title"><vt:lpwstr>x</vt:lpwstr></property>'
				'<property name="muster.unit"><vt:lpwstr>%s</vt:lpwstr></property></Properties>' % self.unit)
		listed, relations = [], []
		for i, (name, cells, merges, hidden, state, rows_xml) in enumerate(self.sheets, 1):
			listed.append('<sheet name=%s sheetId="%d"%s r:id="rId%d"/>' % (
				quoteattr(name), i, ' state="%s"' % state if state else "", i))
			relations.append('<Relationship Id="rId%d" Type="%s/worksheet" Target="worksheets/sheet%d.xml"/>' % (i, OFFICE, i))
			out["xl/worksheets/sheet%d.xml" % i] = self.sheet_xml(cells, merges, hidden, rows_xml)
		n = len(self.sheets)
		for i, kind in enumerate(("styles", "sharedStrings"), n + 1):
			relations.append('<Relationship Id="rId%d" Type="%s/%s" Target="%s.xml"/>' % (i, OFFICE, kind, kind))
		out["xl/workbook.xml"] = HEAD + '<workbook xmlns="%s" xmlns:r="%s">%s<sheets>%s</sheets></workbook>' % (
			MAIN, OFFICE, '<workbookPr date1904="1"/>' if self.base_1904 else "", "".join(listed))
		out["xl/_rels/workbook.xml.rels"] = HEAD + '<Relationships xmlns="%s">%s</Relationships>' % (PACKAGE, "".join(relations))
		out["xl/styles.xml"] = self.styles_xml()
		out["xl/sharedStrings.xml"] = self.strings_xml()
		out.update(self.more)
		return out

	def bytes(self, change=None):
		"""The file; CHANGE may alter its parts (name -> text) before they are packed."""
		parts = self.parts()
		if change is not None:
			change(parts)
		return pack(parts.items())


def pack(parts, compress=zipfile.ZIP_DEFLATED):
	"""A zip of (name, text or bytes), the same each time."""
	out = io.BytesIO()
	with zipfile.ZipFile(out, "w", compress) as z:
		for name, text in parts:
			info = zipfile.ZipInfo(name, (2012, 7, 5, 9, 0, 0))
			info.compress_type = compress
			z.writestr(info, text if isinstance(text, bytes) else text.encode())
	return out.getvalue()

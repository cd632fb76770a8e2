# SPDX-License-Identifier: Apache-2.0
"""A workbook opened, typed into and saved, as a spreadsheet program does it: the standard library's zip and XML, nothing of ours."""
import re
import xml.etree.ElementTree as ET
import zipfile

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
N = "{%s}" % MAIN
ET.register_namespace("", MAIN)


def place(column, row):
	letters = ""
	while column > 0:
		column, rest = divmod(column - 1, 26)
		letters = chr(65 + rest) + letters
	return "%s%d" % (letters, row)


def column_of(ref):
	n = 0
	for letter in re.match(r"[A-Z]+", ref).group(0):
		n = n * 26 + ord(letter) - 64
	return n


class Workbook:
	"""The first sheet by default; cells by their A1 names, or by the header of the table and the row's item."""

	def __init__(self, path, sheet=1):
		with zipfile.ZipFile(path) as z:
			self.parts = {name: z.read(name) for name in z.namelist()}
		self.name = "xl/worksheets/sheet%d.xml" % sheet
		self.root = ET.fromstring(self.parts[self.name])
		shared = ET.fromstring(self.parts["xl/sharedStrings.xml"]) if "xl/sharedStrings.xml" in self.parts else []
		self.shared = ["".join(t.text or "" for t in si.iter(N + "t")) for si in shared]

	def text(self, cell):
		value = cell.find(N + "v")
		if cell.get("t") == "inlineStr":
			return "".join(t.text or "" for t in cell.iter(N + "t"))
		if value is None:
			return ""
		return self.shared[int(value.text)] if cell.get("t") == "s" else value.text

	def cells(self):
		return {c.get("r"): self.text(c) for c in self.root.iter(N + "c")}

	def rows(self):
		"""Row number -> {column number: text}."""
		out = {}
		for ref, text in self.cells().items():
			out.setdefault(int(re.search(r"\d+", ref).group(0)), {})[column_of(ref)] = text
		return out

	def header(self):
		"""(its row, {header: column}): the first row with 期间 or period in it."""
		for number, cells in sorted(self.rows().items()):
			if "期间" in cells.values() or "period" in cells.values():
				return number, {text: column for column, text in cells.items() if text}
		raise AssertionError("no header")

	def find(self, item, header):
		"""The name of the cell of ITEM's row under HEADER, each given by its beginning."""
		at, headers = self.header()
		names = [h for h in headers if h.startswith(header)]
		assert names, "no column %s in %s" % (header, list(headers))
		for number, cells in sorted(self.rows().items()):
			if number > at and any(text.startswith(item) for column, text in cells.items() if column <= 3):
				return place(headers[header if header in headers else names[0]], number)
		raise AssertionError("no row of %s" % item)

	def get(self, item, header):
		return self.cells().get(self.find(item, header), "")

	def set(self, ref, value):
		"""A number stays one, anything else is text."""
		cell = [c for c in self.root.iter(N + "c") if c.get("r") == ref][0]
		for child in list(cell):
			cell.remove(child)
		cell.attrib.pop("t", None)
		if isinstance(value, (int, float)):
			ET.SubElement(cell, N + "v").text = repr(value)
		elif value:
			cell.set("t", "inlineStr")
			ET.SubElement(ET.SubElement(cell, N + "is"), N + "t").text = value

	def fill(self, item, **values):
		for header, value in values.items():
			self.set(self.find(item, header), value)

	def save(self, path):
		self.parts[self.name] = ET.tostring(self.root, encoding="UTF-8", xml_declaration=True)
		with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as z:
			for name, content in self.parts.items():
				z.writestr(name, content)

	def comments(self):
		"""{cell: text} of all sheets."""
		out = {}
		for name, content in self.parts.items():
			if re.match(r"xl/comments\d*\.xml", name):
				for c in ET.fromstring(content).iter(N + "comment"):
					out[c.get("ref")] = "".join(t.text or "" for t in c.iter(N + "t"))
		return out

	def fill_of(self, ref):
		"""The colour behind a cell, "RRGGBB" or None."""
		styles = ET.fromstring(self.parts["xl/styles.xml"])
		cell = [c for c in self.root.iter(N + "c") if c.get("r") == ref][0]
		xf = styles.find(N + "cellXfs")[int(cell.get("s", "0"))]
		colour = styles.find(N + "fills")[int(xf.get("fillId", "0"))].find(".//" + N + "fgColor")
		return None if colour is None else (colour.get("rgb") or "")[-6:]

	def is_locked(self, ref):
		styles = ET.fromstring(self.parts["xl/styles.xml"])
		cell = [c for c in self.root.iter(N + "c") if c.get("r") == ref][0]
		protection = styles.find(N + "cellXfs")[int(cell.get("s", "0"))].find(N + "protection")
		return protection is None or protection.get("locked") != "0"

# SPDX-License-Identifier: Apache-2.0
"""The list of files of the corpus: a file is a function whose docstring says what is odd about it, and which returns the bytes."""
from handmade import Book, table

FILES = {}
HEADER = ["工作事项", "期间", "进度(%)", "进展情况"]
INVEST, PARKS = "新兴产业完成投资(本年累计)(亿元)", "新兴产业园区、产业集群建设数"
FDI, SHARE, PROJECTS = "实际利用外资(当期)(亿美元)", "新兴产业产值占工业总产值比重", "重点项目清单"


def file(name):
	def keep(make):
		assert name not in FILES
		FILES[name] = make
		return make
	return keep


def one(*rows, **more):
	"""A workbook with one sheet and its table at A1."""
	return Book().sheet("二季度", table("A1", *rows), **more).bytes()

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * codes.h - every stable error code MST-nnnn, one home. A code is never reused or renumbered.
 *
 * 1xxx base: files, settings, text   2xxx plan files        3xxx report data
 * 4xxx session and frames            5xxx stored data       6xxx agent and intake
 * 7xxx command line
 */
#ifndef BASE_CODES_H
#define BASE_CODES_H

enum ms_code {
	/* 1xxx base */
	MST_NO_MEMORY = 1001,
	MST_FILE_OPEN = 1002,
	MST_FILE_READ = 1003,
	MST_FILE_WRITE = 1004,
	MST_FILE_TOO_LARGE = 1005,
	MST_FILE_EXISTS = 1006,
	MST_DIR_LOCKED = 1007,
	MST_DIR_NETWORK = 1008,
	MST_KEY_FILE = 1009,
	MST_RANDOM = 1010,
	/* 2xxx plan files */
	MST_PLAN_SYNTAX = 2001,
	MST_PLAN_UNKNOWN_OPTION = 2002,
	MST_PLAN_MISSING = 2003,
	MST_PLAN_NUMBER = 2004,
	MST_PLAN_WORD = 2005,
	MST_PLAN_PERIOD = 2006,
	MST_PLAN_ID = 2007,
	MST_PLAN_DUPLICATE = 2008,
	MST_PLAN_AMBIGUOUS = 2009,
	MST_PLAN_UNKNOWN_UNIT = 2010,
	MST_PLAN_UNKNOWN_GROUP = 2011,
	MST_PLAN_DISABLED_UNIT = 2012,
	MST_PLAN_LEADS = 2013,
	MST_PLAN_SPLIT = 2014,
	MST_PLAN_OWNER = 2015,
	MST_PLAN_ROLE = 2016,
	MST_PLAN_REPORTERS = 2017,
	MST_PLAN_TARGET = 2018,
	MST_PLAN_RULES = 2019,
	MST_PLAN_RANGE = 2020,
	MST_PLAN_CYCLE = 2021,
	MST_PLAN_TEXT = 2022,
	MST_PLAN_TOO_LARGE = 2023,
	MST_PLAN_DATE = 2024,
	MST_PLAN_HASH = 2025,
	MST_PLAN_SCORE = 2026,
	MST_PLAN_CHECK = 2027,
	MST_PLAN_INFERRED = 2028,
	MST_PLAN_ZONE = 2029,
	MST_PLAN_UNKNOWN_INDICATOR = 2030,
	MST_PLAN_COUNT = 2031,
	/* warnings */
	MST_PLAN_DAY_OFF = 2050,
	MST_PLAN_SHORT_NOTICE = 2051,
	MST_PLAN_REDUNDANT = 2052,
	MST_PLAN_UNRANKED = 2053,
	MST_PLAN_UNUSED = 2054,
	/* 3xxx report data */
	/* 4xxx session and frames */
	/* 5xxx stored data */
	/* 6xxx agent and intake */
	/* 7xxx command line */
	MST_CLI_VERB = 7001,
	MST_CLI_OPTION = 7002,
	MST_CLI_OUTPUT = 7003,
	MST_CLI_WORDS = 7004,
	MST_CLI_ITEM = 7005,
	MST_CODE_LAST = 9999
};

#endif

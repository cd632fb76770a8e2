/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_plan_2012.c - the plan that is shipped says what the city's work plan of 2012 says.
 *
 * The words are proved by putting the source together again from the plan: its SHA-256 is known
 * from the source itself.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "plan_testing.h"

static int
setup(void **state)
{
	buf bytes = { 0 };
	ms_error err = { 0 };
	plan *p = NULL;

	read_plan_2012(&bytes);
	assert_int_equal(plan_load(buf_span(&bytes), "shenyang-2012.conf", &p, NULL, &err), MS_OK);
	buf_fini(&bytes);
	*state = p;
	return 0;
}

static int
teardown(void **state)
{
	plan_free(*state);
	return 0;
}

static const char *const item_ids[] = {
	"i01",
	"i02",
	"i03",
	"i04",
	"i05",
	"i06",
	"i07",
	"i08",
	"i09",
	"i10",
	"i11",
	"i12",
	"i13",
};
static const unsigned leads[] = { 2, 2, 2, 5, 3, 3, 1, 1, 2, 3, 4, 1, 3 };
static const unsigned required[] = { 18, 18, 18, 5, 5, 20, 20, 17, 18, 7, 20, 2, 11 };
static const unsigned required_in_source[] = { 10, 10, 10, 5, 5, 12, 12, 9, 10, 7, 12, 2, 11 };

static period
period_of(const char *name)
{
	period at;

	assert_true(period_parse(span_str(name), &at));
	return at;
}

static void
items_and_leads_are_those_of_the_source(void **state)
{
	const plan *p = *state;

	assert_int_equal(p->n_items, 13);
	for (uint32_t i = 0; i < 13; i++) {
		assert_string_equal(p->items[i].id, item_ids[i]);
		assert_int_equal(p->items[i].number, i + 1);
		assert_int_equal(p->items[i].n_leads, leads[i]);
		for (size_t k = 0; k < p->items[i].n_leads; k++)
			assert_true(plan_is_lead(p, i, p->items[i].leads[k]));
	}
	assert_string_equal(p->units[p->items[0].leads[0]].id, "fgw");
	assert_string_equal(p->units[p->items[0].leads[1]].id, "kjj");
	assert_int_equal(p->items[3].mode, ITEM_SPLIT);
	assert_int_equal(p->items[6].mode, ITEM_SOLE);
	assert_int_equal(p->items[5].mode, ITEM_JOINT);
}

static void
a_quarter_owes_179_reports(void **state)
{
	static const char *const quarters[] = { "2012-Q1", "2012-Q2", "2012-Q3", "2012-Q4" };
	const plan *p = *state;

	for (size_t q = 0; q < 4; q++) {
		uint32_t sum = 0;

		for (uint32_t i = 0; i < p->n_items; i++) {
			assert_int_equal(plan_expected(p, i, period_of(quarters[q])), required[i]);
			sum += plan_expected(p, i, period_of(quarters[q]));
		}
		assert_int_equal(sum, 179);
	}
}

static void
the_units_of_the_source_alone_owe_115(void **state)
{
	const plan *p = *state;
	uint32_t sum = 0;

	for (uint32_t i = 0; i < p->n_items; i++) {
		uint32_t n = 0;

		for (uint32_t u = 0; u < p->n_units; u++)
			n += p->units[u].in_source && plan_expects(p, i, u, period_of("2012-Q1"))
				     ? 1
				     : 0;
		assert_int_equal(n, required_in_source[i]);
		sum += n;
	}
	assert_int_equal(sum, 115);
}

static uint32_t
load_of(const plan *p, const char *id)
{
	int u = plan_find_unit(p, span_str(id));
	uint32_t n = 0;

	assert_true(u >= 0);
	for (uint32_t i = 0; i < p->n_items; i++)
		n += plan_expects(p, i, (uint32_t)u, period_of("2012-Q3")) ? 1 : 0;
	return n;
}

static void
each_unit_owes_what_the_roles_add_up_to(void **state)
{
	static const struct {
		const char *id;
		unsigned load;
	} rows[] = {
		{ "shenbei", 10 },
		{ "yuhong", 9 },
		{ "sujiatun", 9 },
		{ "dongling", 9 },
		{ "jrkfq", 9 },
		{ "zbq", 9 },
		{ "qipanshan", 9 },
		{ "tiexi", 8 },
		{ "heping", 8 },
		{ "xinmin", 8 },
		{ "faku", 8 },
		{ "fgw", 8 },
		{ "kjj", 7 },
		{ "jxw", 6 },
		{ "zxqyj", 3 },
		{ "wjmj", 2 },
		{ "tjj", 1 },
		{ "jkgw", 2 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(load_of(*state, rows[i].id), rows[i].load);
}

static void
lead_beats_required_beats_optional(void **state)
{
	const plan *p = *state;
	uint32_t i10 = (uint32_t)plan_find_item(p, span_str("i10")),
		 i13 = (uint32_t)plan_find_item(p, span_str("i13"));

	/* shenbei leads 10 and is in @districts, which are optional there. */
	assert_int_equal(
		plan_role_of(p, i10, (uint32_t)plan_find_unit(p, span_str("shenbei"))), ROLE_LEAD);
	assert_int_equal(plan_role_of(p, i10, (uint32_t)plan_find_unit(p, span_str("tiexi"))),
		ROLE_OPTIONAL);
	assert_int_equal(
		plan_role_of(p, i13, (uint32_t)plan_find_unit(p, span_str("czj"))), ROLE_REQUIRED);
	assert_int_equal(
		plan_role_of(p, i13, (uint32_t)plan_find_unit(p, span_str("rhb"))), ROLE_OPTIONAL);
	assert_int_equal(
		plan_role_of(p, i13, (uint32_t)plan_find_unit(p, span_str("tiexi"))), ROLE_NONE);
}

static void
the_texts_put_together_are_the_source_to_the_byte(void **state)
{
	const plan *p = *state;
	buf source = { 0 };
	hash32 hash;

	buf_add_text(&source, p->preamble);
	for (uint32_t i = 0; i < p->n_items; i++) {
		buf_add_text(&source, i == 12 ? " " : "\n"); /* items 12 and 13 share a line */
		buf_add_text(&source, p->items[i].text);
	}
	buf_add_text(&source, " |"); /* so the source ends */
	assert_false(source.failed);
	hash = hash_of(buf_span(&source));
	buf_fini(&source);
	assert_memory_equal(hash.at, p->source_hash.at, HASH_SIZE);
}

static void
role_clauses_end_their_paragraphs(void **state)
{
	const plan *p = *state;

	for (uint32_t i = 0; i < p->n_items; i++) {
		const char *clause = p->items[i].role_clause, *text = p->items[i].text;

		assert_non_null(clause);
		assert_int_equal(strncmp(clause, "此项工作由", strlen("此项工作由")), 0);
		assert_string_equal(text + strlen(text) - strlen(clause), clause);
	}
}

static void
every_name_in_the_source_finds_its_unit(void **state)
{
	static const struct {
		const char *name, *id;
	} rows[] = {
		{ "市发展改革委", "fgw" },
		{ "发展改革委", "fgw" },
		{ "科技局", "kjj" },
		{ "市科技局", "kjj" },
		{ "市软环境建设办公室", "rhb" },
		{ "硬环境建设办公室", "yhb" },
		{ "市经济和信息化委", "jxw" },
		{ "经济和信息化委", "jxw" },
		{ "服务业委", "fwyw" },
		{ "市服务业委", "fwyw" },
		{ "农经委", "njw" },
		{ "市金融办", "jrb" },
		{ "环保局", "hbj" },
		{ "市环保局", "hbj" },
		{ "中小企业局", "zxqyj" },
		{ "市外经贸局", "wjmj" },
		{ "市教育局", "jyj" },
		{ "文广局", "wgj" },
		{ "市人力资源社会保障局", "rsj" },
		{ "市委教科工委", "jkgw" },
		{ "统计局", "tjj" },
		{ "市财政局", "czj" },
		{ "沈北新区", "shenbei" },
		{ "沈北新区政府", "shenbei" },
		{ "于洪区", "yuhong" },
		{ "苏家屯区政府", "sujiatun" },
		{ "东陵区(浑南新区)", "dongling" },
		{ "东陵区(浑南新区)政府", "dongling" },
		{ "铁西区", "tiexi" },
		{ "沈阳金融商贸开发区管委会", "jrkfq" },
		{ "沈阳综合保税区管委会", "zbq" },
		{ "棋盘山开发区管委会", "qipanshan" },
		/* full width, and the full forms */
		{ "东陵区(浑南新区)", "dongling" },
		{ "浑南新区", "dongling" },
		{ "沈阳市铁西区人民政府", "tiexi" },
		{ "沈阳市科学技术局", "kjj" },
		{ "棋盘山开发区", "qipanshan" },
		{ "新民市人民政府", "xinmin" },
		{ "kjj", "kjj" },
		{ " 市科技局 ", "kjj" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int u = plan_match_unit(*state, span_str(rows[i].name));

		if (u < 0 || strcmp(((const plan *)*state)->units[u].id, rows[i].id) != 0)
			fail_msg("%s does not match %s", rows[i].name, rows[i].id);
	}
	assert_int_equal(plan_match_unit(*state, span_str("市")), -1);
	assert_int_equal(plan_match_unit(*state, span_str("沈阳市政府")), -1);
	assert_int_equal(plan_match_unit(*state, span_str("沈阳经济技术开发区管委会")),
		-1); /* switched off */
	assert_int_equal(plan_match_unit(*state, span_str("")), -1);
	assert_int_equal(plan_match_unit(*state, span_of("\xff\xfe", 2)), -1);
}

static void
items_and_indicators_are_found_by_any_of_their_names(void **state)
{
	const plan *p = *state;
	uint32_t i06 = (uint32_t)plan_match_item(p, span_str("6"));

	assert_string_equal(p->items[i06].id, "i06");
	assert_int_equal(plan_match_item(p, span_str("i06")), i06);
	assert_int_equal(plan_match_item(p, span_str("加快创新推动新兴产业的培育和发展")), i06);
	assert_int_equal(plan_match_item(p, span_str("14")), -1);
	assert_int_equal(plan_match_item(p, span_str("0")), -1);
	assert_int_equal(plan_match_indicator(p, i06, span_str("parks")),
		plan_find_indicator(p, span_str("i06.parks")));
	assert_int_equal(plan_match_indicator(p, i06, span_str("i06.parks")),
		plan_find_indicator(p, span_str("i06.parks")));
	assert_int_equal(plan_match_indicator(p, i06, span_str("新兴产业园区、产业集群建设数")),
		plan_find_indicator(p, span_str("i06.parks")));
	/* NFKC: full width brackets */
	assert_int_equal(plan_match_indicator(p, i06, span_str("新兴产业完成投资（本年累计）")),
		plan_find_indicator(p, span_str("i06.invest")));
	assert_int_equal(plan_match_indicator(p, i06, span_str("fdi")), -1);
}

static void
deadlines_are_the_tenth_day_after_the_quarter(void **state)
{
	static const struct {
		const char *period, *instant;
	} rows[] = {
		{ "2012-Q1", "2012-04-10T16:00:00Z" },
		{ "2012-Q2", "2012-07-10T16:00:00Z" },
		{ "2012-Q3", "2012-10-10T16:00:00Z" },
		{ "2012-Q4", "2013-01-10T16:00:00Z" },
	};
	const plan *p = *state;

	for (uint32_t i = 0; i < p->n_items; i++)
		for (size_t k = 0; k < 4; k++) {
			period at;
			int64_t us;

			assert_true(plan_item_period(p, i, (unsigned)k, &at));
			assert_true(period_equal(at, period_of(rows[k].period)));
			assert_int_equal(time_parse(span_str(rows[k].instant), &us, NULL), MS_OK);
			assert_int_equal(plan_deadline_us(p, i, at), us);
			assert_int_equal(plan_lock_us(p, i, at), us + 60 * INT64_C(86400000000));
		}
	assert_false(plan_item_period(p, 0, 4, &(period){ 0 }));
	assert_true(plan_has_period(p, 0, period_of("2012-Q4")));
	assert_false(plan_has_period(p, 0, period_of("2013-Q1")));
	assert_false(plan_has_period(p, 0, period_of("2012")));
	assert_false(plan_has_period(p, 0, period_of("2012-04")));
}

static void
indicators_are_due_with_their_own_period(void **state)
{
	const plan *p = *state;
	uint32_t rd = (uint32_t)plan_find_indicator(p, span_str("i13.rd_gdp"));
	uint32_t parks = (uint32_t)plan_find_indicator(p, span_str("i06.parks"));
	uint32_t tjj = (uint32_t)plan_find_unit(p, span_str("tjj")),
		 tiexi = (uint32_t)plan_find_unit(p, span_str("tiexi"));
	uint32_t fgw = (uint32_t)plan_find_unit(p, span_str("fgw"));

	assert_false(plan_wants_value(p, rd, tjj, period_of("2012-Q3")));
	assert_true(plan_wants_value(p, rd, tjj, period_of("2012-Q4")));
	assert_false(plan_wants_value(p, rd, fgw, period_of("2012-Q4")));
	assert_true(plan_wants_value(p, parks, tiexi, period_of("2012-Q1")));
	assert_false(plan_wants_value(p, parks, fgw, period_of("2012-Q1")));
	assert_int_equal(plan_reporters(p, parks, period_of("2012-Q1")), 16);
	assert_int_equal(plan_reporters(p, rd, period_of("2012")), 1);
}

static void
targets_are_7_30_100_and_4(void **state)
{
	static const struct {
		const char *id;
		int64_t value;
	} rows[] = { { "i06.industries", 7 }, { "i06.parks", 30 }, { "i06.projects", 100 },
		{ "i07.platforms", 4 } };
	const plan *p = *state;
	size_t n = 0;

	assert_int_equal(p->n_indicators, 11);
	for (size_t i = 0; i < 4; i++) {
		uint32_t in = (uint32_t)plan_find_indicator(p, span_str(rows[i].id));
		const plan_target *t = plan_city_target(p, in, period_of("2012-Q4"));

		assert_non_null(t);
		assert_int_equal(t->value, rows[i].value);
		assert_true(t->number_in_source);
		assert_true(plan_inferred(&p->indicators[in].inferred, "target"));
	}
	for (uint32_t i = 0; i < p->n_indicators; i++)
		n += p->indicators[i].n_targets;
	assert_int_equal(n, 4);
}

static void
what_adds_up_is_held_against_the_citys_target_of_the_year_alone(void **state)
{
	plan *p = *state;
	uint32_t parks = (uint32_t)plan_find_indicator(p, span_str("i06.parks"));
	plan_indicator *in = &p->indicators[parks];
	time_rule before = in->time;

	in->time = TIME_SUM;
	assert_null(plan_city_target(p, parks, period_of("2012-Q4")));
	assert_null(plan_city_target(p, parks, period_of("2012-H1")));
	assert_non_null(plan_city_target(p, parks, period_of("2012")));
	in->time = before;
	assert_non_null(plan_city_target(p, parks, period_of("2012-H1")));
}

static void
parts_are_those_the_source_names(void **state)
{
	static const struct {
		const char *item, *list;
		unsigned count;
		size_t named;
		bool open;
	} rows[] = {
		{ "i02", "elements", 3, 3, false },
		{ "i02", "features", 5, 5, false },
		{ "i03", "environments", 0, 6, true },
		{ "i04", "areas", 5, 5, false },
		{ "i05", "service-fields", 3, 3, false },
		{ "i06", "clusters", 3, 3, false },
		{ "i06", "industries", 7, 4, true },
		{ "i06", "funds", 0, 2, false },
		{ "i07", "platforms", 4, 4, false },
		{ "i09", "education", 0, 6, false },
		{ "i10", "parks", 0, 3, true },
	};
	const plan *p = *state;
	size_t n = 0;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const plan_item *it = &p->items[plan_find_item(p, span_str(rows[i].item))];
		bool found = false;

		for (size_t k = 0; k < it->n_lists; k++) {
			const plan_part_list *list = &it->lists[k];

			if (strcmp(list->id, rows[i].list) != 0)
				continue;
			found = true;
			assert_int_equal(list->count, rows[i].count);
			assert_int_equal(list->n_parts, rows[i].named);
			assert_int_equal(list->open, rows[i].open);
		}
		assert_true(found);
	}
	for (uint32_t i = 0; i < p->n_items; i++)
		n += p->items[i].n_lists;
	assert_int_equal(n, sizeof(rows) / sizeof(rows[0]));
	assert_string_equal(
		plan_find_part(&p->items[5], span_str("c3"))->name, "铁西区新兴产业聚集区");
	assert_int_equal(plan_find_part(&p->items[5], span_str("c3"))->owner,
		plan_find_unit(p, span_str("tiexi")));
	assert_null(plan_find_part(&p->items[5], span_str("c4")));
}

static void
what_is_no_words_of_the_source_is_marked(void **state)
{
	const plan *p = *state;
	const plan_unit *jrkfq = &p->units[plan_find_unit(p, span_str("jrkfq"))];
	size_t unsure = 0, outside = 0, observers = 0;

	assert_int_equal(p->n_units, 33);
	assert_int_equal(p->n_disabled, 3);
	for (uint32_t u = 0; u < p->n_units; u++) {
		unsure += p->units[u].name_sure ? 0 : 1;
		outside += p->units[u].in_source ? 0 : 1;
		observers += p->observers[u];
	}
	assert_int_equal(unsure, 6);
	assert_int_equal(outside, 8);
	assert_int_equal(observers, 3);
	assert_true(plan_inferred(&p->inferred, "observers"));
	assert_true(plan_inferred(&p->defaults_inferred, "due_days"));
	assert_true(plan_inferred(&jrkfq->inferred, "inside"));
	assert_int_equal(jrkfq->inside, plan_find_unit(p, span_str("shenhe")));
	assert_true(
		plan_inferred(&plan_find_part(&p->items[9], span_str("p1"))->inferred, "owner"));
	assert_false(
		plan_inferred(&plan_find_part(&p->items[3], span_str("a1"))->inferred, "owner"));
}

static void
a_version_is_the_hash_of_the_bytes(void **state)
{
	const plan *p = *state;
	hash32 hash = hash_of(p->bytes);

	assert_memory_equal(hash.at, p->version.at, HASH_SIZE);
}

static void
the_file_has_neither_mistakes_nor_warnings(void **state)
{
	plan_problems problems = { 0 };
	buf bytes = { 0 };
	plan *p = NULL;

	(void)state;
	read_plan_2012(&bytes);
	assert_int_equal(plan_load(buf_span(&bytes), "x", &p, &problems, NULL), MS_OK);
	for (size_t i = 0; i < problems.n; i++)
		print_error("%u: %s\n", problems.list[i].line, problems.list[i].text);
	assert_int_equal(problems.n, 0);
	plan_problems_fini(&problems);
	plan_free(p);
	buf_fini(&bytes);
}

static void
rank_groups_hold_every_unit_once(void **state)
{
	const plan *p = *state;

	assert_int_equal(p->n_rank_groups, 3);
	assert_int_equal(p->rank_groups[0].n_members, 13);
	assert_int_equal(p->rank_groups[1].n_members, 3);
	assert_int_equal(p->rank_groups[2].n_members, 17);
}

/* The plan that is shipped says no more than what is usual. */
static void
without_rank_groups_units_are_ranked_by_kind(void **state)
{
	const plan *as_stated = *state;
	const char *from, *to;
	buf bytes = { 0 }, text = { 0 };
	ms_error err = { 0 };
	plan *p = NULL;

	read_plan_2012(&bytes);
	from = strstr(buf_cstr(&bytes), "rank_group \"areas\"");
	to = strstr(from, "# ---- city departments");
	buf_add(&text, bytes.at, (size_t)(from - (const char *)bytes.at));
	buf_add_text(&text, to);
	assert_int_equal(plan_load(buf_span(&text), "x", &p, NULL, &err), MS_OK);
	assert_int_equal(p->n_rank_groups, as_stated->n_rank_groups);
	for (uint32_t i = 0; i < p->n_rank_groups; i++) {
		assert_string_equal(p->rank_groups[i].id, as_stated->rank_groups[i].id);
		assert_string_equal(p->rank_groups[i].name, as_stated->rank_groups[i].name);
		assert_memory_equal(
			p->rank_groups[i].members, as_stated->rank_groups[i].members, p->n_units);
	}
	plan_free(p);
	buf_fini(&text);
	buf_fini(&bytes);
}

static bool
prints(const plan *p, int item, const char *words)
{
	buf out = { 0 };
	bool found;

	assert_int_equal(plan_print(p, item, 0, &out), MS_OK);
	found = strstr(buf_cstr(&out), words) != NULL;
	if (!found)
		print_error("no \"%s\" in:\n%s", words, buf_cstr(&out));
	buf_fini(&out);
	return found;
}

static void
the_print_says_who_owes_what_and_when(void **state)
{
	const plan *p = *state;

	assert_true(prints(p, -1, "179"));
	assert_true(prints(p, -1, "2013-01-10"));
	assert_true(prints(p, 5, p->items[5].text));
	assert_true(prints(p, 5, "Must report: 20"));
	assert_true(prints(p, 5, "1. 沈阳市发展和改革委员会 (fgw)"));
	assert_true(prints(p, 5,
		"target: 30 个 [the number is the source's; that it is a target is inferred]"));
	assert_true(prints(p, 5, "2012-Q2  2012-07-10"));
	assert_true(prints(p, 5, "7, of which 4 are named"));
	assert_true(prints(p, 0, "各相关部门 (@departments), open"));
	assert_true(
		prints(p, 9, "棋盘山泗水科技新城 -> 棋盘山开发区管委会 (qipanshan) [inferred]"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(items_and_leads_are_those_of_the_source),
		cmocka_unit_test(a_quarter_owes_179_reports),
		cmocka_unit_test(the_units_of_the_source_alone_owe_115),
		cmocka_unit_test(each_unit_owes_what_the_roles_add_up_to),
		cmocka_unit_test(lead_beats_required_beats_optional),
		cmocka_unit_test(the_texts_put_together_are_the_source_to_the_byte),
		cmocka_unit_test(role_clauses_end_their_paragraphs),
		cmocka_unit_test(every_name_in_the_source_finds_its_unit),
		cmocka_unit_test(items_and_indicators_are_found_by_any_of_their_names),
		cmocka_unit_test(deadlines_are_the_tenth_day_after_the_quarter),
		cmocka_unit_test(indicators_are_due_with_their_own_period),
		cmocka_unit_test(targets_are_7_30_100_and_4),
		cmocka_unit_test(what_adds_up_is_held_against_the_citys_target_of_the_year_alone),
		cmocka_unit_test(parts_are_those_the_source_names),
		cmocka_unit_test(what_is_no_words_of_the_source_is_marked),
		cmocka_unit_test(a_version_is_the_hash_of_the_bytes),
		cmocka_unit_test(the_file_has_neither_mistakes_nor_warnings),
		cmocka_unit_test(rank_groups_hold_every_unit_once),
		cmocka_unit_test(without_rank_groups_units_are_ranked_by_kind),
		cmocka_unit_test(the_print_says_who_owes_what_and_when),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* test_conf.c - values come with their lines, and what is refused is placed. */
#include "base/conf.h"

#include "tests/base/base_testing.h"

static const conf_rule part_rules[] = {
	{ "name", CONF_TEXT, NULL },
	{ NULL, 0, NULL },
};
static const conf_rule item_rules[] = {
	{ "text", CONF_TEXT, NULL },
	{ "leads", CONF_LIST, NULL },
	{ "part", CONF_TITLED, part_rules },
	{ NULL, 0, NULL },
};
static const conf_rule hub_rules[] = {
	{ "listen", CONF_TEXT, NULL },
	{ NULL, 0, NULL },
};
static const conf_rule rules[] = {
	{ "title", CONF_TEXT, NULL },
	{ "names", CONF_LIST, NULL },
	{ "item", CONF_TITLED, item_rules },
	{ "hub", CONF_SECTION, hub_rules },
	{ NULL, 0, NULL },
};

/* The first value of the option; NULL when it is not set. */
static const char *
text_of(const conf_section *s, const char *name)
{
	const conf_option *o = conf_find(s, name);

	return o == NULL ? NULL : o->values[0].text;
}

static ms_status
parse(const char *text, arena *memory, conf_section **out, ms_error *err)
{
	*err = (ms_error){ 0 };
	return conf_parse(span_str(text), "f.conf", rules, memory, out, err);
}

static void
values_come_with_their_lines(void **state)
{
	static const char text[] = "# a comment\n"
				   "title = \"工作 计划\"\n"
				   "names = { a,\n"
				   "\t'b c',\n"
				   "\n"
				   "\t\"d\" }\n"
				   "item \"2\" {\n"
				   "\ttext = plain\n"
				   "\tpart \"x\" { name = one }\n"
				   "\tpart \"y\" {\n"
				   "\t\tname = two\n"
				   "\t}\n"
				   "}\n"
				   "/* another\n comment */\n"
				   "item \"1\" { leads = {tjj} } // last\n";
	arena memory = { 0 };
	const conf_option *o;
	conf_section *root;
	ms_error err;

	(void)state;
	assert_int_equal(parse(text, &memory, &root, &err), MS_OK);
	assert_string_equal(text_of(root, "title"), "工作 计划");
	o = conf_find(root, "names");
	assert_int_equal(o->n_values, 3);
	assert_string_equal(o->values[1].text, "b c");
	assert_int_equal(o->values[0].line, 3);
	assert_int_equal(o->values[1].line, 4);
	assert_int_equal(o->values[2].line, 6);
	assert_int_equal(o->line, 3);
	assert_int_equal(root->n_sections, 2);
	assert_string_equal(root->sections[0].title, "2");
	assert_int_equal(root->sections[0].line, 7);
	assert_int_equal(conf_find(&root->sections[0], "text")->line, 8);
	assert_int_equal(root->sections[0].n_sections, 2);
	assert_string_equal(root->sections[0].sections[1].title, "y");
	assert_int_equal(root->sections[0].sections[0].line, 9);
	assert_int_equal(root->sections[0].sections[1].line, 10);
	assert_int_equal(conf_find(&root->sections[0].sections[1], "name")->line, 11);
	assert_string_equal(root->sections[1].title, "1");
	assert_int_equal(root->sections[1].line, 16);
	assert_string_equal(text_of(&root->sections[1], "leads"), "tjj");
	assert_null(conf_find(root, "text"));
	assert_null(text_of(&root->sections[1], "text"));
	arena_fini(&memory);
}

static void
what_is_not_set_is_not_there(void **state)
{
	arena memory = { 0 };
	conf_section *root;
	ms_error err;

	(void)state;
	assert_int_equal(parse("", &memory, &root, &err), MS_OK);
	assert_int_equal(root->n_options, 0);
	assert_int_equal(root->n_sections, 0);
	assert_int_equal(parse("names = {}\nhub { }\n", &memory, &root, &err), MS_OK);
	assert_null(conf_find(root, "names"));
	assert_int_equal(root->n_sections, 1);
	assert_null(root->sections[0].title);
	arena_fini(&memory);
}

static void
each_mistake_is_told_at_its_line(void **state)
{
	static const struct {
		const char *text, *place, *says, *remedy;
	} rows[] = {
		{ "\n\ntitel = x\n", "f.conf:3", "titel", "did you mean \"title\"?" },
		{ "item \"1\" {\n\tleds = {x}\n}\n", "f.conf:2", "leds",
			"did you mean \"leads\"?" },
		{ "title = a\n\ntitle = b\n", "f.conf:3", "set twice, first in line 1", NULL },
		{ "names = {a}\nnames = {b}\n", "f.conf:2", "set twice", NULL },
		{ "names = {a}\nnames = {b, c}\n", "f.conf:2", "set twice", NULL },
		{ "item \"1\" {}\nitem \"2\" {}\nitem \"1\" {}\n", "f.conf:3",
			"\"1\" stands in line 1 already", NULL },
		{ "title = a\nnames = {a}\nnames += {b}\n", "f.conf:3", "\"+=\"",
			"write the whole" },
		{ "\ntitle = \"${HOME}\"\n", "f.conf:2", "\"${\"", "write the value" },
		{ "title = x\ntext \xFF\n", "f.conf:2", "UTF-8", "save the file as UTF-8" },
		{ "title = \"a\\x00\"\n", "f.conf:1", "written as a number", NULL },
		{ "\ntitle = \"a\\0b\"\n", "f.conf:2", "written as a number", NULL },
		{ "title = a\n/* open\n\n", "f.conf:2", "comment is not closed", NULL },
		{ "# c\n\ntitle = 'open\n\n", "f.conf:3", "quoted text is not closed", NULL },
		{ "title = \"open\nnames = { \"a\", \"b\" }\n", "f.conf:1",
			"quoted text is not closed", NULL },
		{ "title = \"a\"\nnames = { \"a\"，\"b\" }\n", "f.conf:2",
			"Chinese sign stands outside", NULL },
		{ "title = “a”\n", "f.conf:1", "Chinese sign stands outside", NULL },
		{ "\xef\xbb\xbftitle = \"a\"\n", "f.conf:1", "byte order mark", NULL },
		{ "# c\n// c\n/* c\n */ # c\n\ntitel = x\n", "f.conf:6", "titel", NULL },
		{ "title =\n\n}\n", "f.conf:3", "", NULL },
		{ "title = a\nitem \"1\" {\n\ttext = a\n", "f.conf:2", "not closed", NULL },
		{ "item \"1\" {\n\tpart \"2\" {\n}\n", "f.conf:1", "not closed", NULL },
		{ "names = {\n\ta\n", "f.conf:1", "not closed", NULL },
		{ "item \"1\" {\n}\n}\n", "f.conf:3", "", NULL },
		{ "item {\n}\n", "f.conf:1", "", NULL },
		{ "title = {a, b}\n", "f.conf:1", "", NULL },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		arena memory = { 0 };
		conf_section *root;
		ms_error err;

		assert_int_equal(parse(rows[i].text, &memory, &root, &err), MS_CONFIG);
		if (strncmp(err.place, rows[i].place, strlen(rows[i].place)) != 0 ||
			strstr(err.text, rows[i].says) == NULL)
			fail_msg("row %zu: %s: %s", i, err.place, err.text);
		assert_true(rows[i].remedy == NULL || strstr(err.remedy, rows[i].remedy) != NULL);
		assert_int_equal(err.code, MST_CONF);
		arena_fini(&memory);
	}
}

static void
a_nul_byte_is_refused(void **state)
{
	arena memory = { 0 };
	conf_section *root;
	ms_error err = { 0 };

	(void)state;
	assert_int_equal(conf_parse(TEXT("title = a\n\0\n"), "f.conf", rules, &memory, &root, &err),
		MS_CONFIG);
	assert_string_equal(err.place, "f.conf:2");
	arena_fini(&memory);
}

static void
both_quotes_hold_what_the_other_means(void **state)
{
	arena memory = { 0 };
	conf_section *root;
	ms_error err;

	(void)state;
	assert_int_equal(parse("names = { 'say \"x\"', \"it's\", \"a \\\"b\\\" # no comment\","
			       " \"{ } = ,\", \"$HOME\" }",
				 &memory, &root, &err),
		MS_OK);
	assert_string_equal(root->options[0].values[0].text, "say \"x\"");
	assert_string_equal(root->options[0].values[1].text, "it's");
	assert_string_equal(root->options[0].values[2].text, "a \"b\" # no comment");
	assert_string_equal(root->options[0].values[3].text, "{ } = ,");
	assert_string_equal(root->options[0].values[4].text, "$HOME");
	arena_fini(&memory);
}

static void
comments_end_where_they_should(void **state)
{
	arena memory = { 0 };
	conf_section *root;
	ms_error err;

	(void)state;
	assert_int_equal(parse("names = { tcp://x, a/b, //c, }\n c } //d\n#e\n/**/title/*f*/=g#h\n",
				 &memory, &root, &err),
		MS_OK);
	assert_int_equal(conf_find(root, "names")->n_values, 3);
	assert_string_equal(conf_find(root, "names")->values[0].text, "tcp://x");
	assert_string_equal(conf_find(root, "names")->values[1].text, "a/b");
	assert_string_equal(conf_find(root, "names")->values[2].text, "c");
	assert_string_equal(text_of(root, "title"), "g");
	assert_int_equal(conf_find(root, "title")->line, 4);
	assert_int_equal(
		parse("title = \"# no /* comment // here\"\n", &memory, &root, &err), MS_OK);
	assert_string_equal(text_of(root, "title"), "# no /* comment // here");
	arena_fini(&memory);
}

static void
long_chinese_paragraphs_come_whole(void **state)
{
	arena memory = { 0 };
	conf_section *root;
	buf file = { 0 };
	ms_error err;
	unsigned i;

	(void)state;
	buf_add_text(&file, "item \"1\" { text = \"");
	for (i = 0; i < 8000; i++)
		buf_add_text(&file, "加");
	buf_add_text(&file, "\"\n leads = {a} }\ntitle = end\n");
	assert_int_equal(parse(buf_cstr(&file), &memory, &root, &err), MS_OK);
	assert_int_equal(strlen(text_of(&root->sections[0], "text")), 8000 * 3);
	assert_int_equal(conf_find(&root->sections[0], "leads")->line, 2);
	assert_int_equal(conf_find(root, "title")->line, 3);
	buf_fini(&file);
	arena_fini(&memory);
}

/* Ten thousand sections are read in well under a second; the ctest limit is the judge. */
static void
many_sections_are_read_in_order(void **state)
{
	arena memory = { 0 };
	conf_section *root;
	buf file = { 0 };
	ms_error err;
	unsigned i;

	(void)state;
	for (i = 0; i < 10000; i++)
		buf_addf(&file, "item \"i%u\" { leads = {a, b}\n part \"p\" { name = n%u } }\n", i,
			i);
	assert_int_equal(parse(buf_cstr(&file), &memory, &root, &err), MS_OK);
	assert_int_equal(root->n_sections, 10000);
	for (i = 0; i < 10000; i++) {
		const conf_section *s = &root->sections[i];
		char want[16];

		snprintf(want, sizeof(want), "n%u", i);
		assert_int_equal(s->line, 2 * i + 1);
		assert_string_equal(text_of(&s->sections[0], "name"), want);
		assert_int_equal(s->sections[0].line, 2 * i + 2);
	}
	buf_fini(&file);
	arena_fini(&memory);
}

/* Whatever is done to the bytes, the answer is a status: sanitizers watch. */
static void
broken_files_never_crash_the_reader(void **state)
{
	static const char good[] =
		"title = \"a\"\nnames = { 'b', c }\nitem \"1\" {\n text = x\n"
		" part \"p\" { name = \"q\" } }\nhub { listen = 'tcp://x' } # e\n";
	static const char marks[] = "{}=\"'#,/*\\+$\n\0 a";
	unsigned seed = 3, turn;

	(void)state;
	for (turn = 0; turn < 20000; turn++) {
		char text[sizeof(good)];
		arena memory = { .limit = 1 << 20 };
		size_t len = sizeof(good) - 1;
		conf_section *root;
		ms_error err = { 0 };
		ms_status s;
		unsigned i;

		memcpy(text, good, sizeof(good));
		for (i = 0; i <= turn % 3; i++) {
			seed = seed * 1103515245u + 12345u;
			text[(seed >> 8) % len] = marks[(seed >> 20) % (sizeof(marks) - 1)];
		}
		seed = seed * 1103515245u + 12345u;
		if (turn % 5 == 0)
			len = (seed >> 8) % len;
		s = conf_parse(span_of(text, len), "f", rules, &memory, &root, &err);
		assert_true(s == MS_OK || s == MS_CONFIG);
		assert_true((s == MS_OK) == (err.text[0] == '\0'));
		arena_fini(&memory);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_come_with_their_lines),
		cmocka_unit_test(what_is_not_set_is_not_there),
		cmocka_unit_test(each_mistake_is_told_at_its_line),
		cmocka_unit_test(a_nul_byte_is_refused),
		cmocka_unit_test(both_quotes_hold_what_the_other_means),
		cmocka_unit_test(comments_end_where_they_should),
		cmocka_unit_test(long_chinese_paragraphs_come_whole),
		cmocka_unit_test(many_sections_are_read_in_order),
		cmocka_unit_test(broken_files_never_crash_the_reader),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

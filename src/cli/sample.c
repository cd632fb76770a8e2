/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sample.c - invented reports.
 *
 * Figures: cumulative ones grow with the period's share of the year, targets of the city are split
 * over their reporters and just reached, so that boards look like a year in a real city: nobody has
 * nine of the seven industries. Nothing here is a fact.
 */
#include "cli/sample.h"

#include <stdio.h>
#include <string.h>

uint64_t
sample_next(sample_random *r)
{
	uint64_t z = (r->state += 0x9E3779B97F4A7C15u);

	z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
	z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
	return z ^ (z >> 31);
}

uint32_t
sample_below(sample_random *r, uint32_t below)
{
	return (uint32_t)(sample_next(r) % below);
}

static int64_t
power_of_ten(unsigned n)
{
	int64_t v = 1;

	while (n-- > 0)
		v *= 10;
	return v;
}

/* Keys named by the unit's place, so that units overlap a little: the union is smaller than the
 * sum. */
static ms_status
sample_keys(slot_at at, unsigned n, arena *memory, report_value *v)
{
	unsigned i;

	v->keys = arena_alloc(memory, n * sizeof(*v->keys));
	if (v->keys == NULL)
		return MS_NO_MEMORY;
	for (i = 0; i < n; i++) {
		char key[24];

		snprintf(key, sizeof(key), "XM%04u", (unsigned)(at.unit * 3 + i) % 10000);
		v->keys[i] = arena_copy(memory, span_str(key));
		if (v->keys[i].at == NULL)
			return MS_NO_MEMORY;
	}
	v->n_keys = n;
	v->has_keys = true;
	return MS_OK;
}

static ms_status
sample_value(const plan *p, const plan_indicator *in, slot_at at, sample_random *r, arena *memory,
	report_value *v)
{
	unsigned share = 100u * at.period.index / periods_in_year((period_kind)at.period.kind);
	const plan_target *target = plan_city_target(
		p, (uint32_t)(in - p->indicators), period_widen(at.period, PERIOD_YEAR));
	int64_t base;

	*v = (report_value){ .indicator = span_str(in->id) };
	if (in->type == VALUE_KEYSET)
		return sample_keys(at, 2 + share / 25, memory, v);
	if (in->type == VALUE_TEXT) {
		v->has_text = true;
		v->text = span_str("按计划推进");
		return MS_OK;
	}
	if (in->type == VALUE_MILESTONE) {
		v->has_mantissa = v->has_date = true;
		v->mantissa = share >= 50;
		v->date = period_first_day(at.period);
		return MS_OK;
	}
	if (in->type == VALUE_RATIO) {
		v->has_ratio = true;
		v->den = (800 + (int64_t)sample_below(r, 400)) * power_of_ten(in->scale);
		v->num = v->den * (25 + (int64_t)sample_below(r, 20)) / 100;
		return MS_OK;
	}
	base = 20 * power_of_ten(in->scale);
	if (target != NULL && in->n_reporters > 0)
		base = (target->value + in->n_reporters - 1) / in->n_reporters;
	base = base * (int64_t)share / 100 -
	       (int64_t)sample_below(r, (uint32_t)power_of_ten(in->scale) + 1);
	v->has_mantissa = true;
	v->mantissa = base < 0 ? 0 : base;
	return MS_OK;
}

static ms_status
sample_values(const plan *p, slot_at at, sample_random *r, arena *memory, report *out)
{
	const plan_item *it = &p->items[at.item];
	uint32_t i;

	out->values = arena_alloc(memory, (it->n_indicators + 1) * sizeof(*out->values));
	if (out->values == NULL)
		return MS_NO_MEMORY;
	for (i = it->first_indicator; i < it->first_indicator + it->n_indicators; i++) {
		ms_status s;

		if (!plan_wants_value(p, i, at.unit, at.period))
			continue;
		s = sample_value(p, &p->indicators[i], at, r, memory, &out->values[out->n_values]);
		if (s != MS_OK)
			return s;
		out->n_values++;
	}
	return MS_OK;
}

static uint32_t
sample_progress(slot_at at, sample_random *r)
{
	uint32_t line = 100u * at.period.index / periods_in_year((period_kind)at.period.kind);
	uint32_t off = sample_below(r, 12);

	return line > off ? line - off : line;
}

ms_status
sample_brief(const plan *p, slot_at at, sample_random *r, arena *memory, report *out)
{
	*out = (report){
		.has_progress = true,
		.progress_pct = sample_progress(at, r),
		.status = SELF_ON_TRACK,
		.done = span_str("按计划推进,阶段任务已完成,责任分解到科室"),
		.problems = span_str("无"),
		.next_steps = span_str("继续推进下一阶段任务"),
		.approved_by = span_str("王明"),
	};
	return sample_values(p, at, r, memory, out);
}

static const char *const done_texts[] = {
	"召开专题推进会,任务分解到责任科室;重点工作按计划推进,阶段目标基本完成。",
	"组织调研12次,走访企业46家,梳理问题清单并逐项落实责任人。",
	"完成方案编制并征求意见,首批项目已开工建设,资金按进度拨付。",
	"开展宣传培训,参训人员320人次;配套政策已印发实施。",
};
static const char *const problem_texts[] = { "无", "部分项目用地手续办理较慢。",
	"专业人才不足,需加大引进力度。", "配套资金到位率偏低。" };
static const char *const next_texts[] = {
	"加快手续办理,确保下一阶段按期完成。",
	"对照台账逐项销号,月底前完成自查。",
	"继续做好服务保障,推动项目尽早投产。",
};
static const char *const names[] = { "王明", "李强", "张敏", "刘洋", "陈静", "赵磊", "孙丽",
	"周涛" };

#define PICK(list, r) span_str((list)[sample_below((r), sizeof(list) / sizeof((list)[0]))])

static ms_status
sample_parts(const plan *p, slot_at at, sample_random *r, arena *memory, report *out)
{
	const plan_item *it = &p->items[at.item];
	size_t l, i, n = 0;

	for (l = 0; l < it->n_lists; l++)
		n += it->lists[l].n_parts;
	out->parts = arena_alloc(memory, (n + 1) * sizeof(*out->parts));
	if (out->parts == NULL)
		return MS_NO_MEMORY;
	for (l = 0; l < it->n_lists; l++)
		for (i = 0; i < it->lists[l].n_parts; i++)
			if (it->lists[l].parts[i].owner == (int)at.unit)
				out->parts[out->n_parts++] = (report_part){
					.id = span_str(it->lists[l].parts[i].id),
					.state = at.period.index < 4 ? PART_UNDER_WAY : PART_DONE,
					.note = PICK(next_texts, r),
				};
	return MS_OK;
}

ms_status
sample_full(const plan *p, slot_at at, sample_random *r, arena *memory, report *out)
{
	ms_status s;

	*out = (report){
		.has_progress = true,
		.progress_pct = sample_progress(at, r),
		.status = sample_below(r, 8) == 0 ? SELF_AT_RISK : SELF_ON_TRACK,
		.done = PICK(done_texts, r),
		.problems = PICK(problem_texts, r),
		.next_steps = PICK(next_texts, r),
		.prepared_by = PICK(names, r),
		.approved_by = PICK(names, r),
		.phone = span_str("024-22720000"),
	};
	if (sample_below(r, 10) == 0)
		out->help_needed = span_str("请牵头单位协调项目用地指标。");
	s = sample_parts(p, at, r, memory, out);
	return s != MS_OK ? s : sample_values(p, at, r, memory, out);
}

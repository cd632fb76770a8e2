/* SPDX-License-Identifier: Apache-2.0 */
/* job.c - the pool keeps a few jobs with their arenas warm, so that a busy hub does not call malloc
 * per batch. */
#include "hub/job.h"

#include <stdlib.h>
#include <string.h>

#include "base/lang.h"

enum { POOL_MAX = 64, JOB_MEMORY_MAX = 8 << 20 /* decoding a 192 KiB batch takes at most this */ };

void
job_fail(job *j, ms_status status, unsigned code, const char *text)
{
	j->outcome = OUTCOME_FAILED;
	lang_answer_in(j->language);
	ms_fail(&j->error, status, code, "%s", tr(text));
	lang_answer_in(NULL);
}

job *
job_pool_get(job_pool *pool)
{
	job *j = pool->free;

	if (j != NULL) {
		pool->free = j->next_free;
		pool->n_free--;
		return j;
	}
	j = calloc(1, sizeof(*j));
	if (j != NULL)
		j->memory.limit = JOB_MEMORY_MAX;
	return j;
}

static void
drop_owned(job *j)
{
	net_message_fini(&j->message);
	plan_free(j->next);
	j->next = NULL;
}

static void
job_free(job *j)
{
	drop_owned(j);
	arena_fini(&j->memory);
	buf_fini(&j->leaves);
	free(j);
}

void
jobs_free(job *list)
{
	while (list != NULL) {
		job *j = list;

		list = (job *)j->link.next;
		job_free(j);
	}
}

void
job_pool_put(job_pool *pool, job *j)
{
	arena memory;
	buf leaves;

	if (pool->n_free >= POOL_MAX) {
		job_free(j);
		return;
	}
	drop_owned(j);
	arena_reset(&j->memory);
	buf_reset(&j->leaves);
	memory = j->memory;
	leaves = j->leaves;
	memset(j, 0, j->kind == JOB_BATCH ? offsetof(job, device_row) : offsetof(job, batch));
	j->memory = memory;
	j->leaves = leaves;
	j->next_free = pool->free;
	pool->free = j;
	pool->n_free++;
}

void
job_pool_fini(job_pool *pool)
{
	while (pool->free != NULL) {
		job *j = pool->free;

		pool->free = j->next_free;
		job_free(j);
	}
	pool->n_free = 0;
}

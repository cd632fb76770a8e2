/* SPDX-License-Identifier: Apache-2.0 */
/*
 * awake.c - on a busy machine a thread of the idle class may get no time for seconds, so nobody
 * waits for one to end: whoever is the last to let go frees.
 */
#include "base/awake.h"

#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"

enum { CORES = 2 };

typedef struct runner {
	struct awake *awake;
	sem_t wanted;
	atomic_bool runs;
} runner;

struct awake {
	runner runners[CORES];
	int n;
	_Atomic int64_t until_us;
	atomic_bool ends;
	atomic_int holders; /* the owner and the threads */
};

static void
let_go(awake *a)
{
	int i;

	if (atomic_fetch_sub(&a->holders, 1) > 1)
		return;
	for (i = 0; i < a->n; i++)
		sem_destroy(&a->runners[i].wanted);
	free(a);
}

static void *
run(void *arg)
{
	const struct sched_param none = { 0 };
	runner *r = arg;
	awake *a = r->awake;

	pthread_setschedparam(pthread_self(), SCHED_IDLE, &none);
	while (!a->ends) {
		if (clock_monotonic_us() < a->until_us)
			continue;
		/* Whoever wants it from here on sees that it sleeps. */
		r->runs = false;
		if (clock_monotonic_us() >= a->until_us)
			sem_wait(&r->wanted);
	}
	let_go(a);
	return NULL;
}

static bool
start(awake *a, runner *r)
{
	pthread_t thread;

	r->awake = a;
	if (sem_init(&r->wanted, 0, 0) != 0)
		return false;
	atomic_fetch_add(&a->holders, 1);
	if (pthread_create(&thread, NULL, run, r) == 0) {
		pthread_detach(thread);
		return true;
	}
	atomic_fetch_sub(&a->holders, 1);
	sem_destroy(&r->wanted);
	return false;
}

awake *
awake_new(void)
{
	awake *a = calloc(1, sizeof(*a));
	long cores = sysconf(_SC_NPROCESSORS_ONLN);

	if (a == NULL)
		return NULL;
	a->holders = 1;
	while (a->n < CORES && a->n < cores && start(a, &a->runners[a->n]))
		a->n++;
	if (a->n > 0)
		return a;
	let_go(a);
	return NULL;
}

void
awake_for(awake *a, int64_t span_us)
{
	int i;

	if (a == NULL)
		return;
	a->until_us = clock_monotonic_us() + span_us;
	for (i = 0; i < a->n; i++)
		if (!atomic_exchange(&a->runners[i].runs, true))
			sem_post(&a->runners[i].wanted);
}

void
awake_free(awake *a)
{
	int i;

	if (a == NULL)
		return;
	a->ends = true;
	a->until_us = 0;
	for (i = 0; i < a->n; i++)
		sem_post(&a->runners[i].wanted);
	let_go(a);
}

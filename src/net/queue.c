/* SPDX-License-Identifier: Apache-2.0 */
#include "net/queue.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct queue {
	pthread_mutex_t lock;
	queue_item *first, *last;
	bool signalled; /* the eventfd was written since the last take, or is about to be */
	bool closed;
	int fd;
};

ms_status
queue_new(queue **out, ms_error *err)
{
	queue *q = calloc(1, sizeof(*q));

	if (q == NULL)
		return ms_fail(err, MS_NO_MEMORY, MST_NO_MEMORY, "no memory for a queue");
	q->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (q->fd < 0) {
		free(q);
		return ms_fail(err, MS_IO, MST_NET, "cannot make an eventfd");
	}
	pthread_mutex_init(&q->lock, NULL);
	*out = q;
	return MS_OK;
}

void
queue_free(queue *q)
{
	if (q == NULL)
		return;
	close(q->fd);
	pthread_mutex_destroy(&q->lock);
	free(q);
}

/* Not under the lock, which whom it wakes would run into. */
static void
wake(queue *q)
{
	const uint64_t one = 1;
	ssize_t n;

	do
		n = write(q->fd, &one, sizeof(one));
	while (n < 0 && errno == EINTR);
}

static void
add(queue *q, queue_item *item, bool signal)
{
	item->next = NULL;
	pthread_mutex_lock(&q->lock);
	if (q->last == NULL)
		q->first = item;
	else
		q->last->next = item;
	q->last = item;
	signal = signal && !q->signalled;
	q->signalled = q->signalled || signal;
	pthread_mutex_unlock(&q->lock);
	if (signal)
		wake(q);
}

void
queue_push(queue *q, queue_item *item)
{
	add(q, item, true);
}

void
queue_lay(queue *q, queue_item *item)
{
	add(q, item, false);
}

queue_item *
queue_take(queue *q)
{
	uint64_t count;
	queue_item *list;
	ssize_t n;

	/* Before the lock: what is signalled afterwards keeps its signal. */
	do
		n = read(q->fd, &count, sizeof(count));
	while (n < 0 && errno == EINTR);
	pthread_mutex_lock(&q->lock);
	q->signalled = false;
	list = q->first;
	q->first = q->last = NULL;
	pthread_mutex_unlock(&q->lock);
	return list;
}

queue_item *
queue_wait(queue *q)
{
	struct pollfd event = { .fd = q->fd, .events = POLLIN };
	queue_item *list;

	while ((list = queue_take(q)) == NULL) {
		if (queue_is_closed(q))
			return NULL;
		poll(&event, 1, -1);
	}
	return list;
}

void
queue_close(queue *q)
{
	pthread_mutex_lock(&q->lock);
	q->closed = true;
	pthread_mutex_unlock(&q->lock);
	wake(q);
}

bool
queue_is_closed(queue *q)
{
	bool closed;

	pthread_mutex_lock(&q->lock);
	closed = q->closed;
	pthread_mutex_unlock(&q->lock);
	return closed;
}

int
queue_fd(const queue *q)
{
	return q->fd;
}

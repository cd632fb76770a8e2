/* SPDX-License-Identifier: Apache-2.0 */
/*
 * queue.h - items from any thread to one: a list under a short lock, and an eventfd that is written
 * only when the taker may be asleep. What is pushed belongs to the taker.
 */
#ifndef NET_QUEUE_H
#define NET_QUEUE_H

#include "base/status.h"

typedef struct queue_item {
	struct queue_item *next;
} queue_item;

typedef struct queue queue;

/* MS_NO_MEMORY, MS_IO. */
ms_status queue_new(queue **out, ms_error *err);
void queue_free(queue *q); /* items still in it are the caller's problem: take them first */
/* ITEM is the queue's until it is taken; never blocks for long, never fails. */
void queue_push(queue *q, queue_item *item);
/* Push without waking the taker, whom something else wakes. */
void queue_lay(queue *q, queue_item *item);
/* Everything that was pushed, oldest first; NULL when there is nothing. */
queue_item *queue_take(queue *q);
/* The same, sleeping until there is something. NULL: the queue was closed and is empty. */
queue_item *queue_wait(queue *q);
/* No more will come; wakes the taker. */
void queue_close(queue *q);
bool queue_is_closed(queue *q);
/* Readable when queue_take may find something; for a reactor. */
int queue_fd(const queue *q);

#endif

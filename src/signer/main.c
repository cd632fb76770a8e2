/* SPDX-License-Identifier: Apache-2.0 */
/*
 * muster-signer: signs the checkpoints of one log, in a process of its own, so that no fault of the
 * hub reaches the key.
 *
 * It signs a tree only when that is the one it signed last with leaves appended, and answers only
 * when what it signed is durable. The hub starts it with a socket as descriptor 3; it ends when the
 * hub closes that. It listens to nobody else.
 *
 *   greeting and answer = status u8 | code u16 | note, or a sentence      request = proof/growth.h
 *
 * The code of a good greeting is the log's generation.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/process.h"
#include "base/stream.h"
#include "proof/growth.h"
#include "store/signer_home.h"

enum { HUB_FD = 3, LOCK_TRIES = 500, LOCK_WAIT_NS = 10000000 };

static ms_status
answer(ms_status status, const ms_error *why, span note, ms_error *err)
{
	buf out = { 0 };
	uint8_t head[3] = { (uint8_t)status };
	ms_status s;

	be16_put(head + 1, (uint16_t)why->code);
	s = buf_add(&out, head, sizeof(head));
	if (s == MS_OK)
		s = status == MS_OK ? buf_add_span(&out, note) : buf_add_text(&out, why->text);
	if (s == MS_OK)
		s = stream_send(HUB_FD, buf_span(&out), err);
	buf_fini(&out);
	return s;
}

static ms_status
greet(ms_status opened, const signer_home *h, ms_error *err)
{
	ms_error told = *err;

	if (opened == MS_OK)
		told.code = h->generation;
	return answer(opened, &told, buf_span(&h->note), err);
}

/* One request. Whatever could not be made durable ends the signer. */
static ms_status
serve_one(signer_home *h, buf *request, ms_error *err)
{
	ms_error why = { 0 };
	checkpoint next;
	ms_status judged, s;

	buf_reset(request);
	s = stream_receive(HUB_FD, GROWTH_BYTES_MAX, request, err);
	if (s != MS_OK)
		return s;
	judged = growth_follow(buf_span(request), &h->last, &next, &why);
	if (judged == MS_OK)
		judged = signer_home_sign(h, &next, &why);
	s = answer(judged, &why, buf_span(&h->note), err);
	return judged == MS_OK || judged == MS_DENIED ? s : judged;
}

/* The signer of a hub that was killed may need a moment to go. */
static ms_status
open_home(const char *dir, signer_home *h, ms_error *err)
{
	const struct timespec pause = { .tv_nsec = LOCK_WAIT_NS };
	ms_status s = signer_home_open(dir, h, err);
	unsigned n;

	for (n = 0; s == MS_BUSY && n < LOCK_TRIES; n++) {
		nanosleep(&pause, NULL);
		*err = (ms_error){ 0 };
		s = signer_home_open(dir, h, err);
	}
	return s;
}

static bool
was_started_by_a_hub(void)
{
	int type;
	socklen_t len = sizeof(type);

	return getsockopt(HUB_FD, SOL_SOCKET, SO_TYPE, &type, &len) == 0;
}

int
main(int argc, char **argv)
{
	signer_home h = { .fd = -1, .lock_fd = -1 };
	buf request = { 0 };
	ms_error err = { 0 };
	ms_status s;

	process_begin();
	if (argc != 3 || strcmp(argv[1], "--dir") != 0 || !was_started_by_a_hub()) {
		fputs("muster-signer signs the checkpoints of a hub's log. muster-hub starts it.\n",
			stderr);
		return ms_exit_code(MS_USAGE);
	}
	/* It ends with its hub, not before: the hub still has receipts to give when it is told. */
	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	prctl(PR_SET_DUMPABLE, 0);
	s = open_home(argv[2], &h, &err);
	if (greet(s, &h, &err) == MS_OK)
		while (s == MS_OK)
			s = serve_one(&h, &request, &err);
	signer_home_close(&h);
	buf_fini(&request);
	return s == MS_NOT_FOUND ? 0 : ms_exit_code(s);
}

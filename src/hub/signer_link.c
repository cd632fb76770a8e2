/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/signer_link.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/stream.h"
#include "store/signer_home.h"

enum { SIGNER_FD = 3, ANSWER_HEAD = 3, ANSWER_MAX = 4096, PARTING_MS = 500 };
#define SIGNER "muster-signer"

extern char **environ;

static ms_status
spawn(const char *dir, int theirs, pid_t *pid, ms_error *err)
{
	char path[HOME_PATH_MAX], own[HOME_PATH_MAX], name[] = SIGNER, option[] = "--dir";
	char *const args[] = { name, option, own, NULL };
	posix_spawn_file_actions_t actions;
	ms_status s = home_path(dir, HOME_SIGNER, own, err);
	int failed;

	if (s == MS_OK)
		s = fs_beside_program(SIGNER, path, sizeof(path), err);
	if (s != MS_OK)
		return s;
	posix_spawn_file_actions_init(&actions);
	failed = posix_spawn_file_actions_adddup2(&actions, theirs, SIGNER_FD);
	if (failed == 0) /* LMDB leaves one of its descriptors open to whatever is started */
		failed = posix_spawn_file_actions_addclosefrom_np(&actions, SIGNER_FD + 1);
	if (failed == 0)
		failed = posix_spawn(pid, path, &actions, NULL, args, environ);
	posix_spawn_file_actions_destroy(&actions);
	if (failed == 0)
		return MS_OK;
	ms_fail(err, MS_CONFIG, MST_DAEMON, "%s cannot be started (%s)", path, strerror(failed));
	ms_error_remedy(err, "it is installed beside muster-hub");
	return MS_CONFIG;
}

static ms_status
has_ended(ms_error *err)
{
	*err = (ms_error){ 0 };
	return ms_fail(err, MS_STORAGE, MST_DAEMON,
		"the process that signs checkpoints has ended: no receipt can be given");
}

/* The next answer's note; *BYTES own it. */
static ms_status
receive(const signer_link *l, buf *bytes, span *note, unsigned *code, ms_error *err)
{
	ms_status s = stream_receive(l->fd, ANSWER_MAX, bytes, err);

	if (s == MS_NOT_FOUND || s == MS_UNREACHABLE)
		return has_ended(err);
	if (s != MS_OK)
		return s;
	if (bytes->len < ANSWER_HEAD)
		return ms_fail(err, MS_BUG, MST_DAEMON, "the signer's answer has another form");
	*note = span_of(bytes->at + ANSWER_HEAD, bytes->len - ANSWER_HEAD);
	*code = be16_get(bytes->at + 1);
	if (bytes->at[0] != MS_OK)
		return ms_fail(err, (ms_status)bytes->at[0], *code, "%.*s", (int)note->len,
			(const char *)note->at);
	return MS_OK;
}

static ms_status
keep(span text, buf *note, ms_error *err)
{
	buf_reset(note);
	return buf_add_span(note, text) == MS_OK
		       ? MS_OK
		       : ms_fail(err, MS_NO_MEMORY, MST_NO_MEMORY, "no memory for a checkpoint");
}

/* Its text is compared, its signature not checked: that costs more than signing did. */
ms_status
signer_link_answer(
	const signer_link *l, const log_key *key, const checkpoint *c, buf *note, ms_error *err)
{
	buf bytes = { 0 }, expected = { 0 };
	span text = { 0 };
	unsigned code;
	ms_status s = receive(l, &bytes, &text, &code, err);

	if (s == MS_OK && note_text(key->origin, c, &expected) != MS_OK)
		s = ms_fail(err, MS_NO_MEMORY, MST_NO_MEMORY, "no memory for a checkpoint");
	if (s == MS_OK &&
		(text.len < expected.len || memcmp(text.at, expected.at, expected.len) != 0))
		s = ms_fail(err, MS_BUG, MST_PROOF_HISTORY,
			"the signer has signed another tree than it was asked to");
	if (s == MS_OK)
		s = keep(text, note, err);
	buf_fini(&bytes);
	buf_fini(&expected);
	return s;
}

ms_status
signer_link_greeting(const signer_link *l, log_key *key, uint32_t *generation, checkpoint *last,
	buf *note, ms_error *err)
{
	buf bytes = { 0 };
	span text = { 0 };
	const log_key first = *key;
	ms_status s = receive(l, &bytes, &text, generation, err);

	*last = (checkpoint){ 0 };
	if (s == MS_OK && !generation_key(&first, *generation, key))
		s = ms_fail(err, MS_BUG, MST_DAEMON, "the signer names no generation of the log");
	if (s == MS_OK && text.len > 0 && note_open(text, key, last, err) != MS_OK)
		s = ms_fail(err, MS_CONFIG, MST_HOME_SETTING,
			"the signer signs with another key than hub.conf names as log_key");
	if (s == MS_OK)
		s = keep(text, note, err);
	buf_fini(&bytes);
	return s;
}

ms_status
signer_link_start(const char *dir, signer_link *out, ms_error *err)
{
	int pair[2];
	ms_status s;

	*out = (signer_link){ .fd = -1 };
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
		return ms_fail(err, MS_CANNOT_WRITE, MST_DAEMON,
			"no socket for the process that signs checkpoints");
	s = spawn(dir, pair[1], &out->pid, err);
	close(pair[1]);
	out->fd = pair[0];
	if (s != MS_OK)
		out->pid = 0;
	return s;
}

ms_status
signer_link_ask(const signer_link *l, span growth, ms_error *err)
{
	ms_status s = stream_send(l->fd, growth, err);

	return s == MS_UNREACHABLE ? has_ended(err) : s;
}

bool
signer_link_answers(const signer_link *l, int wait_ms)
{
	struct pollfd event = { .fd = l->fd, .events = POLLIN };

	return poll(&event, 1, wait_ms) > 0;
}

bool
signer_link_lives(const signer_link *l)
{
	uint8_t first;

	return recv(l->fd, &first, 1, MSG_PEEK | MSG_DONTWAIT) != 0;
}

/* It ends by itself, once it has no hub any more. If it hangs, what it keeps bears a kill. */
static void
see_it_end(pid_t pid)
{
	struct pollfd end = { .fd = pidfd_open(pid, 0), .events = POLLIN };

	if (end.fd >= 0 && poll(&end, 1, PARTING_MS) == 0)
		kill(pid, SIGKILL);
	if (end.fd >= 0)
		close(end.fd);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}

void
signer_link_stop(signer_link *l)
{
	if (l->fd >= 0)
		close(l->fd);
	if (l->pid > 0)
		see_it_end(l->pid);
	*l = (signer_link){ .fd = -1 };
}

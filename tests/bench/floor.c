/* SPDX-License-Identifier: Apache-2.0 */
/*
 * floor.c - what the machine allows, measured with the libraries alone in the minute of the bench:
 *
 *   floor lmdb DIR PUTS SECONDS [PAUSE]  300-byte appends, PUTS to a commit, default flags: puts/s
 *                                        and the median commit; PAUSE seconds before each, when a
 *                                        disk that has gone to rest is what is asked about
 *   floor zmq FRAME SECONDS              CURVE DEALER to ROUTER on loopback, frames of FRAME bytes:
 *                                        frames/s
 *
 * One JSON object on stdout.
 */
#include <errno.h>
#include <lmdb.h>
#include <poll.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <zmq.h>

enum { VALUE_SIZE = 300, COMMITS_MAX = 1 << 20 };

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void
must(int rc, const char *what)
{
	if (rc == 0)
		return;
	fprintf(stderr, "floor: %s: %s\n", what, mdb_strerror(rc));
	exit(1);
}

static int
by_value(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void
commit_once(MDB_env *env, MDB_dbi dbi, uint64_t *key, unsigned puts)
{
	char bytes[VALUE_SIZE];
	MDB_txn *txn;
	unsigned i;

	must(mdb_txn_begin(env, NULL, 0, &txn), "begin");
	for (i = 0; i < puts; i++) {
		uint64_t swapped = __builtin_bswap64((*key)++);
		MDB_val k = { sizeof(swapped), &swapped }, v = { sizeof(bytes), bytes };

		memset(bytes, (int)*key, sizeof(bytes));
		must(mdb_put(txn, dbi, &k, &v, MDB_APPEND), "put");
	}
	must(mdb_txn_commit(txn), "commit");
}

static int
floor_lmdb(const char *dir, unsigned puts, double seconds, double rest)
{
	double *times = calloc(COMMITS_MAX, sizeof(*times)), start, end;
	uint64_t key = 0;
	MDB_env *env;
	MDB_txn *txn;
	MDB_dbi dbi;
	size_t n = 0;

	mkdir(dir, 0700);
	must(mdb_env_create(&env), "create");
	must(mdb_env_set_mapsize(env, (size_t)16 << 30), "map");
	must(mdb_env_open(env, dir, 0, 0600), "open");
	must(mdb_txn_begin(env, NULL, 0, &txn), "begin");
	must(mdb_dbi_open(txn, NULL, 0, &dbi), "table");
	must(mdb_txn_commit(txn), "commit");
	start = end = now();
	while (end - start < seconds && n < COMMITS_MAX) {
		double before;

		poll(NULL, 0, (int)(rest * 1e3));
		before = now();
		commit_once(env, dbi, &key, puts);
		end = now();
		times[n++] = end - before;
	}
	qsort(times, n, sizeof(*times), by_value);
	printf("{\"puts_per_commit\":%u,\"puts_per_s\":%.0f,\"commit_p50_us\":%.0f}\n", puts,
		(double)key / (end - start), times[n / 2] * 1e6);
	mdb_env_close(env);
	free(times);
	return 0;
}

/* ---- ZeroMQ ---- */

typedef struct sending {
	void *context;
	const char *endpoint, *server_public;
	size_t frame;
	double until;
} sending;

static void *
send_frames(void *arg)
{
	sending *s = arg;
	char public_key[41], secret_key[41], *bytes = calloc(1, s->frame);
	void *socket = zmq_socket(s->context, ZMQ_DEALER);
	int none = 0;

	zmq_curve_keypair(public_key, secret_key);
	zmq_setsockopt(socket, ZMQ_LINGER, &none, sizeof(none));
	zmq_setsockopt(socket, ZMQ_CURVE_SERVERKEY, s->server_public, 40);
	zmq_setsockopt(socket, ZMQ_CURVE_PUBLICKEY, public_key, 40);
	zmq_setsockopt(socket, ZMQ_CURVE_SECRETKEY, secret_key, 40);
	zmq_connect(socket, s->endpoint);
	while (now() < s->until)
		if (zmq_send(socket, bytes, s->frame, 0) < 0 && zmq_errno() != EINTR)
			break;
	zmq_close(socket);
	free(bytes);
	return NULL;
}

static int
floor_zmq(size_t frame, double seconds)
{
	char public_key[41], secret_key[41], endpoint[256];
	void *context = zmq_ctx_new(), *socket = zmq_socket(context, ZMQ_ROUTER);
	size_t len = sizeof(endpoint);
	int server = 1, wait_ms = 200, none = 0;
	sending s = { .context = context,
		.endpoint = endpoint,
		.server_public = public_key,
		.frame = frame };
	double first = 0, last = 0;
	uint64_t n = 0;
	pthread_t thread;

	zmq_curve_keypair(public_key, secret_key);
	zmq_setsockopt(socket, ZMQ_LINGER, &none, sizeof(none));
	zmq_setsockopt(socket, ZMQ_CURVE_SERVER, &server, sizeof(server));
	zmq_setsockopt(socket, ZMQ_CURVE_SECRETKEY, secret_key, 40);
	zmq_setsockopt(socket, ZMQ_RCVTIMEO, &wait_ms, sizeof(wait_ms));
	if (zmq_bind(socket, "tcp://127.0.0.1:*") != 0)
		return 1;
	zmq_getsockopt(socket, ZMQ_LAST_ENDPOINT, endpoint, &len);
	s.until = now() + seconds + 0.3;
	pthread_create(&thread, NULL, send_frames, &s);
	while (now() < s.until) {
		zmq_msg_t id, body;

		zmq_msg_init(&id);
		zmq_msg_init(&body);
		if (zmq_msg_recv(&id, socket, 0) >= 0 && zmq_msg_recv(&body, socket, 0) >= 0) {
			last = now();
			if (n++ == 0)
				first = last;
		}
		zmq_msg_close(&id);
		zmq_msg_close(&body);
	}
	pthread_join(thread, NULL);
	printf("{\"frame_bytes\":%zu,\"frames_per_s\":%.0f}\n", frame,
		last > first ? (double)n / (last - first) : 0);
	zmq_close(socket);
	zmq_ctx_term(context);
	return 0;
}

int
main(int argc, char **argv)
{
	if ((argc == 5 || argc == 6) && strcmp(argv[1], "lmdb") == 0)
		return floor_lmdb(argv[2], (unsigned)strtoul(argv[3], NULL, 10),
			strtod(argv[4], NULL), argc == 6 ? strtod(argv[5], NULL) : 0);
	if (argc == 4 && strcmp(argv[1], "zmq") == 0)
		return floor_zmq(strtoul(argv[2], NULL, 10), strtod(argv[3], NULL));
	fputs("usage: floor lmdb DIR PUTS SECONDS [PAUSE] | floor zmq FRAME SECONDS\n", stderr);
	return 64;
}

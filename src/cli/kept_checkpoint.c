/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/kept_checkpoint.h"

#include "base/fs.h"
#include "proof/generation.h"
#include "wire/evidence.h"

enum { KEPT_BYTES_MAX = 1 << 20 };

ms_status
kept_checkpoint_read(
	const char *path, const log_key *key, checkpoint *out, uint32_t *generation, ms_error *err)
{
	buf bytes = { 0 };
	arena memory = { 0 };
	ms_error ignored = { 0 };
	frame_proof proof;
	evidence e;
	ms_status s = fs_read(path, KEPT_BYTES_MAX, &bytes, err);

	if (s == MS_OK && proof_file_decode(buf_span(&bytes), &memory, &proof, &ignored) == MS_OK) {
		s = evidence_check(&proof, key, &memory, &e, err);
		if (s == MS_OK) {
			*out = e.checkpoint;
			*generation = e.generation;
		}
	} else if (s == MS_OK) {
		s = generation_open(buf_span(&bytes), key, out, generation, err);
	}
	arena_fini(&memory);
	buf_fini(&bytes);
	if (s == MS_INVALID || s == MS_DENIED)
		ms_error_place(err, "%s", path);
	return s;
}

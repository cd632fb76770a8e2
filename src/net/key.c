/* SPDX-License-Identifier: Apache-2.0 */
/* key.c - CURVE's keys (socket.h), as ZeroMQ makes and writes them. */
#include <zmq.h>

#include "base/random.h"
#include "net/inner.h"

ms_status
net_keypair(uint8_t public_key[NET_KEY_SIZE], uint8_t secret_key[NET_KEY_SIZE], ms_error *err)
{
	char public_text[NET_Z85_SIZE], secret_text[NET_Z85_SIZE];
	ms_status s = MS_OK;

	if (zmq_curve_keypair(public_text, secret_text) != 0)
		return net_fail(err, MST_NET, "make a key pair");
	if (zmq_z85_decode(public_key, public_text) == NULL ||
		zmq_z85_decode(secret_key, secret_text) == NULL)
		s = net_fail(err, MST_NET, "make a key pair");
	secret_wipe(secret_text, sizeof(secret_text));
	return s;
}

ms_status
net_public_of(
	const uint8_t secret_key[NET_KEY_SIZE], uint8_t public_key[NET_KEY_SIZE], ms_error *err)
{
	char public_text[NET_Z85_SIZE], secret_text[NET_Z85_SIZE];
	ms_status s = MS_OK;

	zmq_z85_encode(secret_text, secret_key, NET_KEY_SIZE);
	if (zmq_curve_public(public_text, secret_text) != 0 ||
		zmq_z85_decode(public_key, public_text) == NULL)
		s = net_fail(err, MST_NET, "derive a public key");
	secret_wipe(secret_text, sizeof(secret_text));
	return s;
}

void
net_key_text(const uint8_t key[NET_KEY_SIZE], char out[NET_Z85_SIZE])
{
	zmq_z85_encode(out, key, NET_KEY_SIZE);
}

bool
net_key_parse(span text, uint8_t key[NET_KEY_SIZE])
{
	char z85[NET_Z85_SIZE];

	if (text.len != NET_Z85_SIZE - 1)
		return false;
	memcpy(z85, text.at, text.len);
	z85[text.len] = '\0';
	return zmq_z85_decode(key, z85) != NULL;
}

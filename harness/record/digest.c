/* SPDX-License-Identifier: Apache-2.0 */
#include "record/digest.h"

#include "base/compiler.h"
#include "base/str.h"

#include <openssl/evp.h>

void digest_bytes(const void *data, size_t len, uint8_t out[DIGEST_SIZE])
{
	if (EVP_Digest(data, len, out, NULL, EVP_sha256(), NULL) != 1)
		BUG("OpenSSL has no SHA-256");
}

void digest_text(const void *data, size_t len, char out[DIGEST_TEXT])
{
	uint8_t bytes[DIGEST_SIZE];
	digest_bytes(data, len, bytes);
	str_hex(out, bytes, sizeof(bytes));
}

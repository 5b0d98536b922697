/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RECORD_DIGEST_H
#define RECORD_DIGEST_H

#include <stddef.h>
#include <stdint.h>

#define DIGEST_SIZE 32
#define DIGEST_TEXT 65 /* hexadecimal with its NUL */

/* SHA-256 (FIPS 180-4), by OpenSSL. */
void digest_bytes(const void *data, size_t len, uint8_t out[DIGEST_SIZE]);
void digest_text(const void *data, size_t len, char out[DIGEST_TEXT]);

#endif

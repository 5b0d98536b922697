/* SPDX-License-Identifier: Apache-2.0 */
#include "net/tls.h"

#include "base/limits.h"
#include "base/str.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <stdarg.h>
#include <stdlib.h>

/* IANA's TLS alert registry. `ours`: the peer found no fault with the protocol
 * but with the certificate that we showed, or with its absence. */
static const struct {
	int number;
	bool ours;
	const char *name;
} alerts[] = {
	{ 0, false, "close_notify" },
	{ 10, false, "unexpected_message" },
	{ 20, false, "bad_record_mac" },
	{ 21, false, "decryption_failed" },
	{ 22, false, "record_overflow" },
	{ 30, false, "decompression_failure" },
	/* TLS 1.2 has no alert of its own for a missing certificate: a server
	 * that wants one answers handshake_failure (RFC 5246 7.4.6). */
	{ 40, true, "handshake_failure" },
	{ 41, true, "no_certificate" },
	{ 42, true, "bad_certificate" },
	{ 43, true, "unsupported_certificate" },
	{ 44, true, "certificate_revoked" },
	{ 45, true, "certificate_expired" },
	{ 46, true, "certificate_unknown" },
	{ 47, false, "illegal_parameter" },
	{ 48, true, "unknown_ca" },
	{ 49, true, "access_denied" },
	{ 50, false, "decode_error" },
	{ 51, false, "decrypt_error" },
	{ 60, false, "export_restriction" },
	{ 70, false, "protocol_version" },
	{ 71, false, "insufficient_security" },
	{ 80, false, "internal_error" },
	{ 86, false, "inappropriate_fallback" },
	{ 90, false, "user_canceled" },
	{ 100, false, "no_renegotiation" },
	{ 109, false, "missing_extension" },
	{ 110, false, "unsupported_extension" },
	{ 111, false, "certificate_unobtainable" },
	{ 112, false, "unrecognized_name" },
	{ 113, false, "bad_certificate_status_response" },
	{ 114, false, "bad_certificate_hash_value" },
	{ 115, false, "unknown_psk_identity" },
	{ 116, true, "certificate_required" },
	{ 120, false, "no_application_protocol" },
};

void tls_alert_name(char out[64], int alert)
{
	const char *name = "unknown";
	for (size_t i = 0; i < COUNTOF(alerts); i++)
		if (alerts[i].number == alert)
			name = alerts[i].name;
	snprintf(out, 64, "%s (%d)", name, alert);
}

bool tls_alert_is_about_client_certificate(int alert)
{
	for (size_t i = 0; i < COUNTOF(alerts); i++)
		if (alerts[i].number == alert)
			return alerts[i].ours;
	return false;
}

int tls_common(SSL_CTX *ctx, struct err *err)
{
	if (SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION) != 1 ||
	    SSL_CTX_set_max_proto_version(ctx, TLS1_3_VERSION) != 1 ||
	    SSL_CTX_set_num_tickets(ctx, 0) != 1)
		return tls_fail(err, "cannot prepare TLS");
	SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_options(ctx,
	    SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
	return 0;
}

void tls_chain_copy(struct tls_facts *to, X509 *leaf, STACK_OF(X509) * chain)
{
	struct buf pem = BUF_INIT(LIMIT_CERT_FILE);
	BIO *bio = BIO_new(BIO_s_mem());
	char *data = NULL;
	if (!bio)
		BUG("no memory BIO");
	PEM_write_bio_X509(bio, leaf);
	for (int i = 0; i < sk_X509_num(chain) && i < LIMIT_CHAIN; i++) {
		X509 *next = sk_X509_value(chain, i);
		/* A client's list begins with the leaf, a server's does not. */
		if (X509_cmp(next, leaf) != 0)
			PEM_write_bio_X509(bio, next);
	}
	long len = BIO_get_mem_data(bio, &data);
	buf_add(&pem, data, (size_t)len);
	BIO_free(bio);
	free(to->peer_chain);
	to->peer_chain = buf_detach(&pem, NULL);
}

void tls_facts_copy(struct tls_facts *to, SSL *ssl)
{
	const char *cipher = SSL_get_cipher_name(ssl);
	str_copy(to->version, sizeof(to->version), SSL_get_version(ssl));
	str_copy(to->cipher, sizeof(to->cipher), cipher ? cipher : "");
	X509 *leaf = SSL_get1_peer_certificate(ssl);
	if (leaf)
		tls_chain_copy(to, leaf, SSL_get_peer_cert_chain(ssl));
	X509_free(leaf);
}

int tls_fail(struct err *err, const char *fmt, ...)
{
	char what[512];
	struct buf why = BUF_INIT(512);
	va_list args;
	va_start(args, fmt);
	vsnprintf(what, sizeof(what), fmt, args);
	va_end(args);
	for (unsigned long code; (code = ERR_get_error()) != 0;) {
		const char *reason = ERR_reason_error_string(code);
		if (reason)
			buf_addf(&why, "%s%s", why.len ? "; " : ": ", reason);
	}
	err_set(err, ERR_TLS, "%s%s", what, why.ptr);
	buf_release(&why);
	return -1;
}

bool tls_peer_organisation(char out[128], const SSL *ssl)
{
	X509 *peer = SSL_get1_peer_certificate(ssl);
	X509_NAME *subject = peer ? X509_get_subject_name(peer) : NULL;

	out[0] = '\0';
	if (subject &&
	    X509_NAME_get_text_by_NID(subject, NID_serialNumber, out, 128) < 0)
		out[0] = '\0';
	str_clean(out);
	X509_free(peer);
	return peer;
}

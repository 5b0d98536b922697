/* SPDX-License-Identifier: Apache-2.0 */
#include "mock/fault-tls.h"

#include "base/file.h"
#include "base/limits.h"
#include "base/xalloc.h"
#include "net/tls.h"

#include <sys/socket.h>

struct tls_faults {
	const struct fault_list *list;
	int slot;	   /* of an SSL: its struct fault_use, for hooks */
	SSL_CTX **defects; /* by index of the list; NULL where none is used */
};

/* ---- Certificates */

static SSL_CTX *load_defect(
    const char *file, SSL_CTX *usual, const char *certs, struct err *err)
{
	struct identity id = { 0 };
	char *certificate = xasprintf("%s/%s.pem", certs, file);
	char *key = xasprintf("%s/%s.key", certs, file);
	SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());

	if (!ctx)
		tls_fail(err, "cannot start TLS");
	else
		SSL_CTX_set1_cert_store(ctx, SSL_CTX_get_cert_store(usual));
	if (!ctx || identity_load_pem(&id, certificate, key, NULL, err) < 0 ||
	    identity_use(&id, ctx, err) < 0) {
		SSL_CTX_free(ctx);
		ctx = NULL;
	}
	identity_release(&id);
	free(certificate);
	free(key);
	return ctx;
}

/* ---- Hooks */

/* Alerts that a server gives after it has looked at the client's certificate
 * are made by OpenSSL out of what is wrong with it. */
static const struct {
	int alert, error;
} verdicts[] = {
	{ 42, X509_V_ERR_CERT_REJECTED },
	{ 43, X509_V_ERR_INVALID_PURPOSE },
	{ 44, X509_V_ERR_CERT_REVOKED },
	{ 45, X509_V_ERR_CERT_HAS_EXPIRED },
	{ 46, X509_V_ERR_AKID_SKID_MISMATCH },
	{ 48, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT },
};

static int error_for(uint64_t alert)
{
	for (size_t i = 0; i < COUNTOF(verdicts); i++)
		if ((uint64_t)verdicts[i].alert == alert)
			return verdicts[i].error;
	return X509_V_OK;
}

static const struct fault_use *use_of(const SSL *ssl)
{
	const struct tls_faults *f = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));

	return f ? SSL_get_ex_data(ssl, f->slot) : NULL;
}

static int refuse_certificate(int fine, X509_STORE_CTX *store)
{
	const SSL *ssl = X509_STORE_CTX_get_ex_data(
	    store, SSL_get_ex_data_X509_STORE_CTX_idx());
	const struct fault_use *use = use_of(ssl);

	(void)fine;
	X509_STORE_CTX_set_error(
	    store, use ? error_for(use->number) : X509_V_ERR_CERT_REJECTED);
	return 0;
}

static int on_hello(SSL *ssl, int *alert, void *ctx)
{
	const struct fault_use *use = use_of(ssl);

	(void)ctx;
	if (!use || error_for(use->number) != X509_V_OK)
		return SSL_CLIENT_HELLO_SUCCESS;
	*alert = (int)use->number;
	if (use->fault == FAULT_TLS_CUT)
		shutdown(SSL_get_fd(ssl), SHUT_RDWR);
	return SSL_CLIENT_HELLO_ERROR;
}

/* ---- Bending */

struct tls_bend {
	const struct tls_faults *f;
	SSL *ssl;
	const struct fault_use *use;
};
typedef void bend_tls(const struct tls_bend *b);

static void bend_no_check(const struct tls_bend *b)
{
	SSL_set_verify(b->ssl, SSL_VERIFY_NONE, NULL);
}

static void bend_certificate(const struct tls_bend *b)
{
	SSL_set_SSL_CTX(b->ssl, b->f->defects[b->use - b->f->list->at]);
}

static void bend_alert(const struct tls_bend *b)
{
	/* The hooks only read it */
	SSL_set_ex_data(b->ssl, b->f->slot, (void *)(uintptr_t)b->use);
	if (error_for(b->use->number) != X509_V_OK)
		SSL_set_verify(
		    b->ssl, SSL_get_verify_mode(b->ssl), refuse_certificate);
}

static void bend_version(const struct tls_bend *b)
{
	SSL_set_security_level(b->ssl, 0);
	SSL_set_min_proto_version(b->ssl, TLS1_1_VERSION);
	SSL_set_max_proto_version(b->ssl, TLS1_1_VERSION);
}

static void bend_cipher(const struct tls_bend *b)
{
	SSL_set_max_proto_version(b->ssl, TLS1_2_VERSION);
	SSL_set_security_level(b->ssl, 0);
	SSL_set_cipher_list(b->ssl, "NULL-SHA256");
}

static bend_tls *const tls_benders[FAULT_COUNT] = {
	[FAULT_NO_CLIENT_CHECK] = bend_no_check,
	[FAULT_SERVER_CERTIFICATE] = bend_certificate,
	[FAULT_TLS_ALERT] = bend_alert,
	[FAULT_TLS_CUT] = bend_alert,
	[FAULT_NO_SHARED_VERSION] = bend_version,
	[FAULT_NO_SHARED_CIPHER] = bend_cipher,
};

void tls_faults_bend(const struct tls_faults *f, SSL *ssl, uint64_t n)
{
	VEC_EACH (const struct fault_use, use, f->list) {
		const struct tls_bend b = { f, ssl, use };
		if ((!use->at || use->at == n) && tls_benders[use->fault])
			tls_benders[use->fault](&b);
	}
}

struct tls_faults *tls_faults_new(const struct fault_list *list, SSL_CTX *ctx,
    const char *certs, struct err *err)
{
	struct tls_faults *f = xcalloc(1, sizeof(*f));

	f->list = list;
	f->slot = SSL_get_ex_new_index(0, NULL, NULL, NULL, NULL);
	f->defects = xcalloc(list->count + 1, sizeof(SSL_CTX *));
	for (size_t i = 0; i < list->count; i++) {
		const struct fault_use *use = &list->at[i];
		if (use->fault != FAULT_SERVER_CERTIFICATE)
			continue;
		f->defects[i] = load_defect(
		    fault_defects[use->number].file, ctx, certs, err);
		if (!f->defects[i]) {
			tls_faults_free(f);
			return NULL;
		}
	}
	SSL_CTX_set_app_data(ctx, f);
	SSL_CTX_set_client_hello_cb(ctx, on_hello, NULL);
	return f;
}

void tls_faults_free(struct tls_faults *f)
{
	if (!f)
		return;
	for (size_t i = 0; i < f->list->count; i++)
		SSL_CTX_free(f->defects[i]);
	free(f->defects);
	free(f);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "report/inside.h"

#include "base/str.h"
#include "net/identity.h"

#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdlib.h>

static char *time_text(const ASN1_TIME *at)
{
	struct tm tm;
	if (!at || !ASN1_TIME_to_tm(at, &tm))
		return NULL;
	return xasprintf(
	    "%04d-%02d-%02d", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday);
}

static void read_leaf(struct connection *c, const char *chain)
{
	BIO *bio = BIO_new_mem_buf(chain, -1);
	X509 *leaf = bio ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;
	if (leaf) {
		c->subject = certificate_name_text(X509_get_subject_name(leaf));
		c->issuer = certificate_name_text(X509_get_issuer_name(leaf));
		c->until = time_text(X509_get0_notAfter(leaf));
	}
	X509_free(leaf);
	BIO_free(bio);
}

static bool same_connection(
    const struct connection *c, const struct tls_facts *tls)
{
	const char *own = tls->own_subject ? tls->own_subject : "";
	return streq(c->version, tls->version) &&
	       streq(c->cipher, tls->cipher) &&
	       streq(c->chain, tls->peer_chain_sha256) &&
	       streq(c->own_subject, own);
}

void connection_release(struct connection *c)
{
	free(c->subject);
	free(c->issuer);
	free(c->until);
	free(c->own_subject);
}

void report_learn_connection(struct report *r, struct exchange *x)
{
	struct err lost = { 0 }; /* then it stays without subject and issuer */
	if (!*x->tls.version)
		return;
	for (size_t i = 0; i < r->connection_count; i++)
		if (same_connection(&r->connections[i], &x->tls)) {
			r->connections[i].exchanges++;
			return;
		}
	if (r->connection_count == REPORT_CONNECTIONS)
		return;
	struct connection *c = &r->connections[r->connection_count++];
	c->exchanges = 1;
	str_copy(c->version, sizeof(c->version), x->tls.version);
	str_copy(c->cipher, sizeof(c->cipher), x->tls.cipher);
	str_copy(c->chain, sizeof(c->chain), x->tls.peer_chain_sha256);
	c->own_subject = xstrdup(x->tls.own_subject ? x->tls.own_subject : "");
	if (log_bodies(r->log, x, &lost) == 0 && x->tls.peer_chain)
		read_leaf(c, x->tls.peer_chain);
}

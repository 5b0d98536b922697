/* SPDX-License-Identifier: Apache-2.0 */
#include "net/wire.h"

#include "base/xalloc.h"

#include <stdlib.h>

void wire_reset(struct wire *w)
{
	free(w->facts.peer_chain);
	*w = (struct wire){ .facts = { .alert = -1 } };
}

void wire_release(struct wire *w)
{
	wire_reset(w);
}

static void saw_alert(struct wire *w, const unsigned char *alert, bool sent)
{
	/* The first one tells the cause. A close_notify (0) or user_canceled
	 * (90) is the ordinary end, no complaint. */
	if (w->facts.alert >= 0 || alert[1] == 0 || alert[1] == 90)
		return;
	w->facts.alert = alert[1];
	w->facts.alert_from_peer = !sent;
}

static void on_message(int sent, int version, int content, const void *data,
    size_t len, SSL *ssl, void *ctx)
{
	struct wire *w = ctx;
	const unsigned char *bytes = data;
	(void)version;
	if (content == SSL3_RT_ALERT && len == 2)
		saw_alert(w, bytes, sent);
	if (content != SSL3_RT_HANDSHAKE || len == 0)
		return;
	if (!sent && bytes[0] == SSL3_MT_CERTIFICATE_REQUEST)
		w->certificate_asked = true;
	/* The last message of ours: the peer's chain is checked by now. */
	if (sent && bytes[0] == SSL3_MT_FINISHED)
		tls_facts_copy(&w->facts, ssl);
}

/* Keeps what the peer showed also when it is not trusted. */
static int on_verify(X509_STORE_CTX *store, void *ctx)
{
	struct wire *w = ctx;
	X509 *leaf = X509_STORE_CTX_get0_cert(store);
	if (leaf)
		tls_chain_copy(
		    &w->facts, leaf, X509_STORE_CTX_get0_untrusted(store));
	int ok = X509_verify_cert(store);
	w->verify_error = ok > 0 ? X509_V_OK : X509_STORE_CTX_get_error(store);
	return ok;
}

int wire_attach(struct wire *w, SSL_CTX *ctx, const struct identity *identity,
    struct err *err)
{
	wire_reset(w);
	w->opened = true;
	SSL_CTX_set_msg_callback(ctx, on_message);
	SSL_CTX_set_msg_callback_arg(ctx, w);
	SSL_CTX_set_cert_verify_callback(ctx, on_verify, w);
	if (tls_common(ctx, err) < 0)
		return -1;
	return identity_use(identity, ctx, err);
}

void wire_facts(
    const struct wire *w, const struct identity *identity, struct tls_facts *to)
{
	free(to->peer_chain);
	free(to->own_subject);
	*to = w->facts;
	to->peer_chain =
	    w->facts.peer_chain ? xstrdup(w->facts.peer_chain) : NULL;
	bool shown = w->certificate_asked && identity && identity->leaf;
	to->own_subject = shown ? xstrdup(identity->subject) : NULL;
}

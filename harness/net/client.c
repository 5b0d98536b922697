/* SPDX-License-Identifier: Apache-2.0 */
#include "net/client.h"

#include "base/limits.h"
#include "base/str.h"
#include "net/crl.h"
#include "net/wire.h"

#include <curl/curl.h>
#include <poll.h>
#include <stdlib.h>

enum {
	PROBE_TRIES = 3,       /* a reset may overtake the alert */
	PROBE_WAIT_MS = 300,   /* for an alert, where the peer is near */
	PROBE_ROUND_TRIPS = 4, /* … and in round trips, where it is far */
	REUSE_SECONDS = 20,    /* an idle connection older than that is left */
};

struct client {
	CURL *curl;
	char *ca, *crl;
	STACK_OF(X509_CRL) * crls; /* of `crl`, or NULL */
	const struct identity *identity;
	long connect_ms, exchange_ms;
	struct wire wire;
	struct err tls_err; /* what the SSL_CTX hook could not do */
	char trouble[CURL_ERROR_SIZE];

	/* The exchange at hand */
	struct exchange *x;
	unsigned begun;	 /* requests that were about to be sent */
	bool again;	 /* curl wanted to send a second time */
	bool head_ended; /* the answer's */
	bool over_limit;
	bool plain;
};

/* ---- curl's callbacks */

static CURLcode on_tls(CURL *curl, void *ssl_ctx, void *ctx)
{
	struct client *c = ctx;
	(void)curl;
	if (c->begun > 0) {
		/* A kept connection died under the request, and curl opens
		 * another one to repeat it: that is not for us to decide. */
		c->again = true;
		return CURLE_ABORTED_BY_CALLBACK;
	}
	if (wire_attach(&c->wire, ssl_ctx, c->identity, &c->tls_err) < 0 ||
	    crls_use(c->crls, ssl_ctx, &c->tls_err) < 0)
		return CURLE_SSL_CERTPROBLEM;
	return CURLE_OK;
}

static int on_request(
    /* NOLINTNEXTLINE(readability-non-const-parameter): as libcurl has it */
    void *ctx, char *peer, char *own, int peer_port, int own_port)
{
	struct client *c = ctx;
	(void)peer;
	(void)own;
	(void)peer_port;
	(void)own_port;
	if (c->begun++ == 0)
		return CURL_PREREQFUNC_OK;
	c->again = true;
	return CURL_PREREQFUNC_ABORT;
}

static int on_debug(
    CURL *curl, curl_infotype type, char *data, size_t len, void *ctx)
{
	struct client *c = ctx;
	(void)curl;
	if (type == CURLINFO_HEADER_OUT)
		buf_add(&c->x->request.head, data, len);
	return 0;
}

/* One line of a head, exactly as it came. */
static size_t on_head(char *data, size_t one, size_t len, void *ctx)
{
	struct client *c = ctx;
	struct buf *head = &c->x->response.head;
	(void)one;
	/* A new start line follows an interim answer (100), which is no part
	 * of the answer; what follows the end of the last head is a trailer. */
	if (len > 5 && memcmp(data, "HTTP/", 5) == 0) {
		buf_clear(head);
		c->head_ended = false;
	}
	if (c->head_ended)
		return len;
	buf_add(head, data, len);
	c->over_limit |= head->overflow;
	c->head_ended = len <= 2 && strspn(data, "\r\n") == len;
	return c->over_limit ? 0 : len;
}

static size_t on_body(char *data, size_t one, size_t len, void *ctx)
{
	struct client *c = ctx;
	struct buf *body = &c->x->response.body;
	(void)one;
	buf_add(body, data, len);
	c->over_limit |= body->overflow;
	return c->over_limit ? 0 : len;
}

/* ---- Setting up */

/* What a message and a probe have in common. */
static void set_connection(struct client *c, CURL *curl)
{
	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, c->trouble);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(
	    curl, CURLOPT_PROTOCOLS_STR, c->plain ? "http" : "https");
	curl_easy_setopt(curl, CURLOPT_PROXY, "");
	curl_easy_setopt(curl, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(
	    curl, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(curl, CURLOPT_TCP_NODELAY, 1L);
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, c->connect_ms);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, c->exchange_ms);
	/* On Debian the folder of system CAs counts beside CAINFO. */
	curl_easy_setopt(curl, CURLOPT_CAINFO, c->ca);
	curl_easy_setopt(curl, CURLOPT_CAPATH, NULL);
	curl_easy_setopt(curl, CURLOPT_CA_CACHE_TIMEOUT, 0L);
	curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
	curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
	curl_easy_setopt(curl, CURLOPT_SSLVERSION,
	    (long)(CURL_SSLVERSION_TLSv1_2 | CURL_SSLVERSION_MAX_TLSv1_3));
	curl_easy_setopt(curl, CURLOPT_SSL_SESSIONID_CACHE, 0L);
	curl_easy_setopt(curl, CURLOPT_SSL_CTX_FUNCTION, on_tls);
	curl_easy_setopt(curl, CURLOPT_SSL_CTX_DATA, c);
}

static void set_exchange(struct client *c, CURL *curl)
{
	curl_easy_setopt(curl, CURLOPT_MAXAGE_CONN, (long)REUSE_SECONDS);
	curl_easy_setopt(
	    curl, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)LIMIT_MESSAGE);
	curl_easy_setopt(curl, CURLOPT_USERAGENT, "esitesti/" VERSION);
	curl_easy_setopt(curl, CURLOPT_PREREQFUNCTION, on_request);
	curl_easy_setopt(curl, CURLOPT_PREREQDATA, c);
	curl_easy_setopt(curl, CURLOPT_VERBOSE, 1L);
	curl_easy_setopt(curl, CURLOPT_DEBUGFUNCTION, on_debug);
	curl_easy_setopt(curl, CURLOPT_DEBUGDATA, c);
	curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, on_head);
	curl_easy_setopt(curl, CURLOPT_HEADERDATA, c);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, c);
}

/* Both files are read now, so that a wrong one is told before any message. */
static int check_files(const struct client_options *options,
    STACK_OF(X509_CRL) * *crls, struct err *err)
{
	STACK_OF(X509) *cas = NULL;
	if (options->plain)
		return 0;
	if (!options->ca) {
		err_set(err, ERR_USAGE, "the target names no CA file");
		return err_hint(
		    err, "the server is checked against that file only");
	}
	if (certificates_read(&cas, options->ca, err) < 0)
		return err_wrap(err, "CA file");
	sk_X509_pop_free(cas, X509_free);
	if (options->crl && crls_read(crls, options->crl, err) < 0)
		return err_wrap(err, "CRL file");
	return 0;
}

struct client *client_new(const struct client_options *options, struct err *err)
{
	STACK_OF(X509_CRL) *crls = NULL;
	if (check_files(options, &crls, err) < 0)
		return NULL;
	struct client *c = xcalloc(1, sizeof(*c));
	c->ca = options->ca ? xstrdup(options->ca) : NULL;
	c->plain = options->plain;
	c->crl = options->crl ? xstrdup(options->crl) : NULL;
	c->crls = crls;
	c->identity = options->identity;
	c->connect_ms = (long)options->connect_ms;
	c->exchange_ms = (long)options->exchange_ms;
	wire_reset(&c->wire);
	c->curl = curl_easy_init();
	if (!c->curl) {
		err_set(err, ERR_INTERNAL, "libcurl gave no handle");
		client_free(c);
		return NULL;
	}
	set_connection(c, c->curl);
	set_exchange(c, c->curl);
	return c;
}

void client_free(struct client *c)
{
	if (!c)
		return;
	curl_easy_cleanup(c->curl); /* before what its hooks point to */
	wire_release(&c->wire);
	sk_X509_CRL_pop_free(c->crls, X509_CRL_free);
	free(c->ca);
	free(c->crl);
	free(c);
}

/* ---- Endings */

/* What curl's codes mean here. What is not in the table is a fault of ours. */
static const struct {
	CURLcode code;
	enum ending ending;
} endings[] = {
	{ CURLE_OK, ENDED_ANSWERED },
	{ CURLE_UNSUPPORTED_PROTOCOL, ENDED_UNREADABLE }, /* HTTP/0.9 */
	{ CURLE_COULDNT_RESOLVE_HOST, ENDED_UNREACHABLE },
	{ CURLE_COULDNT_CONNECT, ENDED_UNREACHABLE },
	{ CURLE_WEIRD_SERVER_REPLY, ENDED_UNREADABLE },
	{ CURLE_PARTIAL_FILE, ENDED_LOST },
	{ CURLE_WRITE_ERROR, ENDED_UNREADABLE },   /* our caps */
	{ CURLE_OUT_OF_MEMORY, ENDED_UNREADABLE }, /* a head line over 100 kB */
	{ CURLE_OPERATION_TIMEDOUT, ENDED_TIMEOUT },
	{ CURLE_SSL_CONNECT_ERROR, ENDED_TLS_FAILED },
	{ CURLE_ABORTED_BY_CALLBACK, ENDED_LOST }, /* see on_tls */
	{ CURLE_GOT_NOTHING, ENDED_LOST }, { CURLE_SEND_ERROR, ENDED_LOST },
	{ CURLE_RECV_ERROR, ENDED_LOST },
	{ CURLE_PEER_FAILED_VERIFICATION, ENDED_TLS_DISTRUST },
	{ CURLE_BAD_CONTENT_ENCODING, ENDED_UNREADABLE },
	{ CURLE_FILESIZE_EXCEEDED, ENDED_UNREADABLE },
	{ CURLE_SEND_FAIL_REWIND, ENDED_LOST }, /* as above */
};

static int ending_of(struct client *c, CURLcode code, struct err *err)
{
	for (size_t i = 0; i < COUNTOF(endings); i++)
		if (endings[i].code == code)
			return (int)endings[i].ending;
	if (c->tls_err.kind != ERR_NONE)
		return err_set(err, ERR_INTERNAL, "%s", c->tls_err.msg);
	return err_set(err, ERR_INTERNAL, "libcurl cannot send: %s (%d)",
	    c->trouble[0] ? c->trouble : curl_easy_strerror(code), (int)code);
}

static void say_trouble(struct client *c, CURLcode code)
{
	const char *text =
	    c->trouble[0] ? c->trouble : curl_easy_strerror(code);
	if (c->over_limit)
		text = "the answer is larger than its limit";
	if (c->again)
		text = "the kept connection broke before an answer came";
	str_copy(c->x->trouble, sizeof(c->x->trouble), text);
}

static void explain_distrust(struct client *c)
{
	struct note why = say_none();
	if (c->x->ending == ENDED_TLS_DISTRUST && c->crl)
		why = crl_explain(c->wire.verify_error, c->crl);
	if (why.word != W_none)
		c->x->remark = why;
}

static bool refused_by_peer(const struct client *c)
{
	return c->wire.facts.alert >= 0 && c->wire.facts.alert_from_peer;
}

/* ---- Probing: a handshake, then silence, until the peer says something */

enum heard {
	HEARD_ALERT,
	HEARD_NOTHING, /* the connection stays open (or data came) */
	HEARD_END,     /* closed or reset without a reason */
};

static enum heard listen_for_alert(struct client *c, CURL *curl, int wait_ms)
{
	curl_socket_t fd = CURL_SOCKET_BAD;
	int64_t until = clock_monotonic() + (int64_t)wait_ms * 1000;
	curl_easy_getinfo(curl, CURLINFO_ACTIVESOCKET, &fd);
	while (fd != CURL_SOCKET_BAD) {
		char byte[64];
		size_t got = 0;
		CURLcode code = curl_easy_recv(curl, byte, sizeof(byte), &got);
		if (refused_by_peer(c))
			return HEARD_ALERT;
		if (code == CURLE_OK)
			return got > 0 ? HEARD_NOTHING : HEARD_END;
		if (code != CURLE_AGAIN)
			return HEARD_END;
		int64_t left = (until - clock_monotonic()) / 1000;
		struct pollfd p = { .fd = fd, .events = POLLIN };
		if (left <= 0 || poll(&p, 1, (int)left) == 0)
			return HEARD_NOTHING;
	}
	return HEARD_END;
}

/* A server refuses within the handshake under TLS 1.2, one round trip after it
 * under TLS 1.3. */
static int probe_wait(CURL *curl)
{
	curl_off_t us = 0;
	curl_easy_getinfo(curl, CURLINFO_CONNECT_TIME_T, &us);
	int64_t ms = PROBE_WAIT_MS + us * PROBE_ROUND_TRIPS / 1000;
	return ms < LIMIT_PROBE_MS ? (int)ms : LIMIT_PROBE_MS;
}

static void keep_timing(CURL *curl, struct timing *t)
{
	const struct {
		CURLINFO info;
		int64_t *to;
	} marks[] = {
		{ CURLINFO_CONNECT_TIME_T, &t->connected },
		{ CURLINFO_APPCONNECT_TIME_T, &t->secured },
		{ CURLINFO_STARTTRANSFER_TIME_T, &t->first_byte },
		{ CURLINFO_TOTAL_TIME_T, &t->ended },
	};
	for (size_t i = 0; i < COUNTOF(marks); i++) {
		curl_off_t us = 0;
		curl_easy_getinfo(curl, marks[i].info, &us);
		*marks[i].to = us > 0 ? us : -1;
	}
}

struct probe {
	enum heard heard;
	CURLcode code; /* of the handshake */
};

static struct probe probe_once(
    struct client *c, const char *url, struct timing *timing)
{
	struct probe p = { .heard = HEARD_END, .code = CURLE_FAILED_INIT };
	CURL *curl = curl_easy_init();
	if (!curl)
		return p;
	c->trouble[0] = '\0';
	c->begun = 0;
	wire_reset(&c->wire);
	set_connection(c, curl);
	curl_easy_setopt(curl, CURLOPT_URL, url);
	curl_easy_setopt(curl, CURLOPT_CONNECT_ONLY, 1L);
	p.code = curl_easy_perform(curl);
	if (p.code == CURLE_OK)
		p.heard = listen_for_alert(c, curl, probe_wait(curl));
	else if (refused_by_peer(c))
		p.heard = HEARD_ALERT;
	if (timing)
		keep_timing(curl, timing);
	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, NULL);
	curl_easy_cleanup(curl);
	return p;
}

/* Again while the connection ends without a reason. */
static struct probe probe(
    struct client *c, const char *url, struct timing *timing)
{
	struct probe p = { 0 };
	for (int i = 0; i < PROBE_TRIES; i++) {
		p = probe_once(c, url, timing);
		bool silent =
		    p.heard == HEARD_END &&
		    (p.code == CURLE_OK || p.code == CURLE_SSL_CONNECT_ERROR);
		if (!silent)
			break;
	}
	return p;
}

static int send_probe(struct client *c, const char *url, struct err *err)
{
	struct probe p = probe(c, url, &c->x->timing);
	int ending = (int)ENDED_TLS_REFUSED;
	if (p.heard == HEARD_NOTHING)
		ending = (int)ENDED_PROBE_OPEN;
	else if (p.heard == HEARD_END && p.code == CURLE_OK)
		ending = (int)ENDED_TLS_FAILED;
	else if (p.heard == HEARD_END)
		ending = ending_of(c, p.code, err);
	if (ending < 0)
		return -1;
	c->x->ending = (enum ending)ending;
	/* The wire now tells of the probe, not of a connection that was kept.
	 */
	curl_easy_setopt(c->curl, CURLOPT_FRESH_CONNECT, 1L);
	wire_facts(&c->wire, c->identity, &c->x->tls);
	if (c->x->ending != ENDED_PROBE_OPEN)
		say_trouble(c, p.code);
	explain_distrust(c);
	return 0;
}

/* ---- Messages */

/*
 * The connection broke before any answer. If the handshake was part of this
 * exchange, a refusal of our certificate may be the reason: TLS 1.3 lets us
 * finish before the server has looked at it, and a reset overtakes its alert.
 */
static void find_cause(struct client *c, const char *url)
{
	struct exchange *x = c->x;
	bool silent =
	    x->response.head.len == 0 &&
	    (x->ending == ENDED_LOST || x->ending == ENDED_TLS_FAILED);
	if (!silent || !c->wire.opened || c->again || c->plain)
		return;
	if (refused_by_peer(c)) {
		x->ending = ENDED_TLS_REFUSED;
		return;
	}
	if (x->ending == ENDED_LOST && streq(x->tls.version, "TLSv1.2"))
		return; /* there the server looks before we finish */
	if (probe(c, url, NULL).heard == HEARD_ALERT) {
		x->ending = ENDED_TLS_REFUSED;
		x->remark = say_net_probed();
		wire_facts(&c->wire, c->identity, &x->tls);
	}
	/* The connections of probes are gone; the next message opens one. */
	curl_easy_setopt(c->curl, CURLOPT_FRESH_CONNECT, 1L);
}

static struct curl_slist *headers(const struct cleared_message *m)
{
	struct curl_slist *list = NULL;
	const char *action = cleared_soap_action(m);
	const char *media_type = cleared_media_type(m);
	/* SOAP 1.2 has its action there, SOAP 1.1 in a field of its own */
	bool inside = action && str_starts(media_type, "application/soap+xml");
	char *type = xasprintf("Content-Type: %s%s%s%s", media_type,
	    inside ? "; action=\"" : "", inside ? action : "",
	    inside ? "\"" : "");
	list = curl_slist_append(list, type);
	free(type);
	/* A wait for "100 Continue" costs a second where nobody answers it. */
	list = curl_slist_append(list, "Expect:");
	if (cleared_fault(m)) {
		char *line = xasprintf(FAULT_FIELD ": %s", cleared_fault(m));
		list = curl_slist_append(list, line);
		free(line);
	}
	if (action && !inside) {
		char *line = xasprintf("SOAPAction: \"%s\"", action);
		list = curl_slist_append(list, line);
		free(line);
	}
	return list;
}

static void keep_media_type(CURL *curl, char *to, size_t size)
{
	char *type = NULL;
	curl_easy_getinfo(curl, CURLINFO_CONTENT_TYPE, &type);
	str_copy(to, size, type ? type : "");
	to[strcspn(to, "; \t")] = '\0';
	for (char *p = to; *p; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p - 'A' + 'a');
}

static int keep_outcome(struct client *c, CURLcode code, struct err *err)
{
	struct exchange *x = c->x;
	long status = 0;
	int ending = ending_of(c, code, err);
	if (ending < 0)
		return -1;
	x->ending = (enum ending)ending;
	curl_easy_getinfo(c->curl, CURLINFO_RESPONSE_CODE, &status);
	if (x->response.head.len > 0)
		x->http_status = (int)status;
	keep_media_type(
	    c->curl, x->response.media_type, sizeof(x->response.media_type));
	keep_timing(c->curl, &x->timing);
	if (c->begun > 0 && !c->wire.opened) /* a kept connection */
		x->timing.connected = x->timing.secured = 0;
	wire_facts(&c->wire, c->identity, &x->tls);
	if (code != CURLE_OK)
		say_trouble(c, code);
	explain_distrust(c);
	/* curl tells a broken connection and a broken chunk by the same code.
	 */
	if (code == CURLE_RECV_ERROR && strstr(c->trouble, "chunked-encoding"))
		x->ending = ENDED_UNREADABLE;
	return 0;
}

static int send_message(
    struct client *c, const struct cleared_message *m, struct err *err)
{
	size_t len = 0;
	const void *body = cleared_body(m, &len);
	struct curl_slist *list = headers(m);
	struct message *request = &c->x->request;
	buf_add(&request->body, body, len);
	str_copy(request->media_type, sizeof(request->media_type),
	    cleared_media_type(m));
	request->media_type[strcspn(request->media_type, "; \t")] = '\0';
	curl_easy_setopt(c->curl, CURLOPT_URL, cleared_url(m));
	curl_easy_setopt(c->curl, CURLOPT_HTTPHEADER, list);
	curl_easy_setopt(c->curl, CURLOPT_POST, 1L);
	curl_easy_setopt(c->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)len);
	curl_easy_setopt(c->curl, CURLOPT_POSTFIELDS, body);
	CURLcode code = curl_easy_perform(c->curl);
	curl_easy_setopt(c->curl, CURLOPT_HTTPHEADER, NULL);
	curl_easy_setopt(c->curl, CURLOPT_FRESH_CONNECT, 0L);
	curl_slist_free_all(list);
	if (keep_outcome(c, code, err) < 0)
		return -1;
	find_cause(c, cleared_url(m));
	return 0;
}

int net_send(struct client *c, const struct cleared_message *m,
    const struct world *world, struct exchange *x, struct err *err)
{
	c->x = x;
	c->begun = 0;
	c->again = c->head_ended = c->over_limit = false;
	c->trouble[0] = '\0';
	c->tls_err = (struct err){ 0 };
	c->wire.opened = false;
	x->timing.started = world_now(world);
	int rc = cleared_is_probe(m) ? send_probe(c, cleared_url(m), err)
				     : send_message(c, m, err);
	c->x = NULL;
	return rc;
}

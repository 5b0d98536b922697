/* SPDX-License-Identifier: Apache-2.0 */
#include "check/guard.h"

#include "base/str.h"
#include "check/guard-scan.h"
#include "kanta/soap.h"

struct cleared_message {
	char *url, *media_type, *soap_action, *fault;
	char *body;
	size_t len;
	bool is_probe;
};

const char *guard_rule_name(enum guard_rule rule)
{
	switch (rule) {
	case GUARD_IDENTITY:
		return "identity";
	case GUARD_POOL:
		return "pool";
	case GUARD_PROCESSING:
		return "processing";
	case GUARD_TARGET:
		return "target";
	case GUARD_ISSUER:
		return "issuer";
	case GUARD_OPAQUE:
		return "opaque";
	case GUARD_HOSTILE:
		return "hostile";
	case GUARD_NAME:
		return "name";
	}
	BUG("no such guard rule");
}

/* One look at a message: what is wanted, where to, and what was seen. */
struct clearing {
	const struct outgoing *what;
	const struct guard_context *where;
	struct guard_report *report;
	char *url;
	bool is_real;
};

static void refuse(
    struct clearing *c, enum guard_rule rule, const char *at, struct note what)
{
	guard_add(c->report, rule, at, &what);
}

/* ---- Where to */

static char *whole_url(const struct target *t, const char *path)
{
	size_t len = strlen(t->url);

	if (!path)
		return xstrdup(t->url);
	while (len > 0 && t->url[len - 1] == '/')
		len--;
	return xasprintf("%.*s%s", (int)len, t->url, path);
}

static bool path_is_sane(const char *path)
{
	if (!path)
		return true;
	if (path[0] != '/')
		return false;
	for (; *path; path++)
		if (*path <= ' ' || *path == '\\' || *path == 0x7f)
			return false;
	return true;
}

static int set_url(
    const struct clearing *c, struct target *seen, struct err *err)
{
	return c->what->is_validation
		   ? target_set_validation_url(seen, c->url, err)
		   : target_set_url(seen, c->url, err);
}

/*
 * The target as its whole url tells it, not as somebody filled it in: what is
 * called loopback must be there.
 */
static void check_target(struct clearing *c)
{
	const struct target *t = c->where->target;
	struct target seen = { .kind = TARGET_REAL };
	struct err err = { 0 };

	c->is_real = t->kind == TARGET_REAL;
	if (!path_is_sane(c->what->path)) {
		refuse(c, GUARD_TARGET, "url", say_guard_path(c->what->path));
		return;
	}
	c->url = whole_url(t, c->what->path);
	if (set_url(c, &seen, &err) < 0 || !seen.host || !t->host ||
	    !streq(seen.host, t->host)) {
		refuse(c, GUARD_TARGET, "url", say_guard_target(c->url));
		c->is_real = true;
	} else if (seen.kind == TARGET_REAL) {
		c->is_real = true;
		if (!c->where->rules ||
		    !target_host_is_test(c->where->rules, seen.host) ||
		    (target_is_plain(c->url) &&
			!target_may_be_plain(c->where->rules, seen.host)))
			refuse(c, GUARD_TARGET, "url",
			    say_guard_target(seen.host));
	}
	target_release(&seen);
}

static void check_issuer(struct clearing *c)
{
	const char *issuer = c->where->client_issuer;

	/* Without TLS nobody shows a certificate. */
	if (c->what->is_validation && c->url && target_is_plain(c->url))
		return;
	/* A handshake without a certificate shows nobody's. */
	if (!c->is_real || (!issuer && c->what->is_probe))
		return;
	if (!issuer)
		refuse(
		    c, GUARD_ISSUER, "certificate", say_guard_issuer_missing());
	else if (!c->where->rules ||
		 !target_issuer_is_test(c->where->rules, issuer))
		refuse(
		    c, GUARD_ISSUER, "certificate", say_guard_issuer(issuer));
}

/* ---- What */

/* The message inside of the envelope, or NULL when there is none. */
static xmlNode *message_of(const struct xml_doc *doc)
{
	struct soap soap = { 0 };
	struct err err = { 0 };
	xmlNode *message = NULL;

	if (soap_read(&soap, doc, &err) == 0)
		message = soap.payload;
	soap_release(&soap);
	return message;
}

static void check_processing_of(struct clearing *c, const xmlNode *message)
{
	const char *expected = c->where->processing_code;
	bool seen = false;

	XML_EACH_CHILD (n, message) {
		const char *code;
		struct buf at = BUF_INIT(LIMIT_KIB(4));
		if (!xml_is(n, NULL, "processingCode"))
			continue;
		seen = true;
		code = xml_attr(n, "code");
		xml_path(&at, n, "code");
		if (!code || !streq(code, expected))
			refuse(c, GUARD_PROCESSING, at.ptr,
			    say_guard_processing(code ? code : "", expected));
		buf_release(&at);
	}
	if (!seen)
		refuse(c, GUARD_PROCESSING, "processingCode",
		    say_guard_processing_missing(expected));
}

/* Told by the scan what the body's own XML is. */
static void check_processing(
    void *ctx, const struct xml_doc *doc, const struct note *why)
{
	struct clearing *c = ctx;
	xmlNode *message;

	if (c->what->is_hostile ||
	    (!c->what->is_message && !c->what->is_validation && !c->is_real))
		return;
	if (!doc) {
		refuse(c, GUARD_OPAQUE, "message", *why);
		return;
	}
	message = message_of(doc);
	if (message)
		check_processing_of(c, message);
	else
		refuse(c, GUARD_PROCESSING, "message",
		    say_guard_processing_missing(c->where->processing_code));
}

bool guard_is_clean(const void *bytes, size_t len)
{
	struct guard_report report = { 0 };

	return guard_scan(&report, bytes, len, NULL);
}

/* Bad traffic for the mock may be unreadable, but holds nobody's code. */
static void allow_opaque(struct guard_report *report, size_t first)
{
	size_t kept = first;

	for (size_t i = first; i < report->count; i++) {
		if (report->at[i].rule == GUARD_OPAQUE)
			continue;
		if (kept != i)
			report->at[kept] = report->at[i];
		kept++;
	}
	report->count = kept;
}

static void scan_header(struct clearing *c, const char *name, const char *value,
    const struct identity_pool *pool)
{
	size_t first = c->report->count;

	if (!value || guard_scan(c->report, value, strlen(value), pool))
		return;
	for (size_t i = first; i < c->report->count; i++)
		str_copy(c->report->at[i].where, sizeof(c->report->at[i].where),
		    name);
}

/*
 * A line end in a header's value would be a second header, which nobody looked
 * at: values may come out of an answer (a case's `keep`).
 */
static void check_header(
    struct clearing *c, const char *name, const char *value)
{
	for (const char *p = value ? value : ""; *p; p++)
		if ((unsigned char)*p < ' ' || *p == '"' || *p == 0x7f) {
			refuse(c, GUARD_OPAQUE, name, say_guard_header(name));
			return;
		}
}

static void check_pool(struct clearing *c)
{
	const struct identity_pool *pool = c->where->pool;

	if (c->is_real && (!pool || pool->count == 0))
		refuse(c, GUARD_POOL, "esitesti.xml", say_guard_no_pool());
}

static void check_content(struct clearing *c)
{
	const struct outgoing *what = c->what;
	const struct identity_pool *pool = c->where->pool;
	struct identity_pool any = { .codes = NULL };
	size_t first = c->report->count;

	check_pool(c);
	/* Elsewhere any code of the 900 series may go, but nothing unseen. */
	if (pool && !c->is_real) {
		any.attested = pool->attested;
		any.attested_count = pool->attested_count;
		pool = &any;
	}
	if (c->is_real && what->is_hostile)
		refuse(c, GUARD_HOSTILE, "message", say_guard_hostile());
	/* Nobody else hears of faults, a server of anybody's on this machine
	 * neither. */
	if (what->fault &&
	    (c->is_real || c->where->target->kind != TARGET_EMBEDDED))
		refuse(c, GUARD_HOSTILE, FAULT_FIELD, say_guard_fault());
	check_header(c, FAULT_FIELD, what->fault);
	check_header(c, "SOAPAction", what->soap_action);
	scan_header(c, "url", c->url, pool);
	scan_header(c, "SOAPAction", what->soap_action, pool);
	scan_header(c, "Content-Type", what->media_type, pool);
	scan_header(c, FAULT_FIELD, what->fault, pool);
	if (what->is_validation)
		guard_scan_validation(c->report, what->body, what->len, pool,
		    check_processing, c);
	else if (!what->is_probe)
		(void)guard_scan_seeing(c->report, what->body, what->len, pool,
		    check_processing, c);
	if (what->is_hostile)
		allow_opaque(c->report, first);
}

bool guard_place(struct guard_report *report, const struct guard_context *where,
    bool probes_only)
{
	const struct outgoing nothing = { .is_probe = probes_only };
	struct clearing c = {
		.what = &nothing, .where = where, .report = report
	};
	size_t before = report->count;

	check_target(&c);
	check_issuer(&c);
	check_pool(&c);
	free(c.url);
	return report->count == before;
}

/* ---- The only maker of cleared messages */

static char *copy_text(const char *s)
{
	return s ? xstrdup(s) : NULL;
}

static struct cleared_message *let_go(const struct clearing *c)
{
	struct cleared_message *m = xcalloc(1, sizeof(*m));
	size_t len = c->what->is_probe ? 0 : c->what->len;

	m->url = xstrdup(c->url);
	m->media_type = copy_text(c->what->media_type);
	m->soap_action = copy_text(c->what->soap_action);
	m->fault = copy_text(c->what->fault);
	m->is_probe = c->what->is_probe;
	m->body = xmemdup(c->what->body, len);
	m->len = len;
	return m;
}

struct cleared_message *guard_clear(const struct outgoing *what,
    const struct guard_context *where, struct guard_report *report)
{
	struct clearing c = { .what = what, .where = where, .report = report };
	struct cleared_message *m = NULL;
	size_t before = report->count;

	check_target(&c);
	check_issuer(&c);
	check_content(&c);
	if (report->count == before && !report->more)
		m = let_go(&c);
	free(c.url);
	return m;
}

void cleared_free(struct cleared_message *m)
{
	if (!m)
		return;
	free(m->url);
	free(m->media_type);
	free(m->soap_action);
	free(m->fault);
	free(m->body);
	free(m);
}

const char *cleared_url(const struct cleared_message *m)
{
	return m->url;
}

const void *cleared_body(const struct cleared_message *m, size_t *len)
{
	*len = m->len;
	return m->body;
}

const char *cleared_media_type(const struct cleared_message *m)
{
	return m->media_type;
}

const char *cleared_soap_action(const struct cleared_message *m)
{
	return m->soap_action;
}

bool cleared_is_probe(const struct cleared_message *m)
{
	return m->is_probe;
}

const char *cleared_fault(const struct cleared_message *m)
{
	return m->fault;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "base/limits.h"
#include "base/str.h"
#include "cmd-check.h"
#include "cmd-run.h"
#include "kanta/shark.h"
#include "net/client.h"
#include "record/result.h"

#include <stdlib.h>

/*
 * What leaves goes the way of every message: through the guard, to a target
 * that the command line names, with the identity codes of the project's pool.
 */
struct sending {
	struct session s; /* project, pool, target, identity, dialect */
	struct io *io;
	enum lang lang;
	struct buf frame, document, request;
	bool own;	  /* a project of the user's */
	const char *path; /* appended to the target's url, or NULL */
};

/* ---- Where to */

/* The url of a service at its root gets the service's path. */
static const char *path_for(const char *url)
{
	const char *from = strstr(url, "://");
	const char *slash = from ? strchr(from + 3, '/') : NULL;
	return !slash || !slash[1] ? SHARK_PATH : NULL;
}

static int use_plain(struct sending *w, const char *name, const char *url,
    bool loopback, struct err *err)
{
	struct target *t = &w->s.target;
	if (target_set_validation_url(t, url, err) < 0)
		return -1;
	t->name = xstrdup(name);
	if (!loopback || t->kind == TARGET_LOOPBACK)
		return 0;
	err_set(err, ERR_USAGE,
	    "'%s' is not on this machine: only loopback addresses may be given "
	    "as a URL",
	    url);
	return err_hint(err, "--shark shark names the service that is known");
}

static int choose_named(struct sending *w, const char *name, struct err *err)
{
	if (session_choose_target(&w->s, err) == 0)
		return 0;
	/* The file that was looked in is the program's own: no next step. */
	if (!w->own && !strstr(name, "://")) {
		err->hint[0] = '\0';
		err_hint(err,
		    "it can be shark, a loopback URL, or a target of "
		    "esitesti.xml: that is not here, and --project names one");
	}
	return -1;
}

static int choose_target(struct sending *w, const char *name, struct err *err)
{
	struct session *s = &w->s;
	const char *known = target_rules_validation(s->shipped.rules, name);
	int rc;
	if (known)
		rc = use_plain(w, name, known, false, err);
	else if (target_is_plain(name))
		rc = use_plain(w, "loopback", name, true, err);
	else
		rc = choose_named(w, name, err);
	if (rc == 0)
		w->path = path_for(s->target.url);
	return rc;
}

/* ---- What */

/* 128 bits as RFC 9562 writes them, version 4. */
static void make_uuid(char out[37], const struct world *world)
{
	uint64_t high = world_id(world, "shark", "message", 1);
	uint64_t low = world_id(world, "shark", "message", 2);
	snprintf(out, 37, "%08x-%04x-4%03x-%04x-%012llx",
	    (unsigned)(high & 0xFFFFFFFFU), (unsigned)(high >> 32 & 0xFFFFU),
	    (unsigned)(high >> 48 & 0xFFFU),
	    (unsigned)(0x8000U | (low >> 48 & 0x3FFFU)),
	    (unsigned long long)(low & 0xFFFFFFFFFFFFULL));
}

static int make_request(
    struct sending *w, int count, char *names[], struct err *err)
{
	char uuid[37];
	make_uuid(uuid, &w->s.world);
	if (input_read(&w->frame, names[0], err) < 0 ||
	    (count > 1 && input_read(&w->document, names[1], err) < 0))
		return -1;
	const struct shark_draft draft = {
		.frame = w->frame.ptr,
		.frame_len = w->frame.len,
		.frame_name = names[0],
		.document = count > 1 ? w->document.ptr : NULL,
		.document_len = w->document.len,
		.document_name = count > 1 ? names[1] : NULL,
		.message_id = uuid,
	};
	return shark_write(&w->request, &draft, err);
}

/* ---- Telling */

static void tell(const struct sending *w, struct note note)
{
	struct buf text = BUF_INIT(LIMIT_KIB(16));
	note_render(&text, &note, w->lang);
	fprintf(w->io->out, "%s\n", text.ptr);
	buf_release(&text);
}

static int tell_stopped(
    const struct sending *w, const struct guard_report *report)
{
	tell(w, say_shark_stopped());
	for (size_t i = 0; i < report->count; i++) {
		fprintf(w->io->out, "  %s: ", report->at[i].where);
		tell(w, report->at[i].what);
	}
	return EXIT_GUARD;
}

static int tell_answer(const struct sending *w, const struct exchange *x)
{
	struct shark_answer a;
	char status[16], count[24];
	int code = EXIT_INCONCLUSIVE;
	shark_read_answer(
	    &a, x->http_status, x->response.body.ptr, x->response.body.len);
	snprintf(status, sizeof(status), "%d", x->http_status);
	snprintf(count, sizeof(count), "%zu", a.items.count);
	switch (a.outcome) {
	case SHARK_VALID:
		tell(w, say_shark_valid());
		code = EXIT_PASSED;
		break;
	case SHARK_FOUND:
		tell(w, say_shark_found(count, status));
		for (size_t i = 0; i < a.items.count; i++) {
			char *item = finding_text(a.items.at[i]);
			fprintf(w->io->out, "%4zu  %s\n", i + 1, item);
			free(item);
		}
		if (*a.code)
			tell(w, say_shark_code(a.code));
		tell(w, say_shark_next_found());
		code = EXIT_FAILED;
		break;
	case SHARK_BLOCKED:
		tell(w, say_shark_blocked(status));
		if (*a.support_id)
			tell(w, say_shark_support(a.support_id));
		break;
	case SHARK_STRANGE:
		tell(w, say_shark_strange(status));
		break;
	}
	shark_answer_release(&a);
	return code;
}

/* ---- Sending */

static int send_cleared(
    struct sending *w, const struct cleared_message *m, struct err *err)
{
	struct session *s = &w->s;
	struct exchange x;
	const struct client_options options = {
		.ca = s->target.ca,
		.crl = s->target.crl,
		.identity = &s->identity,
		.connect_ms = LIMIT_CONNECT_MS,
		.exchange_ms = LIMIT_EXCHANGE_MS,
		.plain = target_is_plain(cleared_url(m)),
	};
	struct client *client = client_new(&options, err);
	int rc = -1;
	if (!client)
		return -1;
	exchange_init(&x);
	if (net_send(client, m, &s->world, &x, err) == 0) {
		if (x.request.head.len > 0)
			tell(w, say_shark_sent(cleared_url(m)));
		if (s->target.kind == TARGET_LOOPBACK)
			tell(w, say_shark_not_kanta());
		rc = EXIT_INCONCLUSIVE;
		if (x.ending == ENDED_ANSWERED)
			rc = tell_answer(w, &x);
		else
			tell(w, say_shark_no_answer(x.trouble));
	}
	exchange_release(&x);
	client_free(client);
	return rc;
}

static int clear_and_send(struct sending *w, struct err *err)
{
	struct session *s = &w->s;
	const struct outgoing what = {
		.body = w->request.ptr,
		.len = w->request.len,
		.media_type = "application/json",
		.is_validation = true,
		.path = w->path,
	};
	const struct guard_context where = {
		.target = &s->target,
		.rules = s->shipped.rules,
		.client_issuer = s->identity.issuer,
		.processing_code = dialect_text(s->dialect, DK_PROCESSING_CODE),
		.pool = &s->pool.pool,
	};
	struct guard_report *report = xcalloc(1, sizeof(*report));
	struct cleared_message *m = guard_clear(&what, &where, report);
	int rc = m ? send_cleared(w, m, err) : tell_stopped(w, report);
	cleared_free(m);
	free(report);
	return rc;
}

/* Codes that Kela issued stand in a project file of the vendor's; those of the
 * shipped one are for no real service. */
static int load_project(struct sending *w, struct err *err)
{
	struct session *s = &w->s;
	w->own = project_choose(s->o.project, NULL) != NULL;
	if (session_load_project(s, err) < 0)
		return -1;
	if (w->own)
		return 0;
	project_pool_release(&s->pool);
	s->pool = (struct project_pool){ .pool = { .codes = NULL } };
	return 0;
}

static int check_words(
    const struct check_command *o, int count, struct err *err)
{
	if (count > 2)
		return err_set(err, ERR_USAGE,
		    "--shark takes a frame and at most one document");
	if (o->format != CHECK_FORMAT_TEXT || o->out || o->html || o->json ||
	    o->junit || o->sarif || o->with.baseline || o->write_baseline)
		return err_set(err, ERR_USAGE,
		    "--shark tells on the standard output only");
	return 0;
}

int check_shark(const struct check_command *o, int count, char *names[],
    struct io *io, struct err *err)
{
	struct sending w = {
		.s = { .io = io,
		    .o = { .target = o->shark,
			.certs = o->certs,
			.project = o->pool ? o->pool : o->project },
		    .world = world_real() },
		.io = io,
		.lang = (enum lang)o->lang,
		.frame = BUF_INIT(LIMIT_MESSAGE),
		.document = BUF_INIT(LIMIT_MESSAGE),
		.request = BUF_INIT(LIMIT_MIB(256)),
	};
	int rc = -1;
	if (check_words(o, count, err) == 0 &&
	    shipped_load(&w.s.shipped, err) == 0 &&
	    load_project(&w, err) == 0 &&
	    choose_target(&w, o->shark, err) == 0 &&
	    session_load_dialect(&w.s, err) == 0 &&
	    (target_is_plain(w.s.target.url) ||
		as_usage(identity_load_target(&w.s.identity, &w.s.target, err),
		    err) == 0) &&
	    make_request(&w, count, names, err) == 0)
		rc = clear_and_send(&w, err);
	buf_release(&w.frame);
	buf_release(&w.document);
	buf_release(&w.request);
	session_release(&w.s);
	return rc;
}

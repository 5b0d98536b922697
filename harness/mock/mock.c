/* SPDX-License-Identifier: Apache-2.0 */
#include "mock/mock.h"

#include "base/file.h"
#include "base/limits.h"
#include "check/check.h"
#include "mock/fault-tls.h"
#include "mock/logbook.h"
#include "mock/outlet.h"
#include "net/crl.h"
#include "net/tls.h"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

/* All that lives while the mock serves. */
struct mock {
	struct event_base *base;
	struct event *signals[2];
	struct archive *archive;
	struct fault_list faults;
	struct policies policies;
	struct receive_context receive;
	struct check_plan *content;
	SSL_CTX *tls;
	struct tls_faults *tls_faults;
	struct server *server;
	struct logbook logbook;
};

/* ---- TLS */

static int use_client_ca(SSL_CTX *ctx, const char *path, struct err *err)
{
	STACK_OF(X509_NAME) *names = SSL_load_client_CA_file(path);

	if (!names || SSL_CTX_load_verify_file(ctx, path) != 1) {
		sk_X509_NAME_pop_free(names, X509_NAME_free);
		return tls_fail(err, "cannot use the CA file '%s'", path);
	}
	SSL_CTX_set_client_CA_list(ctx, names);
	return 0;
}

/* A folder of one's own need not have a revocation list. */
static int use_crl(SSL_CTX *ctx, const char *dir, struct err *err)
{
	STACK_OF(X509_CRL) *crls = NULL;
	char *path = path_join(dir, "crl.pem");
	int rc = 0;

	if (access(path, F_OK) == 0)
		rc = crls_read(&crls, path, err);
	if (rc == 0)
		rc = crls_use(crls, ctx, err);
	sk_X509_CRL_pop_free(crls, X509_CRL_free);
	free(path);
	return rc;
}

static int use_certificates(SSL_CTX *ctx, const char *dir, struct err *err)
{
	struct identity id = { 0 };
	char *certificate = path_join(dir, "server.pem");
	char *key = path_join(dir, "server.key");
	char *ca = path_join(dir, "ca.pem");
	int rc = -1;

	if (identity_load_pem(&id, certificate, key, NULL, err) < 0 ||
	    identity_use(&id, ctx, err) < 0 ||
	    use_client_ca(ctx, ca, err) < 0 || use_crl(ctx, dir, err) < 0)
		goto out;
	rc = 0;
out:
	/* The folder is the user's word. */
	if (rc < 0 && err->kind == ERR_IO)
		err->kind = ERR_USAGE;
	if (rc < 0)
		err_hint(err, "'esitesti certs init DIR' makes a folder of "
			      "test certificates");
	identity_release(&id);
	free(certificate);
	free(key);
	free(ca);
	return rc;
}

static int start_tls(
    struct mock *m, const struct mock_options *o, struct err *err)
{
	static const unsigned char context[] = "esitesti mock";
	int verify = SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT;

	m->tls = SSL_CTX_new(TLS_server_method());
	if (!m->tls)
		return tls_fail(err, "cannot start TLS");
	SSL_CTX_set_verify(m->tls, verify, NULL);
	SSL_CTX_set_session_id_context(m->tls, context, sizeof(context) - 1);
	if (tls_common(m->tls, err) < 0)
		return -1;
	/* Keys below 2048 bits and SHA-1 are refused, however OpenSSL was
	 * built. */
	SSL_CTX_set_security_level(m->tls, 2);
	if (use_certificates(m->tls, o->certs, err) < 0)
		return -1;
	m->tls_faults = tls_faults_new(&m->faults, m->tls, o->certs, err);
	return m->tls_faults ? 0 : -1;
}

/* ---- Telling that we are there */

static int write_ready(int fd, unsigned port, struct err *err)
{
	char line[16];
	int len = snprintf(line, sizeof(line), "%u\n", port);
	ssize_t n = write(fd, line, (size_t)len);

	close(fd);
	if (n != len)
		return err_errno(err, ERR_IO, "cannot tell the port");
	return 0;
}

static int tell_port(
    const struct mock_options *o, unsigned port, struct err *err)
{
	char line[16];
	int len = snprintf(line, sizeof(line), "%u\n", port);

	if (o->port_file &&
	    file_write_whole(o->port_file, line, (size_t)len, 0644, err) < 0)
		return -1;
	if (o->ready_fd >= 0)
		return write_ready(o->ready_fd, port, err);
	return 0;
}

/* ---- From start to end */

static void on_signal(evutil_socket_t number, short events, void *arg)
{
	(void)number;
	(void)events;
	event_base_loopbreak(arg);
}

static int start_loop(struct mock *m, struct err *err)
{
	static const int numbers[] = { SIGTERM, SIGINT };

	m->base = event_base_new();
	if (!m->base)
		return err_set(err, ERR_INTERNAL, "cannot start libevent");
	for (size_t i = 0; i < COUNTOF(numbers); i++) {
		m->signals[i] =
		    evsignal_new(m->base, numbers[i], on_signal, m->base);
		event_add(m->signals[i], NULL);
	}
	return 0;
}

static int start_server(
    struct mock *m, const struct mock_options *o, struct err *err)
{
	struct server_options options = {
		.base = m->base,
		.tls = m->tls,
		.port = o->port,
		.patience_ms = o->patience_s * 1000,
		.faults = &m->faults,
		.tls_faults = m->tls_faults,
		.case_faults = o->case_faults,
		.world = o->world,
		.receive = &m->receive,
		.ctx = &m->logbook,
		.exchanged = logbook_exchanged,
		.refused = logbook_refused,
		.counted = logbook_counted,
	};

	m->receive = (struct receive_context){
		.archive = m->archive,
		.dialect = o->dialect,
		.world = o->world,
		.policies = &m->policies,
		.content = m->content,
	};
	m->server = server_start(&options, err);
	return m->server ? 0 : -1;
}

/* Archive and run folder stand where the user says. */
static int open_archive(
    struct mock *m, const struct mock_options *o, struct err *err)
{
	m->archive = archive_open(o->archive, err);
	if (m->archive)
		return 0;
	if (err->kind == ERR_IO)
		err->kind = ERR_USAGE;
	return -1;
}

static int open_logbook(
    struct mock *m, const struct mock_options *o, struct err *err)
{
	if (logbook_open(&m->logbook, o, server_port(m->server), err) == 0)
		return 0;
	if (err->kind == ERR_IO)
		err->kind = ERR_USAGE;
	err_hint(err, "name a folder elsewhere with --out");
	return -1;
}

/* Only when it is asked for: rule sets and code lists take their time. */
static int load_content(
    struct mock *m, const struct mock_options *o, struct err *err)
{
	char *data = NULL;

	if (m->policies.value[POLICY_CONTENT] == POLICY_OFF)
		return 0;
	data = path_data(err);
	if (data) {
		const struct check_options options = {
			.stages = { [STAGE_SYNTACTIC] = true,
			    [STAGE_SCHEMA] = true,
			    [STAGE_RULES] = true,
			    [STAGE_CODES] = true },
			.data = data,
			.dialect = o->dialect,
			.schema = o->schema,
			.rules = o->rules,
			.codes = o->codes,
		};
		m->content = check_plan_new(&options, err);
	}
	free(data);
	return m->content ? 0 : -1;
}

static int start(struct mock *m, const struct mock_options *o, struct err *err)
{
	if (fault_parse(&m->faults, o->faults, err) < 0 ||
	    policies_make(&m->policies, o->dialect, o->policies, err) < 0 ||
	    load_content(m, o, err) < 0)
		return -1;
	if (open_archive(m, o, err) < 0 || start_loop(m, err) < 0 ||
	    start_tls(m, o, err) < 0 || start_server(m, o, err) < 0)
		return -1;
	if (open_logbook(m, o, err) < 0)
		return -1;
	m->logbook.renderer = renderer_start(m->base, o->page);
	m->logbook.policies = &m->policies;
	return tell_port(o, server_port(m->server), err);
}

static void stop(struct mock *m)
{
	server_stop(m->server);
	renderer_stop(m->logbook.renderer);
	m->logbook.renderer = NULL;
	archive_close(m->archive);
	check_plan_free(m->content);
	tls_faults_free(m->tls_faults);
	SSL_CTX_free(m->tls);
	for (size_t i = 0; i < COUNTOF(m->signals); i++)
		if (m->signals[i])
			event_free(m->signals[i]);
	if (m->base)
		event_base_free(m->base);
	VEC_RELEASE(&m->faults);
}

static int serve(const struct mock_options *options, struct err *err)
{
	struct mock m = { 0 };
	struct sigaction ignore = { .sa_handler = SIG_IGN };
	struct sigaction before;
	struct err ignored = { 0 };
	int rc = -1;

	sigaction(SIGPIPE, &ignore, &before);
	if (start(&m, options, err) < 0)
		goto out;
	screen_greet(&m.logbook.screen, options, m.logbook.url);
	event_base_dispatch(m.base);
	server_stop(m.server); /* tells what there is still to tell */
	m.server = NULL;
	rc = 0;
	screen_leave(&m.logbook.screen, options);
out:
	stop(&m);
	if (logbook_close(&m.logbook, rc < 0 ? &ignored : err) < 0)
		rc = -1;
	sigaction(SIGPIPE, &before, NULL);
	return rc;
}

int mock_serve(const struct mock_options *options, struct err *err)
{
	struct mock_options o = *options;
	struct outlet *outlet = outlet_open(options->log);
	int rc = 0;

	if (outlet)
		o.log = outlet_stream(outlet);
	rc = serve(&o, err);
	outlet_close(outlet);
	return rc;
}

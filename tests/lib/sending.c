/* SPDX-License-Identifier: Apache-2.0 */
#include "sending.h"

#include "net/identity.h"

/* cmocka wants these first */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <curl/curl.h>
#include <signal.h>
#include <stdlib.h>

static struct target_rules *rules;
static struct identity client_id;

const struct identity *sending_identity(void)
{
	return &client_id;
}

struct setting sending_usual(const char *reply, enum tlsserver_then then)
{
	return (struct setting){
		.server = { .certificate = test_pki_file("server.pem"),
		    .key = test_pki_file("server.key"),
		    .client_ca = test_pki_file("ca.pem"),
		    .reply = reply,
		    .len = strlen(reply),
		    .then = then },
		.identity = &client_id,
		.exchange_ms = 5000,
	};
}

static struct cleared_message *clear(
    const struct setting *s, unsigned port, const char *body, size_t len)
{
	struct target t = { 0 };
	struct err err = { 0 };
	struct guard_report report = { 0 };
	char *url = xasprintf("https://127.0.0.1:%u/", port);
	assert_int_equal(target_set_url(&t, s->url ? s->url : url, &err), 0);
	struct outgoing what = { .body = body,
		.len = len,
		.media_type = "text/xml; charset=UTF-8",
		.soap_action = s->soap_action,
		.is_probe = s->probe };
	struct guard_context where = {
		.target = &t, .rules = rules, .processing_code = "D"
	};
	struct cleared_message *m = guard_clear(&what, &where, &report);
	assert_non_null(m);
	target_release(&t);
	free(url);
	return m;
}

struct client *sending_client(const struct setting *s)
{
	struct err err = { 0 };
	struct client_options options = {
		.ca = s->ca ? s->ca : test_pki_file("ca.pem"),
		.identity = s->identity,
		.connect_ms = 5000,
		.exchange_ms = s->exchange_ms,
	};
	struct client *c = client_new(&options, &err);
	if (!c)
		err_print(stderr, &err);
	assert_non_null(c);
	return c;
}

void sending_with(struct client *c, const struct setting *s, unsigned port,
    struct exchange *x)
{
	struct world world = world_real();
	struct err err = { 0 };
	const char *body = s->probe ? "" : "<a/>";
	struct cleared_message *m = clear(s, port, body, strlen(body));
	exchange_init(x);
	int rc = net_send(c, m, &world, x, &err);
	if (rc != 0)
		err_print(stderr, &err);
	assert_int_equal(rc, 0);
	cleared_free(m);
}

void sending_once(const struct setting *s, struct exchange *x)
{
	struct tlsserver *server = tlsserver_start(&s->server);
	struct client *c = sending_client(s);
	sending_with(c, s, tlsserver_port(server), x);
	client_free(c);
	tlsserver_stop(server);
}

void sending_expect(const struct setting *s, enum ending ending)
{
	struct exchange x;
	sending_once(s, &x);
	if (x.ending != ending)
		print_error("%s instead of %s: %s\n", ending_name(x.ending),
		    ending_name(ending), x.trouble);
	assert_int_equal(x.ending, ending);
	assert_true(ending == ENDED_ANSWERED || x.trouble[0]);
	exchange_release(&x);
}

int sending_setup(void **state)
{
	struct err err = { 0 };
	(void)state;
	signal(SIGPIPE, SIG_IGN);
	curl_global_init(CURL_GLOBAL_DEFAULT);
	rules = target_rules_load("cases/targets.xml", &err);
	return rules
		   ? identity_load_pem(&client_id, test_pki_file("client.pem"),
			 test_pki_file("client.key"), NULL, &err)
		   : -1;
}

int sending_teardown(void **state)
{
	(void)state;
	identity_release(&client_id);
	target_rules_free(rules);
	curl_global_cleanup();
	return 0;
}

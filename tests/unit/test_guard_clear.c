/* SPDX-License-Identifier: Apache-2.0 */
#include "check/guard.h"

#include "hiding.h"
#include "xml/doc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

static char frame[] =
    "<RCMR_IN100002FI01 xmlns=\"urn:hl7-org:v3\"><processingCode code=\"D\"/>"
    "</RCMR_IN100002FI01>";

struct setting {
	struct target target;
	struct target_rules *rules;
	struct identity_pool pool;
	struct guard_context context;
	struct outgoing what;
	struct guard_report report;
};

static const char *const pool_codes[] = { TEST_CODE };

static void set_up(struct setting *s, const char *url)
{
	struct err err = { 0 };

	*s = (struct setting){ .pool = { pool_codes, 1 } };
	s->rules = target_rules_load("cases/targets.xml", &err);
	assert_non_null(s->rules);
	s->target.name = xstrdup("t");
	assert_int_equal(target_set_url(&s->target, url, &err), 0);
	s->context = (struct guard_context){
		.target = &s->target,
		.rules = s->rules,
		.client_issuer = "CN=DVV TEST Social Welfare and Healthcare "
				 "Service Certs - G3R",
		.processing_code = "D",
		.pool = &s->pool,
	};
	s->what = (struct outgoing){
		.body = frame,
		.len = strlen(frame),
		.media_type = "text/xml",
		.is_message = true,
	};
}

static void tear_down(struct setting *s)
{
	target_release(&s->target);
	target_rules_free(s->rules);
}

static void assert_refused(struct setting *s, enum guard_rule rule)
{
	struct cleared_message *m;

	s->report = (struct guard_report){ .count = 0 };
	m = guard_clear(&s->what, &s->context, &s->report);
	if (m || !has_rule(&s->report, rule))
		fail_msg("rule '%s' did not hold", guard_rule_name(rule));
	cleared_free(m);
}

static void assert_cleared(struct setting *s)
{
	struct cleared_message *m;

	s->report = (struct guard_report){ .count = 0 };
	m = guard_clear(&s->what, &s->context, &s->report);
	if (!m)
		fail_msg("%s at '%s': %s",
		    guard_rule_name(s->report.at[0].rule),
		    s->report.at[0].where, s->report.at[0].what.arg[0]);
	cleared_free(m);
}

static void a_cleared_message_is_what_was_looked_at(void **state)
{
	struct setting s;
	char body[sizeof(frame)];
	size_t len;

	(void)state;
	memcpy(body, frame, sizeof(frame));
	set_up(&s, "https://127.0.0.1:8443/");
	s.what.body = body;
	s.what.path = "/case";
	s.what.soap_action = "urn:x";
	struct cleared_message *m = guard_clear(&s.what, &s.context, &s.report);
	assert_non_null(m);
	memset(body, 'x', sizeof(body));
	assert_memory_equal(cleared_body(m, &len), frame, strlen(frame));
	assert_int_equal(len, strlen(frame));
	assert_string_equal(cleared_url(m), "https://127.0.0.1:8443/case");
	assert_string_equal(cleared_media_type(m), "text/xml");
	assert_string_equal(cleared_soap_action(m), "urn:x");
	assert_false(cleared_is_probe(m));
	cleared_free(m);
	cleared_free(NULL);
	tear_down(&s);
}

static void processing_code_must_be_test(void **state)
{
	static const struct {
		const char *body;
		enum guard_rule rule;
	} rows[] = {
		{ "<m><processingCode code=\"P\"/></m>", GUARD_PROCESSING },
		{ "<m><processingCode/></m>", GUARD_PROCESSING },
		{ "<m><processingCode code=\"D\"/><processingCode code=\"P\"/></m>",
		    GUARD_PROCESSING },
		{ "<m><a><processingCode code=\"D\"/></a></m>",
		    GUARD_PROCESSING },
		{ "<m/>", GUARD_PROCESSING },
		{ "<e:Envelope xmlns:e=\"" XMLNS_SOAP11
		  "\"><e:Body><m><processingCode code=\"P\"/></m></e:Body>"
		  "</e:Envelope>",
		    GUARD_PROCESSING },
		{ "<e:Envelope xmlns:e=\"" XMLNS_SOAP11
		  "\"><e:Body/></e:Envelope>",
		    GUARD_PROCESSING },
		{ "<m><processingCode code=\"D\"/>", GUARD_OPAQUE },
		{ "", GUARD_OPAQUE },
	};
	struct setting s;

	(void)state;
	set_up(&s, "https://localhost:8443/");
	for (size_t i = 0; i < COUNTOF(rows); i++) {
		s.what.body = rows[i].body;
		s.what.len = strlen(rows[i].body);
		assert_refused(&s, rows[i].rule);
	}
	s.what.body = "<e:Envelope xmlns:e=\"" XMLNS_SOAP11
		      "\"><e:Body><m><processingCode code=\"D\"/></m>"
		      "</e:Body></e:Envelope>";
	s.what.len = strlen(s.what.body);
	assert_cleared(&s);
	tear_down(&s);
}

static void identity_stops_also_on_the_mock(void **state)
{
	struct setting s;
	struct buf body = BUF_INIT(4096);

	(void)state;
	set_up(&s, "https://127.0.0.1:8443/");
	buf_addf(&body,
	    "<m><processingCode code=\"D\"/><id root=\"1.2.246.21\" "
	    "extension=\"%s\"/></m>",
	    real_wrong_check);
	s.what.body = body.ptr;
	s.what.len = body.len;
	assert_refused(&s, GUARD_IDENTITY);
	assert_not_told(&s.report, real_wrong_check);
	/* also where it is deliberate */
	s.what.is_hostile = true;
	assert_refused(&s, GUARD_IDENTITY);
	/* and in what goes around the body */
	s.what.body = frame;
	s.what.len = strlen(frame);
	buf_clear(&body);
	buf_addf(&body, "/%s", real_code);
	s.what.path = body.ptr;
	assert_refused(&s, GUARD_IDENTITY);
	assert_not_told(&s.report, real_code);
	buf_release(&body);
	tear_down(&s);
}

static void hostile_is_for_the_mock(void **state)
{
	struct setting s;

	(void)state;
	set_up(&s, "https://127.0.0.1:8443/");
	s.what.body = "<!DOCTYPE a [<!ENTITY x \"y\">]><a>&x;";
	s.what.len = strlen(s.what.body);
	s.what.is_message = false;
	s.what.is_hostile = true;
	assert_cleared(&s);
	tear_down(&s);
	set_up(&s, "https://kanta.invalid/");
	s.what.is_hostile = true;
	assert_refused(&s, GUARD_HOSTILE);
	tear_down(&s);
}

/* By nobody but the mock of our own is a fault ever heard of. */
static void faults_are_for_our_own_mock(void **state)
{
	static const struct {
		const char *url, *fault;
		enum target_kind kind;
		bool leaves;
	} rows[] = {
		{ "https://127.0.0.1:8443/", "reset", TARGET_EMBEDDED, true },
		{ "https://127.0.0.1:8443/", "reset", TARGET_LOOPBACK, false },
		{ "https://kanta.invalid/", "reset", TARGET_REAL, false },
		{ "https://kanta.invalid/", "reset", TARGET_EMBEDDED, false },
		{ "https://127.0.0.1:8443/", "a\r\nb", TARGET_EMBEDDED, false },
	};

	(void)state;
	for (size_t i = 0; i < COUNTOF(rows); i++) {
		struct setting s;
		set_up(&s, rows[i].url);
		s.target.kind = rows[i].kind;
		s.what.fault = rows[i].fault;
		struct cleared_message *m =
		    guard_clear(&s.what, &s.context, &s.report);
		assert_int_equal(m != NULL, rows[i].leaves);
		if (m)
			assert_string_equal(cleared_fault(m), rows[i].fault);
		cleared_free(m);
		tear_down(&s);
	}
}

static void a_real_target_must_be_a_test_environment(void **state)
{
	struct setting s;

	(void)state;
	set_up(&s, "https://shvalidaattori.at.kanta.fi/");
	if (!target_host_is_test(s.rules, "shvalidaattori.at.kanta.fi"))
		print_message("# the shipped list has no *.at.kanta.fi\n");
	else
		assert_cleared(&s);
	tear_down(&s);
	set_up(&s, "https://kanta.example.fi/");
	assert_refused(&s, GUARD_TARGET);
	tear_down(&s);
	/* called loopback, but it is not there */
	set_up(&s, "https://kanta.example.fi/");
	s.target.kind = TARGET_LOOPBACK;
	assert_refused(&s, GUARD_TARGET);
	s.target.kind = TARGET_EMBEDDED;
	assert_refused(&s, GUARD_TARGET);
	tear_down(&s);
	/* a path that makes another host of it */
	set_up(&s, "https://127.0.0.1:8443");
	s.what.path = "@kanta.example.fi/";
	assert_refused(&s, GUARD_TARGET);
	s.what.path = "/a\r\nHost: x";
	assert_refused(&s, GUARD_TARGET);
	tear_down(&s);
}

static void a_real_target_needs_issuer_and_pool(void **state)
{
	struct setting s;

	(void)state;
	set_up(&s, "https://shvalidaattori.at.kanta.fi/");
	s.context.client_issuer =
	    "CN=DVV Social Welfare and Healthcare Service "
	    "Certs - G3R";
	assert_refused(&s, GUARD_ISSUER);
	/* … and no message of a whole run may leave */
	s.report = (struct guard_report){ .count = 0 };
	assert_false(guard_place(&s.report, &s.context, false));
	assert_int_equal(s.report.at[0].rule, GUARD_ISSUER);
	s.context.client_issuer = NULL;
	assert_refused(&s, GUARD_ISSUER);
	s.report = (struct guard_report){ .count = 0 };
	assert_true(guard_place(&s.report, &s.context, true));
	assert_false(guard_place(&s.report, &s.context, false));
	s.context.pool = NULL;
	assert_refused(&s, GUARD_POOL);
	/* a pool that lists nobody is none */
	s.pool.count = 0;
	s.context.pool = &s.pool;
	assert_refused(&s, GUARD_POOL);
	s.pool.count = 1;
	s.context.pool = &s.pool;
	s.what.body = "<m><processingCode code=\"D\"/><id root=\"1.2.246.21\" "
		      "extension=\"200111A904P\"/></m>";
	s.what.len = strlen(s.what.body);
	assert_refused(&s, GUARD_POOL);
	/* what is no message has no processingCode to trust */
	s.what.body = "<m/>";
	s.what.len = 4;
	s.what.is_message = false;
	assert_refused(&s, GUARD_PROCESSING);
	tear_down(&s);
	/* the mock takes any test code from anybody */
	set_up(&s, "https://127.0.0.1:8443/");
	s.context.client_issuer = "CN=anybody";
	s.context.pool = NULL;
	assert_cleared(&s);
	tear_down(&s);
}

static void a_header_is_one_header(void **state)
{
	static const char *const actions[] = { "urn:a\r\nX-Other: b", "a\"b",
		"a\tb" };
	struct setting s;

	(void)state;
	set_up(&s, "https://127.0.0.1:8443/");
	s.what.soap_action = "urn:hl7-org:v3:RCMR_IN100002FI01";
	assert_cleared(&s);
	for (size_t i = 0; i < COUNTOF(actions); i++) {
		s.what.soap_action = actions[i];
		assert_refused(&s, GUARD_OPAQUE);
	}
	tear_down(&s);
}

static void a_probe_has_no_body(void **state)
{
	struct setting s;
	size_t len = 1;

	(void)state;
	set_up(&s, "https://127.0.0.1:8443/");
	s.what.is_probe = true;
	struct cleared_message *m = guard_clear(&s.what, &s.context, &s.report);
	assert_non_null(m);
	assert_true(cleared_is_probe(m));
	(void)cleared_body(m, &len);
	assert_int_equal(len, 0);
	cleared_free(m);
	tear_down(&s);
}

/* Names of patients count before a real target only, somebody's word before
 * every one. */
static void names_and_words_of_the_project(void **state)
{
	static char named[] =
	    "<m><processingCode code=\"D\"/><patient><name>Outo Nimi</name>"
	    "</patient></m>";
	static char image[] =
	    "<m><processingCode code=\"D\"/><a>"
	    "iVBORw0KGgowMTIzNDU2Nzg5MDEyMzQ1Njc4OQ==</a></m>";
	static const struct test_name names[] = { { "Testi", "Esimerkki" } };
	static const struct attestation word = {
		"60da14cca1e6b7a35092151925cf3d4c1b448c436fc57816ba5a95301912e9ec",
		"Testi Testaaja", "2026-11-21"
	};
	struct setting s;

	(void)state;
	for (int real = 0; real < 2; real++) {
		set_up(&s, real ? "https://test.at.kanta.fi/"
				: "https://127.0.0.1:1/");
		s.pool.names = names;
		s.pool.name_count = COUNTOF(names);
		s.what.body = named;
		s.what.len = strlen(named);
		if (real)
			assert_refused(&s, GUARD_NAME);
		else
			assert_cleared(&s);
		s.what.body = image;
		s.what.len = strlen(image);
		assert_refused(&s, GUARD_OPAQUE);
		s.pool.attested = &word;
		s.pool.attested_count = 1;
		assert_cleared(&s);
		assert_int_equal(s.report.attested_count, 1);
		tear_down(&s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_cleared_message_is_what_was_looked_at),
		cmocka_unit_test(processing_code_must_be_test),
		cmocka_unit_test(identity_stops_also_on_the_mock),
		cmocka_unit_test(hostile_is_for_the_mock),
		cmocka_unit_test(faults_are_for_our_own_mock),
		cmocka_unit_test(a_real_target_must_be_a_test_environment),
		cmocka_unit_test(a_real_target_needs_issuer_and_pool),
		cmocka_unit_test(a_header_is_one_header),
		cmocka_unit_test(a_probe_has_no_body),
		cmocka_unit_test(names_and_words_of_the_project),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "check/target.h"

#include "base/file.h"
#include "base/str.h"

/* cmocka wants these first */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <unistd.h>

#define NOT_A_TARGET (-1)

static const struct {
	const char *url;
	int kind;
	const char *host;
} urls[] = {
	{ "https://localhost:8443/", TARGET_LOOPBACK, "localhost" },
	{ "https://LocalHost/x", TARGET_LOOPBACK, "localhost" },
	{ "https://127.0.0.1:1/", TARGET_LOOPBACK, "127.0.0.1" },
	{ "https://127.255.3.4", TARGET_LOOPBACK, "127.255.3.4" },
	{ "https://[::1]:8443/", TARGET_LOOPBACK, "::1" },
	{ "https://shvalidaattori.at.kanta.fi/a?b=c", TARGET_REAL,
	    "shvalidaattori.at.kanta.fi" },
	{ "https://Kanta.FI/", TARGET_REAL, "kanta.fi" },
	{ "https://128.0.0.1/", TARGET_REAL, "128.0.0.1" },
	{ "https://[2001:db8::1]/", TARGET_REAL, "2001:db8::1" },
	{ "https://[::2]/", TARGET_REAL, "::2" },
	/* Not loopback, however it looks */
	{ "https://127.0.0.1.evil.example/", TARGET_REAL,
	    "127.0.0.1.evil.example" },
	{ "https://localhost.evil.example/", TARGET_REAL,
	    "localhost.evil.example" },
	{ "https://localhost./", TARGET_REAL, "localhost." },
	{ "https://0.0.0.0/", TARGET_REAL, "0.0.0.0" },
	/* Refused: two readers could understand them differently */
	{ "https://localhost@evil.example/", NOT_A_TARGET, NULL },
	{ "https://user:pass@127.0.0.1/", NOT_A_TARGET, NULL },
	{ "https://0x7f.1/", NOT_A_TARGET, NULL },
	{ "https://0177.0.0.1/", NOT_A_TARGET, NULL },
	{ "https://2130706433/", NOT_A_TARGET, NULL },
	{ "https://127.1/", NOT_A_TARGET, NULL },
	{ "https://%6c%6fcalhost/", NOT_A_TARGET, NULL },
	{ "https://127.0.0.1%2eevil.example/", NOT_A_TARGET, NULL },
	{ "https://evil.example\\@localhost/", NOT_A_TARGET, NULL },
	{ "https://evil.example#@localhost/", NOT_A_TARGET, NULL },
	{ "https://localhost:80:80/", NOT_A_TARGET, NULL },
	{ "https://localhost:99999/", NOT_A_TARGET, NULL },
	{ "https://[::1%25lo]/", NOT_A_TARGET, NULL },
	{ "https://[::1/", NOT_A_TARGET, NULL },
	{ "https://[0:0:0:0:0:0:0:1]/", NOT_A_TARGET, NULL },
	{ "https://loc\xC3\xA4lhost/", NOT_A_TARGET, NULL },
	{ "https://local host/", NOT_A_TARGET, NULL },
	{ "https://localhost/\r\nX: y", NOT_A_TARGET, NULL },
	{ "https:///etc/passwd", NOT_A_TARGET, NULL },
	{ "https://.../", NOT_A_TARGET, NULL },
	{ "https://", NOT_A_TARGET, NULL },
	{ "http://localhost/", NOT_A_TARGET, NULL },
	{ "HTTPS://localhost/", NOT_A_TARGET, NULL },
	{ "file:///etc/passwd", NOT_A_TARGET, NULL },
	{ "localhost:8443", NOT_A_TARGET, NULL },
	{ "", NOT_A_TARGET, NULL },
};

static void url_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNTOF(urls); i++) {
		struct target t = { 0 };
		struct err err = { 0 };
		int rc = target_set_url(&t, urls[i].url, &err);
		int kind = rc == 0 ? (int)t.kind : NOT_A_TARGET;
		if (kind != urls[i].kind)
			print_error("%s: %d %s\n", urls[i].url, kind, err.msg);
		assert_int_equal(kind, urls[i].kind);
		if (rc == 0) {
			assert_string_equal(t.host, urls[i].host);
			assert_string_equal(t.url, urls[i].url);
		} else {
			assert_int_equal(err.kind, ERR_USAGE);
			assert_true(err.hint[0] != '\0');
			assert_null(t.url);
		}
		target_release(&t);
	}
}

static void url_too_long(void **state)
{
	struct target t = { 0 };
	struct err err = { 0 };
	char url[600] = "https://localhost/";
	(void)state;
	memset(url + strlen(url), 'a', sizeof(url) - strlen(url) - 1);
	url[sizeof(url) - 1] = '\0';
	assert_int_equal(target_set_url(&t, url, &err), -1);
	assert_int_equal(err.kind, ERR_LIMIT);
}

static void shipped_list(void **state)
{
	struct err err = { 0 };
	struct target_rules *r = target_rules_load("cases/targets.xml", &err);
	(void)state;
	if (!r)
		err_print(stderr, &err);
	assert_non_null(r);
	static const struct {
		const char *host;
		bool test;
	} hosts[] = {
		{ "shvalidaattori.at.kanta.fi", true },
		{ "testivalidointipalvelu.kanta.fi", true },
		{ "jotain.at.kanta.fi", true },
		{ "at.kanta.fi", false },
		{ "kanta.fi", false },
		{ "www.kanta.fi", false },
		{ "potilastieto.kanta.fi", false },
		{ "xat.kanta.fi", false },
		{ "x.at.kanta.fi.evil.example", false },
		{ "testivalidointipalvelu.kanta.fi.",
		    true }, /* as DNS has it */
		{ "localhost", false },
		{ "", false },
	};
	for (size_t i = 0; i < COUNTOF(hosts); i++)
		assert_int_equal(
		    target_host_is_test(r, hosts[i].host), hosts[i].test);
	static const struct {
		const char *issuer;
		bool test;
	} issuers[] = {
		{ "CN=DVV TEST Social Welfare and Healthcare Service Certs - "
		  "G3R,O=Digi- ja vaestotietovirasto TEST,C=FI",
		    true },
		{ "CN=VRK TEST CA for Social Welfare and Health Care Service "
		  "Providers,O=Vaestorekisterikeskus TEST,C=FI",
		    true },
		{ "CN=DVV Social Welfare and Healthcare Service Certs - G3R,"
		  "O=Digi- ja vaestotietovirasto CA,C=FI",
		    false },
		{ "CN=Oma CA,O=x\\,CN=DVV TEST ,C=FI", false },
		{ "O=DVV TEST x,C=FI", false },
		{ "CN=DVV,O=TEST,C=FI", false },
		{ "CN=ESITESTI TEST Service Certs,C=FI", false },
		{ "", false },
	};
	for (size_t i = 0; i < COUNTOF(issuers); i++)
		assert_int_equal(target_issuer_is_test(r, issuers[i].issuer),
		    issuers[i].test);
	assert_null(target_rules_find(r, "at"));
	target_rules_free(r);
	target_rules_free(NULL);
}

#define HEAD   "<targets xmlns='urn:esitesti:targets:1'>"
#define HOST   "<host pattern='*.at.kanta.fi' mark='I' source='s'/>"
#define ISSUER "<issuer common-name-begins='DVV TEST ' mark='F' source='s'/>"
#define TARGET(name, url)                                             \
 "<target name='" name "' url='" url "' ca='ca.pem' dialect='kanta' " \
 "pause-ms='1000' mark='U' source='s'/>"

static struct target_rules *load(const char *text, struct err *err)
{
	char path[] = "/tmp/esitesti-targets.XXXXXX";
	int fd = mkstemp(path);
	assert_true(fd >= 0);
	close(fd);
	assert_int_equal(
	    file_write_whole(path, text, strlen(text), 0600, err), 0);
	struct target_rules *rules = target_rules_load(path, err);
	unlink(path);
	return rules;
}

static void list_with_target(void **state)
{
	struct err err = { 0 };
	struct target_rules *r =
	    load(HEAD HOST ISSUER TARGET(
		     "at", "https://mr.at.kanta.fi/x") "</targets>",
		&err);
	(void)state;
	assert_non_null(r);
	const struct target *t = target_rules_find(r, "at");
	assert_non_null(t);
	assert_int_equal(t->kind, TARGET_REAL);
	assert_int_equal(t->pause_ms, 1000);
	assert_string_equal(t->ca, "/tmp/ca.pem");
	target_rules_free(r);
}

static void faulty_lists(void **state)
{
	static const struct {
		const char *text, *says;
	} lists[] = {
		{ HEAD "<host pattern='*' mark='I' source='s'/>" ISSUER
		       "</targets>",
		    "too wide" },
		{ HEAD "<host pattern='*.fi' mark='I' source='s'/>" ISSUER
		       "</targets>",
		    "too wide" },
		{ HEAD "<host pattern='*.kanta.fi' mark='I' source='s'/>" ISSUER
		       "</targets>",
		    "too wide" },
		{ HEAD
		    "<host pattern='a*.at.kanta.fi' mark='I' source='s'/>" ISSUER
		    "</targets>",
		    "too wide" },
		{ HEAD HOST "<issuer common-name-begins='DVV ' mark='F' "
			    "source='s'/></targets>",
		    "TEST" },
		{ HEAD HOST ISSUER TARGET(
		      "p", "https://potilastieto.kanta.fi/") "</targets>",
		    "no host rule" },
		{ HEAD HOST ISSUER TARGET(
		      "p", "http://x.at.kanta.fi/") "</targets>",
		    "https" },
		{ HEAD HOST ISSUER TARGET("a", "https://x.at.kanta.fi/")
			TARGET("a", "https://y.at.kanta.fi/") "</targets>",
		    "two targets" },
		{ HEAD HOST "</targets>", "issuer" },
		{ HEAD "<host pattern='x.at.kanta.fi' source='s'/>" ISSUER
		       "</targets>",
		    "mark" },
		{ "<targets xmlns='urn:esitesti:targets:2'/>", "" },
		{ "<targets", "" },
	};
	(void)state;
	for (size_t i = 0; i < COUNTOF(lists); i++) {
		struct err err = { 0 };
		assert_null(load(lists[i].text, &err));
		if (!strstr(err.msg, lists[i].says))
			print_error("%zu: %s\n", i, err.msg);
		assert_non_null(strstr(err.msg, lists[i].says));
	}
}

static void attested_hosts(void **state)
{
	struct err err = { 0 };
	struct target_rules *r = target_rules_load("cases/targets.xml", &err);
	(void)state;
	assert_non_null(r);
	assert_false(target_host_is_test(r, "a.example.fi"));
	assert_int_equal(target_rules_attest(r, "a.example.fi", &err), 0);
	assert_true(target_host_is_test(r, "A.example.fi"));
	assert_false(target_host_is_test(r, "b.a.example.fi"));
	static const char *const refused[] = { "*.example.fi", "a.*.fi", "",
		"localhost", "10.0.0.1", "::1", "a.example.fi:443", ".fi",
		"a..fi", "a.fi.", "-a.fi", "a-.fi", "a b.fi", "a_b.fi",
		"kanta.fi", "www.kanta.fi", "WWW.Kanta.FI" };
	for (size_t i = 0; i < COUNTOF(refused); i++) {
		struct err why = { 0 };
		assert_int_equal(target_rules_attest(r, refused[i], &why), -1);
		assert_int_equal(why.kind, ERR_USAGE);
		assert_true(why.hint[0] != '\0');
		assert_false(target_host_is_test(r, refused[i]));
	}
	target_rules_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(url_table),
		cmocka_unit_test(url_too_long),
		cmocka_unit_test(shipped_list),
		cmocka_unit_test(attested_hosts),
		cmocka_unit_test(list_with_target),
		cmocka_unit_test(faulty_lists),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "base/limits.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "mock/receive.h"
#include "receive-one.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <stdlib.h>

struct setting {
	struct dialect *dialect;
	struct archive *archive;
	struct fault_list faults;
	int64_t now;
	struct world world;
	struct received got;
};

static int set_up(void **state)
{
	struct setting *s = xcalloc(1, sizeof(*s));
	struct err err = { 0 };

	s->dialect = dialect_load("cases/dialects", "kanta", &err);
	s->archive = archive_open(NULL, &err);
	s->now = INT64_C(1795285323000000);
	s->world = world_fixed(&s->now, 1);
	*state = s;
	return s->dialect && s->archive ? 0 : -1;
}

static int tear_down(void **state)
{
	struct setting *s = *state;

	received_release(&s->got);
	archive_close(s->archive);
	dialect_free(s->dialect);
	VEC_RELEASE(&s->faults);
	free(s);
	return 0;
}

static const struct received *get(struct setting *s, bool is_post,
    const char *media_type, const char *body, size_t len)
{
	const struct receive_context ctx = { s->archive, s->dialect,
		&s->world };
	const struct request_in in = { "/", body, len, 1, is_post, media_type,
		&s->faults };

	received_release(&s->got);
	receive(&s->got, &in, &ctx);
	return &s->got;
}

static void names_what_is_no_message(void **state)
{
	static const struct {
		bool is_post;
		const char *media_type, *body;
		int status;
		const char *says, *field;
	} rows[] = {
		{ false, "", "", 405, "POST", "Allow" },
		{ false, "text/xml", "<a/>", 405, "POST", "Allow" },
		{ true, "text/xml", "", 400, "no body", NULL },
		{ true, "multipart/related", "--x", 415, "MTOM",
		    "Accept-Post" },
		{ true, "", "<a/>", 415, "text/xml", "Accept-Post" },
		{ true, "text/xmlish", "<a/>", 415, "text/xml", "Accept-Post" },
		{ true, "application/json", "{}", 415, "soap+xml",
		    "Accept-Post" },
	};

	for (size_t i = 0; i < COUNTOF(rows); i++) {
		const struct received *r = get(*state, rows[i].is_post,
		    rows[i].media_type, rows[i].body, strlen(rows[i].body));
		assert_int_equal(r->status, rows[i].status);
		assert_int_equal(r->outcome, OUTCOME_UNREADABLE);
		assert_non_null(strstr(r->answer.ptr, rows[i].says));
		assert_non_null(strstr(r->trouble, rows[i].says));
		assert_false(r->withheld);
		assert_false(r->unread);
		if (rows[i].field)
			assert_string_equal(r->field, rows[i].field);
		else
			assert_null(r->field);
	}
}

static void withholds_identities(void **state)
{
	char body[64];
	const struct received *r = NULL;

	snprintf(body, sizeof(body), "henkilo %s%s", "131052-308", "T");
	r = get(*state, true, "text/plain", body, strlen(body));
	assert_int_equal(r->status, 415);
	assert_true(r->withheld);
	assert_null(strstr(r->answer.ptr, "131052"));
}

static void does_not_look_at_what_is_too_large(void **state)
{
	struct setting *s = *state;
	size_t len = (size_t)dialect_number(s->dialect, DK_MAX_BYTES) + 1;
	char *body = xcalloc(1, len);
	const struct received *r = get(s, true, "text/xml", body, len);

	assert_int_equal(
	    r->status, dialect_number(s->dialect, DK_OVERSIZE_STATUS));
	assert_true(r->unread);
	r = get(s, true, "text/xml", body, len - 1);
	assert_true(r->is_fault);
	assert_false(r->unread);
	free(body);
}

static void always_accept_accepts_even_that(void **state)
{
	struct setting *s = *state;
	size_t len = (size_t)dialect_number(s->dialect, DK_MAX_BYTES) + 1;
	char *body = xcalloc(1, len);
	const struct received *r = NULL;

	VEC_PUSH(&s->faults)->fault = FAULT_ALWAYS_ACCEPT;
	r = get(s, true, "text/xml", body, len);
	assert_int_equal(r->status, 200);
	assert_non_null(strstr(r->answer.ptr, "\"AA\""));
	r = get(s, false, "", "", 0);
	assert_int_equal(r->status, 200);
	free(body);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(names_what_is_no_message),
		WITH(withholds_identities),
		WITH(does_not_look_at_what_is_too_large),
		WITH(always_accept_accepts_even_that),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

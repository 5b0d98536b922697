/* SPDX-License-Identifier: Apache-2.0 */
#include "kanta/dialect.h"

#include "base/file.h"
#include "base/limits.h"
#include "base/str.h"
#include "base/xalloc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#define DIR  "cases/dialects"
#define OPEN "<dialect xmlns=\"urn:esitesti:dialect:1\" name=\"x\""
#define TITLES \
 "><title xml:lang=\"fi\">f</title><title xml:lang=\"en\">e</title>"

static char *folder; /* for dialects of the tests' own */

static int make_folder(void **state)
{
	(void)state;
	const char *tmp = getenv("TMPDIR");
	folder = xasprintf("%s/dialect-XXXXXX", tmp ? tmp : "/tmp");
	return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
	(void)state;
	int rc = dir_remove(folder);
	free(folder);
	return rc;
}

static struct dialect *shipped(const char *name)
{
	struct err err = { .kind = ERR_NONE };
	struct dialect *d = dialect_load(DIR, name, &err);
	if (!d)
		fail_msg("%s:%u: %s", err.file, err.line, err.msg);
	return d;
}

static void test_kanta(void **state)
{
	(void)state;
	struct dialect *d = shipped("kanta");
	assert_string_equal(dialect_name(d), "kanta");
	assert_string_equal(
	    dialect_text(d, DK_INTERACTION_ARCHIVE), "RCMR_IN100002FI01");
	assert_int_equal(dialect_mark(d, DK_INTERACTION_ARCHIVE), MARK_CERTAIN);
	assert_int_equal(dialect_mark(d, DK_ACK_FORM), MARK_GUESS);
	assert_int_equal(dialect_mark(d, DK_RECEIVER_ID), MARK_INFERRED);
	assert_int_equal(dialect_choice(d, DK_ENVELOPE), ENVELOPE_SOAP11);
	assert_int_equal(dialect_choice(d, DK_ACK_FORM), ACK_FORM_ELEMENT);
	assert_int_equal(dialect_number(d, DK_MAX_BYTES), 8388608);
	assert_int_equal(dialect_count(d, DK_PROFILE_IDS), 2);
	assert_true(dialect_has(d, DK_ARCHIVE_FILLED, "copyTime"));
	assert_false(dialect_has(d, DK_ARCHIVE_FILLED, "id"));
	assert_string_equal(dialect_text(d, DK_TRIGGER_FETCH), "");
	for (int key = 0; key < DK_COUNT; key++)
		assert_true(*dialect_source(d, (enum dialect_key)key));
	dialect_free(d);
}

static void test_extends(void **state)
{
	(void)state;
	struct dialect *d = shipped("kanta-bare");
	assert_string_equal(dialect_name(d), "kanta-bare");
	assert_int_equal(dialect_choice(d, DK_ENVELOPE), ENVELOPE_BARE);
	assert_int_equal(dialect_choice(d, DK_ACK_FORM), ACK_FORM_ATTRIBUTE);
	assert_int_equal(dialect_choice(d, DK_ACK_PLACE), ACK_BEFORE_RECEIVER);
	assert_string_equal(dialect_text(d, DK_SERVICE_ARCHIVE), "PP1");
	dialect_free(d);
}

static void test_keys(void **state)
{
	(void)state;
	for (int key = 0; key < DK_COUNT; key++) {
		enum dialect_key k = (enum dialect_key)key;
		assert_int_equal(dialect_key_find(dialect_key_name(k)), key);
		assert_true(*dialect_key_meaning(k, LANG_FI));
		assert_true(*dialect_key_meaning(k, LANG_EN));
	}
	assert_int_equal(dialect_key_find("nothing"), -1);
	assert_int_equal(mark_find("F"), MARK_CERTAIN);
	assert_int_equal(mark_find("U"), MARK_GUESS);
	assert_int_equal(mark_find("X"), -1);
	assert_string_equal(mark_letter(MARK_INFERRED), "I");
}

/* What inputs/ of a run folder keeps says the same as what was loaded. */
static void test_write(void **state)
{
	(void)state;
	struct dialect *d = shipped("kanta-bare");
	struct buf once = BUF_INIT(LIMIT_CONFIG_FILE);
	struct buf twice = BUF_INIT(LIMIT_CONFIG_FILE);
	struct err err = { .kind = ERR_NONE };
	dialect_write(&once, d);
	struct dialect *back =
	    dialect_recorded(once.ptr, once.len, "back", &err);
	if (!back)
		fail_msg("%u: %s", err.line, err.msg);
	dialect_write(&twice, back);
	assert_string_equal(once.ptr, twice.ptr);
	for (int key = 0; key < DK_COUNT; key++) {
		struct buf a = BUF_INIT(4096), b = BUF_INIT(4096);
		enum dialect_key k = (enum dialect_key)key;
		dialect_show(&a, d, k);
		dialect_show(&b, back, k);
		assert_string_equal(a.ptr, b.ptr);
		assert_int_equal(dialect_mark(d, k), dialect_mark(back, k));
		buf_release(&a);
		buf_release(&b);
	}
	dialect_free(back);
	dialect_free(d);
	buf_release(&once);
	buf_release(&twice);
}

static void expect(const struct err *err, enum err_kind kind, const char *says)
{
	assert_int_equal(err->kind, kind);
	if (!strstr(err->msg, says) && !strstr(err->hint, says))
		fail_msg(
		    "'%s' (%s) does not say '%s'", err->msg, err->hint, says);
}

/* As a file of the user's own. */
static void refuse_bytes(
    const char *text, size_t len, enum err_kind kind, const char *says)
{
	struct err err = { .kind = ERR_NONE };
	char *file = path_join(folder, "x.xml");
	assert_int_equal(file_write_whole(file, text, len, 0600, &err), 0);
	assert_null(dialect_load(DIR, file, &err));
	expect(&err, kind, says);
	free(file);
}

static void refuse(const char *text, enum err_kind kind, const char *says)
{
	refuse_bytes(text, strlen(text), kind, says);
}

/* What a run folder keeps. */
static void refuse_record(
    const char *text, size_t len, enum err_kind kind, const char *says)
{
	struct err err = { .kind = ERR_NONE };
	assert_null(dialect_recorded(text, len, "x.xml", &err));
	expect(&err, kind, says);
}

#define V(key, text) \
 "<value key=\"" key "\" mark=\"F\" source=\"s\">" text "</value>"

static void test_refuse(void **state)
{
	(void)state;
	refuse("<a", ERR_XML, "");
	refuse("<a/>", ERR_CASE, "dialect");
	refuse(OPEN "></dialect>", ERR_CASE, "title");
	refuse(OPEN TITLES "</dialect>", ERR_CASE, "receiver.id");
	static const char extending[] =
	    OPEN " extends=\"kanta\"" TITLES "</dialect>";
	refuse_record(
	    extending, sizeof(extending) - 1, ERR_CASE, "stand alone");
	refuse(OPEN TITLES V("receiver.idd", "1.2") "</dialect>", ERR_CASE,
	    "receiver.id'");
	refuse(
	    OPEN TITLES V("receiver.id", "x") "</dialect>", ERR_CASE, "no OID");
	refuse(OPEN TITLES V("receiver.id", "1.2")
		   V("receiver.id", "1.2") "</dialect>",
	    ERR_CASE, "before");
	refuse(OPEN TITLES V("envelope", "soap1") "</dialect>", ERR_CASE,
	    "soap11");
	refuse(OPEN TITLES V("message.max-bytes", "0") "</dialect>", ERR_CASE,
	    "whole number");
	refuse(OPEN TITLES V("interaction.archive", "a b") "</dialect>",
	    ERR_CASE, "name of an element");
	refuse(OPEN TITLES V("ack.accepted", "AA") "</dialect>", ERR_CASE,
	    "<list>");
	refuse(OPEN TITLES "<list key=\"envelope\" mark=\"F\" source=\"s\"/>"
			   "</dialect>",
	    ERR_CASE, "<value>");
	refuse(OPEN TITLES "<value key=\"envelope\" mark=\"X\" source=\"s\">"
			   "bare</value></dialect>",
	    ERR_CASE, "mark");
	refuse(OPEN TITLES "<value key=\"envelope\" mark=\"F\">bare</value>"
			   "</dialect>",
	    ERR_CASE, "source");
	refuse(OPEN TITLES "<title xml:lang=\"fi\">f</title></dialect>",
	    ERR_CASE, "title");

	char *large = xmalloc(LIMIT_CONFIG_FILE + 1);
	memset(large, ' ', LIMIT_CONFIG_FILE + 1);
	refuse_bytes(large, LIMIT_CONFIG_FILE + 1, ERR_LIMIT, "larger");
	refuse_record(large, LIMIT_CONFIG_FILE + 1, ERR_LIMIT, "larger");
	free(large);
}

/* ---- Files that extend each other */

static void put(const char *name, const char *extends)
{
	char *file = xasprintf("%s/%s.xml", folder, name);
	char *text = xasprintf("<dialect xmlns=\"urn:esitesti:dialect:1\" "
			       "name=\"%s\" extends=\"%s\"" TITLES "</dialect>",
	    name, extends);
	struct err err = { .kind = ERR_NONE };
	assert_int_equal(
	    file_write_whole(file, text, strlen(text), 0600, &err), 0);
	free(text);
	free(file);
}

static void refuse_file(const char *name, enum err_kind kind, const char *says)
{
	struct err err = { .kind = ERR_NONE };
	assert_null(dialect_load(folder, name, &err));
	expect(&err, kind, says);
}

static void test_chain(void **state)
{
	(void)state;
	put("loop", "pool");
	put("pool", "loop");
	put("self", "self");
	put("orphan", "nobody");
	refuse_file("loop", ERR_CASE, "extends itself");
	refuse_file("self", ERR_CASE, "extends itself");
	refuse_file("orphan", ERR_USAGE, "nobody");
	refuse_file("missing", ERR_USAGE, "orphan");
	/* a file of one's own, which is not there; and none is extended */
	refuse_file("../loop", ERR_IO, "../loop");
	put("strange", "loop.xml");
	refuse_file("strange", ERR_USAGE, "no dialect 'loop.xml'");

	char from[16], to[16];
	for (int i = 0; i <= LIMIT_DIALECT_DEPTH; i++) {
		snprintf(from, sizeof(from), "d%d", i);
		snprintf(to, sizeof(to), "d%d", i + 1);
		put(from, to);
	}
	refuse_file("d0", ERR_LIMIT, "more than");
}

static void test_wrong_name(void **state)
{
	(void)state;
	char *file = path_join(folder, "other.xml");
	struct err err = { .kind = ERR_NONE };
	const char *text = OPEN TITLES "</dialect>";
	assert_int_equal(
	    file_write_whole(file, text, strlen(text), 0600, &err), 0);
	refuse_file("other", ERR_CASE, "calls itself 'x'");
	free(file);
}

/* A run folder of another version can still be read and judged. */
static void reads_the_record_of_another_version(void **state)
{
	(void)state;
	static const char text[] =
	    "<dialect xmlns=\"urn:esitesti:dialect:1\" name=\"old\">"
	    "<title xml:lang=\"fi\">t</title>"
	    "<title xml:lang=\"en\">t</title>" V("no.such-key", "x")
		V("query.found", "OK") "</dialect>";
	struct err err = { .kind = ERR_NONE };
	struct dialect *d = dialect_recorded(text, strlen(text), "x.xml", &err);
	assert_non_null(d);
	assert_string_equal(dialect_text(d, DK_QUERY_FOUND), "OK");
	assert_string_equal(dialect_text(d, DK_QUERY_NOT_FOUND), "");
	assert_int_equal(dialect_mark(d, DK_QUERY_NOT_FOUND), MARK_GUESS);
	assert_int_equal(dialect_count(d, DK_ACK_ACCEPTED), 0);
	dialect_free(d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_the_record_of_another_version),
		cmocka_unit_test(test_kanta),
		cmocka_unit_test(test_extends),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_write),
		cmocka_unit_test(test_refuse),
		cmocka_unit_test(test_chain),
		cmocka_unit_test(test_wrong_name),
	};
	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}

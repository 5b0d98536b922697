/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTCASE_CASE_H
#define TESTCASE_CASE_H

#include "base/opt.h"
#include "base/vec.h"
#include "base/words.h"
#include "kanta/dialect.h"
#include "record/result.h"
#include "xml/xpath.h"

/*
 * A pre-test case, format version 1 (esitesti-case(5), cases/case.rng). Loaded
 * by our own table with place and caret; a mutant test holds table and RELAX NG
 * to the same verdict.
 */

enum case_where {
	WHERE_ANY,  /* mock and real environments */
	WHERE_MOCK, /* the embedded mock only: hostile, or about its guesses */
};

enum verb {
	VERB_SEND,  /* the harness sends */
	VERB_AWAIT, /* the vendor's system sends: loads and lints, runs later */
	VERB_MANUAL, /* a person does or attests something */
};

enum send_message {
	SEND_ARCHIVE,
	SEND_REPLACE,
	SEND_CANCEL,	     /* tells that a document is cancelled */
	SEND_CANCEL_VERSION, /* replaces it by a version that cancels */
	SEND_QUERY,	     /* for metadata */
	SEND_FETCH,
	SEND_RAW,   /* bytes of a file, or generated: hostile, mock only */
	SEND_PROBE, /* a TLS handshake without a body */
};
extern const char *const send_message_names[]; /* "archive", … */

/* Client identities a step may show: "client" (the default), "none", or the
 * name of a deliberately bad one of the test PKI (mock only). */

struct text_pair {
	char *text[LANG_COUNT];
};

/*
 * Variables ("${record.oid}", testcase/vars.h) may stand in the values of
 * `with` and in an expectation's `equals` and `mentions`. `matches` takes none
 * (only `$$` for a dollar sign), so that what an answer held can't become part
 * of a pattern; `select` is taken as it is.
 */
struct with {
	char *name, *value; /* the value before variables are put in */
	unsigned line;
};

struct rests_on {
	char *fact; /* id in cases/facts.xml */
	enum mark mark;
};

enum expect_kind {
	EXPECT_ACKNOWLEDGEMENT,
	EXPECT_ACKNOWLEDGEMENT_DETAIL,
	EXPECT_HTTP_STATUS,
	EXPECT_SOAP_FAULT,
	EXPECT_XPATH,
	EXPECT_SAME_DOCUMENT,
	EXPECT_FOUND,
	EXPECT_GUARD_REFUSED,
	EXPECT_TLS_REFUSED,
	EXPECT_NO_ANSWER,
	EXPECT_PERSON, /* "manual": implied by the step, never written */
};
#define EXPECT_KINDS 11
extern const char *const expect_kind_names[EXPECT_KINDS];

/*
 * What a step implies is an expectation, too, behind those that are written: a
 * `keep` expects its value to be there (id "keep-NAME", xpath), or a step that
 * needs it would be skipped without a cause; a manual step expects a person
 * (id "manual"), or a case of such steps alone would pass.
 */
struct expect {
	char *id; /* unique in its step; default: the kind, then kind-2 … */
	enum expect_kind kind;
	struct text_pair says;
	unsigned line;
	/* acknowledgement: ACK_ACCEPTED or ACK_REFUSED (kanta/answer.h) */
	int outcome;
	/* acknowledgement-detail: a code, or "dialect:error.identity"; text
	 * that must occur in its text or location; either may be NULL */
	char *code, *mentions;
	/* http-status: "200", "2xx", "dialect:oversize.http-status" */
	char *status;
	/* soap-fault: "Client" or "Server", or NULL for any */
	char *fault_code;
	/* xpath */
	char *select;
	enum xpath_test {
		XPATH_EXISTS,
		XPATH_KEPT, /* exists, and fits a variable: of a `keep` */
		XPATH_EQUALS,
		XPATH_MATCHES, /* POSIX extended regular expression, whole */
		XPATH_COUNT,
	} test;
	char *value;
	/* same-document: the case's name of the document */
	char *as;
	/* found: the case's names of the documents whose metadata are in the
	 * answer to a query, of those that are not, and whether there are no
	 * others */
	struct name_list {
		VEC(char *);
	} documents, without;
	bool exactly;
	/* guard-refused: the rule's name, or NULL for any */
	char *rule;
};

struct keep {
	char *name, *select; /* from the answer */
	unsigned line;
};

struct step {
	char *id;
	enum verb verb;
	unsigned line;
	struct text_pair title;
	/* send */
	enum send_message message;
	char *document; /* the case's name, or NULL */
	char *identity; /* "client" */
	char *file;	/* raw: a file beside the shipped data */
	/* raw: so many bytes of white space in an element: a number, or
	 * "dialect:message.max-bytes" */
	char *fill;
	char *media_type;
	/* what the embedded mock does wrong at this message, or NULL
	 * (testcase/faults.h) */
	char *fault;
	struct {
		VEC(struct with);
	} with;
	struct {
		VEC(struct keep);
	} keeps;
	struct {
		VEC(struct expect);
	} expects;
	/* Sent again until all expectations hold: so many seconds between an
	 * answer and the next attempt, and from the first to the last. Of a
	 * query only, for nothing is archived twice; 0 = sent once. */
	struct repeat {
		unsigned every_s, within_s;
	} repeat;
	struct text_pair instruction; /* manual, await */
	bool teardown;
};

struct case_document {
	char *name, *kind; /* "record", "hoitokertomus" */
	char *fixture;	   /* default: a template beside the shipped data */
	char *replaces;	   /* the case's name of the version before, or NULL */
	struct {
		VEC(struct with);
	} with; /* template values */
	unsigned line;
};

struct testcase {
	char *id, *path;
	char *service, *content; /* Kela's words for what it is about */
	enum case_where where;
	struct {
		VEC(char *);
	} tags;
	struct text_pair title, purpose;
	struct {
		VEC(struct rests_on);
	} rests_on;
	struct {
		VEC(struct case_document);
	} documents;
	struct {
		VEC(struct step);
	} steps;	       /* those of the teardown last */
	struct xml_ns_list ns; /* prefixes bound at the case's root */
	char *source;	       /* the file's bytes */
	size_t source_len;
};

/*
 * Loads and checks one case: shape, ids, references between steps and
 * documents, XPath, variables (unknown = error with a suggestion), both
 * languages, facts and their marks, hostile steps only where="mock". ERR_CASE
 * with file, line, column, excerpt and hint.
 */
struct facts;
struct testcase *testcase_load(
    const char *path, const struct facts *facts, struct err *err);
struct testcase *testcase_parse(const void *bytes, size_t len, const char *name,
    const struct facts *facts, struct err *err);
void testcase_free(struct testcase *tc);

/*
 * The template of a document: `fixture` below the shipped data's folder, or
 * beside the case file when it is not there. malloc'ed.
 */
char *testcase_fixture(
    const struct testcase *tc, const struct case_document *d, const char *data);
/* ERR_CASE for a template or raw message that does not exist. */
NODISCARD int testcase_check_files(
    const struct testcase *tc, const char *data, struct err *err);

/* The worst mark it rests on: certain, inferred, guess. */
enum mark testcase_mark(const struct testcase *tc);

/* ---- What is known of Kanta, as far as cases rest on it: cases/facts.xml */
struct fact {
	char *id;
	enum mark mark;
	struct text_pair text;
	char *source;
};
struct facts *facts_load(const char *path, struct err *err);
struct facts *facts_parse(
    const void *bytes, size_t len, const char *name, struct err *err);
void facts_free(struct facts *facts);
const struct fact *facts_find(const struct facts *facts, const char *id);
size_t facts_count(const struct facts *facts);
const struct fact *facts_at(const struct facts *facts, size_t index);

/* ---- Sets of cases */
struct case_set {
	VEC(struct testcase *);
};
/*
 * Files, folders (all *.xml of namespace urn:esitesti:case:1 below them, but
 * for what is hidden or in a run folder) and ids of shipped cases. Sorted by
 * id, each once; two files with one id are ERR_CASE. All faults of all files
 * are reported through `fault` (may be NULL), the count of faulty files is
 * returned, -1 for usage errors.
 */
NODISCARD int case_set_load(struct case_set *set, const char *shipped,
    const char *const *names, size_t count, const struct facts *facts,
    void (*fault)(void *ctx, const struct err *err), void *ctx,
    struct err *err);
/* ERR_USAGE when no case of the set has one of the tags; names those that there
 * are. */
NODISCARD int case_set_check_tags(
    const struct case_set *set, const struct opt_list *tags, struct err *err);
void case_set_release(struct case_set *set);

#endif

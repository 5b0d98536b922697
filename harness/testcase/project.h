/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTCASE_PROJECT_H
#define TESTCASE_PROJECT_H

#include "base/vec.h"
#include "check/guard.h"
#include "check/target.h"
#include "testcase/case.h"

/*
 * The project file esitesti.xml (namespace urn:esitesti:project:1,
 * cases/project.rng): the vendor's system, organisations, targets, where its
 * documents come from, and the identity codes that Kela issued. The self-test
 * reads fixtures/self-test.xml, a file of the same form.
 */
enum source_kind {
	SOURCE_SHIPPED, /* the fixture that the case names */
	SOURCE_FILE,	/* sent as it is */
	SOURCE_COMMAND, /* run once for each document; its stdout is it */
};

struct document_source {
	char *kind; /* of document: "hoitokertomus"; or a case's name for it */
	enum source_kind source;
	char *path, *command; /* paths are relative to the project file */
	unsigned line;	      /* in the project file; 0 = --document */
};

struct organisation {
	char *role; /* "palvelunantaja", "palveluyksikko", "rekisterinpitaja",
		       "lahettava-laite", "liityntapiste" */
	char *oid, *name;
};

struct person {
	char *code; /* henkilötunnus of the 900 series */
	char *given, *family, *birth, *gender;
};

/* A host that no shipped rule knows as a test environment. */
struct test_host {
	char *name, *source, *attested_by, *date; /* 2026-11-21 */
};

/* Content that nobody can look into. */
struct attested_content {
	char *sha256, *name, *date;
};

/* What documents are checked with beside what is shipped, by `esitesti check`
 * and by the mock. */
struct project_check {
	char *schema, *baseline; /* files; NULL = none */
	struct {
		VEC(char *);
	} rules; /* files */
	struct {
		VEC(char *);
	} codes; /* as check/codes.h takes them */
	struct {
		VEC(struct project_file {
			char *path;
			unsigned line;
		});
	} files; /* all of these, and where they are named */
};

struct project {
	char *path;
	char *system, *version, *class; /* NULL in the self-test */
	char *tester;
	char *professional_root, *professional_id, *professional_given,
	    *professional_family;
	struct {
		VEC(struct organisation);
	} organisations;
	struct {
		VEC(struct person);
	} pool;
	struct {
		VEC(struct attested_content);
	} attested;
	struct {
		VEC(struct test_host);
	} test_hosts;
	struct {
		VEC(struct target);
	} targets;
	struct {
		VEC(struct document_source);
	} documents;
	struct project_check check;
	char *source; /* the file's bytes */
	size_t source_len;
};

struct project *project_load(const char *path, struct err *err);
void project_free(struct project *p);

/* Whether what `check` names can be read: ERR_USAGE with the place. */
/* Takes out a baseline that is named but only about to be written. */
void project_forget_baseline(struct project *p);
NODISCARD int project_check_files(const struct project *p, struct err *err);

/*
 * What only shows beside the file: files, dialects and hosts that it names, and
 * kinds of documents that are nearly those of a case. Each fault is told; their
 * count, or -1.
 */
struct project_surroundings {
	const char *dialects; /* the shipped folder */
	const struct case_set *cases;
	struct target_rules *rules; /* gets the project's test hosts */
};
NODISCARD int project_lint(const struct project *p,
    const struct project_surroundings *around,
    void (*fault)(void *ctx, const struct err *err), void *ctx,
    struct err *err);

const struct target *project_target(
    const struct project *p, const char *name); /* or NULL */
/* ERR_USAGE when there is none, with the names that there are. */
const struct target *project_need_target(const struct project *p,
    const struct target_rules *rules, const char *name, struct err *err);
/* Adds the project's test hosts to the rules. */
NODISCARD int project_attest(
    const struct project *p, struct target_rules *rules, struct err *err);
/* Who attests that host; NULL = nobody. */
const struct test_host *project_test_host(
    const struct project *p, const char *host);
/*
 * What the guard must know of the project; borrows from it. Without a person
 * in it any code of the 900 series passes, but nothing passes to a real target.
 */
struct project_pool {
	struct identity_pool pool;
	struct {
		VEC(const char *);
	} codes;
	struct {
		VEC(struct test_name);
	} names;
	struct {
		VEC(struct attestation);
	} attested;
};
void project_pool(struct project_pool *to, const struct project *p);
void project_pool_release(struct project_pool *pool);
/* By the case's name for the document first, then by kind; NULL = none. */
const struct document_source *project_document(
    const struct project *p, const char *name, const char *kind);
/* "NAME=FILE" of the command line: the file stands for the case's name or the
 * kind of a document, whatever the project says. ERR_USAGE. */
NODISCARD int project_add_document(
    struct project *p, const char *word, struct err *err);
/* Whether a document of the vendor's takes part in the case. */
bool project_serves(const struct project *p, const struct testcase *tc);
const struct organisation *project_organisation(
    const struct project *p, const char *role);

#endif

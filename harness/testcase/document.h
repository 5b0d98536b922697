/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTCASE_DOCUMENT_H
#define TESTCASE_DOCUMENT_H

#include "base/clock.h"
#include "kanta/frame.h"
#include "record/exchange.h"
#include "testcase/case.h"
#include "testcase/project.h"
#include "testcase/vars.h"

#include <openssl/x509.h>

/*
 * A case's document, made: rendered from a shipped template (fresh OID, time
 * and system signature, unless the case's `with` says signature = none), read
 * from the vendor's file, or the stdout of the vendor's command. Its bytes are
 * sacred from here on (design, Laws 1).
 */
struct document {
	char *name;
	enum maker maker;
	const char *file; /* the vendor's, as the project names it; or NULL */
	struct buf bytes;
	struct xml_doc *doc;
	struct cda cda; /* borrowed from doc */
};

/* Who signs the shipped fixtures. */
struct document_signer {
	EVP_PKEY *key;
	X509 *certificate;
};

struct document_request {
	const struct testcase *tc;
	const struct case_document *what;
	const struct project *project;
	const struct document_source *source; /* NULL = the fixture */
	const struct document *replaces;      /* made before, or NULL */
	const char *data;		      /* shipped data's folder */
	const struct world *world;
	const struct vars *vars;
	const struct document_signer *signer; /* NULL = nobody */
};

/*
 * ERR_CASE for a faulty template, ERR_USAGE for a file or command of the
 * project that does not give a ClinicalDocument (with what it gave instead).
 */
NODISCARD int document_make(struct document *out,
    const struct document_request *request, struct err *err);
void document_release(struct document *d);

/*
 * Whether a file of the vendor's can be sent: ERR_USAGE when it cannot be read,
 * ERR_CASE with its place when it is no ClinicalDocument with an id.
 */
NODISCARD int document_check_file(const char *path, struct err *err);

/* Sets ${NAME.oid} and the others of document_vars; what the document does not
 * have stays unset. */
void document_set_vars(struct vars *v, const struct document *d);
extern const char *const document_vars[]; /* "oid", … */
extern const size_t document_var_count;

/*
 * Sets what every case may use: ${org} (root of the service provider's OIDs),
 * ${now} (local TS) and ${person.not-test}, a henkilötunnus below 900 with a
 * right check character, made at run time so that it stands in no file; only
 * cases for the mock may use it.
 */
void document_set_common(
    struct vars *v, const struct project *project, const struct world *world);
#define VAR_ORG	     "org"
#define VAR_NOW	     "now"
#define VAR_NOT_TEST "person.not-test"

#endif

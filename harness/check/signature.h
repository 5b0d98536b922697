/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CHECK_SIGNATURE_H
#define CHECK_SIGNATURE_H

#include "check/finding.h"
#include "check/target.h"
#include "xml/doc.h"

#include <openssl/x509.h>

/*
 * The signatures of a clinical document: does each verify, does it sign this
 * document's own body and its own time stamp, and is its certificate that of
 * whom the type asks for (HL7 Finland's CDA header, signatureCollection; code
 * system 1.2.246.537.5.40127.2006)? One way for check, mock and run, with the
 * rules ESI-SIG-nn.
 */
struct signature_case {
	const struct xml_doc *document;
	bool is_archived; /* by the message that it came in */
	/* OIDs of the message, beside those of the document's header, that may
	 * have signed; or NULL. */
	const char *sender, *organisation;
	const struct target_rules *issuers; /* NULL = not looked at */
	int64_t now;			    /* microseconds */
};
/* `node` is in the document. */
typedef void signature_found(void *ctx, enum rule rule, enum severity severity,
    const xmlNode *node, const struct note *text);
/* How many signatures there are. */
size_t signature_check(
    const struct signature_case *c, signature_found *found, void *ctx);

/*
 * Whether all signatures of the document still verify, whoever made them and
 * whatever else they lack: digests and values. False gives the first element
 * that does not in `place`. A document without signatures is fine.
 */
bool signatures_hold(const struct xml_doc *document, const xmlNode **place);

/* Whether a certificate may sign what is a test: its issuer is one of the
 * rules' or the CA of our own rehearsals, which no rule lets out to a real
 * target. */
#define SIGNATURE_OWN_CA "ESITESTI TEST "
bool signature_issuer_is_test(
    const struct target_rules *rules, const X509 *certificate);

#endif

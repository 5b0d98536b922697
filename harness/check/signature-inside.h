/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CHECK_SIGNATURE_INSIDE_H
#define CHECK_SIGNATURE_INSIDE_H

#include "check/signature.h"
#include "xml/dsig.h"

/* What the parts of check/signature.h share. */

enum signed_kind {
	SIGNED_HEALTH,
	SIGNED_SOCIAL,
	SIGNED_PRESCRIPTION,
};

/* One signature while it is judged. */
struct judging {
	const struct signature_case *c;
	signature_found *found;
	void *ctx;
	enum signed_kind kind;
	const xmlNode *root, *body;
	const char *oid; /* of the document; "" when it has none */
	/* of this signature; NULL when it is not in its place */
	const xmlNode *wrapper, *timestamp, *several;
	char type; /* '1' … '4'; '\0' = unknown */
	const struct dsig *d;
};

void signature_find(const struct judging *j, enum rule rule,
    const xmlNode *node, struct note text);
/* The same, less severe. */
void signature_warn(const struct judging *j, enum rule rule,
    const xmlNode *node, struct note text);

/* Time stamp, holder, validity and issuer (signature-certificate.c). */
void signature_judge_certificate(const struct judging *j);

#endif

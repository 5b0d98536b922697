/* SPDX-License-Identifier: Apache-2.0 */
#ifndef XML_DSIG_H
#define XML_DSIG_H

#include "base/vec.h"
#include "xml/doc.h"

#include <openssl/x509.h>

/*
 * XML signatures (XML Signature 1.0 and 1.1), verified by xmlsec1 within
 * narrow bounds: no network, no file, references into the same document only,
 * IDs that one element alone has, algorithms and chains of transforms of a
 * short list, the key out of the one X509Certificate. Whether that certificate
 * is to be trusted, and whether the right element was signed, is for the caller
 * to judge: dsig_read says which element each reference means before anything
 * is computed.
 *
 * The tree is read and never changed; it is not parsed or serialised again.
 */
#define XMLNS_DS "http://www.w3.org/2000/09/xmldsig#"

/* Once, before threads; dsig_read does it if nobody did. */
void dsig_start(void);
void dsig_stop(void);

enum dsig_trouble {
	DSIG_FINE,
	DSIG_INCOMPLETE, /* `what` is missing, stands twice or is no base64 */
	DSIG_ALGORITHM,	 /* `what` is not on the list */
	DSIG_TRANSFORM,	 /* `what`, or its place in the chain, is not */
	DSIG_OUTSIDE,	 /* the URI `what` leads out of the document */
	DSIG_MISSING,	 /* no element has the ID `what` */
	DSIG_AMBIGUOUS,	 /* several elements have it */
	DSIG_LIMIT,	 /* more than base/limits.h allows of `what` */
};
#define DSIG_WHAT 160

struct dsig_algorithm {
	const char *uri, *name; /* "rsa-sha256" */
	const char *hash;	/* OpenSSL's name, or NULL */
	bool is_weak;		/* SHA-1 */
};

struct dsig_reference {
	const xmlNode *node;
	const char *uri; /* borrowed; "" when there is none */
	/* The element whose content is digested; NULL = there is none. */
	const xmlNode *target;
	const struct dsig_algorithm *digest;
	enum dsig_trouble trouble;
	char what[DSIG_WHAT];
	/* How the target becomes bytes. */
	const xmlNode *c14n; /* its Transform, or NULL = inclusive */
	bool is_exclusive;
	bool is_styled;	  /* white space normalised by the known stylesheet */
	bool is_filtered; /* canonicalised first, then the XPath of `filter` */
	const xmlNode *filter, *value;
};

struct dsig {
	const xmlNode *node;	    /* ds:Signature */
	const xmlNode *signed_info; /* or NULL */
	const struct dsig_algorithm *method, *c14n;
	struct {
		VEC(struct dsig_reference);
	} references;
	size_t certificates; /* X509Certificate elements in KeyInfo */
	X509 *certificate;   /* when there is one, and it can be read */
	enum dsig_trouble trouble;
	char what[DSIG_WHAT];
	const xmlNode *value;
};
struct dsigs {
	VEC(struct dsig);
	size_t more; /* beyond LIMIT_SIGNATURES */
};

/* Every ds:Signature of the tree, wherever it stands, in its order. */
void dsig_read(struct dsigs *out, const struct xml_doc *doc);
void dsigs_release(struct dsigs *list);

enum dsig_verdict {
	DSIG_UNTRIED, /* something is in trouble: there is nothing to compute */
	DSIG_HOLDS,
	DSIG_BROKEN,
};
/* Whether the digest of the reference's target is the DigestValue. */
enum dsig_verdict dsig_digest(const struct dsig_reference *r);
/* Whether the SignatureValue is the certificate's key's over SignedInfo. */
enum dsig_verdict dsig_value(const struct dsig *d);

/*
 * Why something that was signed is broken, found by doing the opposite of what
 * programs habitually do to XML and looking whether that helps.
 */
enum dsig_cause {
	DSIG_REINDENTED, /* white space between elements */
	DSIG_LINE_ENDS,	 /* CR LF and LF */
	DSIG_NAMESPACES, /* prefixes, declarations elsewhere */
	DSIG_CHANGED,	 /* none of these */
	DSIG_UNKNOWN,	 /* not sought: too large, no digest to compare with */
};
enum dsig_cause dsig_digest_cause(const struct dsig_reference *r);
enum dsig_cause dsig_value_cause(const struct dsig *d);

/* RSASSA-PKCS1-v1_5 with SHA-256 over the exclusive canonical form of
 * `signed_info`, in base64. ERR_TLS when the key is no RSA key. */
NODISCARD int dsig_sign(struct buf *to, const struct xml_doc *doc,
    const xmlNode *signed_info, EVP_PKEY *key, struct err *err);

#endif

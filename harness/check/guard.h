/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CHECK_GUARD_H
#define CHECK_GUARD_H

#include "base/buf.h"
#include "base/limits.h"
#include "base/words.h"
#include "check/target.h"
#include "xml/doc.h"

/*
 * Nothing leaves the program unless this room let it (design, Laws 2): the
 * client sends a struct cleared_message and nothing else, and only guard_clear
 * makes one.
 *
 * What stops a message:
 *  - a henkilötunnus below 900, anywhere: in the raw bytes; in text,
 *    attributes, comments and processing instructions after XML decoding, also
 *    cut by elements or CDATA; behind escapes of XML, JSON, URLs and
 *    quoted-printable; in base64 and escaped XML and in what those hold, down
 *    to LIMIT_GUARD_NESTING. In an identity field (any attribute beside a root
 *    or codeSystem 1.2.246.21; a quoted value in JSON that names it) the shape,
 *    a date that exists and a number below 900 suffice, whatever the check
 *    character says; in free text the check character must be right too, or
 *    any number-like code would stop every message. Temporary ids (beside a
 *    root ….22.<year>) from 900 on pass whatever theirs is;
 *  - on a real target, an identity code that is not in the project's pool
 *    (temporary ids need not be), or no pool at all;
 *  - a processingCode other than the dialect's test code, or none: in every
 *    message, and on a real target in everything with a body;
 *  - a target whose whole url is no test environment, or a client certificate
 *    whose issuer is not a test CA, or none (real targets; a probe may show
 *    none);
 *  - on a real target, a name of the patient, or of another person whose data
 *    the document holds, that is none of the pool's persons;
 *  - what cannot be looked at: base64 or XML nested deeper than the cap, XML
 *    too deep to be read or with entities of its own, archives, PDF, pictures
 *    and whatever else is no text where text or a document is declared,
 *    encrypted content, escapes within escapes beyond the cap, a SOAPAction
 *    that could hold another header, a message that is not well-formed (unless
 *    it is hostile on purpose). Content whose SHA-256 the project file attests
 *    passes, and the report says whose word that is. Certificates and
 *    signature values are looked at for codes only.
 */
enum guard_rule {
	GUARD_IDENTITY,	  /* a code outside the 900 series */
	GUARD_POOL,	  /* of the 900 series, but not issued to this vendor */
	GUARD_PROCESSING, /* processingCode is not test */
	GUARD_TARGET,	  /* not a test environment */
	GUARD_ISSUER,	  /* not a test certificate */
	GUARD_OPAQUE,	  /* cannot be looked into */
	GUARD_HOSTILE, /* deliberately bad, and the target is real; or asks for
			* a fault, and the target is not our own mock */
	GUARD_NAME,    /* not the name of a person of the pool */
};

struct guard_finding {
	enum guard_rule rule;
	char where[256]; /* XPath, "byte 1043"; into base64:
			   "/a/text > base64 > /ClinicalDocument/title" */
	bool in_inner;	 /* line and column are in guard_known.inner_bytes */
	unsigned line, column; /* of the outermost that is known; 0 = none */
	struct note what;      /* with the masked value, never the whole one */
};

/* Somebody looked into this very content, and nobody's data is in it. */
struct attestation {
	const char *sha256; /* of the decoded bytes: 64 hexadecimal digits */
	const char *name, *date;
};

struct guard_report {
	struct guard_finding at[LIMIT_GUARD_FINDINGS];
	size_t count;
	bool more; /* there were more than fit */
	const struct attestation *attested[LIMIT_GUARD_ATTESTED];
	size_t attested_count; /* content that passed on somebody's word */
};

/*
 * Looks for identity codes in `len` bytes of anything (XML or not). `pool`, if
 * not NULL, lists the only codes that may pass. Adds to `report`; true when
 * nothing was found. Used for what is sent, what the mock receives and what
 * enters a report.
 */
struct test_name {
	const char *given, *family;
};
struct identity_pool {
	const char *const *codes; /* NULL = any of the 900 series may pass */
	size_t count;
	const struct test_name *names; /* with codes: whom the fields for the
					  names of patients may name */
	size_t name_count;	       /* 0 = anybody */
	const struct attestation *attested;
	size_t attested_count;
};
bool guard_scan(struct guard_report *report, const void *bytes, size_t len,
    const struct identity_pool *pool);
/* For who only wants to know whether anything is found: the report is large,
 * and so costs nobody who does not come to ask. */
bool guard_is_clean(const void *bytes, size_t len);

/*
 * guard_scan for a receiver, who needs the same trees to judge by: gives those
 * that the scan parsed, of the bytes themselves and of the largest XML that
 * they hold as base64. guard_trees_release afterwards.
 */
struct guard_trees {
	struct xml_doc *whole; /* NULL = the bytes are no XML */
	struct xml_doc *inner; /* NULL = none */
	struct buf inner_bytes;
};
bool guard_scan_keeping(struct guard_report *report, const void *bytes,
    size_t len, struct guard_trees *trees);
/* The inner tree, if these are the very bytes that it was parsed from: the
 * caller's from now on. Else NULL. */
struct xml_doc *guard_trees_take_inner(
    struct guard_trees *trees, const void *bytes, size_t len);
void guard_trees_release(struct guard_trees *trees);

/* guard_scan for somebody who parsed these bytes already, and maybe what they
 * hold as base64: neither is parsed again. */
struct guard_known {
	const struct xml_doc *whole; /* of the bytes; NULL = not known */
	const struct xml_doc *inner; /* of inner_bytes; NULL = not known */
	const void *inner_bytes;
	size_t inner_len;
};
bool guard_scan_known(struct guard_report *report, const void *bytes,
    size_t len, const struct guard_known *known,
    const struct identity_pool *pool);

/* What a caller wants to send. Borrowed until guard_clear returns. */
struct outgoing {
	const void *body;
	size_t len;
	const char *media_type;
	const char *soap_action; /* NULL = none */
	bool is_message;	 /* a frame: its processingCode is checked */
	bool is_hostile;	 /* deliberately bad: mock only */
	bool is_probe;		 /* a handshake without a body */
	bool is_validation;	 /* a request to the SHARK service: JSON, whose
				  * frame and document are looked at each for
				  * itself; it alone may go over http, without a
				  * certificate, to loopback and to the hosts of
				  * target_may_be_plain */
	const char *path;	 /* appended to the target's url, or NULL */
	const char *fault;	 /* asked of the embedded mock alone, or NULL */
};

struct guard_context {
	const struct target *target;
	const struct target_rules *rules;
	const char *client_issuer;	  /* NULL = no client certificate */
	const char *processing_code;	  /* the dialect's test code */
	const struct identity_pool *pool; /* must hold codes for real targets;
					     before others its codes and names
					     do not count */
};

/*
 * What holds for all messages of a run, asked before the first: whether the
 * target, the client certificate's issuer and the pool let any of them leave.
 * `probes_only`: nothing else is to be sent. Lets nothing leave itself.
 */
bool guard_place(struct guard_report *report, const struct guard_context *where,
    bool probes_only);

/* A message that may leave: to one url, once or more, unchanged. */
struct cleared_message;

/*
 * NULL when anything stopped it: `report` says what. Takes over nothing; the
 * body is copied, so that what was looked at is what leaves.
 */
struct cleared_message *guard_clear(const struct outgoing *what,
    const struct guard_context *where, struct guard_report *report);
void cleared_free(struct cleared_message *m);

const char *cleared_url(const struct cleared_message *m);
const void *cleared_body(const struct cleared_message *m, size_t *len);
const char *cleared_media_type(const struct cleared_message *m);
const char *cleared_soap_action(const struct cleared_message *m);
/* What the mock is asked to do wrong: not NULL for the embedded mock only. It
 * travels in the head field FAULT_FIELD. */
const char *cleared_fault(const struct cleared_message *m);
#define FAULT_FIELD "X-Esitesti-Fault"
bool cleared_is_probe(const struct cleared_message *m);

const char *guard_rule_name(enum guard_rule rule); /* "identity" */

#endif

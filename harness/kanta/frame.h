/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KANTA_FRAME_H
#define KANTA_FRAME_H

#include "base/clock.h"
#include "base/words.h"
#include "kanta/dialect.h"
#include "kanta/mime.h"
#include "xml/doc.h"

/*
 * The Medical Records message (HL7 V3): archive, replacement, cancellation,
 * metadata query, content query and the answers to them (facts 1.1–1.8,
 * 9.1–9.5). Reader, writer, a case's `with` and the comparison with the
 * document all speak of the same fields, named once in frame.def.
 */
enum frame_field {
#define FIELD(id, name, path, attribute, meaning) FF_##id,
#include "kanta/frame.def"
#undef FIELD
	FF_COUNT
};
const char *frame_field_name(enum frame_field f); /* "patient-id" */
int frame_field_find(const char *name);		  /* -1 = none */
const char *frame_field_meaning(enum frame_field f);
/* Where the field stands in a frame, for people: "controlActProcess/…". */
void frame_field_path(struct buf *to, enum frame_field f);

enum frame_kind {
	FRAME_ARCHIVE,
	FRAME_REPLACE,
	FRAME_CANCEL, /* the notification without a new version; a version
		       * that cancels is a FRAME_REPLACE with the dialect's
		       * cancel.reason-code */
	FRAME_QUERY,  /* for metadata */
	FRAME_QUERY_ANSWER,
	FRAME_FETCH, /* the content query */
	FRAME_FETCH_ANSWER,
	FRAME_ACK,
	FRAME_UNKNOWN, /* an interaction that the dialect does not name */
};

/* ---- Reading */

struct frame {
	enum frame_kind kind;
	const struct xml_doc *doc;
	xmlNode *root;	   /* the message's element */
	xmlNode *document; /* controlActProcess/subject/clinicalDocument */
	xmlNode *query;	   /* queryByParameter */
	const char
	    *value[FF_COUNT]; /* borrowed from the document; NULL = absent */
	struct note why;      /* when reading failed */
};

/*
 * content-id has no value here: it is inside the MIME text, see frame_document.
 *
 * Reads what is there, strictly enough to be sure what it means: root element
 * = interactionId/@extension, wrapper elements in the order of facts 1.3, one
 * controlActProcess (an acknowledgement may have none), in archive, replacement
 * and cancellation one subject with one clinicalDocument, in a query one
 * queryByParameter (kanta/query.h reads it). ERR_KANTA with place otherwise.
 */
NODISCARD int frame_read(struct frame *f, const struct xml_doc *doc,
    xmlNode *root, const struct dialect *d, struct err *err);

/* The clinical document's bytes out of the frame's MIME text (one part, its
 * Content-ID is stored in `content_id`, malloc'ed). */
NODISCARD int frame_document(const struct frame *f, struct buf *document,
    char **content_id, struct err *err);

/* The same for one clinicalDocument of several: the answer to a query. `why`
 * needs no preparation. */
NODISCARD int frame_part(const xmlNode *clinical_document, struct buf *document,
    char **content_id, struct mime_fault *why, struct err *err);

/* ---- The clinical document's header, in the words of the same fields */

struct cda {
	const char *value[FF_COUNT]; /* only the fields that a document has */
	xmlNode *root;
	struct note why; /* when reading failed */
};
/* ERR_KANTA when it is no ClinicalDocument or has no id. */
NODISCARD int cda_read(
    struct cda *c, const struct xml_doc *doc, struct err *err);

/*
 * The fields in which frame and document must agree (facts 9.6: id, setId,
 * versionNumber, code, patient; SHARK checks them for social documents).
 */
extern const enum frame_field frame_agreed[];
extern const size_t frame_agreed_count;

/* ---- Writing */

struct query; /* kanta/query.h */

struct frame_draft {
	enum frame_kind kind;
	/* NULL = from the document, else from the dialect or the parties;
	 * set = what a case's `with` says instead. */
	const char *value[FF_COUNT];
	/* parsed; archive and replace, and what a cancellation is about */
	const struct xml_doc *document;
	const void *bytes; /* the same document's exact bytes */
	size_t len;
	/* Of a query; NULL = made of the fields above (query_make). Its id
	 * is FF_QUERY_ID's value unless it has one. */
	const struct query *query;
	int64_t now;	 /* creationTime */
	uint64_t serial; /* makes the message id and the MIME boundary unique */
};

/*
 * The message without envelope. Fields come from the draft, else the document,
 * else the dialect. ERR_KANTA when a mandatory one (sender, document id …) is
 * nowhere. The result's message id is FF_MESSAGE_ID of what was written.
 */
NODISCARD int frame_write(struct buf *to, const struct frame_draft *draft,
    const struct dialect *d, struct err *err);

#endif

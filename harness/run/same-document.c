/* SPDX-License-Identifier: Apache-2.0 */
#include "run/same-document.h"

#include "check/signature.h"
#include "xml/c14n.h"

/* The next child that the archive does not fill, from `node` on. */
static xmlNode *skip_filled(xmlNode *node, const struct dialect *d)
{
	while (
	    node && dialect_has(d, DK_ARCHIVE_FILLED, (const char *)node->name))
		node = xml_next(node);
	return node;
}

struct side {
	const struct xml_doc *doc;
	xmlNode *at;
};

static int equal_digests(
    const struct side *a, const struct side *b, struct err *err)
{
	uint8_t left[32], right[32];
	if (xml_c14n_digest(a->doc, a->at, left, err) < 0 ||
	    xml_c14n_digest(b->doc, b->at, right, err) < 0)
		return -1;
	return memcmp(left, right, sizeof(left)) == 0;
}

static int compare_children(struct side a, struct side b, bool into_header,
    const struct dialect *d, struct buf *place, struct err *err);

static int compare_element(const struct side *a, const struct side *b,
    bool into_header, const struct dialect *d, struct buf *place,
    struct err *err)
{
	bool same_name = xml_is(b->at, NULL, (const char *)a->at->name);
	/* Some of what the archive fills stands inside localHeader. */
	if (same_name && into_header && xml_is(a->at, XMLNS_HL7FI, NULL))
		return compare_children(
		    (struct side){ a->doc, xml_first(a->at) },
		    (struct side){ b->doc, xml_first(b->at) }, false, d, place,
		    err);
	int equal = same_name ? equal_digests(a, b, err) : 0;
	if (equal == 0)
		xml_path(place, a->at, NULL);
	return equal;
}

static int compare_children(struct side a, struct side b, bool into_header,
    const struct dialect *d, struct buf *place, struct err *err)
{
	a.at = skip_filled(a.at, d);
	b.at = skip_filled(b.at, d);
	while (a.at && b.at) {
		int equal = compare_element(&a, &b, into_header, d, place, err);
		if (equal != 1)
			return equal;
		a.at = skip_filled(xml_next(a.at), d);
		b.at = skip_filled(xml_next(b.at), d);
	}
	if (!a.at && !b.at)
		return 1;
	xml_path(place, a.at ? a.at : b.at, NULL);
	return 0;
}

/* A signature that held when it was sent must hold when it comes back. */
static int equal_signatures(
    const struct xml_doc *a, const struct xml_doc *b, struct buf *place)
{
	const xmlNode *broken = NULL;
	if (!signatures_hold(a, &broken) || signatures_hold(b, &broken))
		return 1;
	xml_path(place, broken, NULL);
	return 0;
}

int same_document(const struct buf *sent, const struct buf *returned,
    const struct dialect *d, struct buf *place, struct err *err)
{
	if (sent->len == returned->len &&
	    memcmp(sent->ptr, returned->ptr, sent->len) == 0)
		return 1;
	int rc = -1;
	struct xml_doc *b = NULL;
	struct xml_doc *a =
	    xml_parse(sent->ptr, sent->len, "the sent document", err);
	if (!a)
		goto out;
	b = xml_parse(
	    returned->ptr, returned->len, "the returned document", err);
	if (!b)
		goto out;
	rc = 0;
	if (!xml_is(xml_root(b), XMLNS_V3, (const char *)xml_root(a)->name))
		xml_path(place, xml_root(b), NULL);
	else
		rc =
		    compare_children((struct side){ a, xml_first(xml_root(a)) },
			(struct side){ b, xml_first(xml_root(b)) }, true, d,
			place, err);
	if (rc == 1)
		rc = equal_signatures(a, b, place);
out:
	xml_free(a);
	xml_free(b);
	return rc;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "kanta/fields.h"

#include "base/str.h"
#include "kanta/why.h"

/* The relation that replaces, among several (RPLC; APND only adds). */
static xmlNode *related_document(xmlNode *root)
{
	xmlNode *first = xml_child(root, XMLNS_V3, "relatedDocument");
	for (xmlNode *node = first; node; node = xml_next_same(node)) {
		const char *type = xml_attr(node, "typeCode");
		if (type && streq(type, "RPLC"))
			return node;
	}
	return first;
}

xmlNode *cda_register(const xmlNode *root)
{
	xmlNode *node =
	    xml_down(root, XMLNS_HL7FI, "localSocialHeader/registryType");
	return node ? node : xml_child(root, XMLNS_V3, "code");
}

static const char *read_field(xmlNode *root, const struct frame_row *row)
{
	static const char related[] = "relatedDocument";
	xmlNode *node = NULL;
	if (streq(row->path, "code")) {
		node = cda_register(root);
	} else if (str_starts(row->path, related)) {
		const char *rest = row->path + strlen(related);
		node = related_document(root);
		if (node && *rest)
			node = xml_down(node, XMLNS_V3, rest + 1);
	} else {
		node = xml_down(root, XMLNS_V3, row->path);
	}
	return node ? xml_attr(node, row->attribute) : NULL;
}

int cda_read(struct cda *c, const struct xml_doc *doc, struct err *err)
{
	xmlNode *root = xml_root(doc);
	*c = (struct cda){ .root = root };
	if (!xml_is(root, XMLNS_V3, "ClinicalDocument")) {
		why_fail(&c->why, doc, root, err, ERR_KANTA,
		    say_cda_root((const char *)root->name));
		return err_hint(err,
		    "CDA R2: the root is ClinicalDocument in the namespace "
		    "'" XMLNS_V3 "'");
	}
	for (int f = 0; f < FF_COUNT; f++) {
		const struct frame_row *row = cda_row((enum frame_field)f);
		if (row)
			c->value[f] = read_field(root, row);
	}
	if (!c->value[FF_DOCUMENT_ID])
		return why_fail(
		    &c->why, doc, root, err, ERR_KANTA, say_cda_no_id());
	return 0;
}

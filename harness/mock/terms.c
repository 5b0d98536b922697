/* SPDX-License-Identifier: Apache-2.0 */
#include "base/limits.h"
#include "base/str.h"
#include "kanta/hl7time.h"
#include "mock/inquiry.h"

/* ---- Of a document */

static struct archive_term *add(struct archive_terms *to, enum archive_key key)
{
	struct archive_term *t = NULL;

	if (to->count == LIMIT_DOCUMENT_TERMS)
		return NULL;
	t = VEC_PUSH(to);
	t->key = key;
	t->root = "";
	t->extension = "";
	return t;
}

/* Two attributes of a node: an id's, or a code's; none = a nullFlavor. */
static void add_pair(struct archive_terms *to, enum archive_key key,
    const xmlNode *node, const char *root, const char *extension)
{
	const char *first = node ? xml_attr(node, root) : NULL;
	const char *second = node ? xml_attr(node, extension) : NULL;
	struct archive_term *t = first ? add(to, key) : NULL;

	if (!t)
		return;
	t->root = first;
	t->extension = second ? second : "";
}

static void add_ids(
    struct archive_terms *to, enum archive_key key, const xmlNode *parent)
{
	XML_EACH_CHILD (node, parent)
		if (xml_is(node, XMLNS_V3, "id"))
			add_pair(to, key, node, "root", "extension");
}

static void add_ids_below(struct archive_terms *to, enum archive_key key,
    const xmlNode *from, const char *path)
{
	xmlNode *node = from ? xml_down(from, XMLNS_V3, path) : NULL;

	if (node)
		add_ids(to, key, node);
}

/* Both ends of what a time leaves open; false = it is none. */
static bool read_span(const xmlNode *node, int64_t *low, int64_t *high)
{
	const char *text = node ? xml_attr(node, "value") : NULL;
	struct hl7_interval at = { 0 };
	struct err ignored = { 0 };

	if (!text || hl7_time_read(text, &at, &ignored) < 0)
		return false;
	*low = at.from;
	*high = at.to - 1;
	return true;
}

/* A point, or low and high; one of which may be open. */
static void add_time(
    struct archive_terms *to, enum archive_key key, const xmlNode *node)
{
	int64_t low = INT64_MIN, high = INT64_MAX, other = 0;
	bool known = false;
	struct archive_term *t = NULL;

	if (!node)
		return;
	if (!read_span(node, &low, &high)) {
		known =
		    read_span(xml_child(node, XMLNS_V3, "low"), &low, &other);
		known |=
		    read_span(xml_child(node, XMLNS_V3, "high"), &other, &high);
		if (!known)
			return;
	}
	t = add(to, key);
	if (!t)
		return;
	t->low = low;
	t->high = high;
}

static void add_author(struct archive_terms *to, const xmlNode *author)
{
	xmlNode *who = xml_child(author, XMLNS_V3, "assignedAuthor");

	if (!who)
		return;
	add_ids(to, ARCHIVE_AUTHOR, who);
	add_ids_below(to, ARCHIVE_UNIT, who, "representedOrganization");
}

static void add_encounter(struct archive_terms *to, const xmlNode *encounter)
{
	add_ids(to, ARCHIVE_ENCOUNTER, encounter);
	add_time(to, ARCHIVE_ENCOUNTER_TIME,
	    xml_child(encounter, XMLNS_V3, "effectiveTime"));
	XML_EACH_CHILD (node, encounter)
		if (xml_is(node, XMLNS_V3, "encounterParticipant"))
			add_ids_below(to, ARCHIVE_UNIT, node,
			    "assignedEntity/representedOrganization");
}

void terms_of_document(struct archive_terms *to, const struct cda *cda)
{
	xmlNode *encounter =
	    xml_down(cda->root, XMLNS_V3, "componentOf/encompassingEncounter");

	add_pair(to, ARCHIVE_REGISTER, xml_child(cda->root, XMLNS_V3, "code"),
	    "codeSystem", "code");
	add_time(
	    to, ARCHIVE_TIME, xml_child(cda->root, XMLNS_V3, "effectiveTime"));
	XML_EACH_CHILD (node, cda->root) {
		if (xml_is(node, XMLNS_V3, "recordTarget"))
			add_ids_below(to, ARCHIVE_PATIENT, node, "patientRole");
		if (xml_is(node, XMLNS_V3, "author"))
			add_author(to, node);
	}
	if (encounter)
		add_encounter(to, encounter);
}

/* ---- Of a query */

static const enum archive_key keys[QUERY_COUNT] = {
	[QUERY_AUTHOR] = ARCHIVE_AUTHOR,
	[QUERY_CODE] = ARCHIVE_REGISTER,
	[QUERY_TIME] = ARCHIVE_TIME,
	[QUERY_DOCUMENT] = ARCHIVE_DOCUMENT,
	[QUERY_ENCOUNTER_TIME] = ARCHIVE_ENCOUNTER_TIME,
	[QUERY_ENCOUNTER] = ARCHIVE_ENCOUNTER,
	[QUERY_PATIENT] = ARCHIVE_PATIENT,
	[QUERY_UNIT] = ARCHIVE_UNIT,
};

/* query_read has looked at the times. */
static int64_t bound(const char *text, int64_t open, bool is_end)
{
	struct hl7_interval at = { 0 };
	struct err ignored = { 0 };

	if (!*text || hl7_time_read(text, &at, &ignored) < 0)
		return open;
	return is_end ? at.to - 1 : at.from;
}

void terms_of_query(struct archive_terms *to, const struct query *query)
{
	VEC_EACH (const struct query_value, v, query) {
		struct archive_term *t = add(to, keys[v->parameter]);
		if (!t)
			return;
		if (query_parameter_type(v->parameter) == QUERY_IVL) {
			t->low = bound(v->time.low, INT64_MIN, false);
			t->high = bound(v->time.high, INT64_MAX, true);
		} else {
			t->root = v->root;
			t->extension = v->extension;
		}
	}
}

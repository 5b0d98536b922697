/* SPDX-License-Identifier: Apache-2.0 */
#include "base/limits.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "check/own-rules.h"
#include "kanta/ids.h"
#include "kanta/mime.h"

#include <jansson.h>

/*
 * The content of a document of social welfare: XHTML and JSON, both in base64.
 * Which fields the JSON has depends on the kind of document and is not public:
 * only what names its code system is held against the header.
 */
#define TYPE_SYSTEM "1.2.246.537.6.1506"

struct social {
	struct look *l;
	const xmlNode *node; /* of what is looked at */
	const char *id, *type, *patient;
};

static void find(const struct social *c, enum rule rule, struct note text)
{
	look_find(c->l, rule, c->l->document_part, c->node, NULL, text);
}

/* The element's base64; -1 and a finding when it is none. */
static int decode(const struct social *c, struct buf *to, enum rule rule,
    struct note (*say)(void))
{
	struct err err = { 0 };
	char *text = xml_text(c->node);
	int rc = base64_decode(to, text, strlen(text), &err);
	if (rc < 0)
		find(c, rule, say());
	free(text);
	return rc;
}

/* ---- XHTML */

static const xmlNode *social_division(const struct xml_doc *doc)
{
	const xmlNode *top = xml_root(doc);
	for (const xmlNode *n = top; n; n = next_element(n, top)) {
		const char *class = xml_attr(n, "class");
		if (class && streq(class, "soc-document"))
			return n;
	}
	return NULL;
}

static void check_division(const struct social *c, const struct xml_doc *doc)
{
	const xmlNode *division = social_division(doc);
	const char *id = division ? xml_attr(division, "id") : NULL;
	if (!id)
		find(c, RULE_XHTML_NO_ID, say_xhtml_no_id());
	else if (!str_starts(id, "OID") || !c->id || !streq(id + 3, c->id))
		find(c, RULE_XHTML_ID, say_xhtml_id(id, c->id ? c->id : ""));
}

static void check_xhtml_tree(const struct social *c, const struct xml_doc *doc)
{
	char *text = xml_text(xml_root(doc));
	check_division(c, doc);
	if (c->patient && *c->patient && strstr(text, c->patient))
		find(c, RULE_XHTML_HETU, say_xhtml_hetu());
	free(text);
}

static void check_xhtml(struct social *c)
{
	const char *type = xml_attr(c->node, "mediaType");
	const char *code = xml_attr(c->node, "representation");
	struct buf bytes = BUF_INIT(LIMIT_DOCUMENT);
	struct err err = { 0 };
	char place[64] = "";
	if (!type || !streq(type, "application/xhtml+xml") || !code ||
	    !streq(code, "B64"))
		return;
	if (decode(c, &bytes, RULE_XHTML_UNREAD, say_xhtml_no_base64) == 0) {
		struct xml_doc *doc =
		    xml_parse(bytes.ptr, bytes.len, "XHTML", &err);
		snprintf(place, sizeof(place), "%u:%u", err.line, err.column);
		if (doc)
			check_xhtml_tree(c, doc);
		else if (memmem(bytes.ptr, bytes.len, "<!DOCTYPE", 9))
			find(c, RULE_XHTML_DOCTYPE, say_xhtml_doctype());
		else
			find(c, RULE_XHTML_UNREAD, say_xhtml_no_xml(place));
		xml_free(doc);
	}
	buf_release(&bytes);
}

/* ---- JSON */

/* How often a value of a system was seen, and whether it was the header's. */
struct seen {
	size_t count;
	bool same;
};

static void note_value(
    struct seen *seen, const char *value, const char *expected)
{
	seen->count++;
	seen->same = seen->same || (expected && streq(value, expected));
}

/* "urn:oid:1.2.246.21" or "1.2.246.21", of any version below it. */
static bool is_system(const char *system, const char *oid)
{
	if (str_starts(system, "urn:oid:"))
		system += strlen("urn:oid:");
	return oid_is_under(system, oid);
}

struct json_walk {
	const struct social *c;
	struct seen patient, type;
};

static void walk_object(struct json_walk *w, const json_t *object)
{
	const char *system =
	    json_string_value(json_object_get(object, "system"));
	const char *value = json_string_value(json_object_get(object, "value"));
	const char *code = json_string_value(json_object_get(object, "code"));
	if (system && value && is_system(system, HETU_ROOT))
		note_value(&w->patient, value, w->c->patient);
	if (system && code && is_system(system, TYPE_SYSTEM))
		note_value(&w->type, code, w->c->type);
}

/* As deep as jansson reads. */
static void walk_json(struct json_walk *w, json_t *value)
{
	const char *key;
	json_t *item;
	size_t i;
	(void)key;
	if (json_is_object(value)) {
		walk_object(w, value);
		json_object_foreach(value, key, item) walk_json(w, item);
	} else if (json_is_array(value)) {
		json_array_foreach(value, i, item) walk_json(w, item);
	}
}

static void check_json_value(const struct social *c, json_t *value)
{
	struct json_walk w = { .c = c };
	if (json_object_size(value) != 1)
		find(c, RULE_JSON_TOP, say_json_top());
	walk_json(&w, value);
	if (w.patient.count && c->patient && !w.patient.same)
		find(c, RULE_JSON_PATIENT, say_json_patient());
	if (w.type.count && c->type && !w.type.same)
		find(c, RULE_JSON_TYPE, say_json_type(c->type));
}

static void check_json(const struct social *c)
{
	struct buf bytes = BUF_INIT(LIMIT_DOCUMENT);
	json_error_t why;
	char line[16], column[16];
	if (decode(c, &bytes, RULE_JSON_UNREAD, say_json_no_base64) == 0) {
		json_t *value = json_loadb(bytes.ptr, bytes.len, 0, &why);
		snprintf(line, sizeof(line), "%d", why.line);
		snprintf(column, sizeof(column), "%d", why.column);
		if (value)
			check_json_value(c, value);
		else
			find(c, RULE_JSON_UNREAD,
			    say_json_no_json(line, column));
		json_decref(value);
	}
	buf_release(&bytes);
}

/* ---- */

static const char *value_of(
    const xmlNode *root, const char *path, const char *attribute)
{
	const xmlNode *node = xml_down(root, XMLNS_V3, path);
	return node ? xml_attr(node, attribute) : NULL;
}

static const char *type_of(const xmlNode *root, const xmlNode *header)
{
	const xmlNode *type =
	    xml_child(header, XMLNS_HL7FI, "specificDocumentType");
	const char *code = type ? xml_attr(type, "code") : NULL;
	return code ? code : value_of(root, "code", "code");
}

void rules_of_social(struct look *l)
{
	const xmlNode *root = l->document ? xml_root(l->document) : NULL;
	const xmlNode *header =
	    root ? xml_child(root, XMLNS_HL7FI, "localSocialHeader") : NULL;
	const xmlNode *body =
	    root ? xml_down(root, XMLNS_V3, "component/nonXMLBody") : NULL;
	if (!header || !body)
		return;
	struct social c = {
		.l = l,
		.id = value_of(root, "id", "root"),
		.type = type_of(root, header),
		.patient =
		    value_of(root, "recordTarget/patientRole/id", "extension"),
	};
	c.node = xml_child(body, XMLNS_V3, "text");
	if (c.node)
		check_xhtml(&c);
	c.node = xml_child(body, XMLNS_HL7FI, "json");
	if (c.node)
		check_json(&c);
}

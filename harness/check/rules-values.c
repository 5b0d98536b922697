/* SPDX-License-Identifier: Apache-2.0 */
#include "base/limits.h"
#include "base/str.h"
#include "check/own-rules.h"
#include "kanta/hl7time.h"
#include "kanta/ids.h"

/* What single values say: identity codes, business ids, OIDs, times. */

const xmlNode *next_element(const xmlNode *node, const xmlNode *top)
{
	const xmlNode *next = xml_first(node);
	while (!next && node != top) {
		next = xml_next(node);
		node = node->parent;
	}
	return next;
}

struct values {
	struct look *l;
	enum part part;
};

static void find(const struct values *v, enum rule rule, const xmlNode *node,
    const char *attribute, struct note text)
{
	look_find(v->l, rule, v->part, node, attribute, text);
}

/* ---- Identity codes */

/* A patient's own, in a document's header, its entries or a message. */
static bool is_patient(const xmlNode *id)
{
	static const char *const parents[] = { "patientRole", "patient",
		"relatedSubject" };
	for (size_t i = 0; i < COUNTOF(parents); i++)
		if (xml_is(id->parent, XMLNS_V3, parents[i]))
			return true;
	return false;
}

static void check_birth(
    const struct values *v, const xmlNode *id, const struct hetu *h)
{
	static const char *const people[] = { "patient", "patientPerson" };
	char expected[40];
	snprintf(expected, sizeof(expected), "%04d%02d%02d", h->year, h->month,
	    h->day);
	for (size_t i = 0; i < COUNTOF(people); i++) {
		const xmlNode *person =
		    xml_child(id->parent, XMLNS_V3, people[i]);
		const xmlNode *birth =
		    person ? xml_child(person, XMLNS_V3, "birthTime") : NULL;
		const char *value = birth ? xml_attr(birth, "value") : NULL;
		if (value && strlen(value) >= 8 &&
		    strncmp(value, expected, 8) != 0)
			find(v, RULE_VALUE_BIRTH, birth, "value",
			    say_value_birth());
	}
}

static void check_code(const struct values *v, const xmlNode *node,
    const char *attribute, const char *code)
{
	struct hetu h;
	char digits[9], right[2] = "";
	if (strlen(code) != HETU_LENGTH || !hetu_read(code, &h)) {
		find(v, RULE_VALUE_HETU_FORM, node, attribute,
		    say_value_hetu_form());
		return;
	}
	if (!h.date_exists) {
		find(v, RULE_VALUE_HETU_DATE, node, attribute,
		    say_value_hetu_date());
		return;
	}
	memcpy(digits, code, 6);
	memcpy(digits + 6, code + 7, 3);
	right[0] = hetu_check_character(digits);
	if (!h.check_holds)
		find(v,
		    is_patient(node) ? RULE_VALUE_HETU_CHECK
				     : RULE_VALUE_HETU_OTHER,
		    node, attribute,
		    say_value_hetu_check(code + HETU_LENGTH - 1, right));
	if (xml_is(node, XMLNS_V3, "id") && is_patient(node))
		check_birth(v, node, &h);
}

static void check_identity(const struct values *v, const xmlNode *node)
{
	static const struct {
		const char *system, *code;
	} pairs[] = { { "root", "extension" }, { "codeSystem", "code" } };
	for (size_t i = 0; i < COUNTOF(pairs); i++) {
		const char *system = xml_attr(node, pairs[i].system);
		const char *code = xml_attr(node, pairs[i].code);
		if (system && code && streq(system, HETU_ROOT))
			check_code(v, node, pairs[i].code, code);
	}
}

/* ---- OIDs */

/* The Y-tunnus in 1.2.246.10.1234562.…, with its hyphen and leading zeros;
 * false when nothing of that kind stands there. */
static bool business_id_of(char out[10], const char *oid)
{
	const char *id = oid + strlen(BUSINESS_ROOT);
	size_t len = strcspn(id, ".");
	if (len < 2 || len > 8 || strspn(id, "0123456789") < len)
		return false;
	memset(out, '0', 9);
	memcpy(out + 8 - len, id, len - 1);
	out[7] = '-';
	out[8] = id[len - 1];
	out[9] = '\0';
	return true;
}

static void check_oid(const struct values *v, const xmlNode *node)
{
	const char *root = xml_attr(node, "root");
	char id[10];
	if (!root || root[strspn(root, "0123456789.")])
		return; /* another kind of id, which the schema judges */
	if (!oid_is_valid(root))
		find(v, RULE_VALUE_OID, node, "root", say_value_oid(root));
	else if (str_starts(root, BUSINESS_ROOT) && business_id_of(id, root) &&
		 !business_id_is_valid(id))
		find(v, RULE_VALUE_BUSINESS, node, "root",
		    say_value_business(root, id));
}

/* ---- Times */

static bool is_time(const xmlNode *node)
{
	static const char *const names[] = { "effectiveTime", "time",
		"birthTime", "copyTime", "declaredTime", "creationTime",
		"registratedTime", "auditTrailTime" };
	static const char *const ends[] = { "low", "high", "center" };
	const char *name = (const char *)node->name;
	for (size_t i = 0; i < COUNTOF(names); i++)
		if (streq(name, names[i]))
			return true;
	if (!node->parent || node->parent->type != XML_ELEMENT_NODE)
		return false;
	for (size_t i = 0; i < COUNTOF(ends); i++)
		if (streq(name, ends[i]))
			return is_time(node->parent);
	return false;
}

/* Once in a document is enough: its own time. */
static void check_future(const struct values *v, const xmlNode *node,
    const char *value, const struct hl7_interval *when)
{
	const int64_t day = INT64_C(86400) * 1000000;
	if (v->l->options->now && when->from > v->l->options->now + day &&
	    xml_is(node, XMLNS_V3, "effectiveTime") &&
	    xml_is(node->parent, XMLNS_V3, "ClinicalDocument"))
		find(v, RULE_VALUE_FUTURE, node, "value",
		    say_value_future(value));
}

static void check_time(const struct values *v, const xmlNode *node)
{
	const char *value = xml_attr(node, "value");
	struct hl7_interval when;
	struct err err = { 0 };
	if (!value || !is_time(node) || strspn(value, "0123456789") < 4 ||
	    value[strspn(value, "0123456789.+-")])
		return; /* the schema judges its letters */
	if (hl7_time_read(value, &when, &err) < 0)
		find(v, RULE_VALUE_TIME, node, "value", say_value_time(value));
	else
		check_future(v, node, value, &when);
}

void rules_of_values(struct look *l, const struct xml_doc *doc, enum part part)
{
	const struct values v = { l, part };
	const xmlNode *top = xml_root(doc);
	for (const xmlNode *n = top; n; n = next_element(n, top)) {
		if (!n->properties)
			continue;
		check_identity(&v, n);
		check_oid(&v, n);
		check_time(&v, n);
	}
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "mock/fill.h"

#include "base/limits.h"
#include "base/str.h"
#include "base/vec.h"
#include "kanta/cda-order.h"
#include "kanta/hl7time.h"
#include "xml/encoding.h"
#include "xml/place.h"

#include <stdlib.h>

/* One change of the text; in the order of their places. */
struct edit {
	size_t at, removed;
	struct buf text;
};

struct filling {
	const char *text; /* UTF-8 */
	size_t len;
	xmlNode *root, *local_header;
	const struct fill_facts *facts;
	const struct dialect *d;
	struct {
		VEC(struct edit);
	} edits;
};

/* ---- Places in the text */

/* Before the first that stands behind it in the schema, else as the last. */
static bool find_gap(struct place *out, const struct filling *f,
    const xmlNode *parent, const char *name)
{
	int rank = cda_rank_of(parent, name);

	XML_EACH_CHILD (node, parent) {
		if (cda_rank(node) <= rank)
			continue;
		if (!xml_place(out, f->text, f->len, node))
			return false;
		out->end = out->begin;
		return true;
	}
	if (!xml_place(out, f->text, f->len, parent) || out->close == out->end)
		return false;
	out->begin = out->end = out->close;
	return true;
}

/* ---- Values */

static const char *value_at(
    const xmlNode *from, const char *path, const char *attribute)
{
	xmlNode *node = xml_down(from, XMLNS_V3, path);
	const char *value = node ? xml_attr(node, attribute) : NULL;

	return value ? value : "";
}

static void put_time(struct buf *to, int64_t when)
{
	char text[HL7_TIME_TEXT];

	hl7_time_local(text, when);
	buf_addf(to, " value=\"%s\"/>", text);
}

static bool put_copy_time(struct buf *to, const struct filling *f)
{
	put_time(to, f->facts->now);
	return true;
}

static bool put_declared_time(struct buf *to, const struct filling *f)
{
	put_time(to, f->facts->received);
	return true;
}

/* "19810101" and 120 years more; the time of day is cut off. */
static bool put_date(struct buf *to, const char *date, unsigned years)
{
	char day[9], year[5];
	uint64_t n = 0;
	struct err ignored = { 0 };

	str_copy(day, sizeof(day), date);
	str_copy(year, sizeof(year), date);
	if (strlen(day) != 8 || str_number(year, 1, 9000, &n, &ignored) < 0)
		return false;
	buf_addf(to, " value=\"%04u%s\"/>", (unsigned)n + years, day + 4);
	return true;
}

/* Class 2 of 1.2.246.537.5.40158.2008: 12 years from death or, as long as the
 * archive knows of none, 120 from birth. */
static bool put_retention(struct buf *to, const struct filling *f)
{
	xmlNode *class =
	    xml_child(f->local_header, XMLNS_HL7FI, "retentionPeriodClass");
	const char *code = class ? xml_attr(class, "code") : NULL;
	const char *system = class ? xml_attr(class, "codeSystem") : NULL;
	char today[HL7_TIME_TEXT];

	if (code && system && streq(code, "2") &&
	    streq(system, "1.2.246.537.5.40158.2008") &&
	    put_date(to,
		value_at(f->root, "recordTarget/patientRole/patient/birthTime",
		    "value"),
		120))
		return true;
	hl7_date_local(today, f->facts->received);
	return put_date(
	    to, today, (unsigned)dialect_number(f->d, DK_RETENTION_YEARS));
}

static const char custodian[] =
    "custodian/assignedCustodian/representedCustodianOrganization";

static bool put_custodian(struct buf *to, const struct filling *f)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/id", custodian);
	const char *root = value_at(f->root, path, "root");
	const char *extension = value_at(f->root, path, "extension");
	buf_adds(to, " root=\"");
	buf_add_xmls(to, root);
	if (*extension) {
		buf_adds(to, "\" extension=\"");
		buf_add_xmls(to, extension);
	}
	buf_adds(to, "\"/>");
	return *root;
}

/* ---- The elements, in the order of their places */

static const struct element {
	const char *name;
	bool local;
	/* What follows the element's name, up to the end; false = unknown. */
	bool (*put)(struct buf *to, const struct filling *f);
} elements[] = {
	{ "copyTime", false, put_copy_time },
	{ "declaredTime", true, put_declared_time },
	{ "retentionPeriod", true, put_retention },
	{ "activeCustodian", true, put_custodian },
	{ "activeCustodianName", true, NULL },
};

/* The one with text: its name stands at its end, too. */
static bool put_custodian_name(
    struct buf *to, const struct filling *f, const char *qualified)
{
	xmlNode *node = xml_down(f->root, XMLNS_V3, custodian);
	xmlNode *name = node ? xml_child(node, XMLNS_V3, "name") : NULL;
	char *text = name ? xml_text(name) : xstrdup("");
	bool known = *text;

	buf_addc(to, '>');
	buf_add_xmls(to, text);
	buf_addf(to, "</%s>", qualified);
	free(text);
	return known;
}

static bool write_element(struct buf *to, const struct filling *f,
    const struct element *e, const xmlNode *parent)
{
	const char *prefix =
	    parent->ns ? (const char *)parent->ns->prefix : NULL;
	char name[128];

	snprintf(name, sizeof(name), "%s%s%s", prefix ? prefix : "",
	    prefix ? ":" : "", e->name);
	buf_addf(to, "<%s", name);
	return e->put ? e->put(to, f) : put_custodian_name(to, f, name);
}

/* Behind all that stand before it; the first of two at one place first. */
static void insert_edit(struct filling *f, struct edit edit)
{
	size_t i = f->edits.count;

	(void)VEC_PUSH(&f->edits);
	for (; i > 0 && f->edits.at[i - 1].at > edit.at; i--)
		f->edits.at[i] = f->edits.at[i - 1];
	f->edits.at[i] = edit;
}

static void plan(struct filling *f, const struct element *e)
{
	xmlNode *parent = e->local ? f->local_header : f->root;
	xmlNode *old = NULL;
	struct edit edit = { .text = BUF_INIT(LIMIT_KIB(8)) };
	struct place place = { 0 };

	if (!parent || !dialect_has(f->d, DK_ARCHIVE_FILLED, e->name))
		return;
	old = xml_child(parent, e->local ? XMLNS_HL7FI : XMLNS_V3, e->name);
	if (!(old ? xml_place(&place, f->text, f->len, old)
		  : find_gap(&place, f, parent, e->name)) ||
	    !write_element(&edit.text, f, e, parent) || edit.text.overflow) {
		buf_release(&edit.text);
		return;
	}
	edit.at = place.begin;
	edit.removed = place.end - place.begin;
	insert_edit(f, edit);
}

/* ---- The whole */

static void apply_edits(
    struct buf *to, const struct filling *f, const struct buf *document)
{
	size_t skipped = (size_t)(f->text - document->ptr); /* a BOM */
	size_t at = 0;

	VEC_EACH (const struct edit, e, &f->edits) {
		size_t place = skipped + e->at;
		buf_add(to, document->ptr + at, place - at);
		buf_add(to, e->text.ptr, e->text.len);
		at = place + e->removed;
	}
	buf_add(to, document->ptr + at, document->len - at);
}

/* What was put in must not have broken anything. */
static bool is_sound(const struct buf *filled)
{
	struct err ignored = { 0 };
	struct xml_doc *doc =
	    xml_parse(filled->ptr, filled->len, "filled", &ignored);

	xml_free(doc);
	return doc && !filled->overflow;
}

static void fill(struct filling *f, struct buf *document)
{
	struct buf filled = BUF_INIT(LIMIT_DOCUMENT);

	f->local_header = xml_child(f->root, XMLNS_HL7FI, "localHeader");
	for (size_t i = 0; i < COUNTOF(elements); i++)
		plan(f, &elements[i]);
	apply_edits(&filled, f, document);
	if (is_sound(&filled)) {
		struct buf old = *document;
		*document = filled;
		filled = old;
	}
	VEC_EACH (struct edit, e, &f->edits)
		buf_release(&e->text);
	VEC_RELEASE(&f->edits);
	buf_release(&filled);
}

void fill_document(struct buf *document, const struct fill_facts *facts,
    const struct dialect *d)
{
	struct filling f = {
		.text = document->ptr,
		.len = document->len,
		.facts = facts,
		.d = d,
	};
	struct buf own = BUF_INIT(LIMIT_DOCUMENT);
	struct err ignored = { 0 };
	struct xml_doc *doc = NULL;

	if (dialect_choice(d, DK_RETURNED) != 0 ||
	    xml_to_utf8(&f.text, &f.len, &own, "document", NULL, &ignored) < 0)
		return;
	/* In another encoding the places of the text are not the bytes'. */
	if (own.len == 0)
		doc = xml_parse(
		    document->ptr, document->len, "document", &ignored);
	f.root = doc ? xml_root(doc) : NULL;
	if (f.root && xml_is(f.root, XMLNS_V3, "ClinicalDocument"))
		fill(&f, document);
	xml_free(doc);
	buf_release(&own);
}

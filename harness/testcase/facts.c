/* SPDX-License-Identifier: Apache-2.0 */
#include "base/limits.h"
#include "testcase/case.h"
#include "testcase/own-xml.h"
#include "xml/shape.h"

#include <stdlib.h>

#define NS "urn:esitesti:facts:1"

struct facts {
	VEC(struct fact);
};

static const struct shape_attribute text_attributes[] = {
	{ "xml:lang", SHAPE_LANG, true, NULL },
};
static const struct shape text_shape = {
	.element = "text",
	.content = SHAPE_HAS_TEXT,
	.attributes = text_attributes,
	.attribute_count = COUNTOF(text_attributes),
};

static const struct shape_attribute fact_attributes[] = {
	{ "id", SHAPE_ID, true, NULL },
	{ "mark", SHAPE_CHOICE, true, "F|I|U" },
	{ "source", SHAPE_TEXT, true, NULL },
};
static const struct shape_child fact_children[] = { { &text_shape, 2, 2 } };
static const struct shape fact_shape = {
	.element = "fact",
	.content = SHAPE_CHILDREN,
	.attributes = fact_attributes,
	.attribute_count = COUNTOF(fact_attributes),
	.children = fact_children,
	.child_count = COUNTOF(fact_children),
};

static const struct shape_child facts_children[] = { { &fact_shape, 1, 0 } };
static const struct shape facts_shape = {
	.element = "facts",
	.content = SHAPE_CHILDREN,
	.children = facts_children,
	.child_count = COUNTOF(facts_children),
};

static int read_fact(struct facts *facts, const struct xml_doc *doc,
    const xmlNode *node, struct err *err)
{
	const char *id = xml_attr(node, "id");
	if (facts_find(facts, id))
		return xml_fail(doc, node, err, ERR_CASE,
		    "a second fact with the id '%s'", id);
	struct fact *fact = VEC_PUSH(facts);
	fact->id = xstrdup(id);
	fact->mark = (enum mark)mark_find(xml_attr(node, "mark"));
	fact->source = own_attr(node, "source");
	return own_texts(&fact->text, doc, node, "text", err);
}

/* Closes the file. */
static struct facts *read_facts(struct own_file *file, struct err *err)
{
	struct facts *facts = NULL;
	if (shape_check(file->doc, NS, &facts_shape, err) < 0)
		goto out;

	facts = xcalloc(1, sizeof(*facts));
	XML_EACH_CHILD (node, xml_root(file->doc)) {
		if (read_fact(facts, file->doc, node, err) == 0)
			continue;
		facts_free(facts);
		facts = NULL;
		break;
	}
out:
	own_close(file, err);
	return facts;
}

struct facts *facts_load(const char *path, struct err *err)
{
	struct own_file file = { 0 };
	if (own_read(&file, path, LIMIT_CONFIG_FILE, ERR_CASE, err) < 0)
		return NULL;
	return read_facts(&file, err);
}

struct facts *facts_parse(
    const void *bytes, size_t len, const char *name, struct err *err)
{
	struct own_file file = { 0 };
	if (own_parse(&file, bytes, len, name, ERR_CASE, err) < 0)
		return NULL;
	return read_facts(&file, err);
}

void facts_free(struct facts *facts)
{
	if (!facts)
		return;
	VEC_EACH (struct fact, fact, facts) {
		free(fact->id);
		free(fact->source);
		own_texts_release(&fact->text);
	}
	VEC_RELEASE(facts);
	free(facts);
}

const struct fact *facts_find(const struct facts *facts, const char *id)
{
	VEC_EACH (struct fact, fact, facts) {
		if (streq(fact->id, id))
			return fact;
	}
	return NULL;
}

size_t facts_count(const struct facts *facts)
{
	return facts->count;
}

const struct fact *facts_at(const struct facts *facts, size_t index)
{
	return &facts->at[index];
}

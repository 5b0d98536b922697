/* SPDX-License-Identifier: Apache-2.0 */
#include "testcase/case-shape.h"

#include "base/str.h"
#include "xml/shape.h"

/* clang-format off */
static const struct shape_attribute text_attributes[] = {
	{ "xml:lang", SHAPE_LANG, true, NULL },
};
#define TEXT_SHAPE(name_, element_) \
	static const struct shape name_ = { \
		.element = element_, \
		.content = SHAPE_HAS_TEXT, \
		.attributes = text_attributes, \
		.attribute_count = COUNTOF(text_attributes), \
	}
TEXT_SHAPE(title_shape, "title");
TEXT_SHAPE(purpose_shape, "purpose");
TEXT_SHAPE(instruction_shape, "instruction");
TEXT_SHAPE(says_shape, "says");

static const struct shape_attribute rests_on_attributes[] = {
	{ "fact", SHAPE_ID, true, NULL },
	{ "mark", SHAPE_CHOICE, true, "F|I|U" },
};
static const struct shape rests_on_shape = {
	.element = "rests-on",
	.content = SHAPE_EMPTY,
	.attributes = rests_on_attributes,
	.attribute_count = COUNTOF(rests_on_attributes),
};

static const struct shape_attribute with_attributes[] = {
	{ "name", SHAPE_ID, true, NULL },
	{ "value", SHAPE_TEXT, true, NULL },
};
static const struct shape with_shape = {
	.element = "with",
	.content = SHAPE_EMPTY,
	.attributes = with_attributes,
	.attribute_count = COUNTOF(with_attributes),
};
static const struct shape_child withs[] = { { &with_shape, 0, 0 } };

static const struct shape_attribute document_attributes[] = {
	{ "name", SHAPE_ID, true, NULL },
	{ "kind", SHAPE_ID, true, NULL },
	{ "fixture", SHAPE_TEXT, true, NULL },
	{ "replaces", SHAPE_ID, false, NULL },
};
static const struct shape document_shape = {
	.element = "document",
	.content = SHAPE_CHILDREN,
	.attributes = document_attributes,
	.attribute_count = COUNTOF(document_attributes),
	.children = withs,
	.child_count = COUNTOF(withs),
};

static const struct shape_attribute send_attributes[] = {
	{ "message", SHAPE_CHOICE, true, 
	    "archive|replace|cancel|cancel-version|query|fetch|raw|probe" },
	{ "document", SHAPE_ID, false, NULL },
	{ "identity", SHAPE_ID, false, NULL },
	{ "file", SHAPE_TEXT, false, NULL },
	{ "fill", SHAPE_TEXT, false, NULL },
	{ "fault", SHAPE_TEXT, false, NULL },
	{ "media-type", SHAPE_TEXT, false, NULL },
};
static const struct shape send_shape = {
	.element = "send",
	.content = SHAPE_CHILDREN,
	.attributes = send_attributes,
	.attribute_count = COUNTOF(send_attributes),
	.children = withs,
	.child_count = COUNTOF(withs),
};

static const struct shape_child instructions[] = {
	{ &instruction_shape, 2, 2 },
};
static const struct shape_attribute await_attributes[] = {
	{ "message", SHAPE_CHOICE, false,
	    "archive|replace|cancel|cancel-version|query|fetch" },
};
static const struct shape await_shape = {
	.element = "await",
	.content = SHAPE_CHILDREN,
	.attributes = await_attributes,
	.attribute_count = COUNTOF(await_attributes),
	.children = instructions,
	.child_count = COUNTOF(instructions),
};
static const struct shape manual_shape = {
	.element = "manual",
	.content = SHAPE_CHILDREN,
	.children = instructions,
	.child_count = COUNTOF(instructions),
};

static const struct shape_attribute keep_attributes[] = {
	{ "name", SHAPE_ID, true, NULL },
	{ "select", SHAPE_TEXT, true, NULL },
};
static const struct shape keep_shape = {
	.element = "keep",
	.content = SHAPE_EMPTY,
	.attributes = keep_attributes,
	.attribute_count = COUNTOF(keep_attributes),
};

static const struct shape_attribute repeat_attributes[] = {
	{ "every", SHAPE_NUMBER, true, NULL },
	{ "within", SHAPE_NUMBER, true, NULL },
};
static const struct shape repeat_shape = {
	.element = "repeat",
	.content = SHAPE_EMPTY,
	.attributes = repeat_attributes,
	.attribute_count = COUNTOF(repeat_attributes),
};

static const struct shape_attribute expect_attributes[] = {
	{ "id", SHAPE_ID, false, NULL },
	{ "kind", SHAPE_CHOICE, true,
	    "acknowledgement|acknowledgement-detail|http-status|soap-fault|"
	    "xpath|same-document|found|guard-refused|tls-refused|"
	    "no-answer" },
	{ "outcome", SHAPE_CHOICE, false, "accepted|refused" },
	{ "code", SHAPE_TEXT, false, NULL },
	{ "mentions", SHAPE_TEXT, false, NULL },
	{ "status", SHAPE_TEXT, false, NULL },
	{ "fault-code", SHAPE_CHOICE, false, "Client|Server" },
	{ "select", SHAPE_TEXT, false, NULL },
	{ "equals", SHAPE_TEXT, false, NULL },
	{ "matches", SHAPE_TEXT, false, NULL },
	{ "count", SHAPE_NUMBER, false, NULL },
	{ "as", SHAPE_ID, false, NULL },
	{ "documents", SHAPE_TEXT, false, NULL },
	{ "without", SHAPE_TEXT, false, NULL },
	{ "exactly", SHAPE_CHOICE, false, "true|false" },
	/* the names of check/guard.h: tested */
	{ "rule", SHAPE_CHOICE, false,
	    "identity|pool|processing|target|issuer|opaque|hostile|name" },
};
static const struct shape_child expect_children[] = { { &says_shape, 2, 2 } };
static const struct shape expect_shape = {
	.element = "expect",
	.content = SHAPE_CHILDREN,
	.attributes = expect_attributes,
	.attribute_count = COUNTOF(expect_attributes),
	.children = expect_children,
	.child_count = COUNTOF(expect_children),
};

static const struct shape_attribute step_attributes[] = {
	{ "id", SHAPE_ID, true, NULL },
};
static const struct shape_child step_children[] = {
	{ &title_shape, 0, 2 },
	{ &send_shape, 0, 1 },
	{ &await_shape, 0, 1 },
	{ &manual_shape, 0, 1 },
	{ &repeat_shape, 0, 1 },
	{ &keep_shape, 0, 0 },
	{ &expect_shape, 0, 0 },
};
static const struct shape step_shape = {
	.element = "step",
	.content = SHAPE_CHILDREN,
	.attributes = step_attributes,
	.attribute_count = COUNTOF(step_attributes),
	.children = step_children,
	.child_count = COUNTOF(step_children),
};

static const struct shape_child teardown_children[] = { { &step_shape, 1, 0 } };
static const struct shape teardown_shape = {
	.element = "teardown",
	.content = SHAPE_CHILDREN,
	.children = teardown_children,
	.child_count = COUNTOF(teardown_children),
};

static const struct shape_attribute case_attributes[] = {
	{ "id", SHAPE_ID, true, NULL },
	{ "service", SHAPE_TEXT, true, NULL },
	{ "content", SHAPE_TEXT, true, NULL },
	{ "where", SHAPE_CHOICE, true, "any|mock" },
	{ "tags", SHAPE_TEXT, false, NULL },
};
static const struct shape_child case_children[] = {
	{ &title_shape, 2, 2 },
	{ &purpose_shape, 0, 2 },
	{ &rests_on_shape, 1, 0 },
	{ &document_shape, 0, 0 },
	{ &step_shape, 1, 0 },
	{ &teardown_shape, 0, 1 },
};
static const struct shape case_shape = {
	.element = "case",
	.content = SHAPE_CHILDREN,
	.attributes = case_attributes,
	.attribute_count = COUNTOF(case_attributes),
	.children = case_children,
	.child_count = COUNTOF(case_children),
};
/* clang-format on */

/* Which attributes belong to a kind; equals, matches and
 * count exclude each other: check_tests. */
#define KIND_ATTRIBUTES 4
struct kind_attributes {
	const char *kind;
	const char *required;
	const char *allowed[KIND_ATTRIBUTES];
};
static const struct kind_attributes kinds[] = {
	{ "acknowledgement", "outcome", { "outcome" } },
	{ "acknowledgement-detail", NULL, { "code", "mentions" } },
	{ "http-status", "status", { "status" } },
	{ "soap-fault", NULL, { "fault-code" } },
	{ "xpath", "select", { "select", "equals", "matches", "count" } },
	{ "same-document", "as", { "as" } },
	{ "found", NULL, { "documents", "without", "exactly" } },
	{ "guard-refused", NULL, { "rule" } },
	{ "tls-refused", NULL, { NULL } },
	{ "no-answer", NULL, { NULL } },
};

static bool kind_allows(const struct kind_attributes *row, const char *name)
{
	if (streq(name, "id") || streq(name, "kind"))
		return true;
	for (size_t i = 0; i < KIND_ATTRIBUTES && row->allowed[i]; i++) {
		if (streq(row->allowed[i], name))
			return true;
	}
	return false;
}

static int hint_allowed(const struct kind_attributes *row, struct err *err)
{
	struct buf list = BUF_INIT(256);
	for (size_t i = 0; i < KIND_ATTRIBUTES && row->allowed[i]; i++)
		buf_addf(&list, "%s'%s'", i ? ", " : "", row->allowed[i]);
	if (list.len > 0)
		err_hint(err, "an expectation of kind '%s' may have %s",
		    row->kind, list.ptr);
	else
		err_hint(err,
		    "an expectation of kind '%s' has no attributes of its own",
		    row->kind);
	buf_release(&list);
	return -1;
}

static int check_tests(
    const struct own_file *file, const xmlNode *node, struct err *err)
{
	static const char *const tests[] = { "equals", "matches", "count" };
	const char *first = NULL;
	for (size_t i = 0; i < COUNTOF(tests); i++) {
		if (!xml_attr(node, tests[i]))
			continue;
		if (first)
			return own_fail(file, node, tests[i], err, ERR_CASE,
			    "both '%s' and '%s' in one expectation", first,
			    tests[i]);
		first = tests[i];
	}
	return 0;
}

/* "200", "2xx", "dialect:oversize.http-status" */
static bool is_status(const char *s)
{
	if (str_starts(s, "dialect:"))
		return s[8] != '\0';
	return s[0] >= '1' && s[0] <= '5' && strlen(s) == 3 &&
	       ((str_is_digit(s[1]) && str_is_digit(s[2])) ||
		   streq(s + 1, "xx"));
}

static int check_kind(
    const struct own_file *file, const xmlNode *node, struct err *err)
{
	const char *kind = xml_attr(node, "kind");
	const struct kind_attributes *row = kinds;
	while (!streq(row->kind, kind))
		row++;
	for (const xmlAttr *a = node->properties; a; a = a->next) {
		const char *name = (const char *)a->name;
		if (kind_allows(row, name))
			continue;
		own_fail(file, node, name, err, ERR_CASE,
		    "attribute '%s' does not belong to an expectation of kind "
		    "'%s'",
		    name, kind);
		return hint_allowed(row, err);
	}
	if (row->required && !xml_attr(node, row->required))
		return own_fail(file, node, NULL, err, ERR_CASE,
		    "an expectation of kind '%s' needs the attribute '%s'",
		    kind, row->required);
	const char *status = xml_attr(node, "status");
	if (status && !is_status(status)) {
		own_fail(file, node, "status", err, ERR_CASE,
		    "'%s' is no HTTP status", status);
		return err_hint(
		    err, "write \"200\", \"4xx\" or \"dialect:KEY\"");
	}
	return check_tests(file, node, err);
}

static int check_pair(const struct own_file *file, const xmlNode *parent,
    const char *name, struct err *err)
{
	struct text_pair texts = { 0 };
	int rc = own_texts(&texts, file->doc, parent, name, err);
	own_texts_release(&texts);
	return rc;
}

static const xmlNode *check_one_verb(
    const struct own_file *file, const xmlNode *step, struct err *err)
{
	static const char *const verbs[] = { "send", "await", "manual" };
	const xmlNode *found = NULL;
	for (size_t i = 0; i < COUNTOF(verbs); i++) {
		const xmlNode *verb = xml_child(step, NULL, verbs[i]);
		if (verb && found) {
			own_fail(file, verb, NULL, err, ERR_CASE,
			    "a second verb '%s' in one step", verbs[i]);
			err_hint(err, "write a step for each");
			return NULL;
		}
		found = verb ? verb : found;
	}
	if (!found)
		own_fail(file, step, NULL, err, ERR_CASE,
		    "a step needs one of 'send', 'await' and 'manual'");
	return found;
}

static int check_step(
    const struct own_file *file, const xmlNode *step, struct err *err)
{
	const xmlNode *verb = check_one_verb(file, step, err);
	if (!verb || check_pair(file, step, "title", err) < 0 ||
	    check_pair(file, verb, "instruction", err) < 0)
		return -1;
	bool manual = xml_is(verb, NULL, "manual");
	const xmlNode *repeat = xml_child(step, NULL, "repeat");
	if (repeat && !xml_is(verb, NULL, "send"))
		return own_fail(file, repeat, NULL, err, ERR_CASE,
		    "'repeat' in a step that sends nothing");
	XML_EACH_CHILD (node, step) {
		bool expect = xml_is(node, NULL, "expect");
		if (manual && (expect || xml_is(node, NULL, "keep")))
			return own_fail(file, node, NULL, err, ERR_CASE,
			    "'%s' in a manual step, where no message is seen",
			    (const char *)node->name);
		if (!expect)
			continue;
		if (check_kind(file, node, err) < 0 ||
		    check_pair(file, node, "says", err) < 0)
			return -1;
	}
	return 0;
}

static int check_steps(
    const struct own_file *file, const xmlNode *parent, struct err *err)
{
	XML_EACH_CHILD (node, parent) {
		if (xml_is(node, NULL, "step") &&
		    check_step(file, node, err) < 0)
			return -1;
		if (xml_is(node, NULL, "teardown") &&
		    check_steps(file, node, err) < 0)
			return -1;
	}
	return 0;
}

int case_shape_check(const struct own_file *file, struct err *err)
{
	const xmlNode *root = xml_root(file->doc);
	if (shape_check(file->doc, CASE_NS, &case_shape, err) < 0 ||
	    check_pair(file, root, "title", err) < 0 ||
	    check_pair(file, root, "purpose", err) < 0 ||
	    check_steps(file, root, err) < 0) {
		own_excerpt(file, err);
		return -1;
	}
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"
#include "base/limits.h"
#include "base/str.h"
#include "kanta/answer.h"
#include "testcase/case-check.h"
#include "testcase/case-shape.h"

#include <stdlib.h>

const char *const send_message_names[] = {
	[SEND_ARCHIVE] = "archive",
	[SEND_REPLACE] = "replace",
	[SEND_CANCEL] = "cancel",
	[SEND_CANCEL_VERSION] = "cancel-version",
	[SEND_QUERY] = "query",
	[SEND_FETCH] = "fetch",
	[SEND_RAW] = "raw",
	[SEND_PROBE] = "probe",
};

const char *const expect_kind_names[EXPECT_KINDS] = {
	[EXPECT_ACKNOWLEDGEMENT] = "acknowledgement",
	[EXPECT_ACKNOWLEDGEMENT_DETAIL] = "acknowledgement-detail",
	[EXPECT_HTTP_STATUS] = "http-status",
	[EXPECT_SOAP_FAULT] = "soap-fault",
	[EXPECT_XPATH] = "xpath",
	[EXPECT_SAME_DOCUMENT] = "same-document",
	[EXPECT_FOUND] = "found",
	[EXPECT_GUARD_REFUSED] = "guard-refused",
	[EXPECT_TLS_REFUSED] = "tls-refused",
	[EXPECT_NO_ANSWER] = "no-answer",
	[EXPECT_PERSON] = "manual",
};

/* The index of a word that the shape has let through. */
static unsigned word_index(const char *s, const char *const names[])
{
	unsigned i = 0;
	while (!streq(names[i], s))
		i++;
	return i;
}

static void read_texts(struct text_pair *to, const struct own_file *file,
    const xmlNode *parent, const char *name)
{
	struct err none = { 0 };
	if (own_texts(to, file->doc, parent, name, &none) < 0)
		BUG("texts that the shape let through");
}

static void read_with(struct with *with, const xmlNode *node)
{
	with->name = own_attr(node, "name");
	with->value = own_attr(node, "value");
	with->line = xml_line(node);
}

static void read_document(struct case_document *d, const xmlNode *node)
{
	d->name = own_attr(node, "name");
	d->kind = own_attr(node, "kind");
	d->fixture = own_attr(node, "fixture");
	d->replaces = own_attr(node, "replaces");
	d->line = xml_line(node);
	XML_EACH_CHILD (with, node)
		read_with(VEC_PUSH(&d->with), with);
}

static void read_xpath_test(struct expect *e, const xmlNode *node)
{
	static const struct {
		const char *attribute;
		enum xpath_test test;
	} tests[] = {
		{ "equals", XPATH_EQUALS },
		{ "matches", XPATH_MATCHES },
		{ "count", XPATH_COUNT },
	};
	for (size_t i = 0; i < COUNTOF(tests); i++) {
		if (!xml_attr(node, tests[i].attribute))
			continue;
		e->test = tests[i].test;
		e->value = own_attr(node, tests[i].attribute);
	}
}

/* "record correction" */
static void read_names(struct name_list *to, const char *text)
{
	for (const char *p = text ? text : ""; *p;) {
		size_t n = strcspn(p, " ");
		if (n > 0)
			*VEC_PUSH(to) = xstrndup(p, n);
		p += n + (p[n] == ' ');
	}
}

static void release_names(struct name_list *names)
{
	VEC_EACH (char *, name, names)
		free(*name);
	VEC_RELEASE(names);
}

/* The kind's name, then kind-2, kind-3 … */
static char *default_id(const struct step *s, const struct expect *e)
{
	const char *kind = expect_kind_names[e->kind];
	unsigned n = 0;
	VEC_EACH (struct expect, other, &s->expects)
		n += other->kind == e->kind;
	return n > 1 ? xasprintf("%s-%u", kind, n) : xstrdup(kind);
}

static void read_expect(
    struct step *s, const struct own_file *file, const xmlNode *node)
{
	struct expect *e = VEC_PUSH(&s->expects);
	e->kind = (enum expect_kind)word_index(
	    xml_attr(node, "kind"), expect_kind_names);
	e->id = own_attr(node, "id");
	if (!e->id)
		e->id = default_id(s, e);
	e->line = xml_line(node);
	const char *outcome = xml_attr(node, "outcome");
	e->outcome =
	    outcome && streq(outcome, "refused") ? ACK_REFUSED : ACK_ACCEPTED;
	e->code = own_attr(node, "code");
	e->mentions = own_attr(node, "mentions");
	e->status = own_attr(node, "status");
	e->fault_code = own_attr(node, "fault-code");
	e->select = own_attr(node, "select");
	e->as = own_attr(node, "as");
	read_names(&e->documents, xml_attr(node, "documents"));
	read_names(&e->without, xml_attr(node, "without"));
	const char *exactly = xml_attr(node, "exactly");
	e->exactly = exactly && streq(exactly, "true");
	e->rule = own_attr(node, "rule");
	read_xpath_test(e, node);
	read_texts(&e->says, file, node, "says");
}

static void read_send(struct step *s, const xmlNode *node)
{
	s->verb = VERB_SEND;
	s->message = (enum send_message)word_index(
	    xml_attr(node, "message"), send_message_names);
	s->document = own_attr(node, "document");
	s->identity = own_attr(node, "identity");
	if (!s->identity)
		s->identity = xstrdup("client");
	s->file = own_attr(node, "file");
	s->fill = own_attr(node, "fill");
	s->fault = own_attr(node, "fault");
	s->media_type = own_attr(node, "media-type");
	XML_EACH_CHILD (with, node)
		read_with(VEC_PUSH(&s->with), with);
}

static void read_await(
    struct step *s, const struct own_file *file, const xmlNode *node)
{
	s->verb = VERB_AWAIT;
	const char *message = xml_attr(node, "message");
	if (message)
		s->message =
		    (enum send_message)word_index(message, send_message_names);
	read_texts(&s->instruction, file, node, "instruction");
}

static void read_repeat(struct repeat *r, const xmlNode *node)
{
	/* At most nine digits: the shape let them through. */
	r->every_s = (unsigned)strtoul(xml_attr(node, "every"), NULL, 10);
	r->within_s = (unsigned)strtoul(xml_attr(node, "within"), NULL, 10);
}

static void read_step_child(
    struct step *s, const struct own_file *file, const xmlNode *node)
{
	if (xml_is(node, NULL, "send")) {
		read_send(s, node);
	} else if (xml_is(node, NULL, "await")) {
		read_await(s, file, node);
	} else if (xml_is(node, NULL, "manual")) {
		s->verb = VERB_MANUAL;
		read_texts(&s->instruction, file, node, "instruction");
	} else if (xml_is(node, NULL, "repeat")) {
		read_repeat(&s->repeat, node);
	} else if (xml_is(node, NULL, "keep")) {
		struct keep *keep = VEC_PUSH(&s->keeps);
		keep->name = own_attr(node, "name");
		keep->select = own_attr(node, "select");
		keep->line = xml_line(node);
	} else if (xml_is(node, NULL, "expect")) {
		read_expect(s, file, node);
	}
}

static int read_step(struct testcase *tc, const struct own_file *file,
    const xmlNode *node, bool teardown, struct err *err)
{
	if (tc->steps.count == LIMIT_STEPS)
		return own_fail(file, node, NULL, err, ERR_LIMIT,
		    "more than %d steps in one case", LIMIT_STEPS);
	struct step *s = VEC_PUSH(&tc->steps);
	s->id = own_attr(node, "id");
	s->line = xml_line(node);
	s->teardown = teardown;
	read_texts(&s->title, file, node, "title");
	XML_EACH_CHILD (child, node) {
		read_step_child(s, file, child);
		if (s->expects.count > LIMIT_EXPECTATIONS)
			return own_fail(file, child, NULL, err, ERR_LIMIT,
			    "more than %d expectations in one step",
			    LIMIT_EXPECTATIONS);
	}
	return 0;
}

static void read_tags(struct testcase *tc, const char *tags)
{
	while (*tags) {
		while (str_is_space(*tags))
			tags++;
		const char *end = tags;
		while (*end && !str_is_space(*end))
			end++;
		if (end > tags)
			*VEC_PUSH(&tc->tags) =
			    xstrndup(tags, (size_t)(end - tags));
		tags = end;
	}
}

static void read_rests_on(struct testcase *tc, const xmlNode *node)
{
	struct rests_on *r = VEC_PUSH(&tc->rests_on);
	r->fact = own_attr(node, "fact");
	r->mark = (enum mark)mark_find(xml_attr(node, "mark"));
}

static int read_children(struct testcase *tc, const struct own_file *file,
    const xmlNode *parent, struct err *err)
{
	XML_EACH_CHILD (node, parent) {
		if (xml_is(node, NULL, "rests-on"))
			read_rests_on(tc, node);
		if (xml_is(node, NULL, "document"))
			read_document(VEC_PUSH(&tc->documents), node);
		if (xml_is(node, NULL, "step") &&
		    read_step(
			tc, file, node, parent != xml_root(file->doc), err) < 0)
			return -1;
		if (xml_is(node, NULL, "teardown") &&
		    read_children(tc, file, node, err) < 0)
			return -1;
	}
	return 0;
}

static int read_case(
    struct testcase *tc, const struct own_file *file, struct err *err)
{
	const xmlNode *root = xml_root(file->doc);
	tc->id = own_attr(root, "id");
	tc->path = xstrdup(xml_name(file->doc));
	tc->service = own_attr(root, "service");
	tc->content = own_attr(root, "content");
	tc->where =
	    streq(xml_attr(root, "where"), "mock") ? WHERE_MOCK : WHERE_ANY;
	const char *tags = xml_attr(root, "tags");
	read_tags(tc, tags ? tags : "");
	read_texts(&tc->title, file, root, "title");
	read_texts(&tc->purpose, file, root, "purpose");
	xml_ns_in_scope(&tc->ns, root);
	return read_children(tc, file, root, err);
}

/* ---- What steps imply (testcase/case.h) */

static bool has_expect(const struct step *s, const char *id)
{
	VEC_EACH (struct expect, e, &s->expects)
		if (streq(e->id, id))
			return true;
	return false;
}

static void imply_value(struct step *s, const struct keep *keep)
{
	struct note note = say_implied_keep(keep->name);
	char *id = xasprintf("keep-%s", keep->name);
	while (has_expect(s, id)) {
		char *longer = xasprintf("%s-", id);
		free(id);
		id = longer;
	}
	struct expect *e = VEC_PUSH(&s->expects);
	*e = (struct expect){ .id = id,
		.kind = EXPECT_XPATH,
		.line = keep->line,
		.select = xstrdup(keep->select),
		.test = XPATH_KEPT };
	for (int lang = 0; lang < LANG_COUNT; lang++) {
		struct buf text = BUF_INIT(LIMIT_KIB(1));
		note_render(&text, &note, (enum lang)lang);
		e->says.text[lang] = xstrdup(text.ptr);
		buf_release(&text);
	}
}

static void imply_person(struct step *s)
{
	struct expect *e = VEC_PUSH(&s->expects);
	*e = (struct expect){ .id = xstrdup(expect_kind_names[EXPECT_PERSON]),
		.kind = EXPECT_PERSON,
		.line = s->line };
	for (int lang = 0; lang < LANG_COUNT; lang++)
		e->says.text[lang] = xstrdup(s->instruction.text[lang]);
}

static void add_implied(struct testcase *tc)
{
	VEC_EACH (struct step, s, &tc->steps) {
		VEC_EACH (struct keep, keep, &s->keeps)
			imply_value(s, keep);
		if (s->verb == VERB_MANUAL)
			imply_person(s);
	}
}

struct testcase *testcase_read(const void *bytes, size_t len, const char *name,
    const struct facts *facts, const struct fault_sink *sink, struct err *err)
{
	struct testcase *tc = NULL;
	struct own_file file = { 0 };
	int rc = -1;

	if (own_parse(&file, bytes, len, name, ERR_CASE, err) < 0)
		goto out;
	if (case_shape_check(&file, err) < 0)
		goto out;
	tc = xcalloc(1, sizeof(*tc));
	if (read_case(tc, &file, err) < 0)
		goto out;
	if (case_check(tc, &file, facts, sink, err) < 0)
		goto out;
	add_implied(tc);
	tc->source = xmemdup(bytes, len); /* UTF-16 is full of NULs */
	tc->source_len = len;
	rc = 0;
out:
	own_close(&file, err);
	if (err->kind != ERR_NONE && sink && sink->fault)
		sink->fault(sink->ctx, err);
	if (rc < 0) {
		testcase_free(tc);
		tc = NULL;
	}
	return tc;
}

struct testcase *testcase_parse(const void *bytes, size_t len, const char *name,
    const struct facts *facts, struct err *err)
{
	if (len > LIMIT_CASE_FILE) {
		err_set(
		    err, ERR_LIMIT, "'%s' is larger than a case may be", name);
		return NULL;
	}
	return testcase_read(bytes, len, name, facts, NULL, err);
}

struct testcase *testcase_load(
    const char *path, const struct facts *facts, struct err *err)
{
	struct buf bytes = BUF_INIT(LIMIT_CASE_FILE);
	struct testcase *tc = NULL;
	if (buf_read_file(&bytes, path, err) == 0)
		tc = testcase_parse(bytes.ptr, bytes.len, path, facts, err);
	buf_release(&bytes);
	return tc;
}

static void release_withs(struct with *with, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		free(with[i].name);
		free(with[i].value);
	}
	free(with);
}

static void release_expect(struct expect *e)
{
	free(e->id);
	own_texts_release(&e->says);
	free(e->code);
	free(e->mentions);
	free(e->status);
	free(e->fault_code);
	free(e->select);
	free(e->value);
	free(e->as);
	release_names(&e->documents);
	release_names(&e->without);
	free(e->rule);
}

static void release_step(struct step *s)
{
	free(s->id);
	own_texts_release(&s->title);
	own_texts_release(&s->instruction);
	free(s->document);
	free(s->identity);
	free(s->file);
	free(s->fill);
	free(s->fault);
	free(s->media_type);
	release_withs(s->with.at, s->with.count);
	VEC_EACH (struct keep, keep, &s->keeps) {
		free(keep->name);
		free(keep->select);
	}
	VEC_RELEASE(&s->keeps);
	VEC_EACH (struct expect, e, &s->expects)
		release_expect(e);
	VEC_RELEASE(&s->expects);
}

static void release_document(struct case_document *d)
{
	free(d->name);
	free(d->kind);
	free(d->fixture);
	free(d->replaces);
	release_withs(d->with.at, d->with.count);
}

void testcase_free(struct testcase *tc)
{
	if (!tc)
		return;
	for (size_t i = 0; i < tc->tags.count; i++)
		free(tc->tags.at[i]);
	VEC_RELEASE(&tc->tags);
	VEC_EACH (struct rests_on, r, &tc->rests_on)
		free(r->fact);
	VEC_RELEASE(&tc->rests_on);
	VEC_EACH (struct case_document, d, &tc->documents)
		release_document(d);
	VEC_RELEASE(&tc->documents);
	VEC_EACH (struct step, s, &tc->steps)
		release_step(s);
	VEC_RELEASE(&tc->steps);
	own_texts_release(&tc->title);
	own_texts_release(&tc->purpose);
	xml_ns_release(&tc->ns);
	free(tc->id);
	free(tc->path);
	free(tc->service);
	free(tc->content);
	free(tc->source);
	free(tc);
}

enum mark testcase_mark(const struct testcase *tc)
{
	enum mark worst = MARK_CERTAIN;
	VEC_EACH (struct rests_on, r, &tc->rests_on) {
		if (r->mark > worst)
			worst = r->mark;
	}
	return worst;
}

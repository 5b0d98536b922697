/* SPDX-License-Identifier: Apache-2.0 */
#include "testcase/case-names.h"

#include "base/limits.h"
#include "base/str.h"
#include "kanta/query.h"
#include "testcase/faults.h"
#include "testcase/vars.h"

#include <regex.h>
#include <stdlib.h>

static const struct case_document *document_of(
    const struct check *c, const struct step *s)
{
	VEC_EACH (struct case_document, d, &c->tc->documents) {
		if (s->document && streq(d->name, s->document))
			return d;
	}
	return NULL;
}

static bool has_with(const struct step *s, const char *name)
{
	VEC_EACH (struct with, with, &s->with) {
		if (streq(with->name, name))
			return true;
	}
	return false;
}

/* What each message must, may and must not have. */
enum need {
	NO,
	MAY,
	MUST,
};
static const struct send_rule {
	enum need document, with, body, media_type, repeat;
} send_rules[] = {
	[SEND_ARCHIVE] = { MUST, MAY, NO, NO, NO },
	[SEND_REPLACE] = { MUST, MAY, NO, NO, NO },
	[SEND_CANCEL] = { MUST, MAY, NO, NO, NO },
	[SEND_CANCEL_VERSION] = { MUST, MAY, NO, NO, NO },
	[SEND_QUERY] = { NO, MUST, NO, NO, MAY },
	[SEND_FETCH] = { NO, MUST, NO, NO, MAY },
	[SEND_RAW] = { NO, NO, MUST, MAY, NO },
	[SEND_PROBE] = { NO, NO, NO, NO, NO },
};

static int check_need(struct check *c, const xmlNode *node, enum need need,
    bool there, const char *what)
{
	const char *message = xml_attr(node, "message");
	if (need == MUST && !there)
		return FAIL(
		    c, node, "message", "message '%s' needs %s", message, what);
	if (need == NO && there)
		return FAIL(c, node, "message", "message '%s' takes no %s",
		    message, what);
	return 0;
}

static int check_needs(
    struct check *c, const struct step *s, const xmlNode *send)
{
	const struct send_rule *rule = &send_rules[s->message];
	if (check_need(c, send, rule->document, s->document, "document") < 0 ||
	    check_need(c, send, rule->with, s->with.count > 0, "'with'") < 0 ||
	    check_need(c, send, rule->body, s->file || s->fill,
		"'file' or 'fill'") < 0 ||
	    check_need(
		c, send, rule->media_type, s->media_type, "'media-type'") < 0)
		return s->message == SEND_FETCH
			   ? err_hint(c->err,
				 "it takes <with name=\"document-id\" "
				 "value=\"${record.oid}\"/>")
			   : -1;
	if (s->file && s->fill)
		return FAIL(c, send, "fill", "both 'file' and 'fill'");
	if (s->message == SEND_FETCH && !has_with(s, "document-id")) {
		FAIL(c, send, "message", "message 'fetch' needs a document-id");
		return err_hint(c->err, "add <with name=\"document-id\" "
					"value=\"${record.oid}\"/>");
	}
	return 0;
}

/* What is deliberately bad goes to the mock only. */
static int check_hostile(
    struct check *c, const struct step *s, const xmlNode *send)
{
	if (c->tc->where == WHERE_MOCK)
		return 0;
	bool none = streq(s->identity, "none");
	if (s->message == SEND_RAW)
		FAIL(c, send, "message",
		    "message 'raw' in a case that may run anywhere");
	else if (s->fault)
		FAIL(c, send, "fault",
		    "fault '%s' in a case that may run anywhere", s->fault);
	else if (!streq(s->identity, "client") &&
		 !(none && s->message == SEND_PROBE))
		FAIL(c, send, "identity",
		    "identity '%s' in a case that may run anywhere",
		    s->identity);
	else
		return 0;
	return err_hint(c->err, "write where=\"mock\" at the element 'case'");
}

static int check_fault(
    struct check *c, const struct step *s, const xmlNode *send)
{
	struct fault_use use;
	struct err inner = { 0 };
	if (s->fault && s->message == SEND_PROBE)
		return FAIL(c, send, "fault",
		    "'fault' at a probe, which holds no message");
	if (!s->fault || fault_parse_send(&use, s->fault, &inner) == 0)
		return 0;
	return check_place(c, send, "fault", &inner);
}

static int check_fill(
    struct check *c, const struct step *s, const xmlNode *send)
{
	static const char from_dialect[] = "dialect:message.max-bytes";
	struct err inner = { 0 };
	uint64_t bytes = 0;
	if (!s->fill || streq(s->fill, from_dialect) ||
	    str_number(s->fill, 1, LIMIT_MESSAGE / 2, &bytes, &inner) == 0)
		return 0;
	check_place(c, send, "fill", &inner);
	return err_hint(
	    c->err, "write a number of bytes or \"%s\"", from_dialect);
}

/* What a message may say otherwise than it would, wherever it goes. The rest
 * breaks the frame, or makes it disagree with its document. */
static bool may_differ_anywhere(enum send_message message, const char *name)
{
	static const enum frame_field free_fields[] = { FF_RECEIVER, FF_TRIGGER,
		FF_SERVICE, FF_SERVICE_SYSTEM, FF_REASON, FF_QUERY_ID };
	int field = frame_field_find(name);
	if (message == SEND_FETCH && field == FF_DOCUMENT_ID)
		return true;
	if (message == SEND_QUERY && field >= 0 &&
	    query_has_field((enum frame_field)field))
		return true;
	for (size_t i = 0; i < COUNTOF(free_fields); i++)
		if (streq(frame_field_name(free_fields[i]), name))
			return true;
	return false;
}

static int check_honest(
    struct check *c, const struct step *s, const xmlNode *with)
{
	const char *name = xml_attr(with, "name");
	if (c->tc->where == WHERE_MOCK || may_differ_anywhere(s->message, name))
		return 0;
	FAIL(c, with, "name", "'%s' is set in a case that may run anywhere",
	    name);
	return err_hint(c->err,
	    "a message that is wrong on purpose is for the mock only: write "
	    "where=\"mock\" at the element 'case'");
}

static int check_send_withs(
    struct check *c, const struct step *s, const xmlNode *send)
{
	const char *names[FF_COUNT];
	for (size_t i = 0; i < FF_COUNT; i++)
		names[i] = frame_field_name((enum frame_field)i);
	XML_EACH_CHILD (with, send) {
		if (check_with(c, with, names, FF_COUNT, "a message") < 0 ||
		    check_honest(c, s, with) < 0)
			return -1;
	}
	const struct case_document *d = document_of(c, s);
	bool new_version =
	    s->message == SEND_REPLACE || s->message == SEND_CANCEL_VERSION;
	if (!new_version || !d || d->replaces || has_with(s, "related-id"))
		return 0;
	FAIL(c, send, "document", "document '%s' replaces nothing", d->name);
	return err_hint(c->err,
	    "name the version before: <document name=\"%s\" "
	    "replaces=\"…\" …>",
	    d->name);
}

static int check_send(
    struct check *c, const struct step *s, const xmlNode *send)
{
	if (check_document_name(c, send, "document", c->tc->documents.count) <
		0 ||
	    check_needs(c, s, send) < 0 || check_hostile(c, s, send) < 0 ||
	    check_path(c, send, "file") < 0 || check_fill(c, s, send) < 0 ||
	    check_fault(c, s, send) < 0)
		return -1;
	return check_send_withs(c, s, send);
}

/* One number of seconds of a `repeat`. */
static int check_seconds(struct check *c, const xmlNode *node,
    const char *attribute, unsigned value, unsigned most)
{
	if (value >= 1 && value <= most)
		return 0;
	FAIL(c, node, attribute, "'%s' is %u s", attribute, value);
	return err_hint(c->err, "write a number from 1 to %u", most);
}

/* What archives is sent once (Laws 9); what expects nothing has no end. */
static int check_repeat(
    struct check *c, const struct step *s, const xmlNode *node)
{
	const struct repeat *r = &s->repeat;
	if (send_rules[s->message].repeat == NO) {
		FAIL(c, node, NULL, "message '%s' is repeated",
		    send_message_names[s->message]);
		return err_hint(c->err,
		    "only a query may be: repeat the 'query' or the 'fetch' "
		    "that looks for what was archived");
	}
	if (s->expects.count + s->keeps.count == 0)
		return FAIL(
		    c, node, NULL, "repeated until nothing that is expected");
	if (check_seconds(c, node, "every", r->every_s, LIMIT_REPEAT_EVERY) <
		0 ||
	    check_seconds(c, node, "within", r->within_s, LIMIT_REPEAT_WITHIN) <
		0)
		return -1;
	if (r->every_s > r->within_s)
		return FAIL(c, node, "every",
		    "every %u s within %u s is one attempt", r->every_s,
		    r->within_s);
	if (r->within_s / r->every_s < LIMIT_REPEAT)
		return 0;
	FAIL(c, node, "every", "every %u s within %u s are %u attempts",
	    r->every_s, r->within_s, 1 + r->within_s / r->every_s);
	return err_hint(c->err,
	    "the environment is shared: at most %d attempts", LIMIT_REPEAT);
}

static int check_pattern(struct check *c, const xmlNode *node)
{
	struct vars none = { 0 };
	struct err inner = { 0 };
	struct buf pattern = BUF_INIT(LIMIT_VALUE);
	regex_t re;
	const char *text = xml_attr(node, "matches");
	int rc = 0, code = 0;
	if (vars_expand(&none, &pattern, text, strlen(text), false, &inner)) {
		rc = check_place(c, node, "matches", &inner);
		err_hint(c->err, "a pattern takes no variables");
		goto out;
	}
	code = regcomp(&re, pattern.ptr, REG_EXTENDED | REG_NOSUB);
	if (code != 0) {
		char why[128];
		regerror(code, &re, why, sizeof(why));
		FAIL(
		    c, node, "matches", "'%s' does not compile: %s", text, why);
		rc = err_hint(
		    c->err, "POSIX extended regular expression, regex(7)");
		goto out;
	}
	regfree(&re);
out:
	buf_release(&pattern);
	return rc;
}

/* Whether a step up to `s` carries the document. */
static bool is_sent(const struct check *c, const struct step *s, const char *as)
{
	for (const struct step *at = c->tc->steps.at; at <= s; at++) {
		if (at->document && streq(at->document, as))
			return true;
	}
	return false;
}

static int check_as(struct check *c, const struct step *s, const xmlNode *node)
{
	const char *as = xml_attr(node, "as");
	if (check_document_name(c, node, "as", c->tc->documents.count) < 0)
		return -1;
	if (is_sent(c, s, as))
		return 0;
	return FAIL(c, node, "as", "no step up to here sends '%s'", as);
}

static int check_found_names(struct check *c, const struct step *s,
    const xmlNode *node, const char *attribute, const struct name_list *names)
{
	VEC_EACH (char *, name, names) {
		struct err inner = { 0 };
		if (check_has_document(c, *name, &inner) < 0)
			return check_place(c, node, attribute, &inner);
		if (!is_sent(c, s, *name))
			return FAIL(c, node, attribute,
			    "no step up to here sends '%s'", *name);
	}
	return 0;
}

static int check_found(struct check *c, const struct step *s,
    const struct expect *e, const xmlNode *node)
{
	if (e->kind != EXPECT_FOUND)
		return 0;
	if (!e->documents.count && !e->without.count && !e->exactly) {
		FAIL(c, node, NULL,
		    "an expectation of kind 'found' that anything meets");
		return err_hint(c->err,
		    "name the 'documents' that must be found, those that must "
		    "not ('without'), or write exactly=\"true\" for nothing");
	}
	if (check_found_names(c, s, node, "documents", &e->documents) < 0)
		return -1;
	return check_found_names(c, s, node, "without", &e->without);
}

static int check_expect(struct check *c, const struct step *s,
    const struct expect *e, const xmlNode *node)
{
	for (const struct expect *other = s->expects.at; other != e; other++) {
		if (streq(other->id, e->id))
			return FAIL(c, node, "id",
			    "a second expectation '%s' in this step", e->id);
	}
	if (s->verb == VERB_SEND && s->message == SEND_PROBE &&
	    e->kind != EXPECT_TLS_REFUSED) {
		FAIL(c, node, "kind", "kind '%s' in a step that only probes",
		    expect_kind_names[e->kind]);
		return err_hint(c->err,
		    "a handshake without a message can only be judged by "
		    "'tls-refused'");
	}
	if (e->select && check_select(c, node) < 0)
		return -1;
	if ((e->as && check_as(c, s, node) < 0) ||
	    check_found(c, s, e, node) < 0)
		return -1;
	if (xml_attr(node, "matches") && check_pattern(c, node) < 0)
		return -1;
	if (check_reference(c, node, "code") < 0 ||
	    check_reference(c, node, "status") < 0 ||
	    check_text(c, node, "equals") < 0)
		return -1;
	return check_text(c, node, "mentions");
}

static int check_keep(
    struct check *c, const struct step *s, const xmlNode *node)
{
	const char *name = xml_attr(node, "name");
	if (s->verb == VERB_SEND && s->message == SEND_PROBE)
		return FAIL(c, node, NULL, "a probe has no answer to keep");
	if (strchr(name, '.') || check_is_known(c, name))
		return FAIL(c, node, "name",
		    "'%s' is the name of another variable", name);
	return check_select(c, node);
}

/* Keeps are known to later steps only. */
static void know_keeps(struct check *c, const struct step *s)
{
	VEC_EACH (struct keep, keep, &s->keeps) {
		if (!check_is_known(c, keep->name))
			check_know(c, keep->name);
	}
}

static int check_second_keep(const struct check *c, const xmlNode *node)
{
	for (const xmlNode *other = xml_first(node->parent); other != node;
	     other = xml_next(other)) {
		if (xml_is(other, NULL, "keep") &&
		    streq(xml_attr(other, "name"), xml_attr(node, "name")))
			return FAIL(c, node, "name", "a second 'keep' of '%s'",
			    xml_attr(node, "name"));
	}
	return 0;
}

static int check_step_id(
    struct check *c, const struct step *s, const xmlNode *node)
{
	for (const struct step *other = c->tc->steps.at; other != s; other++) {
		if (streq(other->id, s->id))
			return FAIL(c, node, "id",
			    "a second step with the id '%s', as in line %u",
			    s->id, other->line);
	}
	return 0;
}

int check_step(struct check *c, const struct step *s, const xmlNode *node)
{
	const struct expect *e = s->expects.at;
	if (check_step_id(c, s, node) < 0 && check_stops(c))
		return -1;
	XML_EACH_CHILD (child, node) {
		int rc = 0;
		if (xml_is(child, NULL, "send"))
			rc = check_send(c, s, child);
		if (xml_is(child, NULL, "repeat"))
			rc = check_repeat(c, s, child);
		if (xml_is(child, NULL, "keep"))
			rc = check_second_keep(c, child) < 0
				 ? -1
				 : check_keep(c, s, child);
		if (xml_is(child, NULL, "expect"))
			rc = check_expect(c, s, e++, child);
		if (rc < 0 && check_stops(c))
			return -1;
	}
	know_keeps(c, s);
	return 0;
}

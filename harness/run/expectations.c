/* SPDX-License-Identifier: Apache-2.0 */
#include "run/judge-private.h"

#include "base/str.h"
#include "kanta/why.h"
#include "run/same-document.h"

#include <regex.h>

/* ---- Helpers */

static void pass_or_fail(struct verdict *out, bool holds)
{
	out->kind = holds ? RESULT_PASS : RESULT_FAIL;
}

/* A case's value with its variables put in; the loader has checked the names,
 * so one that is missing now was not kept by an earlier step. */
static bool expand(
    struct judge *j, const char *value, struct buf *to, struct verdict *out)
{
	struct err err = { 0 };
	buf_init(to, LIMIT_VALUE);
	if (vars_expand(&j->vars, to, value, strlen(value), false, &err) == 0)
		return true;
	buf_release(to);
	if (out) {
		out->kind = RESULT_SKIP;
		out->cause = say_cause_not_kept();
		out->next = say_next_earlier_step();
	}
	return false;
}

/* "dialect:KEY" as the dialect's value, anything else as itself. */
static const char *from_dialect(const struct judge *j, const char *value)
{
	static const char prefix[] = "dialect:";
	if (!value || !str_starts(value, prefix))
		return value;
	int key = dialect_key_find(value + strlen(prefix));
	if (key < 0)
		BUG("the loader let an unknown dialect key pass");
	return dialect_text(j->dialect, (enum dialect_key)key);
}

static struct note fault_note(const struct soap_fault *f)
{
	return *f->code || *f->reason ? say_found_fault(f->code, f->reason)
				      : say_found_fault_empty();
}

struct note judge_no_message(const struct judge *j, const struct exchange *x)
{
	if (x->response.body.len == 0)
		return say_found_empty_answer();
	if (j->view.has_soap && j->view.soap.is_fault)
		return fault_note(&j->view.soap.fault);
	if (!j->view.doc && x->response.media_type[0] &&
	    !strstr(x->response.media_type, "xml"))
		return say_found_media_type(x->response.media_type);
	if (j->view.why.word != W_none)
		return why_quote(
		    say_found_unreadable, &j->view.why, &j->view.at);
	return say_found_no_ack();
}

static bool is_remark(const struct ack_detail *d)
{
	return streq(d->type, "W") || streq(d->type, "I");
}

static void add_details(const struct ack *ack, bool remarks, struct buf *to)
{
	VEC_EACH (struct ack_detail, d, ack) {
		bool placed = d->location[0];
		if (is_remark(d) != remarks)
			continue;
		if (to->len >= NOTE_ARG || to->overflow)
			return;
		buf_addf(to, "%s%s%s%s %s%s%s%s", to->len ? "; " : "",
		    remarks ? d->type : "", remarks ? ": " : "", d->code,
		    d->text, placed ? " (" : "", placed ? d->location : "",
		    placed ? ")" : "");
	}
}

/* The note cuts what is too long for it: why the message was refused comes
 * before what was remarked besides. */
static void list_details(const struct judge *j, struct buf *to)
{
	buf_init(to, LIMIT_KIB(64));
	add_details(&j->view.ack, false, to);
	add_details(&j->view.ack, true, to);
}

/* ---- acknowledgement */

static void describe_ack(
    struct judge *j, const struct expect *e, struct note *expected)
{
	enum dialect_key key =
	    e->outcome == ACK_ACCEPTED ? DK_ACK_ACCEPTED : DK_ACK_REFUSED;
	struct buf codes = BUF_INIT(NOTE_ARG - 1);
	for (size_t i = 0; i < dialect_count(j->dialect, key); i++)
		buf_addf(&codes, "%s%s", i ? ", " : "",
		    dialect_item(j->dialect, key, i));
	*expected = e->outcome == ACK_ACCEPTED
			? say_expected_accepted(codes.ptr)
			: say_expected_refused(codes.ptr);
	buf_release(&codes);
}

/* A refusal is about what was sent; a code that nobody knows is about the
 * dialect; what should have been refused is about the answer. */
static struct note next_after_ack(enum ack_outcome outcome)
{
	switch (outcome) {
	case ACK_REFUSED:
		return say_next_refusal();
	case ACK_UNCLEAR:
		return say_next_dialect();
	case ACK_ACCEPTED:
	case ACK_ABSENT:
		return say_next_read_answer();
	}
	BUG("unknown ack_outcome");
}

static void judge_ack(struct judge *j, const struct expect *e,
    const struct exchange *x, struct verdict *out)
{
	const struct ack *ack = &j->view.ack;
	if (!j->view.has_ack) {
		out->kind = RESULT_FAIL;
		out->found = judge_no_message(j, x);
		return;
	}
	str_copy(out->where, sizeof(out->where), "acknowledgement/typeCode");
	struct buf details;
	list_details(j, &details);
	if (ack->outcome == ACK_UNCLEAR)
		out->found = *ack->code ? say_found_ack_unknown(ack->code)
					: say_found_ack_no_code();
	else if (details.len)
		out->found = say_found_ack_details(ack->code, details.ptr);
	else
		out->found = say_found_ack(ack->code);
	buf_release(&details);
	pass_or_fail(out, (int)ack->outcome == e->outcome);
	if (out->kind == RESULT_FAIL) {
		out->next = next_after_ack(ack->outcome);
		return;
	}
	/* Somebody else's acknowledgement tells nothing about this message. */
	if (x->message_id[0] && !streq(ack->target_id, x->message_id)) {
		out->kind = RESULT_FAIL;
		str_copy(out->where, sizeof(out->where),
		    "acknowledgement/targetMessage/id/@root");
		out->expected = say_expected_target(x->message_id);
		out->found = ack->target_id[0]
				 ? say_found_target(ack->target_id)
				 : say_found_no_target();
	}
}

/* ---- acknowledgement-detail */

static void describe_detail(
    struct judge *j, const struct expect *e, struct note *expected)
{
	const char *code = from_dialect(j, e->code);
	struct buf about;
	*expected = say_expected_detail(code ? code : "*");
	if (e->mentions && expand(j, e->mentions, &about, NULL)) {
		*expected =
		    say_expected_detail_about(code ? code : "*", about.ptr);
		buf_release(&about);
	}
}

static void judge_detail(struct judge *j, const struct expect *e,
    const struct exchange *x, struct verdict *out)
{
	const char *code = from_dialect(j, e->code);
	const char *system = dialect_text(j->dialect, DK_ERROR_SYSTEM);
	const struct ack *ack = &j->view.ack;
	struct buf about = BUF_INIT(LIMIT_VALUE);
	if (!j->view.has_ack) {
		out->kind = RESULT_FAIL;
		out->found = judge_no_message(j, x);
		return;
	}
	if (e->mentions && !expand(j, e->mentions, &about, out))
		return;
	str_copy(out->where, sizeof(out->where),
	    "acknowledgement/acknowledgementDetail");
	bool holds = false;
	VEC_EACH (struct ack_detail, d, ack)
		holds =
		    holds || ((!code || (streq(d->code, code) &&
					    streq(d->code_system, system))) &&
				 (strstr(d->text, about.ptr) ||
				     strstr(d->location, about.ptr)));
	buf_release(&about);
	pass_or_fail(out, holds);
	struct buf details;
	list_details(j, &details);
	out->found = details.len ? say_found_details(details.ptr)
				 : say_found_no_details();
	buf_release(&details);
	if (!holds)
		out->next = say_next_dialect();
}

/* ---- http-status */

static void describe_status(
    struct judge *j, const struct expect *e, struct note *expected)
{
	*expected = say_expected_status(from_dialect(j, e->status));
}

static void judge_status(struct judge *j, const struct expect *e,
    const struct exchange *x, struct verdict *out)
{
	const char *wanted = from_dialect(j, e->status);
	char found[16];
	snprintf(found, sizeof(found), "%d", x->http_status);
	/* "2xx" is any status of that class */
	bool holds = str_ends(wanted, "xx") ? found[0] == wanted[0]
					    : streq(found, wanted);
	pass_or_fail(out, holds);
	out->found = say_found_status(found);
	str_copy(out->where, sizeof(out->where), "HTTP");
}

/* ---- soap-fault */

static void describe_fault(
    struct judge *j, const struct expect *e, struct note *expected)
{
	(void)j;
	*expected = e->fault_code ? say_expected_fault_code(e->fault_code)
				  : say_expected_fault();
}

static void judge_fault(struct judge *j, const struct expect *e,
    const struct exchange *x, struct verdict *out)
{
	str_copy(out->where, sizeof(out->where), "/Envelope/Body/Fault");
	if (!j->view.has_soap || !j->view.soap.is_fault) {
		out->kind = RESULT_FAIL;
		out->found = j->view.has_soap ? say_found_no_fault()
					      : judge_no_message(j, x);
		return;
	}
	const struct soap_fault *f = &j->view.soap.fault;
	out->found = fault_note(f);
	if (j->view.soap.envelope == ENVELOPE_SOAP12)
		str_copy(out->rule, sizeof(out->rule), "SOAP 1.2 5.4");
	/* The versions of SOAP have two names for one code. */
	pass_or_fail(out, !e->fault_code || soap_code_find(f->code) ==
						soap_code_find(e->fault_code));
}

/* ---- xpath */

static void describe_xpath(
    struct judge *j, const struct expect *e, struct note *expected)
{
	struct buf value;
	const char *text = e->value ? e->value : "";
	bool expanded = e->value && expand(j, e->value, &value, NULL);
	if (expanded)
		text = value.ptr;
	switch (e->test) {
	case XPATH_EXISTS:
	case XPATH_KEPT:
		*expected = say_expected_exists(e->select);
		break;
	case XPATH_EQUALS:
		*expected = say_expected_equals(e->select, text);
		break;
	case XPATH_MATCHES:
		*expected = say_expected_matches(e->select, text);
		break;
	case XPATH_COUNT:
		*expected = say_expected_count(e->select, text);
		break;
	}
	if (expanded)
		buf_release(&value);
}

static bool matches_whole(const char *text, const char *pattern)
{
	regex_t re;
	regmatch_t match;
	if (regcomp(&re, pattern, REG_EXTENDED) != 0)
		BUG("the loader let a pattern pass that does not compile");
	bool holds = regexec(&re, text, 1, &match, 0) == 0 &&
		     match.rm_so == 0 && (size_t)match.rm_eo == strlen(text);
	regfree(&re);
	return holds;
}

static void test_xpath(const struct expect *e, const struct xpath_result *r,
    const char *value, struct verdict *out)
{
	char count[24];
	snprintf(count, sizeof(count), "%zu", r->count);
	out->found = r->count ? say_found_value(r->text) : say_found_nothing();
	switch (e->test) {
	case XPATH_EXISTS:
		pass_or_fail(out, r->count > 0);
		return;
	case XPATH_KEPT:
		pass_or_fail(
		    out, r->count > 0 && strlen(r->text) <= LIMIT_VALUE);
		if (r->count > 0 && out->kind == RESULT_FAIL)
			out->found = say_found_too_long();
		return;
	case XPATH_EQUALS:
		pass_or_fail(out, r->count > 0 && streq(r->text, value));
		return;
	case XPATH_MATCHES:
		pass_or_fail(
		    out, r->count > 0 && matches_whole(r->text, value));
		return;
	case XPATH_COUNT:
		out->found = say_found_count(count);
		pass_or_fail(out, streq(count, value));
		return;
	}
	BUG("unknown xpath_test");
}

static void judge_xpath(struct judge *j, const struct expect *e,
    const struct exchange *x, struct verdict *out)
{
	struct err err = { 0 };
	struct buf value = BUF_INIT(LIMIT_VALUE);
	struct xpath_result r = { 0 };
	str_copy(out->where, sizeof(out->where), e->select);
	if (!j->view.doc) {
		out->kind = RESULT_FAIL;
		out->found = judge_no_message(j, x);
		return;
	}
	if (e->value && !expand(j, e->value, &value, out))
		return;
	if (xpath_eval(j->view.doc, e->select, &j->tc->ns, &r, &err) < 0) {
		/* The expression compiled when the case was loaded: what is
		 * left is an answer that makes it work too long. */
		out->kind = RESULT_FAIL;
		out->found = say_found_xpath_work(e->select);
	} else {
		test_xpath(e, &r, value.ptr, out);
	}
	xpath_release(&r);
	buf_release(&value);
}

/* ---- same-document */

static void describe_same(
    struct judge *j, const struct expect *e, struct note *expected)
{
	(void)j;
	*expected = say_expected_same(e->as);
}

/* Parsed once more, for the reason. */
static struct note unreadable_document(
    const struct buf *returned, const struct err *err)
{
	struct xml_fault fault;
	struct err at = { 0 };
	struct xml_doc *doc = xml_parse_telling(
	    returned->ptr, returned->len, "the returned document", &fault, &at);
	if (!doc) {
		const struct note why = xml_fault_say(&fault);
		return why_quote(say_found_unreadable, &why, &at);
	}
	xml_free(doc);
	return say_found_unreadable_answer(err->msg);
}

static void compare(struct judge *j, const struct buf *sent,
    const struct buf *returned, struct verdict *out)
{
	struct err err = { 0 };
	struct buf place = BUF_INIT(sizeof(out->where) - 1);
	int same = same_document(sent, returned, j->dialect, &place, &err);
	if (same < 0)
		out->found = unreadable_document(returned, &err);
	else if (same == 0)
		out->found = say_found_difference(place.ptr);
	pass_or_fail(out, same == 1);
	str_copy(out->where, sizeof(out->where), place.ptr);
	out->next = same == 1 ? say_none() : say_next_compare();
	buf_release(&place);
}

static void judge_same(struct judge *j, const struct expect *e,
    const struct exchange *x, struct verdict *out)
{
	const struct sent_document *sent = judge_sent(j, e->as);
	if (!sent || sent->bytes.len == 0) {
		out->kind = RESULT_SKIP;
		out->cause = say_cause_not_kept();
		out->next = say_next_earlier_step();
		return;
	}
	if (!j->view.has_frame) {
		out->kind = RESULT_FAIL;
		out->found = judge_no_message(j, x);
		return;
	}
	struct err err = { 0 };
	struct answer_documents docs = { 0 };
	char count[24];
	out->kind = RESULT_FAIL;
	if (answer_documents_read(&docs, &j->view.frame, &err) < 0) {
		out->found = why_quote(say_found_unreadable, &docs.why, &err);
	} else if (docs.count == 0 || !docs.at[0].has_content) {
		out->found = say_found_no_document();
	} else if (docs.count > 1) {
		snprintf(count, sizeof(count), "%zu", docs.count);
		out->found = say_found_documents(count);
	} else {
		compare(j, &sent->bytes, &docs.at[0].content, out);
	}
	answer_documents_release(&docs);
}

/* ---- guard-refused */

static void describe_guard(
    struct judge *j, const struct expect *e, struct note *expected)
{
	(void)j;
	*expected =
	    e->rule ? say_expected_guard_rule(e->rule) : say_expected_guard();
}

static void judge_guard(struct judge *j, const struct expect *e,
    const struct exchange *x, struct verdict *out)
{
	(void)j;
	if (x->ending != ENDED_GUARD_REFUSED) {
		out->kind = RESULT_FAIL;
		out->found = say_found_left();
		return;
	}
	str_copy(out->where, sizeof(out->where), x->where);
	/* x->trouble lists the rules that stopped it. */
	bool holds = !e->rule || strstr(x->trouble, e->rule);
	pass_or_fail(out, holds);
	out->found = holds ? x->remark : say_found_other_rule(x->trouble);
}

/* ---- tls-refused */

static void describe_tls(
    struct judge *j, const struct expect *e, struct note *expected)
{
	(void)j;
	(void)e;
	*expected = say_expected_tls_refused();
}

static void judge_tls(struct judge *j, const struct expect *e,
    const struct exchange *x, struct verdict *out)
{
	(void)j;
	(void)e;
	char alert[64];
	str_copy(out->where, sizeof(out->where), "TLS");
	switch (x->ending) {
	case ENDED_TLS_REFUSED:
		tls_alert_name(alert, x->tls.alert);
		pass_or_fail(
		    out, tls_alert_is_about_client_certificate(x->tls.alert));
		out->found = say_found_alert(alert);
		return;
	case ENDED_PROBE_OPEN:
		out->kind = RESULT_FAIL;
		out->found = say_found_handshake();
		return;
	case ENDED_ANSWERED:
	case ENDED_UNREADABLE:
		out->kind = RESULT_FAIL;
		out->found = say_found_answer();
		return;
	case ENDED_TLS_DISTRUST:
	case ENDED_GUARD_REFUSED:
	case ENDED_TLS_FAILED:
	case ENDED_UNREACHABLE:
	case ENDED_TIMEOUT:
	case ENDED_LOST:
		judge_ending(x, out);
		return;
	}
	BUG("unknown ending");
}

/* ---- no-answer */

static void describe_no_answer(
    struct judge *j, const struct expect *e, struct note *expected)
{
	(void)j;
	(void)e;
	*expected = say_expected_no_answer();
}

static void judge_no_answer(struct judge *j, const struct expect *e,
    const struct exchange *x, struct verdict *out)
{
	(void)j;
	(void)e;
	if (x->ending == ENDED_ANSWERED || x->ending == ENDED_UNREADABLE) {
		out->kind = RESULT_FAIL;
		out->found = say_found_answer();
		return;
	}
	judge_ending(x, out);
	if (x->ending != ENDED_LOST && x->ending != ENDED_TIMEOUT)
		return;
	out->kind = RESULT_PASS;
	out->cause = out->next = say_none();
}

/* ---- manual */

static void describe_person(
    struct judge *j, const struct expect *e, struct note *expected)
{
	(void)j;
	(void)e;
	*expected = say_expected_person();
}

static void judge_person(struct judge *j, const struct expect *e,
    const struct exchange *x, struct verdict *out)
{
	(void)j;
	(void)e;
	(void)x;
	out->kind = RESULT_MANUAL;
	out->cause = say_cause_person();
}

const struct expectation expectations[EXPECT_KINDS] = {
	[EXPECT_ACKNOWLEDGEMENT] = { describe_ack, judge_ack, false,
	    "HL7 V3 MCCI acknowledgement (ack.accepted, ack.refused)" },
	[EXPECT_ACKNOWLEDGEMENT_DETAIL] = { describe_detail, judge_detail,
	    false, "HL7 V3 MCCI acknowledgementDetail (error.*)" },
	[EXPECT_HTTP_STATUS] = { describe_status, judge_status, false,
	    "RFC 9110 15" },
	[EXPECT_SOAP_FAULT] = { describe_fault, judge_fault, false,
	    "SOAP 1.1 4.4" },
	[EXPECT_XPATH] = { describe_xpath, judge_xpath, false, "XPath 1.0" },
	[EXPECT_SAME_DOCUMENT] = { describe_same, judge_same, false,
	    "Exclusive XML Canonicalization 1.0 (archive.fills)" },
	[EXPECT_FOUND] = { describe_found, judge_found, false,
	    "HL7 V3 RCMR: metadata in the answer to a query" },
	[EXPECT_GUARD_REFUSED] = { describe_guard, judge_guard, true,
	    "esitesti: guard" },
	[EXPECT_TLS_REFUSED] = { describe_tls, judge_tls, true,
	    "RFC 8446 6.2" },
	[EXPECT_NO_ANSWER] = { describe_no_answer, judge_no_answer, true,
	    "esitesti: fault" },
	[EXPECT_PERSON] = { describe_person, judge_person, true, "" },
};

/* SPDX-License-Identifier: Apache-2.0 */
#include "run/judge.h"

#include "base/str.h"
#include "run/answer-head.h"

struct judge *judge_new(const struct testcase *tc, const struct dialect *d)
{
	struct judge *j = xcalloc(1, sizeof(*j));
	j->tc = tc;
	j->dialect = d;
	return j;
}

static void free_ids(struct sent_document *s)
{
	free(s->oid);
	free(s->set_id);
	free(s->version);
}

void judge_free(struct judge *j)
{
	if (!j)
		return;
	VEC_EACH (struct sent_document, s, &j->sent) {
		free(s->name);
		free_ids(s);
		buf_release(&s->bytes);
	}
	VEC_RELEASE(&j->sent);
	answer_view_close(&j->view);
	vars_release(&j->vars);
	free(j);
}

struct vars *judge_vars(struct judge *j)
{
	return &j->vars;
}

/* ---- Learning */

static bool holds_name(const struct name_list *names, const char *name)
{
	VEC_EACH (char *, n, names)
		if (streq(*n, name))
			return true;
	return false;
}

static bool is_compared_later(const struct testcase *tc, const char *name)
{
	VEC_EACH (struct step, s, &tc->steps)
		VEC_EACH (struct expect, e, &s->expects)
			if ((e->as && streq(e->as, name)) ||
			    holds_name(&e->documents, name) ||
			    holds_name(&e->without, name))
				return true;
	return false;
}

const struct sent_document *judge_sent(const struct judge *j, const char *name)
{
	VEC_EACH (const struct sent_document, s, &j->sent)
		if (streq(s->name, name))
			return s;
	return NULL;
}

static struct sent_document *sent_slot(struct judge *j, const char *name)
{
	VEC_EACH (struct sent_document, s, &j->sent)
		if (streq(s->name, name))
			return s;
	struct sent_document *s = VEC_PUSH(&j->sent);
	s->name = xstrdup(name);
	buf_init(&s->bytes, LIMIT_DOCUMENT);
	return s;
}

static char *copy_value(const struct frame *f, enum frame_field field)
{
	return f->value[field] ? xstrdup(f->value[field]) : NULL;
}

static void learn_ids(struct sent_document *s, const struct frame *f)
{
	free_ids(s);
	s->oid = copy_value(f, FF_DOCUMENT_ID);
	s->set_id = copy_value(f, FF_SET_ID);
	s->version = copy_value(f, FF_VERSION);
}

/* The document as it left, out of the request's own bytes: what the record
 * holds is what is judged. */
static void learn_document(struct judge *j, const struct exchange *x)
{
	struct err err = { 0 };
	struct soap soap = { 0 };
	struct frame frame;
	char *content_id = NULL;
	struct xml_doc *doc = xml_parse(
	    x->request.body.ptr, x->request.body.len, "the request", &err);
	if (!doc)
		return;
	if (soap_read(&soap, doc, &err) == 0 && soap.payload &&
	    frame_read(&frame, doc, soap.payload, j->dialect, &err) == 0 &&
	    frame.kind != FRAME_CANCEL) { /* only names it */
		struct sent_document *s = sent_slot(j, x->document);
		learn_ids(s, &frame);
		buf_clear(&s->bytes);
		if (frame_document(&frame, &s->bytes, &content_id, &err) < 0)
			buf_clear(&s->bytes);
	}
	free(content_id);
	soap_release(&soap);
	xml_free(doc);
}

static void learn_keeps(struct judge *j, const struct step *step)
{
	VEC_EACH (struct keep, k, &step->keeps) {
		struct err err = { 0 };
		struct xpath_result r = { 0 };
		if (j->view.doc &&
		    xpath_eval(j->view.doc, k->select, &j->tc->ns, &r, &err) ==
			0 &&
		    r.count > 0 && strlen(r.text) <= LIMIT_VALUE)
			vars_set(&j->vars, k->name, r.text);
		else /* an earlier attempt may have had one */
			vars_unset(&j->vars, k->name);
		xpath_release(&r);
	}
}

void judge_learn(
    struct judge *j, const struct step *step, const struct exchange *x)
{
	answer_view_close(&j->view);
	answer_view_open(&j->view, x, j->dialect);
	if (x->document[0] && !x->request.withheld &&
	    is_compared_later(j->tc, x->document))
		learn_document(j, x);
	learn_keeps(j, step);
}

/* ---- Verdicts */

static void name_verdict(const struct testcase *tc, const struct step *step,
    const struct expect *e, struct verdict *out)
{
	*out = (struct verdict){ .kind = RESULT_ERROR };
	str_copy(out->case_id, sizeof(out->case_id), tc->id);
	str_copy(out->step_id, sizeof(out->step_id), step->id);
	if (e)
		str_copy(
		    out->expectation_id, sizeof(out->expectation_id), e->id);
}

void judge_without(const struct testcase *tc, const struct step *step,
    const struct expect *e, enum result_kind kind, struct note why,
    struct verdict *out)
{
	name_verdict(tc, step, e, out);
	out->kind = kind;
	out->cause = why;
}

void judge_expect(struct judge *j, const struct step *step,
    const struct expect *e, const struct exchange *x, struct verdict *out)
{
	name_verdict(j->tc, step, e, out);
	out->exchange = x->seq;
	const struct expectation *row = &expectations[e->kind];
	row->describe(j, e, &out->expected);
	str_copy(out->rule, sizeof(out->rule), row->rule);
	if (row->judges_ending) {
		row->judge(j, e, x, out);
	} else if (x->ending != ENDED_ANSWERED) {
		judge_ending(x, out);
	} else if (e->kind == EXPECT_HTTP_STATUS ||
		   !answer_head_judge(j, x, out)) {
		row->judge(j, e, x, out);
	}
	if (out->kind == RESULT_FAIL && out->next.word == W_none)
		out->next = say_next_read_answer();
}

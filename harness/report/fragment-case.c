/* SPDX-License-Identifier: Apache-2.0 */
#include "report/inside.h"

struct piece {
	struct buf *to;
	struct report *r;
	const struct report_case *c;
	bool embed;
};

/* ---- What happened on the wire */

static int64_t exchange_ms(const struct exchange *x)
{
	return x->timing.ended < 0 ? -1 : x->timing.ended / 1000;
}

static void put_file(
    struct buf *to, const char *part, const struct stored *stored)
{
	if (!*stored->file)
		return;
	buf_addf(to, "<file part=\"%s\"", part);
	put_attribute(to, "name", stored->file);
	put_number(to, "bytes", (int64_t)stored->bytes);
	put_attribute(to, "sha256", stored->sha256);
	buf_adds(to, "/>\n");
}

static void put_message(
    struct buf *to, const char *part, const struct message *m)
{
	if (!*m->head_stored.file && !*m->body_stored.file && !m->withheld)
		return;
	buf_addf(to, "<message part=\"%s\"", part);
	put_attribute(to, "media-type", m->media_type);
	put_attribute(to, "withheld", m->withheld ? "true" : "");
	buf_adds(to, ">\n");
	put_file(to, "head", &m->head_stored);
	put_file(to, "body", &m->body_stored);
	buf_adds(to, "</message>\n");
}

static void put_facts_of_wire(struct buf *to, const struct exchange *x)
{
	put_attribute(to, "url", x->url);
	put_attribute(to, "identity", x->identity);
	put_attribute(to, "tls", x->tls.version);
	put_attribute(to, "cipher", x->tls.cipher);
	if (x->tls.alert >= 0)
		put_number(to, "alert", x->tls.alert);
	if (x->http_status)
		put_number(to, "http-status", x->http_status);
	put_time(to, "started", x->timing.started);
	if (exchange_ms(x) >= 0)
		put_number(to, "duration-ms", exchange_ms(x));
}

static void put_exchange(struct piece *p, struct exchange *x)
{
	struct buf *to = p->to;
	buf_adds(to, "<exchange");
	put_number(to, "seq", x->seq);
	put_number(to, "attempt", x->attempt);
	put_attribute(to, "message", x->message);
	put_attribute(to, "maker", maker_name(x->maker));
	put_attribute(to, "way", way_name(x->way));
	put_attribute(to, "answerer", answerer_name(x->answerer));
	put_attribute(to, "ending", ending_name(x->ending));
	put_attribute(to, "initiator", x->initiator);
	put_attribute(to, "responder", x->responder);
	put_attribute(to, "document", x->document);
	put_attribute(to, "document-oid", x->document_oid);
	put_attribute(to, "message-id", x->message_id);
	put_facts_of_wire(to, x);
	buf_adds(to, ">\n");
	put_message(to, "request", &x->request);
	put_message(to, "response", &x->response);
	if (*x->trouble)
		put_text(to, "trouble", x->trouble);
	put_note(to, p->r, "remark", &x->remark);
	if (p->embed && kind_needs_work(p->c->kind))
		excerpt_add(to, p->r, x);
	buf_adds(to, "</exchange>\n");
}

/* ---- What was expected */

static void put_expect(struct piece *p, const struct report_expect *x)
{
	struct buf *to = p->to;
	const struct verdict *v = &x->verdict;
	buf_adds(to, "<expect");
	put_attribute(to, "id", v->expectation_id);
	put_attribute(to, "expects",
	    x->expect ? expect_kind_names[x->expect->kind] : NULL);
	put_attribute(to, "kind", result_name(v->kind));
	put_attribute(to, "recorded", x->has_verdict ? "true" : "false");
	if (x->expect)
		put_number(to, "line", x->expect->line);
	if (v->exchange)
		put_number(to, "exchange", v->exchange);
	put_attribute(to, "where", v->where);
	put_attribute(to, "rule", v->rule);
	buf_adds(to, ">\n");
	if (x->expect)
		put_pair(to, "says", &x->expect->says);
	put_note(to, p->r, "expected", &v->expected);
	put_note(to, p->r, "found", &v->found);
	put_note(to, p->r, "cause", &v->cause);
	put_note(to, p->r, "next", &v->next);
	buf_adds(to, "</expect>\n");
}

/* ---- Steps: those of the case file, then those only the journal knows */

static const char *event_step(const struct log_event *e)
{
	switch (e->kind) {
	case LOG_EXCHANGE:
		return e->exchange->step_id;
	case LOG_VERDICT:
		return e->verdict.step_id;
	case LOG_SENDING:
	case LOG_REMARK:
		return e->remark.step_id;
	case LOG_CASE_BEGIN:
	case LOG_KEPT:
	case LOG_CASE_END:
	case LOG_INPUT:
		return NULL;
	}
	BUG("unknown log_event_kind");
}

static void put_remark(struct piece *p, const struct log_event *e)
{
	put_note(p->to, p->r, "remark", &e->remark.note);
}

static void put_step(struct piece *p, const char *id, const struct step *s)
{
	struct buf *to = p->to;
	buf_adds(to, "<step");
	put_attribute(to, "id", *id ? id : "-");
	if (s) {
		static const char *const verbs[] = {
			[VERB_SEND] = "send",
			[VERB_AWAIT] = "await",
			[VERB_MANUAL] = "manual",
		};
		put_attribute(to, "verb", verbs[s->verb]);
		put_attribute(to, "teardown", s->teardown ? "true" : "");
		put_number(to, "line", s->line);
	}
	buf_adds(to, ">\n");
	if (s) {
		put_pair(to, "title", &s->title);
		put_pair(to, "instruction", &s->instruction);
	}
	VEC_EACH (struct log_event, e, &p->c->events)
		if (e->kind == LOG_EXCHANGE && streq(e->exchange->step_id, id))
			put_exchange(p, e->exchange);
	VEC_EACH (struct report_expect, x, &p->c->expects)
		if (streq(x->verdict.step_id, id))
			put_expect(p, x);
	VEC_EACH (struct log_event, e, &p->c->events)
		if (e->kind == LOG_REMARK && streq(e->remark.step_id, id))
			put_remark(p, e);
	buf_adds(to, "</step>\n");
}

static bool case_has_step(const struct testcase *tc, const char *id)
{
	if (!tc)
		return false;
	VEC_EACH (struct step, s, &tc->steps)
		if (streq(s->id, id))
			return true;
	return false;
}

/* Whether an event before the i-th already named its step. */
static bool step_came_before(const struct log_events *events, size_t i)
{
	for (size_t k = 0; k < i; k++) {
		const char *id = event_step(&events->at[k]);
		if (id && streq(id, event_step(&events->at[i])))
			return true;
	}
	return false;
}

static void put_steps(struct piece *p)
{
	const struct log_events *events = &p->c->events;
	if (p->c->tc)
		VEC_EACH (struct step, s, &p->c->tc->steps)
			put_step(p, s->id, s);
	for (size_t i = 0; i < events->count; i++) {
		const char *id = event_step(&events->at[i]);
		if (id && !case_has_step(p->c->tc, id) &&
		    !step_came_before(events, i))
			put_step(p, id, NULL);
	}
}

/* ---- The case */

static void put_rests_on(struct piece *p)
{
	VEC_EACH (struct rests_on, f, &p->c->tc->rests_on) {
		const struct fact *fact =
		    p->r->facts ? facts_find(p->r->facts, f->fact) : NULL;
		buf_adds(p->to, "<rests-on");
		put_attribute(p->to, "fact", f->fact);
		put_attribute(p->to, "mark", mark_letter(f->mark));
		put_attribute(p->to, "source", fact ? fact->source : NULL);
		buf_adds(p->to, ">\n");
		if (fact)
			put_pair(p->to, "text", &fact->text);
		buf_adds(p->to, "</rests-on>\n");
	}
}

static void put_kept(struct piece *p)
{
	VEC_EACH (struct log_event, e, &p->c->events) {
		if (e->kind != LOG_KEPT)
			continue;
		buf_adds(p->to, "<kept");
		put_attribute(p->to, "name", e->kept.name);
		buf_addc(p->to, '>');
		if (report_is_clean(p->r, e->kept.value, strlen(e->kept.value)))
			buf_add_xmls(p->to, e->kept.value);
		buf_adds(p->to, "</kept>\n");
	}
}

static void put_head(struct piece *p)
{
	struct buf *to = p->to;
	const struct report_case *c = p->c;
	buf_adds(to, "<case");
	put_attribute(to, "id", c->id);
	if (c->run)
		put_number(to, "run", c->run);
	put_attribute(to, "kind", result_name(c->kind));
	put_attribute(to, "mark", mark_letter(c->mark));
	put_attribute(to, "maker", report_documents(c));
	put_attribute(to, "finished", c->finished ? "true" : "false");
	put_number(to, "duration-ms", c->duration_us / 1000);
	if (c->tc) {
		put_attribute(to, "service", c->tc->service);
		put_attribute(to, "content", c->tc->content);
		put_attribute(
		    to, "where", c->tc->where == WHERE_MOCK ? "mock" : "any");
	}
	buf_adds(to, ">\n");
	if (c->tc) {
		put_pair(to, "title", &c->tc->title);
		put_pair(to, "purpose", &c->tc->purpose);
		put_rests_on(p);
	}
}

void fragment_brief(
    struct buf *to, struct report *r, const struct report_case *c)
{
	struct piece p = { to, r, c, false };
	put_head(&p);
	buf_adds(to, "</case>\n");
}

void fragment_case(
    struct buf *to, struct report *r, const struct report_case *c, bool embed)
{
	struct piece p = { to, r, c, embed };
	put_head(&p);
	put_steps(&p);
	put_kept(&p);
	buf_adds(to, "</case>\n");
}

const struct buf *fragment_plain(struct report *r, const struct report_case *c)
{
	if (r->plain_id != c->id) {
		buf_clear(&r->plain);
		fragment_case(&r->plain, r, c, false);
		r->plain_id = c->id;
	}
	return &r->plain;
}

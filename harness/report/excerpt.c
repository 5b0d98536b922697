/* SPDX-License-Identifier: Apache-2.0 */
#include "report/inside.h"

/* An excerpt ends at a character: half of one would be no UTF-8. */
static size_t cut_length(const char *s, size_t len, size_t max)
{
	if (len <= max)
		return len;
	while (max && ((unsigned char)s[max] & 0xC0) == 0x80)
		max--;
	return max;
}

static void put_hidden(
    struct buf *to, struct report *r, const char *part, enum word why)
{
	struct note note = note_make(why, 0, NULL);
	buf_addf(to, "<excerpt part=\"%s\">\n", part);
	put_note(to, r, "hidden", &note);
	buf_adds(to, "</excerpt>\n");
}

static void put_part(
    struct buf *to, struct report *r, const char *part, const struct message *m)
{
	if (m->withheld) {
		put_hidden(to, r, part, W_report_withheld);
		return;
	}
	if (!m->head.len && !m->body.len)
		return;
	/* All of it is looked at: a code may stand across the cut. */
	if (!report_is_clean(r, m->head.ptr, m->head.len) ||
	    !report_is_clean(r, m->body.ptr, m->body.len)) {
		put_hidden(to, r, part, W_report_excerpt_hidden);
		return;
	}
	size_t len = cut_length(m->body.ptr, m->body.len, LIMIT_REPORT_EXCERPT);
	buf_addf(to, "<excerpt part=\"%s\"", part);
	put_number(to, "bytes", (int64_t)m->body.len);
	put_number(to, "shown", (int64_t)len);
	buf_adds(to, "><head>");
	buf_add_xml(
	    to, m->head.ptr, cut_length(m->head.ptr, m->head.len, LIMIT_HEAD));
	buf_adds(to, "</head><body>");
	buf_add_xml(to, m->body.ptr, len);
	buf_adds(to, "</body></excerpt>\n");
}

void excerpt_add(struct buf *to, struct report *r, struct exchange *x)
{
	struct err err = { 0 };
	if (log_bodies(r->log, x, &err) < 0) {
		put_hidden(to, r, "response", W_report_excerpt_lost);
		return;
	}
	put_part(to, r, "request", &x->request);
	put_part(to, r, "response", &x->response);
	buf_release(&x->request.head);
	buf_release(&x->request.body);
	buf_release(&x->response.head);
	buf_release(&x->response.body);
}

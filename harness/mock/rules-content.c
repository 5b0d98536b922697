/* SPDX-License-Identifier: Apache-2.0 */
#include "base/limits.h"
#include "base/str.h"
#include "check/check.h"
#include "mock/rules.h"

static void place_of(
    struct buf *to, const struct inquiry *q, const struct finding *f)
{
	if (f->part == PART_DOCUMENT) {
		buf_addf(to, "/%.60s/", (const char *)q->frame.root->name);
		frame_field_path(to, FF_CONTENT_ID);
		buf_adds(to, " > base64 > ");
	}
	buf_adds(to, f->where);
}

void rules_of_content(struct inquiry *q)
{
	struct checked c;

	if (!q->ctx->checker || !policy_looks(q, POLICY_CONTENT))
		return;
	checker_look(q->ctx->checker, "message", q->in->body, q->in->len, &c);
	VEC_EACH (const struct finding, f, &c.findings) {
		struct buf where = BUF_INIT(LIMIT_KIB(32));
		if (f->severity != SEVERITY_ERROR)
			break; /* they come first */
		place_of(&where, q, f);
		policy_find_at(q, POLICY_CONTENT, where.ptr,
		    say_mock_content(
			f->rule, f->text[LANG_FI], f->text[LANG_EN]));
		buf_release(&where);
	}
	checked_release(&c);
}

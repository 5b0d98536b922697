/* SPDX-License-Identifier: Apache-2.0 */
#include "report/inside.h"

#include "base/str.h"

/* Control characters and line ends would end a line of the build server's
 * language. */
static void flatten(char *s)
{
	str_clean(s);
	for (; *s; s++)
		if ((unsigned char)*s < ' ')
			*s = ' ';
}

void plain_text(struct buf *to, struct report *r,
    const struct report_options *o, const char *text)
{
	struct buf shown = BUF_INIT(LIMIT_KIB(64));
	if (report_is_clean(r, text, strlen(text)))
		mask_add(&shown, text, o->mask ? r->host : NULL);
	else
		buf_adds(&shown, "******-****");
	char *line = xstrdup(shown.ptr);
	flatten(line);
	buf_adds(to, line);
	free(line);
	buf_release(&shown);
}

void plain_note(struct buf *to, struct report *r,
    const struct report_options *o, const struct note *note)
{
	struct note clean;
	struct buf text = BUF_INIT(LIMIT_KIB(16));
	report_clean_note(r, note, &clean);
	note_render(&text, &clean, o->lang);
	plain_text(to, r, o, text.ptr);
	buf_release(&text);
}

void plain_outcome(struct buf *to, struct report *r,
    const struct report_options *o, const struct report_expect *x)
{
	size_t before = to->len;
	const struct verdict *v = &x->verdict;
	if (x->expect)
		plain_text(to, r, o, pair_text(&x->expect->says, o->lang));
	const struct note *why =
	    v->found.word != W_none ? &v->found : &v->cause;
	if (why->word == W_none)
		return;
	if (to->len > before)
		buf_adds(to, ": ");
	plain_note(to, r, o, why);
}

enum word run_trouble(const struct report *r)
{
	if (report_seal(r) == SEAL_BROKEN || r->lost_count)
		return W_report_head_broken;
	if (report_interrupted(r))
		return W_report_head_interrupted;
	if (report_seal(r) == SEAL_MISSING)
		return W_report_head_cut;
	return r->gap_count ? W_report_head_gaps : W_none;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "check/agreement.h"

#include "base/limits.h"
#include "base/str.h"
#include "kanta/ids.h"

/* A field's value as it may be shown: identity codes are masked. */
struct shown {
	char text[NOTE_ARG];
};

/* What a person's id is may be mistyped: no shape is needed to hide it. */
static bool is_personal(enum frame_field f)
{
	return f == FF_PATIENT;
}

static struct shown show(enum frame_field f, const char *value)
{
	struct shown s = { "" };
	struct hetu h;
	size_t len;

	str_copy(s.text, sizeof(s.text), value);
	len = strlen(s.text);
	if (is_personal(f) && !(len == HETU_LENGTH && hetu_read(s.text, &h))) {
		/* two letters remain, but no part of a longer character */
		for (size_t k = 0; k < len; k++)
			if (k >= 2 || (s.text[k] & 0x80))
				s.text[k] = '*';
		return s;
	}
	(void)hetu_hide(s.text);
	return s;
}

static struct note difference(
    enum frame_field f, const char *frame, const char *document)
{
	const char *name = frame_field_name(f);
	struct shown in_frame = show(f, frame ? frame : "");
	struct shown in_document = show(f, document ? document : "");

	if (!frame)
		return say_agreement_not_in_frame(name, in_document.text);
	if (!document)
		return say_agreement_not_in_document(name, in_frame.text);
	return say_agreement_differs(name, in_frame.text, in_document.text);
}

static void disagree(
    struct disagreements *out, enum frame_field f, struct note what)
{
	struct disagreement *d = VEC_PUSH(out);
	struct buf where = BUF_INIT(LIMIT_KIB(4));

	d->field = f;
	d->what = what;
	frame_field_path(&where, f);
	str_copy(d->where, sizeof(d->where), where.ptr);
	buf_release(&where);
}

static bool same(const char *a, const char *b)
{
	return (!a && !b) || (a && b && streq(a, b));
}

void agreement_check(struct disagreements *out, const struct frame *frame,
    const struct cda *document, const char *content_id)
{
	const char *id = document->value[FF_DOCUMENT_ID];

	for (size_t i = 0; i < frame_agreed_count; i++) {
		enum frame_field f = frame_agreed[i];
		const char *a = frame->value[f], *b = document->value[f];
		if (!same(a, b))
			disagree(out, f, difference(f, a, b));
	}
	if (content_id[0] && id && !streq(content_id, id)) {
		struct shown a = show(FF_CONTENT_ID, content_id);
		struct shown b = show(FF_CONTENT_ID, id);
		disagree(out, FF_CONTENT_ID,
		    say_agreement_content_id(a.text, b.text));
	}
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "base/limits.h"
#include "base/str.h"
#include "check/guard.h"
#include "mock/inquiry.h"
#include "mock/page.h"
#include "xml/encoding.h"

#include <strings.h>

static const char types_taken[] =
    "text/xml, application/xml, application/soap+xml";

/* What is no message, in HTTP's own terms. */
struct no_message {
	int status; /* 0 = it is one */
	struct note why;
	const char *field, *value; /* one more in the answer's head, or NULL */
	bool unread;
};

static bool is_message_type(const char *type)
{
	static const char *const types[] = { "text/xml", "application/xml",
		"application/soap+xml" };

	for (size_t i = 0; i < COUNTOF(types); i++)
		if (streq(types[i], type))
			return true;
	return false;
}

/* The value of charset=… in a Content-Type; "" = there is none. */
static void find_charset(char *out, size_t size, const char *content_type)
{
	const char *at = content_type ? strchr(content_type, ';') : NULL;
	size_t n = 0;

	out[0] = '\0';
	while (at) {
		at += 1 + strspn(at + 1, " \t");
		if (strncasecmp(at, "charset=", 8) == 0)
			break;
		at = strchr(at, ';');
	}
	if (!at)
		return;
	at += 8;
	at += *at == '"' || *at == '\'';
	for (n = 0; n < size - 1 && at[n] && !strchr("\"'; \t", at[n]); n++)
		out[n] = at[n];
	out[n] = '\0';
}

/* RFC 7303 3.2 lets Content-Type win over the declaration; what says two
 * different things is not guessed at. */
static bool charsets_agree(const char *said, const char *is)
{
	if (!*said || strcasecmp(said, is) == 0)
		return true;
	return strncasecmp(said, "utf-16", 6) == 0 && streq(is, "UTF-16");
}

static struct no_message refuse_type(const struct request_in *in)
{
	struct no_message r = {
		.status = 415, .field = "Accept-Post", .value = types_taken
	};

	r.why = str_starts(in->media_type, "multipart/")
		    ? say_plain_multipart(in->media_type)
		    : say_plain_type(*in->media_type ? in->media_type : "-");
	return r;
}

static struct no_message refuse_coding(const struct request_in *in)
{
	return (struct no_message){ .status = 415,
		.why = say_plain_coding(in->content_encoding),
		.field = "Accept-Encoding",
		.value = "identity" };
}

static struct no_message refuse_size(
    const struct request_in *in, const struct dialect *d)
{
	char size[32], most[32];

	snprintf(size, sizeof(size), "%zu", in->len);
	snprintf(most, sizeof(most), "%llu",
	    (unsigned long long)dialect_number(d, DK_MAX_BYTES));
	/* No judge sees this body: what is not looked at is not kept */
	return (struct no_message){
		.status = (int)dialect_number(d, DK_OVERSIZE_STATUS),
		.why = say_plain_size(size, most),
		.unread = true,
	};
}

static struct no_message refuse_charset(const struct request_in *in)
{
	char said[XML_ENCODING], is[XML_ENCODING];

	find_charset(said, sizeof(said), in->content_type);
	xml_encoding(is, in->body, in->len);
	if (charsets_agree(said, is))
		return (struct no_message){ .status = 0 };
	return (struct no_message){ .status = 415,
		.why = say_plain_charset(said, is),
		.field = "Accept-Post",
		.value = types_taken };
}

static struct no_message find_refusal(
    const struct request_in *in, const struct receive_context *ctx)
{
	const char *coding = in->content_encoding;

	if (fault_find(in->faults, FAULT_ALWAYS_ACCEPT))
		return (struct no_message){ .status = 0 };
	if (!in->is_post)
		return (struct no_message){ .status = 405,
			.why = say_plain_method(in->method ? in->method : "-"),
			.field = "Allow",
			.value = "POST, GET, HEAD" };
	if (in->len == 0)
		return (struct no_message){ .status = 400,
			.why = say_plain_no_body() };
	if (!is_message_type(in->media_type))
		return refuse_type(in);
	if (coding && strcasecmp(coding, "identity") != 0)
		return refuse_coding(in);
	if (in->len > dialect_number(ctx->dialect, DK_MAX_BYTES))
		return refuse_size(in, ctx->dialect);
	return refuse_charset(in);
}

static void write_plainly(struct received *out, const struct refusal *f)
{
	struct buf text = BUF_INIT(LIMIT_KIB(8));

	for (int lang = 0; lang < LANG_COUNT; lang++) {
		buf_clear(&text);
		note_render(&text, &f->what, (enum lang)lang);
		buf_addf(&out->answer, "%s\n", text.ptr);
	}
	str_copy(out->trouble, sizeof(out->trouble), text.ptr);
	str_copy(out->media_type, sizeof(out->media_type),
	    "text/plain; charset=utf-8");
	buf_release(&text);
}

bool refuse_plainly(struct received *out, const struct request_in *in,
    const struct receive_context *ctx)
{
	struct no_message why = { 0 };
	struct refusal *f = NULL;

	if (page_answer(out, in, ctx))
		return true;
	why = find_refusal(in, ctx);
	if (!why.status)
		return false;
	out->outcome = OUTCOME_UNREADABLE;
	out->status = why.status;
	out->field = why.field;
	out->field_value = why.value;
	out->unread = why.unread;
	if (!out->unread)
		out->withheld = !guard_is_clean(in->body, in->len);
	f = VEC_PUSH(&out->findings);
	f->code = DK_COUNT;
	f->what = why.why;
	str_copy(f->where, sizeof(f->where), "HTTP");
	note_mask(&f->what);
	write_plainly(out, f);
	return true;
}

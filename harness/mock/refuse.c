/* SPDX-License-Identifier: Apache-2.0 */
#include "base/limits.h"
#include "base/str.h"
#include "check/guard.h"
#include "mock/inquiry.h"

static const struct refusal {
	int status;
	const char *text, *field, *value;
} not_post = { 405, "this is a mock of an archive: it takes messages by POST",
	"Allow", "POST" },
  no_body = { 400, "the POST has no body", NULL, NULL },
  no_xml = { 415,
	  "a message's Content-Type is text/xml (SOAP 1.1 or no envelope) "
	  "or application/soap+xml (SOAP 1.2)",
	  "Accept-Post", "text/xml, application/xml, application/soap+xml" },
  too_large = { 413, "the message is too large", NULL, NULL };

static bool is_message_type(const char *type)
{
	static const char *const types[] = { "text/xml", "application/xml",
		"application/soap+xml" };

	for (size_t i = 0; i < COUNTOF(types); i++)
		if (streq(types[i], type))
			return true;
	return false;
}

static const struct refusal *find_refusal(
    const struct request_in *in, const struct receive_context *ctx)
{
	if (fault_find(in->faults, FAULT_ALWAYS_ACCEPT))
		return NULL;
	if (!in->is_post)
		return &not_post;
	if (in->len == 0)
		return &no_body;
	if (!is_message_type(in->media_type))
		return &no_xml;
	if (in->len > dialect_number(ctx->dialect, DK_MAX_BYTES))
		return &too_large;
	return NULL;
}

bool refuse_plainly(struct received *out, const struct request_in *in,
    const struct receive_context *ctx)
{
	struct guard_report report = { 0 };
	const struct refusal *why = find_refusal(in, ctx);

	if (!why)
		return false;
	out->outcome = OUTCOME_UNREADABLE;
	out->status = why->status;
	out->field = why->field;
	out->field_value = why->value;
	buf_addf(&out->answer, "%s\n", why->text);
	str_copy(out->media_type, sizeof(out->media_type),
	    "text/plain; charset=utf-8");
	str_copy(out->trouble, sizeof(out->trouble), why->text);
	/* No judge sees this body: what is not looked at is not kept */
	out->unread = why == &too_large;
	if (out->unread)
		out->status =
		    (int)dialect_number(ctx->dialect, DK_OVERSIZE_STATUS);
	else
		out->withheld = !guard_scan(&report, in->body, in->len, NULL);
	return true;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "xml/quiet.h"

static void drop(void *ctx, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

static void drop(void *ctx, const char *fmt, ...)
{
	(void)ctx;
	(void)fmt;
}

void xml_quiet_begin(
    struct xml_quiet *q, xmlStructuredErrorFunc handler, void *ctx)
{
	*q = (struct xml_quiet){
		.structured = xmlStructuredError,
		.structured_ctx = xmlStructuredErrorContext,
		.generic = xmlGenericError,
		.generic_ctx = xmlGenericErrorContext,
	};
	xmlSetStructuredErrorFunc(ctx, handler);
	xmlSetGenericErrorFunc(NULL, drop);
}

void xml_quiet_end(const struct xml_quiet *q)
{
	xmlSetStructuredErrorFunc(q->structured_ctx, q->structured);
	xmlSetGenericErrorFunc(q->generic_ctx, q->generic);
}

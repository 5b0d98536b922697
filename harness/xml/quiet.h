/* SPDX-License-Identifier: Apache-2.0 */
#ifndef XML_QUIET_H
#define XML_QUIET_H

#include <libxml/globals.h>
#include <libxml/xmlerror.h>

/*
 * Some of libxml2's parts report to handlers of the whole thread, which print
 * on stderr. Between begin and end those of this thread are `handler`, and
 * what comes without structure is dropped.
 */
struct xml_quiet {
	xmlStructuredErrorFunc structured;
	void *structured_ctx;
	xmlGenericErrorFunc generic;
	void *generic_ctx;
};
void xml_quiet_begin(
    struct xml_quiet *q, xmlStructuredErrorFunc handler, void *ctx);
void xml_quiet_end(const struct xml_quiet *q);

#endif

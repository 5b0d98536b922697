/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RUN_ANSWER_VIEW_H
#define RUN_ANSWER_VIEW_H

#include "kanta/answer.h"
#include "kanta/soap.h"
#include "record/exchange.h"

/*
 * An exchange's answer, read once for all expectations of its step: each layer
 * that could be read, and why the first one that could not stayed dark. What
 * could not be read is not an error here: an expectation judges it.
 */
struct answer_view {
	struct xml_doc *doc; /* NULL: no XML, see `why` */
	struct soap soap;
	struct frame frame;
	struct ack ack;
	bool has_soap, has_frame, has_ack;
	struct note why; /* empty when everything could be read */
	struct err at;	 /* its place */
};

void answer_view_open(
    struct answer_view *v, const struct exchange *x, const struct dialect *d);
void answer_view_close(struct answer_view *v);

#endif

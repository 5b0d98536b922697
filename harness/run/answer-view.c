/* SPDX-License-Identifier: Apache-2.0 */
#include "run/answer-view.h"

static void keep_why(
    struct answer_view *v, const struct note *why, const struct err *at)
{
	v->why = *why;
	v->at = *at;
}

static void read_message(struct answer_view *v, const struct dialect *d)
{
	struct err err = { 0 };
	if (frame_read(&v->frame, v->doc, v->soap.payload, d, &err) == 0)
		v->has_frame = true;
	else
		keep_why(v, &v->frame.why, &err);
	/* The acknowledgement is worth reading in a frame that is not. */
	struct err ack_err = { 0 };
	if (ack_read(&v->ack, v->soap.payload, d, &ack_err) == 0)
		v->has_ack = v->ack.outcome != ACK_ABSENT;
	else
		keep_why(v, &v->ack.why, &ack_err);
}

void answer_view_open(
    struct answer_view *v, const struct exchange *x, const struct dialect *d)
{
	*v = (struct answer_view){ 0 };
	struct err err = { 0 };
	if (x->response.body.len == 0)
		return;
	struct xml_fault fault;
	v->doc = xml_parse_telling(x->response.body.ptr, x->response.body.len,
	    "the answer", &fault, &err);
	if (!v->doc) {
		const struct note why = xml_fault_say(&fault);
		keep_why(v, &why, &err);
		return;
	}
	if (soap_read(&v->soap, v->doc, &err) < 0) {
		keep_why(v, &v->soap.why, &err);
		return;
	}
	v->has_soap = true;
	if (v->soap.payload)
		read_message(v, d);
}

void answer_view_close(struct answer_view *v)
{
	ack_release(&v->ack);
	if (v->has_soap)
		soap_release(&v->soap);
	xml_free(v->doc);
	*v = (struct answer_view){ 0 };
}

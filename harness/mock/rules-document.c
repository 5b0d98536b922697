/* SPDX-License-Identifier: Apache-2.0 */
#include "base/limits.h"
#include "check/signature.h"
#include "kanta/cda-order.h"
#include "mock/rules.h"

/* A place inside the document, which is inside the message. */
static void add_place(
    struct buf *to, const struct inquiry *q, const xmlNode *node)
{
	buf_addf(to, "/%.60s/", (const char *)q->frame.root->name);
	frame_field_path(to, FF_CONTENT_ID);
	buf_adds(to, " > base64 > ");
	xml_path(to, node, NULL);
}

static void find_inside(struct inquiry *q, enum policy p, const xmlNode *node,
    const struct note *what)
{
	struct buf where = BUF_INIT(LIMIT_KIB(4));

	add_place(&where, q, node);
	policy_find_at(q, p, where.ptr, *what);
	buf_release(&where);
}

/* ---- Order */

static void check_order_of(struct inquiry *q, const xmlNode *parent)
{
	xmlNode *node = parent ? cda_misplaced(parent) : NULL;
	struct note what = { 0 };

	if (!node)
		return;
	what = say_mock_header_order(
	    (const char *)node->name, (const char *)parent->name);
	find_inside(q, POLICY_HEADER_ORDER, node, &what);
}

void check_header_order(struct inquiry *q)
{
	if (!policy_looks(q, POLICY_HEADER_ORDER))
		return;
	check_order_of(q, q->cda.root);
	check_order_of(q, xml_child(q->cda.root, XMLNS_HL7FI, "localHeader"));
}

/* ---- Signature */

static void found_signature(void *ctx, enum rule rule, enum severity severity,
    const xmlNode *node, const struct note *text)
{
	struct inquiry *q = ctx;
	struct buf where = BUF_INIT(LIMIT_KIB(4));
	struct refusal *f = NULL;

	if (severity == SEVERITY_INFO)
		return;
	add_place(&where, q, node);
	f = severity == SEVERITY_ERROR
		? policy_find_at(q, POLICY_SIGNATURE, where.ptr, *text)
		: policy_warn_at(q, POLICY_SIGNATURE, where.ptr, *text);
	if (f)
		f->rule = rule_rows[rule].name;
	buf_release(&where);
}

void check_signature(struct inquiry *q)
{
	struct signature_case c = {
		.document = q->cda_doc,
		.is_archived = true,
		.sender = q->frame.value[FF_SENDER],
		.organisation = q->frame.value[FF_ORGANISATION],
		.now = world_now(q->ctx->world),
	};

	if (policy_looks(q, POLICY_SIGNATURE))
		(void)signature_check(&c, found_signature, q);
}

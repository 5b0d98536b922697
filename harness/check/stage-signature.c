/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"
#include "check/signature.h"
#include "check/stage.h"
#include "xml/dsig.h"

#include <stdlib.h>
#include <xmlsec/version.h>

/* The signatures of the file's document. */

static int prepare(
    void **shared, const struct check_options *o, struct err *err)
{
	char *path = path_join(o->data, "cases/targets.xml");
	dsig_start();
	*shared = target_rules_load(path, err);
	free(path);
	return *shared ? 0 : -1;
}

static void release(void *shared)
{
	target_rules_free(shared);
}

static void *begin(const void *shared)
{
	return (void *)(uintptr_t)shared;
}

/* The message's own parties; whether it archives what it carries. */
static void read_message(
    const struct look *l, struct frame *frame, struct signature_case *c)
{
	struct err ignored = { 0 };
	if (!l->message || l->document == l->file ||
	    frame_read(
		frame, l->file, l->message, l->options->dialect, &ignored) < 0)
		return;
	c->is_archived =
	    frame->kind == FRAME_ARCHIVE || frame->kind == FRAME_REPLACE;
	c->sender = frame->value[FF_SENDER];
	c->organisation = frame->value[FF_ORGANISATION];
}

static void found(void *ctx, enum rule rule, enum severity severity,
    const xmlNode *node, const struct note *text)
{
	struct look *l = ctx;
	struct finding *f =
	    look_find(l, rule, l->document_part, node, NULL, *text);
	if (f)
		f->severity = severity;
}

static void look_signature(
    struct look *l, struct stage_result *result, void *own)
{
	struct frame frame = { .kind = FRAME_UNKNOWN };
	struct signature_case c = {
		.document = l->document,
		.issuers = own,
		.now = l->options->now,
	};
	char count[24];
	if (!l->document) {
		result->state = STAGE_NOT_DONE;
		result->why = say_stage_no_document();
		return;
	}
	read_message(l, &frame, &c);
	size_t n = signature_check(&c, found, l);
	snprintf(count, sizeof(count), "%zu", n);
	result->checks = n;
	result->basis = say_sig_basis(count, "xmlsec1 " XMLSEC_VERSION);
}

const struct stage_kind stage_signature = {
	.prepare = prepare,
	.release = release,
	.begin = begin,
	.look = look_signature,
};

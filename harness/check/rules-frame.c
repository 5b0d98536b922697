/* SPDX-License-Identifier: Apache-2.0 */
#include "base/limits.h"
#include "base/str.h"
#include "check/agreement.h"
#include "check/own-rules.h"

/* A message tells of the document in it what the document tells itself. */

/* The element and the attribute of "controlActProcess/…/id/@root". */
static const xmlNode *place_of(
    const struct look *l, const char *path, const char **attribute)
{
	char elements[256];
	char *at;
	str_copy(elements, sizeof(elements), path);
	at = strstr(elements, "/@");
	*attribute = at ? strstr(path, "/@") + 2 : NULL;
	if (at)
		*at = '\0';
	return xml_down(l->message, XMLNS_V3, elements);
}

static void find_disagreement(struct look *l, const struct disagreement *d)
{
	enum rule rule = d->field == FF_CONTENT_ID ? RULE_FRAME_CONTENT_ID
						   : RULE_FRAME_AGREES;
	const char *attribute = NULL;
	const xmlNode *node = place_of(l, d->where, &attribute);
	if (!node)
		attribute = NULL;
	look_find(l, rule, PART_FILE, node ? node : l->message,
	    node && attribute && xml_attr(node, attribute) ? attribute : NULL,
	    d->what);
}

/* The rule ESI-F-01 speaks of it. */
static bool root_is_interaction(const xmlNode *message)
{
	const xmlNode *id = xml_child(message, XMLNS_V3, "interactionId");
	const char *name = id ? xml_attr(id, "extension") : NULL;
	return name && streq(name, (const char *)message->name);
}

void rules_of_frame(struct look *l)
{
	struct disagreements found = { 0 };
	struct frame frame = { 0 };
	struct cda document = { .root = NULL };
	struct err err = { 0 };
	if (!l->message || !l->document ||
	    cda_read(&document, l->document, &err) < 0)
		return;
	if (frame_read(&frame, l->file, l->message, l->options->dialect, &err) <
	    0) {
		if (!root_is_interaction(l->message))
			return;
		struct finding *f = look_find(l, RULE_FRAME_UNREAD, PART_FILE,
		    l->message, NULL, say_frame_unread());
		if (f && err.line) {
			f->line = err.line;
			f->column = err.column;
		}
		return;
	}
	agreement_check(
	    &found, &frame, &document, l->content_id ? l->content_id : "");
	VEC_EACH (struct disagreement, d, &found)
		find_disagreement(l, d);
	VEC_RELEASE(&found);
}

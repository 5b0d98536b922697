/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_QUERY_ACK_H
#define TESTS_QUERY_ACK_H

#include "kanta/frame.h"

/* queryAck of an answer, as written; "" = not there. */
struct answer_query {
	const char *id, *code, *total, *current, *remaining;
};

static inline const char *query_ack_value(
    const struct frame *answer, const char *child, const char *attribute)
{
	char path[80];
	snprintf(path, sizeof(path), "controlActProcess/queryAck/%s", child);
	xmlNode *node = xml_down(answer->root, XMLNS_V3, path);
	const char *value = node ? xml_attr(node, attribute) : NULL;
	return value ? value : "";
}

static inline void answer_query_read(
    struct answer_query *out, const struct frame *answer)
{
	*out = (struct answer_query){
		.id = query_ack_value(answer, "queryId", "root"),
		.code = query_ack_value(answer, "queryResponseCode", "code"),
		.total =
		    query_ack_value(answer, "resultTotalQuantity", "value"),
		.current =
		    query_ack_value(answer, "resultCurrentQuantity", "value"),
		.remaining =
		    query_ack_value(answer, "resultRemainingQuantity", "value"),
	};
}

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#include "record/exchange.h"

#include "base/limits.h"

#include <stdlib.h>

const char *const maker_names[MAKER_COUNT] = {
	[MAKER_SHIPPED_FIXTURE] = "shipped-fixture",
	[MAKER_VENDOR_FILE] = "vendor-file",
	[MAKER_VENDOR_COMMAND] = "vendor-command",
	[MAKER_VENDOR_SYSTEM] = "vendor-system",
	[MAKER_IMPORTED_LOG] = "imported-log",
	[MAKER_REPLAY] = "replay",
	[MAKER_HARNESS] = "harness",
	[MAKER_UNKNOWN] = "unknown",
};

const char *const way_names[WAY_COUNT] = {
	[WAY_SENT] = "sent",
	[WAY_RECEIVED] = "received",
	[WAY_IMPORTED] = "imported",
};

const char *const answerer_names[ANSWERER_COUNT] = {
	[ANSWERER_NONE] = "none",
	[ANSWERER_EMBEDDED_MOCK] = "embedded-mock",
	[ANSWERER_LOOPBACK] = "loopback",
	[ANSWERER_TARGET] = "target",
	[ANSWERER_OURSELVES] = "ourselves",
};

const char *const ending_names[ENDING_COUNT] = {
	[ENDED_ANSWERED] = "answered",
	[ENDED_GUARD_REFUSED] = "guard-refused",
	[ENDED_TLS_REFUSED] = "tls-refused",
	[ENDED_TLS_DISTRUST] = "tls-distrust",
	[ENDED_TLS_FAILED] = "tls-failed",
	[ENDED_UNREACHABLE] = "unreachable",
	[ENDED_TIMEOUT] = "timeout",
	[ENDED_LOST] = "lost",
	[ENDED_UNREADABLE] = "unreadable",
	[ENDED_PROBE_OPEN] = "probe-open",
};

const char *maker_name(enum maker m)
{
	return maker_names[m];
}

const char *way_name(enum way w)
{
	return way_names[w];
}

const char *answerer_name(enum answerer a)
{
	return answerer_names[a];
}

const char *ending_name(enum ending e)
{
	return ending_names[e];
}

static void message_init(struct message *m)
{
	buf_init(&m->head, LIMIT_HEAD);
	buf_init(&m->body, LIMIT_MESSAGE);
}

static void message_release(struct message *m)
{
	buf_release(&m->head);
	buf_release(&m->body);
}

void exchange_init(struct exchange *x)
{
	*x = (struct exchange){
		.attempt = 1,
		.tls = { .alert = -1 },
		.timing = { .connected = -1,
		    .secured = -1,
		    .first_byte = -1,
		    .ended = -1 },
	};
	message_init(&x->request);
	message_init(&x->response);
}

void exchange_release(struct exchange *x)
{
	message_release(&x->request);
	message_release(&x->response);
	free(x->tls.peer_chain);
	free(x->tls.own_subject);
	x->tls.peer_chain = NULL;
	x->tls.own_subject = NULL;
}

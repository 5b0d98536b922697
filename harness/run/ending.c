/* SPDX-License-Identifier: Apache-2.0 */
#include "run/judge-private.h"

#include "base/str.h"

/* ---- What the library's words mean: each cause by a part of them */

struct reason {
	const char *mark;
	struct note (*cause)(void);
	struct note (*next)(void);
};

static const struct reason distrust[] = {
	{ "has expired", say_cause_server_expired, say_next_server },
	{ "not yet valid", say_cause_server_not_yet, say_next_server },
	{ "subject name", say_cause_server_name, say_next_ca },
	{ "", say_cause_server_ca, say_next_ca },
};

static const struct reason unreadable[] = {
	{ "HTTP/0.9", say_cause_not_http, say_next_address },
	{ "larger than its limit", say_cause_over_limit, say_next_read_answer },
	{ "", say_cause_bad_http, say_next_read_answer },
};

/* The last row fits any. */
static void explain(
    const struct reason *rows, const char *trouble, struct verdict *out)
{
	while (!strstr(trouble, rows->mark))
		rows++;
	out->cause = rows->cause();
	out->next = rows->next();
}

/* ---- Alerts */

/* An alert about something else than our certificate has another cause. */
static void judge_refusal(const struct exchange *x, struct verdict *out)
{
	enum {
		HANDSHAKE_FAILURE = 40, /* TLS 1.2 has it for both */
	};
	char alert[64];
	bool ours = tls_alert_is_about_client_certificate(x->tls.alert);

	tls_alert_name(alert, x->tls.alert);
	out->kind = RESULT_ERROR;
	out->found = say_found_alert(alert);
	out->next = ours ? say_next_certificate() : say_next_handshake();
	if (x->tls.alert == HANDSHAKE_FAILURE)
		out->cause = say_cause_handshake_failure();
	else if (ours)
		out->cause = say_cause_own_certificate();
	else
		out->cause = say_cause_handshake();
}

/* ---- Endings */

/* Whether the message was processed nobody knows: whoever archived something
 * must find out before it is sent again. */
static void judge_silence(const struct exchange *x, struct verdict *out)
{
	bool began = x->response.head.len > 0;
	bool lost = x->ending == ENDED_LOST;

	out->kind = RESULT_INCONCLUSIVE;
	if (lost)
		out->found = began ? say_found_cut(x->trouble)
				   : say_found_lost(x->trouble);
	else
		out->found = began ? say_found_slow() : say_found_timeout();
	out->cause = lost ? say_cause_answer_lost() : say_cause_slow();
	out->next = x->document_oid[0] ? say_next_look_up(x->document_oid)
				       : say_next_try_later();
}

static void judge_guard_stop(const struct exchange *x, struct verdict *out)
{
	out->kind = RESULT_GUARD_REFUSED;
	out->found = x->remark;
	str_copy(out->where, sizeof(out->where), x->where);
	/* Names of rules: all of them fit. */
	snprintf(out->rule, sizeof(out->rule), "guard: %.180s", x->trouble);
	out->next = strstr(x->trouble, "identity") ? say_next_remove_identity()
						   : say_next_guard();
}

void judge_ending(const struct exchange *x, struct verdict *out)
{
	switch (x->ending) {
	case ENDED_ANSWERED:
		BUG("an answer was there");
	case ENDED_GUARD_REFUSED:
		judge_guard_stop(x, out);
		return;
	case ENDED_TLS_REFUSED:
		judge_refusal(x, out);
		return;
	case ENDED_TLS_DISTRUST:
		out->kind = RESULT_ERROR;
		out->found = say_found_trouble(x->trouble);
		explain(distrust, x->trouble, out);
		if (x->remark.word != W_none) {
			out->cause = x->remark;
			out->next = say_next_crl();
		}
		return;
	case ENDED_TLS_FAILED:
	case ENDED_UNREACHABLE:
		out->kind = RESULT_INCONCLUSIVE;
		out->found = say_found_trouble(x->trouble);
		out->cause = say_cause_maintenance();
		out->next = say_next_try_later();
		return;
	case ENDED_TIMEOUT:
	case ENDED_LOST:
		judge_silence(x, out);
		return;
	case ENDED_UNREADABLE:
		out->kind = RESULT_FAIL;
		out->found = say_found_unreadable_answer(x->trouble);
		explain(unreadable, x->trouble, out);
		return;
	case ENDED_PROBE_OPEN:
		out->kind = RESULT_FAIL;
		out->found = say_found_handshake();
		out->next = say_next_read_answer();
		return;
	}
	BUG("unknown ending");
}

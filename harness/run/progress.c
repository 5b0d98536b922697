/* SPDX-License-Identifier: Apache-2.0 */
#include "run/progress.h"

static const enum word words[RESULT_COUNT] = {
	[RESULT_PASS] = W_report_kind_pass,
	[RESULT_FAIL] = W_report_kind_fail,
	[RESULT_ERROR] = W_report_kind_error,
	[RESULT_INCONCLUSIVE] = W_report_kind_inconclusive,
	[RESULT_GUARD_REFUSED] = W_report_kind_guard_refused,
	[RESULT_SKIP] = W_report_kind_skip,
	[RESULT_OMIT] = W_report_kind_omit,
	[RESULT_MANUAL] = W_report_kind_manual,
};

void progress_begun(void *ctx, const char *case_id)
{
	struct progress *p = ctx;
	p->begun++;
	if (p->out)
		fprintf(p->out, "\r\033[K%zu/%zu %s \u2026", p->begun, p->total,
		    case_id);
}

void progress_done(void *ctx, const char *case_id, enum result_kind kind)
{
	struct progress *p = ctx;
	p->done++;
	if (p->out)
		fprintf(p->out, "\r\033[K%zu/%zu %s %s", p->done, p->total,
		    case_id, word_text(words[kind], p->lang));
}

void progress_clear(const struct progress *p)
{
	if (p->out)
		fputs("\r\033[K", p->out);
}

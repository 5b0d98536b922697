/* SPDX-License-Identifier: Apache-2.0 */
#include "report/inside.h"

#include "base/str.h"

static void add_lost(void *ctx, const char *file, bool missing)
{
	struct report *r = ctx;
	char path[NOTE_ARG];
	if (report_is_several(r)) {
		snprintf(
		    path, sizeof(path), "%.100s/%s", log_dir(r->log), file);
		file = path;
	}
	if (r->lost_total++ < REPORT_LOST)
		r->lost[r->lost_count++] = missing
					       ? say_report_file_missing(file)
					       : say_report_file_changed(file);
}

void evidence_of_case(struct report *r, const struct report_case *c)
{
	if (!r->checks)
		return;
	VEC_EACH (struct log_event, e, &c->events) {
		if (e->kind != LOG_EXCHANGE)
			continue;
		log_check_messages(r->log, e->exchange, add_lost, r);
		/* One chain serves many exchanges that follow each other. */
		const char *chain = e->exchange->tls.peer_chain_sha256;
		if (streq(chain, r->checked_chain) && !report_is_several(r))
			continue;
		log_check_chain(r->log, e->exchange, add_lost, r);
		str_copy(r->checked_chain, sizeof(r->checked_chain), chain);
	}
}

void evidence_of_run(struct report *r)
{
	char more[24];
	if (!r->checks)
		return;
	VEC_EACH (struct part, p, &r->parts) {
		r->log = p->log;
		log_check_inputs(p->log, add_lost, r);
	}
	r->log = r->parts.at[0].log;
	if (r->lost_total == r->lost_count)
		return;
	snprintf(more, sizeof(more), "%zu", r->lost_total - r->lost_count);
	r->lost[r->lost_count++] = say_report_files_more(more);
}

size_t report_lost(const struct report *r, const struct note **notes)
{
	*notes = r->lost;
	return r->lost_count;
}

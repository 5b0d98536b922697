/* SPDX-License-Identifier: Apache-2.0 */
#include "runs.h"

#include "base/file.h"
#include "base/limits.h"
#include "base/str.h"
#include "base/xalloc.h"

#include <stdlib.h>

char *runs_scratch(void)
{
	const char *tmp = getenv("TMPDIR");
	char *dir = xasprintf("%s/esitesti-XXXXXX", tmp ? tmp : "/tmp");
	if (!mkdtemp(dir))
		BUG("no scratch folder");
	return dir;
}

struct record_info runs_info(const char *const *planned, size_t count)
{
	return (struct record_info){
		.id = "k3v9",
		.role = "run",
		.tool = "esitesti 0.1.0",
		.purpose = "self-test",
		.lang = "fi",
		.target = "embedded-mock",
		.answerer = ANSWERER_EMBEDDED_MOCK,
		.url = "https://127.0.0.1:8443/",
		.dialect = "ptv",
		.plan_digest = "00ff",
		.shard = 1,
		.shards = 1,
		.jobs = 1,
		.planned = planned,
		.planned_count = count,
	};
}

#define FILL(to, text) str_copy((to), sizeof(to), (text))

void runs_exchange(struct exchange *x, const char *case_id, unsigned step)
{
	exchange_init(x);
	FILL(x->case_id, case_id);
	snprintf(x->step_id, sizeof(x->step_id), "step-%u", step);
	x->attempt = 2;
	x->maker = MAKER_VENDOR_COMMAND;
	x->way = WAY_SENT;
	x->answerer = ANSWERER_EMBEDDED_MOCK;
	x->ending = ENDED_ANSWERED;
	FILL(x->initiator, "esitesti");
	FILL(x->responder, "the embedded mock");
	FILL(x->url, "https://127.0.0.1:8443/arkisto");
	FILL(x->identity, "client");
	FILL(x->message, "archive");
	FILL(x->document, "record");
	FILL(x->document_oid, "1.2.246.10.99999999.11.2026.1");
	FILL(x->message_id, "1.2.246.10.99999999.14.2026.1");
	x->http_status = 200;
	buf_adds(&x->request.head, "POST /arkisto HTTP/1.1\r\n\r\n");
	buf_add(&x->request.body, "<a>\0\xff</a>", 9);
	FILL(x->request.media_type, "text/xml");
	buf_adds(&x->response.head, "HTTP/1.1 200 OK\r\n\r\n");
	buf_addf(
	    &x->response.body, "<ack case='%s' step='%u'/>", case_id, step);
	FILL(x->response.media_type, "application/xml");
	FILL(x->tls.version, "TLSv1.3");
	FILL(x->tls.cipher, "TLS_AES_256_GCM_SHA384");
	x->tls.alert = 116;
	x->tls.alert_from_peer = true;
	x->tls.peer_chain = xstrdup("-----BEGIN CERTIFICATE-----\nAA==\n");
	x->tls.own_subject = xstrdup("CN=Testi Järjestelmä");
	x->timing = (struct timing){ .started = 1795276800123456,
		.connected = 11,
		.secured = 22,
		.first_byte = 33,
		.ended = 44 };
	FILL(x->trouble, "none worth the name");
	FILL(x->where, "/ClinicalDocument/title");
}

struct verdict runs_verdict(const char *case_id, enum result_kind kind)
{
	struct verdict v = {
		.kind = kind,
		.exchange = 7,
		.expected = say_unknown_note("expected", "1"),
		.found = say_unknown_note("found", "2"),
		.cause = say_unknown_note("cause", "\"quoted\" \x01 ä"),
		.next = say_unknown_note("next", ""),
	};
	FILL(v.case_id, case_id);
	FILL(v.step_id, "archive");
	FILL(v.expectation_id, "acknowledged");
	FILL(v.where, "/v3:MCCI_IN000002/acknowledgement");
	FILL(v.rule, "HL7 V3 MCCI");
	return v;
}

char *runs_forge(const char *const *lines, size_t count)
{
	char *dir = runs_scratch();
	char *path = path_join(dir, "journal.jsonl");
	struct buf all = BUF_INIT(LIMIT_JOURNAL);
	char prev[DIGEST_TEXT];
	memset(prev, '0', sizeof(prev) - 1);
	prev[sizeof(prev) - 1] = '\0';
	for (size_t i = 0; i < count; i++) {
		size_t start = all.len;
		buf_addf(&all,
		    "{\"n\":%zu,\"at\":\"2026-11-21T18:00:0%zu.000000Z\","
		    "\"prev\":\"%s\",%s}",
		    i + 1, i % 10, prev, lines[i]);
		digest_text(all.ptr + start, all.len - start, prev);
		buf_addc(&all, '\n');
	}
	struct err err = { 0 };
	if (file_write_whole(path, all.ptr, all.len, 0600, &err) < 0)
		BUG(err.msg);
	buf_release(&all);
	free(path);
	return dir;
}

int runs_setup(void **state)
{
	struct runs_place *p = xcalloc(1, sizeof(*p));
	p->scratch = runs_scratch();
	p->run = path_join(p->scratch, "a/run");
	p->world = world_real();
	*state = p;
	return 0;
}

int runs_teardown(void **state)
{
	struct runs_place *p = *state;
	dir_remove(p->scratch);
	free(p->scratch);
	free(p->run);
	free(p);
	return 0;
}

struct record *runs_create(const struct runs_place *p)
{
	static const char *const planned[] = { "ptv-01", "ptv-02" };
	struct record_info info = runs_info(planned, COUNTOF(planned));
	struct err err = { 0 };
	struct record *r = record_create(p->run, &info, &p->world, &err);
	if (!r)
		BUG(err.msg);
	return r;
}

struct run_log *runs_reopen(const struct runs_place *p)
{
	struct err err = { 0 };
	struct run_log *log = log_open(p->run, &err);
	if (!log)
		BUG(err.msg);
	return log;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "synthetic.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "kanta/dialect.h"
#include "record/writer.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* 2026-11-21T18:22:03Z */
#define STARTED INT64_C(1795285323000000)

struct synthetic {
	struct record *record;
	int64_t now;
};

static void must(int rc, const struct err *err)
{
	if (rc < 0) {
		err_print(stderr, err);
		abort();
	}
}

const char *synthetic_identity(char to[12])
{
	snprintf(to, 12, "%s%s%c", "131052", "-308", 'T');
	return to;
}

/* ---- Inputs */

static const char facts[] =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    "<facts xmlns=\"urn:esitesti:facts:1\">\n"
    "<fact id=\"f-oid\" mark=\"F\" source=\"Arkiston rajapinnat 2.1\">"
    "<text xml:lang=\"fi\">Asiakirjalla on yksilöivä OID.</text>"
    "<text xml:lang=\"en\">A document has a unique OID.</text></fact>\n"
    "<fact id=\"f-ack\" mark=\"U\" source=\"ei lähdettä\">"
    "<text xml:lang=\"fi\">Kuittauksen muotoa ei tiedetä.</text>"
    "<text xml:lang=\"en\">The form of the acknowledgement is not "
    "known.</text></fact>\n"
    "</facts>\n";

#define TEXTS(element, fi, en)                                \
 "<" element " xml:lang=\"fi\">" fi "</" element "><" element \
 " xml:lang=\"en\">" en "</" element ">\n"
#define CASE_BEGIN(id, fact, mark, fi, en)                           \
 "<case xmlns=\"urn:esitesti:case:1\" id=\"" id                      \
 "\" service=\"potilastietovaranto\" content=\"arkistointi\" "       \
 "where=\"any\">\n" TEXTS("title", fi, en) "<rests-on fact=\"" fact  \
					   "\" mark=\"" mark         \
					   "\"/>\n<document "        \
					   "name=\"record\" "        \
					   "kind=\"hoitokertomus\" " \
					   "fixture=\"fixtures/"     \
					   "x.xml\"/>\n"
#define STEP_ARCHIVE                                                                            \
 "<step id=\"archive\">\n<send message=\"archive\" "                                            \
 "document=\"record\"/>\n<expect kind=\"acknowledgement\" "                                     \
 "outcome=\"accepted\">\n" TEXTS("says", "Vastaanottaja kuittaa arkistoinnin",                  \
     "The receiver acknowledges the archiving") "</expect>\n<expect "                           \
						"kind=\"http-status\" status=\"200\">\n" TEXTS( \
						    "says",                                     \
						    "HTTP-tila on 200",                         \
						    "The HTTP status is 200") "</expect>\n"     \
									      "</step>\n"

static const struct {
	const char *id, *xml;
} sources[] = {
	{ "demo-01-archive",
	    CASE_BEGIN("demo-01-archive", "f-oid", "F",
		"Hoitoasiakirja arkistoidaan", "A care record is archived")
		STEP_ARCHIVE "</case>\n" },
	{ "demo-02-refused",
	    CASE_BEGIN("demo-02-refused", "f-ack", "U",
		"Asiakirjan toinen versio korvaa ensimmäisen, ja molemmat "
		"löytyvät haulla myöhemmin",
		"A second version replaces the first, and both are found "
		"later") STEP_ARCHIVE "</case>\n" },
	{ "demo-03-lost",
	    CASE_BEGIN("demo-03-lost", "f-ack", "U", "Vastaus katoaa",
		"The answer is lost") STEP_ARCHIVE "</case>\n" },
	{ "demo-04-identity", CASE_BEGIN("demo-04-identity", "f-oid", "F",
				  "Vastauksessa on kielletty henkilötunnus",
				  "The answer holds a forbidden identity code")
				  STEP_ARCHIVE "</case>\n" },
	{ "demo-05-manual",
	    CASE_BEGIN("demo-05-manual", "f-oid", "F",
		"Ihminen tarkistaa näytön",
		"A person looks at the screen") "<step id=\"look\">\n<manual>\n" TEXTS("instruction",
		"Katso, näkyykö asiakirja.",
		"See whether the document is shown.") "</manual>\n"
						      "</step>\n</case>\n" },
	{ "demo-06-last",
	    CASE_BEGIN("demo-06-last", "f-ack", "U", "Viimeinen tapaus",
		"The last case") STEP_ARCHIVE "</case>\n" },
};

static void input(struct synthetic *s, const char *name, const char *text)
{
	struct err err = { 0 };
	must(record_input(s->record, name, text, strlen(text), &err), &err);
}

/* The shipped dialect with all but its first two guesses called certain, so
 * that a new guess in it does not change what is compared. */
static void add_dialect(struct synthetic *s)
{
	struct err err = { 0 };
	struct buf text = BUF_INIT(1 << 20);
	struct dialect *d = dialect_load("cases/dialects", "kanta", &err);
	must(d ? 0 : -1, &err);
	dialect_write(&text, d);
	char *p = text.ptr;
	for (int n = 0; (p = strstr(p, "mark=\"U\"")); p++)
		if (n++ >= 2)
			p[6] = 'F';
	input(s, "dialect.xml", text.ptr);
	dialect_free(d);
	buf_release(&text);
}

static void begin(struct synthetic *s, const char *dir, struct world *world,
    const char *const *planned, size_t count)
{
	struct err err = { 0 };
	struct record_info info = {
		.id = "0011223344",
		.role = "run",
		.tool = "esitesti 0.1.0",
		.purpose = "self-test",
		.lang = "fi",
		.target = "embedded-mock",
		.answerer = ANSWERER_EMBEDDED_MOCK,
		.url = "https://127.0.0.1:40443",
		.dialect = "kanta",
		.plan_digest = "9f86d081884c7d659a2feaa0c55ad015"
			       "a3bf4f1b2b0b822cd15d6c15b0f00a08",
		.shard = 1,
		.shards = 1,
		.jobs = 4,
		.planned = planned,
		.planned_count = count,
	};
	s->record = record_create(dir, &info, world, &err);
	must(s->record ? 0 : -1, &err);
	input(s, "facts.xml", facts);
	add_dialect(s);
}

/* ---- Events */

static void fill_message(struct message *m, const char *head, const char *body)
{
	buf_adds(&m->head, head);
	buf_adds(&m->body, body);
	str_copy(m->media_type, sizeof(m->media_type), "text/xml");
}

static unsigned exchange(struct synthetic *s, const char *id, const char *step,
    enum ending ending, const char *answer)
{
	struct err err = { 0 };
	struct exchange x;
	exchange_init(&x);
	str_copy(x.case_id, sizeof(x.case_id), id);
	str_copy(x.step_id, sizeof(x.step_id), step);
	x.maker = MAKER_SHIPPED_FIXTURE;
	x.answerer = ANSWERER_EMBEDDED_MOCK;
	x.ending = ending;
	str_copy(x.initiator, sizeof(x.initiator), "esitesti");
	str_copy(x.responder, sizeof(x.responder), "embedded-mock");
	str_copy(x.url, sizeof(x.url), "https://127.0.0.1:40443/");
	str_copy(x.identity, sizeof(x.identity), "client");
	str_copy(x.message, sizeof(x.message), "archive");
	str_copy(x.document, sizeof(x.document), "record");
	str_copy(x.document_oid, sizeof(x.document_oid),
	    "1.2.246.10.12345678.11.2026.77");
	str_copy(x.message_id, sizeof(x.message_id),
	    "1.2.246.10.12345678.14.2026.78");
	str_copy(x.tls.version, sizeof(x.tls.version), "TLSv1.3");
	str_copy(x.tls.cipher, sizeof(x.tls.cipher), "TLS_AES_256_GCM_SHA384");
	x.tls.own_subject = xstrdup("CN=testi.example,O=Esimerkki Oy");
	fill_message(&x.request, "POST / HTTP/1.1\r\n\r\n", "<m>ä&amp;</m>");
	if (ending == ENDED_ANSWERED) {
		x.http_status = 200;
		fill_message(&x.response, "HTTP/1.1 200 OK\r\n\r\n", answer);
	} else {
		str_copy(x.trouble, sizeof(x.trouble), "connection reset");
	}
	x.timing.started = s->now;
	x.timing.ended = 12345;
	s->now += 20000;
	must(record_exchange(s->record, &x, &err), &err);
	unsigned seq = x.seq;
	exchange_release(&x);
	return seq;
}

static void verdict(struct synthetic *s, const char *id, const char *expect,
    const char *step, enum result_kind kind, unsigned seq, const char *found)
{
	struct err err = { 0 };
	struct verdict v = { .kind = kind, .exchange = seq };
	str_copy(v.case_id, sizeof(v.case_id), id);
	str_copy(v.step_id, sizeof(v.step_id), step);
	str_copy(v.expectation_id, sizeof(v.expectation_id), expect);
	str_copy(v.rule, sizeof(v.rule), "HL7 V3 MCCI, acknowledgement");
	v.found = say_found_status(found);
	v.expected = say_expected_status("200");
	if (kind != RESULT_PASS) {
		str_copy(v.where, sizeof(v.where),
		    "/MCCI_IN000002UV01/acknowledgement/typeCode/@code");
		v.next = say_report_not_reached_next();
	}
	must(record_verdict(s->record, &v, &err), &err);
}

static void begin_case(struct synthetic *s, const char *id)
{
	struct err err = { 0 };
	s->now += 1000;
	must(record_case_begin(s->record, id, &err), &err);
}

static void end_case(
    struct synthetic *s, const char *id, enum result_kind kind, int64_t us)
{
	struct err err = { 0 };
	s->now += us;
	must(record_case_end(s->record, id, kind, us, &err), &err);
}

static void archive_case(struct synthetic *s, const char *id,
    enum ending ending, enum result_kind kind, const char *found,
    const char *answer)
{
	begin_case(s, id);
	unsigned seq = exchange(s, id, "archive", ending, answer);
	verdict(s, id, "acknowledgement", "archive", kind, seq, found);
	verdict(s, id, "http-status", "archive",
	    ending == ENDED_ANSWERED ? RESULT_PASS : kind, seq, "200");
	end_case(s, id, kind, 31500);
}

static void manual_case(struct synthetic *s, const char *id)
{
	struct err err = { 0 };
	struct verdict v = { .kind = RESULT_MANUAL };
	begin_case(s, id);
	str_copy(v.case_id, sizeof(v.case_id), id);
	str_copy(v.step_id, sizeof(v.step_id), "look");
	str_copy(v.expectation_id, sizeof(v.expectation_id), "manual");
	v.cause = say_cause_person();
	must(record_verdict(s->record, &v, &err), &err);
	end_case(s, id, RESULT_MANUAL, 0);
}

/* ---- Whole folders */

static void damage(const char *dir)
{
	struct err err = { 0 };
	struct buf text = BUF_INIT(1 << 24);
	char *path = path_join(dir, "journal.jsonl");
	must(buf_read_file(&text, path, &err), &err);
	char *at = strstr(text.ptr, "\"bytes\":");
	if (!at)
		abort();
	at[8] = at[8] == '1' ? '2' : '1';
	must(file_write_whole(path, text.ptr, text.len, 0600, &err), &err);
	free(path);
	buf_release(&text);
}

void synthetic_small(const char *dir, enum synthetic_end end)
{
	struct err err = { 0 };
	struct synthetic s = { .now = STARTED };
	struct world world = world_fixed(&s.now, 7);
	const char *planned[COUNTOF(sources)];
	char code[12], answer[64];
	for (size_t i = 0; i < COUNTOF(sources); i++)
		planned[i] = sources[i].id;
	begin(&s, dir, &world, planned, COUNTOF(sources));
	for (size_t i = 0; i < COUNTOF(sources); i++) {
		char *name = xasprintf("cases/%s.xml", sources[i].id);
		input(&s, name, sources[i].xml);
		free(name);
	}
	snprintf(answer, sizeof(answer), "<a extension=\"%s\"/>",
	    synthetic_identity(code));
	archive_case(
	    &s, planned[0], ENDED_ANSWERED, RESULT_PASS, "200", "<a>AA</a>");
	archive_case(&s, planned[1], ENDED_ANSWERED, RESULT_FAIL,
	    "500 <odd> & ]]> 1.2.246.10.12345678.11", "<a>AE</a>");
	archive_case(&s, planned[2], ENDED_LOST, RESULT_INCONCLUSIVE, "-", "");
	archive_case(&s, planned[3], ENDED_ANSWERED, RESULT_FAIL, code, answer);
	must(record_kept(s.record, planned[3], "kept", code, &err), &err);
	manual_case(&s, planned[4]);
	if (end == SYNTHETIC_SEALED)
		archive_case(&s, planned[5], ENDED_ANSWERED, RESULT_PASS, "200",
		    "<a>AA</a>");
	if (end == SYNTHETIC_CUT)
		record_abandon(s.record);
	else
		must(record_seal(s.record, end == SYNTHETIC_INTERRUPTED, &err),
		    &err);
	if (end == SYNTHETIC_BROKEN)
		damage(dir);
}

static char *big_source(const char *id, unsigned steps)
{
	struct buf text = BUF_INIT(1 << 24);
	buf_addf(&text,
	    "<case xmlns=\"urn:esitesti:case:1\" id=\"%s\" "
	    "service=\"potilastietovaranto\" content=\"arkistointi\" "
	    "where=\"any\">\n" TEXTS("title", "Suuri ajo",
		"A big run") "<rests-on fact=\"f-ack\" mark=\"U\"/>\n<document "
			     "name=\"record\" kind=\"hoitokertomus\" "
			     "fixture=\"fixtures/x.xml\"/>\n",
	    id);
	for (unsigned i = 0; i < steps; i++)
		buf_addf(&text,
		    "<step id=\"s%u\"><send message=\"archive\" "
		    "document=\"record\"/><expect kind=\"acknowledgement\" "
		    "outcome=\"accepted\">" TEXTS(
			"says", "Kuitataan", "It is acknowledged") "</expect>"
								   "</step>\n",
		    i);
	buf_adds(&text, "</case>\n");
	return buf_detach(&text, NULL);
}

static void big_case(struct synthetic *s, const char *id, unsigned steps,
    enum result_kind kind, const char *answer)
{
	char step[16];
	char *source = big_source(id, steps);
	char *name = xasprintf("cases/%s.xml", id);
	input(s, name, source);
	begin_case(s, id);
	for (unsigned i = 0; i < steps; i++) {
		snprintf(step, sizeof(step), "s%u", i);
		unsigned seq = exchange(s, id, step, ENDED_ANSWERED, answer);
		verdict(s, id, "acknowledgement", step, kind, seq, "200");
	}
	end_case(s, id, kind, 31500);
	free(source);
	free(name);
}

void synthetic_big(const char *dir, unsigned cases, unsigned steps)
{
	struct err err = { 0 };
	struct synthetic s = { .now = STARTED };
	struct world world = world_fixed(&s.now, 7);
	const char **planned = xcalloc(cases, sizeof(*planned));
	char *answer = xmalloc(54001);
	memset(answer, 'a', 54000);
	answer[54000] = '\0';
	for (unsigned i = 0; i < cases; i++)
		planned[i] = xasprintf("big-%05u", i);
	begin(&s, dir, &world, planned, cases);
	for (unsigned i = 0; i < cases; i++)
		big_case(&s, planned[i], steps,
		    i % 10 ? RESULT_PASS : RESULT_FAIL, answer);
	must(record_seal(s.record, false, &err), &err);
	for (unsigned i = 0; i < cases; i++) {
		union {
			const char *in;
			char *out;
		} text = { planned[i] };
		free(text.out);
	}
	free(planned);
	free(answer);
}

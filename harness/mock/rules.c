/* SPDX-License-Identifier: Apache-2.0 */
#include "mock/rules.h"
#include "base/limits.h"
#include "base/str.h"
#include "check/agreement.h"
#include "kanta/hl7time.h"
#include "kanta/ids.h"

#include <stdlib.h>

/* ---- Of every message */

static void check_receiver(struct inquiry *q)
{
	const char *us = dialect_text(q->ctx->dialect, DK_RECEIVER_ID);
	const char *found = inquiry_value(q, FF_RECEIVER);

	if (policy_looks(q, POLICY_RECEIVER) && !streq(found, us))
		policy_find(q, POLICY_RECEIVER, FF_RECEIVER,
		    say_mock_receiver(found, us));
}

static void check_processing(struct inquiry *q)
{
	const char *test = dialect_text(q->ctx->dialect, DK_PROCESSING_CODE);
	const char *found = inquiry_value(q, FF_PROCESSING_CODE);

	if (policy_looks(q, POLICY_PROCESSING) && !streq(found, test))
		policy_find(q, POLICY_PROCESSING, FF_PROCESSING_CODE,
		    say_mock_processing(found, test));
}

/* Where there is none nothing is said: one seen frame has none. */
static void check_trigger(struct inquiry *q)
{
	static const enum dialect_key keys[] = {
		[FRAME_ARCHIVE] = DK_TRIGGER_ARCHIVE,
		[FRAME_REPLACE] = DK_TRIGGER_REPLACE,
		[FRAME_CANCEL] = DK_TRIGGER_CANCEL,
		[FRAME_QUERY] = DK_TRIGGER_QUERY,
		[FRAME_FETCH] = DK_TRIGGER_FETCH,
	};
	const char *found = inquiry_value(q, FF_TRIGGER);
	const char *expected = NULL;

	if ((size_t)q->frame.kind >= COUNTOF(keys) ||
	    !policy_looks(q, POLICY_TRIGGER))
		return;
	expected = dialect_text(q->ctx->dialect, keys[q->frame.kind]);
	if (*found && *expected && !streq(found, expected))
		policy_find(q, POLICY_TRIGGER, FF_TRIGGER,
		    say_mock_trigger(found, expected));
}

static void check_age(struct inquiry *q)
{
	uint64_t most = dialect_number(q->ctx->dialect, DK_MAX_SKEW);
	const char *text = inquiry_value(q, FF_CREATION_TIME);
	int64_t now = world_now(q->ctx->world);
	struct hl7_interval made = { 0 };
	struct err e = { 0 };
	char seconds[24];

	if (!policy_looks(q, POLICY_MESSAGE_AGE))
		return;
	if (hl7_time_read(text, &made, &e) == 0 &&
	    llabs(made.from - now) / 1000000 <= (long long)most)
		return;
	snprintf(seconds, sizeof(seconds), "%llu", (unsigned long long)most);
	policy_find(q, POLICY_MESSAGE_AGE, FF_CREATION_TIME,
	    say_mock_age(text, seconds));
}

/* "1.2.246.10.<Y-tunnus>", before 2012 "1.2.246.537.10.<Y-tunnus>": what an
 * organisation's OIDs begin with. */
static void organisation_root(char out[128], const char *oid)
{
	int arcs = oid_is_under(oid, "1.2.246.537.10") ? 6 : 5;
	size_t i = 0;

	for (; oid[i] && i < 127; i++) {
		arcs -= oid[i] == '.';
		if (arcs == 0)
			break;
		out[i] = oid[i];
	}
	out[i] = '\0';
}

static void check_certificate(struct inquiry *q)
{
	static const enum frame_field fields[] = { FF_SENDER, FF_ORGANISATION };
	const char *whose = q->in->organisation;
	char root[128];

	if (!whose || !policy_looks(q, POLICY_CERTIFICATE))
		return;
	organisation_root(root, whose);
	for (size_t i = 0; i < COUNTOF(fields); i++) {
		const char *found = q->frame.value[fields[i]];
		if (found && !oid_is_under(found, root))
			policy_find(q, POLICY_CERTIFICATE, fields[i],
			    say_mock_certificate(found, *whose ? whose : "-"));
	}
}

void rules_of_message(struct inquiry *q)
{
	check_receiver(q);
	check_processing(q);
	check_trigger(q);
	check_age(q);
	check_certificate(q);
}

/* ---- Of what is archived */

static void check_register(struct inquiry *q)
{
	const struct dialect *d = q->ctx->dialect;
	const char *code = inquiry_value(q, FF_REGISTER);
	const char *system = inquiry_value(q, FF_REGISTER_SYSTEM);
	const char *expected = dialect_text(d, DK_REGISTER_SYSTEM);
	struct buf codes = BUF_INIT(LIMIT_KIB(4));

	if (!policy_looks(q, POLICY_REGISTER))
		return;
	dialect_show(&codes, d, DK_REGISTER_CODES);
	if (!streq(system, expected))
		policy_find(q, POLICY_REGISTER, FF_REGISTER_SYSTEM,
		    say_mock_register_system(system, expected));
	else if (!dialect_has(d, DK_REGISTER_CODES, code))
		policy_find(q, POLICY_REGISTER, FF_REGISTER,
		    say_mock_register(code, codes.ptr));
	buf_release(&codes);
}

static void check_confidentiality(struct inquiry *q)
{
	const struct dialect *d = q->ctx->dialect;
	const char *code = q->cda.value[FF_CONFIDENTIALITY];
	struct buf codes = BUF_INIT(LIMIT_KIB(4));

	if (!policy_looks(q, POLICY_CONFIDENTIALITY))
		return;
	dialect_show(&codes, d, DK_CONFIDENTIALITY_CODES);
	if (code && !dialect_has(d, DK_CONFIDENTIALITY_CODES, code))
		policy_find(q, POLICY_CONFIDENTIALITY, FF_CONFIDENTIALITY,
		    say_mock_confidentiality(code, codes.ptr));
	buf_release(&codes);
}

/* Below an organisation's OID the node 19 is that of controllers. */
static void check_custodian(struct inquiry *q)
{
	const char *oid = q->cda.value[FF_CUSTODIAN];
	char root[128], node[136];

	if (!policy_looks(q, POLICY_CUSTODIAN) || !oid)
		return;
	organisation_root(root, oid);
	snprintf(node, sizeof(node), "%s.19", root);
	if (!oid_is_under(oid, "1.2.246") || !oid_is_under(oid, node))
		policy_find(
		    q, POLICY_CUSTODIAN, FF_CUSTODIAN, say_mock_custodian(oid));
}

static bool is_temporary(const char *root)
{
	const char *last = strrchr(root, '.');

	return last && last - root > 3 && strncmp(last - 3, ".22", 3) == 0;
}

static bool is_right(const char *code)
{
	struct hetu h;

	return strlen(code) == HETU_LENGTH && hetu_read(code, &h) &&
	       h.date_exists && h.check_holds;
}

/* The codes themselves are not repeated: a mistyped one may be anybody's. */
static void check_people(struct inquiry *q)
{
	bool patients = policy_looks(q, POLICY_PATIENT_CHECKSUM);
	bool authors = policy_looks(q, POLICY_AUTHOR_CHECKSUM);
	bool temporary = policy_looks(q, POLICY_TEMPORARY_CHECKSUM);

	VEC_EACH (const struct archive_term, t, &q->terms) {
		bool is_patient = t->key == ARCHIVE_PATIENT;
		bool is_hetu = streq(t->root, HETU_ROOT);
		if (is_right(t->extension))
			continue;
		if (patients && is_patient && is_hetu)
			policy_find(q, POLICY_PATIENT_CHECKSUM, FF_PATIENT,
			    say_mock_patient_checksum());
		if (authors && t->key == ARCHIVE_AUTHOR && is_hetu)
			policy_find(q, POLICY_AUTHOR_CHECKSUM, FF_AUTHOR,
			    say_mock_author_checksum());
		if (temporary && is_patient && is_temporary(t->root))
			policy_find(q, POLICY_TEMPORARY_CHECKSUM, FF_PATIENT,
			    say_mock_temporary_checksum());
	}
}

/* What both have but nobody is known to compare. */
static void check_more_agreement(struct inquiry *q)
{
	static const enum frame_field fields[] = { FF_REGISTER_SYSTEM,
		FF_EFFECTIVE_TIME, FF_CONFIDENTIALITY, FF_LANGUAGE,
		FF_CUSTODIAN, FF_RELATED_SET, FF_RELATED_VERSION,
		FF_ENCOUNTER };

	if (!policy_looks(q, POLICY_FRAME_AGREEMENT))
		return;
	for (size_t i = 0; i < COUNTOF(fields); i++) {
		const char *frame = q->frame.value[fields[i]];
		const char *cda = q->cda.value[fields[i]];
		if (frame && cda && !streq(frame, cda))
			policy_find(q, POLICY_FRAME_AGREEMENT, fields[i],
			    say_agreement_differs(
				frame_field_name(fields[i]), frame, cda));
	}
}

void rules_of_document(struct inquiry *q)
{
	check_register(q);
	check_confidentiality(q);
	check_custodian(q);
	check_people(q);
	check_more_agreement(q);
	check_header_order(q);
	check_signature(q);
}

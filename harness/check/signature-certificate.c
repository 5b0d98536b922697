/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "check/signature-inside.h"
#include "kanta/ids.h"

#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/objects.h>
#include <openssl/x509.h>

#define SECOND	INT64_C(1000000)
#define LEEWAY	(300 * SECOND) /* of two clocks */
#define TIME_AT 19	       /* "2026-11-21T20:22:03" */

/* ---- The time stamp */

/* Behind the seconds' fraction: "Z", "+03:00", "". */
static const char *zone_of(const char *text)
{
	const char *zone = text + TIME_AT;
	if (*zone == '.')
		zone += 1 + strspn(zone + 1, "0123456789");
	return zone;
}

static bool read_offset(const char *zone, int64_t *offset)
{
	static const char shape[] = "s00:00";
	if ((*zone != '+' && *zone != '-') || strlen(zone) != strlen(shape))
		return false;
	for (size_t i = 1; shape[i]; i++)
		if (shape[i] == '0' ? !str_is_digit(zone[i])
				    : zone[i] != shape[i])
			return false;
	int hours = (zone[1] - '0') * 10 + zone[2] - '0';
	int minutes = (zone[4] - '0') * 10 + zone[5] - '0';
	if (hours > 14 || minutes > 59)
		return false;
	*offset = (int64_t)(hours * 60 + minutes) * 60 * SECOND;
	if (*zone == '-')
		*offset = -*offset;
	return true;
}

/* An xs:dateTime with a zone; whether it is UTC. */
static int read_time(const char *text, int64_t *us, bool *is_utc)
{
	char utc[CLOCK_TEXT];
	int64_t offset = 0;
	if (strlen(text) <= TIME_AT || strlen(text) > 40)
		return -1;
	const char *zone = zone_of(text);
	*is_utc = streq(zone, "Z");
	if (!*is_utc && !read_offset(zone, &offset))
		return -1;
	snprintf(utc, sizeof(utc), "%.*sZ", TIME_AT, text);
	if (clock_parse_rfc3339(utc, us) < 0)
		return -1;
	*us -= offset;
	return 0;
}

/* xs:dateTime lets white space stand around it. */
static char *time_text(const xmlNode *node)
{
	char *text = xml_text(node);
	size_t begin = strspn(text, " \t\r\n"), end = strlen(text);
	while (end > begin && str_is_space(text[end - 1]))
		end--;
	char *trimmed = xstrndup(text + begin, end - begin);
	free(text);
	return trimmed;
}

static bool judge_time(const struct judging *j, int64_t *when)
{
	bool is_utc = false, known = false;
	if (!j->timestamp)
		return false;
	char *text = time_text(j->timestamp);
	known = read_time(text, when, &is_utc) == 0;
	if (!known)
		signature_find(
		    j, RULE_SIG_TIME, j->timestamp, say_sig_time(text));
	/* that of the archive itself is often so */
	else if (!is_utc && j->type != '4')
		signature_warn(
		    j, RULE_SIG_TIME, j->timestamp, say_sig_time_offset(text));
	if (known && *when > j->c->now + LEEWAY)
		signature_warn(
		    j, RULE_SIG_TIME, j->timestamp, say_sig_time_later(text));
	free(text);
	return known;
}

/* ---- The certificate's words */

/* A field of the subject in UTF-8, malloc'ed, "" = it has none. */
static char *subject_field(const X509 *certificate, int nid)
{
	const X509_NAME *subject = X509_get_subject_name(certificate);
	int at = X509_NAME_get_index_by_NID(subject, nid, -1);
	unsigned char *utf8 = NULL;
	int len = at < 0 ? -1
			 : ASN1_STRING_to_UTF8(
			       &utf8, X509_NAME_ENTRY_get_data(
					  X509_NAME_get_entry(subject, at)));
	char *text = xstrndup(len > 0 ? (char *)utf8 : "",
	    len > 0 ? strnlen((char *)utf8, (size_t)len) : 0);
	OPENSSL_free(utf8);
	return text;
}

static char *issuer_text(const X509 *certificate)
{
	BIO *memory = BIO_new(BIO_s_mem());
	char *text = NULL;
	X509_NAME_print_ex(memory, X509_get_issuer_name(certificate), 0,
	    XN_FLAG_RFC2253 & ~(unsigned long)ASN1_STRFLGS_ESC_MSB);
	long len = BIO_get_mem_data(memory, &text);
	char *copy = xstrndup(text ? text : "", len > 0 ? (size_t)len : 0);
	BIO_free(memory);
	return copy;
}

#define DAY_TEXT 40
static void day_of(char out[DAY_TEXT], const ASN1_TIME *time)
{
	struct tm tm;
	out[0] = '\0';
	if (ASN1_TIME_to_tm(time, &tm) == 1)
		snprintf(out, DAY_TEXT, "%04d-%02d-%02d", tm.tm_year + 1900,
		    tm.tm_mon + 1, tm.tm_mday);
}

/* ---- Holder */

/* "1.2.246.10.1234567.10.0" and "1.2.246.537.10.1234567.19.0" are nodes of the
 * same organisation (JHS 159): what stands behind .10. tells which. */
static const char *organisation_of(const char *oid, size_t *len)
{
	static const char *const roots[] = { "1.2.246.10.", "1.2.246.537.10." };
	for (size_t i = 0; i < COUNTOF(roots); i++)
		if (str_starts(oid, roots[i])) {
			const char *at = oid + strlen(roots[i]);
			*len = strcspn(at, ".");
			return at;
		}
	*len = strlen(oid);
	return oid;
}

static bool same_organisation(const char *a, const char *b)
{
	size_t n = 0, m = 0;
	const char *x = organisation_of(a, &n), *y = organisation_of(b, &m);
	return n == m && strncmp(x, y, n) == 0;
}

static const char *root_at(const xmlNode *from, const char *path)
{
	xmlNode *id = xml_down(from, XMLNS_V3, path);
	return id ? xml_attr(id, "root") : NULL;
}

/* Who may have signed for the system: controller, service provider, the
 * authors' organisations, the message's sender. */
static bool is_party(const struct judging *j, const char *holder)
{
	static const char custodian[] =
	    "custodian/assignedCustodian/representedCustodianOrganization/id";
	static const char provider[] =
	    "componentOf/encompassingEncounter/responsibleParty/"
	    "assignedEntity/representedOrganization/id";
	const char *const parties[] = { root_at(j->root, custodian),
		root_at(j->root, provider), j->c->sender, j->c->organisation };
	for (size_t i = 0; i < COUNTOF(parties); i++)
		if (parties[i] && same_organisation(holder, parties[i]))
			return true;
	XML_EACH_CHILD (author, j->root) {
		const char *root =
		    xml_is(author, XMLNS_V3, "author")
			? root_at(author,
			      "assignedAuthor/representedOrganization/id")
			: NULL;
		if (root && same_organisation(holder, root))
			return true;
	}
	return false;
}

static bool is_number(const char *s)
{
	size_t n = strspn(s, "0123456789");
	return n >= 5 && n <= 20 && !s[n];
}

/* "1.2.246.10.1234567" of any OID below it; of others, all of it. */
static void organisation_root(char out[NOTE_ARG], const char *oid)
{
	size_t len = 0;
	const char *at = organisation_of(oid, &len);
	len += (size_t)(at - oid);
	str_copy(out, NOTE_ARG, oid);
	if (len < NOTE_ARG)
		out[len] = '\0';
}

static struct note not_the_holder(const char *serial, const char *custodian)
{
	char root[NOTE_ARG];
	if (!custodian)
		return say_sig_holder_any(serial);
	organisation_root(root, custodian);
	return say_sig_holder_organisation(serial, root);
}

static void judge_holder(const struct judging *j)
{
	char *serial = subject_field(j->d->certificate, NID_serialNumber);
	const char *custodian = root_at(j->root,
	    "custodian/assignedCustodian/representedCustodianOrganization/id");
	if (j->type == '3' && !(oid_is_valid(serial) && is_party(j, serial)))
		signature_find(j, RULE_SIG_HOLDER, j->d->node,
		    not_the_holder(serial, custodian));
	if (j->type == '4' && !oid_is_valid(serial))
		signature_find(
		    j, RULE_SIG_HOLDER, j->d->node, say_sig_holder_any(serial));
	if ((j->type == '1' || j->type == '2') && !is_number(serial))
		signature_find(j, RULE_SIG_HOLDER, j->d->node,
		    say_sig_holder_professional(serial));
	free(serial);
}

/* ---- Validity, issuer */

static void judge_validity(const struct judging *j, int64_t when)
{
	const X509 *x = j->d->certificate;
	time_t at = (time_t)(when / SECOND);
	time_t before = at - 1; /* equal is "earlier" for X509_cmp_time */
	if (X509_cmp_time(X509_get0_notBefore(x), &at) < 0 &&
	    X509_cmp_time(X509_get0_notAfter(x), &before) > 0)
		return;
	char signed_at[CLOCK_TEXT], from[DAY_TEXT], to[DAY_TEXT];
	clock_rfc3339(signed_at, when);
	signed_at[strlen("2026-11-21")] = '\0';
	day_of(from, X509_get0_notBefore(x));
	day_of(to, X509_get0_notAfter(x));
	signature_find(j, RULE_SIG_VALIDITY, j->d->node,
	    say_sig_validity(signed_at, from, to));
}

bool signature_issuer_is_test(
    const struct target_rules *rules, const X509 *certificate)
{
	char *issuer = issuer_text(certificate);
	bool is_test = target_issuer_is_test(rules, issuer) ||
		       str_starts(issuer, "CN=" SIGNATURE_OWN_CA);
	free(issuer);
	return is_test;
}

void signature_judge_certificate(const struct judging *j)
{
	int64_t when = 0;
	bool has_time = judge_time(j, &when);
	if (!j->d->certificate) {
		char count[24];
		snprintf(count, sizeof(count), "%zu", j->d->certificates);
		signature_find(j, RULE_SIG_CERTIFICATE, j->d->node,
		    say_sig_certificates(count));
		return;
	}
	judge_holder(j);
	if (has_time)
		judge_validity(j, when);
	if (!j->c->issuers)
		return;
	char *issuer = issuer_text(j->d->certificate);
	if (!signature_issuer_is_test(j->c->issuers, j->d->certificate))
		signature_find(
		    j, RULE_SIG_ISSUER, j->d->node, say_sig_issuer(issuer));
	free(issuer);
}

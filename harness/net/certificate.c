/* SPDX-License-Identifier: Apache-2.0 */
#include "net/certificate.h"

#include "base/clock.h"
#include "base/str.h"
#include "kanta/ids.h"
#include "net/crl.h"
#include "net/identity.h"

#include <openssl/objects.h>
#include <openssl/x509v3.h>
#include <stdlib.h>

enum {
	DAY = 24 * 60 * 60,
	SOON_DAYS = 30,
	/* DVV: a server certificate is valid for at most a year, a system
	 * signature certificate for at most two; a day for rounding. */
	SERVER_DAYS = 367,
	SIGNATURE_DAYS = 732,
	RSA_BITS = 2048,
	EC_BITS = 256,
};

enum what {
	WHAT_CA,
	WHAT_SERVER,
	WHAT_SIGNATURE,
	WHAT_PROFESSIONAL,
	WHAT_OTHER,
};

static const char *const what_names[] = {
	[WHAT_CA] = "a CA certificate",
	[WHAT_SERVER] = "a server certificate (for TLS, on either side)",
	[WHAT_SIGNATURE] = "a system signature certificate (signs documents)",
	[WHAT_PROFESSIONAL] = "a professional's certificate (from a card)",
	[WHAT_OTHER] = "a certificate of another kind",
};

/* One certificate, looked at once. */
struct view {
	X509 *cert, *next; /* next: the one behind it in the file, or NULL */
	int index;	   /* in the file: so many stand before it */
	const STACK_OF(X509_CRL) * crls;
	enum what what;
	char *subject, *issuer, *serial_number; /* serial_number: may be NULL */
	int64_t from, until, now;		/* seconds since 1970 */
	const struct target_rules *rules;
	struct buf *to;
	size_t faults;
};

static void fault(struct view *v, const char *fmt, ...) PRINTF_LIKE(2, 3);
static void fault(struct view *v, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	buf_adds(v->to, "  - would not do: ");
	buf_vaddf(v->to, fmt, args);
	buf_addc(v->to, '\n');
	va_end(args);
	v->faults++;
}

static void remark(struct view *v, const char *fmt, ...) PRINTF_LIKE(2, 3);
static void remark(struct view *v, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	buf_adds(v->to, "  - note: ");
	buf_vaddf(v->to, fmt, args);
	buf_addc(v->to, '\n');
	va_end(args);
}

/* ---- Looking */

static int64_t seconds_of(const ASN1_TIME *t)
{
	ASN1_TIME *epoch = ASN1_TIME_set(NULL, 0);
	int days = 0, seconds = 0;
	if (!epoch || ASN1_TIME_diff(&days, &seconds, epoch, t) != 1)
		days = seconds = 0;
	ASN1_TIME_free(epoch);
	return (int64_t)days * DAY + seconds;
}

static char *subject_field(X509 *cert, int nid)
{
	const X509_NAME *name = X509_get_subject_name(cert);
	int at = X509_NAME_get_index_by_NID(name, nid, -1);
	unsigned char *utf8 = NULL;
	char *out = NULL;
	if (at < 0)
		return NULL;
	int len = ASN1_STRING_to_UTF8(
	    &utf8, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));
	if (len >= 0) {
		out = xstrndup((char *)utf8, (size_t)len);
		str_clean(out);
	}
	OPENSSL_free(utf8);
	return out;
}

static bool may(X509 *cert, uint32_t usage)
{
	/* All bits are set when the extension is missing. */
	return (X509_get_key_usage(cert) & usage) == usage;
}

static bool extended(X509 *cert, uint32_t usage)
{
	uint32_t has = X509_get_extended_key_usage(cert);
	return has != UINT32_MAX && (has & usage) != 0;
}

static enum what what_is(X509 *cert, const char *issuer)
{
	char *title = subject_field(cert, NID_title);
	bool person = title || strstr(issuer, "Prof. Certs");
	free(title);
	if (X509_check_ca(cert) > 0 && may(cert, KU_KEY_CERT_SIGN) &&
	    !extended(cert, XKU_SSL_SERVER | XKU_SSL_CLIENT))
		return WHAT_CA;
	if (person)
		return WHAT_PROFESSIONAL;
	if (extended(cert, XKU_SSL_SERVER | XKU_SSL_CLIENT))
		return WHAT_SERVER;
	if (may(cert, KU_NON_REPUDIATION))
		return WHAT_SIGNATURE;
	return may(cert, KU_DIGITAL_SIGNATURE) ? WHAT_SERVER : WHAT_OTHER;
}

/* ---- What would not do */

static void check_issuer(struct view *v)
{
	bool dvv = strstr(v->issuer, "DVV") || strstr(v->issuer, "VRK");
	if (v->what == WHAT_CA || target_issuer_is_test(v->rules, v->issuer))
		return;
	if (dvv && !strstr(v->issuer, "TEST"))
		fault(v,
		    "its issuer looks like a production CA; this program "
		    "refuses to use it. Order a test certificate from DVV");
	else
		fault(v, "its issuer is no test CA of DVV: it serves with a "
			 "local mock only. Order a test certificate from DVV");
}

static void check_time(struct view *v)
{
	if (v->now > v->until)
		fault(v, "it has expired. Order a new one from DVV");
	else if (v->now < v->from)
		fault(v, "it is not valid yet; if the date above has passed, "
			 "this machine's clock is wrong");
	else if (v->until - v->now < (int64_t)SOON_DAYS * DAY)
		remark(v,
		    "it expires in %lld days; a new one takes DVV about "
		    "a week",
		    (long long)((v->until - v->now) / DAY));
}

static void check_length(struct view *v)
{
	static const int most[] = {
		[WHAT_SERVER] = SERVER_DAYS,
		[WHAT_SIGNATURE] = SIGNATURE_DAYS,
		[WHAT_OTHER] = 0,
	};
	int64_t days = (v->until - v->from) / DAY;
	if (most[v->what] > 0 && days > most[v->what])
		fault(v, "it is valid for %lld days; DVV gives %s",
		    (long long)days,
		    v->what == WHAT_SERVER
			? "a server certificate one year"
			: "a signature certificate two years");
}

static void check_organisation(struct view *v)
{
	const char *oid = v->serial_number;
	if (v->what != WHAT_SERVER && v->what != WHAT_SIGNATURE)
		return;
	if (!oid)
		fault(v, "its subject has no serialNumber; DVV writes the "
			 "organisation's OID there");
	else if (!oid_is_valid(oid) ||
		 (!oid_is_under(oid, "1.2.246.10") &&
		     !oid_is_under(oid, "1.2.246.537.10")))
		fault(v,
		    "the serialNumber '%s' of its subject is no OID of a "
		    "Finnish organisation (1.2.246.10.…)",
		    oid);
}

static void check_usage(struct view *v)
{
	X509 *cert = v->cert;
	uint32_t has = X509_get_extended_key_usage(cert);
	if (v->what == WHAT_SERVER && !may(cert, KU_DIGITAL_SIGNATURE))
		fault(v, "its key usage has no digitalSignature, which TLS "
			 "needs");
	if (v->what == WHAT_SERVER && has != UINT32_MAX &&
	    !(has & (XKU_SSL_CLIENT | XKU_ANYEKU)))
		fault(v, "its extended key usage has no clientAuth: a receiver "
			 "refuses it as a client certificate");
	if (v->what == WHAT_SERVER && has != UINT32_MAX &&
	    !(has & (XKU_SSL_SERVER | XKU_ANYEKU)))
		remark(v, "its extended key usage has no serverAuth: it does "
			  "not serve as a server's");
	if (v->what == WHAT_SIGNATURE && !may(cert, KU_NON_REPUDIATION))
		fault(v, "its key usage has no nonRepudiation, which "
			 "signatures of documents need");
	if (v->what == WHAT_OTHER)
		fault(v, "its key usage is neither for TLS nor for signatures");
}

static void check_key(struct view *v)
{
	EVP_PKEY *key = X509_get0_pubkey(v->cert);
	int nid = NID_undef;
	if (!key) {
		fault(v, "its public key cannot be read");
		return;
	}
	int bits = EVP_PKEY_get_bits(key);
	bool rsa = EVP_PKEY_is_a(key, "RSA") || EVP_PKEY_is_a(key, "RSA-PSS");
	if (bits < (rsa ? RSA_BITS : EC_BITS))
		fault(v, "its key of %d bits is weak", bits);
	X509_get_signature_info(v->cert, &nid, NULL, NULL, NULL);
	if (nid == NID_sha1 || nid == NID_md5)
		fault(v, "it is signed with %s, which TLS refuses",
		    OBJ_nid2sn(nid));
}

/* What the one behind it is, when it has the issuer's name but may not be it.
 */
static bool check_next(struct view *v)
{
	if (X509_NAME_cmp(X509_get_subject_name(v->next),
		X509_get_issuer_name(v->cert)) != 0)
		return false;
	long below = X509_get_pathlen(v->next);
	if (X509_check_ca(v->next) == 0)
		fault(v, "its issuer is no CA: whoever holds a certificate "
			 "cannot issue others");
	else if (v->what == WHAT_CA && below >= 0 && v->index > below)
		fault(v,
		    "the chain is too long: its issuer allows %ld CAs below "
		    "itself",
		    below);
	else
		return X509_check_issued(v->next, v->cert) == X509_V_OK;
	return true;
}

static void check_chain(struct view *v)
{
	if (X509_self_signed(v->cert, 0) == 1) {
		if (v->what != WHAT_CA)
			fault(v, "it is signed by itself: nobody vouches for "
				 "it");
		return;
	}
	if (v->next && check_next(v))
		return;
	if (v->what == WHAT_SERVER && v->next)
		fault(v, "the certificate behind it in the file is not its "
			 "issuer. Put the leaf first, then its issuing CA");
	else if (v->what == WHAT_SERVER)
		fault(v, "the issuing CA's certificate is missing behind it in "
			 "the file. Append it (DVV publishes its CA "
			 "certificates)");
}

static void check_revoked(struct view *v)
{
	char date[CLOCK_TEXT];
	int64_t at = crls_revoked(v->crls, v->cert);
	if (!at)
		return;
	clock_rfc3339(date, at * 1000000);
	date[strlen("2026-11-21")] = '\0';
	fault(v,
	    "its issuer revoked it on %s: it is on the revocation list. Order "
	    "a new one from DVV",
	    date);
}

static void (*const checks[])(struct view *v) = {
	check_issuer,
	check_time,
	check_length,
	check_organisation,
	check_usage,
	check_key,
	check_chain,
	check_revoked,
};

/* ---- Telling */

static void say_date(struct view *v, const char *label, int64_t seconds)
{
	char text[CLOCK_TEXT];
	clock_rfc3339(text, seconds * 1000000);
	text[strlen("2026-11-21")] = '\0';
	buf_addf(v->to, "%s%s", label, text);
}

static void say_key(struct view *v)
{
	EVP_PKEY *key = X509_get0_pubkey(v->cert);
	const char *type = key ? EVP_PKEY_get0_type_name(key) : NULL;
	buf_addf(v->to, "  key:      %s, %d bits\n", type ? type : "unknown",
	    key ? EVP_PKEY_get_bits(key) : 0);
}

static void say_identity(struct view *v, int index)
{
	char *organisation = subject_field(v->cert, NID_organizationName);
	buf_addf(v->to, "%d. %s\n", index + 1, what_names[v->what]);
	buf_addf(v->to, "  whose:    %s%s%s\n",
	    organisation ? organisation : "(no organisation in it)",
	    v->serial_number ? ", " : "",
	    v->serial_number ? v->serial_number : "");
	buf_addf(v->to, "  subject:  %s\n", v->subject);
	buf_addf(v->to, "  issuer:   %s\n", v->issuer);
	say_date(v, "  valid:    from ", v->from);
	say_date(v, " until ", v->until);
	buf_addc(v->to, '\n');
	say_key(v);
	free(organisation);
}

size_t certificate_describe(struct buf *to, STACK_OF(X509) * certs, int index,
    const STACK_OF(X509_CRL) * crls, const struct target_rules *rules,
    int64_t now)
{
	X509 *cert = sk_X509_value(certs, index);
	struct view v = {
		.cert = cert,
		.next = sk_X509_value(certs, index + 1),
		.index = index,
		.crls = crls,
		.subject = certificate_name_text(X509_get_subject_name(cert)),
		.issuer = certificate_name_text(X509_get_issuer_name(cert)),
		.serial_number = subject_field(cert, NID_serialNumber),
		.from = seconds_of(X509_get0_notBefore(cert)),
		.until = seconds_of(X509_get0_notAfter(cert)),
		.now = now / 1000000,
		.rules = rules,
		.to = to,
	};
	v.what = what_is(cert, v.issuer);
	say_identity(&v, index);
	for (size_t i = 0; i < COUNTOF(checks); i++)
		checks[i](&v);
	if (v.faults == 0)
		buf_adds(to, "  nothing about it is known to be wrong\n");
	free(v.subject);
	free(v.issuer);
	free(v.serial_number);
	return v.faults;
}

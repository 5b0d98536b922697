/* SPDX-License-Identifier: Apache-2.0 */
#include "base/str.h"
#include "check/guard-inside.h"
#include "check/guard-text.h"
#include "kanta/why.h"
#include "record/digest.h"

#include <strings.h>

#define XMLENC	"http://www.w3.org/2001/04/xmlenc#"
#define XMLDSIG "http://www.w3.org/2000/09/xmldsig#"

/* So much base64 that is no text is content, also where nobody says so: no
 * signature value is that long. */
#define NOISE_LONG 3072

void add_opaque(struct scan *s, const struct place *at, const struct note *what)
{
	static const struct place whole = { .unpacked = "message" };

	add_finding(s, GUARD_OPAQUE, at ? at : &whole, "", what);
}

/* Whether somebody attests these bytes: then the report says so. */
static bool is_attested(struct scan *s, const char *digest)
{
	struct guard_report *r = s->report;
	size_t count = s->said ? s->said->attested_count : 0;

	for (size_t i = 0; i < count; i++) {
		const struct attestation *a = &s->said->attested[i];
		bool told = false;
		if (strcasecmp(a->sha256, digest) != 0)
			continue;
		for (size_t n = 0; n < r->attested_count; n++)
			told |= r->attested[n] == a;
		/* One too many to be told must not pass untold. */
		if (!told && r->attested_count == LIMIT_GUARD_ATTESTED)
			return false;
		if (!told)
			r->attested[r->attested_count++] = a;
		return true;
	}
	return false;
}

void opaque_packed(struct scan *s, const struct place *at, const char *format,
    const char *bytes, size_t len)
{
	char digest[DIGEST_TEXT];

	digest_text(bytes, len, digest);
	if (is_attested(s, digest))
		return;
	struct note what = say_guard_opaque_format(format, digest);
	add_opaque(s, at, &what);
}

/* Parsed once more, for the reason. */
struct note opaque_why(const char *bytes, size_t len)
{
	struct xml_fault fault;
	struct err at = { 0 };

	xml_free(xml_parse_telling(bytes, len, "the message", &fault, &at));
	struct note why = xml_fault_say(&fault);
	return why_quote(say_guard_opaque_xml, &why, &at);
}

void opaque_xml(struct scan *s, const struct place *at, const struct note *what,
    const char *bytes, size_t len)
{
	char digest[DIGEST_TEXT];

	digest_text(bytes, len, digest);
	if (is_attested(s, digest))
		return;
	add_opaque(s, at, what);
}

void opaque_deep(
    struct scan *s, const struct place *at, const char *bytes, size_t len)
{
	char levels[16], digest[DIGEST_TEXT];

	digest_text(bytes, len, digest);
	if (is_attested(s, digest))
		return;
	(void)snprintf(levels, sizeof(levels), "%d", LIMIT_GUARD_NESTING);
	struct note what = say_guard_opaque_deep(levels, digest);
	add_opaque(s, at, &what);
}

static void opaque_unknown(
    struct scan *s, const struct place *at, const char *bytes, size_t len)
{
	char digest[DIGEST_TEXT];

	digest_text(bytes, len, digest);
	if (is_attested(s, digest))
		return;
	struct note what = say_guard_opaque_unknown(digest);
	add_opaque(s, at, &what);
}

static const xmlNode *node_of(const struct place *at)
{
	while (at && !at->node)
		at = at->outer;
	return at ? at->node : NULL;
}

void opaque_noise(
    struct scan *s, const struct place *at, const char *bytes, size_t len)
{
	const xmlNode *n = node_of(at);

	if (len < NOISE_LONG || !n || text_is_der(bytes, len))
		return;
	if (n->type == XML_ELEMENT_NODE && n->ns &&
	    streq((const char *)n->ns->href, XMLDSIG))
		return;
	opaque_unknown(s, at, bytes, len);
}

/* ---- What says that it is a document */

static bool is_b64_element(const xmlNode *element)
{
	const char *representation = xml_attr(element, "representation");

	return (representation && strcasecmp(representation, "B64") == 0) ||
	       xml_is(element, NULL, "json");
}

/* The last part's base64 of a MIME text; NULL = there is none. */
static const char *mime_payload(const char *text, size_t *len)
{
	static const char name[] = "content-transfer-encoding:";
	/* Most texts hold no ':', and strchr is much faster than strcasestr. */
	const char *field = strchr(text, ':') ? strcasestr(text, name) : NULL;
	const char *blank;

	if (!field)
		return NULL;
	field += sizeof(name) - 1;
	while (*field == ' ' || *field == '\t')
		field++;
	if (strncasecmp(field, "base64", 6) != 0)
		return NULL;
	blank = strstr(field, "\n\n");
	if (!blank)
		blank = strstr(field, "\n\r\n");
	if (!blank)
		return NULL;
	blank += strspn(blank, "\r\n");
	*len = strcspn(blank, "=");
	const char *end = strstr(blank, "\n--");
	if (end && (size_t)(end - blank) < *len)
		*len = (size_t)(end - blank);
	return blank;
}

/*
 * Whether base64 begins as what is scanned anyway (text), or told there (packed
 * formats): both show in the first bytes, so that the rest is not decoded.
 */
static bool begins_well(const char *text, size_t len)
{
	enum {
		PEEK = 1024,
		ENOUGH = PEEK / 2, /* more than either looks at */
	};
	char room[PEEK];

	if (len <= PEEK)
		return false;
	size_t size = text_decode64(room, text, PEEK);
	return size >= ENOUGH && (text_is_plausible(room, size) ||
				     text_packed_format(room, size));
}

void opaque_declared(
    struct scan *s, const struct place *at, const xmlNode *n, size_t len)
{
	const char *text = (const char *)n->content;
	struct buf out = BUF_INIT(LIMIT_MESSAGE);
	char *room;

	if (!is_b64_element(n->parent))
		text = mime_payload(text, &len);
	if (!text || len < TEXT_BASE64_MIN || begins_well(text, len))
		return;
	room = buf_reserve(&out, len / 4 * 3 + 3);
	size_t size = room ? text_decode64(room, text, len) : 0;
	/* What is text is scanned anyway, and packed formats are told there. */
	if (size > 0 && !text_is_plausible(room, size) &&
	    !text_packed_format(room, size)) {
		struct place inner = { .outer = at, .unpacked = "base64" };
		opaque_unknown(s, &inner, room, size);
	}
	buf_release(&out);
}

void opaque_encrypted(
    struct scan *s, const struct place *outer, const xmlNode *element)
{
	if (!xml_is(element, XMLENC, "EncryptedData"))
		return;
	struct place at = { .outer = outer, .node = element };
	struct note what = say_guard_opaque_encrypted();
	add_opaque(s, &at, &what);
}

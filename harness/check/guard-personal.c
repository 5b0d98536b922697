/* SPDX-License-Identifier: Apache-2.0 */
#include "check/guard-personal.h"

#include "base/limits.h"
#include "base/str.h"

#include <ctype.h>
#include <strings.h>

#define XMLDSIG "http://www.w3.org/2000/09/xmldsig#"

struct personal {
	struct look *l;
	enum part part;
	struct {
		VEC(char *);
	} seen; /* told once is enough */
};

/* Words that nobody bears, or no person. */
static const char *const artificial[] = {
	"testi",
	"test",
	"esimerkki",
	"example",
	"malli",
	"demo",
	"kela",
	"kanta",
	"potilas",
	"asiakas",
	"lääkäri",
	"laakari",
	"hoitaja",
	"apteekkari",
	"farmaseutti",
	"proviisori",
	"ammattilainen",
	"tuntematon",
	"sukunimi",
	"etunimi",
	"henkilö",
	"nimi",
	"xxx",
};

static bool begins_artificial(const char *word)
{
	for (size_t i = 0; i < COUNTOF(artificial); i++)
		if (strncasecmp(word, artificial[i], strlen(artificial[i])) ==
		    0)
			return true;
	return false;
}

/* Whether some word of the text is artificial. */
static bool is_artificial(const char *text)
{
	for (bool begins = true; *text; text++) {
		if (begins && begins_artificial(text))
			return true;
		begins = str_is_space(*text) || *text == '-';
	}
	return false;
}

static bool is_known_word(const struct look *l, const char *word)
{
	for (size_t i = 0; i < l->options->known_count; i++)
		if (strcasestr(l->options->known[i], word))
			return true;
	return false;
}

/* Whether the project names each of its words, in whatever order. */
static bool is_known(const struct look *l, const char *text)
{
	char *words = xstrdup(text), *rest = words, *word;
	bool all = l->options->known_count > 0;
	while (all && (word = strsep(&rest, " \t\r\n,")))
		all = !*word || is_known_word(l, word);
	free(words);
	return all;
}

/* The first letter of each word: enough to find it by. */
static void mask(struct buf *to, const char *text)
{
	bool begins = true;
	for (const char *p = text; *p && to->len < 200; p++) {
		uint32_t c;
		size_t n = str_utf8(p, strlen(p), &c);
		bool plain = strchr(" @.-+:,/", *p) != NULL;
		if (plain)
			buf_addc(to, *p);
		else if (begins && n > 0)
			buf_add(to, p, n);
		else if (!plain && (n > 0))
			buf_addc(to, '*');
		begins = plain && *p != '+';
		p += n > 1 ? n - 1 : 0;
	}
}

static void tell(struct personal *p, enum rule rule, const xmlNode *node,
    const char *attribute, struct note (*say)(const char *), const char *text)
{
	struct buf masked = BUF_INIT(1024);
	VEC_EACH (char *, seen, &p->seen)
		if (streq(*seen, text))
			return;
	if (p->seen.count == LIMIT_GUARD_FINDINGS)
		return;
	*VEC_PUSH(&p->seen) = xstrdup(text);
	mask(&masked, text);
	look_find(p->l, rule, p->part, node, attribute, say(masked.ptr));
	buf_release(&masked);
}

/* ---- Names */

static bool is_person(const xmlNode *n)
{
	static const char *const others[] = { "patient", "subject", "signer" };
	if (!n || n->type != XML_ELEMENT_NODE)
		return false;
	if (str_ends((const char *)n->name, "Person"))
		return true;
	for (size_t i = 0; i < COUNTOF(others); i++)
		if (xml_is(n, NULL, others[i]))
			return true;
	return false;
}

static void add_part(struct buf *to, const xmlNode *node)
{
	char *text = xml_text(node);
	str_clean(text);
	const char *word = text;
	while (str_is_space(*word))
		word++;
	size_t len = strlen(word);
	while (len > 0 && str_is_space(word[len - 1]))
		len--;
	buf_addf(to, "%s%.*s", to->len && len ? " " : "", (int)len, word);
	free(text);
}

static void look_at_name(struct personal *p, const xmlNode *node)
{
	struct buf name = BUF_INIT(LIMIT_KIB(16));
	bool parts = false;
	if (!xml_is(node, NULL, "name") || !is_person(node->parent))
		return;
	XML_EACH_CHILD (part, node) {
		parts = true;
		if (xml_is(part, NULL, "given") || xml_is(part, NULL, "family"))
			add_part(&name, part);
	}
	if (!parts)
		add_part(&name, node);
	if (name.len > 0 && !is_artificial(name.ptr) &&
	    !is_known(p->l, name.ptr))
		tell(p, RULE_GUARD_PERSON, node, NULL, say_guard_person,
		    name.ptr);
	buf_release(&name);
}

/* ---- Contacts */

/* Of an organisation, whose address and number everybody may know. */
static bool is_of_organisation(const xmlNode *node)
{
	const char *name = (const char *)node->parent->name;
	return strcasestr(name, "organization") || strcasestr(name, "place") ||
	       strcasestr(name, "facility") || strcasestr(name, "location");
}

static bool is_nobodys_number(const char *number)
{
	static const char *const signs[] = { "0000", "1234567", "1111", "5555",
		"9999" };
	char digits[32];
	size_t n = 0;
	for (; *number && n + 1 < sizeof(digits); number++)
		if (str_is_digit(*number))
			digits[n++] = *number;
	digits[n] = '\0';
	for (size_t i = 0; i < COUNTOF(signs); i++)
		if (strstr(digits, signs[i]))
			return true;
	return n < 6;
}

static bool is_nobodys_mail(const char *address)
{
	static const char *const domains[] = { ".test", ".example", ".invalid",
		".localhost", "example.com", "example.org", "example.net",
		"example.fi", "kela.fi", "kanta.fi" };
	const char *at = strchr(address, '@');
	for (size_t i = 0; at && i < COUNTOF(domains); i++)
		if (str_ends(at, domains[i]))
			return true;
	return !at || begins_artificial(address) || begins_artificial(at + 1);
}

static void look_at_telecom(struct personal *p, const xmlNode *node)
{
	const char *value = xml_attr(node, "value");
	if (!xml_is(node, NULL, "telecom") || !value ||
	    is_of_organisation(node))
		return;
	if (strncasecmp(value, "mailto:", 7) == 0) {
		if (!is_nobodys_mail(value + 7) && !is_known(p->l, value + 7))
			tell(p, RULE_GUARD_EMAIL, node, "value",
			    say_guard_email, value + 7);
		return;
	}
	if (strncasecmp(value, "tel:", 4) == 0)
		value += 4;
	if (!is_nobodys_number(value) && !is_known(p->l, value))
		tell(
		    p, RULE_GUARD_PHONE, node, "value", say_guard_phone, value);
}

static void look_at_address(struct personal *p, const xmlNode *node)
{
	struct buf street = BUF_INIT(LIMIT_KIB(16));
	bool letter = false, digit = false;
	if ((!xml_is(node, NULL, "streetAddressLine") &&
		!xml_is(node, NULL, "streetName")) ||
	    !node->parent || !node->parent->parent ||
	    is_of_organisation(node->parent))
		return;
	add_part(&street, node);
	for (const char *s = street.ptr; *s; s++) {
		letter = letter || !str_is_digit(*s);
		digit = digit || str_is_digit(*s);
	}
	if (letter && digit && !str_starts(street.ptr, "PL ") &&
	    !is_artificial(street.ptr) && !is_known(p->l, street.ptr))
		tell(p, RULE_GUARD_ADDRESS, node, NULL, say_guard_address,
		    street.ptr);
	buf_release(&street);
}

/* ---- Free text */

static bool is_mail_letter(char c)
{
	return isalnum((unsigned char)c) || (c && strchr("._%+-", c));
}

static void find_mail(struct personal *p, const xmlNode *at, const char *text)
{
	const char *end = text + strlen(text), *s = text;
	for (; (s = memchr(s, '@', (size_t)(end - s))); s++) {
		const char *from = s, *to = s + 1;
		char address[128];
		while (from > text && is_mail_letter(from[-1]))
			from--;
		while (is_mail_letter(*to))
			to++;
		while (to > s && to[-1] == '.')
			to--;
		size_t len = (size_t)(to - from);
		if (from == s || len >= sizeof(address) ||
		    !memchr(s, '.', (size_t)(to - s)))
			continue;
		memcpy(address, from, len);
		address[len] = '\0';
		if (!is_nobodys_mail(address) && !is_known(p->l, address))
			tell(p, RULE_GUARD_EMAIL, at, NULL, say_guard_email,
			    address);
	}
}

/* Only numbers that say so themselves: any other could be anything. */
static void find_phone(struct personal *p, const xmlNode *at, const char *text)
{
	const char *end = text + strlen(text), *s = text;
	for (; (s = memchr(s, '+', (size_t)(end - s))); s++) {
		char number[32];
		size_t len = 1;
		if (!str_starts(s, "+358"))
			continue;
		while (str_is_digit(s[len]) || s[len] == ' ' || s[len] == '-')
			len++;
		while (len > 0 && !str_is_digit(s[len - 1]))
			len--;
		if (len < 9 || len >= sizeof(number))
			continue;
		memcpy(number, s, len);
		number[len] = '\0';
		if (!is_nobodys_number(number) && !is_known(p->l, number))
			tell(p, RULE_GUARD_PHONE, at, NULL, say_guard_phone,
			    number);
	}
}

static void look_at_text(struct personal *p, const xmlNode *node)
{
	const xmlNode *parent = node->parent;
	const char *text = (const char *)node->content;
	if (!text || !parent || parent->type != XML_ELEMENT_NODE ||
	    (parent->ns && streq((const char *)parent->ns->href, XMLDSIG)))
		return;
	find_mail(p, parent, text);
	find_phone(p, parent, text);
}

static void walk(struct personal *p, const xmlNode *top)
{
	const xmlNode *n = top;
	while (n) {
		if (n->type == XML_ELEMENT_NODE) {
			look_at_name(p, n);
			look_at_telecom(p, n);
			look_at_address(p, n);
		} else if (n->type == XML_TEXT_NODE ||
			   n->type == XML_CDATA_SECTION_NODE) {
			look_at_text(p, n);
		}
		if (n->type == XML_ELEMENT_NODE && n->children) {
			n = n->children;
			continue;
		}
		while (n && n != top && !n->next)
			n = n->parent;
		n = n && n != top ? n->next : NULL;
	}
}

void guard_personal_look(struct look *l)
{
	struct personal p = { .l = l, .part = PART_FILE };
	if (l->message)
		walk(&p, l->message);
	p.part = l->document_part;
	if (l->document)
		walk(&p, xml_root(l->document));
	VEC_EACH (char *, seen, &p.seen)
		free(*seen);
	VEC_RELEASE(&p.seen);
}

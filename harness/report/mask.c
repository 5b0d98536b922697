/* SPDX-License-Identifier: Apache-2.0 */
#include "report/inside.h"

#include "base/str.h"

#include <stdlib.h>
#include <strings.h>

/*
 * What a build server's public log must not tell: hosts (of URLs, except this
 * machine's own, and the receiver's wherever it stands), what follows the root
 * of organisation OIDs, Y-tunnus codes, and who a certificate names.
 */
#define HIDDEN "\xE2\x80\xA6" /* … */

static bool is_own_host(const char *s, size_t len)
{
	static const char *const own[] = { "127.0.0.1", "localhost", "[::1]" };
	for (size_t i = 0; i < COUNTOF(own); i++) {
		size_t n = strlen(own[i]);
		if (len >= n && memcmp(s, own[i], n) == 0 &&
		    (len == n || s[n] == ':'))
			return true;
	}
	return false;
}

/* Each reads at s and gives the length of what is to be hidden, and how much
 * in front of it may stay; 0 = not this. */
static size_t host_at(const char *s, size_t *keep)
{
	*keep = strlen("://");
	if (!str_starts(s, "://"))
		return 0;
	s += *keep;
	size_t len = strcspn(s, "/?# \t\n\"'<>(),;&");
	while (len && s[len - 1] == '.')
		len--;
	return is_own_host(s, len) ? 0 : len;
}

static size_t party_at(const char *s, size_t *keep)
{
	static const char *const roots[] = { "1.2.246.10.", "1.2.246.537.10." };
	for (size_t i = 0; i < COUNTOF(roots); i++) {
		if (!str_starts(s, roots[i]))
			continue;
		*keep = strlen(roots[i]);
		size_t len = strspn(s + *keep, "0123456789.");
		while (len && s[*keep + len - 1] == '.')
			len--;
		return len;
	}
	return 0;
}

/* To the end of a name's value: RFC 4514 escapes what would end it. */
static size_t value_length(const char *s)
{
	size_t len = 0;
	while (s[len] && !strchr(",+/;\n\"'<>)", s[len]))
		len += s[len] == '\\' && s[len + 1] ? 2 : 1;
	return len;
}

/* Parts of a certificate's name, and libcurl's words for the whole of it. */
static size_t subject_at(const char *s, size_t *keep)
{
	static const char *const labels[] = { "CN=", "O=", "OU=",
		"serialNumber=", "SERIALNUMBER=", "CN = ", "O = ", "OU = ",
		"serialNumber = ", "subject name '" };
	for (size_t i = 0; i < COUNTOF(labels); i++) {
		*keep = strlen(labels[i]);
		if (str_starts(s, labels[i]))
			return value_length(s + *keep);
	}
	return 0;
}

static size_t business_id_at(const char *s, size_t *keep)
{
	*keep = 0;
	for (size_t i = 0; i < 9; i++)
		if (i == 7 ? s[i] != '-' : !str_is_digit(s[i]))
			return 0;
	return str_is_digit(s[9]) ? 0 : 9;
}

/* libcurl's words name the host without the rest of its URL. */
static size_t bare_host_at(const char *s, const char *host, size_t *keep)
{
	size_t len = strlen(host);
	*keep = 0;
	return len && strncasecmp(s, host, len) == 0 && !is_own_host(host, len)
		   ? len
		   : 0;
}

void mask_host(char *host, size_t size, const char *url)
{
	const char *from = url ? strstr(url, "://") : NULL;
	from = from ? from + 3 : "";
	size_t len =
	    *from == '[' ? strcspn(from, "]") + 1 : strcspn(from, ":/?#");
	char *name = xstrndup(from, len);
	str_copy(host, size, name);
	free(name);
}

/* What stands in front of s, which some rules must know. */
struct before {
	bool number, word;
};

static size_t hidden_at(
    const char *s, const char *host, struct before before, size_t *keep)
{
	size_t len = host_at(s, keep);
	if (!len)
		len = bare_host_at(s, host, keep);
	if (!len && !before.number)
		len = party_at(s, keep);
	if (!len && !before.number)
		len = business_id_at(s, keep);
	if (!len && !before.word)
		len = subject_at(s, keep);
	return len;
}

void mask_add(struct buf *to, const char *text, const char *host)
{
	struct before before = { false, false };
	if (!host) {
		buf_adds(to, text);
		return;
	}
	for (const char *s = text; *s;) {
		size_t keep, len = hidden_at(s, host, before, &keep);
		if (len) {
			buf_add(to, s, keep);
			buf_adds(to, HIDDEN);
			s += keep + len;
			before = (struct before){ false, false };
			continue;
		}
		before.number = str_is_digit(*s) || *s == '.';
		before.word = str_is_digit(*s) || str_is_alpha(*s);
		buf_addc(to, *s++);
	}
}

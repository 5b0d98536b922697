/* SPDX-License-Identifier: Apache-2.0 */
#include "report/inside.h"

#include "base/str.h"

#include <stdlib.h>
#include <strings.h>

/*
 * What a build server's public log must not tell: hosts (of URLs, except this
 * machine's own), organisation OIDs below 1.2.246.10, and Y-tunnus codes.
 */
#define HIDDEN "\xE2\x80\xA6" /* … */

static bool is_host_char(char c)
{
	return str_is_alpha(c) || str_is_digit(c) || c == '.' || c == '-' ||
	       c == ':' || c == '[' || c == ']' || c == '@';
}

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
	*keep = str_starts(s, "https://")  ? 8
		: str_starts(s, "http://") ? 7
					   : 0;
	size_t len = 0;
	while (*keep && is_host_char(s[*keep + len]))
		len++;
	return is_own_host(s + *keep, len) ? 0 : len;
}

static size_t party_at(const char *s, size_t *keep)
{
	static const char root[] = "1.2.246.10.";
	size_t len = 0;
	*keep = strlen(root);
	if (!str_starts(s, root))
		return 0;
	while (str_is_digit(s[*keep + len]) || s[*keep + len] == '.')
		len++;
	return len;
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

static size_t hidden_at(
    const char *s, const char *host, bool fresh, size_t *keep)
{
	size_t len = host_at(s, keep);
	if (!len)
		len = bare_host_at(s, host, keep);
	if (!len && fresh)
		len = party_at(s, keep);
	if (!len && fresh)
		len = business_id_at(s, keep);
	return len;
}

void mask_add(struct buf *to, const char *text, const char *host)
{
	bool fresh = true; /* no digit stands in front */
	if (!host) {
		buf_adds(to, text);
		return;
	}
	for (const char *s = text; *s;) {
		size_t keep, len = hidden_at(s, host, fresh, &keep);
		if (len) {
			buf_add(to, s, keep);
			buf_adds(to, HIDDEN);
			s += keep + len;
			fresh = true;
			continue;
		}
		fresh = !str_is_digit(*s) && *s != '.';
		buf_addc(to, *s++);
	}
}

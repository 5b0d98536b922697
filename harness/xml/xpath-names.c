/* SPDX-License-Identifier: Apache-2.0 */
#include "base/str.h"
#include "xml/xpath.h"

static bool is_name_start(char c)
{
	return str_is_alpha(c) || c == '_' || (unsigned char)c >= 0x80;
}

static size_t name_length(const char *s)
{
	size_t n = 0;
	if (!is_name_start(s[0]))
		return 0;
	while (is_name_start(s[n]) || str_is_digit(s[n]) || s[n] == '-' ||
	       s[n] == '.')
		n++;
	return n;
}

static const char *skip_space(const char *s)
{
	while (str_is_space(*s))
		s++;
	return s;
}

/* The last character before `s` that is no white space; NUL = none. */
static char before(const char *expression, const char *s)
{
	while (s > expression && str_is_space(s[-1]))
		s--;
	return s > expression ? s[-1] : '\0';
}

/* XPath 1.0 3.7: behind an operand a bare word is "and", "or", "div", "mod". */
static bool is_operator(const char *expression, const char *s)
{
	char c = before(expression, s);
	return c && !strchr("/@:([,|+-=<>!&", c);
}

static bool is_word_operator(const char *s, size_t len)
{
	static const char *const words[] = { "and", "or", "div", "mod" };
	for (size_t i = 0; i < COUNTOF(words); i++)
		if (strlen(words[i]) == len && !strncmp(words[i], s, len))
			return true;
	return false;
}

/* Behind '@' or "attribute::" stands an attribute, behind '$' a variable. */
static bool is_other(const char *expression, const char *s)
{
	static const char axis[] = "attribute::";
	size_t n = strlen(axis);
	char c = before(expression, s);
	return c == '@' || c == '$' ||
	       ((size_t)(s - expression) >= n && !strncmp(s - n, axis, n));
}

/* What stands at `s`, whose first word has `len` characters. */
static bool take(const char *expression, const char *s, size_t len,
    const char **end, struct xpath_name *out)
{
	*out = (struct xpath_name){ .name = s, .name_len = len };
	*end = s + len;
	if (s[len] == ':' && s[len + 1] != ':') {
		out->prefix = s;
		out->prefix_len = len;
		out->name = s + len + 1;
		out->name_len = name_length(out->name);
		*end = out->name + out->name_len;
		return !is_other(expression, s);
	}
	const char *next = skip_space(s + len);
	if (*next == '(' || str_starts(next, "::"))
		return false;
	if (is_word_operator(s, len) && is_operator(expression, s))
		return false;
	return !is_other(expression, s);
}

bool xpath_next_name(
    const char *expression, const char **at, struct xpath_name *out)
{
	const char *s = *at;
	while (*s) {
		size_t len = name_length(s);
		if (*s == '"' || *s == '\'') {
			const char *quote = strchr(s + 1, *s);
			s = quote ? quote + 1 : s + strlen(s);
		} else if (len > 0) {
			if (take(expression, s, len, at, out))
				return true;
			s = *at;
		} else if (str_is_digit(*s)) {
			s += strspn(s, "0123456789.");
		} else {
			s++;
		}
	}
	*at = s;
	return false;
}

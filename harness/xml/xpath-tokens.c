/* SPDX-License-Identifier: Apache-2.0 */
#include "base/str.h"
#include "xml/schematron-inside.h"

/* XPath 1.0 3.7, XPath 2.0 A.2: in quotes and comments stands no name. */

static bool is_start(char c)
{
	return str_is_alpha(c) || c == '_' || (unsigned char)c >= 0x80;
}

static size_t word_length(const char *s)
{
	size_t n = 0;
	if (!is_start(*s))
		return 0;
	while (
	    is_start(s[n]) || str_is_digit(s[n]) || s[n] == '-' || s[n] == '.')
		n++;
	return n;
}

/* With its prefix; `prefix` gets the length of that, 0 = none. */
static size_t name_length(const char *s, size_t *prefix)
{
	size_t n = word_length(s);
	*prefix = 0;
	if (n == 0 || s[n] != ':' || s[n + 1] == ':')
		return n;
	*prefix = n;
	return n + 1 + word_length(s + n + 1);
}

static const char *skip_quoted(const char *s)
{
	const char *end = strchr(s + 1, *s);
	return end ? end + 1 : s + strlen(s);
}

static const char *skip_comment(const char *s)
{
	unsigned depth = 0;
	do {
		if (str_starts(s, "(:")) {
			depth++;
			s += 2;
		} else if (str_starts(s, ":)")) {
			depth--;
			s += 2;
		} else {
			s++;
		}
	} while (depth && *s);
	return s;
}

/* What is no name. */
static const char *skip_other(const char *s)
{
	if (*s == '"' || *s == '\'')
		return skip_quoted(s);
	if (str_starts(s, "(:"))
		return skip_comment(s);
	if (str_is_digit(*s))
		return s + strspn(s, "0123456789.eE");
	return s + 1;
}

static bool is_called(const char *s)
{
	while (str_is_space(*s))
		s++;
	return *s == '(' || *s == '#';
}

bool xpath_next_token(const char **at, struct token *out)
{
	const char *s = *at;
	while (*s) {
		bool variable = *s == '$';
		size_t prefix, len = name_length(s + variable, &prefix);
		if (len == 0) {
			s = skip_other(s);
			continue;
		}
		*out = (struct token){ TOKEN_VARIABLE, s + variable, len };
		if (!variable && is_called(s + len))
			out->kind = TOKEN_FUNCTION;
		else if (!variable)
			*out = (struct token){ TOKEN_PREFIX, s, prefix };
		s += variable + len;
		*at = s;
		if (out->len > 0)
			return true;
	}
	*at = s;
	return false;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "base/oid.h"

#include "base/str.h"

#include <string.h>

#define OID_LENGTH 128

/* The arc at *s as far as it matters (capped at 1000); moves *s behind it. */
static bool read_arc(const char **s, unsigned *value)
{
	const char *p = *s;
	if (!str_is_digit(*p) || (*p == '0' && str_is_digit(p[1])))
		return false;
	*value = 0;
	for (; str_is_digit(*p); p++)
		if (*value < 1000)
			*value = *value * 10 + (unsigned)(*p - '0');
	*s = p;
	return true;
}

bool oid_is_valid(const char *s)
{
	unsigned first = 0, arc = 0, arcs = 1;
	if (strnlen(s, OID_LENGTH + 1) > OID_LENGTH)
		return false;
	if (!read_arc(&s, &first) || first > 2)
		return false;
	while (*s == '.') {
		s++;
		if (!read_arc(&s, &arc))
			return false;
		if (arcs++ == 1 && first < 2 && arc > 39)
			return false;
	}
	return *s == '\0' && arcs >= 2;
}

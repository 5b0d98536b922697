/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_OID_H
#define BASE_OID_H

#include <stdbool.h>

/* [0-2](\.(0|[1-9][0-9]*))+, second arc below 40 under 0 and 1 (ITU-T X.660),
 * at most 128 characters; at least two arcs. */
bool oid_is_valid(const char *s);

#endif

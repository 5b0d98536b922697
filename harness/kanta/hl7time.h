/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KANTA_HL7TIME_H
#define KANTA_HL7TIME_H

#include "base/err.h"

#include <stdint.h>

/* Points in time as HL7 V3 TS and as people write them. */

#define HL7_TIME_TEXT 32
/* Finnish local time without zone, "20261121202203"; facts 7.4. The rule of
 * the EU (directive 2000/84/EC) is computed: no time zone file is needed. */
void hl7_time_local(char out[HL7_TIME_TEXT], int64_t us);
/* Hours that Finnish time is ahead of UTC: 2, in summer 3. */
int finnish_offset(int64_t us);
/* Local date "20261121" and, for people, "21.11.2026". */
void hl7_date_local(char out[HL7_TIME_TEXT], int64_t us);
void finnish_date(char out[HL7_TIME_TEXT], int64_t us);

/*
 * What a TS says, as the span of time that it leaves open: [from, to) in
 * microseconds since 1970. "2026" is the whole year, "20261121" the whole day,
 * "20261121202203" a second. Without zone it is Finnish time. Two points in
 * time of different precision are compared by their spans: one lies in a query
 * from LOW to HIGH when it overlaps [LOW.from, HIGH.to).
 */
struct hl7_interval {
	int64_t from, to;
};
/* ERR_KANTA for what is no TS: digits in pairs from the year on, at most a
 * fraction of a second, from the hour on with a zone (+hhmm or -hhmm), and a
 * day and an hour that exist. */
NODISCARD int hl7_time_read(
    const char *text, struct hl7_interval *out, struct err *err);

#endif

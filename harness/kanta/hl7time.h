/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KANTA_HL7TIME_H
#define KANTA_HL7TIME_H

#include "base/compiler.h"

#include <stdint.h>

/*
 * HL7 V3 TS as Kanta uses it: yyyy[MM[dd[HHmm[ss[.S…]]]]][±ZZzz], lexically
 * [0-9]{1,8}|([0-9]{9,14}|[0-9]{14}\.[0-9]+)([+\-][0-9]{1,4})?
 * (facts 3.1, 7.4). A missing zone stays missing: it is not UTC.
 */
struct hl7_time {
	int year, month, day, hour, minute, second, millisecond;
	int digits; /* precision as written: 4, 6, 8, 10, 12, 14 or 17 */
	bool zoned;
	int zone_minutes; /* east of Greenwich; -0330 is -210 */
};

/* False when it is not a TS or not a real date and time. */
bool hl7_time_read(const char *s, struct hl7_time *out);

#define HL7_TIME_TEXT 32
/* Finnish local time without zone, "20261121202203"; facts 7.4. The rule of
 * the EU (directive 2000/84/EC) is computed: no time zone file is needed. */
void hl7_time_local(char out[HL7_TIME_TEXT], int64_t us);
/* As above with the zone: "20261121202203+0200". */
void hl7_time_zoned(char out[HL7_TIME_TEXT], int64_t us);
/* Local date "20261121" and, for people, "21.11.2026". */
void hl7_date_local(char out[HL7_TIME_TEXT], int64_t us);
void finnish_date(char out[HL7_TIME_TEXT], int64_t us);
/* For people: "21.11.2026 klo 20.22.03" and "21 Nov 2026 20:22:03" (local). */
void finnish_time(char out[HL7_TIME_TEXT], int64_t us);
void english_time(char out[HL7_TIME_TEXT], int64_t us);

#endif

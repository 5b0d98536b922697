/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KANTA_HL7TIME_H
#define KANTA_HL7TIME_H

#include "base/compiler.h"

#include <stdint.h>

/* Points in time as HL7 V3 TS and as people write them. */

#define HL7_TIME_TEXT 32
/* Finnish local time without zone, "20261121202203"; facts 7.4. The rule of
 * the EU (directive 2000/84/EC) is computed: no time zone file is needed. */
void hl7_time_local(char out[HL7_TIME_TEXT], int64_t us);
/* Local date "20261121" and, for people, "21.11.2026". */
void hl7_date_local(char out[HL7_TIME_TEXT], int64_t us);
void finnish_date(char out[HL7_TIME_TEXT], int64_t us);

#endif

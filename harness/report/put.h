/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REPORT_PUT_H
#define REPORT_PUT_H

#include "base/buf.h"

/* XML into a buffer, escaped; NULL and "" leave an attribute out (put.c). */
void put_attribute(struct buf *to, const char *name, const char *value);
void put_number(struct buf *to, const char *name, int64_t value);
void put_time(struct buf *to, const char *name, int64_t us);
void put_text(struct buf *to, const char *element, const char *text);

/* Bytes of one piece of a report: a case of many steps, with excerpts. */
#define FRAGMENT_CAP LIMIT_MIB(64)

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#include "base/xalloc.h"
#include "kanta/hl7time.h"
#include "kanta/ids.h"

#include <stdint.h>
#include <stdlib.h>

/*
 * Short texts that are a point in time, an OID, a Y-tunnus or an identity code,
 * or hold some.
 *
 * Parser: harness/kanta/hl7time.c harness/kanta/ids.c
 */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_time(const char *text)
{
	struct hl7_interval when;
	struct err err = { 0 };
	char local[HL7_TIME_TEXT];
	if (hl7_time_read(text, &when, &err) < 0) {
		if (err.kind == ERR_NONE)
			BUG("a failure without a reason");
		return;
	}
	if (when.from > when.to)
		BUG("a time that ends before it begins");
	hl7_time_local(local, when.from);
	hl7_date_local(local, when.from);
	finnish_date(local, when.from);
}

static void read_code(const char *text)
{
	struct hetu h;
	char mask[HETU_LENGTH + 1];
	if (!hetu_read(text, &h))
		return;
	hetu_mask(mask, text);
	if (strlen(mask) != HETU_LENGTH || strstr(mask, text + 7))
		BUG("a code that its mask shows");
}

/* No code below 900 is left where codes were hidden. */
static void hide_codes(char *text)
{
	struct hetu h;
	size_t len = strlen(text);
	hetu_hide(text);
	if (strlen(text) != len)
		BUG("hiding has changed the length");
	for (long i = -1; (i = hetu_find(text, len, (size_t)(i + 1), &h)) >= 0;)
		if (h.date_exists && !hetu_is_test(&h))
			BUG("a code is left");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = xstrndup((const char *)data, size);
	char root[BUSINESS_OID];
	read_time(text);
	read_code(text);
	if (oid_is_valid(text) && !oid_is_under(text, text))
		BUG("an OID that is not itself");
	if (business_id_is_valid(text)) {
		business_id_root(root, text);
		if (!oid_is_valid(root))
			BUG("a Y-tunnus that makes no OID");
	}
	hide_codes(text);
	free(text);
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "kanta/copy.h"
#include "kanta/hl7time.h"
#include "kanta/write.h"

#include <stdio.h>

void creation_time(char out[TIME_TEXT], int64_t now, const struct dialect *d)
{
	char second[HL7_TIME_TEXT];
	hl7_time_local(second, now);
	if (dialect_choice(d, DK_TIME_ZONE) == ZONE_OFFSET) {
		snprintf(out, TIME_TEXT, "%s%s", second,
		    finnish_offset(now) == 3 ? "+0300" : "+0200");
		return;
	}
	int64_t ms = now / 1000 % 1000;
	snprintf(
	    out, TIME_TEXT, "%s.%03d", second, (int)(ms < 0 ? ms + 1000 : ms));
}

void wrapper_open(
    struct buf *to, const struct wrapper *w, const struct dialect *d)
{
	const char *version = dialect_text(d, DK_VERSION_CODE);
	buf_addf(
	    to, "<%s ITSVersion=\"XML_1.0\" xmlns=\"" XMLNS_V3 "\">", w->root);
	put_1(to, "id", "root", w->message_id);
	put_1(to, "creationTime", "value", w->creation_time);
	if (*version)
		put_1(to, "versionCode", "code", version);
	put_2(to, "interactionId", "extension", w->interaction, "root",
	    V3_INTERACTIONS);
	for (size_t i = 0; w->profiles && i < dialect_count(d, DK_PROFILE_IDS);
	     i++)
		put_1(to, "profileId", "root",
		    dialect_item(d, DK_PROFILE_IDS, i));
	put_1(to, "processingCode", "code", w->processing_code);
	put_1(to, "processingModeCode", "code",
	    dialect_text(d, DK_PROCESSING_MODE));
	put_1(to, "acceptAckCode", "code", w->accept_ack);
}

void wrapper_parties(struct buf *to, const struct wrapper *w)
{
	buf_adds(to, "<receiver typeCode=\"RCV\"><device>");
	put_1(to, "id", "root", w->receiver);
	buf_adds(to, "</device></receiver><sender typeCode=\"SND\"><device>");
	put_1(to, "id", "root", w->sender);
	buf_adds(to, "</device></sender>");
}

void wrapper_close(struct buf *to, const struct wrapper *w)
{
	buf_addf(to, "</%s>", w->root);
}
